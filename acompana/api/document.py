"""The OpenAPI 3.1 document: what ninja knows of the operations, with errors, examples, scopes and headers beside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any

from ninja.openapi.schema import get_schema
from pydantic_core import to_json

from acompana.api.contract import DECLARED, KEY_PATTERN, LONGEST_KEY, Declared
from acompana.api.document_webhooks import webhooks
from acompana.api.endpoints import API
from acompana.api.examples import example_of
from acompana.api.problems import CONTENT_TYPE, DOCUMENTED_AT, KINDS
from acompana.api.queries.found import VERSIONS
from acompana.api.rules import SCOPES

PREFIX = "api/v1"
DESCRIPTION = """El registro, abierto a programas. Una clave (`Authorization: Bearer aco_…`) puede lo que puede su
persona, dentro de sus permisos. Los errores llegan como `application/problem+json` (RFC 9457), en español o, con
`Accept-Language: en`, en inglés; donde una regla habla solo en español, la respuesta entera es en español. Las listas
van por cursor: `next` es opaco y sirve con los mismos filtros. Toda escritura admite `Idempotency-Key`: repetida con
el mismo contenido da la misma respuesta, una sola vez hecha. Es de la clave de la API con que se envió: con otra, de
la misma persona o del mismo sistema también, se hace de nuevo. Un método que la dirección no tiene se responde con
405, y `Allow` dice los que tiene. Los datos de la ficha se cambian también por aquí; enviarla, responder el test y
completar la preadmisibilidad se hace en el portal."""
TAGS = {
    "companies": "Empresas y contactos",
    "logbook": "Bitácora",
    "commitments": "Compromisos",
    "matters": "Asuntos e ingresos",
    "questionnaires": "Cuestionarios y respuestas",
    "messages": "Correos",
    "rulebook": "Reglas y plazos",
    "reference": "Datos de referencia",
    "figures": "Cifras",
    "changes": "Cambios",
}
ALWAYS = ("unreadable", "no-token", "bad-token", "missing-scope", "method", "invalid", "too-many", "failed", "busy")
WRITING = ("too-large", "media", "key-reused")
PROBLEM = {
    "title": "Problem",
    "description": "RFC 9457",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "rule": {"type": "string", "description": "La regla que lo dice, si hay una"},
        "scope": {"type": "string", "description": "El permiso que le falta a la clave"},
        "version": {"type": "integer", "description": "La versión guardada, si la tuya ya no es esa"},
        "company_id": {
            "type": "integer",
            "description": "La que quedó, si la tuya se fusionó; la que ya tiene ese RUT, si puedes verla",
        },
        "href": {"type": "string", "description": "Su dirección"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["where", "message"],
                "properties": {"where": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
LANGUAGE = {
    "in": "header",
    "name": "Accept-Language",
    "required": False,
    "schema": {"type": "string", "enum": ["es", "en"]},
    "description": "Idioma de los errores",
}
KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": KEY_PATTERN},
    "description": "La misma clave con el mismo contenido se hace una vez; se recuerda un día. Es de la clave de la "
    "API con que se envió: con otra, de la misma persona o del mismo sistema también, se hace de nuevo",
}
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "schema": {"type": "string", "pattern": f"^{VERSIONS}$"},
    "description": "El ETag de lo que se leyó",
}
HEADERS = {
    "ETag": "La versión, para If-Match",
    "Location": "La dirección de lo que se creó, o de la empresa que quedó",
    "RateLimit-Limit": "Peticiones por minuto de la clave",
    "RateLimit-Remaining": "Las que quedan al menos en este minuto; se cuentan por tandas de un veinteavo, y salta",
    "RateLimit-Reset": "Segundos hasta el minuto que sigue",
    "Idempotency-Replayed": "«true»: ya se había hecho con esa clave, y esta es la misma respuesta",
    "Retry-After": "Segundos que hay que esperar",
    "Allow": "Los métodos que la dirección tiene",
}


@cache
def document() -> dict[str, Any]:
    """The whole document; the same for everybody."""
    made: dict[str, Any] = dict(get_schema(API, path_prefix=f"{PREFIX}/"))
    made["info"] = {"title": "Acompaña", "version": "1.0", "description": DESCRIPTION, "license": {"name": "MIT"}}
    made["servers"] = [{"url": "/"}]
    made["webhooks"] = webhooks()
    made["tags"] = [{"name": name, "description": label} for name, label in TAGS.items()]
    schemas: dict[str, Any] = made["components"]["schemas"]
    schemas["Problem"] = PROBLEM
    made["components"]["securitySchemes"]["Bearer"]["x-scopes"] = dict(SCOPES)
    for operations in made["paths"].values():
        for operation in operations.values():
            _complete(operation, DECLARED[operation["operationId"]], schemas)
    return made


@cache
def as_json() -> bytes:
    return to_json(document())


def _complete(operation: dict[str, Any], declared: Declared, schemas: Mapping[str, Any]) -> None:
    operation["security"] = [{"Bearer": [declared.scope] if declared.scope else []}]
    operation["parameters"] = [*operation["parameters"], LANGUAGE]
    if declared.writes:
        operation["parameters"].append(KEY)
    if "precondition" in declared.refuses:
        operation["parameters"].append(IF_MATCH)
    for status, response in operation["responses"].items():
        content = response.get("content", {}).get("application/json")
        if content is not None:
            content["example"] = declared.example or example_of(content["schema"], schemas)
        names = [*declared.headers, "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"]
        response["headers"] = _headers(*names, *(["Idempotency-Replayed"] if declared.writes else []))
        response["description"] = "Creado" if str(status) == "201" else "Hecho"
    if body := operation.get("requestBody"):
        content = body["content"]["application/json"]
        content["example"] = declared.body_example or example_of(content["schema"], schemas)
    _tell_problems(operation, (*ALWAYS, *(WRITING if declared.writes else ()), *declared.refuses))
    operation["responses"] = {str(status): told for status, told in operation["responses"].items()}


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"description": HEADERS[name], "schema": {"type": "string"}} for name in dict.fromkeys(names)}


WITH_HEADERS = {301: ("Location",), 405: ("Allow",), 429: ("Retry-After",), 503: ("Retry-After",)}


def _tell_problems(operation: dict[str, Any], names: tuple[str, ...]) -> None:
    by_status: dict[int, list[str]] = defaultdict(list)
    for name in dict.fromkeys(names):
        by_status[KINDS[name].status].append(name)
    for status, kinds in sorted(by_status.items()):
        examples = {
            name: {
                "value": {
                    "type": DOCUMENTED_AT + name,
                    "title": KINDS[name].title,
                    "status": status,
                    "detail": KINDS[name].detail,
                }
            }
            for name in kinds
        }
        operation["responses"][status] = {
            "description": " · ".join(KINDS[name].title for name in kinds),
            "headers": _headers(*WITH_HEADERS.get(status, ())),
            "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}},
        }
