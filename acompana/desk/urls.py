from __future__ import annotations

from django.urls import path

from acompana.desk.views import search

app_name = "desk"
urlpatterns = [
    path("escritorio/buscar/", search.search, name="search"),
]
