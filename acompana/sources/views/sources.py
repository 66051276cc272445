"""The sources on the desk: their list, a new one, a file to import, and how files are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Count, OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from acompana.files.rules import clean_name
from acompana.kernel.phones import shown_phone
from acompana.kernel.refusals import Refused
from acompana.kernel.rut import format_rut
from acompana.messages.background import start_job
from acompana.people.access import ActorRequest, staff_with
from acompana.sources.cleaning import Cleaner
from acompana.sources.fields import BY_NAME, CONTACT_TARGETS, PLACE, TARGET_BY_SLUG
from acompana.sources.forms import FileForm, MappingForm, NewSourceForm
from acompana.sources.jobs import import_file
from acompana.sources.mapping import SourceMapping, check_mapping, places_of
from acompana.sources.models import Run, Source
from acompana.sources.operations import (
    add_source,
    bring_source_back,
    keep_sample,
    read_sample,
    retire_source,
    save_mapping,
    start_run,
)
from acompana.sources.permissions import IMPORTERS
from acompana.sources.report import NAMED, count_noted, readable, rows_are_there
from acompana.sources.staging import make_lookup
from acompana.sources.states import shown as shown_state

RUNS_SHOWN = 20


def tell_state(run: Run) -> Run:
    """The run with its state as a tag shows it."""
    run.shown = shown_state(run.state, is_trial=run.is_trial)  # type: ignore[attr-defined]
    return run


@staff_with(*IMPORTERS)
@require_safe
def source_list(request: ActorRequest) -> HttpResponse:
    """Where companies come from, each with its last run."""
    last = Run.objects.filter(source=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    sources = list(Source.objects.annotate(last=Subquery(last), run_count=Count("runs")).order_by("pk"))
    runs = {run.pk: tell_state(run) for run in Run.objects.filter(pk__in=[s.last for s in sources if s.last])}
    rows = [{"source": source, "run": runs.get(source.last)} for source in sources if not source.retired_on]
    retired = [source for source in sources if source.retired_on]
    return render(request, "sources/list.html", {"rows": rows, "retired": retired})


@staff_with(*IMPORTERS)
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """A source of one's own: one of its files suggests how all of them are read."""
    form = NewSourceForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            sample, mapping = read_sample(clean_name(data["file"].name), data["file"].file)
            made = add_source(
                name=data["name"],
                is_register=data["is_register"],
                sample=sample,
                mapping=mapping,
                actor=request.actor,
                now=request.now,
            )
        except Refused as refused:
            form.add_error("name" if "se llama" in refused.reason else "file", refused.reason)
        else:
            messages.success(request, "La fuente quedó creada. Revisa qué dice cada columna.")
            return redirect("sources:mapping", made.slug)
    return render(request, "sources/new.html", {"form": form})


@staff_with(*IMPORTERS)
@require_http_methods(["GET", "POST"])
def source(request: ActorRequest, slug: str) -> HttpResponse:
    """A source with its runs, and the form that starts another one: a trial first, or the import itself."""
    found = get_object_or_404(Source, slug=slug)
    form = FileForm(request.POST or None, request.FILES or None)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            run = start_run(
                source=found,
                is_trial=request.POST.get("do") != "import",
                upload=form.cleaned_data["file"],
                actor=request.actor,
                now=request.now,
            )
        except Refused as refused:
            refusal = refused.reason
        else:
            start_job(import_file, title=run.title, actor=request.actor, now=request.now, run_id=run.pk)
            return redirect("sources:run", run.pk)
    kept = SourceMapping.of(found.mapping)
    runs = [tell_state(run) for run in found.runs.select_related("source", "started_by")[:RUNS_SHOWN]]
    noted = count_noted(runs)
    context = {
        "source": found,
        "form": form,
        "refusal": refusal,
        "asks_to_retire": "retirar" in request.GET and not found.retired_on,
        "unready": _unready(kept),
        "read": [(column.column, _label(column.field), column.only_empty) for column in kept.columns if column.field],
        "unread": [column.column for column in kept.columns if not column.field],
        "runs": [{"run": run, "noted": noted.get(run.pk), "has_rows": rows_are_there(run)} for run in runs],
    }
    return render(request, "sources/source.html", context)


@staff_with(*IMPORTERS)
@require_POST
def use(request: ActorRequest, slug: str) -> HttpResponse:
    """A source is taken out of use, or used again."""
    found = get_object_or_404(Source, slug=slug)
    verb = bring_source_back if request.POST.get("do") == "bring-back" else retire_source
    try:
        verb(source=found, actor=request.actor, now=request.now)
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, f"«{found}» queda {'en uso' if verb is bring_source_back else 'fuera de uso'}.")
    return redirect("sources:source", slug)


def _unready(kept: SourceMapping) -> str:
    try:
        check_mapping(kept)
    except Refused as refused:
        return refused.reason
    return ""


def _label(field: str) -> str:
    return TARGET_BY_SLUG[field].label if field in TARGET_BY_SLUG else field


# --- how files are read -----------------------------------------------------------------------------------------


@staff_with(*IMPORTERS)
@require_http_methods(["GET", "POST"])
def mapping(request: ActorRequest, slug: str) -> HttpResponse:
    """Each column to its field, with the first rows of a file as they would be read."""
    found = get_object_or_404(Source, slug=slug)
    kept = SourceMapping.of(found.mapping)
    form = MappingForm(
        request.POST or None,
        mapping=kept,
        head=list(dict.fromkeys(found.sample.get("head", []))),
        initial={"about": found.about, "is_register": found.is_register},
    )
    shown, refusal = kept, ""
    if request.method == "POST" and form.is_valid():
        shown = form.mapping()
        if request.POST.get("do") == "save":
            try:
                save_mapping(
                    source=found,
                    mapping=shown,
                    about=form.cleaned_data["about"],
                    is_register=form.cleaned_data["is_register"],
                    actor=request.actor,
                    now=request.now,
                )
            except Refused as refused:
                refusal = refused.reason
            else:
                messages.success(request, "Así se leerán los archivos de esta fuente.")
                return redirect("sources:source", slug)
    context = {
        "source": found,
        "form": form,
        "refusal": refusal,
        "file_form": FileForm(),
        **preview(found, shown, request.now),
    }
    return render(request, "sources/mapping.html", context)


@staff_with(*IMPORTERS)
@require_POST
def sample(request: ActorRequest, slug: str) -> HttpResponse:
    """Another file to try the mapping on."""
    found = get_object_or_404(Source, slug=slug)
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            read, _ = read_sample(clean_name(file.name), file.file)
            keep_sample(source=found, sample=read, actor=request.actor)
        except Refused as refused:
            messages.error(request, refused.reason)
    else:
        messages.error(request, " ".join(str(error) for error in form.errors["file"]))
    return redirect("sources:mapping", slug)


def preview(found: Source, shown: SourceMapping, now: datetime) -> dict[str, Any]:
    """The sample's rows under a mapping, as they would be staged; a sentence where they cannot be read."""
    head, rows = found.sample.get("head", []), found.sample.get("rows", [])
    if not head:
        return {"sample": None}
    try:
        check_mapping(shown)
        places = places_of(shown, head)
    except Refused as refused:
        return {"sample": found.sample, "unread": refused.reason}
    cleaner = Cleaner(shown, places, len(head), make_lookup(now))
    fields = list(shown.fields)
    read = []
    for number, row in enumerate(rows, 1):
        staged = dict(zip(cleaner.columns, cleaner(number, row), strict=True))
        read.append((staged, row))
    names = {
        name: {obj.pk: str(obj) for obj in model._default_manager.filter(pk__in=[s.get(name) for s, _ in read])}
        for name, model in NAMED.items()
        if name in cleaner.at
    }
    told_of_contact = [t for t in CONTACT_TARGETS if shown.has_contact and shown.has(t)]
    labels = [field.label for field in fields] + (["Actividad"] if shown.has_activity else [])
    labels += [TARGET_BY_SLUG[target].label for target in told_of_contact]
    lines = []
    for staged, row in read:
        cells = [_cell(field.name, staged, names) for field in fields]
        said = [_said(SAID_IN[field.name], row, places) for field in fields]
        if shown.has_activity:
            cells.append(names["activity_id"].get(staged["activity_id"], ""))
            said.append(_said(("activity_code", "activity_name"), row, places))
        for target in told_of_contact:
            cells.append(shown_phone(staged[target]) if target == "contact_phone" else staged[target])
            said.append(_said((target,), row, places))
        if staged["fault"]:  # it is not read any further, and who mends it wants to see what it says
            cells = [cell or words for cell, words in zip(cells, said, strict=True)]
        lines.append(
            {
                "rut": format_rut(staged["rut"] or "") or _said(("rut", "dv"), row, places, "-"),
                "fault": staged["fault"],
                "notes": staged["notes"],
                "cells": list(zip(labels, cells, strict=True)),
            }
        )
    return {"sample": found.sample, "labels": labels, "lines": lines}


SAID_IN = {field: (field,) for field in BY_NAME} | {PLACE.name: ("commune", "region")}


def _said(targets: Iterable[str], row: Sequence[str], places: Mapping[str, int], between: str = ", ") -> str:
    """What a row says of a field, in its own words."""
    told = [row[at].strip() for name in targets if (at := places.get(name)) is not None and at < len(row)]
    return between.join(text for text in told if text)


def _cell(name: str, staged: dict[str, Any], names: dict[str, dict[int, str]]) -> str:
    field = BY_NAME[name]
    columns = ["commune_id", "region_id"] if field is PLACE else [field.column]
    told = [readable(field, c, staged[c], names) for c in columns if staged.get(c) not in (None, "")]
    return ", ".join(told)
