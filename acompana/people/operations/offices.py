"""Changes of an office: where it is, how it is reached, when it attends (OFF-1, OFF-2, EXP-7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from acompana.kernel.changes import describe_change, open_change_set, snapshot
from acompana.kernel.models import Change
from acompana.kernel.phones import normal_phone
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.people.actors import Actor
from acompana.people.models import Office, OfficeHours
from acompana.people.operations.history import check_seen, keep
from acompana.people.rules import Stretch, check_hours

REACH = ("mailbox", "address", "phone")


@verb
def update_office(
    *, office: Office, mailbox: str, address: str, phone: str, actor: Actor, now: datetime, seen: str = ""
) -> Office:
    """Change how an office is reached. Refused without mailbox where notices have to arrive (OFF-1); Stale if somebody
    changed it since the form had `seen` it (`history.mark_of`)."""
    office = Office.objects.select_for_update(of=("self",)).get(pk=office.pk)
    if not mailbox and office.kind != Office.Kind.COMMERCIAL:
        raise Refused("La oficina necesita un correo: ahí llegan los avisos de las empresas.", "OFF-1")
    before = snapshot(office, REACH)
    check_seen(office, before, seen, actor)
    office.mailbox, office.address, office.phone = mailbox, address, normal_phone(phone)
    office.save(update_fields=list(REACH))
    after = snapshot(office, REACH)
    if before != after:
        keep(
            office,
            kind="office",
            title="Cambian los datos de contacto",
            actor=actor,
            now=now,
            before=before,
            after=after,
        )
    return office


@verb
def set_office_hours(
    *, office: Office, stretches: Iterable[Stretch], actor: Actor, now: datetime, seen: str = ""
) -> list[Stretch]:
    """Replace the hours of an office; several stretches of a day make a split shift (EXP-7). Refused if two meet;
    Stale as `update_office`."""
    wanted = check_hours(stretches)
    Office.objects.select_for_update().get(pk=office.pk)
    stored = hours_of(office)
    check_seen(office, stored, seen, actor)
    if stored == wanted:
        return wanted
    change_set = open_change_set(
        kind="hours",
        title="Cambia el horario de atención",
        person_id=actor.person.pk if actor.person else None,
        now=now,
        channel="desk",
    )
    changes = [
        describe_change(row, change_set=change_set, before=snapshot(row), record=office) for row in office.hours.all()
    ]
    office.hours.all().delete()
    rows = OfficeHours.objects.bulk_create(
        OfficeHours(office=office, weekday=s.weekday, opens_at=s.opens_at, closes_at=s.closes_at) for s in wanted
    )
    changes += [describe_change(row, change_set=change_set, record=office) for row in rows]
    Change.objects.bulk_create(change for change in changes if change is not None)
    return wanted


def hours_of(office: Office) -> list[Stretch]:
    """The stretches of an office, in order."""
    return [Stretch(row.weekday, row.opens_at, row.closes_at) for row in office.hours.order_by("weekday", "opens_at")]
