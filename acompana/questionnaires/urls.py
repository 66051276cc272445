"""Addresses of the instruments at the desk. Answering has no addresses here: the rooms above own theirs."""

from __future__ import annotations

from django.urls import path

from acompana.questionnaires import addresses  # noqa: F401 – its converters
from acompana.questionnaires.views import desk

app_name = "questionnaires"
PLACE = "escritorio/instrumentos/"
VERSION = f"{PLACE}<instrument:instrument>/<int:number>/"
urlpatterns = [
    path(PLACE, desk.instruments, name="instruments"),
    path(f"{PLACE}<instrument:instrument>/", desk.history, name="history"),
    path(VERSION, desk.version, name="version"),
    path(f"{VERSION}copiar/", desk.copy_version, name="copy"),
    path(f"{VERSION}preguntas/<question:slug>/", desk.edit_question, name="edit_question"),
    path(f"{VERSION}cortes/", desk.edit_marks, name="edit_marks"),
    path(f"{VERSION}publicar/", desk.publish, name="publish"),
    path(f"{VERSION}retirar/", desk.retire, name="retire"),
    path(f"{VERSION}descartar/", desk.discard, name="discard"),
]
