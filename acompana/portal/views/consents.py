"""What the company lets us do with its data, and which mails it gets; changed whenever it wants (LAW-4, CHA-5)."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from acompana.companies.models import Company
from acompana.kernel.refusals import Refused
from acompana.messages.models import Message
from acompana.messages.preferences import masked, preferences_path
from acompana.people.access import ActorRequest, signed_in
from acompana.portal.steps import build_form, step_of
from acompana.portal.views.visit import visit


@signed_in
@require_http_methods(["GET", "POST"])
def consents(request: ActorRequest, company_id: int) -> HttpResponse:
    """The consents by purpose, and the way to the choice of mails."""
    seen = visit(request, company_id)
    step = step_of("permisos")
    assert step is not None
    data = request.POST if request.method == "POST" else None
    form = build_form(step, company=seen.company, now=request.now, data=data, entered=seen.entered)
    if request.method == "POST" and form.is_valid():
        try:
            step.save(seen.company, form.cleaned_data, request.actor, request.now)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "Guardamos tus permisos.")
            return redirect("portal:consents", company_id)
    context = {"company": seen.company, "form": form, "mail_choices": _mail_choices(request, seen.company)}
    return render(request, "portal/consents.html", context, status=422 if form.errors else 200)


def _mail_choices(request: ActorRequest, company: Company) -> list[tuple[str, str]]:
    """Where the person chooses which mails to get, by each address of theirs to which we wrote: that of their account,
    and those that the company gave of them as its contact, which may be others (CHA-5)."""
    person = request.actor.person
    if person is None:
        return []
    given = company.contacts.filter(person=person, ended_on=None).exclude(email="").values_list("email", flat=True)
    addresses = {address.strip().lower() for address in (person.email or "", *given)} - {""}
    written = Message.objects.filter(to_address__in=addresses).exclude(category="office")
    newest = written.order_by().values("to_address").annotate(newest=Max("pk")).values("newest")
    found = Message.objects.filter(pk__in=newest).only("to_address", "category", "language").order_by("-pk")
    return [(masked(message.to_address), preferences_path(message)) for message in found]
