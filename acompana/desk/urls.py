from __future__ import annotations

from django.urls import path

from acompana.desk.views import my_day, record, search

app_name = "desk"
urlpatterns = [
    path("escritorio/", my_day.my_day, name="my_day"),
    path("escritorio/buscar/", search.search, name="search"),
    path("escritorio/empresas/<int:company_id>/", record.record, name="record"),
]
