"""The feed of changes: what changed since a cursor."""

from __future__ import annotations

from typing import Any

from ninja import Query, Router

from acompana.api import schemas
from acompana.api.contract import endpoint
from acompana.api.door import ApiRequest
from acompana.api.feed import SCOPE_OF, changes_after
from acompana.api.paging import open_cursor, seal_cursor
from acompana.api.problems import Problem
from acompana.kernel import feed

router = Router()
ABOUT = "changes"


@endpoint(
    router, "GET", "/changes", scope="", answer=schemas.ChangesOut,
    summary="Qué cambió desde un cursor, en orden", refuses=("bad-cursor", "gone"),
)  # fmt: skip
def list_changes(request: ApiRequest, filters: Query[schemas.ChangesAsked]) -> Any:
    """Guarda `next` y vuelve con él: nada se pierde, aunque varios escriban a la vez. Sin cursor empieza en lo más
    antiguo que se guarda (90 días); con `start=now`, en lo que venga. `more` dice si ya hay más. Vienen las clases que
    los permisos de la clave alcanzan, sin valores: pídelos por `href`. Una empresa que se fusionó viene como `merged`,
    con la que quedó en `merged_into`, y como `split` si se deshizo; quien dejó su empresa, como `ended`. Una página
    vacía también avanza."""
    if filters.cursor:
        position: int = open_cursor(filters.cursor, ABOUT)[0]
        if position < feed.forgotten():
            raise Problem("gone")
    elif filters.start == "now":
        feed.settle()
        return {"items": [], "next": seal_cursor([feed.newest()], ABOUT), "more": False}
    else:
        position = feed.forgotten()
    if filters.kind and SCOPE_OF[filters.kind] not in request.caller.scopes:
        raise Problem("missing-scope", scope=SCOPE_OF[filters.kind])
    readable = {kind for kind, scope in SCOPE_OF.items() if scope in request.caller.scopes}
    wanted = {filters.kind} if filters.kind else readable
    items, position, more = changes_after(position, actor=request.actor, kinds=wanted, limit=filters.limit)
    return {"items": items, "next": seal_cursor([position], ABOUT), "more": more}
