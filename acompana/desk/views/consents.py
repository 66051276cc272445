"""What the contacts of a company agreed to, on its record: seen by staff, registered by who is in charge (LAW-4)."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from acompana.companies.consent_rules import CONSENT_TEXTS
from acompana.companies.models import Company, Consent
from acompana.companies.permissions import may_change
from acompana.companies.views.record import record_company, record_context
from acompana.desk.forms import ConsentForm
from acompana.desk.operations import note_consent
from acompana.files.operations import store_upload
from acompana.kernel.refusals import Refused
from acompana.people.access import ActorRequest, deny_unless, staff


@staff
@require_http_methods(["GET", "POST"])
def consents(request: ActorRequest, company_id: int) -> HttpResponse:
    """Who agreed to what, when, to which words and through which channel; and one more, said away from the portal."""
    company = record_company(request, company_id)
    may = may_change(request.actor, company)
    if request.method == "POST":
        deny_unless(may, reason="Lo registra quien está a cargo de la empresa.")
    form = ConsentForm(request.POST or None, request.FILES or None, company=company)
    if request.method == "POST" and form.is_valid():
        try:
            _note(request, form)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "El permiso quedó registrado, con su prueba en la bitácora.")
            return redirect("desk:consents", company_id)
    context = {
        **record_context(request, company, "consents"),
        "people": _people(company),
        "form": form if may else None,
    }
    return render(request, "desk/consents.html", context, status=422 if form.errors else 200)


def _note(request: ActorRequest, form: ConsentForm) -> None:
    said = form.cleaned_data
    paper = said["paper"]
    stored = [store_upload(upload=paper, actor=request.actor, now=request.now)] if paper else []
    note_consent(
        contact=said["contact"],
        purpose=said["purpose"],
        given=said["given"] == "yes",
        channel=said["channel"],
        evidence=said["evidence"],
        files=stored,
        actor=request.actor,
        now=request.now,
    )


def _people(company: Company) -> list[dict[str, Any]]:
    """Each contact in service with what was asked: the answer that holds, and those before it. One query."""
    contacts = [contact for contact in company.contacts.all() if contact.ended_on is None]
    given: dict[tuple[int, str], list[Consent]] = defaultdict(list)
    rows = Consent.objects.filter(contact__in=contacts).select_related("recorded_by").order_by("-recorded_at", "-id")
    for row in rows:
        given[row.contact_id, row.purpose].append(row)
    return [
        {
            "contact": contact,
            "purposes": [
                {
                    "text": text,
                    "now": next(iter(given[contact.pk, text.purpose]), None),
                    "all": given[contact.pk, text.purpose],
                }
                for text in CONSENT_TEXTS
            ],
        }
        for contact in contacts
    ]
