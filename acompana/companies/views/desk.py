"""The registry on the desk: a company from a card, and which one it may be."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from acompana.companies.forms import CardForm
from acompana.companies.models import Company
from acompana.companies.next_steps import next_step
from acompana.companies.operations import register_potential_account
from acompana.companies.queries import Duplicate, likely_duplicates, record_address
from acompana.kernel.refusals import Refused
from acompana.people.access import ActorRequest, staff
from acompana.people.models import Channel

RECOGNISED_BY = ("name", "phone", "email", "rut")


@staff
@require_http_methods(["GET", "POST"])
def new_company(request: ActorRequest) -> HttpResponse:
    """A company from a card, then what to do with it (INT-1, INT-2)."""
    office = request.actor.staff_member.office if request.actor.staff_member else None
    form = CardForm(request.POST or None, region=office.region if office else None)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            company, sentence = _register(request, dict(form.cleaned_data))
        except Refused as refused:
            refusal = refused.reason
        else:
            messages.success(request, sentence)
            return redirect(record_address(company.pk))
    known = likely_duplicates(**_typed(request.POST)) if request.method == "POST" else []
    return render(request, "companies/new.html", {"form": form, "refusal": refusal, "alike": _by_field(known)})


def _by_field(found: list[Duplicate]) -> dict[str, list[Duplicate]]:
    """What was found for each field in which a company may be recognised, so that it is told beside that field."""
    return {name: [duplicate for duplicate in found if duplicate.raised_by == name] for name in RECOGNISED_BY}


@transaction.atomic
def _register(request: ActorRequest, data: dict[str, Any]) -> tuple[Company, str]:
    step = next_step(data.pop("next_step", ""))
    company = register_potential_account(
        **data, actor=request.actor, now=request.now, channel=Channel.EVENT if data["met_at"] else Channel.SYSTEM
    )
    sentence = f"{company} quedó registrada como cuenta potencial."
    if step is not None:
        sentence = f"{sentence} {step.take(company, request.actor, request.now)}"
    return company, sentence


def _typed(data: QueryDict) -> dict[str, Any]:
    return {name: data.get(name, "")[:200] for name in RECOGNISED_BY}


@staff
@require_GET
def alike(request: ActorRequest) -> HttpResponse:
    """Companies that may be the one being typed, with why (EXP-1): a piece for the place under each field."""
    found = likely_duplicates(**_typed(request.GET))
    return render(request, "companies/parts/alike_pieces.html", {"alike": _by_field(found)})
