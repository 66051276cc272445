"""Addresses of processes and matters on the desk."""

from django.urls import path, register_converter

from acompana.progress.views import lifecycles, matters, presence
from acompana.shell.addresses import spoken_as

PROCESSES = {
    "enquiry": "consulta",
    "help_request": "solicitud-de-ayuda",
    "intake": "ingreso",
    "potential_account": "cuenta-potencial",
    "review": "revision",
}
register_converter(spoken_as(PROCESSES), "process")

app_name = "progress"
urlpatterns = [
    path("escritorio/procesos/", lifecycles.lifecycle_list, name="lifecycles"),
    path("escritorio/procesos/<process:kind>/", lifecycles.lifecycle_page, name="lifecycle"),
    path("escritorio/procesos/<process:kind>/bpmn/", lifecycles.lifecycle_bpmn, name="bpmn"),
    path("escritorio/asuntos/", matters.matter_list, name="matters"),
    path("escritorio/asuntos/<str:number>/", matters.matter_page, name="matter"),
    path("escritorio/asuntos/<str:number>/paso/", matters.matter_step, name="step"),
    path("escritorio/asuntos/<str:number>/anotar/", matters.matter_entry, name="entry"),
    path("escritorio/asuntos/<str:number>/presencia/", presence.at_matter, name="at_matter"),
    path("escritorio/empresas/<int:pk>/presencia/", presence.at_company, name="at_company"),
]
