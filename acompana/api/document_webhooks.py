"""What subscribers are sent, as OpenAPI 3.1 tells of webhooks: the payload, its headers and its signature."""

from __future__ import annotations

from typing import Any

from acompana.api.rules import ATTEMPTS

NAME = "changes"
WEBHOOKS = "Avisos a otros sistemas (webhooks)"
TO_WHOM = "tu dirección"
SUMMARY = "Aviso de cambios, a la dirección suscrita"
DESCRIPTION = f"""Se envía por POST a cada dirección que la administración suscribe, a medida que algo cambia: qué
cambió y de qué empresa, sin valores; pídelos por `href` con tu clave. Comprueba la firma antes de creerlo. Responde
2xx dentro de diez segundos. Si no, se reintenta hasta {len(ATTEMPTS)} veces en un día; mientras tanto, lo que sigue
espera, y llega en orden. Un aviso puede llegar dos veces, con el mismo `Webhook-Id`."""
SIGNATURE = (
    "`t=…,v1=…`: `t` es Webhook-Timestamp, y `v1`, en hexadecimal, HMAC-SHA256 de «t.cuerpo» con el secreto de la "
    "suscripción, sobre los bytes tal como llegaron. Rechaza lo que tenga más de cinco minutos"
)
HEADERS = {
    "Webhook-Id": ("integer", "El número del aviso, el mismo si se reintenta"),
    "Webhook-Timestamp": ("integer", "Cuándo se envió, en segundos desde 1970"),
    "Webhook-Signature": ("string", SIGNATURE),
}
EXAMPLE = {
    "subscription": 1,
    "changes": [
        {
            "kind": "company",
            "id": 3010,
            "action": "updated",
            "company_id": 3010,
            "merged_into": None,
            "at": "2026-09-16T15:00:00Z",
            "href": "/api/v1/companies/3010",
        }
    ],
}


def webhooks() -> dict[str, Any]:
    """The `webhooks` of the document. Its rows are those of the feed of changes."""
    schema = {
        "title": "ChangesTold",
        "type": "object",
        "required": ["subscription", "changes"],
        "properties": {
            "subscription": {"type": "integer", "description": "El número de la suscripción"},
            "changes": {
                "type": "array",
                "items": {"$ref": "#/components/schemas/ChangeOut"},
                "description": "En orden, lo más antiguo primero",
            },
        },
    }
    parameters = [
        {"in": "header", "name": name, "required": True, "schema": {"type": kind}, "description": words}
        for name, (kind, words) in HEADERS.items()
    ]
    post = {
        "operationId": "receive_changes",
        "tags": ["webhooks"],
        "summary": SUMMARY,
        "description": DESCRIPTION,
        "security": [],
        "parameters": parameters,
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema, "example": EXAMPLE}}},
        "responses": {"2XX": {"description": "Recibido"}, "default": {"description": "Se reintenta"}},
    }
    return {NAME: {"post": post}}
