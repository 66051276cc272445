"""Pages with which a questionnaire is answered and its result read. The rooms above own the addresses.

A room gives its addresses and what to do at the end, and returns what it gets:

    def test_question(request, slug):
        return pages.answer_page(request, response=draft, question=slug, addresses=ADDRESSES)

    def test_check(request):
        return pages.check_page(request, response=draft, addresses=ADDRESSES, finish=lambda: send(request, draft))

`finish` calls the room's own operation (one transaction) and returns the redirection; what it refuses is shown here.
Who may answer whose questionnaire is the caller's to check.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from acompana.companies.models import Company
from acompana.kernel.refusals import Refused
from acompana.people.access import ActorRequest
from acompana.questionnaires.content import GapInstrument, gap_instrument
from acompana.questionnaires.definition import Definition, Question, read_definition
from acompana.questionnaires.forms import AnswersForm, ReplaceForm, plain
from acompana.questionnaires.models import Response
from acompana.questionnaires.operations import MissingAnswers, replace_response, save_answers
from acompana.questionnaires.queries import (
    AnswerRow,
    answer_rows,
    answers_of,
    compare,
    current_version,
    definition_of,
    responses_of,
)
from acompana.questionnaires.rules import Gap, Result, is_blank, missing_questions, score, visible_questions

PORTAL_FRAME, DESK_FRAME = "shell/portal.html", "shell/desk.html"
GAPS_SHOWN = 5
ONE = Decimal(1)
CHECKING = "volver"  # ?volver=revisar: the person came from the check page and goes back to it


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the pages of one questionnaire live. `leave`: where «Guardar y seguir después» goes."""

    question: Callable[[str], str]
    check: str
    leave: str


def resume_address(response: Response, addresses: Addresses) -> str:
    """Where to go on: the first question without an answer, or the check page (INT-23)."""
    definition, answers = definition_of(response), answers_of(response)
    for question in visible_questions(definition, answers):
        if question.required and is_blank(answers.get(question.slug)):
            return addresses.question(question.slug)
    return addresses.check


def progress_of(response: Response) -> tuple[int, int]:
    """Questions answered, of those that are asked so far."""
    definition, answers = definition_of(response), answers_of(response)
    asked = visible_questions(definition, answers)
    return sum(not is_blank(answers.get(question.slug)) for question in asked), len(asked)


# --- one question per page, in the portal ------------------------------------------------------------------------


def start_page(
    request: ActorRequest, *, instrument: str, begin: Callable[[], HttpResponse], leave: str, frame: str = PORTAL_FRAME
) -> HttpResponse:
    """What will be asked and for what, and the button that begins; what `begin` refuses is shown."""
    errors: list[dict[str, str]] = []
    if request.method == "POST":
        try:
            return begin()
        except Refused as refusal:
            errors = [{"href": "", "text": refusal.reason}]
    definition = read_definition(current_version(instrument).definition)
    context = {
        "frame": frame,
        "definition": definition,
        "total": len(definition.questions),
        "errors": errors,
        "leave": leave,
    }
    return render(request, "questionnaires/pages/start.html", context, status=422 if errors else 200)


def answer_page(
    request: ActorRequest, *, response: Response, question: str, addresses: Addresses, frame: str = PORTAL_FRAME
) -> HttpResponse:
    """Shows one question and keeps its answer; goes on to the next one, or back to the check page.

    «Guardar y seguir después» keeps what there is, blank too. A question that is not asked leads to where to go on.
    """
    if response.is_finished:
        return _already_sent(request, addresses.leave)
    definition, answers = definition_of(response), answers_of(response)
    asked = visible_questions(definition, answers)
    here = next((q for q in asked if q.slug == question), None)
    if here is None:
        if definition.question(question) is None:
            raise Http404
        return HttpResponseRedirect(resume_address(response, addresses))
    leaving = request.method == "POST" and "leave" in request.POST
    data = request.POST if request.method == "POST" else None
    form = AnswersForm(definition, [here], answers, data, partial=leaving)
    if data is not None and form.is_valid():
        try:
            save_answers(response=response, answers=form.kept(), actor=request.actor, now=request.now)
        except Refused as refusal:
            messages.error(request, refusal.reason)
            return HttpResponseRedirect(addresses.leave)
        if leaving:
            messages.success(request, "Guardamos tus respuestas. Puedes seguir cuando quieras.")
            return HttpResponseRedirect(addresses.leave)
        return HttpResponseRedirect(_next_address(request, response, here, addresses))
    number = asked.index(here) + 1
    back = _with_return(request, addresses.question(asked[number - 2].slug)) if number > 1 else addresses.leave
    if request.GET.get(CHECKING):
        back = addresses.check
    context = {
        "frame": frame,
        "definition": definition,
        "question": here,
        "dimension": definition.dimension(here.dimension),
        "form": form,
        "field": form[here.slug],
        "size": "scale" if here.kind == "scale" else "short" if here.kind == "number" else "",
        "opens_dimension": number == 1 or asked[number - 2].dimension != here.dimension,
        "number": number,
        "total": len(asked),
        "back": back,
        "checking": bool(request.GET.get(CHECKING)),
    }
    return render(request, "questionnaires/pages/question.html", context)


def _already_sent(request: HttpRequest, leave: str) -> HttpResponse:
    messages.info(request, "Estas respuestas ya fueron enviadas y no se pueden cambiar.")
    return HttpResponseRedirect(leave)


def _next_address(request: HttpRequest, response: Response, here: Question, addresses: Addresses) -> str:
    definition, answers = definition_of(response), answers_of(response)
    if request.GET.get(CHECKING):
        missing = missing_questions(definition, answers)
        return _with_return(request, addresses.question(missing[0].slug)) if missing else addresses.check
    asked = visible_questions(definition, answers)
    after = asked[asked.index(here) + 1 :]
    return addresses.question(after[0].slug) if after else addresses.check


def _with_return(request: HttpRequest, address: str) -> str:
    return f"{address}?{CHECKING}=revisar" if request.GET.get(CHECKING) else address


def check_page(
    request: ActorRequest,
    *,
    response: Response,
    addresses: Addresses,
    finish: Callable[[], HttpResponse],
    send_label: str = "Enviar mis respuestas",
    frame: str = PORTAL_FRAME,
) -> HttpResponse:
    """All answers by dimension, each with its way back, and the button that sends them.

    `finish` is called on POST; what it refuses is shown on the page, missing answers with links.
    """
    errors: list[dict[str, str]] = []
    if request.method == "POST":
        try:
            return finish()
        except MissingAnswers as refusal:
            errors = [
                {"href": f"{addresses.question(q.slug)}?{CHECKING}=revisar", "text": f"Falta responder: {q.text}"}
                for q in refusal.questions
            ]
        except Refused as refusal:
            errors = [{"href": "", "text": refusal.reason}]
    definition, rows = definition_of(response), answer_rows(response)
    context = {
        "frame": frame,
        "definition": definition,
        "groups": _groups(definition, rows, lambda slug: f"{addresses.question(slug)}?{CHECKING}=revisar"),
        "missing": sum(row.required and not row.answer for row in rows),
        "errors": errors,
        "addresses": addresses,
        "send_label": send_label,
        "finished": response.is_finished,
    }
    return render(request, "questionnaires/pages/check.html", context, status=422 if errors else 200)


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """A row of the shell's summary list."""

    label: str
    value: str
    missing: str
    href: str
    action: str


def _groups(
    definition: Definition, rows: Sequence[AnswerRow], address: Callable[[str], str] | None = None
) -> list[dict[str, Any]]:
    """Answers by dimension, as the summary list of the shell takes them."""
    groups = []
    for dimension in definition.dimensions:
        mine = [row for row in rows if row.dimension == dimension.slug]
        if mine:
            shown = [
                ShownAnswer(
                    label=row.text,
                    value=row.answer or ("" if row.required else "Sin respuesta"),
                    missing="" if row.answer or not row.required else "Falta responder",
                    href=address(row.slug) if address else "",
                    action="Cambiar" if row.answer else "Responder",
                )
                for row in mine
            ]
            groups.append({"dimension": dimension, "rows": shown})
    return groups


def answers_context(response: Response) -> dict[str, Any]:
    """For `questionnaires/parts/answers.html`: the answers of a response, by dimension, to read."""
    definition = definition_of(response)
    return {"response": response, "definition": definition, "groups": _groups(definition, answer_rows(response))}


# --- the result ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShownGap:
    text: str
    dimension: str
    lost: str
    closes: tuple[GapInstrument, ...]


def result_context(response: Response) -> dict[str, Any]:
    """For `questionnaires/parts/result.html` (INT-22): band, bars, gaps with what closes each, how it was computed.

    The part wants it under the name `shown`: {% include "questionnaires/parts/result.html" with shown=result %}.
    """
    definition = definition_of(response)
    result = score(definition, answers_of(response))
    gaps = [_shown_gap(definition, gap) for gap in result.gaps]
    return {
        "response": response,
        "version": response.version,
        "definition": definition,
        "result": result,
        "points": plain(result.points),
        "band": definition.band(result.band),
        "bars": _bars(result),
        "gaps": gaps[:GAPS_SHOWN],
        "more_gaps": gaps[GAPS_SHOWN:],
        "computed": _computed(result),
        "cut_offs": _cut_offs(definition),
    }


def _shown_gap(definition: Definition, gap: Gap) -> ShownGap:
    return ShownGap(
        text=gap.text,
        dimension=definition.dimension(gap.dimension).label,
        lost=plain(max(gap.lost.quantize(ONE), ONE)),
        closes=tuple(gap_instrument(slug) for slug in gap.closes),
    )


def _bars(result: Result) -> list[dict[str, Any]]:
    return [
        {
            "label": dimension.label,
            "value": float(dimension.share),
            "display": f"{plain(dimension.points)} de {plain(dimension.maximum)}",
        }
        for dimension in result.dimensions
    ]


def _computed(result: Result) -> list[dict[str, str]]:
    return [
        {
            "label": dimension.label,
            "explanation": dimension.explanation,
            "points": plain(dimension.points),
            "maximum": plain(dimension.maximum),
            "share": plain(dimension.share),
            "weight": plain(dimension.weight),
            "contribution": plain(dimension.contribution),
        }
        for dimension in result.dimensions
    ]


def _cut_offs(definition: Definition) -> list[dict[str, str]]:
    """Each band with its stretch, highest first: «desde 65», «desde 40 y menos de 65»."""
    rows, above = [], None
    for band in definition.bands:
        text = f"desde {plain(band.from_points)}"
        if above is not None:
            text = f"{text} y menos de {above}" if band.from_points else f"menos de {above}"
        rows.append({"label": band.label, "stretch": text, "meaning": band.meaning})
        above = plain(band.from_points)
    return rows


def curve_context(company: Company, instrument: str) -> dict[str, Any]:
    """For `questionnaires/parts/curve.html`: repeated measures of a company as a line and a table (EXP-19)."""
    measures = compare(responses_of(company=company, instrument=instrument))
    return {
        "measures": measures,
        "labels": [f"{measure.at:%d-%m-%Y}" for measure in measures],
        "series": [{"label": "Puntaje", "values": [float(measure.points) for measure in measures]}],
    }


# --- one page, at the desk ------------------------------------------------------------------------------------------


def _sections(definition: Definition, form: AnswersForm) -> list[dict[str, Any]]:
    """The fields by dimension, with the words of a condition where there is one."""
    sections = []
    for dimension in definition.dimensions:
        fields = [
            {
                "field": form[q.slug],
                "size": "scale" if q.kind == "scale" else "short" if q.kind == "number" else "",
                "condition": condition_words(definition, q),
            }
            for q in definition.questions_of(dimension.slug)
        ]
        sections.append({"dimension": dimension, "fields": fields})
    return sections


def condition_words(definition: Definition, question: Question) -> str:
    """When a question is asked, in words; empty if always."""
    parts = []
    for condition in question.show_if:
        asked = definition.question(condition.question)
        if asked is None:
            continue
        if condition.equals:
            labels = [option.label if (option := asked.option(v)) else v for v in condition.equals]
            what = " o ".join(f"«{label}»" for label in labels)
        else:
            limits = ((condition.at_least, "desde"), (condition.at_most, "hasta"))
            what = " y ".join(f"{word} {plain(limit)}" for limit, word in limits if limit is not None)
        parts.append(f"si en «{asked.text}» la respuesta es {what}")
    return " y ".join(parts)


def desk_page(
    request: ActorRequest,
    *,
    response: Response,
    finish: Callable[[], HttpResponse],
    leave: str,
    beside: Sequence[Response] = (),
    title: str = "",
    finish_label: str = "Registrar el resultado",
    frame: str = DESK_FRAME,
) -> HttpResponse:
    """All questions on one page, with the company's answers beside (INT-16). Keeps a draft, or finishes.

    On «finish» the answers are saved and `finish` is called; what it refuses is shown, nothing typed is lost.
    """
    if response.is_finished:
        return _already_sent(request, leave)
    definition, answers = definition_of(response), answers_of(response)
    finishing = request.method == "POST" and "finish" in request.POST
    data = request.POST if request.method == "POST" else None
    form = AnswersForm(definition, definition.questions, answers, data, partial=not finishing, show_points=True)
    if data is not None and form.is_valid():
        try:
            save_answers(response=response, answers=form.kept(), actor=request.actor, now=request.now)
            if finishing:
                return finish()
            messages.success(request, "Borrador guardado.")
            return HttpResponseRedirect(request.get_full_path())
        except Refused as refusal:
            form.add_error(None, refusal.reason)
    context = {
        "frame": frame,
        "title": title or definition.title,
        "definition": definition,
        "form": form,
        "sections": _sections(definition, form),
        "beside": [answers_context(one) for one in beside],
        "leave": leave,
        "finish_label": finish_label,
        "company": response.company,
        "started": bool(answers),
        "live": score(definition, form.kept() if data is not None and form.is_valid() else answers),
    }
    return render(request, "questionnaires/pages/desk_form.html", context, status=422 if form.errors else 200)


def replace_page(
    request: ActorRequest,
    *,
    response: Response,
    done: Callable[[Response], HttpResponse],
    leave: str,
    replace: Callable[..., Response] = replace_response,
    frame: str = DESK_FRAME,
) -> HttpResponse:
    """The executive updates finished answers, with why; the earlier ones stay (INT-15).

    `replace` may be an operation of the caller's with the arguments of `replace_response`, when more follows from it.
    """
    definition, answers = definition_of(response), answers_of(response)
    data = request.POST if request.method == "POST" else None
    form = AnswersForm(definition, definition.questions, answers, data)
    reason = ReplaceForm(data)
    if data is not None and form.is_valid() and reason.is_valid():
        try:
            new = replace(
                response=response,
                answers=form.kept(),
                reason=reason.cleaned_data["reason"],
                actor=request.actor,
                now=request.now,
            )
            return done(new)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
    context = {
        "frame": frame,
        "title": f"Actualizar: {definition.title}",
        "definition": definition,
        "form": form,
        "reason": reason,
        "sections": _sections(definition, form),
        "leave": leave,
        "company": response.company,
    }
    wrong = bool(form.errors or reason.errors)
    return render(request, "questionnaires/pages/replace.html", context, status=422 if wrong else 200)
