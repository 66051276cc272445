"""What somebody typed in a form that can be sent no more: to read, and to copy (EXP-13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIteratorValue


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
            if text := _shown(form, field):
                rows.append(Typed(field.html_name, str(field.label), text))
    return rows


def _shown(form: forms.Form, field: forms.BoundField) -> str:
    raw: Any = field.value()
    if raw in (None, "", [], False):
        return ""
    choices = getattr(field.field, "choices", None)
    if choices is not None:
        wanted = {str(one) for one in (raw if isinstance(raw, list | tuple) else [raw])}
        return "; ".join(str(label) for value, label in choices if _plain(value) in wanted)
    if raw is True or isinstance(field.field, forms.BooleanField):
        return "Sí"
    clean = getattr(form, "cleaned_data", {}).get(field.name)
    if isinstance(clean, datetime):
        return f"{clean:%d-%m-%Y %H:%M}"
    return f"{clean:%d-%m-%Y}" if isinstance(clean, date) else str(raw)


def _plain(value: Any) -> str:
    return str(value.value if isinstance(value, ModelChoiceIteratorValue) else value)
