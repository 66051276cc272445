"""The desk's addresses of the road."""

from __future__ import annotations

from django.urls import path

from acompana.intake.views import accounts, arranging, attention, bodies, evidence, heading, helping, queues

app_name = "intake"
urlpatterns = [
    path("escritorio/ingresos/", queues.intakes, name="intakes"),
    path("escritorio/ingresos/por-asignar/", queues.to_assign, name="to_assign"),
    path("escritorio/ingresos/verdes/", heading.risen, name="risen"),
    path("escritorio/ingresos/quien-contacta/", heading.contact_duties, name="contact_duties"),
    path("escritorio/ingresos/quien-contacta/<int:pk>/quitar/", heading.end_contact_duty, name="end_contact_duty"),
    path("escritorio/ingresos/cuentas/", queues.derived_accounts, name="accounts"),
    path("escritorio/ingresos/<str:number>/contacto/", attention.contact, name="contact"),
    path("escritorio/ingresos/<str:number>/acordar/", arranging.arrange, name="arrange"),
    path("escritorio/ingresos/<str:number>/entrevista/", attention.interview, name="interview"),
    path("escritorio/ingresos/<str:number>/validar/", attention.validate, name="validate"),
    path("escritorio/ingresos/<str:number>/derivar/", attention.refer_interviewed, name="refer_interviewed"),
    path("escritorio/ingresos/<str:number>/volver/", accounts.come_back, name="come_back"),
    path("escritorio/ingresos/<str:number>/preadmisibilidad/", attention.preadmission, name="preadmission"),
    path("escritorio/ingresos/<str:number>/enviar-ficha/", helping.submit, name="submit"),
    path("escritorio/ingresos/<str:number>/test/", helping.take_test, name="take_test"),
    path("escritorio/ingresos/<str:number>/actualizar-test/", evidence.update_test, name="update_test"),
    path(
        "escritorio/ingresos/<str:number>/actualizar-entrevista/", evidence.update_interview, name="update_interview"
    ),
    path("escritorio/cuentas/<str:number>/", accounts.account, name="account"),
    path("escritorio/revisiones/<str:number>/", accounts.review, name="review"),
    path("escritorio/empresas/<int:company_id>/derivar/", accounts.refer, name="refer"),
    path("escritorio/empresas/<int:company_id>/trasladar/", accounts.move, name="move"),
    path("escritorio/administracion/organismos/", bodies.bodies, name="bodies"),
    path("escritorio/administracion/organismos/<slug:slug>/", bodies.body, name="body"),
    path("escritorio/administracion/organismos/<slug:slug>/<str:iso>/", bodies.desk, name="desk"),
    path("escritorio/derivaciones/<int:pk>/resultado/", accounts.outcome, name="outcome"),
]
