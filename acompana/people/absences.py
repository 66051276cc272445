"""What speaks against an absence, each fault by the field that has it: told all at once on its form, and asked again
when it is recorded (POR-10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from acompana.people.models import Absence, StaffMember

FROM_ON, UNTIL_ON, SUBSTITUTE = "from_on", "until_on", "substitute"


def faults_of_absence(
    *,
    staff_member: StaffMember,
    substitute: StaffMember | None,
    from_on: date | None,
    until_on: date | None,
    day: date,
) -> Iterator[tuple[str, str]]:
    """Field and sentence of every fault of an absence as it would be recorded on a `day`; what is None is not known
    yet, and nothing is said of it. Two queries at most."""
    days = (from_on, until_on) if from_on and until_on else None
    if days and days[1] < days[0]:
        yield UNTIL_ON, "La fecha de término es anterior a la de inicio. Revisa las dos fechas."
        days = None
    elif until_on and until_on < day:
        yield UNTIL_ON, "Esos días ya pasaron. Anota una ausencia que siga en curso o que venga."
    if days and (clash := _absence_in(staff_member, *days)):
        yield (
            FROM_ON,
            f"{staff_member} ya tiene anotada una ausencia del {clash.from_on:%d-%m-%Y} al {clash.until_on:%d-%m-%Y}.",
        )
    if substitute is None:
        return
    if substitute.pk == staff_member.pk:
        yield SUBSTITUTE, "Nadie puede reemplazarse a sí mismo. Elige a otra persona."
    elif not substitute.person.is_active:
        yield SUBSTITUTE, f"{substitute} no puede entrar al sistema. Elige a otra persona."
    elif days and not _works_on_all(substitute, *days):
        yield SUBSTITUTE, f"{substitute} no trabaja en la agencia todos esos días. Elige a otra persona."
    elif days and (clash := _absence_in(substitute, *days)):
        yield (
            SUBSTITUTE,
            f"{substitute} también estará ausente, del {clash.from_on:%d-%m-%Y} al {clash.until_on:%d-%m-%Y}. "
            "Elige a otra persona.",
        )


def _works_on_all(member: StaffMember, from_on: date, until_on: date) -> bool:
    return member.since_on <= from_on and (member.until_on is None or until_on <= member.until_on)


def _absence_in(member: StaffMember, from_on: date, until_on: date) -> Absence | None:
    overlapping = Absence.objects.standing().filter(from_on__lte=until_on, until_on__gte=from_on)
    return overlapping.filter(staff_member=member).order_by("from_on").first()
