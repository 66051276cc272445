"""Errors as RFC 9457 says, with a sentence in Spanish, or in English for who asks so."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import HttpError, ValidationError
from pydantic_core import to_json

from acompana.kernel.refusals import Refused, Stale

log = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"
DOCUMENTED_AT = "/api/v1/docs#"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of error: its status, and title and sentence in Spanish and in English."""

    status: int
    title: str
    title_en: str
    detail: str
    detail_en: str


KINDS: Mapping[str, Kind] = {
    "unreadable": Kind(400, "No se entiende la petición", "The request cannot be read",
        "El cuerpo o la dirección no se pueden leer. Revisa que el cuerpo sea JSON en UTF-8, sin caracteres nulos.",
        "The body or the address cannot be read. Send JSON in UTF-8, without null characters."),
    "bad-cursor": Kind(400, "Ese cursor no sirve", "That cursor cannot be used",
        "Usa el valor de «next» tal como llegó, con los mismos filtros, o empieza otra vez sin cursor.",
        "Use the value of “next” as it came, with the same filters, or start again without a cursor."),
    "no-token": Kind(401, "Falta la clave", "A token is needed",
        "Envía la cabecera «Authorization: Bearer …» con una clave de la API.",
        "Send the header “Authorization: Bearer …” with a token of the API."),
    "bad-token": Kind(401, "La clave no sirve", "The token is not valid",
        "Esa clave no existe, venció o fue revocada.", "That token does not exist, has expired or was revoked."),
    "missing-scope": Kind(403, "La clave no alcanza para esto", "The token lacks a scope",
        "La clave no tiene el permiso que pide esta operación.",
        "The token does not have the scope that this operation asks for."),
    "not-allowed": Kind(403, "No tienes permiso", "Not allowed",
        "No tienes permiso para hacer esto.", "You may not do this."),
    "not-found": Kind(404, "No existe", "Not found",
        "No hay nada en esa dirección, o no puedes saber de ello.",
        "There is nothing at that address, or you may not know of it."),
    "method": Kind(405, "Ese método no va aquí", "Method not allowed",
        "Esta dirección no atiende ese método; la cabecera Allow dice cuáles.",
        "This address does not serve that method; the header Allow says which."),
    "stale": Kind(409, "Cambió mientras tanto", "It has changed meanwhile",
        "Otra persona lo guardó antes. Léelo de nuevo y vuelve a enviar tu cambio.",
        "Somebody saved it first. Read it again and send your change again."),
    "gone": Kind(410, "Ese cursor es demasiado antiguo", "That cursor is too old",
        "Los cambios de entonces ya no se guardan. Lee de nuevo lo que necesitas y empieza sin cursor.",
        "The changes of that time are no longer kept. Read what you need anew and start without a cursor."),
    "precondition": Kind(412, "Cambió mientras tanto", "It has changed meanwhile",
        "La versión de If-Match no es la guardada. Lee de nuevo y vuelve a enviar tu cambio.",
        "The version in If-Match is not the stored one. Read it again and send your change again."),
    "too-large": Kind(413, "Es demasiado", "Too large", "El cuerpo es demasiado grande.", "The body is too large."),
    "media": Kind(415, "Solo se lee JSON", "Only JSON is read",
        "Envía el cuerpo con «Content-Type: application/json».",
        "Send the body with “Content-Type: application/json”."),
    "invalid": Kind(422, "Hay datos que corregir", "Some values are not valid",
        "Revisa los datos que señala «errors».", "Look at the values named in “errors”."),
    "refused": Kind(422, "No se puede", "Refused", "La regla no lo permite.", "The rule does not allow it."),
    "key-reused": Kind(422, "Esa Idempotency-Key ya se usó", "That Idempotency-Key was used already",
        "Llegó antes con otro contenido. Usa una clave nueva para cada escritura distinta.",
        "It came before with another content. Use a new key for each different write."),
    "needs-version": Kind(428, "Falta decir qué versión cambias", "Say which version you change",
        "Envía If-Match con el ETag que leíste, o «version» en el cuerpo.",
        "Send If-Match with the ETag that you read, or “version” in the body."),
    "too-many": Kind(429, "Demasiadas peticiones", "Too many requests",
        "La clave pasó su límite por minuto. Espera los segundos que dice Retry-After.",
        "The token is over its limit for this minute. Wait the seconds that Retry-After says."),
    "failed": Kind(500, "Algo falló de nuestro lado", "Something failed on our side",
        "No se pudo terminar. Ya quedó anotado para quienes cuidan el sistema.",
        "It could not be finished. Whoever looks after the system has been told."),
    "busy": Kind(503, "El sistema está ocupado", "The system is busy",
        "No se guardó nada de esta petición. Espera medio minuto y envíala otra vez.",
        "Nothing of this request was saved. Wait half a minute and send it again."),
}  # fmt: skip


class Problem(Exception):
    """Stops a request. `detail` replaces the kind's sentence; `more` are members of the document."""

    def __init__(self, kind: str, detail: str = "", headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(kind)
        self.kind, self.detail, self.headers, self.more = kind, detail, headers or {}, more


def wants_english(request: HttpRequest) -> bool:
    """Whether the first language of Accept-Language is English."""
    return request.headers.get("Accept-Language", "").lstrip().lower().startswith("en")


def document(request: HttpRequest, kind: str, detail: str = "", **more: Any) -> dict[str, Any]:
    said, english = KINDS[kind], wants_english(request)
    return {
        "type": DOCUMENTED_AT + kind,
        "title": said.title_en if english else said.title,
        "status": said.status,
        "detail": detail or (said.detail_en if english else said.detail),
        **more,
    }


def respond(
    request: HttpRequest, kind: str, detail: str = "", headers: Mapping[str, str] | None = None, **more: Any
) -> HttpResponse:
    body = to_json(document(request, kind, detail, **more))
    return HttpResponse(body, status=KINDS[kind].status, content_type=CONTENT_TYPE, headers=dict(headers or {}))


def respond_to(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The answer to anything that was raised on the way."""
    match exception:
        case Problem():
            return respond(request, exception.kind, exception.detail, exception.headers, **exception.more)
        case ValidationError():
            return respond(request, "invalid", errors=[_told(error, request) for error in exception.errors])
        case Stale():
            return respond(request, "stale", exception.reason, rule=exception.rule)
        case Refused():
            more: dict[str, Any] = {"rule": exception.rule} if exception.rule else {}
            return respond(request, "refused", exception.reason, **more)
        case IntegrityError():
            # Two at once wrote what can be there once; the second finds it when it looks again.
            log.warning("refused by the API: %s %s: %s", request.method, request.path[:200], exception)
            return respond(request, "stale")
        case Http404():
            return respond(request, "not-found")
        case PermissionDenied():
            return respond(request, "not-allowed", "" if wants_english(request) else str(exception))
        case RequestDataTooBig():
            return respond(request, "too-large")
        case HttpError() | SuspiciousOperation() | OverflowError() | DataError():
            log.warning("refused by the API: %s %s: %s", request.method, request.path[:200], exception)
            return respond(request, "unreadable")
        case OperationalError() | InterfaceError():
            log.error("the database did not answer at %s %s: %s", request.method, request.path[:200], exception)
            return respond(request, "busy", headers={"Retry-After": "30"})
    log.error("the API failed at %s %s", request.method, request.path[:200], exc_info=exception)
    if sys.exc_info()[1] is exception:
        got_request_exception.send(sender=None, request=request)
    return respond(request, "failed")


# --- what is wrong with a value ------------------------------------------------------------------------------------

SENTENCES: Mapping[str, tuple[str, str]] = {
    "missing": ("Falta.", "It is missing."),
    "extra_forbidden": ("No existe ese dato.", "There is no such value."),
    "int": ("Tiene que ser un número entero.", "It has to be a whole number."),
    "bool": ("Tiene que ser true o false.", "It has to be true or false."),
    "timezone": ("Di el desfase: 2026-09-16T15:00:00-03:00.", "Say the offset: 2026-09-16T15:00:00-03:00."),
    "date": ("Tiene que ser una fecha AAAA-MM-DD.", "It has to be a date YYYY-MM-DD."),
    "datetime": ("Tiene que ser fecha y hora ISO 8601.", "It has to be a date and time of ISO 8601."),
    "string_too_long": ("Es demasiado largo: el máximo es {max_length}.", "It is too long: {max_length} at most."),
    "string_too_short": ("Es demasiado corto: el mínimo es {min_length}.", "It is too short: at least {min_length}."),
    "greater_than_equal": ("Tiene que ser {ge} o más.", "It has to be {ge} or more."),
    "less_than_equal": ("Tiene que ser {le} o menos.", "It has to be {le} or less."),
    "literal_error": ("No es una de las opciones: {expected}.", "It is none of: {expected}."),
    "enum": ("No es una de las opciones: {expected}.", "It is none of: {expected}."),
    "too_long": ("Son demasiados: {max_length} a lo más.", "They are too many: {max_length} at most."),
    "string_type": ("Tiene que ser texto.", "It has to be text."),
    "model_attributes_type": ("Tiene que ser un objeto JSON.", "It has to be a JSON object."),
}
OTHER = ("No es un valor válido.", "It is not a valid value.")


def _told(error: dict[str, Any], request: HttpRequest) -> dict[str, Any]:
    """One error of pydantic as {where, message}."""
    kind = error.get("type", "")
    parts = kind.split("_")
    pair = SENTENCES.get(kind) or SENTENCES.get(parts[0]) or OTHER
    sentence = pair[1] if wants_english(request) else pair[0]
    try:
        sentence = sentence.format(**error.get("ctx", {}))
    except (KeyError, IndexError):
        sentence = OTHER[1] if wants_english(request) else OTHER[0]
    where = [str(part) for part in error.get("loc", ())]
    return {"where": ".".join(part for part in where if part not in ("data", "filters")), "message": sentence}
