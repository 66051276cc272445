"""The desk's addresses of the road."""

from __future__ import annotations

from django.urls import path

from acompana.intake.views import accounts, attention, evidence, queues

app_name = "intake"
urlpatterns = [
    path("escritorio/ingresos/", queues.intakes, name="intakes"),
    path("escritorio/ingresos/por-asignar/", queues.to_assign, name="to_assign"),
    path("escritorio/ingresos/cuentas/", queues.derived_accounts, name="accounts"),
    path("escritorio/ingresos/<str:number>/contacto/", attention.contact, name="contact"),
    path("escritorio/ingresos/<str:number>/acordar/", attention.arrange, name="arrange"),
    path("escritorio/ingresos/<str:number>/entrevista/", attention.interview, name="interview"),
    path("escritorio/ingresos/<str:number>/validar/", attention.validate, name="validate"),
    path("escritorio/ingresos/<str:number>/preadmisibilidad/", attention.preadmission, name="preadmission"),
    path("escritorio/ingresos/<str:number>/enviar-ficha/", attention.submit, name="submit"),
    path("escritorio/ingresos/<str:number>/actualizar-test/", evidence.update_test, name="update_test"),
    path(
        "escritorio/ingresos/<str:number>/actualizar-entrevista/", evidence.update_interview, name="update_interview"
    ),
    path("escritorio/cuentas/<str:number>/", accounts.account, name="account"),
    path("escritorio/revisiones/<str:number>/", accounts.review, name="review"),
    path("escritorio/empresas/<int:company_id>/derivar/", accounts.refer, name="refer"),
    path("escritorio/empresas/<int:company_id>/trasladar/", accounts.move, name="move"),
    path("escritorio/derivaciones/<int:pk>/resultado/", accounts.outcome, name="outcome"),
]
