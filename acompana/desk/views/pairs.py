"""Asking for a search of duplicates over the whole registry; it runs in the background."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from acompana.companies.operations import open_search
from acompana.companies.permissions import PAIR_SEARCHERS
from acompana.desk.jobs import search_pairs
from acompana.kernel.refusals import Refused
from acompana.messages.background import start_job
from acompana.people.access import ActorRequest, staff_with


@staff_with(*PAIR_SEARCHERS)
@require_POST
def search(request: ActorRequest) -> HttpResponse:
    """Starts the search and goes back to the list, which says how far it is."""
    try:
        with transaction.atomic():
            made = open_search(actor=request.actor, now=request.now)
            title = "Buscar fichas repetidas en todo el registro"
            start_job(search_pairs, title=title, actor=request.actor, now=request.now, search_id=made.pk)
    except Refused as refused:
        messages.warning(request, refused.reason)
    else:
        messages.success(request, "La búsqueda empezó. Esta página dice cuánto lleva.")
    return redirect("companies:pairs")
