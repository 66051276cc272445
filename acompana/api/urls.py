"""Addresses: the operations of the API and its document, and the screens of keys and subscriptions."""

from __future__ import annotations

from typing import Any

from django.urls import include, path

from acompana.api.endpoints import API
from acompana.api.views import document, tokens, webhooks
from acompana.people.access import TOKEN


def _declared(urls: tuple[list[Any], str, str]) -> tuple[list[Any], str, str]:
    """The views of the operations say who may come in, as every view does: who has a token."""
    patterns, app, namespace = urls
    kept = [pattern for pattern in patterns if pattern.name != "api-root"]
    for pattern in kept:
        pattern.callback.access = TOKEN
    return kept, app, namespace


screens = [
    path("api/v1/openapi.json", document.openapi, name="openapi"),
    path("api/v1/docs", document.docs, name="docs"),
    path("mi-cuenta/claves/", tokens.tokens, name="tokens"),
    path("mi-cuenta/claves/<int:pk>/revocar/", tokens.revoke, name="revoke"),
    path("escritorio/administracion/claves/", tokens.systems, name="system-tokens"),
    path("escritorio/administracion/avisos/", webhooks.subscriptions, name="subscriptions"),
    path("escritorio/administracion/avisos/<int:pk>/", webhooks.subscription, name="subscription"),
    path("escritorio/administracion/avisos/<int:pk>/terminar/", webhooks.end, name="end-subscription"),
    path("escritorio/administracion/avisos/<int:pk>/<int:delivery>/reenviar/", webhooks.resend, name="resend"),
]

urlpatterns = [
    path("", include((screens, "api"), namespace="api")),
    path("api/v1/", _declared(API.urls)),
]
