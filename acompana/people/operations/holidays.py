"""Days that an administrator adds to a calendar: elections, closures (LAW-2)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from acompana.kernel.changes import snapshot
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.people.actors import Actor
from acompana.people.calendars import day_off_there
from acompana.people.listeners import tell_of_day
from acompana.people.models import ExtraHoliday, Office
from acompana.people.operations.history import author, keep, today
from acompana.reference.models import Region

FARTHEST = timedelta(days=3 * 366)


def check_can_add(*, day: date, name: str, now: datetime, region: Region | None, office: Office | None) -> None:
    """Raises Refused for a day that is past (what ran over it has run), without a name, or one that is off there
    already, by law or because it was added; one that is off in a part of the place only stays beside it."""
    if not name.strip():
        raise Refused("Escribe el nombre del feriado o el motivo del cierre; aparece en la explicación de los plazos.")
    if day < today(now):
        raise Refused("Ese día ya pasó y los plazos que lo incluyen ya corrieron. Elige una fecha desde hoy.", "LAW-2")
    if day > today(now) + FARTHEST:
        raise Refused("Esa fecha está demasiado lejos. Revisa el año.", "LAW-2")
    if there := day_off_there(day, region=region, office=office):
        raise Refused(f"El {day:%d-%m-%Y} ya no se trabaja ahí: {there}.", "LAW-2")


def check_can_withdraw(*, holiday: ExtraHoliday, now: datetime) -> None:
    """Raises Refused once the day is over, or was taken back before."""
    if holiday.withdrawn_at is not None:
        raise Refused("Ese día ya se había retirado.", "LAW-2")
    if holiday.day < today(now):
        raise Refused("Ese día ya pasó: los plazos que lo saltaron se explican con él.", "LAW-2")


@verb
def add_holiday(
    *,
    day: date,
    name: str,
    actor: Actor,
    now: datetime,
    region: Region | None = None,
    office: Office | None = None,
) -> list[str]:
    """Add a day without business: of the country, of a region, or of one office (its closure).

    Open terms that count over it are counted again by the rooms above (OFF-2); what they did, in sentences. Refused:
    see `check_can_add`.
    """
    check_can_add(day=day, name=name, now=now, region=region, office=office)
    name = name.strip()
    holiday = ExtraHoliday.objects.create(
        day=day, name=name, region=region, office=office, added_by=author(actor), added_at=now
    )
    where = "cierre de la oficina" if office else f"feriado en {region}" if region else "feriado en todo el país"
    keep(
        holiday,
        kind="holiday",
        title=f"{day:%d-%m-%Y}, {where}: {name}"[:200],
        actor=actor,
        now=now,
        record=office,
    )
    return tell_of_day(holiday, actor, now)


def close_office_day(*, office: Office, day: date, name: str, actor: Actor, now: datetime) -> list[str]:
    """Close one office for a day, with its reason; its terms skip that day (LAW-2). What was done, in sentences."""
    return add_holiday(day=day, name=name, office=office, actor=actor, now=now)


@verb
def withdraw_holiday(*, holiday: ExtraHoliday, actor: Actor, now: datetime) -> list[str]:
    """Take back a day that was added; it stays in the history, and open terms are counted again without it. What was
    done, in sentences. Refused: see `check_can_withdraw`."""
    holiday = ExtraHoliday.objects.select_for_update(of=("self",)).get(pk=holiday.pk)
    check_can_withdraw(holiday=holiday, now=now)
    before = snapshot(holiday, ["withdrawn_at"])
    holiday.withdrawn_at = now
    holiday.save(update_fields=["withdrawn_at"])
    keep(
        holiday,
        kind="holiday",
        title=f"Se retira el {holiday.day:%d-%m-%Y}: {holiday.name}"[:200],
        actor=actor,
        now=now,
        record=holiday.office,
        before=before,
        after=snapshot(holiday, ["withdrawn_at"]),
    )
    return tell_of_day(holiday, actor, now)
