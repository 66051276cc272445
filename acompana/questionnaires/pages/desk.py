"""All questions on one page, beside the company's answers; and the update of what was sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from acompana.kernel.refusals import Refused
from acompana.kernel.row_ids import row_id
from acompana.people.access import ActorRequest
from acompana.questionnaires.definition import Definition, Question
from acompana.questionnaires.forms import AnswersForm, ReplaceForm, plain
from acompana.questionnaires.models import Response
from acompana.questionnaires.operations import StaleDraft, check_not_stale, replace_response, save_answers, save_over
from acompana.questionnaires.operations.answering import NOT_KEPT
from acompana.questionnaires.pages.answers import already_sent, answers_context
from acompana.questionnaires.pages.second import COMPARED, NOT_BY_ITSELF, BesideForm, Second, take_kept
from acompana.questionnaires.pages.too_late import sent_words, too_late_page
from acompana.questionnaires.queries import (
    answers_of,
    definition_of,
)
from acompana.questionnaires.rules import Result, band_of, score
from acompana.shell.meanwhile import OPENED, sent_of

DESK_FRAME = "shell/desk.html"


def _sections(definition: Definition, form: AnswersForm) -> list[dict[str, Any]]:
    """The fields by dimension. A question with a condition says it in its hint, not that it is optional, though it may
    be left out while what is answered so far does not ask it."""
    form.conditional = {question.slug for question in definition.questions if question.show_if and question.required}
    asked = {question.slug for question in form.asked()}
    for question in definition.questions:
        if question.show_if and question.slug not in asked:
            form.fields[question.slug].required = False
    sections = []
    for dimension in definition.dimensions:
        fields = [
            {
                "field": form[q.slug],
                "size": "scale" if q.kind == "scale" else "short" if q.kind == "number" else "",
                "hint": _hint(definition, q),
            }
            for q in definition.questions_of(dimension.slug)
        ]
        sections.append({"dimension": dimension, "fields": fields})
    return sections


def _hint(definition: Definition, question: Question) -> str:
    condition = condition_words(definition, question)
    return f"{question.help} Se responde {condition}.".strip() if condition else question.help


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
    declared: Sequence[Mapping[str, Any]] = (),
    title: str = "",
    finish_label: str = "Registrar el resultado",
    frame: str = DESK_FRAME,
    added_to: Response | None = None,
    note: str = "",
    beside_form: BesideForm | None = None,
    besides: Mapping[str, str] | None = None,
    beside_note: str = "",
    place: str = "",
    warning: Mapping[str, str] | None = None,
) -> HttpResponse:
    """All questions on one page, with the company's answers beside (INT-16). Keeps a draft, or finishes.

    `declared`: sections of its form (`title`, `rows`), beside where there is nothing else to compare with. `added_to`:
    the response whose points this one's are added to, for an instrument with cut-offs of the final score;
    the page says how the sum is made. `note`: a sentence above the questions. `beside_form`: makes the form of what
    the caller asks besides, of what was sent when finishing, or with what its draft keeps; `beside_note` stands above,
    and `besides` is what was typed there, to be kept with the draft. `place`: what others who have the company open
    are told that this person does (`matters.Presence.Place`). `warning`: a notice with `text`, `href` and `action`.
    On «finish» the answers are saved and `finish` is called; what it refuses is shown, nothing typed is lost. What is
    being typed is kept as it goes (INT-23). Who writes over a draft that another person kept meanwhile is shown first
    what both changed, with what they did not change as it is kept now; from there nothing is kept by itself (EXP-13).
    """

    finishing = request.method == "POST" and "finish" in request.POST
    kept_besides = response.besides if besides is None else besides
    asked = beside_form(request.POST if finishing else None, kept_besides) if beside_form else None

    def too_late() -> HttpResponse:
        why = sent_words(response)
        return too_late_page(
            request, response=response, why=why, leave=leave, title=title, frame=frame, beside_form=asked
        )

    if response.is_finished:
        return too_late() if request.method == "POST" else already_sent(request, leave)
    definition, answers = definition_of(response), answers_of(response)
    data = request.POST if request.method == "POST" else None

    def ask(answers: Mapping[str, object], data: Mapping[str, Any] | None) -> AnswersForm:
        return AnswersForm(
            definition, definition.questions, answers, data, partial=not finishing, show_points=True, together=True
        )

    form = ask(answers, data)
    seen = row_id(request.POST.get("saves")) if data is not None else response.saves
    opened = request.POST.get(OPENED, "") if data is not None else sent_of(form, *([asked] if asked else []))
    compared = COMPARED in request.POST
    second: Second | None = None
    if data is not None:
        over: dict[str, Any] = {"actor": request.actor, "saves": seen, "besides": besides}
        if request.headers.get("X-Autosave"):
            return _keep_while_typing(request, response, form, over, beside_form)
        try:
            if form.is_valid() and (not finishing or asked is None or asked.is_valid()):
                save = save_over if compared else save_answers
                save(response=response, answers=form.kept(), now=request.now, **over)
                seen, compared, opened = response.saves, False, sent_of(form, *([asked] if asked else []))
                if finishing:
                    return finish()
                messages.success(request, "Borrador guardado.")
                return HttpResponseRedirect(request.get_full_path())
            # Before what is missing comes what another person kept meanwhile (EXP-13).
            check_not_stale(row=response, answers=form.right(), **over)
        except Refused as refusal:
            response.refresh_from_db()
            if response.is_finished:
                return too_late()
            if isinstance(refusal, StaleDraft):
                # The next save is a choice made with both in sight.
                answers, seen, compared = answers_of(response), response.saves, True
                second = take_kept(form, ask(answers, None), response, beside_form)
                form, asked, opened = ask(answers, second.typed), second.beside, second.opened
                form.errors.clear()
            form.add_error(None, refusal.reason)
    live = score(definition, form.kept() if data is not None and form.is_valid() else answers)
    context = {
        "frame": frame,
        "title": title or definition.title,
        "note": note,
        "definition": definition,
        "form": form,
        "sections": _sections(definition, form),
        "final": final_context(definition, live, added_to) if definition.final else None,
        "beside": [answers_context(one) for one in beside],
        "declared": [{"dimension": {"label": one["title"]}, "rows": one["rows"]} for one in declared],
        "leave": leave,
        "finish_label": finish_label,
        "company": response.company,
        "started": bool(answers),
        "draft": response,
        "live": live,
        "beside_form": asked,
        "beside_note": beside_note,
        "place": place,
        "saves": seen,
        "opened": opened,
        "compared": compared,
        "second": second,
        "pairs": second.both if second else (),
        "warning": warning,
    }
    status = 422 if form.errors or (asked and asked.errors) else 200
    return render(request, "questionnaires/pages/desk_form.html", context, status=status)


def _keep_while_typing(
    request: ActorRequest,
    response: Response,
    form: AnswersForm,
    over: Mapping[str, Any],
    beside_form: BesideForm | None,
) -> JsonResponse:
    """Keeps what can be kept of a form that is being typed, and says which version of the draft it is, and what it
    holds (INT-23). Never over what another person kept, before its own person saved with both in sight (EXP-13)."""
    if COMPARED in request.POST:
        return JsonResponse({"reason": NOT_BY_ITSELF}, status=409)
    form.is_valid()
    try:
        save_answers(response=response, answers=form.right(), now=request.now, **over)
    except StaleDraft as stale:
        reason = f"{stale.meanwhile} {NOT_KEPT}: presiona «Guardar borrador» para compararlo."
        return JsonResponse({"reason": reason}, status=409)
    except Refused as refusal:
        return JsonResponse({"reason": refusal.reason}, status=409)
    kept_now = AnswersForm(form.definition, form.questions, answers_of(response), together=True)
    opened = sent_of(kept_now, *([beside_form(request.POST, {})] if beside_form else []))
    kept: dict[str, Any] = {
        "saved_at": f"{timezone.localtime(request.now):%H:%M}",
        "saves": response.saves,
        "opened": opened,
    }
    if form.errors:
        wrong = " y ".join(f"«{form.fields[name].label}»" for name in form.errors)
        return JsonResponse({**kept, "reason": f"Guardado, salvo lo que hay que revisar en {wrong}."}, status=422)
    return JsonResponse(kept)


def final_context(definition: Definition, live: Result, added_to: Response | None) -> dict[str, Any]:
    """How the final score is made: what the other instrument gave, what this one gives so far, and the cut-offs."""
    other = added_to.points if added_to is not None else None
    total = live.points + other if other is not None else None
    band = band_of(definition.final, total) if total is not None else None
    return {
        "other": plain(other) if other is not None else "",
        "most": plain(other + 100) if other is not None else "",
        "mine": plain(live.points),
        "total": plain(total) if total is not None else "",
        "band": band,
        "weights": [{"label": one.label, "weight": plain(one.weight)} for one in live.dimensions],
        "bands": [{"label": one.label, "from": plain(one.from_points)} for one in definition.final],
    }


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
    form = AnswersForm(definition, definition.questions, answers, data, together=True)
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
