"""Matters on the desk: the list, and the page of one with its steps, debts and timeline."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from acompana.commitments.models import Commitment
from acompana.kernel.lifecycle import Transition, all_lifecycles
from acompana.kernel.refusals import Refused, Stale
from acompana.kernel.row_ids import row_id
from acompana.logbook.forms import QuickEntryForm
from acompana.logbook.queries import timeline
from acompana.matters.models import Matter
from acompana.matters.queries import lifecycle_of, route_of, what_happened_meanwhile
from acompana.people.access import ActorRequest, deny_unless, staff
from acompana.progress import pages
from acompana.progress.forms import StepForm
from acompana.progress.operations import available_steps, take_step
from acompana.progress.permissions import may_see_matter

ROWS = 30


@staff
@require_safe
def matter_list(request: ActorRequest) -> HttpResponse:
    """Open matters of a kind, in a state, whose turn it is; the longest there first (EXP-13)."""
    kinds = all_lifecycles()
    kind = request.GET.get("tipo", "")
    lifecycle = next((table for table in kinds if table.kind == kind), None)
    state = request.GET.get("estado", "") if lifecycle else ""
    version = row_id(request.GET.get("version")) if lifecycle else None
    page = Paginator(matters_shown(kind if lifecycle else "", state, version), ROWS).get_page(request.GET.get("page"))
    states = [(s.slug, s.label) for s in lifecycle.states if not s.final] if lifecycle else []
    rows = [pages.matter_row(matter) for matter in page]
    context = {
        "page": page,
        "rows": rows,
        "kinds": kinds,
        "lifecycle": lifecycle,
        "states": states,
        "state": state,
        "version": version,
    }
    return render(request, "progress/matters.html", context)


def matters_shown(kind: str, state: str, version: int | None = None) -> QuerySet[Matter]:
    """The open matters behind every count of this room, the longest in their state first."""
    known = [table.kind for table in all_lifecycles()]
    matters = Matter.objects.filter(closed_at=None, kind__in=[kind] if kind else known)
    if state:
        matters = matters.filter(state=state)
    if version is not None:
        matters = matters.filter(lifecycle_version=version)
    return matters.select_related("company", "person", "office", "owner").order_by("state_since", "id")


@staff
@require_safe
def matter_page(request: ActorRequest, number: str) -> HttpResponse:
    """Where a matter stands, what can be done, what is owed and what happened."""
    return show(request, matter_or_404(request, number))


@staff
@require_POST
def matter_step(request: ActorRequest, number: str) -> HttpResponse:
    """Take a step by hand. What was typed comes back with the sentence when it is refused."""
    matter = matter_or_404(request, number)
    row = next((t for t in lifecycle_of(matter).transitions if t.name == request.POST.get("transition")), None)
    if row is None:
        return show(request, matter, refusal="Ese paso no existe en este proceso.", status=422)
    form = StepForm(request.POST, needs=row.needs, auto_id=f"id_{row.name}_%s")
    if not form.is_valid():
        return show(request, matter, step_form=form, status=422)
    try:
        take_seen_step(request, matter, row, form.cleaned_data)
    except Refused as refusal:
        matter.refresh_from_db()
        status = 409 if isinstance(refusal, Stale) else 422
        return show(request, matter, step_form=form, refusal=refusal.reason, status=status)
    matter.refresh_from_db()
    messages.success(request, f"El asunto quedó en «{lifecycle_of(matter).state(matter.state).label}».")
    return HttpResponseRedirect(reverse("progress:matter", args=[matter.number]))


def take_seen_step(request: ActorRequest, matter: Matter, row: Transition, given: dict) -> None:
    """Take the step if the matter still stands where the person saw it and the step has no page of its own."""
    if given["seen"] and given["seen"] != matter.state_since.isoformat():
        raise Stale(what_happened_meanwhile(matter=matter))
    if row.mode != "hand" or row.page:
        raise Refused("Este paso no se da desde aquí: ábrelo en su página.")
    take_step(
        matter=matter,
        transition=row.name,
        actor=request.actor,
        now=request.now,
        channel="system",
        reason=given["reason"],
        note=given["note"],
    )


@staff
@require_POST
def matter_entry(request: ActorRequest, number: str) -> HttpResponse:
    """Write a call, a visit, a mail or a note in the logbook of the matter."""
    matter = matter_or_404(request, number)
    form = QuickEntryForm(request.POST, request.FILES, company=matter.company)
    entry = None
    if form.is_valid():
        entry = form.record(actor=request.actor, now=request.now, company=matter.company, matter=matter)
    if entry is None:
        return show(request, matter, entry_form=form, status=422)
    messages.success(request, "Quedó anotado en la bitácora.")
    return HttpResponseRedirect(f"{reverse('progress:matter', args=[matter.number])}#anotacion-{entry.pk}")


def matter_or_404(request: ActorRequest, number: str) -> Matter:
    matters = Matter.objects.select_related("company__executive", "person", "office", "owner", "parent")
    matter = get_object_or_404(matters, number=number)
    deny_unless(may_see_matter(request.actor, matter), known=False)
    return matter


def show(
    request: ActorRequest,
    matter: Matter,
    *,
    step_form: StepForm | None = None,
    entry_form: QuickEntryForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of a matter, with whatever form was refused still filled in."""
    lifecycle = lifecycle_of(matter)
    state = lifecycle.state(matter.state)
    tried = step_form["transition"].value() if step_form else ""
    options = [
        {
            "option": option,
            "asks": pages.asks_for(option.needs),
            "href": pages.step_address(option.page, matter),
            "form": step_form
            if option.name == tried
            else StepForm(needs=option.needs, auto_id=f"id_{option.name}_%s"),
            "tried": option.name == tried,
        }
        for option in available_steps(matter=matter, actor=request.actor, now=request.now)
        if not option.page or pages.step_address(option.page, matter)
    ]
    entries = timeline(actor=request.actor, matter=matter)
    context = {
        "matter": matter,
        "lifecycle": lifecycle,
        "state": state,
        "turn_words": pages.TURN_WORDS[state.turn],
        "route": route_of(matter),
        "options": options,
        "steps": pages.steps_taken(matter),
        "commitments": Commitment.objects.filter(matter=matter).select_related("owner", "office").order_by("due_at"),
        "page": Paginator(entries, ROWS).get_page(request.GET.get("page")),
        "entry_form": entry_form or QuickEntryForm(company=matter.company),
        "refusal": refusal,
        "now": request.now,
    }
    return render(request, "progress/matter.html", context, status=status)
