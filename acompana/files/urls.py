"""Addresses of files."""

from django.urls import path

from acompana.files.views import download

app_name = "files"
urlpatterns = [path("archivos/<int:pk>/", download.download, name="download")]
