"""The page of the protocol: which rules hold, since when, by whom; change one; try a deadline."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from acompana.commitments import queries
from acompana.commitments.forms import ROLL_NAMES, UNIT_NAMES, AmendForm, TryForm, amend_form
from acompana.commitments.permissions import may_amend_rules
from acompana.commitments.rules import draw_weeks
from acompana.kernel.deadline_words import amount_words, long_day
from acompana.kernel.deadlines import compute_due
from acompana.kernel.refusals import Refused
from acompana.kernel.rulebook import (
    Amended,
    Rule,
    all_rules,
    amend_rule,
    check_can_amend,
    find_rule,
    get_rule,
    history_of_rule,
    next_change,
    term_of,
)
from acompana.kernel.rulebook_files import leaves
from acompana.kernel.terms import Term
from acompana.people.access import ActorRequest, deny_unless, staff
from acompana.people.calendars import calendar_of
from acompana.people.models import Person

STATUS_TAGS = {
    "protocol": ("Del protocolo", "blue"),
    "recommended": ("Recomendado", "plain"),
    "project_default": ("Valor por defecto", "soon"),
    "law": ("Por ley", "good"),
}
BOOKS = {"commitments": "Plazos", "intake": "Ingreso", "companies": "Empresas", "evaluation": "Indicadores"}
REPLAYED = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as the page shows it."""

    rule: Rule
    value: list[tuple[str, str]]
    short: str
    status: str
    tone: str
    change: Rule | None = None
    change_short: str = ""


@staff
@require_safe
def protocol(request: ActorRequest) -> HttpResponse:
    """Every rule in force today, by book."""
    today = timezone.localdate(request.now)
    wanted = request.GET.get("ver", "commitments")
    book = wanted if wanted in BOOKS else "commitments"
    rows = sorted(
        (row_of(rule, today) for rule in all_rules(today, book=book)), key=lambda row: queries.rule_order(row.rule.id)
    )
    tabs = [
        {"label": name, "href": f"?ver={slug}", "current": slug == book, "count": len(all_rules(today, book=slug))}
        for slug, name in BOOKS.items()
    ]
    context = {"rows": rows, "tabs": tabs, "book": book, "may_amend": may_amend_rules(request.actor)}
    return render(request, "commitments/protocol.html", context)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def rule_page(request: ActorRequest, rule_id: str) -> HttpResponse:
    """One rule: its value, its source, its history; the administrator changes it."""
    today = timezone.localdate(request.now)
    rule = find_rule(rule_id, today)
    if rule is None:
        raise Http404
    form, effect = amend_form(rule, now=request.now), None
    if request.method == "POST":
        deny_unless(may_amend_rules(request.actor), reason="Solo la administración del sistema cambia el protocolo.")
        form = amend_form(rule, request.POST)
        if form.is_valid():
            try:
                if "preview" in request.POST:
                    effect = effect_of(request, rule, form)
                else:
                    return _amend(request, rule, form)
            except Refused as refusal:
                form.add_error(None, refusal.reason)
    history = history_of_rule(rule.id)
    authors = Person.objects.in_bulk([item.author_id for item in history if item.author_id])
    context = {
        "row": row_of(rule, today),
        "source": source_words(rule.source),
        "history": [_history_row(item, authors, rule, today) for item in history],
        "form": form,
        "effect": effect,
        "may_amend": may_amend_rules(request.actor),
    }
    return render(request, "commitments/rule.html", context, status=422 if form.errors else 200)


@staff
@require_safe
def calculator(request: ActorRequest) -> HttpResponse:
    """Try a deadline: the date, why, and the days drawn."""
    asked = {"rule", "office", "start"} & set(request.GET)
    local_now = timezone.localtime(request.now)
    initial = {"rule": "DL-1", "office": "CL-RM", "start": f"{local_now:%Y-%m-%dT%H:%M}"}
    form = TryForm(
        request.GET if asked == {"rule", "office", "start"} else None,
        initial=initial | request.GET.dict(),
        now=request.now,
    )
    result = _calculate(form) if form.is_bound and form.is_valid() else None
    return render(request, "commitments/calculator.html", {"form": form, "result": result})


def row_of(rule: Rule, today: date) -> RuleRow:
    """A rule with its planned change, if there is one."""
    status, tone = STATUS_TAGS[rule.status]
    if rule.version:
        status, tone = "Cambiado aquí", "blue"
    change = next_change(rule.id, today)
    return RuleRow(
        rule, value_words(rule), short_value(rule), status, tone, change, short_value(change) if change else ""
    )


SOURCE_WORDS = (
    (r"deadlines\.csv (DL-\d+)", r"plazo \1 de la tabla del protocolo"),
    (r"\bS1\b", "Administración de cartera de usuarios (2024)"),
    (r"\bS2\b", "Política y Protocolo de Atención de Usuarios (2024)"),
    (r"\bS4\b", "manual de los Centros PymeExporta (2016)"),
)


def source_words(source: str) -> str:
    """Where a rule comes from, with documents by their names instead of their marks."""
    for mark, name in SOURCE_WORDS:
        source = re.sub(mark, name, source)
    return source[:1].upper() + source[1:]


def short_value(rule: Rule) -> str:
    """The value in few words: "3 días hábiles"; of a table, how many values it has or its only one."""
    term = term_of(rule)
    if term is not None:
        return amount_words(term.amount, term.unit, "es") if term.amount else "el mismo día"
    found = [words for _, words in value_words(rule)]
    return found[0] if len(found) == 1 and len(found[0]) < 60 else f"{len(found)} valores"


def value_words(rule: Rule) -> list[tuple[str, str]]:
    """The value as label and words, for people."""
    term = term_of(rule)
    if term is not None:
        return [
            ("Cantidad", str(term.amount)),
            ("Unidad", UNIT_NAMES[term.unit]),
            ("Si el último día no es hábil", ROLL_NAMES[term.roll]),
            ("Admite pausas", "Sí" if term.may_pause else "No"),
        ]
    return [(rule.names.get(path, path), _words(value, rule)) for path, value in leaves(rule.value).items()]


def effect_of(request: ActorRequest, rule: Rule, form: AmendForm) -> queries.Replay | None:
    """What the change would have made of the last year (EXP-11); None for what is not a deadline. Writes nothing."""
    value = form.rule_value()
    check_can_amend(
        rule=rule,
        value=value,
        valid_from=form.cleaned_data["valid_from"],
        reason=form.cleaned_data["reason"],
        now=request.now,
    )
    if not rule.is_term:
        return None
    return queries.replay(
        term=Term(rule.id, **value), since=request.now - REPLAYED, until=request.now, now=request.now
    )


def _amend(request: ActorRequest, rule: Rule, form: AmendForm) -> HttpResponse:
    assert request.actor.person is not None
    amended = amend_rule(
        rule_id=rule.id,
        value=form.rule_value(),
        valid_from=form.cleaned_data["valid_from"],
        reason=form.cleaned_data["reason"],
        actor_id=request.actor.person.pk,
        now=request.now,
    )
    messages.success(request, f"{rule.code} rige con su nuevo valor desde el {amended.valid_from:%d-%m-%Y}.")
    return redirect("commitments:rule", rule_id=rule.id)


def _calculate(form: TryForm) -> dict[str, Any]:
    office, start = form.cleaned_data["office"], form.start_at()
    rule = get_rule(form.cleaned_data["rule"], start.date())
    term, calendar = term_of(rule), calendar_of(office)
    assert term is not None  # the form offers deadlines only
    try:
        due = compute_due(term=term, start=start, calendar=calendar)
    except OverflowError:
        form.add_error("start", "Esa fecha queda fuera del calendario.")
        return {}
    return {
        "rule": rule,
        "office": office,
        "due": due,
        "due_words": long_day(due.due_at.date(), "es"),
        "due_time": f"{due.due_at:%H:%M}",
        "english": compute_due(term=term, start=start, calendar=calendar, language="en").explanation,
        "weeks": draw_weeks(start=start, due=due, calendar=calendar),
    }


def _history_row(item: Amended, authors: dict[int, Person], standing: Rule, today: date) -> dict[str, Any]:
    in_force = item.rule.version == standing.version and item.rule.valid_from == standing.valid_from
    return {
        "short": short_value(item.rule),
        "value": value_words(item.rule),
        "valid_from": item.rule.valid_from,
        "author": authors.get(item.author_id) if item.author_id else None,
        "reason": item.reason,
        "at": item.amended_at,
        "state": "vigente" if in_force else "por venir" if item.rule.valid_from > today else "anterior",
    }


def _words(value: Any, rule: Rule) -> str:
    if isinstance(value, bool):
        return "Sí" if value else "No"
    if isinstance(value, int):
        return f"{value:,}".replace(",", ".")
    if isinstance(value, tuple):
        items = (item if isinstance(item, str) else str(item.get("label", item)) for item in value)
        return " · ".join(rule.words.get(item, item) for item in items)
    return rule.words.get(str(value), str(value)) or "ninguno"
