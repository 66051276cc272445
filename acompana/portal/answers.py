"""What a step's answers look like to people: the rows of «check your answers»."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from django import forms

from acompana.companies.models import Company
from acompana.kernel.phones import normal_phone, shown_phone
from acompana.portal.entered import Entered
from acompana.portal.forms import LEFT_TO_OFFICE
from acompana.portal.steps import FormStep, build_form
from acompana.reference.models import Activity, TariffHeading
from acompana.shell.widgets import PhoneField
from acompana.shell.words import money, number, short_date

Row = dict[str, Any]
NO_ANSWER = "Sin respuesta"
REPEATED = ("product_", "heading_", "year_", "market_", "amount_")


def step_rows(
    step: FormStep,
    company: Company,
    now: datetime,
    entered: Entered | None = None,
    missing: Collection[str] | None = None,
) -> list[Row]:
    """Label and answer of each question of a step that has an answer, or that is required and has none.

    `missing`: the fields that the form lacks to be complete (DEF-5); no other row says that it is missing. Give what
    was `entered` under a limited mandate: then nothing else is shown (INT-24), and each part says what it requires.
    """
    form = build_form(step, company=company, now=now, entered=entered)
    rows = []
    for name, field in form.fields.items():
        if name.startswith(REPEATED):
            continue
        if name == LEFT_TO_OFFICE:
            continue
        text = _named_activity(form) if name == "activity" else _answer(form, name, field)
        lacks = field.required if missing is None else _required_name(step, name) in missing
        if text or lacks or field.required:
            rows.append(_row(str(field.label or name), text or ("" if lacks else NO_ANSWER)))
    if step.slug == "oferta":
        lacks = missing is None or "product" in missing
        rows.insert(1, _row("Productos o servicios", many=_products(form.initial), missing="Falta" if lacks else ""))
    if step.slug == "exportaciones" and (lines := _exports(form)):
        rows.append(_row("Dónde y cuánto", many=lines))
    if step.slug == "intereses":
        numbers = _lines(form.initial, "market_")
        markets = [_answer(form, f"market_{n}", form.fields[f"market_{n}"]) for n in numbers]
        rows.insert(0, _row("Países que te interesan", many=markets, missing=""))
    return rows


def _required_name(step: FormStep, name: str) -> str:
    """A question of a step as the list of required fields names it."""
    return f"contact_{name}" if step.slug == "contacto" else name


def _row(label: str, text: str = "", many: list[str] | None = None, missing: str = "Falta") -> Row:
    row: Row = {"label": label, "value": text or ", ".join(many or [])}
    if many and len(many) > 1:
        row["many"] = many
    if not row["value"] and missing:
        row["missing"] = missing
    return row


def _answer(form: forms.Form, name: str, field: forms.Field) -> str:
    return answer_text(field, form.get_initial_for_field(field, name))


def _named_activity(form: forms.Form) -> str:
    code = form.initial.get("activity")
    found = Activity.objects.filter(code=code).first() if code else None
    left = "No lo sabes: lo ve tu oficina" if form.initial.get(LEFT_TO_OFFICE) else ""
    return f"{found.name} ({found.code})" if found else left


def _lines(initial: Mapping[str, Any], prefix: str) -> list[str]:
    return [name.removeprefix(prefix) for name, value in initial.items() if name.startswith(prefix) and value]


def _products(initial: Mapping[str, Any]) -> list[str]:
    codes = [code for n in _lines(initial, "heading_") if (code := initial[f"heading_{n}"])]
    names = dict(TariffHeading.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
    shown = []
    for n in _lines(initial, "product_"):
        code = initial.get(f"heading_{n}")
        detail = f" (partida {code}: {names[code]})" if code in names else ""
        shown.append(f"{initial[f'product_{n}']}{detail}")
    return shown


def _exports(form: forms.Form) -> list[str]:
    shown = []
    for n in _lines(form.initial, "year_"):
        if f"market_{n}" not in form.fields:
            continue
        market = _answer(form, f"market_{n}", form.fields[f"market_{n}"])
        amount = form.initial.get(f"amount_{n}")
        words = f": {money(Decimal(str(amount)), 'USD')}" if amount not in (None, "") else ""
        shown.append(f"{form.initial[f'year_{n}']}, {market}{words}")
    return shown


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
        row = field.queryset.filter(pk=getattr(value, "pk", value)).first() if field.queryset is not None else None
        return field.label_from_instance(row) if row else ""
    if isinstance(field, forms.ChoiceField):
        choices = cast("Iterable[tuple[Any, Any]]", field.choices)
        return str({str(key): label for key, label in choices}.get(str(value), value))
    if isinstance(field, PhoneField):
        return shown_phone(normal_phone(str(value)))
    if isinstance(value, int) and not isinstance(value, bool) and value > 2200:
        return number(value)
    return str(value)
