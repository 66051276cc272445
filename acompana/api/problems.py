"""Errors as RFC 9457 says, with a sentence in Spanish, or in English for who asks so."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation.trans_real import parse_accept_lang_header
from ninja.errors import HttpError, ValidationError
from pydantic_core import to_json

from acompana.kernel.refusals import Refused, Stale

log = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"
DOCUMENTED_AT = "/api/v1/docs#"
LARGEST_BODY = (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) / 2**20


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of error: its status, and title and sentence in Spanish and in English."""

    status: int
    title: str
    title_en: str
    detail: str
    detail_en: str


class Said(NamedTuple):
    """A sentence in both languages. A plain text where one may stand is Spanish alone, as rules say it."""

    es: str
    en: str


KINDS: Mapping[str, Kind] = {
    "moved": Kind(301, "Esa empresa se fusionó", "That company was merged",
        "Se unió a otra: lo que pides está en «Location», y la que quedó en «company_id».",
        "It was joined to another one: what you ask for is at “Location”; “company_id” is the one that stayed."),
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
    "merged": Kind(409, "Esa empresa se fusionó", "That company was merged",
        "Se unió a otra, y no se escribe en ella: escribe en la que quedó, «company_id», en «href».",
        "It was joined to another one and is not written to: write to the one that stayed, “company_id”, at “href”."),
    "left": Kind(409, "Esa persona dejó la empresa", "That person left the company",
        "Ya no es contacto suyo, y sus datos no se cambian: se leen, con «ended_on», el día en que la dejó.",
        "They are no contact of it any more, and their data are not changed: they are read, with “ended_on”, the day "
        "on which they left."),
    "gone": Kind(410, "Ese cursor es demasiado antiguo", "That cursor is too old",
        "Los cambios de entonces ya no se guardan. Lee de nuevo lo que necesitas y empieza sin cursor.",
        "The changes of that time are no longer kept. Read what you need anew and start without a cursor."),
    "precondition": Kind(412, "Cambió mientras tanto", "It has changed meanwhile",
        "La versión de If-Match no es la guardada. Lee de nuevo y vuelve a enviar tu cambio.",
        "The version in If-Match is not the stored one. Read it again and send your change again."),
    "too-large": Kind(413, "Es demasiado", "Too large",
        f"El cuerpo es demasiado grande: el máximo es de {LARGEST_BODY:.1f} MB.".replace(".", ",", 1),
        f"The body is too large: {LARGEST_BODY:.1f} MB at most."),
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

    def __init__(
        self, kind: str, detail: str | Said = "", headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(kind)
        self.kind, self.detail, self.headers, self.more = kind, detail, headers or {}, more


def wrong(where: str, message: str | Said) -> Problem:
    """A value that cannot be taken: where it stands («body.rut», «query.region») and why."""
    return Problem("invalid", errors=[{"where": where, "message": message}])


def wants_english(request: HttpRequest) -> bool:
    """Whether English comes before Spanish in Accept-Language. Spanish for who says neither."""
    for language, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()):
        if language[:2] in ("es", "en"):
            return language[:2] == "en"
    return False


def document(request: HttpRequest, kind: str, detail: str | Said = "", **more: Any) -> dict[str, Any]:
    """The body of an error, in one language from end to end: English for who wants it, unless something in it is said
    in Spanish alone, as the rules of the agency are."""
    said = KINDS[kind]
    errors: list[dict[str, Any]] = more.get("errors", [])
    spoken = [told for told in (detail, *(error["message"] for error in errors)) if told]
    english = wants_english(request) and all(isinstance(told, Said) for told in spoken)
    if errors:
        more["errors"] = [{**error, "message": _in(error["message"], english)} for error in errors]
    request.content_language = "en" if english else settings.LANGUAGE_CODE  # type: ignore[attr-defined]
    return {
        "type": DOCUMENTED_AT + kind,
        "title": said.title_en if english else said.title,
        "status": said.status,
        "detail": _in(detail, english) or (said.detail_en if english else said.detail),
        **more,
    }


def _in(told: str | Said, english: bool) -> str:
    if isinstance(told, Said):
        return told.en if english else told.es
    return told


def respond(
    request: HttpRequest, kind: str, detail: str | Said = "", headers: Mapping[str, str] | None = None, **more: Any
) -> HttpResponse:
    body = to_json(document(request, kind, detail, **more))
    return HttpResponse(body, status=KINDS[kind].status, content_type=CONTENT_TYPE, headers=dict(headers or {}))


NAMED_HERE = {"contact": "contact_id"}  # what an operation calls otherwise than its body does


def respond_to(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The answer to anything that was raised on the way."""
    match exception:
        case Problem():
            return respond(request, exception.kind, exception.detail, exception.headers, **exception.more)
        case ValidationError():
            told = {row["where"]: row for row in map(_told, reversed(exception.errors))}
            return respond(request, "invalid", errors=[*reversed(told.values())])
        case Stale():
            return respond(request, "stale", exception.reason, rule=exception.rule)
        case Refused():
            return respond(request, "refused", exception.reason, **about(exception))
        case IntegrityError():
            # Two at once wrote what can be there once; the second finds it when it looks again.
            log.warning("refused by the API: %s %s: %s", request.method, request.path[:200], exception)
            return respond(request, "stale")
        case Http404():
            return respond(request, "not-found")
        case PermissionDenied():
            return respond(request, "not-allowed", str(exception))
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


def about(refusal: Refused) -> dict[str, Any]:
    """The rule behind a refusal, and the value that is at fault, where there is one."""
    more: dict[str, Any] = {"rule": refusal.rule} if refusal.rule else {}
    if refusal.field:
        where = f"body.{NAMED_HERE.get(refusal.field, refusal.field)}"
        more["errors"] = [{"where": where, "message": refusal.reason}]
    return more


# --- what is wrong with a value ------------------------------------------------------------------------------------

SENTENCES: Mapping[str, tuple[str, str]] = {
    "missing": ("Falta.", "It is missing."),
    "extra_forbidden": ("No existe ese dato.", "There is no such value."),
    "int": ("Tiene que ser un número entero.", "It has to be a whole number."),
    "bool": ("Tiene que ser true o false.", "It has to be true or false."),
    "timezone": ("Di el desfase: 2026-09-16T15:00:00-03:00.", "Say the offset: 2026-09-16T15:00:00-03:00."),
    "date": ("Tiene que ser una fecha AAAA-MM-DD.", "It has to be a date YYYY-MM-DD."),
    "datetime": ("Tiene que ser fecha y hora ISO 8601.", "It has to be a date and time of ISO 8601."),
    "iso": ("Escríbela como 2026-09-16, con hora 2026-09-16T15:00:00-03:00.",
        "Write it as 2026-09-16, with an hour 2026-09-16T15:00:00-03:00."),
    "string_too_long": ("Es demasiado largo: el máximo es {max_length}.", "It is too long: {max_length} at most."),
    "string_too_short": ("Es demasiado corto: el mínimo es {min_length}.", "It is too short: at least {min_length}."),
    "greater_than_equal": ("Tiene que ser {ge} o más.", "It has to be {ge} or more."),
    "less_than_equal": ("Tiene que ser {le} o menos.", "It has to be {le} or less."),
    "literal_error": ("No es una de las opciones: {expected}.", "It is none of: {expected}."),
    "enum": ("No es una de las opciones: {expected}.", "It is none of: {expected}."),
    "too_long": ("Son demasiados: {max_length} a lo más.", "They are too many: {max_length} at most."),
    "string_type": ("Tiene que ser texto.", "It has to be text."),
    "model_attributes_type": ("Tiene que ser un objeto JSON.", "It has to be a JSON object."),
}  # fmt: skip
OTHER = ("No es un valor válido.", "It is not a valid value.")


def _told(error: dict[str, Any]) -> dict[str, Any]:
    """One error of pydantic as {where, message}."""
    kind = error.get("type", "")
    pair = SENTENCES.get(kind) or SENTENCES.get(kind.split("_")[0]) or OTHER
    values = dict(error.get("ctx", {}))
    try:
        spanish = {**_grouped(values, "."), "expected": _options(values)}
        said = Said(pair[0].format(**spanish), pair[1].format(**_grouped(values, ",")))
    except (KeyError, IndexError):
        said = Said(*OTHER)
    # Of a choice of types pydantic also names the type that it tried; that is no place in what was sent.
    parts = [str(part) for part in error.get("loc", ()) if part not in ("data", "filters")]
    return {"where": ".".join(part for part in parts if "[" not in part), "message": said}


def _grouped(values: Mapping[str, Any], mark: str) -> dict[str, Any]:
    """Large whole numbers as people read them, 10.000.000; a year stays as it is."""
    return {
        name: f"{value:,}".replace(",", mark) if isinstance(value, int) and value >= 10_000 else value
        for name, value in values.items()
    }


def _options(values: Mapping[str, Any]) -> str:
    """The choices of pydantic, «'a', 'b' or 'c'», as Spanish lists them."""
    found = [f"«{one}»" for one in re.findall(r"'([^']*)'", str(values.get("expected", "")))]
    return " o ".join(filter(None, [", ".join(found[:-1]), *found[-1:]]))
