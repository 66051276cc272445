from __future__ import annotations

from django.urls import path

from acompana.desk.views import bulk, consents, my_day, pairs, quality, record, record_tabs, search, team

app_name = "desk"
urlpatterns = [
    path("escritorio/", my_day.my_day, name="my_day"),
    path("escritorio/buscar/", search.search, name="search"),
    path("escritorio/equipo/", team.team, name="team"),
    path("escritorio/equipo/sin-responsable/", team.unowned, name="unowned"),
    path("escritorio/equipo/<int:pk>/", team.member, name="member"),
    path("escritorio/empresas/duplicados/buscar/", pairs.search, name="search_pairs"),
    path("escritorio/empresas/en-conjunto/", bulk.new, name="new_bulk"),
    path("escritorio/empresas/en-conjunto/hechas/", bulk.made, name="bulks"),
    path("escritorio/empresas/en-conjunto/<int:pk>/", bulk.bulk, name="bulk"),
    path("escritorio/calidad/", quality.quality, name="quality"),
    path("escritorio/calidad/contactos-sin-permiso/", quality.contacts_without_consent, name="without_consent"),
    path("escritorio/empresas/<int:company_id>/", record.record, name="record"),
    path("escritorio/empresas/<int:company_id>/bitacora/", record_tabs.log, name="log"),
    path("escritorio/empresas/<int:company_id>/compromisos/", record_tabs.commitments, name="commitments"),
    path("escritorio/empresas/<int:company_id>/resultados/", record_tabs.results, name="results"),
    path("escritorio/empresas/<int:company_id>/permisos/", consents.consents, name="consents"),
    path("escritorio/empresas/<int:company_id>/mensajes/", record_tabs.mails, name="mails"),
]
