"""One question per page, kept as one goes; the check page that sends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from acompana.kernel.refusals import Refused
from acompana.people.access import ActorRequest
from acompana.questionnaires.definition import Definition, Question, read_definition
from acompana.questionnaires.forms import AnswersForm
from acompana.questionnaires.models import Response
from acompana.questionnaires.operations import MissingAnswers, save_answers
from acompana.questionnaires.pages.answers import already_sent, groups_of
from acompana.questionnaires.queries import (
    answer_rows,
    answers_of,
    current_version,
    definition_of,
)
from acompana.questionnaires.rules import (
    Answers,
    is_blank,
    missing_questions,
    most_questions,
    visible_questions,
)
from acompana.shell.meanwhile import is_otherwise, take_meanwhile

PORTAL_FRAME = "shell/portal.html"
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


def progress_of(response: Response) -> tuple[int, str]:
    """Questions answered, and of how many, in words."""
    definition, answers = definition_of(response), answers_of(response)
    asked = visible_questions(definition, answers)
    return sum(not is_blank(answers.get(question.slug)) for question in asked), count_words(definition, answers)


def count_words(definition: Definition, answers: Answers) -> str:
    """How many questions there are: «32», or «hasta 32» while it depends on what is answered."""
    most = most_questions(definition, answers)
    return str(most) if len(visible_questions(definition, answers)) == most else f"hasta {most}"


def count_to_answer(*, instrument: str, response: Response | None) -> str:
    """How many questions somebody has before them: of the version that they began, or of the one in force."""
    if response is not None:
        return count_words(definition_of(response), answers_of(response))
    return count_words(read_definition(current_version(instrument).definition), {})


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
        "count": count_words(definition, {}),
        "errors": errors,
        "leave": leave,
    }
    return render(request, "questionnaires/pages/start.html", context, status=422 if errors else 200)


def answer_page(
    request: ActorRequest,
    *,
    response: Response,
    question: str,
    addresses: Addresses,
    frame: str = PORTAL_FRAME,
    reminder: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Shows one question and keeps its answer; goes on to the next one, or back to the check page.

    «Guardar y seguir después» keeps what there is, blank too. A question that is not asked leads to where to go on.
    What another person answered since the page was opened is told before it is written over (EXP-13).
    `reminder`: `title` and `text` of what is said above it.
    """
    if response.is_finished:
        return already_sent(request, addresses.leave)
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
    otherwise = _answered_otherwise(request, response, form) if data is not None else ""
    if otherwise:
        form.add_error(here.slug, otherwise)
    elif data is not None and form.is_valid():
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
        "most": most_questions(definition, answers),
        "count": count_words(definition, answers),
        "back": back,
        "checking": bool(request.GET.get(CHECKING)),
        "reminder": reminder,
    }
    return render(request, "questionnaires/pages/question.html", context)


def _answered_otherwise(request: ActorRequest, response: Response, form: AnswersForm) -> str:
    """What another person answered meanwhile, in words; the next save is a choice made with it in sight. Empty if
    nobody did: what one answered oneself is no conflict, for the browser leads back to pages of before."""
    stored = AnswersForm(form.definition, form.questions, form.answers)
    if response.saved_by is None or response.saved_by == request.actor.person or not is_otherwise(form, stored):
        return ""
    meanwhile = take_meanwhile(form, stored)
    form.full_clean()
    if not meanwhile.both:
        return ""
    answer = meanwhile.both[0].stored
    what = f"respondió: «{answer}»" if answer else "dejó esta pregunta sin respuesta"
    return f"Mientras tanto {response.saved_by.full_name} {what}. Si guardas otra vez, queda tu respuesta."


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


def from_check(addresses: Addresses, slug: str) -> str:
    """The address of a question for who comes from the check page, and goes back to it."""
    return f"{addresses.question(slug)}?{CHECKING}=revisar"


def check_page(
    request: ActorRequest,
    *,
    response: Response,
    addresses: Addresses,
    finish: Callable[[], HttpResponse],
    send_label: str = "Enviar mis respuestas",
    frame: str = PORTAL_FRAME,
    warnings: Sequence[Mapping[str, str]] = (),
    notes: Mapping[str, str] | None = None,
    hidden: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    """All answers by dimension, each with its way back, and the button that sends them.

    `finish` is called on POST; what it refuses is shown on the page, missing answers with links. `warnings`: notices
    of what an answer leads to, each with `title`, `text`, `href` and `action`. `notes`: what is said at an answer, by
    its question. `hidden`: names and values that the button sends with it.
    """
    errors: list[dict[str, str]] = []
    if request.method == "POST":
        try:
            return finish()
        except MissingAnswers as refusal:
            errors = [
                {"href": from_check(addresses, q.slug), "text": f"Falta responder: {q.text}"}
                for q in refusal.questions
            ]
        except Refused as refusal:
            errors = [{"href": "", "text": refusal.reason}]
    definition, rows = definition_of(response), answer_rows(response)
    context = {
        "frame": frame,
        "definition": definition,
        "groups": groups_of(definition, rows, lambda slug: from_check(addresses, slug), notes),
        "missing": sum(row.required and not row.answer for row in rows),
        "errors": errors,
        "warnings": warnings,
        "addresses": addresses,
        "send_label": send_label,
        "hidden": hidden,
        "finished": response.is_finished,
    }
    return render(request, "questionnaires/pages/check.html", context, status=422 if errors else 200)
