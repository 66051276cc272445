"""One thing for many companies: what to do, what it would do, how far it is, and the way back (EXP-4)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from acompana.companies.listing import CompanyList
from acompana.companies.models import BulkAction
from acompana.companies.operations.keeping import day_of
from acompana.companies.permissions import ABOVE_OFFICES
from acompana.companies.queries import known_companies, portfolio_loads
from acompana.desk.bulk import (
    MOST,
    UNDOABLE,
    VERBS,
    ask_to_undo,
    prepare_bulk,
    run_bulk,
    start_bulk,
    undo_bulk,
)
from acompana.desk.bulk_preview import changed_by, preview_bulk, rows_of
from acompana.desk.jobs import do_bulk, take_back_bulk
from acompana.kernel.alphabet import Alphabetical
from acompana.kernel.refusals import Refused
from acompana.kernel.row_ids import row_id
from acompana.messages.background import start_job
from acompana.people.access import ActorRequest, deny_unless, staff
from acompana.people.office_choice import office_choices
from acompana.people.queries import offices_in_service, staff_with_role, staying, with_absences
from acompana.reference.models import Sector
from acompana.shell.words import count_of

AT_ONCE = 200  # more than this is done in the background
SHOWN = 100
PER_PAGE = 25
ROWS = 50
EXECUTIVES = (
    "regional-executive",
    "regional-sector-lead",
    "regional-director",
    "commercial-executive",
    "cpe-executive",
)
NOW_LABELS = {
    "assign": "A cargo ahora",
    "office": "Oficina ahora",
    "sector": "Sector ahora",
    "origin": "Dónde la conocimos ahora",
    "invite": "Correo de la invitación",
}


@staff
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """What to do with the companies chosen in the list: these, or all that match."""
    asked = request.POST if request.method == "POST" else request.GET
    ids = chosen_ids(request, asked)
    refusal = ""
    if request.method == "POST":
        verb = request.POST.get("verb", "")
        try:
            action = prepare_bulk(
                verb=verb,
                value=request.POST.get(f"value_{verb}", "").strip()[:200],
                company_ids=ids,
                actor=request.actor,
                now=request.now,
            )
            return redirect(_address(action.pk, _question(asked)))
        except Refused as refused:
            refusal = refused.reason
    elif not ids:
        messages.warning(request, "Elige al menos una empresa de la lista.")
        return redirect(_list_address(_question(asked)))
    context = {
        "count": len(ids),
        "too_many": len(ids) > MOST,
        "consulta": _question(asked),
        "list_address": _list_address(_question(asked)),
        "all": asked.get("todas") == "1",
        "ids": [] if asked.get("todas") == "1" else ids,
        "verbs": list(VERBS.items()),
        "chosen": asked.get("verb", ""),
        "executives": _executives(request),
        "offices": office_choices(offices_in_service(), "pk"),
        "sectors": Sector.objects.filter(retired_on=None),
        "typed": request.POST,
        "refusal": refusal,
    }
    return render(request, "desk/new_bulk.html", context, status=422 if refusal else 200)


def _executives(request: ActorRequest) -> list[dict[str, Any]]:
    """To whom the actor may give companies, with how many each has: executives of their office, or of all for the
    roles above offices."""
    today = day_of(request.now)
    found = with_absences(staying(staff_with_role(*EXECUTIVES, on=today), today), today).order_by(
        Alphabetical("person__given_names"), Alphabetical("person__family_names")
    )
    if not request.actor.has_role(*ABOVE_OFFICES):
        found = found.filter(office=request.actor.office_id)
    members = list(found)
    loads = portfolio_loads([member.person_id for member in members])
    return [{"member": member, "load": loads[member.person_id]} for member in members]


def _question(asked: QueryDict) -> str:
    """What the list was asked that the companies were chosen from. It goes from page to page in the address, so that
    the last one leads back to that list, with its filters, columns and order."""
    return asked.get("consulta", "")[:4000]


def _list_address(question: str) -> str:
    query = QueryDict(question).urlencode(safe=",")
    return f"{reverse('companies:list')}?{query}" if query else reverse("companies:list")


def _address(pk: int, question: str) -> str:
    """The page of an act, that knows the way back."""
    address = reverse("desk:bulk", args=[pk])
    return f"{address}?{urlencode({'consulta': question})}" if question else address


def chosen_ids(request: ActorRequest, asked: QueryDict) -> list[int]:
    """The ids chosen, one more than may be at most; those that are no company are left out."""
    if asked.get("todas") == "1":
        listing = CompanyList(QueryDict(_question(asked)), actor=request.actor, today=day_of(request.now))
        return list(listing.companies().order_by().values_list("pk", flat=True)[: MOST + 1])
    given = [pk for text in asked.getlist("id")[:MOST] if (pk := row_id(text))]
    return list(known_companies().filter(pk__in=given).values_list("pk", flat=True))


@staff
@require_GET
def made(request: ActorRequest) -> HttpResponse:
    """What the person did with many companies, newest first: the way back to each. A preview that nobody confirmed
    is none."""
    assert request.actor.person is not None
    mine = BulkAction.objects.filter(made_by=request.actor.person).exclude(state=BulkAction.State.PREVIEW)
    rows = mine.defer("company_ids", "left_out", "kept").order_by("-id")
    return render(request, "desk/bulks.html", {"page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))})


@staff
@require_http_methods(["GET", "POST"])
def bulk(request: ActorRequest, pk: int) -> HttpResponse:
    """Its preview, how far it is, what it did; a POST confirms it (`run`) or undoes it (`undo`). Of who made it."""
    action = get_object_or_404(BulkAction.objects.select_related("change_set", "made_by"), pk=pk)
    deny_unless(request.actor.person is not None and action.made_by_id == request.actor.person.pk, known=False)
    if request.method == "POST":
        try:
            match request.POST.get("do"):
                case "run":
                    _run(request, action)
                case "undo":
                    _undo(request, action)
                case _:
                    raise Refused("Elige qué hacer.")
        except Refused as refused:
            messages.error(request, refused.reason)
        return redirect(_address(pk, _question(request.GET)))
    context: dict[str, Any] = {
        "action": action,
        "total": len(action.company_ids),
        "list_address": _list_address(_question(request.GET)),
        "here": _address(pk, _question(request.GET)),
        "now_label": NOW_LABELS.get(action.verb, ""),
    }
    shown: list[int] = []
    if action.state == BulkAction.State.PREVIEW:
        preview = preview_bulk(action, request.actor, request.now)
        left, shown = preview.left_out, preview.changing
        context |= {"preview": preview, "becomes": action.title.partition(": ")[2]}
    else:
        left = action.kept if action.state == BulkAction.State.UNDONE else action.left_out
        can = action.state == BulkAction.State.DONE and action.verb in UNDOABLE and action.count > 0
        shown = changed_by(action) if action.state == BulkAction.State.DONE else []
        context |= {"can_undo": can}
    page = Paginator(shown, ROWS).get_page(request.GET.get("page"))
    context |= {"page": page, "companies": rows_of(action, list(page.object_list)) if shown else []}
    if action.state == BulkAction.State.UNDONE:
        context["went_back"] = _went_back(action.count - len(left), len(left))
    context |= {"left_out": left[:SHOWN], "left_count": len(left), "left_more": max(len(left) - SHOWN, 0)}
    return render(request, "desk/bulk.html", context)


def _went_back(back: int, kept: int) -> str:
    """How many are as they were, and how many stayed because somebody changed them since."""
    words = "Se deshizo. " + (
        f"{count_of(back, 'empresa volvió', 'empresas volvieron')} a como {'estaba' if back == 1 else 'estaban'}."
        if back
        else "Ninguna empresa volvió a como estaba."
    )
    if not kept:
        return words
    return (
        f"{words} {count_of(kept, 'quedó como está, porque cambió', 'quedaron como están, porque cambiaron')} después."
    )


def _run(request: ActorRequest, action: BulkAction) -> None:
    beyond = request.POST.get("beyond") == "1"
    if len(action.company_ids) <= AT_ONCE:
        with transaction.atomic():
            start_bulk(action=action, actor=request.actor, now=request.now, beyond_places=beyond)
            run_bulk(action_id=action.pk, actor=request.actor, now=request.now)
        return
    with transaction.atomic():
        start_bulk(action=action, actor=request.actor, now=request.now, beyond_places=beyond)
        start_job(do_bulk, title=action.title[:160], actor=request.actor, now=request.now, action_id=action.pk)


def _undo(request: ActorRequest, action: BulkAction) -> None:
    if action.count > AT_ONCE:
        title = f"Deshacer: {action.title}"[:160]
        with transaction.atomic():
            ask_to_undo(action=action, actor=request.actor)
            start_job(take_back_bulk, title=title, actor=request.actor, now=request.now, action_id=action.pk)
        return
    undo_bulk(action=action, actor=request.actor, now=request.now)
