"""Who works where, with what roles, and who stands in for whom (ROL-1…ROL-17, POR-10)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Q

from acompana.kernel.changes import open_change_set, record_change, snapshot
from acompana.kernel.models import Change, ChangeSet
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.people.absences import faults_of_absence
from acompana.people.actors import Actor
from acompana.people.listeners import Leaving, tell_of_absence, tell_of_departure, tell_of_return, tell_of_staying
from acompana.people.models import Absence, Office, Person, Role, RoleGrant, StaffMember
from acompana.people.operations.history import author, check_seen, keep, today
from acompana.people.permissions import ADMINISTRATOR
from acompana.people.queries import holds_on, staff_with_role, working_on

ONE_DAY = timedelta(days=1)
CHANGED = ("office", "title", "capacity")
LEAVE = "leave"
POST = ("office", "title", "capacity", "since_on", "until_on", "receiver")


@verb
def appoint_staff(
    *,
    person: Person,
    office: Office,
    since_on: date,
    actor: Actor,
    now: datetime,
    title: str = "",
    capacity: int | None = None,
) -> StaffMember:
    """Give a person a post in an office; somebody who left comes back to their old record.

    Refused for a retired office, or for somebody who is in a post already. `capacity`: companies at most (POR-3).
    """
    check_office_open(office)
    staff_member = StaffMember.objects.select_for_update().filter(person=person).first()
    if staff_member is None:
        staff_member = StaffMember.objects.create(
            person=person, office=office, title=title, capacity=capacity, since_on=since_on
        )
        before = None
    else:
        if staff_member.until_on is None or staff_member.until_on >= since_on:
            raise Refused(f"{person.full_name} ya trabaja en {staff_member.office}. Cambia su puesto en su página.")
        before = snapshot(staff_member, POST)
        staff_member.office, staff_member.title, staff_member.capacity = office, title, capacity
        staff_member.since_on, staff_member.until_on, staff_member.receiver = since_on, None, None
        staff_member.save()
    keep(
        staff_member,
        kind="appoint",
        title=f"Ingresa a {office}",
        actor=actor,
        now=now,
        before=before,
        after=snapshot(staff_member, POST) if before else None,
    )
    return staff_member


def check_office_open(office: Office) -> None:
    if office.retired_on is not None:
        raise Refused(f"{office} está cerrada. Elige una oficina en servicio.", "OFF-1")


@verb
def change_post(
    *,
    staff_member: StaffMember,
    office: Office,
    title: str,
    capacity: int | None,
    actor: Actor,
    now: datetime,
    seen: str = "",
) -> StaffMember:
    """Move somebody to another office, or change their title or how many companies they may carry. Stale if somebody
    did since the form had `seen` it (`history.mark_of`)."""
    staff_member = StaffMember.objects.select_for_update(of=("self",)).select_related("person").get(pk=staff_member.pk)
    check_seen(staff_member, snapshot(staff_member, CHANGED), seen, actor)
    if office.pk != staff_member.office_id:
        check_office_open(office)
    before = snapshot(staff_member, POST)
    staff_member.office, staff_member.title, staff_member.capacity = office, title, capacity
    staff_member.save(update_fields=list(CHANGED))
    after = snapshot(staff_member, POST)
    if before != after:
        moved = before["office"] != after["office"]
        sentence = f"Pasa a {office}" if moved else "Cambia su puesto"
        keep(staff_member, kind="post", title=sentence, actor=actor, now=now, before=before, after=after)
    return staff_member


@verb
def end_post(
    *, staff_member: StaffMember, last_day: date, actor: Actor, now: datetime, receiver: StaffMember | None = None
) -> list[str]:
    """Somebody leaves the agency at the end of a day; their roles end with it. What they owe passes to `receiver`, or
    to the office, at once if the day is today or past, else when it is over; what was done then, in sentences.

    Refused for who left already, for the last administrator, and for a receiver who is not there after that day.
    """
    staff_member = StaffMember.objects.select_for_update(of=("self",)).select_related("person").get(pk=staff_member.pk)
    check_can_leave(staff_member=staff_member, last_day=last_day, now=now, receiver=receiver)
    ending = staff_member.grants.filter(Q(until_on=None) | Q(until_on__gt=last_day))
    change_set = open_change_set(
        kind=LEAVE,
        title=f"Deja la agencia el {last_day:%d-%m-%Y}",
        person_id=actor.person.pk if actor.person else None,
        now=now,
        channel="desk",
    )
    before = snapshot(staff_member, POST)
    staff_member.until_on, staff_member.receiver = last_day, receiver
    staff_member.save(update_fields=["until_on", "receiver"])
    record_change(staff_member, change_set=change_set, before=before, after=snapshot(staff_member, POST))
    for grant in ending.select_related("role", "staff_member__person"):
        _hold_until(grant, last_day, change_set=change_set, member=staff_member)
    return tell_of_departure(staff_member, actor, now) if last_day <= today(now) else []


def check_can_leave(
    *, staff_member: StaffMember, last_day: date, now: datetime, receiver: StaffMember | None = None
) -> None:
    """Refused as `end_post`, before anybody is asked to confirm it."""
    if staff_member.until_on is not None:
        raise Refused(
            f"{staff_member} ya tiene anotada su salida, el {staff_member.until_on:%d-%m-%Y}. "
            "Deshazla para anotar otra fecha."
        )
    if last_day < staff_member.since_on:
        raise Refused(
            f"{staff_member} trabaja en la agencia desde el {staff_member.since_on:%d-%m-%Y}: "
            "su último día no puede ser anterior. Revisa la fecha."
        )
    check_administrator_stays(staff_member, today(now))
    if receiver is not None:
        _check_receives(receiver, staff_member, max(last_day, today(now)))


def _hold_until(grant: RoleGrant, day: date | None, *, change_set: ChangeSet, member: StaffMember) -> None:
    """The role is held until that day, which the history of the member says."""
    before = snapshot(grant, ["until_on"])
    grant.until_on = day
    grant.save(update_fields=["until_on"])
    record_change(grant, change_set=change_set, before=before, after=snapshot(grant, ["until_on"]), record=member)


def _check_receives(receiver: StaffMember, leaver: StaffMember, day: date) -> None:
    if receiver.pk == leaver.pk:
        raise Refused(
            "Quien se va no puede recibir lo suyo. Elige a otra persona, o que quede en la oficina.", "POR-10"
        )
    if not working_on(day + ONE_DAY).filter(pk=receiver.pk).exists():
        raise Refused(f"{receiver} no trabaja en la agencia después de ese día. Elige a otra persona.", "POR-10")


@verb
def undo_leaving(*, staff_member: StaffMember, actor: Actor, now: datetime) -> list[str]:
    """Somebody does not leave after all, or their leaving was noted by mistake: their post goes on, and so do the
    roles that it ended. What passed to others comes back where nobody has touched it since; what did and what did not,
    in sentences. Refused for who has no leaving noted."""
    held = StaffMember.objects.select_for_update(of=("self",)).select_related("person", "office", "receiver")
    staff_member = held.get(pk=staff_member.pk)
    if staff_member.until_on is None:
        raise Refused(f"{staff_member} no tiene anotada una salida.")
    check_office_open(staff_member.office)
    last_day, receiver, noted = staff_member.until_on, staff_member.receiver, _newest_leaving(staff_member)
    change_set = open_change_set(
        kind="undo",
        title=f"Se deshace su salida del {last_day:%d-%m-%Y}",
        person_id=actor.person.pk if actor.person else None,
        now=now,
        channel="desk",
    )
    before = snapshot(staff_member, POST)
    staff_member.until_on, staff_member.receiver = None, None
    staff_member.save(update_fields=["until_on", "receiver"])
    record_change(staff_member, change_set=change_set, before=before, after=snapshot(staff_member, POST))
    open_roles = set(staff_member.grants.filter(until_on=None).values_list("role", flat=True))
    for grant, until in _ended_by(noted, staff_member):
        if grant.until_on != last_day or grant.role_id in open_roles:
            continue
        _hold_until(grant, until, change_set=change_set, member=staff_member)
    if noted is None:
        return []
    return tell_of_staying(staff_member, Leaving(last_day, receiver, noted.made_at), actor, now)


def _newest_leaving(staff_member: StaffMember) -> ChangeSet | None:
    """The change set in which the newest leaving of somebody was noted."""
    kept = Change.objects.filter(
        change_set__kind=LEAVE, record_model=StaffMember._meta.label_lower, record_id=staff_member.pk
    )
    newest = kept.select_related("change_set").order_by("-change_set").first()
    return newest.change_set if newest else None


def _ended_by(leaving: ChangeSet | None, staff_member: StaffMember) -> list[tuple[RoleGrant, date | None]]:
    """The roles that a leaving ended, each with the day until which it would have been held."""
    if leaving is None:
        return []
    ended = {
        change.object_id: (change.before or {}).get("until_on")
        for change in leaving.changes.filter(model=RoleGrant._meta.label_lower)
    }
    grants = staff_member.grants.filter(pk__in=ended).select_related("role", "staff_member__person")
    return [(grant, date.fromisoformat(until) if (until := ended[grant.pk]) else None) for grant in grants]


@verb
def grant_role(*, staff_member: StaffMember, role: Role, actor: Actor, now: datetime) -> RoleGrant:
    """Give a role from today on. Refused if it is held already, retired, or of people outside the agency."""
    day = today(now)
    if role.kind == Role.Kind.OUTSIDE:
        raise Refused(f"«{role}» no es una función del personal de la agencia.", role.code)
    if role.retired_on is not None:
        raise Refused(f"«{role}» ya no se usa. Elige otra función.", role.code)
    if not StaffMember.objects.filter(holds_on(day), pk=staff_member.pk).exists():
        raise Refused(f"{staff_member} no trabaja hoy en la agencia. Dale primero un puesto.")
    StaffMember.objects.select_for_update().get(pk=staff_member.pk)
    if RoleGrant.objects.filter(staff_member=staff_member, role=role, until_on=None).exists():
        raise Refused(f"{staff_member} ya tiene la función «{role}».", role.code)
    grant = RoleGrant.objects.create(staff_member=staff_member, role=role, granted_by=actor.person, since_on=day)
    keep(grant, kind="grant", title=f"Recibe la función «{role}»", actor=actor, now=now, record=staff_member)
    return grant


@verb
def revoke_role(*, grant: RoleGrant, actor: Actor, now: datetime) -> RoleGrant:
    """Take a role away, at once: the last day that it held is yesterday. Refused for the last administrator."""
    day = today(now)
    grant = RoleGrant.objects.select_for_update(of=("self",)).select_related("role", "staff_member").get(pk=grant.pk)
    check_can_revoke(grant=grant, day=day)
    before = snapshot(grant, ["until_on"])
    grant.until_on = day - ONE_DAY
    grant.save(update_fields=["until_on"])
    keep(
        grant,
        kind="revoke",
        title=f"Deja la función «{grant.role}»",
        actor=actor,
        now=now,
        record=grant.staff_member,
        before=before,
        after=snapshot(grant, ["until_on"]),
    )
    return grant


def check_can_revoke(*, grant: RoleGrant, day: date) -> None:
    """Raises what `revoke_role` would."""
    if grant.until_on is not None and grant.until_on < day:
        raise Refused(f"{grant.staff_member} ya no tiene la función «{grant.role}».", grant.role.code)
    if grant.role.slug == ADMINISTRATOR:
        check_administrator_stays(grant.staff_member, day)


def check_administrator_stays(staff_member: StaffMember, day: date) -> None:
    """Refuses what would leave the system without an administrator (ROL-15)."""
    administrators = list(staff_with_role(ADMINISTRATOR, on=day).values_list("pk", flat=True))
    if administrators == [staff_member.pk]:
        raise Refused(f"{staff_member} es la única persona que administra el sistema. Nombra antes a otra.", "ROL-15")


@verb
def record_absence(
    *,
    staff_member: StaffMember,
    substitute: StaffMember,
    from_on: date,
    until_on: date,
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> Absence:
    """Say that somebody is away, both days included, and who stands in (POR-10).

    Refused if the substitute is the same person, is not in a post all those days, or is away too; and if the person
    has another absence in those days. What is owed passes on at once where the absence is under way, else on its
    first day; what was agreed for those days at once (`listeners`). `followed` says what did.
    """
    # One absence of a person at a time is decided under their row's lock.
    list(StaffMember.objects.select_for_update().filter(pk__in=[staff_member.pk, substitute.pk]).order_by("pk"))
    faults = faults_of_absence(
        staff_member=staff_member, substitute=substitute, from_on=from_on, until_on=until_on, day=today(now)
    )
    if told := " ".join(sentence for _, sentence in faults):
        raise Refused(told, "POR-10")
    absence = Absence.objects.create(
        staff_member=staff_member,
        substitute=substitute,
        from_on=from_on,
        until_on=until_on,
        reason=reason,
        recorded_by=author(actor),
        recorded_at=now,
    )
    keep(
        absence,
        kind="absence",
        title=f"Ausente del {from_on:%d-%m-%Y} al {until_on:%d-%m-%Y}; reemplaza {substitute}",
        actor=actor,
        now=now,
        record=staff_member,
    )
    absence.followed = tuple(tell_of_absence(absence, actor, now))
    return absence


@verb
def end_absence(*, absence: Absence, actor: Actor, now: datetime) -> list[str]:
    """Somebody is back today: the absence ends yesterday; one that had not started, or starts today, is withdrawn.

    What the rooms above did because of it, in sentences: what was owed comes back (POR-10). Refused when it is over.
    """
    day = today(now)
    absence = Absence.objects.select_for_update(of=("self",)).select_related("staff_member__person").get(pk=absence.pk)
    if absence.withdrawn_at is not None or absence.until_on < day:
        raise Refused("Esa ausencia ya terminó.", "POR-10")
    before = snapshot(absence)
    if absence.from_on >= day:
        absence.withdrawn_at, absence.withdrawn_by = now, author(actor)
        title = f"Se retira la ausencia del {absence.from_on:%d-%m-%Y}"
        if absence.from_on == day:
            title = "Vuelve de su ausencia el mismo día"
    else:
        absence.until_on = day - ONE_DAY
        title = "Vuelve de su ausencia"
    absence.save(update_fields=["until_on", "withdrawn_at", "withdrawn_by"])
    keep(
        absence,
        kind="absence",
        title=title,
        actor=actor,
        now=now,
        record=absence.staff_member,
        before=before,
        after=snapshot(absence),
    )
    return tell_of_return(absence, actor, now)


@verb
def register_staff_person(*, email: str, given_names: str, family_names: str, now: datetime, rut: str = "") -> Person:
    """The person of an institutional address; made, without password, if nobody has it (IDN-2).

    Refused if the RUN belongs to somebody else.
    """
    email = email.strip().lower()
    person = Person.objects.filter(email=email).first()
    holder = Person.objects.filter(rut=rut).first() if rut else None
    if holder is not None and (person is None or holder.pk != person.pk):
        raise Refused("Ese RUN ya es de otra cuenta. Revísalo, o usa el correo con que esa persona entra.", "IDN-2")
    if person is not None:
        return person
    return Person.objects.create_user(
        email, None, given_names=given_names, family_names=family_names, rut=rut or None, joined_at=now
    )


@verb
def note_welcome(*, staff_member: StaffMember, actor: Actor, now: datetime) -> StaffMember:
    """Keep that somebody was written how they come in, and when (IDN-2)."""
    before = snapshot(staff_member, ["welcomed_at"])
    staff_member.welcomed_at = now
    staff_member.save(update_fields=["welcomed_at"])
    after = snapshot(staff_member, ["welcomed_at"])
    title = "Se le escribe cómo entrar"
    keep(staff_member, kind="welcome", title=title, actor=actor, now=now, before=before, after=after)
    return staff_member
