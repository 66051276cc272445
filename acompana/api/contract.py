"""How an operation of the API is declared: its scope, what it answers, whether it writes; and how answers leave."""

from __future__ import annotations

import hashlib
import inspect
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router
from ninja.parser import Parser
from pydantic_core import to_json

from acompana.api.models import WrittenOnce
from acompana.api.problems import Problem, Said, wrong
from acompana.api.queries.tokens import Caller
from acompana.api.signing import signed_by
from acompana.kernel.verbs import one_act

JSON = "application/json"
LONGEST_KEY = 200
KEY_PATTERN = "^[A-Za-z0-9._:-]+$"
WHAT_IS_A_KEY = Said(
    f"Son de 1 a {LONGEST_KEY} letras sin tilde, números o «._:-».",
    f"It has 1 to {LONGEST_KEY} plain letters, digits or “._:-”.",
)


@dataclass(frozen=True, slots=True)
class Declared:
    """What an operation said of itself, for the document and for tests."""

    scope: str
    writes: bool
    refuses: tuple[str, ...] = ()
    example: Any = None
    body_example: Any = None
    headers: tuple[str, ...] = ()


@dataclass(slots=True)
class Answer:
    """A body with status and headers of its own."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Bearer:
    """Whether the caller's token has the scope. The door has found the caller by then."""

    openapi_security_schema = {
        "type": "http",
        "scheme": "bearer",
        "description": "Una clave de la API / a token of the API: `Authorization: Bearer aco_…`",
    }

    def __init__(self, scope: str) -> None:
        self.scope = scope

    def __call__(self, request: HttpRequest) -> bool:
        if self.scope and self.scope not in request.caller.scopes:  # type: ignore[attr-defined]
            raise Problem("missing-scope", scope=self.scope)
        return True


DECLARED: dict[str, Declared] = {}


def endpoint(
    router: Router,
    method: str,
    path: str,
    *,
    scope: str,
    summary: str,
    answer: Any,
    status: int = 200,
    refuses: tuple[str, ...] = (),
    example: Any = None,
    body_example: Any = None,
    headers: tuple[str, ...] = (),
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declares a view as an operation. Its parameters are typed; it gives back plain rows, or an `Answer`.

    What it gives back is not validated again: `answer` documents it, and a test holds the two together.
    """

    def declare(view: Callable[..., Any]) -> Callable[..., Any]:
        writes = method != "GET"

        @wraps(view)
        def call(request: HttpRequest, **values: Any) -> HttpResponse:
            _refuse_unknown(request, call._known)  # type: ignore[attr-defined]
            if writes:
                return write_once(request, lambda: _respond(view(request, **values), status))
            return _respond(view(request, **values), status)

        call.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
        declared = router.api_operation(
            [method],
            path,
            auth=[Bearer(scope)],
            response={status: answer},
            summary=summary,
            operation_id=view.__name__,
            url_name=view.__name__,
        )(call)
        operation = call._ninja_operation  # type: ignore[attr-defined]
        query = [model for model in operation.models if model.__ninja_param_source__ == "query"]
        call._known = {name for model in query for name in model.__ninja_flatten_map__}  # type: ignore[attr-defined]
        DECLARED[view.__name__] = Declared(scope, writes, refuses, example, body_example, headers)
        return declared

    return declare


def _refuse_unknown(request: HttpRequest, known: set[str]) -> None:
    """A filter that is misspelt would silently give everything; of one that is said twice, one would be dropped."""
    came = request.as_it_came  # type: ignore[attr-defined]
    if unknown := [name for name in came if name not in known]:
        message = Said(
            f"Esta operación no tiene ese parámetro. Tiene: {', '.join(sorted(known)) or 'ninguno'}.",
            f"Parameters of this operation: {', '.join(sorted(known)) or 'none'}.",
        )
        raise Problem("invalid", errors=[{"where": f"query.{name}"[:100], "message": message} for name in unknown])
    if twice := [name for name, values in came.lists() if len(values) > 1]:
        message = Said("Viene más de una vez: envíalo una sola.", "It comes more than once: send it once.")
        raise Problem("invalid", errors=[{"where": f"query.{name}", "message": message} for name in twice])


def _respond(result: Any, status: int) -> HttpResponse:
    if isinstance(result, HttpResponse):
        return result
    if isinstance(result, Answer):
        return HttpResponse(
            to_json(result.body), status=result.status or status, content_type=JSON, headers=dict(result.headers)
        )
    return HttpResponse(to_json(result), status=status, content_type=JSON)


# --- writes -------------------------------------------------------------------------------------------------------


def write_once(request: HttpRequest, act: Callable[[], HttpResponse]) -> HttpResponse:
    """One transaction around the effect and, with an `Idempotency-Key`, the memory of it: the same key and content
    again gives the same answer; other content is refused; of two at once one waits for the other."""
    caller: Caller = request.caller  # type: ignore[attr-defined]
    key = request.headers.get("Idempotency-Key")
    if key is None:
        with one_act(), signed_by(caller):
            return act()
    if len(key) > LONGEST_KEY or not re.fullmatch(KEY_PATTERN, key):
        raise wrong("header.Idempotency-Key", WHAT_IS_A_KEY)
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + _content(request)).hexdigest()
    token_id = caller.token_id
    now: datetime = request.now  # type: ignore[attr-defined]
    if before := _written(token_id, key, digest):
        return before
    try:
        with one_act(), signed_by(caller):
            kept = WrittenOnce.objects.create(token_id=token_id, key=key, digest=digest, written_at=now)
            response = act()
            kept.status, kept.answer = response.status_code, response.content.decode()
            kept.headers = {n: response.headers[n] for n in ("ETag", "Location") if n in response.headers}
            kept.save(update_fields=["status", "answer", "headers"])
        return response
    except IntegrityError:
        if before := _written(token_id, key, digest):
            return before
        raise


def _content(request: HttpRequest) -> bytes:
    """What was sent, the same however a program orders the keys of its JSON or spaces it."""
    try:
        return json.dumps(json.loads(request.body), sort_keys=True).encode()
    except (ValueError, RecursionError):
        return request.body


def _written(token_id: int, key: str, digest: str) -> HttpResponse | None:
    row = WrittenOnce.objects.filter(token_id=token_id, key=key).first()
    if row is None:
        return None
    if row.digest != digest:
        raise Problem("key-reused")
    headers = {**row.headers, "Idempotency-Replayed": "true"}
    return HttpResponse(row.answer, status=row.status, content_type=JSON, headers=headers)


# --- what comes in ------------------------------------------------------------------------------------------------


class JsonParser(Parser):
    """JSON as both databases can keep it: no null characters, no half characters, no NaN. Raises ValueError."""

    def parse_body(self, request: HttpRequest) -> Any:
        text = request.body.decode("utf-8")
        read = json.loads(text, parse_constant=_refuse_constant)
        if "\\u" in text or "\0" in text:
            clean = json.dumps(read, ensure_ascii=False)
            clean.encode("utf-8")  # raises UnicodeEncodeError, a ValueError, for half a surrogate pair
            if "\\u0000" in clean:
                raise ValueError("a null character")
        return read


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def build(routers: Sequence[tuple[str, Router]]) -> NinjaAPI:
    """The API of these routers, by tag. Errors go up to the door."""
    api = NinjaAPI(
        title="Acompaña",
        version="1.0",
        urls_namespace="api-v1",
        openapi_url=None,
        docs_url=None,
        parser=JsonParser(),
    )

    api._exception_handlers.clear()
    for tag, router in routers:
        api.add_router("", router, tags=[tag])
    return api
