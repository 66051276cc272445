"""The characterisation: its list of steps, one step a page with its draft, check your answers, send."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from acompana.companies.export_forms import SHOWN_LINES, uses_more_lines
from acompana.companies.models import Company, Consent
from acompana.companies.queries import required_fields
from acompana.companies.rules import Missing
from acompana.intake import operations as intake
from acompana.intake.queries import missing_to_send
from acompana.kernel.changes import last_hand
from acompana.kernel.refusals import Refused, Stale
from acompana.people.access import ActorRequest, signed_in
from acompana.people.views.account import PENDING
from acompana.portal.answers import step_rows
from acompana.portal.steps import STEPS, FormStep, build_form, step_of, suggested
from acompana.portal.views.drafts import drafts_of, keep_draft
from acompana.portal.views.visit import Visit, visit
from acompana.shell.meanwhile import OPENED, Meanwhile, is_otherwise, opened_with, take_meanwhile

STALE = (
    "{who} cambios en esta ficha mientras escribías. Lo que escribiste sigue aquí, sin guardar: "
    "revísalo y guarda otra vez."
)


def _step_or_404(slug: str) -> FormStep:
    if (found := step_of(slug)) is None:
        raise Http404
    return found


def _next_address(company_id: int, step: FormStep) -> str:
    position = STEPS.index(step) + 1
    if position < len(STEPS):
        return reverse("portal:form_step", args=[company_id, STEPS[position].slug])
    return reverse("portal:form_check", args=[company_id])


def _done_steps(seen: Visit, missing: set[str], today: date) -> dict[str, str]:
    """The state of each step for the task list. One without required fields is optional until something is there."""
    states, required = {}, set(required_fields(seen.company.kind, today)) | missing
    for step in STEPS:
        if asked := required & set(step.fields):
            lacking = missing & asked
            states[step.slug] = "done" if not lacking else "started" if asked - missing else "todo"
        else:
            states[step.slug] = "done" if _has_values(step.initial(seen.company)) else "optional"
    return states


def _asked_again(step: FormStep, missing: list[Missing]) -> str:
    """What a step asks for again, and why: its answer of before cannot stay (INT-13)."""
    again = [item for item in missing if item.answered and item.field in step.fields]
    return " ".join(f"{item.label}: {item.why}" for item in again)


def _entered_steps(seen: Visit, request: ActorRequest) -> dict[str, str]:
    """The same under a limited mandate, from what was typed alone (INT-24)."""
    states = {}
    for step in STEPS:
        form = build_form(step, company=seen.company, now=request.now, entered=seen.entered)
        values = form.initial
        lacking = [name for name, field in form.fields.items() if field.required and values.get(name) in (None, "")]
        empty = "todo" if step.fields else "optional"
        states[step.slug] = "done" if values and not lacking else "started" if _has_values(values) else empty
    return states


def _has_values(values: Mapping[str, Any]) -> bool:
    return any(value not in (None, "", []) for name, value in values.items() if name != "language")


@signed_in
@require_safe
def overview(request: ActorRequest, company_id: int) -> HttpResponse:
    """The steps with their states; it goes on where it was left (INT-23)."""
    seen = visit(request, company_id)
    today = timezone.localdate(request.now)
    missing = [] if seen.is_limited else missing_to_send(seen.company, today)
    states = _entered_steps(seen, request) if seen.is_limited else _done_steps(seen, {i.field for i in missing}, today)
    drafts = set(drafts_of(request, seen).values_list("form", flat=True))
    again = {step.slug: _asked_again(step, missing) for step in STEPS}
    items = [
        {
            "label": step.title,
            "href": reverse("portal:form_step", args=[company_id, step.slug]),
            "state": "started" if step.slug in drafts else "wrong" if again[step.slug] else states[step.slug],
            "hint": "Tienes un borrador guardado" if step.slug in drafts else again[step.slug] or step.intro,
        }
        for step in STEPS
    ]
    can_send = seen.state == "characterization" and not seen.is_limited
    # Once it is sent nothing is asked for: what is left empty may stay so.
    following = (
        next((item for item in items if item["state"] in ("todo", "started", "wrong")), None)
        if can_send or seen.is_limited
        else None
    )
    context = {
        "company": seen.company,
        "visit": seen,
        "items": items,
        "following": following,
        "missing": missing,
        "only_wrong": all(item.answered for item in missing),
        "can_send": can_send,
    }
    return render(request, "portal/form_overview.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def step(request: ActorRequest, company_id: int, step: str) -> HttpResponse:
    """One topic: saved when it is right, kept as a draft while it is not."""
    seen = visit(request, company_id)
    current = _step_or_404(step)
    draft_row = drafts_of(request, seen).filter(form=current.slug).first()
    if request.method == "POST":
        return _save_step(request, seen, current)
    typed = (
        draft_row.data
        if draft_row
        else suggested(current, company=seen.company, now=request.now, entered=seen.entered)
    )
    form = build_form(current, company=seen.company, now=request.now, typed=typed, entered=seen.entered)
    if current.slug == "contacto" and not form.initial.get("email"):
        form.initial["email"] = request.session.get(PENDING, "")  # given already, and waits for its link to be opened
    return _show_step(request, seen, current, form, draft=draft_row.data if draft_row else None)


def _save_step(request: ActorRequest, seen: Visit, current: FormStep) -> HttpResponse:
    if "discard" in request.POST:
        drafts_of(request, seen).filter(form=current.slug).delete()
        messages.success(request, "Descartaste lo que escribiste: esto es lo guardado.")
        return redirect("portal:form_step", seen.company.pk, current.slug)
    field = request.POST.get("search", "")
    if field.isascii() and field.isidentifier():
        keep_draft(request, seen, current)
        address = reverse("portal:form_search", args=[seen.company.pk, current.slug, field])
        return redirect(f"{address}?{urlencode({'q': words})}" if (words := _words_for(request, field)) else address)
    form = build_form(current, company=seen.company, now=request.now, data=request.POST, entered=seen.entered)
    seen.company.version = _version_typed(request, seen)
    meanwhile, right = None, form.is_valid()
    try:
        with transaction.atomic():
            _check_not_stale(request, seen, current, form)
            told = current.save(seen.company, form.cleaned_data, request.actor, request.now) if right else None
    except Stale:
        meanwhile = _take_meanwhile(request, seen, current, form)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.reason)
    else:
        if right:
            drafts_of(request, seen).filter(form=current.slug).delete()
            if told:
                messages.info(request, told)
            if request.POST.get("next") == "overview":
                return redirect("portal:form", seen.company.pk)
            return redirect(_next_address(seen.company.pk, current))
    keep_draft(request, seen, current, form.data)
    return _show_step(request, seen, current, form, meanwhile=meanwhile, status=422)


def _check_not_stale(request: ActorRequest, seen: Visit, current: FormStep, form: Any) -> None:
    """Stale where the answers of the step were saved otherwise since its page was opened, right or wrong as it came
    back. It waits for whoever saves the company now; what else of it was saved since, the saving itself asks."""
    Company.objects.select_for_update(of=("self",)).get(pk=seen.company.pk)
    if is_otherwise(form, _stored(request, seen, current)):
        raise Stale("", "EXP-13")


def _stored(request: ActorRequest, seen: Visit, current: FormStep) -> Any:
    now = Company.objects.get(pk=seen.company.pk)
    return build_form(current, company=now, now=request.now, entered=seen.entered)


def _words_for(request: ActorRequest, field: str) -> str:
    """The words with which a code is looked for: those typed in its place; of a heading, else those of its product."""
    product = field.replace("heading_", "product_")
    typed = (request.POST.get(name, "").strip()[:80] for name in dict.fromkeys((field, product)))
    return next((words for words in typed if words and not words.isdigit()), "")


def _stale(request: ActorRequest, seen: Visit, current: FormStep) -> str:
    """Who saved since the page was opened: somebody else, or the same person in another window."""
    if current.slug == "permisos":
        said = Consent.objects.filter(contact__company=seen.company).order_by("-recorded_at", "-id")
        last = said.values_list("recorded_by", flat=True).first()
    else:
        last = last_hand(seen.company)
    own = seen.is_limited or (request.actor.person is not None and last == request.actor.person.pk)
    return STALE.format(who="En otra ventana guardaste" if own else "Otra persona guardó")


def _take_meanwhile(request: ActorRequest, seen: Visit, current: FormStep, form: Any) -> Meanwhile:
    """Where its person changed nothing, the step takes what is saved now; what both changed is told, with what is
    wrong of the step as it stands then. The next save is made with all of it in sight."""
    seen.company.refresh_from_db(fields=["version"])
    lines = [name for name in form.fields if name[-1].isdigit()]
    meanwhile = take_meanwhile(form, _stored(request, seen, current), {"La lista de abajo": lines})
    form.full_clean()
    form.add_error(None, _stale(request, seen, current))
    return meanwhile


def _version_typed(request: ActorRequest, seen: Visit) -> int:
    try:
        return int(request.POST.get("version", ""))
    except ValueError:
        return seen.company.version


def _show_step(
    request: ActorRequest,
    seen: Visit,
    current: FormStep,
    form: Any,
    *,
    draft: Mapping[str, Any] | None = None,
    meanwhile: Meanwhile | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a step. `draft`: what it starts from, with what its own page was opened with. A page that comes back
    keeps what it was opened with and the version it came with, until it was told what was saved meanwhile (EXP-13)."""
    position = STEPS.index(current)
    stored = build_form(current, company=seen.company, now=request.now, entered=seen.entered)
    context = {
        "company": seen.company,
        "visit": seen,
        "step": current,
        "form": form,
        "opened": (draft or {}).get(OPENED) or opened_with(form if form.is_bound else stored),
        "meanwhile": meanwhile,
        "shown_lines": SHOWN_LINES,
        "more_open": _uses_more_lines(form),
        "number": position + 1,
        "total": len(STEPS),
        "back": reverse("portal:form_step", args=[seen.company.pk, STEPS[position - 1].slug])
        if position
        else reverse("portal:form", args=[seen.company.pk]),
        "resumed": draft is not None,
        "may_discard": draft is not None or status == 422,
        "draft_url": reverse("portal:form_draft", args=[seen.company.pk, current.slug]),
    }
    return render(request, "portal/form_step.html", context, status=status)


def _uses_more_lines(form: Any) -> bool:
    """Whether something is in the lines that wait behind «Agregar más»."""
    named = (getattr(form, name, None) for name in ("product_lines", "export_lines", "market_lines"))
    lines: list[list[Any]] = next((lines() for lines in named if lines), [])
    return uses_more_lines(lines)


@signed_in
@require_POST
def draft(request: ActorRequest, company_id: int, step: str) -> HttpResponse:
    """Keeps what is being typed, right or wrong, without a word (INT-23)."""
    seen = visit(request, company_id)
    keep_draft(request, seen, _step_or_404(step))
    return JsonResponse({"saved_at": f"{timezone.localtime(request.now):%H:%M}"})


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
    missing = None if seen.is_limited else missing_to_send(seen.company, timezone.localdate(request.now))
    fields = None if missing is None else {one.field for one in missing}
    sections = [
        {
            "title": item.title,
            "href": reverse("portal:form_step", args=[company_id, item.slug]),
            "rows": step_rows(item, seen.company, request.now, seen.entered, fields),
        }
        for item in STEPS
    ]
    context = {
        "company": seen.company,
        "visit": seen,
        "sections": sections,
        "missing": [(item, _step_for(item.field)) for item in missing or ()],
        "only_wrong": all(item.answered for item in missing or ()),
        "refusal": refusal_text,
        "can_send": seen.state == "characterization" and not seen.is_limited and not missing,
    }
    return render(request, "portal/form_check.html", context, status=422 if refusal_text else 200)


def _step_for(field: str) -> str:
    return next((step.slug for step in STEPS if field in step.fields), STEPS[0].slug)
