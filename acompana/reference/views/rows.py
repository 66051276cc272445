"""One row of reference data: what uses it, its history, and what an administrator may change of it, told beforehand.

Who may come in is declared in `people.access`, a floor above.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from acompana.kernel.changes import history_of
from acompana.kernel.refusals import Refused
from acompana.kernel.row_ids import row_id
from acompana.reference.amending import (
    AMENDED,
    add_sector,
    add_spelling,
    added_spellings,
    amend,
    moves_of,
    propose,
    remove_spelling,
    uses_of,
)
from acompana.reference.models import Activity, Commune, SalesBracket, Sector
from acompana.reference.views.desk import PARTS, TABLES, show

PART_OF = {
    "comunas": "reference:places",
    "actividades": "reference:activities",
    "arancel": "reference:tariff",
    "sectores": "reference:sectors",
}


@require_http_methods(["GET", "POST"])
def row(request: HttpRequest, table: str, pk: int) -> HttpResponse:
    """What uses a row, and its history. A POST of an administrator shows what a change would touch (`preview`), makes
    it (`amend`), adds a spelling (`spelling`) or takes one away (`unspell`). `?retirar` asks before a row is taken out
    of use."""
    model: Any = TABLES.get(table)
    if model is None:
        raise Http404
    found = get_object_or_404(model, pk=pk)
    if request.method == "POST":
        return _change(request, table, found)
    return _show_row(request, table, found, asks_to_retire="retirar" in request.GET and found.retired_on is None)


def _change(request: HttpRequest, table: str, found: Any) -> HttpResponse:
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    if not actor.has_role("administrator"):
        raise PermissionDenied("Los datos de referencia los cambia la administración.")
    values = _typed(found, request)
    try:
        match request.POST.get("do"):
            case "preview":
                return _show_row(request, table, found, proposed=propose(found, values), values=values)
            case "amend":
                amend(row=found, values=values, actor=actor, now=now)
            case "spelling" if isinstance(found, Commune):
                add_spelling(commune=found, spelling=request.POST.get("spelling", ""), actor=actor, now=now)
            case "unspell" if isinstance(found, Commune):
                remove_spelling(commune=found, alias_id=row_id(request.POST.get("alias")) or 0, actor=actor, now=now)
            case _:
                raise Refused("Elige qué hacer.")
    except Refused as refused:
        return _show_row(request, table, found, refusal=refused.reason, values=values, status=422)
    messages.success(request, "El cambio quedó guardado y en la historia de la fila.")
    return redirect("reference:row", table=table, pk=found.pk)


def _show_row(
    request: HttpRequest,
    table: str,
    found: Any,
    *,
    proposed: Sequence[tuple[str, str, str]] = (),
    values: Mapping[str, Any] | None = None,
    refusal: str = "",
    asks_to_retire: bool = False,
    status: int = 200,
) -> HttpResponse:
    current = PART_OF.get(table, "reference:lists")
    column = AMENDED.get(type(found), ("",))[0]
    name = getattr(found, "label", None) or getattr(found, "name", str(found))
    typed = values or {}
    today = timezone.localdate(request.now)  # type: ignore[attr-defined]
    changes = {"retired_on": today} if asks_to_retire else typed
    return show(
        request,
        "row",
        current,
        status=status,
        row=found,
        table=table,
        back=dict((name, label) for label, name in PARTS)[current],
        back_name=current,
        uses=uses_of(found),
        moves=moves_of(found, changes, today) if proposed or asks_to_retire else [],
        turns=history_of(found),
        can_amend=type(found) in AMENDED,
        is_sector=isinstance(found, Sector),
        name=name,
        typed_name=typed.get(column, name),
        typed_strategic=typed.get("strategic", getattr(found, "strategic", False)),
        longest=found._meta.get_field("label" if isinstance(found, SalesBracket) else "name").max_length,
        spellings=list(found.aliases.order_by("spelling")) if isinstance(found, Commune) else None,
        added=list(added_spellings(found)) if isinstance(found, Commune) else [],
        typed_spelling=request.POST.get("spelling", ""),
        list_filter=_list_filter(found),
        proposed=[{"label": label, "value": f"{was} → {becomes}"} for label, was, becomes in proposed],
        refusal=refusal,
        asks_to_retire=asks_to_retire,
    )


def _typed(found: models.Model, request: HttpRequest) -> dict[str, Any]:
    values: dict[str, Any] = {AMENDED[type(found)][0]: request.POST.get("name", "")} if type(found) in AMENDED else {}
    if isinstance(found, Sector):
        values["strategic"] = request.POST.get("strategic") == "1"
    return values


def _list_filter(found: models.Model) -> str:
    """How the list of companies is asked for those of the row; empty where it has no such filter."""
    match found:
        case Sector():
            return f"sector={found.slug}"
        case Commune():
            return f"comuna={found.code}"
        case Activity():
            return f"actividad={found.code}"
        case SalesBracket():
            return f"tramo={found.pk}"
    return ""


@require_POST
def new_sector(request: HttpRequest) -> HttpResponse:
    """A sector more, of an administrator."""
    try:
        made = add_sector(
            name=request.POST.get("name", ""),
            strategic=request.POST.get("strategic") == "1",
            actor=request.actor,  # type: ignore[attr-defined]
            now=request.now,  # type: ignore[attr-defined]
        )
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, f"«{made}» se ofrece desde ahora.")
    return redirect("reference:sectors")
