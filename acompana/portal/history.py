"""What has happened, told to the company: its own words for each fact, no jargon, nothing twice (INT-25)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from acompana.logbook.models import Entry
from acompana.people.actors import Actor
from acompana.shell.components import look

TEST_FOLLOWS, SENT = "Enviaste la ficha: sigue el test", "Enviaste la ficha"

# What the protocol's sentences say to staff, and what the company reads.
FACTS = {
    "La empresa envió su ficha: sigue el test de autodiagnóstico": TEST_FOLLOWS,
    "La empresa envió su ficha y exporta: la oficina debe contactarla": "Enviaste la ficha: no necesitas el test",
    "Una antigua usuaria que exporta actualizó su ficha: la oficina debe contactarla": "Actualizaste tu ficha",
    "La ficha se corrigió y dice que exporta: no necesita el test y la oficina debe contactarla": (
        "Tu ficha dice que exportas: no necesitas el test"
    ),
    "La ficha de una antigua usuaria se corrigió y dice que exporta: la oficina debe contactarla": (
        "Tu ficha dice que exportas: no necesitas el test"
    ),
    "La ficha se corrigió y dice que no exporta: vuelve al test y ya no hay que contactarla": (
        "Tu ficha dice que no exportas: volviste al test"
    ),
    "Test terminado: potencial alto": "Terminaste el test: potencial alto",
    "Test terminado: potencial medio": "Terminaste el test: potencial medio",
    "Test terminado: potencial bajo, en una región donde igual se entrevista": "Terminaste el test: potencial bajo",
    "Test terminado: potencial bajo; se le explicaron los pasos y se derivó": "Terminaste el test: potencial bajo",
    "La revisión cambió el resultado: la oficina debe contactar a la empresa": "La revisión cambió tu resultado",
    "La revisión cambió el resultado: la derivación queda sin efecto y la oficina debe contactarla": (
        "La revisión cambió tu resultado: te contactamos"
    ),
    "La empresa volvió preparada: la oficina debe contactarla": "Volviste preparada: seguimos con la entrevista",
    "Se contactó a la empresa": "Conversamos contigo para acordar una entrevista",
    "Quedó a cargo de quien hizo el primer contacto: no tenía ejecutivo o ejecutiva": "Ya tienes quien te atienda",
    "Se realizó la entrevista": "Hicimos la entrevista",
    "Se validó la empresa": "Validamos tu empresa",
    "El ejecutivo validó la empresa": "Validamos tu empresa",  # as it was noted at first
    "La empresa completó la preadmisibilidad": "Enviaste la preadmisibilidad",
    "Se pidió a la empresa corregir su preadmisibilidad": "Te pedimos corregir la preadmisibilidad",
    "La empresa quedó preadmitida": "Tu empresa quedó preadmitida",
    "La empresa no fue validada después de la entrevista": "Te contamos por qué no sigues a la preadmisibilidad",
    "Después de la entrevista la empresa fue derivada a otro organismo": "Te contamos quién te ayuda a prepararte",
    "La empresa dejó la ruta: la revisión quedó sin efecto": "Dejaste la ruta: la revisión quedó sin efecto",
    "La empresa no fue preadmitida": "Tu empresa no quedó preadmitida",
    "La empresa desistió de su ingreso": "Dejaste la ruta",
    "La empresa pidió que una persona revise su resultado": "Pediste que una persona revise tu resultado",
    "La ficha se corrigió y dice que exporta: una persona revisa su resultado": (
        "Tu ficha dice que exportas: una persona revisa tu resultado"
    ),
    "Se respondió la revisión del resultado": "Respondimos la revisión de tu resultado",
    "Se pidió ayuda a Gestión de clientes": "Pediste ayuda",
    "Gestión de clientes respondió la solicitud de ayuda": "Respondimos tu solicitud de ayuda",
    "La empresa sigue con el problema": "Nos contaste que sigues con el problema",
    "Se cerró la solicitud de ayuda": "Cerramos tu solicitud de ayuda",
    "La empresa escribió a quien la atiende": "Le escribiste a quien te atiende",
    "Se respondió a la empresa": "Respondimos lo que escribiste",
    "La empresa volvió a preguntar": "Volviste a preguntar",
    "Se cerró la consulta": "Cerramos tu consulta",
    "Pidieron acceso para actuar por la empresa": "Pidieron acceso a tu empresa",
    "Se dio acceso para actuar por la empresa": "Se dio acceso a tu empresa",
    "Se rechazó un acceso para actuar por la empresa": "Se rechazó un acceso a tu empresa",
    "Se quitó un acceso para actuar por la empresa": "Se quitó un acceso a tu empresa",
    "Dejaron su acceso para actuar por la empresa": "Dejaron su acceso a tu empresa",
    "Retiraron su pedido de acceso para actuar por la empresa": "Retiraron su pedido de acceso",
    "Correo automático enviado": "Te enviamos un correo",
    "Entrevista acordada": "Acordamos la entrevista",  # without its date, as it was noted at first
    "Entrevista cambiada de fecha": "Cambió la fecha de la entrevista",
    "Otra persona atiende la entrevista acordada; su fecha no cambia": "Cambió quién te atiende en la entrevista",
    "Entrevista cancelada": "Se canceló la entrevista",
    "Llegó a verde: pasó del programa a la atención regional": "Llegaste a verde: cambió quién te atiende",
    "Gestión de clientes registró la empresa por quien pidió ayuda": "Registramos tu empresa contigo",
    "Gestión de clientes corrigió el RUT de la empresa": "Corregimos el RUT de tu empresa",
}
OPENED = {
    "intake": "Empezaste tu ruta",
    "review": "Pediste que una persona revise tu resultado",
    "help_request": "Pediste ayuda",
    "enquiry": "Le escribiste a quien te atiende",
}
# Of facts that say to whom or when: how they begin, and how they do for the company.
GOES_ON = "Seguimos con el resultado que ya tenías, del "
KEPT_RESULT = "Sigue con el resultado que ya tenía, del "
BEGINNINGS = {
    KEPT_RESULT: GOES_ON,
    "Derivada a ": "Te derivamos a ",
    "Quedó sin efecto la derivación a ": "Quedó sin efecto tu derivación a ",
    "Entrevista acordada para el ": "Acordamos la entrevista para el ",
    "Entrevista cambiada para el ": "Cambió la entrevista: ahora es el ",
}
_NUMBERED = re.compile(r"^(?P<fact>.*?): [^:]+ (?P<number>[A-Z]{3}-\d{4}-\d+)$")


def told(entries: Iterable[Entry], actor: Actor) -> list[dict[str, Any]]:
    """Entries for the shell's timeline. Of a form that was sent by who goes on with an earlier result nothing says
    that the test follows: in the same instant it did not."""
    rows = list(entries)
    kept = {(row.matter_id, row.happened_at) for row in rows if row.fact.startswith(KEPT_RESULT)}
    return [_row(entry, actor, (entry.matter_id, entry.happened_at) in kept) for entry in rows]


def _row(entry: Entry, actor: Actor, kept_result: bool) -> dict[str, Any]:
    text, fact = look(entry, "text"), _fact(entry)
    return {
        "happened_at": entry.happened_at,
        "kind": entry.kind,
        "fact": SENT if kept_result and fact == TEST_FOLLOWS else fact,
        "text": text if text is not None else "",
        "author": "" if _fact(entry).startswith(GOES_ON) else _author(entry, actor),
        "href": _where(entry),
    }


def _where(entry: Entry) -> str:
    """The page of what was written to the executive, which any representative of the company may open."""
    if entry.kind != Entry.Kind.STEP or entry.matter is None or entry.matter.kind != "enquiry":
        return ""
    return reverse("portal:help_asked", args=[entry.matter.number])


def _fact(entry: Entry) -> str:
    for beginning, theirs in BEGINNINGS.items():
        if entry.fact.startswith(beginning):
            return theirs + entry.fact.removeprefix(beginning)
    numbered = _NUMBERED.match(entry.fact)
    if numbered is None:
        return FACTS.get(entry.fact, entry.fact)
    kind = entry.matter.kind if entry.matter else ""
    fact = FACTS.get(numbered["fact"]) or OPENED.get(kind) or numbered["fact"]
    return f"{fact} (número {numbered['number']})"


def _author(entry: Entry, actor: Actor) -> str:
    if entry.author is None:
        return ""
    if entry.kind == "referral" and actor.person is not None and entry.author_id == actor.person.pk:
        return ""  # it followed from the test that they sent: the agency refers, not they
    return "Tú" if actor.person is not None and entry.author_id == actor.person.pk else entry.author.full_name
