"""A page tells that it is open, and learns who else has the same company or matter open (EXP-13)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from acompana.companies.middleware import refuse_merged
from acompana.companies.models import Company
from acompana.companies.permissions import may_see
from acompana.matters.models import Matter
from acompana.matters.presence import note_gone, note_presence
from acompana.people.access import ActorRequest, deny_unless, staff
from acompana.progress.views.matters import matter_or_404


@staff
@require_POST
def at_company(request: ActorRequest, pk: int) -> HttpResponse:
    company = get_object_or_404(Company, pk=pk)
    deny_unless(may_see(request.actor, company), known=False)
    return _others(request, company=refuse_merged(company))


@staff
@require_POST
def at_matter(request: ActorRequest, number: str) -> HttpResponse:
    """A matter that is of no company; of one that is, it is told at the company."""
    matter = matter_or_404(request, number)
    return _others(request, company=matter.company) if matter.company else _others(request, matter=matter)


def _others(request: ActorRequest, *, company: Company | None = None, matter: Matter | None = None) -> HttpResponse:
    assert request.actor.person is not None
    place, tab = request.POST.get("place", ""), request.POST.get("tab", "")
    at: dict[str, Any] = {"company": company, "matter": matter, "person": request.actor.person, "tab": tab}
    if "gone" in request.POST:
        note_gone(**at, place=place)
        return HttpResponse(status=204)
    others = note_presence(**at, place="" if _is_done(request, company) else place, now=request.now)
    return render(request, "progress/who_else.html", {"others": others})


def _is_done(request: ActorRequest, company: Company | None) -> bool:
    """Whether the matter of which the page takes a step has left the state in which it was opened."""
    number, state = request.POST.get("of", ""), request.POST.get("state", "")
    return bool(number) and Matter.objects.filter(number=number, company=company).exclude(state=state).exists()
