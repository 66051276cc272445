"""The instruments at the desk: read them, copy to a draft, change it, see what it would do, publish, retire."""

from __future__ import annotations

import copy
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from acompana.kernel.refusals import Refused
from acompana.people.access import ActorRequest, deny_unless, staff
from acompana.questionnaires import operations
from acompana.questionnaires.definition import Definition, DefinitionError, read_definition
from acompana.questionnaires.forms import MarksForm, QuestionForm, ReasonForm, points_text
from acompana.questionnaires.models import Version
from acompana.questionnaires.pages import condition_words
from acompana.questionnaires.permissions import may_edit, may_edit_instruments
from acompana.questionnaires.queries import instrument_rows, simulate, versions_of
from acompana.questionnaires.rules import differences

HELP = "Los instrumentos los cambia quien administra el sistema o Desarrollo estratégico."


def get_version(instrument: str, number: int) -> Version:
    return get_object_or_404(versions_of(instrument), number=number)


def get_draft(request: ActorRequest, instrument: str, number: int) -> Version:
    """A draft that the actor may change; 403 for others, 404 for what is published."""
    version = get_version(instrument, number)
    deny_unless(may_edit_instruments(request.actor), reason=HELP)
    if not may_edit(request.actor, version):
        raise Http404
    return version


def say(request: ActorRequest, refusal: Refused) -> None:
    messages.error(request, refusal.reason)


@staff
@require_safe
def instruments(request: ActorRequest) -> HttpResponse:
    """Every instrument with its version in force and its draft."""
    return render(request, "questionnaires/desk/instruments.html", {"rows": instrument_rows()})


@staff
@require_safe
def history(request: ActorRequest, instrument: str) -> HttpResponse:
    """The versions of one instrument: who, when, why."""
    versions = list(versions_of(instrument))
    if not versions:
        raise Http404
    context = {
        "versions": versions,
        "title": versions[0].title,
        "instrument": instrument,
        "has_draft": any(version.is_draft for version in versions),
        "may_edit": may_edit_instruments(request.actor),
    }
    return render(request, "questionnaires/desk/history.html", context)


@staff
@require_safe
def version(request: ActorRequest, instrument: str, number: int) -> HttpResponse:
    """One version: questions, options with their points, conditions, gaps, bands."""
    shown = get_version(instrument, number)
    definition = read_definition(shown.definition)
    context = {
        "version": shown,
        "definition": definition,
        "sections": _sections(definition),
        "may_edit": may_edit(request.actor, shown),
        "may_shape": may_edit_instruments(request.actor),
        "has_draft": Version.objects.filter(instrument=instrument, published_at=None).exists(),
    }
    return render(request, "questionnaires/desk/version.html", context)


def _sections(definition: Definition) -> list[dict[str, Any]]:
    return [
        {
            "dimension": dimension,
            "questions": [
                {
                    "question": question,
                    "condition": condition_words(definition, question),
                    "options": [(option.label, points_text(option)) for option in question.options],
                }
                for question in definition.questions_of(dimension.slug)
            ],
        }
        for dimension in definition.dimensions
    ]


@staff
@require_POST
def copy_version(request: ActorRequest, instrument: str, number: int) -> HttpResponse:
    source = get_version(instrument, number)
    deny_unless(may_edit_instruments(request.actor), reason=HELP)
    try:
        draft = operations.copy_to_draft(version=source, actor=request.actor, now=request.now)
    except Refused as refusal:
        say(request, refusal)
        return redirect("questionnaires:history", instrument)
    messages.success(request, f"Se creó el borrador de la versión {draft.number}.")
    return redirect("questionnaires:version", instrument, draft.number)


@staff
@require_http_methods(["GET", "POST"])
def edit_question(request: ActorRequest, instrument: str, number: int, slug: str) -> HttpResponse:
    """Text, points and gap of one question of a draft."""
    draft = get_draft(request, instrument, number)
    rows = draft.definition["questions"]
    index = next((i for i, row in enumerate(rows) if row["slug"] == slug), None)
    if index is None:
        raise Http404
    form = QuestionForm(rows[index], request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        changed = copy.deepcopy(draft.definition)
        changed["questions"][index] = form.changed_row()
        if _saved(request, draft, changed, form):
            messages.success(request, "Pregunta guardada en el borrador.")
            return redirect("questionnaires:version", instrument, number)
    context = {"version": draft, "form": form, "row": rows[index], "seen": _seen(request, draft)}
    return render(request, "questionnaires/desk/question.html", context, status=422 if form.errors else 200)


@staff
@require_http_methods(["GET", "POST"])
def edit_marks(request: ActorRequest, instrument: str, number: int) -> HttpResponse:
    """Title, cut-offs and weights of a draft; «Simular» shows what they would do with past results."""
    draft = get_draft(request, instrument, number)
    form = MarksForm(draft.definition, request.POST if request.method == "POST" else None)
    definition = read_definition(draft.definition)
    if request.method == "POST" and form.is_valid():
        changed = form.changed_definition()
        if "simulate" in request.POST:
            try:
                definition = read_definition(changed)
            except DefinitionError as error:
                form.add_error(None, error.reason)
        elif _saved(request, draft, changed, form):
            messages.success(request, "Cortes y pesos guardados en el borrador.")
            return redirect("questionnaires:edit_marks", instrument, number)
    context = {
        "version": draft,
        "form": form,
        "simulation": simulate(instrument, definition),
        "seen": _seen(request, draft),
    }
    return render(request, "questionnaires/desk/marks.html", context, status=422 if form.errors else 200)


def _seen(request: ActorRequest, draft: Version) -> str:
    """The mark of the draft as the person first saw it, kept through a page with errors."""
    return request.POST.get("seen") or operations.mark_of(draft)


def _saved(request: ActorRequest, draft: Version, definition: dict[str, Any], form: Any) -> bool:
    try:
        operations.save_draft(
            version=draft,
            definition=definition,
            actor=request.actor,
            now=request.now,
            seen=request.POST.get("seen", ""),
        )
    except Refused as refusal:
        form.add_error(None, refusal.reason)
        return False
    return True


@staff
@require_http_methods(["GET", "POST"])
def publish(request: ActorRequest, instrument: str, number: int) -> HttpResponse:
    """What changes, what it would do with past results, why; then it is in force."""
    draft = get_draft(request, instrument, number)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.publish_version(
                version=draft, reason=form.cleaned_data["reason"], actor=request.actor, now=request.now
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"La versión {draft.number} está vigente para quienes empiecen desde ahora.")
            return redirect("questionnaires:history", instrument)
    definition = read_definition(draft.definition)
    before = next((v for v in versions_of(instrument) if v.is_in_force), draft.based_on)
    context = {
        "version": draft,
        "form": form,
        "before": before,
        "changes": differences(read_definition(before.definition), definition) if before else (),
        "simulation": simulate(instrument, definition),
    }
    return render(request, "questionnaires/desk/publish.html", context, status=422 if form.errors else 200)


@staff
@require_http_methods(["GET", "POST"])
def retire(request: ActorRequest, instrument: str, number: int) -> HttpResponse:
    """Takes the version in force out of use, with why."""
    shown = get_version(instrument, number)
    deny_unless(may_edit_instruments(request.actor), reason=HELP)
    if not shown.is_in_force:
        raise Http404
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.retire_version(
                version=shown, reason=form.cleaned_data["reason"], actor=request.actor, now=request.now
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"Se retiró la versión {shown.number}. Nadie más podrá empezarla.")
            return redirect("questionnaires:history", instrument)
    context = {"version": shown, "form": form}
    return render(request, "questionnaires/desk/retire.html", context, status=422 if form.errors else 200)


@staff
@require_POST
def discard(request: ActorRequest, instrument: str, number: int) -> HttpResponse:
    draft = get_draft(request, instrument, number)
    try:
        operations.discard_draft(version=draft, actor=request.actor)
        messages.success(request, "Se descartó el borrador.")
    except Refused as refusal:
        say(request, refusal)
    remaining = Version.objects.filter(instrument=instrument).exists()
    return redirect("questionnaires:history", instrument) if remaining else redirect("questionnaires:instruments")
