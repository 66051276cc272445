"""Addresses of this room: the outbox, its texts, the operator's page, preferences, the demonstration sink."""

from __future__ import annotations

from django.urls import path

from acompana.messages import addresses  # noqa: F401 – its converters
from acompana.messages.views import desk, public, sink, system, texts

app_name = "messages"
urlpatterns = [
    path("correo/preferencias/<str:token>/", public.preferences, name="preferences"),
    path("correo/preferencias/<str:token>/baja/", public.decline_at_once, name="decline-at-once"),
    path("demostracion/correo/", sink.inbox, name="sink"),
    path("demostracion/correo/<int:pk>/", sink.mail, name="sink-mail"),
    path("demostracion/correo/<int:pk>/adjuntos/<int:attachment>/", sink.attachment, name="sink-attachment"),
    path("escritorio/mensajes/", desk.outbox, name="outbox"),
    path("escritorio/mensajes/<int:pk>/", desk.message, name="message"),
    path("escritorio/mensajes/<int:pk>/adjuntos/<int:attachment>/", desk.attachment, name="attachment"),
    path("escritorio/mensajes/<int:pk>/reenviar/", desk.resend_message, name="resend"),
    path("escritorio/mensajes/<int:pk>/descartar/", desk.dismiss_message, name="dismiss"),
    path("escritorio/mensajes/plantillas/", texts.templates, name="templates"),
    path("escritorio/mensajes/plantillas/<writer:room>/<letter:name>/<slug:language>/", texts.text, name="text"),
    path("escritorio/sistema/", system.system, name="system"),
    path("escritorio/sistema/correo-de-prueba/", system.trial, name="trial"),
]
