"""The texts of letters as addresses say them: the room that writes, and the letter."""

from __future__ import annotations

from django.urls import register_converter

from acompana.shell.addresses import spoken_as

ROOMS = {
    "cases": "ayuda",
    "desk": "escritorio",
    "intake": "ingreso",
    "messages": "mensajes",
    "people": "personas",
}
LETTERS = {
    "access_asked": "acceso-pedido",
    "access_asked_office": "acceso-pedido-oficina",
    "access_confirm": "acceso-por-confirmar",
    "access_ended_office": "acceso-quitado-oficina",
    "access_granted": "acceso-dado",
    "access_refused": "acceso-rechazado",
    "account_derived": "cuenta-derivada",
    "back_to_test": "vuelve-al-test",
    "back_to_test_office": "vuelve-al-test-oficina",
    "commitment_due": "compromiso-por-vencer",
    "commitment_late": "compromiso-vencido",
    "confirm_email": "confirmar-correo",
    "contact_yours": "contacto-a-tu-cargo",
    "declined": "no-admitida",
    "exporter_company": "exportadora",
    "exporter_office": "exportadora-oficina",
    "enquiry_answered": "consulta-respondida",
    "enquiry_asked": "consulta-recibida",
    "enquiry_received": "consulta-enviada",
    "help_answered": "ayuda-respondida",
    "help_asked": "ayuda-pedida",
    "help_derived": "ayuda-derivada",
    "help_received": "ayuda-recibida",
    "interview": "entrevista",
    "interview_called_off": "entrevista-suspendida",
    "interview_cancelled": "entrevista-cancelada",
    "interview_held": "entrevista-adelantada",
    "interview_held_yours": "entrevista-adelantada-aviso",
    "interview_moved": "entrevista-cambiada",
    "interview_passed": "entrevista-pasada",
    "interview_yours": "entrevista-a-tu-cargo",
    "invitation": "invitacion",
    "moved_here": "trasladada-aqui",
    "not_preadmitted": "no-preadmitida",
    "passed_on": "cambio-de-ejecutivo",
    "passed_to_you": "empresa-a-tu-cargo",
    "preadmissibility_open": "preadmisibilidad-abierta",
    "preadmissibility_returned": "preadmisibilidad-devuelta",
    "preadmitted": "preadmitida",
    "result_attended": "resultado-con-atencion",
    "result_low": "resultado-bajo",
    "result_office": "resultado-oficina",
    "return_prepared": "vuelve-preparada",
    "review_asked": "revision-pedida",
    "review_decided": "revision-resuelta",
    "review_received": "revision-recibida",
    "trial": "prueba",
    "withdrawn": "desistida",
}

register_converter(spoken_as(ROOMS), "writer")
register_converter(spoken_as(LETTERS), "letter")
