from __future__ import annotations

from django.urls import path

from acompana.commitments.views import desk

app_name = "commitments"
urlpatterns = [
    path("escritorio/protocolo/", desk.protocol, name="protocol"),
    path("escritorio/protocolo/calculadora/", desk.calculator, name="calculator"),
    path("escritorio/protocolo/<str:rule_id>/", desk.rule_page, name="rule"),
]
