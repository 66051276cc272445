"""The registry on the desk: a company from a card, and which one it may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from acompana.companies.forms import CardForm
from acompana.companies.models import Company
from acompana.companies.next_steps import keep_card, next_step
from acompana.companies.operations import register_potential_account
from acompana.companies.permissions import may_see
from acompana.companies.queries import Duplicate, find_by_rut, likely_duplicates
from acompana.companies.rules import record_address
from acompana.kernel.refusals import Refused
from acompana.people.access import ActorRequest, staff
from acompana.people.models import Channel
from acompana.shell.words import within_sentence

RECOGNISED_BY = ("name", "phone", "email", "rut")


@dataclass(frozen=True, slots=True)
class Likeness:
    """The companies that one of the fields typed brings up, and whether whoever types said that theirs is another."""

    duplicates: tuple[Duplicate, ...] = ()
    is_another: bool = False


@staff
@require_http_methods(["GET", "POST"])
def new_company(request: ActorRequest) -> HttpResponse:
    """A company from a card, then what to do with it (INT-1, INT-2). One that is like others is asked about before,
    as it is while typing (EXP-1). Of one whose RUT is taken, the card may be kept on its record instead."""
    office = request.actor.staff_member.office if request.actor.staff_member else None
    form = CardForm(request.POST or None, region=office.region if office else None)
    found = _alike(request.POST) if request.method == "POST" else {}
    refusal, known = "", None
    if request.method == "POST" and form.is_valid() and _is_another(form, found):
        known = _known_by(request, form.cleaned_data["rut"])
        try:
            if known is not None and "keep" in request.POST:
                company, sentence = known, _keep(request, known, form.cleaned_data)
            else:
                company, sentence = _register(request, dict(form.cleaned_data))
        except Refused as refused:
            refusal = refused.reason
        else:
            messages.success(request, sentence)
            return redirect(record_address(company.pk))
    if known is not None:  # there is nothing to ask: the RUT says which it is
        found = {}
    return render(request, "companies/new.html", {"form": form, "refusal": refusal, "known": known, "alike": found})


def _alike(typed: QueryDict) -> dict[str, Likeness]:
    """What was found by each field in which a company may be recognised, so that it is told beside that field. Of the
    same RUT there is no other: registering says so."""
    name, phone, email, rut = (typed.get(field, "")[:200] for field in RECOGNISED_BY)
    found = likely_duplicates(name=name, phone=phone, email=email, rut=rut)
    others = {pk for ticked in typed.getlist("another") for pk in ticked.split()}
    by_field = {name: tuple(one for one in found if one.raised_by == name) for name in RECOGNISED_BY}
    return {
        name: Likeness(many, is_another=all(str(one.company.pk) in others for one in many))
        for name, many in by_field.items()
    }


def _is_another(form: CardForm, found: dict[str, Likeness]) -> bool:
    """Whether nothing is left to ask of what the company is like; what is left is told by the form."""
    if found["rut"].duplicates:
        return True
    for name, likeness in found.items():
        if not likeness.is_another:
            names = ", ".join(one.company.name for one in likeness.duplicates)
            form.add_error(None, ValidationError(f"Se parece a {names}: ¿es otra?", code=f"alike_{name}"))
    return form.is_valid()


def _known_by(request: ActorRequest, rut: str) -> Company | None:
    """The company with which the agency has a relation under that RUT, if whoever types may open it."""
    company = find_by_rut(rut) if rut else None
    return company if company and company.related_on and may_see(request.actor, company) else None


@transaction.atomic
def _keep(request: ActorRequest, company: Company, data: dict[str, Any]) -> str:
    said = {name: data[name] for name in ("name", "contact_name", "phone", "email", "met_at")}
    return keep_card(company, said, request.actor, request.now)


@transaction.atomic
def _register(request: ActorRequest, data: dict[str, Any]) -> tuple[Company, str]:
    """Registers it, and takes the step chosen. A company that was only in the register keeps its name and, unless the
    card says another, its region: the card is kept as it was typed, and the sentence says which office attends it."""
    step = next_step(data.pop("next_step", ""))
    only_registered = find_by_rut(data["rut"]) if data["rut"] else None
    company = register_potential_account(
        **data, actor=request.actor, now=request.now, channel=Channel.EVENT if data["met_at"] else Channel.SYSTEM
    )
    sentence = f"{company} quedó registrada como cuenta potencial."
    if step is not None:
        sentence = f"{sentence} {step.take(company, request.actor, request.now)}"
    if only_registered is not None:
        sentence = f"{sentence} Ya estaba en el registro, y conserva su nombre. {_keep(request, company, data)}"
        if company.office is not None:
            sentence = f"{sentence} La atiende la {within_sentence(company.office.name)}, por su región."
    return company, sentence


@staff
@require_GET
def alike(request: ActorRequest) -> HttpResponse:
    """Companies that may be the one being typed, with why (EXP-1): a piece for the place under each field."""
    return render(request, "companies/parts/alike_pieces.html", {"alike": _alike(request.GET)})
