"""One thing done to many companies: what it would do, doing it in pieces, and undoing it (EXP-4, EXP-5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from acompana.companies.models import Assignment, BulkAction, Company
from acompana.companies.operations.assigning import assign_batch, check_can_assign, end_assignments
from acompana.companies.operations.facts import date_relations
from acompana.companies.operations.keeping import open_set, person_id
from acompana.companies.queries import known_companies
from acompana.companies.search import index_companies
from acompana.desk.bulk_preview import Left, as_they_stand, pieces, preview_bulk, split
from acompana.intake.inviting import invitable
from acompana.intake.operations import hand_roads_back, hand_roads_over, invite_from_registry, note_assigned
from acompana.kernel.changes import describe_change, snapshot, undo_change_set
from acompana.kernel.models import Change, ChangeSet
from acompana.kernel.refusals import Refused
from acompana.logbook.queries import acted_since
from acompana.people.actors import Actor
from acompana.people.models import Office, Person
from acompana.reference.models import Sector

MOST = 10_000
PIECE = 200
VERBS = {
    "assign": "Asignar a un ejecutivo o ejecutiva",
    "office": "Trasladar a otra oficina",
    "sector": "Cambiar el sector",
    "origin": "Anotar dónde las conocimos",
    "invite": "Invitarlas a completar su ficha",
}
UNDOABLE = ("assign", "office", "sector", "origin")


@transaction.atomic
def prepare_bulk(*, verb: str, value: str, company_ids: Sequence[int], actor: Actor, now: datetime) -> BulkAction:
    """Keeps what was chosen and how each stands, so that what is done is what was previewed.

    Refused: nothing chosen, more than may be previewed, an unknown verb, or a value that is not there.
    """
    assert actor.person is not None
    if not company_ids:
        raise Refused("Elige al menos una empresa.")
    if len(company_ids) > MOST:
        raise Refused("Se pueden cambiar hasta 10.000 empresas a la vez. Agrega un filtro.")
    if verb not in VERBS:
        raise Refused("Elige qué hacer.")
    title = f"{VERBS[verb]}{_value_text(verb, value, now)}"
    ids = sorted(company_ids)
    return BulkAction.objects.create(
        verb=verb, value=value, title=title, company_ids=ids, kept=as_they_stand(verb, ids), made_by=actor.person,
        made_at=now,
    )  # fmt: skip


def _value_text(verb: str, value: str, now: datetime) -> str:
    number = int(value) if value.isdecimal() and len(value) < 10 else 0
    match verb:
        case "assign":
            person = Person.objects.filter(pk=number).first()
            if person is None:
                raise Refused("Elige a quién asignarlas.")
            check_can_assign(person, now)
            return f": {person}"
        case "office":
            office = Office.objects.filter(pk=number, retired_on=None).first()
            if office is None:
                raise Refused("Elige la oficina.")
            return f": {office}"
        case "sector":
            sector = Sector.objects.filter(pk=number, retired_on=None).first()
            if sector is None:
                raise Refused("Elige el sector.")
            return f": {sector}"
        case "origin" if not value.strip():
            raise Refused("Escribe dónde las conocimos.")
        case "origin":
            return f": {value.strip()}"
    return ""


# --- doing it ---------------------------------------------------------------------------------------------------


@transaction.atomic
def start_bulk(*, action: BulkAction, actor: Actor, now: datetime, beyond_places: bool = False) -> BulkAction:
    """Says yes to a preview. Refused to another person, and the second time; and to give an executive more companies
    than their places, unless that is said."""
    if actor.person is None or action.made_by_id != actor.person.pk:
        raise Refused("La confirma quien la preparó.")
    if action.verb == "assign" and not beyond_places:
        preview = preview_bulk(action, actor, now)
        if preview.beyond_places:
            raise Refused(f"{preview.warning} Márcalo si aun así quieres asignarlas.", "POR-9")
    if not BulkAction.objects.filter(pk=action.pk, state=BulkAction.State.PREVIEW).update(
        state=BulkAction.State.WAITING
    ):
        raise Refused("Ya se había confirmado.")
    change_set = None
    if action.verb in UNDOABLE:
        change_set = open_set(kind="bulk", title=action.title, actor=actor, now=now, channel="desk")
        BulkAction.objects.filter(pk=action.pk).update(change_set=change_set)
    action.refresh_from_db()
    return action


def run_bulk(*, action_id: int, actor: Actor, now: datetime, tell: Callable[[int, int], None] | None = None) -> None:
    """Does it piece by piece, each a transaction: interrupted, it goes on where it was."""
    while True:
        with transaction.atomic():
            action = BulkAction.objects.select_for_update(of=("self",)).get(pk=action_id)
            if action.state != BulkAction.State.WAITING:
                return
            ids = action.company_ids[action.position : action.position + PIECE]
            if ids:
                _do_piece(action, ids, actor=actor, now=now)
            else:
                action.state = BulkAction.State.DONE
            action.save(update_fields=["position", "count", "left_out", "state"])
        if tell is not None:
            tell(action.position, len(action.company_ids))


def _do_piece(action: BulkAction, ids: Sequence[int], *, actor: Actor, now: datetime) -> None:
    locked = known_companies().filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
    change, left = split(action, locked, actor, now)
    there = {company.pk for company in change} | {row[0] for row in left}
    left += [[pk, f"Nº {pk}", "Se fusionó con otra."] for pk in ids if pk not in there]
    if change and action.verb == "assign":
        staff = check_can_assign(Person.objects.get(pk=int(action.value)), now)
        assert action.change_set is not None
        assign_batch(change, staff, action.change_set, actor=actor, now=now, reason=action.title)
        given = Company.objects.filter(pk__in=[company.pk for company in change])
        note_assigned(chosen=given, executive=staff.person, actor=actor, now=now)
        hand_roads_over(chosen=given, executive=staff.person, actor=actor, now=now, reason=action.title)
    elif change and action.verb == "invite":
        left += _invite(change, actor=actor, now=now)
    elif change:
        _set_column(action, change, now=now)
    action.position += len(ids)
    action.count += len(ids) - len(left)
    action.left_out = [*action.left_out, *left]


def _set_column(action: BulkAction, batch: list[Company], *, now: datetime) -> None:
    assert action.change_set is not None
    column, value = {
        "office": ("office_id", action.value),
        "sector": ("sector_id", action.value),
        "origin": ("origin_detail", action.value.strip()[:200]),
    }[action.verb]
    names = list(dict.fromkeys((column.removesuffix("_id"), "office", "related_on")))
    changes: list[Change | None] = []
    if action.verb == "office":
        names.append("executive")
        changes = end_assignments(batch, action.change_set, now=now)
    stood = {company.pk: snapshot(company, names) for company in batch}
    first = date_relations(batch, now)
    for company in batch:
        setattr(company, column, int(value) if column.endswith("_id") else value)
        if action.verb == "office":
            company.executive = None
        before, after = stood[company.pk], snapshot(company, names)
        changes.append(describe_change(company, change_set=action.change_set, before=before, after=after))
    Company.objects.bulk_update(batch, names)
    Company.objects.filter(pk__in=[company.pk for company in batch]).update(version=F("version") + 1)
    Change.objects.bulk_create([change for change in changes if change is not None])
    index_companies(first)


def _invite(batch: list[Company], *, actor: Actor, now: datetime) -> list[Left]:
    """What the process that invites refuses is left out with its sentence."""
    left: list[Left] = []
    found = invitable([company.pk for company in batch], actor, now)
    for company in batch:
        try:
            invite_from_registry(company=company, account=found[company.pk].account, actor=actor, now=now)
        except Refused as refused:
            left.append([company.pk, company.name, refused.reason])
    return left


# --- undoing it -------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_to_undo(*, action: BulkAction, actor: Actor) -> None:
    """Says that it is being undone, for who will do it later. Refused as `undo_bulk` is."""
    _check_can_undo(action, actor)
    if not BulkAction.objects.filter(pk=action.pk, state=BulkAction.State.DONE).update(state=BulkAction.State.UNDOING):
        raise Refused("Esto ya se había deshecho.")


@transaction.atomic
def undo_bulk(*, action: BulkAction, actor: Actor, now: datetime) -> list[Left]:
    """Puts back every company that was not changed since; gives those that were. Refused to another person, for what
    cannot be undone, and the second time."""
    stored = BulkAction.objects.select_for_update(of=("self",)).select_related("change_set").get(pk=action.pk)
    change_set = _check_can_undo(stored, actor)
    kept = put_back_untouched(change_set, actor=actor, now=now)
    if stored.verb == "assign":
        stays = set(kept) | {row[0] for row in stored.left_out}
        for ids in pieces([pk for pk in stored.company_ids if pk not in stays], 1000):
            hand_roads_back(
                chosen=Company.objects.filter(pk__in=ids),
                executive=Person.objects.get(pk=int(stored.value)),
                reason=stored.title,
                since=stored.made_at,
                actor=actor,
                now=now,
            )
    stored.state = BulkAction.State.UNDONE
    stored.kept = [[pk, name, "Cambió después: queda como está."] for pk, name in sorted(kept.items())]
    stored.save(update_fields=["state", "kept"])
    return stored.kept


def put_back_untouched(change_set: ChangeSet, *, actor: Actor, now: datetime) -> dict[int, str]:
    """Undoes what a set did to companies, but for those that somebody changed since: their ids and names. Part of a
    caller's transaction."""
    kept = _changed_since(change_set.pk)
    of_kept = Assignment.objects.filter(company__in=kept).values("pk")
    changes = change_set.changes.all()
    leaving = set(changes.filter(model="companies.company", object_id__in=list(kept)).values_list("pk", flat=True))
    leaving |= set(changes.filter(model="companies.assignment", object_id__in=of_kept).values_list("pk", flat=True))
    undo_change_set(
        change_set=change_set, person_id=person_id(actor), now=now, channel="desk", leaving=frozenset(leaving)
    )
    return kept


def _check_can_undo(action: BulkAction, actor: Actor) -> ChangeSet:
    if actor.person is None or action.made_by_id != actor.person.pk:
        raise Refused("La deshace quien la hizo.")
    if action.state == BulkAction.State.UNDONE:
        raise Refused("Esto ya se había deshecho.")
    done = action.state in (BulkAction.State.DONE, BulkAction.State.UNDOING)
    if action.change_set is None or not done:
        raise Refused("Esto no se puede deshacer.")
    return action.change_set


def _changed_since(change_set_id: int) -> dict[int, str]:
    """Of the companies that a bulk action changed, those that somebody changed afterwards: id and name. Also one that
    had no relation before, with whom somebody did anything else since: it has it by that now (DEF-7)."""
    kept: dict[int, str] = {}
    rows = Change.objects.filter(change_set=change_set_id, model="companies.company").order_by("pk")
    for piece in pieces(list(rows.only("object_id", "after")), 1000):
        companies = Company.objects.in_bulk([change.object_id for change in piece])
        assigned, moved = _last_assigned(companies, change_set_id), _moved_since(companies, change_set_id)
        moved |= acted_since([row.object_id for row in piece if "related_on" in (row.after or {})], change_set_id)
        for change in piece:
            company, after = companies.get(change.object_id), change.after or {}
            same = company is not None and company.merged_into_id is None and snapshot(company, after) == after
            if company is None or not same or company.pk in moved or assigned.get(company.pk, 0) > change.pk:
                kept[change.object_id] = company.name if company else f"Nº {change.object_id}"
    return kept


def _moved_since(companies: Iterable[int], change_set_id: int) -> set[int]:
    """Of these companies, those that went to another office afterwards."""
    later = Change.objects.filter(record_model="companies.company", record_id__in=list(companies))
    later = later.filter(model="companies.company", change_set_id__gt=change_set_id, after__has_key="office")
    return set(later.values_list("object_id", flat=True))


def _last_assigned(companies: Iterable[int], change_set_id: int) -> dict[int, int]:
    """The last change by others of who has each of these companies: back in the same hands is not as it was."""
    of_companies = dict(Assignment.objects.filter(company__in=companies).values_list("pk", "company"))
    changed = Change.objects.filter(model="companies.assignment", object_id__in=list(of_companies))
    others = changed.exclude(change_set=change_set_id).order_by("pk").values_list("object_id", "pk")
    return {of_companies[assignment]: change for assignment, change in others}
