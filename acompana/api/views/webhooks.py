"""Who is told of changes, and what became of each batch."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from acompana.api.feed import KINDS
from acompana.api.forms import SubscriptionForm
from acompana.api.models import Delivery, Subscription
from acompana.api.operations import end_subscription, send_again, subscribe
from acompana.api.queries.subscriptions import standings
from acompana.kernel.refusals import Refused
from acompana.people.access import ActorRequest, staff_with
from acompana.people.permissions import ADMINISTRATOR
from acompana.reference.administration import sections

PER_PAGE = 30
TONES = {"waiting": "blue", "sending": "blue", "sent": "good", "failed": "late"}


@staff_with(ADMINISTRATOR)
@never_cache
@require_http_methods(["GET", "POST"])
def subscriptions(request: ActorRequest) -> HttpResponse:
    """Every subscription, how its batches stand, and a form for another."""
    form = SubscriptionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = subscribe(**form.cleaned_data, actor=request.actor, now=request.now)
        except Refused as refusal:
            form.add_error("url" if "dirección" in refusal.reason.lower() else None, refusal.reason)
        else:
            messages.success(request, "Quedó suscrito. Entrega el secreto a quien recibe.")
            return redirect("api:subscription", pk=made.pk)
    context = {
        "form": form,
        "rows": standings(Subscription.objects.all()),
        "sections": sections("api:subscriptions", request.actor),
    }
    return render(request, "api/subscriptions.html", context, status=422 if form.errors else 200)


@staff_with(ADMINISTRATOR)
@never_cache
@require_safe
def subscription(request: ActorRequest, pk: int) -> HttpResponse:
    """One subscription with its secret and its batches, the newest first."""
    found = get_object_or_404(Subscription.objects.select_related("created_by", "ended_by"), pk=pk)
    (standing,) = standings(Subscription.objects.filter(pk=pk))
    rows = found.deliveries.defer("body").order_by("-written_at", "-id")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    batches = [(row, "late" if row.is_being_retried else TONES[row.state]) for row in page.object_list]
    kinds = ", ".join(KINDS[kind] for kind in found.kind_list)
    facts: list[dict[str, Any]] = [
        {"label": "Dirección", "value": found.url, "values": None},
        {"label": "Avisos de", "value": kinds, "values": None},
        {"label": "Cambios por entregar", "value": standing.waiting, "values": None},
        {"label": "La creó", "value": f"{found.created_by}", "values": None},
    ]
    context = {
        "subscription": found,
        "page": page,
        "standing": standing,
        "batches": batches,
        "facts": facts,
        "sections": sections("api:subscriptions", request.actor),
    }
    return render(request, "api/subscription.html", context)


@staff_with(ADMINISTRATOR)
@require_POST
def end(request: ActorRequest, pk: int) -> HttpResponse:
    """Nothing more is sent."""
    found = get_object_or_404(Subscription, pk=pk)
    end_subscription(subscription=found, actor=request.actor, now=request.now)
    messages.success(request, f"Ya no se avisa a «{found.name}».")
    return redirect("api:subscription", pk=pk)


@staff_with(ADMINISTRATOR)
@require_POST
def resend(request: ActorRequest, pk: int, delivery: int) -> HttpResponse:
    """Send a batch now, by hand."""
    found = get_object_or_404(Delivery.objects.select_related("subscription"), pk=delivery, subscription=pk)
    try:
        send_again(delivery=found, actor=request.actor, now=request.now)
        messages.success(request, "Se enviará otra vez.")
    except Refused as refusal:
        messages.error(request, refusal.reason)
    return redirect("api:subscription", pk=pk)
