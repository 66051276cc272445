"""What a step's answers look like to people: the rows of «check your answers»."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms

from acompana.companies.models import Company
from acompana.portal.steps import FormStep, build_form
from acompana.shell.words import number, short_date


def step_rows(step: FormStep, company: Company, now: datetime) -> list[dict[str, str]]:
    """Label and answer of each field of a step that has an answer, or that is required and has none."""
    form = build_form(step, company=company, now=now)
    rows = []
    for name, field in form.fields.items():
        value = form.get_initial_for_field(field, name)
        text = answer_text(field, value)
        if text or field.required:
            rows.append({"label": str(field.label or name), "value": text or "Falta"})
    return rows


def answer_text(field: forms.Field, value: Any) -> str:
    """An answer in words."""
    if value in (None, "", []):
        return ""
    if isinstance(value, bool):
        return "Sí" if value else "No"
    if isinstance(value, date):
        return short_date(value)
    if isinstance(field, forms.ModelMultipleChoiceField):
        return ", ".join(str(row) for row in field.queryset.filter(pk__in=value)) if field.queryset is not None else ""
    if isinstance(field, forms.ModelChoiceField):
        row = value if not isinstance(value, int) else field.queryset.filter(pk=value).first()  # type: ignore[union-attr]
        return field.label_from_instance(row) if row else ""
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
    if isinstance(value, int | Decimal) and not isinstance(field, forms.CharField):
        return number(value) if value > 2200 else str(value)
    return str(value)
