"""Examples for the document, made from the types, so that they say what is so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OF_NAMES = {
    "rut": "400001235",
    "name": "Conservas del Sur",
    "legal_name": "Conservas del Sur SpA",
    "email": "ana@empresa.example",
    "phone": "+56955551234",
    "text": "Acordamos vernos el jueves.",
    "title": "Conservas del Sur SpA",
    "number": "ING-2026-000123",
    "year": 2025,
    "commercial_year": 2025,
    "cursor": "",
    "next": None,
}
PERSON = {"id": 7, "name": "Raúl Soto"}
OF_OBJECTS = {
    "region": {"code": "CL-BI", "name": "Biobío"},
    "commune": {"code": "08101", "name": "Concepción"},
    "country": {"code": "CL", "name": "Chile"},
    "market": {"code": "PE", "name": "Perú"},
    "sector": {"code": "alimentos", "name": "Alimentos"},
    "office": {"code": "CL-BI", "name": "Oficina Biobío"},
    "status": {"code": "user", "name": "Usuaria"},
    "state": {"code": "to_contact", "name": "Por contactar"},
    "executive": PERSON,
    "owner": PERSON,
    "author": PERSON,
    "by": PERSON,
    "person": PERSON,
}
OF_FORMATS = {"date": "2026-09-16", "date-time": "2026-09-16T15:00:00Z"}


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str = "") -> Any:
    """A value that a schema admits, always the same."""
    if name in OF_OBJECTS and ("$ref" in schema or any("$ref" in part for part in schema.get("anyOf", ()))):
        return OF_OBJECTS[name]
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas, name)
    if name in OF_NAMES and schema.get("type") != "object":
        return OF_NAMES[name]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return example_of(schema[choice][0], schemas, name)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "default" in schema:
        return schema["default"]
    return _of_type(schema, schemas)


def _of_type(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    match schema.get("type"):
        case "object":
            properties = schema.get("properties", {})
            return {name: example_of(part, schemas, name) for name, part in properties.items()}
        case "array":
            return [example_of(schema.get("items", {}), schemas)]
        case "integer":
            return max(1, int(schema.get("minimum", 1)))
        case "number":
            return 1.0
        case "boolean":
            return True
        case "null":
            return None
    return OF_FORMATS.get(schema.get("format", ""), "")
