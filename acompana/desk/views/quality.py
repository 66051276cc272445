"""The page of data quality: each figure opens its list (EXP-31)."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from acompana.companies.operations.keeping import day_of
from acompana.companies.pair_list import pairs_waiting
from acompana.desk import quality as checks
from acompana.intake.permissions import ASSIGNERS
from acompana.intake.queries import companies_to_assign
from acompana.messages.queries import count_by_tab
from acompana.people.access import ActorRequest, staff
from acompana.people.actors import Actor

KEEPERS = ("administrator", "client-management")  # who reads the outbox
PER_PAGE = 50


@staff
@require_GET
def quality(request: ActorRequest) -> HttpResponse:
    """Completeness by office, duplicates, mail, consents and owners, over what has a relation with the agency."""
    actor, offices = request.actor, checks.quality_by_office(day_of(request.now))
    context = {
        "offices": offices,
        **_to_assign_words(actor),
        "to_assign": companies_to_assign(actor, request.now).count() if actor.has_role(*ASSIGNERS) else None,
        "unowned": sum(row.unowned for row in offices),
        "without_contact": sum(row.without_contact for row in offices),
        "pairs": pairs_waiting().count(),
        "without_consent": checks.contacts_without_consent().count(),
        "mails": count_by_tab() if actor.has_role(*KEEPERS) else None,
        "today": day_of(request.now),
    }
    return render(request, "desk/quality.html", context)


def _to_assign_words(actor: Actor) -> dict[str, str]:
    """What the first figure is called: the only one that is not of the whole country for who directs an office."""
    means = "Hay que atenderlas y nadie las tiene a cargo."
    if not actor.has_role("regional-director") or actor.office_id is None:
        return {"to_assign_label": "Empresas por asignar", "to_assign_means": means}
    own = f"{means} Son las de tu oficina; las demás cifras son de todas las oficinas."
    return {"to_assign_label": "Por asignar en tu oficina", "to_assign_means": own}


@staff
@require_GET
def contacts_without_consent(request: ActorRequest) -> HttpResponse:
    """The contacts behind the figure, by company."""
    rows = checks.contacts_without_consent().select_related("company__executive", "company__office")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/without_consent.html", {"page": page})
