"""The characterisation: its list of steps, one step a page with its draft, check your answers, send."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from acompana.companies.queries import completeness
from acompana.intake import operations as intake
from acompana.intake.models import Draft
from acompana.kernel.refusals import Refused, Stale
from acompana.people.access import ActorRequest, signed_in
from acompana.portal.answers import step_rows
from acompana.portal.steps import STEPS, FormStep, build_form, step_of
from acompana.portal.views.visit import Visit, visit

DRAFT_LIMIT = 20_000


def _drafts(request: ActorRequest, seen: Visit) -> QuerySet[Draft]:
    return Draft.objects.filter(company=seen.company, person=request.actor.person)


def _step_or_404(slug: str) -> FormStep:
    if (found := step_of(slug)) is None:
        raise Http404
    return found


def _next_address(company_id: int, step: FormStep) -> str:
    position = STEPS.index(step) + 1
    if position < len(STEPS):
        return reverse("portal:form_step", args=[company_id, STEPS[position].slug])
    return reverse("portal:form_check", args=[company_id])


def _done_steps(seen: Visit, missing: set[str]) -> dict[str, str]:
    """The state of each step for the task list: done, started or todo. Steps without required fields: by visit."""
    states = {}
    visited = set(seen.mandate.entered.get("steps", [])) if isinstance(seen.mandate.entered, dict) else set()
    for step in STEPS:
        lacking = missing & set(step.fields)
        filled = set(step.fields) - missing
        if step.fields:
            states[step.slug] = "done" if not lacking else "started" if filled else "todo"
        else:
            states[step.slug] = "done" if step.slug in visited or _has_values(step, seen) else "todo"
    return states


def _has_values(step: FormStep, seen: Visit) -> bool:
    return any(value not in (None, "", []) for value in step.initial(seen.company).values())


@signed_in
@require_safe
def overview(request: ActorRequest, company_id: int) -> HttpResponse:
    """The steps with their states; it goes on where it was left (INT-23)."""
    seen = visit(request, company_id)
    if not seen.is_limited and (seen.intake is None or seen.state == "withdrawn"):
        intake.open_intake(company=seen.company, actor=request.actor, now=request.now)
    missing = completeness(seen.company)
    states = _done_steps(seen, {item.field for item in missing})
    drafts = set(_drafts(request, seen).values_list("form", flat=True))
    items = [
        {
            "label": step.title,
            "href": reverse("portal:form_step", args=[company_id, step.slug]),
            "state": "started" if step.slug in drafts else states[step.slug],
            "hint": "Tienes algo escrito sin guardar" if step.slug in drafts else step.intro,
        }
        for step in STEPS
    ]
    following = next((item for item in items if item["state"] != "done"), None)
    context = {
        "company": seen.company,
        "visit": seen,
        "items": items,
        "following": following,
        "missing": missing,
        "can_send": seen.state == "characterization" and not seen.is_limited,
    }
    return render(request, "portal/form_overview.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def step(request: ActorRequest, company_id: int, step: str) -> HttpResponse:
    """One topic: saved when it is right, kept as a draft while it is not."""
    seen = visit(request, company_id)
    current = _step_or_404(step)
    draft_row = _drafts(request, seen).filter(form=current.slug).first()
    if request.method == "POST":
        return _save_step(request, seen, current)
    form = build_form(current, company=seen.company, now=request.now, typed=draft_row.data if draft_row else None)
    return _show_step(request, seen, current, form, resumed=draft_row is not None)


def _save_step(request: ActorRequest, seen: Visit, current: FormStep) -> HttpResponse:
    form = build_form(current, company=seen.company, now=request.now, data=request.POST)
    if form.is_valid():
        seen.company.version = _version_typed(request, seen)
        try:
            current.save(seen.company, form.cleaned_data, request.actor, request.now)
        except Stale as refusal:
            form.add_error(None, refusal.reason)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            _drafts(request, seen).filter(form=current.slug).delete()
            if request.POST.get("next") == "overview":
                return redirect("portal:form", seen.company.pk)
            return redirect(_next_address(seen.company.pk, current))
    _keep_draft(request, seen, current)
    return _show_step(request, seen, current, form, status=422)


def _version_typed(request: ActorRequest, seen: Visit) -> int:
    try:
        return int(request.POST.get("version", ""))
    except ValueError:
        return seen.company.version


def _show_step(
    request: ActorRequest, seen: Visit, current: FormStep, form: Any, *, resumed: bool = False, status: int = 200
) -> HttpResponse:
    position = STEPS.index(current)
    seen.company.refresh_from_db(fields=["version"])
    context = {
        "company": seen.company,
        "step": current,
        "form": form,
        "number": position + 1,
        "total": len(STEPS),
        "back": reverse("portal:form_step", args=[seen.company.pk, STEPS[position - 1].slug])
        if position
        else reverse("portal:form", args=[seen.company.pk]),
        "resumed": resumed,
        "draft_url": reverse("portal:form_draft", args=[seen.company.pk, current.slug]),
    }
    return render(request, "portal/form_step.html", context, status=status)


def _typed(request: ActorRequest) -> dict[str, Any]:
    skipped = ("csrfmiddlewaretoken", "next", "version")
    return {
        name: values if len(values) > 1 else values[0] for name, values in request.POST.lists() if name not in skipped
    }


def _keep_draft(request: ActorRequest, seen: Visit, current: FormStep) -> None:
    data = _typed(request)
    if sum(len(str(value)) for value in data.values()) > DRAFT_LIMIT:
        return
    Draft.objects.update_or_create(
        company=seen.company,
        person=request.actor.person,
        form=current.slug,
        defaults={"data": data, "saved_at": request.now},
    )


@signed_in
@require_POST
def draft(request: ActorRequest, company_id: int, step: str) -> HttpResponse:
    """Keeps what is being typed, right or wrong, without a word (INT-23)."""
    seen = visit(request, company_id)
    _keep_draft(request, seen, _step_or_404(step))
    return JsonResponse({"saved_at": request.now.isoformat()})


@signed_in
@require_http_methods(["GET", "POST"])
def check(request: ActorRequest, company_id: int) -> HttpResponse:
    """Check your answers, then send (INT-3)."""
    seen = visit(request, company_id)
    refusal_text = ""
    if request.method == "POST" and seen.matter is not None:
        try:
            intake.submit_characterization(matter=seen.matter, actor=request.actor, now=request.now)
        except Refused as refusal:
            refusal_text = refusal.reason
        else:
            messages.success(request, "Recibimos tu ficha. Esto es lo que sigue.")
            return redirect("portal:company", company_id)
    sections = [
        {
            "title": item.title,
            "href": reverse("portal:form_step", args=[company_id, item.slug]),
            "rows": step_rows(item, seen.company, request.now),
        }
        for item in STEPS
    ]
    missing = completeness(seen.company)
    context = {
        "company": seen.company,
        "visit": seen,
        "sections": sections,
        "missing": [(item, _step_for(item.field)) for item in missing],
        "refusal": refusal_text,
        "can_send": seen.state == "characterization" and not seen.is_limited and not missing,
    }
    return render(request, "portal/form_check.html", context, status=422 if refusal_text else 200)


def _step_for(field: str) -> str:
    return next((step.slug for step in STEPS if field in step.fields), STEPS[0].slug)
