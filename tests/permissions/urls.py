"""The addresses of the site, where a refusal is drawn the first time that somebody meets it and only said after that.

The table asks who is let in. What a refusal looks like depends on who is refused, by what and in which part of the
site, not on the address; drawn at each of thousands of them it was a tenth of the table's cost.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from acompana.config.urls import handler400, handler500, urlpatterns
from acompana.shell import errors
from acompana.shell.theme import manner_of

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
Refusal = Callable[[HttpRequest, Exception], HttpResponse]
_drawn: set[tuple[object, ...]] = set()


def drawn_once(status: int, draw: Refusal) -> Refusal:
    def refuse(request: HttpRequest, exception: Exception) -> HttpResponse:
        person = getattr(getattr(request, "actor", None), "person", None)
        met = (person and person.pk, status, request.method, manner_of(request.path))
        if met in _drawn:
            return HttpResponse(status=status)
        _drawn.add(met)
        answer = draw(request, exception)
        assert answer.status_code == status
        assert b"</html>" in answer.content
        return answer

    return refuse


handler403 = drawn_once(403, errors.permission_denied)
handler404 = drawn_once(404, errors.page_not_found)
