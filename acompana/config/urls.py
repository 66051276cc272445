"""Every room's addresses. A room that does not exist yet has none."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("acompana.people.urls")),
    path("", include("acompana.people.account_urls")),
    path("demostracion/claveunica/", include("acompana.people.claveunica_stand_in.urls")),
    path("", include("acompana.shell.urls")),
    path("", include("acompana.files.urls")),
    path("", include("acompana.commitments.urls")),
    path("", include("acompana.people.office_urls")),
    path("escritorio/administracion/", include("acompana.people.administration_urls")),
    path("escritorio/administracion/referencia/", include("acompana.reference.urls")),
    path("", include("acompana.messages.urls")),
    path("", include("acompana.progress.urls")),
    path("", include("acompana.questionnaires.urls")),
    path("", include("acompana.companies.urls")),
    path("", include("acompana.intake.urls")),
    path("", include("acompana.cases.urls")),
    path("", include("acompana.desk.urls")),
    path("", include("acompana.portal.urls")),
    path("", include("acompana.evaluation.urls")),
    path("", include("acompana.api.urls")),
    path("", include("acompana.sources.urls")),
]

handler400 = "acompana.shell.errors.bad_request"
handler403 = "acompana.shell.errors.permission_denied"
handler404 = "acompana.shell.errors.page_not_found"
handler500 = "acompana.shell.errors.server_error"
