"""The portal's addresses: what anybody reads, and what a company does."""

from __future__ import annotations

from django.urls import path, register_converter

from acompana.portal.views import (
    access,
    choices,
    company,
    consents,
    form,
    help_request,
    manual,
    preadmissibility,
    public,
    route,
    test,
)
from acompana.questionnaires import addresses  # noqa: F401 – its converters
from acompana.shell.addresses import spoken_as

LOOKED_UP = {"activity": "actividad", **{f"heading_{number}": f"partida-{number}" for number in range(100)}}
register_converter(spoken_as(LOOKED_UP), "looked_up")

app_name = "portal"
urlpatterns = [
    path("", public.home, name="home"),
    path("ruta/", public.route_explained, name="route_explained"),
    path("quienes-pueden/", public.who_may, name="who_may"),
    path("material/", public.preparation, name="materials"),
    path("ayuda/", public.help_page, name="help"),
    path("ayuda/solicitud/", help_request.ask, name="help_request"),
    path("ayuda/solicitud/<str:number>/", help_request.asked, name="help_asked"),
    path("ayuda/solicitud/<str:number>/seguir/", help_request.insist, name="help_insist"),
    path("manual/", manual.contents, name="manual"),
    path("manual/imagenes/<str:name>", manual.picture, name="manual_picture"),
    path("manual/<slug:slug>/", manual.page, name="manual_page"),
    path("invitacion/<str:token>/", access.invitation, name="invitation"),
    path("confirmar-acceso/<str:token>/", access.confirm, name="confirm_access"),
    path("mi-empresa/", company.mine, name="mine"),
    path("mi-empresa/registrar/", company.register, name="register"),
    path("mi-empresa/<int:company_id>/", route.route_page, name="company"),
    path("mi-empresa/<int:company_id>/empezar/", route.start, name="start"),
    path("mi-empresa/<int:company_id>/escribir/", help_request.write, name="write"),
    path("mi-empresa/<int:company_id>/historia/", route.history, name="history"),
    path("mi-empresa/<int:company_id>/ficha/", form.overview, name="form"),
    path("mi-empresa/<int:company_id>/ficha/revisar/", form.check, name="form_check"),
    path("mi-empresa/<int:company_id>/ficha/<slug:step>/", form.step, name="form_step"),
    path("mi-empresa/<int:company_id>/ficha/<slug:step>/borrador/", form.draft, name="form_draft"),
    path(
        "mi-empresa/<int:company_id>/ficha/<slug:step>/buscar/<looked_up:field>/", choices.search, name="form_search"
    ),
    path("mi-empresa/<int:company_id>/permisos/", consents.consents, name="consents"),
    path("mi-empresa/<int:company_id>/test/", test.start, name="test"),
    path("mi-empresa/<int:company_id>/test/revisar/", test.check, name="test_check"),
    path("mi-empresa/<int:company_id>/test/<question:question>/", test.question, name="test_question"),
    path("mi-empresa/<int:company_id>/resultado/", test.result, name="result"),
    path("mi-empresa/<int:company_id>/resultado/revision/", test.review, name="review"),
    path("mi-empresa/<int:company_id>/entrevista/calendario/", route.interview_calendar, name="interview_calendar"),
    path("mi-empresa/<int:company_id>/entrevista/cambiar/", route.reschedule, name="reschedule"),
    path("mi-empresa/<int:company_id>/preadmisibilidad/", preadmissibility.start, name="preadmissibility"),
    path("mi-empresa/<int:company_id>/preadmisibilidad/revisar/", preadmissibility.check, name="declarations_check"),
    path(
        "mi-empresa/<int:company_id>/preadmisibilidad/<question:question>/",
        preadmissibility.declaration,
        name="declaration",
    ),
    path("mi-empresa/<int:company_id>/desistir/", route.withdraw, name="withdraw"),
    path("mi-empresa/<int:company_id>/accesos/", access.mandates, name="mandates"),
]
