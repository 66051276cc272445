"""Where a company's data came from: by field, with the source and its row; and where sources say otherwise."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from acompana.companies.models import Company
from acompana.companies.permissions import may_change, may_see
from acompana.companies.views.record import SHOWN, record_context
from acompana.kernel.refusals import Refused
from acompana.kernel.row_ids import row_id
from acompana.people.access import ActorRequest, deny_unless, staff
from acompana.sources.operations.taking import take_word
from acompana.sources.permissions import may_import
from acompana.sources.queries import words_of_sources


def _company(request: ActorRequest, pk: int) -> Company:
    company = get_object_or_404(Company.objects.select_related(*SHOWN), pk=pk)
    deny_unless(may_see(request.actor, company), known=False)
    return company


@staff
@require_safe
def provenance(request: ActorRequest, pk: int) -> HttpResponse:
    """Everybody of the agency reads it."""
    company = _company(request, pk)
    fields, otherwise, sources = words_of_sources(company)
    context = {
        **record_context(request, company, "provenance"),
        "fields": fields,
        "otherwise": otherwise,
        "sources": sources,
        "may_open_runs": may_import(request.actor),
        "lacks_lines": any(credit.run is not None and credit.line is None for credit in fields),
    }
    return render(request, "sources/provenance.html", context)


@staff
@require_POST
def take(request: ActorRequest, pk: int) -> HttpResponse:
    """What a source says takes the place of what the agency had: an edit like any other, by who may make it."""
    company = _company(request, pk)
    deny_unless(
        may_change(request.actor, company), reason="Los datos de una empresa los cambia quien la tiene a cargo."
    )
    try:
        label = take_word(
            company=company,
            source_id=row_id(request.POST.get("source")) or 0,
            field=request.POST.get("field", ""),
            actor=request.actor,
            now=request.now,
        )
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, f"{label}: ahora dice lo de la fuente.")
    return redirect("sources:provenance", pk)
