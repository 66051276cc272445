"""One commitment: what is owed, why by then, which stretches counted; keep it, pause it, hand it over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from acompana.commitments import dates, operations
from acompana.commitments.forms import HandOverForm, KeepForm, PauseForm, ReasonForm
from acompana.commitments.keeping import Act, acts_that_keep, check_kept_by_hand
from acompana.commitments.models import Commitment
from acompana.commitments.permissions import may_hand_over, may_settle
from acompana.commitments.rules import check_can_pause
from acompana.kernel.hands import program_of
from acompana.kernel.refusals import Refused, reason_against
from acompana.people.access import ActorRequest, deny_unless, staff

DONE = {
    "cumplir": "El compromiso quedó cumplido.",
    "anular": "El compromiso quedó anulado.",
    "pausar": "El plazo quedó en pausa.",
    "reanudar": "El plazo corre de nuevo.",
    "traspasar": "El compromiso cambió de manos.",
}


@staff
@require_safe
def commitment_page(request: ActorRequest, pk: int) -> HttpResponse:
    """Everybody of the agency may read it (ROL-16)."""
    return _page(request, _found(pk), {})


@staff
@require_http_methods(["POST"])
def act(request: ActorRequest, pk: int, verb: str) -> HttpResponse:
    """Do one thing with it; a refusal is shown with what was typed."""
    if verb not in DONE:
        raise Http404
    commitment = _found(pk)
    allowed = may_hand_over if verb == "traspasar" else may_settle
    deny_unless(
        allowed(request.actor, commitment) or may_settle(request.actor, commitment),
        reason="Solo quien debe el compromiso, su oficina o su jefatura puede cambiarlo.",
    )
    form = _form(verb, commitment, request, bound=True)
    if form.is_valid():
        try:
            _do(verb, commitment, form, request)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, DONE[verb])
            return redirect("commitments:commitment", pk=pk)
    return _page(request, commitment, {verb: form}, status=422)


def _found(pk: int) -> Commitment:
    rows = Commitment.objects.select_related(
        "company", "matter", "owner", "created_by", "fulfilled_by", "office__country", "office__region", "office__seat"
    )
    return get_object_or_404(rows.annotate(program=program_of("commitments.commitment")), pk=pk)


def _form(verb: str, commitment: Commitment, request: ActorRequest, *, bound: bool) -> forms.Form:
    data = request.POST if bound else None
    if verb == "traspasar":
        on = timezone.localdate(request.now)
        return HandOverForm(data, prefix=verb, office=commitment.office, on=on)
    if verb == "pausar":
        return PauseForm(data, prefix=verb, commitment=commitment, actor=request.actor)
    if verb == "anular":
        return ReasonForm(data, prefix=verb)
    return KeepForm(data, prefix=verb)


def _do(verb: str, commitment: Commitment, form: forms.Form, request: ActorRequest) -> None:
    who: dict[str, Any] = {"actor": request.actor, "now": request.now}
    reason = form.cleaned_data.get("reason", "")
    steps: dict[str, Callable[[], object]] = {
        "cumplir": lambda: operations.fulfil_by_hand(commitment=commitment, because=reason, **who),
        "anular": lambda: operations.cancel(commitment=commitment, because=reason, **who),
        "pausar": lambda: operations.pause(
            commitment=commitment, reason=reason, evidence=form.cleaned_data["evidence"], **who
        ),
        "reanudar": lambda: operations.resume(commitment=commitment, **who),
        "traspasar": lambda: operations.transfer(
            commitments=Commitment.objects.filter(pk=commitment.pk),
            to_owner=form.cleaned_data["to"].person,
            reason=reason,
            **who,
        ),
    }
    steps[verb]()


def _page(
    request: ActorRequest, commitment: Commitment, typed: dict[str, forms.Form], status: int = 200
) -> HttpResponse:
    pauses = list(commitment.pauses.select_related("paused_by", "resumed_by", "evidence", "answer"))
    paused = next((pause for pause in pauses if pause.resumed_at is None), None)
    why_no_pause = _why_no_pause(commitment)
    verbs, acts = [], acts_that_keep(commitment)
    if commitment.is_open and (may_settle(request.actor, commitment) or may_hand_over(request.actor, commitment)):
        verbs = ["cumplir", "reanudar" if paused else "pausar", "traspasar", "anular"]
        if why_no_pause and not paused:
            verbs.remove("pausar")
        if acts:
            verbs.remove("cumplir")
    context = {
        "commitment": commitment,
        "paused": paused,
        "pauses": pauses,
        "why_no_pause": why_no_pause,
        "acts": _first_of_each_page(acts),
        "why_not_by_hand": reason_against(lambda: check_kept_by_hand(commitment)),
        "ledger": _ledger_rows(commitment),
        "in_english": dates.explain(commitment, "en") if commitment.rule else (),
        "ledger_unit": "Horas" if _in_hours(commitment) else "Días",
        "recounts": _recount_rows(commitment),
        "transfers": commitment.transfers.select_related("from_owner", "to_owner", "from_office", "to_office"),
        "forms": {verb: typed.get(verb) or _form(verb, commitment, request, bound=False) for verb in verbs},
        "typed": typed,
    }
    return render(request, "commitments/commitment.html", context, status=status)


def _first_of_each_page(acts: list[Act]) -> list[Act]:
    """One link to each page, though several steps are taken there (yes and no are of one form)."""
    pages: dict[str, Act] = {}
    for act in acts:
        pages.setdefault(act.address, act)
    return list(pages.values())


def _recount_rows(commitment: Commitment) -> list[dict[str, Any]]:
    """Each move of its date by a day that was added or taken away, in the days of its office."""
    zone = ZoneInfo(commitment.office.time_zone)
    return [
        {
            "day": row.holiday,
            "taken_away": row.taken_away,
            "was": row.was_due_at.astimezone(zone).date(),
            "became": row.due_at.astimezone(zone).date(),
            "at": row.recounted_at,
            "by": row.recounted_by,
        }
        for row in commitment.recounts.select_related("holiday", "recounted_by")
    ]


def _ledger_rows(commitment: Commitment) -> list[dict[str, str]]:
    """Each stretch in words, in the zone of the office and not in that of the page."""
    shape = "%d-%m-%Y %H:%M" if _in_hours(commitment) else "%d-%m-%Y"
    return [
        {
            "since": f"{stretch.starts_at:{shape}}",
            "until": "sin reanudar" if stretch.kind == "stopped" else f"{stretch.ends_at:{shape}}",
            "reason": stretch.reason,
            "amount": f"{stretch.amount:.1f}".replace(".", ",").removesuffix(",0") if stretch.counts else "—",
        }
        for stretch in dates.ledger_of(commitment)
    ]


def _in_hours(commitment: Commitment) -> bool:
    term = dates.term_of_commitment(commitment)
    return term is not None and term.unit == "hours"


def _why_no_pause(commitment: Commitment) -> str:
    try:
        check_can_pause(rule=commitment.rule, term=dates.term_of_commitment(commitment))
    except Refused as refusal:
        return refusal.reason
    return ""
