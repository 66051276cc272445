from __future__ import annotations

from django.urls import path

from acompana.commitments.views import commitment, desk, recounts

app_name = "commitments"
urlpatterns = [
    path("escritorio/protocolo/", desk.protocol, name="protocol"),
    path("escritorio/protocolo/calculadora/", desk.calculator, name="calculator"),
    path("escritorio/administracion/feriados/<int:pk>/plazos/", recounts.recounts, name="recounts"),
    path("escritorio/compromisos/<int:pk>/", commitment.commitment_page, name="commitment"),
    path("escritorio/compromisos/<int:pk>/<slug:verb>/", commitment.act, name="act"),
    path("escritorio/protocolo/<str:rule_id>/", desk.rule_page, name="rule"),
]
