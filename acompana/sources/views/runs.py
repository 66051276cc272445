"""A run on the desk: how far it is, what it did or would do with each row, and how it is taken back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from acompana.companies.rules import record_address
from acompana.kernel.refusals import Refused
from acompana.kernel.row_ids import row_id
from acompana.messages.background import is_about_to_start, start_job
from acompana.people.access import ActorRequest, staff_with
from acompana.shell.spreadsheet import CSV_TYPE, csv_response
from acompana.shell.words import count_of, number
from acompana.sources import states
from acompana.sources.cleaning import unread_as_told
from acompana.sources.forms import UnreadForm
from acompana.sources.jobs import import_file, take_back, wind_up
from acompana.sources.models import Run
from acompana.sources.operations import ask_undo, cancel_run, check_can_undo, continue_run, start_run
from acompana.sources.operations.running import check_can_cancel, is_alive, waits_for_another
from acompana.sources.operations.taking_back import (
    KEPT_FOR,
    last_day,
    undoable_until,
    why_no_rows,
    why_not_undoable,
)
from acompana.sources.permissions import IMPORTERS
from acompana.sources.planning import STRETCH
from acompana.sources.rejects import has_kept_rejected, kept_rejected
from acompana.sources.report import FILTERS, REPORT_COLUMNS, Report, count_noted, rows_are_there
from acompana.sources.views.sources import tell_state
from acompana.sources.what_stays import WhatStays

ROWS = 50
STAYING = 20  # companies named that stay as they are where a run is undone
LATER = 5  # runs named by which they do


def _run(pk: int) -> Run:
    return tell_state(get_object_or_404(Run.objects.select_related("source", "started_by", "undone_by"), pk=pk))


def _leading(companies: list[tuple[int, str]]) -> list[tuple[str, str]]:
    """Names of companies, each with where it leads."""
    return [(name, record_address(pk)) for pk, name in companies]


def _rows_that_go(goes: dict[str, int]) -> str:
    """In words: what goes of companies that otherwise stay as they are; empty for nothing."""
    told = [
        count_of(goes["contacts"], "contacto", "contactos") if goes["contacts"] else "",
        count_of(goes["activities"], "actividad", "actividades") if goes["activities"] else "",
        f"un dato de {count_of(goes['given'], 'contacto', 'contactos')}" if goes["given"] else "",
    ]
    return ", ".join(part for part in told if part)


def _staying(
    what: WhatStays, kept: int, names: list[tuple[int, str]], goes: dict[str, int], free: int = 0
) -> dict[str, Any]:
    """The companies that stay as they are, and why: the later runs by which they do, and how many for something else;
    and what goes of them all the same. `free`: of how many nothing says any more that they should stay."""
    by_runs, later = what.later_runs()
    taken = what.taken()
    runs = Run.objects.in_bulk([pk for pk, *_ in later[:LATER]])
    return {
        "kept": kept,
        "names": _leading(names),
        "later": [
            {"run": runs[pk], "count": count, "changed": changed, "may_undo": undoable_until(runs[pk])}
            for pk, count, changed in later[:LATER]
        ],
        "others": max(0, kept - by_runs - taken - free),
        "taken": taken,
        "free": free,
        "goes": _rows_that_go(goes),
    }


def _what_stayed(run: Run) -> dict[str, Any]:
    """Of a run that was undone: what stayed, whether it can be undone now, and what older runs left beside it."""
    if run.state != states.UNDONE:
        return {}
    what = WhatStays(run)
    told: dict[str, Any] = {"left_by": [{"pk": pk, "count": count} for pk, count in what.left_by_undone()]}
    if run.undone_kept:
        counts = what.preview() if what.can_look else None
        free = min(run.undone_kept, counts["removed"] + counts["back"]) if counts else 0
        told["stay"] = {"kept": run.undone_kept, "others": None}
        if what.can_look:
            told["stay"] = _staying(what, run.undone_kept, what.stayed(STAYING), what.gone(), free)
        told["nothing_to_undo"] = what.can_look and not free
    return told


def _progress(run: Run) -> dict[str, Any] | None:
    """How far the phase is, for the bar; None where there is nothing to tell."""
    if run.state == states.READING:
        return {"label": "Filas leídas", "value": run.staged, "maximum": run.staged, "open": True}
    if run.state == states.APPLYING:
        return {"label": "Filas comparadas", "value": run.applied, "maximum": run.staged}
    if run.state == states.INDEXING:
        return {"label": "Filas en la búsqueda", "value": run.indexed, "maximum": run.applied}
    if run.state == states.UNDOING:
        return {"label": "Filas deshechas", "value": run.staged - run.applied, "maximum": run.staged}
    return None


def _unread_form(run: Run, data: Any = None) -> UnreadForm | None:
    """What has to be confirmed before a file that was tried is imported; None where all of it was read."""
    unread = unread_as_told(run.warnings) if run.state == states.TRIED else []
    return UnreadForm(data, unread=unread) if unread else None


def _entered(run: Run, *, may_undo: bool) -> dict[str, Any] | None:
    """How much of a load came in before it was cancelled, and what can be done; None of any other run."""
    if run.is_trial or run.state != states.CANCELLED:
        return None
    if not run.applied:
        return {"title": "No entró nada", "text": "Se canceló antes de que entrara la primera fila."}
    rows = count_of(run.staged, "fila", "filas")
    wrote = f"creó {count_of(run.created, 'empresa', 'empresas')} y actualizó {number(run.updated)}"
    undo = " Si no lo querías, elige Deshacer la carga." if may_undo else ""
    if run.holder:
        undo = " Se está cerrando: en unos segundos se podrá deshacer."
    if run.applied >= run.staged:
        text = f"Cuando se canceló, ya se había comparado todo el archivo ({rows}): {wrote}.{undo}"
        return {"title": "Alcanzó a entrar entera", "text": text}
    text = f"De sus {rows} alcanzaron a entrar {number(run.applied)}: {wrote}.{undo}"
    return {"title": "Entró una parte", "text": f"{text} Para que entre el resto, importa el archivo de nuevo."}


@staff_with(*IMPORTERS)
@require_safe
def run(request: ActorRequest, pk: int) -> HttpResponse:
    """Where a run is; while it works, this page looks again by itself."""
    found = _run(pk)
    return _show(request, found, _unread_form(found))


def _show(request: ActorRequest, found: Run, confirm: UnreadForm | None) -> HttpResponse:
    pk = found.pk
    is_queued = found.state == states.QUEUED
    works = found.state in states.WORKING or is_queued
    alive = is_alive(found, request.now)
    goes_on = (
        found.state in (states.FAILED, *states.WORKING)
        and not alive
        and is_about_to_start(import_file, take_back, now=request.now, run_id=pk)
    )
    works = works or goes_on
    context = {
        "run": found,
        "progress": _progress(found),
        "works": works,
        "is_queued": is_queued,
        "waits_for_another": is_queued and waits_for_another(found, request.now),
        "needs_engine": works and not alive,
        "goes_on": goes_on,
        "is_stuck": found.state in states.WORKING and not alive and not goes_on,
        "may_continue": found.state == states.FAILED and not goes_on,
        "may_cancel": found.state in (states.QUEUED, states.READING, states.APPLYING, states.FAILED),
        "may_import": found.state == states.TRIED and found.has_rows and not found.source.retired_on,
        "confirm": confirm,
        "has_rows": (has_rows := rows_are_there(found)),
        "noted": count_noted([found]).get(pk),
        "has_rejected": found.rejected and (has_rows or has_kept_rejected(found)),
        "not_undoable": (not_undoable := why_not_undoable(found, request.now)),
        "undo_until": (undo_until := "" if not_undoable else last_day(found)),
        "entered": _entered(found, may_undo=bool(undo_until)),
        "closes": found.state == states.CANCELLED and bool(found.holder),
        **_what_stayed(found),
        "total": found.created + found.updated + found.left + found.rejected,
    }
    template = "sources/parts/run.html" if request.htmx else "sources/run.html"
    return render(request, template, context)


@staff_with(*IMPORTERS)
@require_safe
def rows(request: ActorRequest, pk: int) -> HttpResponse:
    """Row by row: what is done, from what to what, and why (EXP-2)."""
    found = _run(pk)
    report = Report(found)
    asked = request.GET.get("ver", "")
    action = FILTERS.get(asked)
    after = row_id(request.GET.get("desde")) or 0
    lines = []
    if report.is_there:
        notes, otherwise = asked == "avisos", asked == "otra-cosa"
        lines = report.rows(action=action, with_notes=notes, otherwise=otherwise, after=after, limit=ROWS + 1)
    counts = {"": None, "crear": found.created, "actualizar": found.updated, "igual": found.left}
    noted = count_noted([found]).get(pk)
    counts |= {"rechazar": found.rejected, "avisos": noted.count if noted and noted.is_whole else None}
    counts["otra-cosa"] = found.kept
    labels = {"": "Todas", "crear": "Crear", "actualizar": "Actualizar", "igual": "Dejar igual"}
    labels |= {"rechazar": "Rechazar", "otra-cosa": "Dicen otra cosa", "avisos": "Con avisos"}
    context = {
        "run": found,
        "is_there": report.is_there,
        "why_none": "" if report.is_there else why_no_rows(found),
        "has_rejected": found.rejected and (report.is_there or has_kept_rejected(found)),
        "lines": lines[:ROWS],
        "next": lines[ROWS - 1].line if len(lines) > ROWS else None,
        "asked": asked,
        "after": after,
        "filters": [
            {"label": label, "href": f"?ver={name}", "current": name == asked, "count": counts[name]}
            for name, label in labels.items()
        ],
    }
    return render(request, "sources/rows.html", context)


@staff_with(*IMPORTERS)
@require_safe
def rows_file(request: ActorRequest, pk: int) -> HttpResponseBase:
    """Every row of the page before, as a file."""
    found = _run(pk)
    report = Report(found)
    lines = report.lines() if report.is_there else iter(())
    return csv_response(slugify(f"{found.word} {found.pk} {found.source.slug}"), REPORT_COLUMNS, lines)


@staff_with(*IMPORTERS)
@require_safe
def rejected_file(request: ActorRequest, pk: int) -> HttpResponseBase:
    """The rejected rows with their own columns and why, to be mended and sent again."""
    found = _run(pk)
    report = Report(found)
    name = slugify(f"rechazadas {found.word} {found.pk} {found.source.slug}")
    try:
        if not report.is_there and (kept := kept_rejected(found)) is not None:
            return FileResponse(kept, as_attachment=True, filename=f"{name}.csv", content_type=CSV_TYPE)
        if not report.is_there:
            raise Refused(why_no_rows(found), "EXP-2")
        heads, lines = report.rejected()
    except Refused as refused:
        messages.error(request, refused.reason)
        return redirect("sources:run", pk)
    return csv_response(name, heads, lines)


# --- verbs ------------------------------------------------------------------------------------------------------


@staff_with(*IMPORTERS)
@require_POST
def import_trial(request: ActorRequest, pk: int) -> HttpResponse:
    """The import itself, of a file that was tried. Where a column of it was not read, only who says to know it."""
    trial = _run(pk)
    confirm = _unread_form(trial, request.POST)
    if confirm is not None and not confirm.is_valid():
        return _show(request, trial, confirm)
    try:
        if trial.state != states.TRIED:
            raise Refused("Solo se importa un ensayo que terminó.", "EXP-2")
        made = start_run(source=trial.source, is_trial=False, trial=trial, actor=request.actor, now=request.now)
    except Refused as refused:
        messages.error(request, refused.reason)
        return redirect("sources:run", pk)
    start_job(import_file, title=made.title, actor=request.actor, now=request.now, run_id=made.pk)
    return redirect("sources:run", made.pk)


@staff_with(*IMPORTERS)
@require_POST
def go_on(request: ActorRequest, pk: int) -> HttpResponse:
    """A run that stopped goes on from where it was."""
    found = _run(pk)
    try:
        continue_run(run=found, actor=request.actor, now=request.now)
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        job = take_back if found.state == states.UNDOING else import_file
        start_job(job, title=found.title, actor=request.actor, now=request.now, run_id=pk)
        begin = "El ensayo" if found.is_trial else "La carga"
        messages.success(request, f"{begin} se retoma desde donde quedó.")
    return redirect("sources:run", pk)


@staff_with(*IMPORTERS)
@require_http_methods(["GET", "POST"])
def cancel(request: ActorRequest, pk: int) -> HttpResponse:
    """What a run has written so far, and that it can be undone; then, ending it where it is."""
    found = _run(pk)
    refusal = ""
    try:
        if request.method == "POST":
            left_over = cancel_run(run=found, actor=request.actor, now=request.now)
            if left_over:
                start_job(wind_up, title=f"Cierre de {found}", actor=request.actor, now=request.now, run_id=pk)
            messages.success(request, _cancelled(found))
            return redirect("sources:run", pk)
        check_can_cancel(found)
    except Refused as refused:
        refusal = refused.reason
    context = {"run": found, "refusal": refusal, "back": reverse("sources:run", args=[pk])}
    return render(request, "sources/cancel.html", {**context, "kept_for": KEPT_FOR.days, "stretch": STRETCH})


def _cancelled(run: Run) -> str:
    if run.is_trial:
        return "El ensayo quedó cancelado. No cambió nada."
    if not run.created + run.updated:
        return "La carga quedó cancelada. No alcanzó a cambiar nada."
    if run.applied >= run.staged:
        return "La carga quedó cancelada, pero alcanzó a entrar entera. Se puede deshacer."
    return "La carga quedó cancelada. Lo que alcanzó a entrar se puede deshacer."


@staff_with(*IMPORTERS)
@require_http_methods(["GET", "POST"])
def undo(request: ActorRequest, pk: int) -> HttpResponse:
    """What taking it back would do, and up to when; then, doing it."""
    found = _run(pk)
    refusal, counts, stay = "", None, None
    try:
        check_can_undo(found, request.now)
        if request.method == "POST":
            ask_undo(run=found, actor=request.actor, now=request.now)
            start_job(take_back, title=f"Deshacer {found}", actor=request.actor, now=request.now, run_id=pk)
            return redirect("sources:run", pk)
        what = WhatStays(found)
        counts = what.preview()
        if counts and counts["kept"]:
            stay = _staying(what, counts["kept"], what.staying(STAYING), what.going())
    except Refused as refused:
        refusal = refused.reason
    context = {
        "run": found,
        "refusal": refusal,
        "counts": counts,
        "stay": stay,
        "until": last_day(found),
        "back": reverse("sources:run", args=[pk]),
    }
    return render(request, "sources/undo.html", context)
