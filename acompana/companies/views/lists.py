"""The registry's list: searched as one types, with views that people keep, and taken away as a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET, require_POST

from acompana.companies.listing import CompanyList, cells
from acompana.companies.models import DefaultView, ListExport, SavedView
from acompana.companies.operations import delete_view, note_export, open_with_view, save_view
from acompana.companies.operations.keeping import day_of
from acompana.companies.permissions import may_change_view, may_share_with_all, those_may_change, views_of
from acompana.kernel.refusals import Refused
from acompana.people.access import ActorRequest, deny_unless, staff
from acompana.shell.spreadsheet import csv_response, xlsx_response

ALL = "todas"


@staff
@require_GET
def company_list(request: ActorRequest) -> HttpResponse:
    """The registry, searched as one types; what is registry only stays out unless asked for (DEF-7)."""
    views = list(views_of(request.actor).select_related("owner"))
    opening = next((view for view in views if view.opens), None)  # type: ignore[attr-defined]
    if not request.GET and opening is not None:
        return redirect(view_address(opening))
    listing = CompanyList(request.GET, actor=request.actor, today=day_of(request.now))
    here = next((view for view in views if str(view.pk) == request.GET.get("vista")), None)
    page = listing.page
    context = {
        "listing": listing,
        "page": page,
        "editable": those_may_change(request.actor, page.object_list),
        "rows": [(company, cells(company, listing.columns)) for company in page.object_list],
        "chips": listing.chips(),
        "tabs": _tabs(views, here),
        "here": here,
        "here_changed": here is not None and here.query != listing.own_query(),
        "may_change": here is not None and may_change_view(request.actor, here),
        "shares": _shares(request),
    }
    template = "companies/parts/list.html" if request.htmx else "companies/list.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def view_address(view: SavedView) -> str:
    query = QueryDict(view.query, mutable=True)
    query["vista"] = str(view.pk)
    return f"{reverse('companies:list')}?{query.urlencode(safe=',')}"


def _tabs(views: Iterable[SavedView], here: SavedView | None) -> list[dict[str, Any]]:
    every = {"label": "Todas", "href": f"?vista={ALL}", "current": here is None}
    return [every, *({"label": v.name, "href": view_address(v), "current": v == here} for v in views)]


def _shares(request: ActorRequest) -> list[tuple[str, str]]:
    offered = [SavedView.Share.OWN]
    if request.actor.office_id is not None:
        offered.append(SavedView.Share.OFFICE)
    if may_share_with_all(request.actor):
        offered.append(SavedView.Share.ALL)
    return [(share.value, str(share.label)) for share in offered]


# --- views ------------------------------------------------------------------------------------------------------


@staff
@require_POST
def new_view(request: ActorRequest) -> HttpResponse:
    """Keeps the question that is on screen under a name."""
    query = request.POST.get("query", "")
    try:
        view = save_view(
            name=request.POST.get("name", ""),
            share=request.POST.get("share", ""),
            query=query,
            actor=request.actor,
            now=request.now,
        )
    except Refused as refused:
        messages.error(request, refused.reason)
        return redirect(f"{reverse('companies:list')}?{QueryDict(query).urlencode(safe=',')}")
    messages.success(request, f"La vista «{view}» quedó guardada.")
    return redirect(view_address(view))


@staff
@require_POST
def change_view(request: ActorRequest, pk: int) -> HttpResponse:
    """What is done with a view: `save` (this question), `default`, `no_default`, `delete`, which `ask_delete` asks
    about before."""
    view = get_object_or_404(views_of(request.actor), pk=pk)
    deed = request.POST.get("do", "")
    if deed in ("save", "ask_delete", "delete"):
        deny_unless(may_change_view(request.actor, view), reason="Una vista la cambia quien la guardó.")
    if deed == "ask_delete":
        return _ask_to_delete(request, view)
    sentence = ""
    try:
        match deed:
            case "save":
                save_view(
                    view=view,
                    name=view.name,
                    share=view.share,
                    query=request.POST.get("query", ""),
                    actor=request.actor,
                    now=request.now,
                )
                sentence = f"La vista «{view}» guarda ahora lo que se ve."
            case "default" | "no_default":
                open_with_view(view=view if deed == "default" else None, actor=request.actor)
                sentence = f"«Empresas» se abrirá con {f'la vista «{view}»' if deed == 'default' else 'todas'}."
            case "delete":
                delete_view(view=view, actor=request.actor)
                messages.success(request, f"La vista «{view}» se borró.")
                return redirect(f"{reverse('companies:list')}?vista={ALL}")
            case _:
                raise Refused("Elige qué hacer.")
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, sentence)
    view.refresh_from_db()
    return redirect(view_address(view))


def _ask_to_delete(request: ActorRequest, view: SavedView) -> HttpResponse:
    """Which view goes, and who else misses it: nothing brings it back."""
    others = DefaultView.objects.filter(view=view).exclude(person=request.actor.person).count()
    context = {"view": view, "others": others, "back": view_address(view)}
    return render(request, "companies/delete_view.html", context)


# --- file -------------------------------------------------------------------------------------------------------


@staff
@require_GET
def export(request: ActorRequest, form: str) -> HttpResponseBase:
    """What is on screen as CSV or XLSX (FMT-5): the same rows, order and columns, and one for what a cell shows
    beneath. It is written down who took it."""
    if form not in ("csv", "xlsx"):
        raise Http404
    listing = CompanyList(request.GET, actor=request.actor, today=day_of(request.now))
    note = note_export(query=listing.own_query(), form=form, actor=request.actor, now=request.now)
    make = csv_response if form == "csv" else xlsx_response
    return make("empresas", [column.label for column in listing.file_columns], _counted(listing.rows(), note))


def _counted(rows: Iterator[list[Any]], note: ListExport) -> Iterator[list[Any]]:
    count = 0
    for row in rows:
        count += 1
        yield row
    ListExport.objects.filter(pk=note.pk).update(rows=count)
