"""Asking Client management for help, with or without an account (INT-6)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from acompana.cases.models import HelpRequest
from acompana.cases.operations import ask_for_help
from acompana.cases.operations import insist as insist_on_help
from acompana.cases.queries import term_of_answer
from acompana.companies.models import Company
from acompana.companies.queries import find_by_rut
from acompana.kernel.refusals import Refused
from acompana.people.access import ActorRequest, deny_unless, public, signed_in
from acompana.portal.forms import HelpForm, InsistForm
from acompana.portal.permissions import mandate_of, mandates_of, shown_name
from acompana.portal.promises import promise_of
from acompana.shell.languages import in_english, spoken

JUST_ASKED = "help_asked"


@public
@in_english
@require_http_methods(["GET", "POST"])
def ask(request: ActorRequest) -> HttpResponse:
    """The form; whoever is signed in has name and e-mail filled in."""
    person = request.actor.person
    initial = (
        {"asker_name": person.full_name, "asker_email": person.email or "", "asker_phone": person.phone}
        if person
        else {}
    )
    own = {str(mandate.company_id): mandate for mandate in mandates_of(request.actor)}
    companies = [(pk, shown_name(mandate)) for pk, mandate in own.items()]
    form = HelpForm(request.POST or None, initial=initial, companies=companies)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = own.get(data.pop("company", ""))
        company = chosen.company if chosen else _own_company(request, data["rut_given"])
        if company is not None:
            data["rut_given"] = company.rut or ""
        try:
            asked_request = ask_for_help(
                **data,
                company=company,
                actor=request.actor,
                now=request.now,
                channel="portal" if person else "form",
                language=person.language if person and spoken() == "es" else spoken(),
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            request.session[JUST_ASKED] = asked_request.matter.number
            return redirect("portal:help_asked", asked_request.matter.number)
    context = {"form": form, "term": term_of_answer(day=timezone.localdate(request.now))}
    return render(request, "portal/help_request.html", context, status=422 if form.errors else 200)


def _own_company(request: ActorRequest, rut: str) -> Company | None:
    """The company of a typed RUT, for who acts for it: nobody else learns whether it is here (INT-24)."""
    company = find_by_rut(rut) if rut else None
    return company if company is not None and mandate_of(request.actor, company) is not None else None


def _found(request: ActorRequest, number: str) -> HelpRequest:
    """The request, for who asked: in this visit, or with their account. Nobody else knows of it."""
    found = (
        HelpRequest.objects.select_related("matter__office", "matter__company").filter(matter__number=number).first()
    )
    if found is None:
        raise Http404
    person = request.actor.person
    own = person is not None and found.matter.person_id == person.pk
    deny_unless(own or request.session.get(JUST_ASKED) == number, known=False)
    return found


@public
@in_english
@require_safe
def asked(request: ActorRequest, number: str) -> HttpResponse:
    """What was asked, by when it is answered, and the answer: for who asked, in this visit or with their account."""
    return _show(request, _found(request, number), InsistForm())


def _show(request: ActorRequest, found: HelpRequest, form: InsistForm) -> HttpResponse:
    matter = found.matter
    owed = matter.commitments.filter(fulfilled_at=None, cancelled_at=None).select_related("office").first()
    context = {
        "help": found,
        "matter": matter,
        "promise": promise_of(owed, request.now) if owed else None,
        "form": form,
        "may_insist": matter.state == "answered" and request.actor.person is not None,
    }
    return render(request, "portal/help_asked.html", context, status=422 if form.errors else 200)


@signed_in
@in_english
@require_POST
def insist(request: ActorRequest, number: str) -> HttpResponse:
    """«Sigo con el problema»: it is open again, with a new term (INT-6)."""
    found = _found(request, number)
    form = InsistForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form)
    try:
        insist_on_help(request=found, actor=request.actor, now=request.now, note=form.cleaned_data["note"])
    except Refused as refusal:
        form.add_error(None, refusal.reason)
        return _show(request, found, form)
    messages.success(request, gettext("Abrimos tu solicitud de nuevo."))
    return redirect("portal:help_asked", number)
