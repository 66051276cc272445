"""What somebody typed in a form that can be sent no more: to read, and to copy (EXP-13)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms

from acompana.shell.widgets import PhoneInput


@dataclass(frozen=True, slots=True)
class Typed:
    """A row of the summary list of the shell."""

    name: str
    label: str
    value: str


def typed_rows(*bound: forms.Form) -> list[Typed]:
    """What each form got, as people read it, valid or not; what was left blank and what is hidden is left out."""
    rows = []
    for form in bound:
        for field in form.visible_fields():
            if text := shown(field):
                rows.append(Typed(field.html_name, str(field.label), text))
    return rows


def shown(field: forms.BoundField) -> str:
    """A field as people read it, right or wrong; empty for nothing."""
    raw: Any = field.value()
    if raw in (None, "", [], False):
        return ""
    choices = getattr(field.field, "choices", None)
    if choices is not None:
        wanted = {str(one) for one in (raw if isinstance(raw, list | tuple) else [raw])}
        return "; ".join(str(label) for value, label in _one_by_one(choices) if str(value) in wanted)
    if raw is True or isinstance(field.field, forms.BooleanField):
        return "Sí"
    if isinstance(field.field.widget, PhoneInput):
        return field.field.widget.format_value(raw) or ""
    if isinstance(field.field, forms.DateTimeField | forms.DateField):
        return _day_shown(field.field, str(raw))
    return str(raw)


def _one_by_one(choices: Iterable[tuple[Any, Any]]) -> Iterator[tuple[Any, Any]]:
    """Choices without the headings of their groups."""
    for value, label in choices:
        yield from _one_by_one(label) if isinstance(label, list | tuple) else [(value, label)]


def _day_shown(field: forms.Field, raw: str) -> str:
    """A day or an instant as it is written here, whether the form takes it or not; what is none, as it was typed."""
    try:
        given = field.to_python(raw)
    except forms.ValidationError:
        return raw
    return f"{given:%d-%m-%Y %H:%M}" if isinstance(given, datetime) else f"{given:%d-%m-%Y}"
