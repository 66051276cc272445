"""The document of the API for programs, and as a page for people."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from acompana.api.document import TAGS, as_json, document
from acompana.api.document_webhooks import TO_WHOM, WEBHOOKS
from acompana.api.english import said
from acompana.api.problems import KINDS
from acompana.api.rules import SCOPES
from acompana.people.access import public
from acompana.shell.languages import in_english, spoken


@public
def openapi(request: HttpRequest) -> HttpResponse:
    """`openapi.json`, through the door of the API: without session, for anybody."""
    if request.method != "GET":
        return HttpResponse(status=405, headers={"Allow": "GET"})
    return HttpResponse(as_json(), content_type="application/json", headers={"Cache-Control": "max-age=300"})


@public
@in_english
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation, read from the document itself; no script."""
    made = document()
    sections = [
        {"tag": tag, "title": said(title), "operations": _operations(made, tag)} for tag, title in TAGS.items()
    ]
    sections.append({"tag": "webhooks", "title": said(WEBHOOKS), "operations": _webhooks(made)})
    context = {
        "sections": sections,
        "problems": [
            {
                "slug": slug,
                "status": kind.status,
                "title": kind.title_en if spoken() == "en" else kind.title,
                "detail": kind.detail_en if spoken() == "en" else kind.detail,
            }
            for slug, kind in KINDS.items()
        ],
        "scopes": [(scope, said(words)) for scope, words in SCOPES.items()],
        "title": made["info"]["title"],
    }
    return render(request, "api/docs.html", context)


def _operations(made: dict[str, Any], tag: str) -> list[dict[str, Any]]:
    found = []
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            if tag in operation["tags"]:
                found.append(_shown(path, method, operation, made["components"]["schemas"]))
    return found


def _webhooks(made: dict[str, Any]) -> list[dict[str, Any]]:
    schemas = made["components"]["schemas"]
    return [_shown(said(TO_WHOM), "post", one["post"], schemas) for one in made["webhooks"].values()]


def _shown(path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    scopes = operation["security"][0]["Bearer"] if operation["security"] else []
    answers = [
        {"status": status, "description": said(told["description"])} for status, told in operation["responses"].items()
    ]
    done = next(told for status, told in operation["responses"].items() if status.startswith("2"))
    content = done.get("content", {}).get("application/json")
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": said(operation["summary"]),
        "description": said(operation.get("description", "")),
        "scope": scopes[0] if scopes else "",
        "parameters": [_parameter(one) for one in operation["parameters"]],
        "body": _pretty(body["example"]) if body else "",
        "fields": _fields(body["schema"], schemas) if body else [],
        "answers": answers,
        "example": _pretty(content["example"]) if content else "",
    }


def _parameter(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": one["name"],
        "where": said({"path": "dirección", "query": "consulta", "header": "cabecera"}[one["in"]]),
        "type": said(_type(one["schema"])),
        "required": one.get("required", False),
        "description": said(one.get("description", "")),
        "bounds": _bounds(one["schema"]),
    }


def _bounds(schema: dict[str, Any]) -> dict[str, int] | None:
    """How much may be asked for, and how much comes if nobody says, where the document says both."""
    if schema.get("type") != "integer" or not {"minimum", "maximum", "default"} <= schema.keys():
        return None
    return {"least": schema["minimum"], "most": schema["maximum"], "default": schema["default"]}


def _fields(schema: dict[str, Any], schemas: dict[str, Any], within: str = "") -> list[dict[str, Any]]:
    """The fields of a body, each followed by those that it has inside: «contact.name», «exports[].year»."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[-1]]
    rows = []
    for name, part in schema.get("properties", {}).items():
        rows.append(
            {
                "name": within + name,
                "where": said("cuerpo"),
                "type": said(_type(part)),
                "required": name in schema.get("required", []),
                "description": said(part.get("description", "")),
            }
        )
        for inner in (part, *part.get("anyOf", ())):
            mark, of_each = ("[].", inner["items"]) if "items" in inner else (".", inner)
            if "$ref" in of_each:
                rows += _fields(of_each, schemas, f"{within}{name}{mark}")
    return rows


WORDS = {"integer": "número entero", "number": "número", "string": "texto", "boolean": "sí o no", "array": "lista",
         "object": "objeto", "null": "nulo"}  # fmt: skip
FORMATS = {"date": "fecha", "date-time": "fecha y hora"}


def _type(schema: dict[str, Any]) -> str:
    """A type as people read it; choices one by one."""
    if "enum" in schema:
        return " | ".join(str(choice) or "«»" for choice in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return " | ".join(dict.fromkeys(_type(part) for part in schema[choice]))
    if "$ref" in schema:
        return "objeto"
    return FORMATS.get(schema.get("format", "")) or WORDS.get(schema.get("type", ""), "valor")


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
