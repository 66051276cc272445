from __future__ import annotations

from django.urls import path

from acompana.shell import gallery, stylesheet, theme

app_name = "shell"
urlpatterns = [
    path("estilos/<slug:mark>.css", stylesheet.serve_stylesheet, name="stylesheet"),
    path("apariencia/", theme.choose_theme, name="theme"),
    path("galeria/", gallery.gallery, name="gallery"),
]
