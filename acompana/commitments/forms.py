"""Forms of the protocol: amend a rule, and try a deadline."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.formats import date_format

from acompana.commitments.models import Commitment
from acompana.commitments.queries import evidence_for
from acompana.kernel.rulebook import Rule, all_rules
from acompana.kernel.rulebook_files import leaves
from acompana.kernel.terms import ROLLS, UNITS
from acompana.logbook.models import Entry
from acompana.people.actors import Actor
from acompana.people.models import Office
from acompana.people.office_choice import OfficeChoice
from acompana.people.queries import staff_of
from acompana.people.staff_choice import StaffChoice
from acompana.shell.widgets import DayField

UNIT_NAMES = {
    "business_days": "días hábiles",
    "calendar_days": "días corridos",
    "calendar_days_before": "días corridos antes",
    "days": "días (0: el mismo día)",
    "months": "meses",
    "hours": "horas",
}
ROLL_NAMES = {
    "none": "No se corre",
    "next": "Pasa al día hábil siguiente",
    "previous": "Se adelanta al día hábil anterior",
}
SEPARATOR = " | "
TERM = ("amount", "unit", "roll", "may_pause")
YES = "sí"


class AmendForm(forms.Form):
    """An amendment of a rule: its own fields, filled with what is in force, then from when and why."""

    valid_from = DayField(label="Rige desde", help_text="Hoy o una fecha futura. Lo prometido antes no cambia.")
    reason = forms.CharField(
        label="Por qué cambia",
        help_text="Queda en la historia de la regla.",
        max_length=500,
        min_length=10,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, rule: Rule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        own = _term_fields(rule) if rule.is_term else _table_fields(rule)
        self.fields = {**own, **self.fields}

    def rule_value(self) -> dict[str, Any]:
        """The value that was typed, in the shape of the rule."""
        typed = self.cleaned_data
        return {key: typed[key] for key in TERM} if self.rule.is_term else _table_value(self.rule, typed)


def amend_form(rule: Rule, data: Mapping[str, Any] | None = None, *, now: datetime | None = None) -> AmendForm:
    """The form of a rule; with `now` it proposes today."""
    return AmendForm(data, rule=rule, initial={"valid_from": timezone.localdate(now)} if now else {})


def _term_fields(rule: Rule) -> dict[str, forms.Field]:
    """The fields of a deadline."""
    value, fixed = rule.value, "may_pause" in rule.fixed
    units, rolls = [(unit, UNIT_NAMES[unit]) for unit in UNITS], [(roll, ROLL_NAMES[roll]) for roll in ROLLS]
    return {
        "amount": forms.IntegerField(label="Cantidad", min_value=0, max_value=3650, initial=value.get("amount")),
        "unit": forms.ChoiceField(label="Unidad", choices=units, initial=value.get("unit")),
        "roll": forms.ChoiceField(label="Si el último día no es hábil", choices=rolls, initial=value.get("roll")),
        "may_pause": forms.BooleanField(
            label="Admite pausas mientras se espera a la otra parte",
            required=False,
            initial=value.get("may_pause"),
            disabled=fixed,
            help_text="Lo fija el protocolo: no se puede cambiar." if fixed else "",
        ),
    }


def _table_fields(rule: Rule) -> dict[str, forms.Field]:
    """One field per named value of a rule that is not a deadline."""
    fields = {}
    for path, value in leaves(rule.value).items():
        field = _field(rule, path, value)
        field.initial = list(value) if isinstance(field, forms.MultipleChoiceField) else _shown(value)
        fields[_name(path)] = field
    return fields


def _table_value(rule: Rule, typed: Mapping[str, Any]) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for path, model in leaves(rule.value).items():
        *tables, key = path.split(".")
        table = value
        for name in tables:
            table = table.setdefault(name, {})
        table[key] = _typed(typed[_name(path)], model)
    return value


class LocalTimeField(forms.DateTimeField):
    """A date and time as a wall clock shows them, without zone: the office that is chosen beside it gives the zone."""

    def to_python(self, value: Any) -> Any:
        with timezone.override(UTC):  # in UTC no local time is missing or double
            instant = super().to_python(value)
        return instant.replace(tzinfo=None) if instant else None


class TryForm(forms.Form):
    """A deadline, an office and a start: when would it end?"""

    rule = forms.ChoiceField(label="Plazo", error_messages={"invalid_choice": "Elige un plazo de la lista."})
    office = OfficeChoice(
        to_field_name="code",
        empty_label="---------",
        error_messages={"invalid_choice": "Elige una oficina de la lista."},
    )
    start = LocalTimeField(
        label="Desde (hora de la oficina)",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "Escribe la fecha y la hora, por ejemplo 16-09-2026 15:00."},
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%d-%m-%Y %H:%M", "%d-%m-%Y"],
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        terms = [rule for rule in all_rules(timezone.localdate(now)) if rule.is_term]
        chooser = self.fields["rule"]
        assert isinstance(chooser, forms.ChoiceField)
        chooser.choices = [(rule.id, f"{rule.code} · {rule.label}") for rule in terms]

    def start_at(self) -> datetime:
        """The start in the zone of the office, whatever the zone of the page."""
        zone = ZoneInfo(self.cleaned_data["office"].time_zone)
        return self.cleaned_data["start"].replace(tzinfo=zone)


def _name(path: str) -> str:
    return "v_" + path.replace(".", "__")


def _field(rule: Rule, path: str, value: Any) -> forms.Field:
    label = rule.names.get(path, path)
    choices = rule.choices.get(path) or rule.choices.get(path.split(".")[0])
    if isinstance(value, bool):
        return forms.BooleanField(label=label, required=False)
    if isinstance(value, int):
        return forms.IntegerField(label=label, min_value=0)
    if isinstance(value, float):
        return forms.FloatField(label=label, min_value=0)
    if isinstance(value, tuple) and choices:
        options = [(choice, rule.words.get(choice, choice)) for choice in choices]
        return forms.MultipleChoiceField(
            label=label, choices=options, required=False, widget=forms.CheckboxSelectMultiple
        )
    if isinstance(value, tuple):
        hint = "Uno por línea."
        if value and isinstance(value[0], Mapping):
            hint = f"Uno por línea, con sus datos separados por «|»: {SEPARATOR.join(_columns(value))}."
        return forms.CharField(label=label, help_text=hint, widget=forms.Textarea(attrs={"rows": len(value) + 2}))
    if choices:
        return forms.ChoiceField(
            label=label, choices=[(choice, rule.words.get(choice, choice) or "ninguno") for choice in choices]
        )
    return forms.CharField(label=label, max_length=200)


def _columns(rows: tuple[Mapping[str, Any], ...]) -> list[str]:
    return list(dict.fromkeys(key for row in rows for key in row))


def _shown(value: Any) -> Any:
    """A value as its field shows it."""
    if not isinstance(value, tuple):
        return value
    if value and isinstance(value[0], Mapping):
        columns = _columns(value)
        return "\n".join(SEPARATOR.join(_cell(row.get(column, "")) for column in columns) for row in value)
    return "\n".join(value)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return YES if value else ""
    return str(value)


def _typed(given: Any, model: Any) -> Any:
    """What was typed, in the shape of the rule's own value."""
    if not isinstance(model, tuple) or isinstance(given, list):
        return given
    lines = [line.strip() for line in given.splitlines() if line.strip()]
    if not (model and isinstance(model[0], Mapping)):
        return lines
    columns = _columns(model)
    return [
        _row(dict(zip(columns, (cell.strip() for cell in line.split("|")), strict=False)), model) for line in lines
    ]


def _row(cells: dict[str, str], model: tuple[Mapping[str, Any], ...]) -> dict[str, Any]:
    flags = {key for row in model for key, value in row.items() if isinstance(value, bool)}
    return {key: True if key in flags else text for key, text in cells.items() if text}


# --- one commitment ---------------------------------------------------------------------------------------------


class KeepForm(forms.Form):
    """Kept, or running again: a note is welcome."""

    reason = forms.CharField(label="Cómo se cumplió", max_length=200, required=False)


class ReasonForm(forms.Form):
    """Called off or paused: the reason is part of its history."""

    reason = forms.CharField(label="Por qué", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class EvidenceField(forms.ModelChoiceField):
    """An entry of the logbook, by day, kind and fact."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{date_format(timezone.localtime(obj.happened_at), 'd-m-Y')} · {obj.kind_words} · {obj.fact}"


class PauseForm(forms.Form):
    """Waiting for the other party: what for, and the entry that shows it was asked."""

    reason = forms.CharField(
        label="Qué se espera", max_length=200, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="El plazo vuelve a correr solo cuando la empresa responda.",
    )  # fmt: skip
    evidence = EvidenceField(
        label="Anotación que lo respalda",
        queryset=Entry.objects.none(),
        required=False,
        empty_label="Ninguna",
        help_text="Por ejemplo, el correo o la llamada en que lo pediste.",
    )

    def __init__(self, *args: Any, commitment: Commitment, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chooser = self.fields["evidence"]
        assert isinstance(chooser, forms.ModelChoiceField)
        chooser.queryset = evidence_for(commitment, actor)


class HandOverForm(forms.Form):
    """To somebody of the same office."""

    to = StaffChoice(label="A quién pasa")
    reason = forms.CharField(label="Por qué", max_length=200)

    def __init__(self, *args: Any, office: Office, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chooser = self.fields["to"]
        assert isinstance(chooser, StaffChoice)
        chooser.offer(staff_of(office, on), on=on)
