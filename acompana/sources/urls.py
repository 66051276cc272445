"""Addresses of sources, their runs, and where a company's data came from."""

from __future__ import annotations

from django.urls import path

from acompana.sources.views import provenance, runs, sources

app_name = "sources"
urlpatterns = [
    path("escritorio/fuentes/", sources.source_list, name="list"),
    path("escritorio/fuentes/nueva/", sources.new, name="new"),
    path("escritorio/fuentes/cargas/<int:pk>/", runs.run, name="run"),
    path("escritorio/fuentes/cargas/<int:pk>/filas/", runs.rows, name="rows"),
    path("escritorio/fuentes/cargas/<int:pk>/filas/descarga/", runs.rows_file, name="rows_file"),
    path("escritorio/fuentes/cargas/<int:pk>/rechazadas/", runs.rejected_file, name="rejected_file"),
    path("escritorio/fuentes/cargas/<int:pk>/importar/", runs.import_trial, name="import_trial"),
    path("escritorio/fuentes/cargas/<int:pk>/retomar/", runs.go_on, name="continue"),
    path("escritorio/fuentes/cargas/<int:pk>/cancelar/", runs.cancel, name="cancel"),
    path("escritorio/fuentes/cargas/<int:pk>/deshacer/", runs.undo, name="undo"),
    path("escritorio/fuentes/<slug:slug>/", sources.source, name="source"),
    path("escritorio/fuentes/<slug:slug>/lectura/", sources.mapping, name="mapping"),
    path("escritorio/fuentes/<slug:slug>/muestra/", sources.sample, name="sample"),
    path("escritorio/fuentes/<slug:slug>/uso/", sources.use, name="use"),
    path("escritorio/empresas/<int:pk>/procedencia/", provenance.provenance, name="provenance"),
    path("escritorio/empresas/<int:pk>/procedencia/usar/", provenance.take, name="take"),
]
