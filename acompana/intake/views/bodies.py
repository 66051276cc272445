"""The bodies to which companies are referred, and with whom one speaks there (INT-19)."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from acompana.intake.models import ReferralBody
from acompana.intake.operations.bodies import CONTACT, OF_DESK, update_body, update_desk
from acompana.intake.referral_forms import BodyForm, DeskForm
from acompana.intake.views.step_pages import sent
from acompana.kernel.alphabet import Alphabetical
from acompana.kernel.refusals import Refused
from acompana.people.access import ActorRequest, staff, staff_with
from acompana.reference.administration import sections
from acompana.reference.models import Region


@staff
@require_safe
def bodies(request: ActorRequest) -> HttpResponse:
    """Every body with its desk; those still as the project shipped them say so."""
    context = {
        "sections": sections("intake:bodies", request.actor),
        "bodies": ReferralBody.objects.filter(retired_on=None)
        .annotate(regions=Count("desks"))
        .order_by(Alphabetical("name"), "pk"),
        "may_change": request.actor.has_role("administrator"),
    }
    return render(request, "intake/bodies.html", context)


@staff_with("administrator")
@require_http_methods(["GET", "POST"])
def body(request: ActorRequest, slug: str) -> HttpResponse:
    """Write whom companies turn to at a body."""
    found = get_object_or_404(ReferralBody, slug=slug, retired_on=None)
    form = BodyForm(sent(request), initial={name: getattr(found, name) for name in CONTACT})
    if request.method == "POST" and form.is_valid():
        try:
            update_body(body=found, **form.cleaned_data, actor=request.actor, now=request.now)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"Contacto de {found.name} guardado: va en las derivaciones desde ahora.")
            return redirect("intake:bodies")
    crumbs = [{"label": "Organismos", "href": reverse("intake:bodies")}, {"label": found.name}]
    desks = {desk.region_id: desk for desk in found.desks.all()}
    regions = [(region, desks.get(region.pk)) for region in Region.objects.filter(retired_on=None)]
    context = {"body": found, "form": form, "crumbs": crumbs, "regions": regions}
    return render(request, "intake/body.html", context, status=422 if form.errors else 200)


@staff_with("administrator")
@require_http_methods(["GET", "POST"])
def desk(request: ActorRequest, slug: str, iso: str) -> HttpResponse:
    """Write whom the companies of a region turn to at a body."""
    found = get_object_or_404(ReferralBody, slug=slug, retired_on=None)
    region = get_object_or_404(Region, iso=iso, retired_on=None)
    current = found.desks.filter(region=region).first()
    form = DeskForm(
        sent(request),
        initial={name: getattr(current, name, "") for name in OF_DESK},
    )
    if request.method == "POST" and form.is_valid():
        try:
            update_desk(body=found, region=region, **form.cleaned_data, actor=request.actor, now=request.now)
        except Refused as refusal:
            form.add_error("contact_name", refusal.reason)
        else:
            messages.success(request, f"Contacto de {found.name} en {region.short_name} guardado.")
            return redirect("intake:body", slug)
    context = {"body": found, "region": region, "form": form}
    return render(request, "intake/desk.html", context, status=422 if form.errors else 200)
