"""Addresses of a make-believe portal and desk, to try `pages` as the rooms above use it. Only tests know it."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template import engines
from django.urls import include, path

from acompana.config.urls import urlpatterns as all_addresses
from acompana.people.access import public
from acompana.questionnaires import pages
from acompana.questionnaires.models import Response
from acompana.questionnaires.operations import finish_response, start_response

RESULT = """{% extends "shell/portal.html" %}{% block title %}Tu resultado{% endblock %}{% block content %}
<h1>Tu resultado</h1>{% include "questionnaires/parts/result.html" %}
<h2>Mediciones</h2>{% include "questionnaires/parts/curve.html" %}{% endblock %}"""


def addresses_of(response: Response) -> pages.Addresses:
    root = f"/prueba/{response.pk}"
    return pages.Addresses(
        question=lambda slug: f"{root}/pregunta/{slug}/", check=f"{root}/revisar/", leave="/prueba/"
    )


def get_response(pk: int) -> Response:
    return get_object_or_404(Response.objects.select_related("version", "company"), pk=pk)


@public
def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse("portada")


@public
def start(request: HttpRequest, instrument: str) -> HttpResponse:
    def begin() -> HttpResponse:
        company = Response.objects.first().company if Response.objects.exists() else None
        response = start_response(instrument=instrument, company=company, actor=request.actor, now=request.now)
        return HttpResponseRedirect(pages.resume_address(response, addresses_of(response)))

    return pages.start_page(request, instrument=instrument, begin=begin, leave="/prueba/")


@public
def question(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    response = get_response(pk)
    return pages.answer_page(request, response=response, question=slug, addresses=addresses_of(response))


@public
def check(request: HttpRequest, pk: int) -> HttpResponse:
    response = get_response(pk)

    @transaction.atomic
    def finish() -> HttpResponse:
        finish_response(response=response, actor=request.actor, now=request.now)
        return HttpResponseRedirect(f"/prueba/{pk}/resultado/")

    return pages.check_page(request, response=response, addresses=addresses_of(response), finish=finish)


@public
def result(request: HttpRequest, pk: int) -> HttpResponse:
    response = get_response(pk)
    curve = pages.curve_context(response.company, response.version.instrument)
    context = {"shown": pages.result_context(response), "curve": curve}
    return HttpResponse(engines["django"].from_string(RESULT).render(context, request))


@public
def desk(request: HttpRequest, pk: int) -> HttpResponse:
    response = get_response(pk)
    beside = [r for r in Response.objects.filter(company=response.company).exclude(pk=pk).select_related("version")]

    def finish() -> HttpResponse:
        finish_response(response=response, actor=request.actor, now=request.now)
        return HttpResponseRedirect(f"/prueba/{pk}/resultado/")

    return pages.desk_page(request, response=response, finish=finish, leave="/prueba/", beside=beside)


@public
def replace(request: HttpRequest, pk: int) -> HttpResponse:
    return pages.replace_page(
        request,
        response=get_response(pk),
        done=lambda new: HttpResponseRedirect(f"/prueba/{new.pk}/resultado/"),
        leave="/prueba/",
    )


urlpatterns = [
    path("", include(all_addresses)),
    path("prueba/", home),
    path("prueba/empezar/<slug:instrument>/", start),
    path("prueba/<int:pk>/pregunta/<slug:slug>/", question),
    path("prueba/<int:pk>/revisar/", check),
    path("prueba/<int:pk>/resultado/", result),
    path("prueba/<int:pk>/escritorio/", desk),
    path("prueba/<int:pk>/actualizar/", replace),
]
