from __future__ import annotations

from django.urls import path

from acompana.evaluation.views import deadlines, lists, route

app_name = "evaluation"
urlpatterns = [
    path("indicadores/", route.route, name="route"),
    path("indicadores/descarga/", route.route_file, name="route_file"),
    path("indicadores/plazos/", deadlines.deadlines, name="deadlines"),
    path("indicadores/plazos/descarga/", deadlines.deadlines_file, name="deadlines_file"),
    path("indicadores/lista/", lists.listing, name="list"),
    path("indicadores/lista/descarga/", lists.list_file, name="list_file"),
]
