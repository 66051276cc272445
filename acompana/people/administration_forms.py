"""Forms of the administration of staff, offices and calendars."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from acompana.kernel.rut import RutFormField
from acompana.people.absences import faults_of_absence
from acompana.people.models import Office, Role, StaffMember
from acompana.people.office_choice import OfficeChoice
from acompana.people.queries import staff_of, working_on
from acompana.people.rules import WEEKDAYS, Stretch
from acompana.people.staff_choice import StaffChoice
from acompana.reference.models import Region
from acompana.shell.meanwhile import Together
from acompana.shell.widgets import DayField, PhoneField
from acompana.shell.words import within_sentence


class SeenForm(forms.Form):
    """A form that tells what it was filled with, so that it overwrites nobody's work unseen (EXP-13)."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class PostForm(SeenForm):
    """Where somebody works and how much they may carry."""

    office = OfficeChoice(error_messages={"required": "Elige la oficina donde trabaja."})
    title = forms.CharField(label="Cargo", max_length=80, required=False)
    capacity = forms.IntegerField(
        label="Cupo de empresas",
        required=False,
        min_value=1,
        max_value=2000,
        help_text="Cuántas empresas puede llevar a la vez. En blanco, sin tope.",
    )


class AppointForm(PostForm):
    """Somebody new at the agency."""

    seen = None  # type: ignore[assignment]
    given_names = forms.CharField(label="Nombres", max_length=80, error_messages={"required": "Escribe sus nombres."})
    family_names = forms.CharField(
        label="Apellidos", max_length=80, error_messages={"required": "Escribe sus apellidos."}
    )
    email = forms.EmailField(
        label="Correo institucional",
        help_text="Con este correo entra. Si ya tiene cuenta, se usa la suya.",
        error_messages={"required": "Escribe su correo institucional."},
    )
    rut = RutFormField(label="RUN", required=False)
    since_on = DayField(label="Trabaja desde", error_messages={"required": "Elige desde qué día trabaja."})
    field_order = ("given_names", "family_names", "email", "rut", "office", "title", "capacity", "since_on")


class LeaveForm(forms.Form):
    """The last day, and who of the office receives what is owed."""

    last_day = DayField(label="Último día", error_messages={"required": "Elige su último día."})
    receiver = StaffChoice(
        label="Quién recibe lo que debe", required=False, empty_label="Queda en la oficina, sin tomar"
    )

    def __init__(self, *args: Any, staff_member: StaffMember, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["receiver"]
        assert isinstance(choice, StaffChoice)
        choice.offer(staff_of(staff_member.office, today).exclude(pk=staff_member.pk), on=today)


class GrantForm(forms.Form):
    role = forms.ModelChoiceField(
        label="Función",
        queryset=Role.objects.none(),
        empty_label="Elige una función",
        error_messages={"required": "Elige la función que le das."},
    )

    def __init__(self, *args: Any, held: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = Role.objects.filter(retired_on=None).exclude(kind=Role.Kind.OUTSIDE).exclude(pk__in=held)
        self.fields["role"].queryset = roles  # type: ignore[attr-defined]


class AbsenceForm(forms.Form):
    """Days and who stands in; one of another office is asked about first. What is wrong is told all at once."""

    from_on = DayField(label="Desde", error_messages={"required": "Elige el primer día."})
    until_on = DayField(label="Hasta", error_messages={"required": "Elige el último día."})
    substitute = StaffChoice(
        label="Reemplaza",
        error_messages={"required": "Elige quién reemplaza: lo que se debe nunca queda sin responsable."},
    )
    reason = forms.CharField(label="Motivo", max_length=120, required=False)
    from_elsewhere = forms.BooleanField(label="Que reemplace aunque es de otra oficina", required=False)

    def __init__(self, *args: Any, staff_member: StaffMember, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["substitute"]
        assert isinstance(choice, StaffChoice)
        self.staff_member, self.today = staff_member, today
        self.own_office_id = staff_member.office_id
        choice.offer(working_on(today).exclude(pk=staff_member.pk), on=today, own_office_id=self.own_office_id)
        self.asks_about_elsewhere = False

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        chosen, confirmed = clean.get("substitute"), clean.pop("from_elsewhere", False)
        self.asks_about_elsewhere = chosen is not None and chosen.office_id != self.own_office_id
        if chosen is not None and self.asks_about_elsewhere and not confirmed:
            sentence = (
                f"{chosen} es de la {within_sentence(chosen.office.name)}: recibe lo que se debe, pero no atiende a "
                "las empresas de esta oficina. Elige a alguien de aquí, o márcalo si aun así reemplaza."
            )
            self.add_error("from_elsewhere", sentence)
        known = {name: clean.get(name) for name in ("from_on", "until_on", "substitute")}
        for name, fault in list(faults_of_absence(staff_member=self.staff_member, day=self.today, **known)):
            self.add_error(name, fault)
        return clean


class ReachForm(SeenForm):
    """How an office is reached."""

    mailbox = forms.EmailField(
        label="Correo de la oficina", required=False, help_text="Recibe los avisos de las empresas de la región."
    )
    phone = PhoneField(label="Teléfono", max_length=30, required=False)
    address = forms.CharField(label="Dirección", max_length=160, required=False)


class ClockInput(forms.TimeInput):
    input_type = "time"
    component = "text"


def clock_field(label: str) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=False,
        widget=ClockInput(format="%H:%M"),
        input_formats=["%H:%M", "%H:%M:%S"],
        error_messages={"invalid": "Escribe la hora como 9:00."},
    )


class HoursForm(SeenForm):
    """Two stretches a day, Monday to Sunday; empty ones are not attended."""

    STRETCHES = (("a", "mañana"), ("b", "tarde"))

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        stretches: list[Stretch] | None = None,
        seen: str = "",
        prefix: str = "",
    ) -> None:
        initial: dict[str, Any] = {"seen": seen}
        by_day: dict[int, list[Stretch]] = {}
        for stretch in stretches or []:
            by_day.setdefault(stretch.weekday, []).append(stretch)
        for weekday, rows in by_day.items():
            for (part, _), row in zip(self.STRETCHES, rows, strict=False):
                initial |= {f"d{weekday}{part}_from": row.opens_at, f"d{weekday}{part}_to": row.closes_at}
        super().__init__(data, initial=initial, prefix=prefix)
        for weekday, name in enumerate(WEEKDAYS):
            for part, words in self.STRETCHES:
                self.fields[f"d{weekday}{part}_from"] = clock_field(f"{name}, {words}: abre")
                self.fields[f"d{weekday}{part}_to"] = clock_field(f"{name}, {words}: cierra")

    def one_answer(self) -> Together:
        """The hours of a day are one answer, by its name."""
        return {str(row["name"]).capitalize(): [bound.name for bound in row["fields"]] for row in self.rows()}

    def rows(self) -> list[dict[str, Any]]:
        """Each weekday with its four controls, for the table."""
        names = [[f"{part}_from", f"{part}_to"] for part, _ in self.STRETCHES]
        return [
            {"name": name, "fields": [self[f"d{weekday}{suffix}"] for pair in names for suffix in pair]}
            for weekday, name in enumerate(WEEKDAYS)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for weekday, name in enumerate(WEEKDAYS):
            for part, words in self.STRETCHES:
                opens, closes = data.get(f"d{weekday}{part}_from"), data.get(f"d{weekday}{part}_to")
                if (opens is None) != (closes is None) and not self.errors:
                    missing = f"d{weekday}{part}_{'from' if opens is None else 'to'}"
                    self.add_error(missing, f"Falta una de las dos horas del {name} en la {words}.")
        return data

    def stretches(self) -> list[Stretch]:
        """What was typed, of a valid form."""
        data = self.cleaned_data
        found = []
        for weekday in range(7):
            for part, _ in self.STRETCHES:
                opens, closes = data.get(f"d{weekday}{part}_from"), data.get(f"d{weekday}{part}_to")
                if opens and closes:
                    found.append(Stretch(weekday, opens, closes))
        return found


class ClosureForm(forms.Form):
    day = DayField(label="Día", error_messages={"required": "Elige el día."})
    name = forms.CharField(label="Motivo", max_length=80, error_messages={"required": "Escribe el motivo del cierre."})


class HolidayForm(forms.Form):
    """A day for the whole country, a region or an office."""

    day = DayField(label="Día", error_messages={"required": "Elige el día."})
    name = forms.CharField(
        label="Nombre", max_length=80, error_messages={"required": "Escribe el nombre del feriado."}
    )
    region = forms.ModelChoiceField(
        label="Región", queryset=Region.objects.filter(retired_on=None), required=False, empty_label="Todo el país"
    )


class StaffFilter(forms.Form):
    """What the list of people is narrowed by."""

    q = forms.CharField(label="Nombre o correo", required=False)
    office = OfficeChoice(
        queryset=Office.objects.select_related("region", "country"),
        required=False,
        to_field_name="code",
        empty_label="Todas",
    )
    role = forms.ModelChoiceField(
        label="Función",
        queryset=Role.objects.exclude(kind=Role.Kind.OUTSIDE),
        required=False,
        to_field_name="slug",
        empty_label="Todas",
    )
    when = forms.ChoiceField(
        label="Quiénes",
        choices=[("", "Trabajan hoy"), ("left", "Ya no trabajan"), ("coming", "Por empezar")],
        required=False,
    )
