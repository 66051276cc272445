"""Asking Client management for help, with or without an account (INT-6)."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from acompana.cases.models import HelpRequest
from acompana.cases.operations import ask_for_help
from acompana.companies.queries import find_by_rut
from acompana.kernel.refusals import Refused
from acompana.people.access import ActorRequest, deny_unless, public
from acompana.portal.forms import HelpForm
from acompana.portal.permissions import mandate_of

JUST_ASKED = "help_asked"


@public
@require_http_methods(["GET", "POST"])
def ask(request: ActorRequest) -> HttpResponse:
    """The form; whoever is signed in has name and e-mail filled in."""
    person = request.actor.person
    initial = (
        {"asker_name": person.full_name, "asker_email": person.email or "", "asker_phone": person.phone}
        if person
        else {}
    )
    form = HelpForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        company = find_by_rut(data["rut_given"]) if data["rut_given"] else None
        if company is not None and mandate_of(request.actor, company) is None:
            company = None
        try:
            asked_request = ask_for_help(
                **data, company=company, actor=request.actor, now=request.now, channel="portal" if person else "form"
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            request.session[JUST_ASKED] = asked_request.matter.number
            return redirect("portal:help_asked", asked_request.matter.number)
    return render(request, "portal/help_request.html", {"form": form}, status=422 if form.errors else 200)


@public
@require_safe
def asked(request: ActorRequest, number: str) -> HttpResponse:
    """What was asked, by when it is answered, and the answer: for who asked, in this visit or with their account."""
    found = HelpRequest.objects.select_related("matter__office").filter(matter__number=number).first()
    if found is None:
        raise Http404
    person = request.actor.person
    own = person is not None and found.matter.person_id == person.pk
    deny_unless(own or request.session.get(JUST_ASKED) == number, known=False)
    owed = found.matter.commitments.select_related("office").order_by("-due_at").first()
    return render(request, "portal/help_asked.html", {"help": found, "matter": found.matter, "owed": owed})
