"""Who leaves the agency leaves nothing without owner: what they owe passes on, and their companies wait for somebody
(POR-9, POR-10). If they stay after all, what nobody has touched comes back. And what others hold for who is away."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from acompana.commitments.models import UNDONE, Commitment, CommitmentQuerySet, Transfer
from acompana.commitments.operations import transfer
from acompana.companies.models import Company
from acompana.companies.operations import release_companies
from acompana.companies.queries import known_companies
from acompana.desk.bulk import put_back_untouched
from acompana.desk.queries import owed_by
from acompana.intake.models import Interview
from acompana.intake.operations import pass_interviews, take_roads_back
from acompana.kernel.changes import describe_change, open_change_set, snapshot, undo_change_set
from acompana.kernel.models import Change, ChangeSet
from acompana.kernel.verbs import verb
from acompana.matters.models import Matter
from acompana.matters.operations import assign_owners
from acompana.people.actors import Actor
from acompana.people.listeners import Carried, Leaving
from acompana.people.models import Absence, Office, Person, StaffMember
from acompana.people.queries import central_office, who_holds, working_on
from acompana.shell.words import count_of

RELEASED = ": queda por asignar"
PASSED = ": sus asuntos cambian de responsable"


def carried(member: StaffMember) -> list[Carried]:
    """What somebody owes and the companies in their charge, each with its list. Two queries."""
    owed = owed_by(member.person).count()
    companies = known_companies().filter(executive=member.person_id).count()
    found = []
    if owed:
        words = f"debe {count_of(owed, 'compromiso', 'compromisos')}"
        found.append(Carried(words, reverse("desk:member", args=[member.pk])))
    if companies:
        words = f"lleva {count_of(companies, 'empresa', 'empresas')}"
        found.append(Carried(words, f"{reverse('companies:list')}?ejecutivo={member.person_id}"))
    return found


def held(absence: Absence) -> list[Carried]:
    """What others have in hand because of an absence, with its list. One query."""
    many = Commitment.objects.held_because_of(absence).of_the_agency().count()
    href = f"{reverse('desk:member', args=[absence.staff_member_id])}?ausencia={absence.pk}"
    return [Carried(count_of(many, "compromiso", "compromisos"), href)] if many else []


@verb
def pass_on(member: StaffMember, actor: Actor, now: datetime) -> str:
    """What somebody who left owes is owed by who receives it, by whom stands in for them today, or by the office that
    it is of; what is under way and the interviews agreed too. Their companies enter «Por asignar». What was done, in
    sentences."""
    assert member.until_on is not None
    person, receiver = member.person, _receiver(member, now)
    reason = _reason(person, member.until_on)
    owed = Commitment.objects.open().filter(owner=person)
    moved = owed_by(person).count()  # what companies owe to somebody goes along, and is not theirs
    if receiver:
        _give(owed, receiver, reason, actor, now)
    else:
        _leave_to_offices(owed, reason, actor, now)
    matters = _pass_matters(person, receiver, f"{reason}{PASSED}", actor, now)
    theirs = Interview.objects.filter(executive=person)
    passed = pass_interviews(interviews=theirs, reason=reason, actor=actor, now=now)
    waiting = theirs.filter(cancelled_at=None, held_at=None, starts_at__gt=now).count()
    released = release_companies(executive=person, title=f"{reason}{RELEASED}", actor=actor, now=now)
    to = f"a {receiver}" if receiver else "a la oficina, sin tomar"
    kept = "1 entrevista acordada sigue" if passed == 1 else f"{passed} entrevistas acordadas siguen"
    left = "1 entrevista acordada espera" if waiting == 1 else f"{waiting} entrevistas acordadas esperan"
    return " ".join(
        sentence
        for sentence in (
            f"{count_of(moved, 'compromiso pasó', 'compromisos pasaron')} {to}." if moved else "",
            f"{count_of(matters, 'asunto pasó', 'asuntos pasaron')} {to}." if matters else "",
            f"{kept} en su fecha, y se avisó quién atiende." if passed else "",
            f"{left} a quien tome su compromiso." if waiting else "",
            f"{count_of(released, 'empresa queda', 'empresas quedan')} por asignar." if released else "",
        )
        if sentence
    )


@verb
def bring_back(member: StaffMember, leaving: Leaving, actor: Actor, now: datetime) -> str:
    """Undoes `pass_on` for who stays after all: what is still where it was put and nobody has touched comes back, with
    the interviews on it. What came back and what did not, in a sentence; empty where nothing had passed."""
    person = member.person
    if not person.is_active:
        return ""
    reason = _reason(person, leaving.last_day)
    back, kept = _duties_back(person, reason, leaving.noted_at)
    others = {row.owner_id for row in back if row.owner_id is not None}
    if leaving.receiver is not None:
        others.add(leaving.receiver.person_id)
    _give(Commitment.objects.filter(pk__in=[row.pk for row in back]), person, f"{UNDONE}{reason}", actor, now)
    matters = Matter.objects.filter(pk__in={row.matter_id for row in back if row.matter_id}, closed_at=None)
    assign_owners(matters=matters.filter(Q(owner=None) | Q(owner__in=others)), owner=person)
    held = Interview.objects.filter(matter__in=matters.values("pk"), executive__in=others)
    interviews = pass_interviews(interviews=held, reason=f"{person} sigue en la agencia", actor=actor, now=now)
    companies, changed = _companies_back(person, reason, leaving.noted_at, others, actor, now)
    again, elsewhere = _matters_back(person, reason, leaving.noted_at, kept, actor, now)
    return _told([len(_of_agency(back)), again, companies, interviews], [len(_of_agency(kept)), elsewhere, changed, 0])


def _duties_back(person: Person, reason: str, since: datetime) -> tuple[list[Commitment], list[Commitment]]:
    """Of what passed on because somebody left and is open still: what is where it was put, and what went on to others
    or was taken since."""
    passed = Transfer.objects.filter(from_owner=person, reason__startswith=reason[:200], transferred_at__gte=since)
    put = dict(passed.values_list("pk", "to_owner"))
    newest = Transfer.objects.filter(commitment=OuterRef("pk")).order_by("-transferred_at", "-id").values("pk")[:1]
    rows = list(
        Commitment.objects.open()
        .filter(pk__in=passed.values("commitment"))
        .exclude(owner=person)
        .annotate(newest=Subquery(newest))
        .order_by("pk")
    )
    back: list[Commitment] = [row for row in rows if row.newest in put and put[row.newest] == row.owner_id]
    kept: list[Commitment] = [row for row in rows if row not in back]
    return back, kept


def _companies_back(
    person: Person, reason: str, since: datetime, others: Collection[int], actor: Actor, now: datetime
) -> tuple[int, int]:
    """How many of the companies that were left to be assigned are with their executive again, and how many stay as
    they are: somebody has them, or they went to another office or were merged."""
    released = ChangeSet.objects.filter(title=f"{reason}{RELEASED}"[:200], made_at__gte=since, undone_by=None)
    back = stay = 0
    for change_set in released:
        kept = put_back_untouched(change_set, actor=actor, now=now)
        of_companies = change_set.changes.filter(model="companies.company").exclude(object_id__in=list(kept))
        again = list(of_companies.values_list("object_id", flat=True))
        take_roads_back(chosen=Company.objects.filter(pk__in=again), executive=person, others=others)
        back, stay = back + len(again), stay + len(kept)
    return back, stay


def _pass_matters(person: Person, receiver: Person | None, title: str, actor: Actor, now: datetime) -> int:
    """Who receives answers for what is under way, or nobody until somebody takes it; how many. Kept with the office
    of each, by which one that went elsewhere since is told apart when the leaving is undone."""
    theirs = list(Matter.objects.filter(owner=person, closed_at=None).select_for_update().order_by("pk"))
    if not theirs:
        return 0
    made_by = actor.person.pk if actor.person else None
    change_set = open_change_set(kind="bulk", title=title, person_id=made_by, now=now, channel="system")
    changes = []
    for matter in theirs:
        before = snapshot(matter, ("owner",))
        matter.owner = receiver
        change = describe_change(matter, change_set=change_set, before=before, after=snapshot(matter, ("owner",)))
        if change is not None:
            office = {"office": matter.office_id}
            change.before, change.after = {**(change.before or {}), **office}, {**(change.after or {}), **office}
            changes.append(change)
    Change.objects.bulk_create(changes, batch_size=500)
    return assign_owners(matters=Matter.objects.filter(pk__in=[matter.pk for matter in theirs]), owner=receiver)


def _matters_back(
    person: Person, reason: str, since: datetime, kept: Iterable[Commitment], actor: Actor, now: datetime
) -> tuple[int, int]:
    """How many of the matters that passed on and are open they answer for again, and how many others do: they went to
    another office or person, their company to another executive, or what is owed on them to somebody else."""
    moved_on = {row.matter_id for row in kept}
    back = stay = 0
    for change_set in ChangeSet.objects.filter(title=f"{reason}{PASSED}"[:200], made_at__gte=since, undone_by=None):
        changes = list(change_set.changes.all())
        of_change = Matter.objects.filter(closed_at=None).select_related("company").select_for_update(of=("self",))
        matters = of_change.in_bulk([change.object_id for change in changes])
        leaving = set()
        for change in changes:
            matter = matters.get(change.object_id)
            put = matter is not None and snapshot(matter, ("owner", "office")) == change.after
            executive = matter.company.executive_id if matter is not None and matter.company else None
            untouched = put and change.object_id not in moved_on and executive in (None, person.pk)
            if not untouched:
                leaving.add(change.pk)
            if matter is not None:
                came = untouched or matter.owner_id == person.pk  # the duty or the company took it along
                back, stay = back + came, stay + (not came)
        made_by = actor.person.pk if actor.person else None
        undo_change_set(change_set=change_set, person_id=made_by, now=now, channel="desk", leaving=leaving)
    return back, stay


def _of_agency(rows: Iterable[Commitment]) -> list[Commitment]:
    """Without what companies owe, which goes along and is not counted."""
    return [row for row in rows if row.debtor != Commitment.Debtor.COMPANY]


COUNTED = (
    ("compromiso", "compromisos"),
    ("asunto", "asuntos"),
    ("empresa", "empresas"),
    ("entrevista", "entrevistas"),
)


def _told(came: list[int], stayed: list[int]) -> str:
    """How much came back and how much did not, of each of `COUNTED`, in a sentence."""

    def listed(counts: list[int]) -> str:
        words = [count_of(many, *names) for many, names in zip(counts, COUNTED, strict=True) if many]
        return " y ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)

    parts = []
    if any(came):
        parts.append(f"vuelve lo que nadie ha tocado ({listed(came)})")
    if any(stayed):
        parts.append(f"no vuelve lo que ya cambió ({listed(stayed)})")
    sentence = ", y ".join(parts)
    return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""


def _reason(person: Person, last_day: date) -> str:
    """Why what they owed and had changed hands: by it, their leaving is found again when it is undone."""
    return f"{person} deja la agencia el {last_day:%d-%m-%Y}"


def still_carrying(day: date) -> QuerySet[StaffMember]:
    """Who left before a day and still owes something, has a matter or is in charge of a company."""
    hers = {"owner": OuterRef("person")}
    carrying = (
        Q(Exists(Commitment.objects.open().filter(**hers)))
        | Q(Exists(Company.objects.filter(executive=OuterRef("person"))))
        | Q(Exists(Matter.objects.filter(**hers, closed_at=None)))
    )
    return StaffMember.objects.filter(carrying, until_on__lt=day).select_related("person", "office")


def _receiver(member: StaffMember, now: datetime) -> Person | None:
    """Who was chosen, if they work here today."""
    if member.receiver_id is None:
        return None
    chosen = working_on(timezone.localdate(now)).filter(pk=member.receiver_id).first()
    return chosen.person if chosen else None


def _give(owed: CommitmentQuerySet, receiver: Person, reason: str, actor: Actor, now: datetime) -> None:
    holder, absence = who_holds(receiver, timezone.localdate(now))
    if absence:
        reason = f"{reason} ({receiver} está ausente hasta el {absence.until_on:%d-%m-%Y})"
    transfer(commitments=owed, to_owner=holder, reason=reason, actor=actor, now=now, absence=absence)


def _leave_to_offices(owed: CommitmentQuerySet, reason: str, actor: Actor, now: datetime) -> None:
    """Each office owes what is its own; the central one, what was of an office that closed."""
    for office in Office.objects.filter(pk__in=owed.order_by().values("office")):
        to = office if office.retired_on is None else central_office()
        transfer(commitments=owed.filter(office=office), to_office=to, reason=reason, actor=actor, now=now)
