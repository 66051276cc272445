"""The fields of the mail texts in words, for who reads or amends a text: `{{ company }}` is «[nombre de la empresa]».

A room that writes a mail with a field of its own gives it words here; a test finds the one that has none.
"""

from __future__ import annotations

import re

FIELD_WORDS = {
    "about": "de qué trata la solicitud",
    "answer": "respuesta",
    "asked": "lo que preguntó",
    "asked_at": "cuándo lo pidió",
    "back": "cuándo trabajó antes con la agencia",
    "because": "por qué lo pide",
    "before": "quien la atendía antes",
    "body": "institución que apoya",
    "by_phone": "si es por teléfono",
    "changed": "si cambió el resultado",
    "clash": "la otra entrevista que tiene a esa hora",
    "company": "nombre de la empresa",
    "contact_address": "cómo contactar a la institución",
    "contact_name": "persona de la institución",
    "contact_note": "qué saber de ese contacto",
    "corrected": "si se corrigió su ficha",
    "days": "número de días",
    "decision": "lo que se decidió",
    "decider": "quien lo decidió",
    "declarations": "las declaraciones por corregir",
    "due": "fecha de vencimiento",
    "email": "correo de quien pide acceso",
    "ended": "si venció el acceso",
    "executive": "ejecutivo o ejecutiva",
    "executive_email": "correo del ejecutivo o ejecutiva",
    "exports": "si su ficha ahora dice que exporta",
    "founder": "si registró la empresa",
    "has_account": "si tiene cuenta",
    "help": "enlace a la ayuda",
    "instead": "quien atiende mientras está fuera",
    "inviter": "quien invita",
    "link": "enlace personal",
    "material": "enlace al material para prepararse",
    "mode": "modalidad de la entrevista",
    "moved": "si cambió de fecha",
    "name": "nombre de quien lo recibe",
    "note": "nota",
    "number": "número",
    "of_company": "si es de una empresa",
    "office": "oficina",
    "office_mailbox": "correo de la oficina",
    "old_potential": "potencial que había dado el test",
    "page": "enlace a la página",
    "passed": "si la atiende otra persona",
    "place": "lugar o enlace",
    "portal": "enlace al portal",
    "potential": "potencial",
    "reason": "motivo",
    "record": "enlace a la ficha",
    "reviewed": "si lo decidió una persona",
    "run": "RUN de quien pide acceso",
    "says": "lo que dice de sí",
    "site": "dirección del sistema",
    "term": "plazo",
    "until": "hasta cuándo está fuera",
    "what": "lo comprometido",
    "what_for": "en qué apoya",
    "when_words": "fecha y hora",
    "who": "persona",
    "why": "por qué",
    "wrote": "si alcanzó a escribir algo",
}
_FIELD = re.compile(r"\{\{\s*(\w+)[^}]*\}\}")
_TAG = re.compile(r"\{%.*?%\}")


def words_of(field: str) -> str:
    """A field in words; of one without words, its name."""
    return FIELD_WORDS.get(field, field.replace("_", " "))


def in_words(text: str) -> str:
    """A text whose fields are words between brackets, without conditions: to be read, not to be sent."""
    return _FIELD.sub(lambda found: f"[{words_of(found[1])}]", _TAG.sub("", text)).strip()
