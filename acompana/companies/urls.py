from __future__ import annotations

from django.urls import path

from acompana.companies.views import desk, lists, mandates, pairs, record

app_name = "companies"
urlpatterns = [
    path("escritorio/empresas/", lists.company_list, name="list"),
    path("escritorio/empresas/vistas/nueva/", lists.new_view, name="new_view"),
    path("escritorio/empresas/vistas/<int:pk>/", lists.change_view, name="change_view"),
    path("escritorio/empresas/empresas.<slug:form>", lists.export, name="export"),
    path("escritorio/empresas/nueva/", desk.new_company, name="new"),
    path("escritorio/empresas/parecidas/", desk.alike, name="alike"),
    path("escritorio/empresas/accesos/", mandates.waiting, name="mandates"),
    path("escritorio/empresas/accesos/<int:pk>/", mandates.decide, name="mandate"),
    path("escritorio/empresas/accesos/<int:pk>/quitar/", mandates.end, name="end_mandate"),
    path("escritorio/empresas/duplicados/", pairs.review_list, name="pairs"),
    path("escritorio/empresas/duplicados/<int:pk>/", pairs.pair, name="pair"),
    path("escritorio/empresas/duplicados/<int:pk>/fusionar/", pairs.merge, name="merge"),
    path("escritorio/empresas/<int:pk>/comparar/", pairs.compare, name="compare"),
    path("escritorio/empresas/<int:pk>/datos/", record.data, name="data"),
    path("escritorio/empresas/<int:pk>/datos/editar/", record.edit_data, name="edit_data"),
    path("escritorio/empresas/<int:pk>/historial/", record.history, name="history"),
    path("escritorio/empresas/<int:pk>/historial/<int:change_set>/deshacer/", record.undo, name="undo"),
    path("escritorio/empresas/<int:pk>/historial/<int:change_set>/separar/", pairs.undo, name="undo_merge"),
    path("escritorio/empresas/<int:pk>/contactos/nuevo/", record.new_contact, name="new_contact"),
    path("escritorio/empresas/<int:pk>/contactos/<int:contact>/", record.edit_contact, name="edit_contact"),
    path("escritorio/empresas/<int:pk>/contactos/<int:contact>/baja/", record.remove_contact, name="remove_contact"),
]
