from __future__ import annotations

from django.urls import path

from acompana.cases.views import desk

app_name = "cases"
urlpatterns = [
    path("escritorio/ayuda/", desk.help_requests, name="help_requests"),
    path("escritorio/ayuda/nueva/", desk.new_help, name="new_help"),
    path("escritorio/ayuda/<str:number>/", desk.help_request, name="help_request"),
    path("escritorio/ayuda/<str:number>/derivar/", desk.derive, name="derive"),
    path("escritorio/ayuda/<str:number>/registro/", desk.mend, name="mend"),
]
