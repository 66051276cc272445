"""What the route page says: where I am, what you need from me, what happens next (INT-5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from acompana.commitments.models import Commitment
from acompana.companies.models import Company
from acompana.intake.models import Intake, Interview

STATION_LABELS = ("Cuenta", "Ficha", "Test", "Entrevista", "Preadmisibilidad")
STATION_OF = {
    "characterization": 1,
    "self_test": 2,
    "referred": 2,
    "to_contact": 3,
    "to_interview": 3,
    "to_validate": 3,
    "preadmissibility": 4,
    "preadmissibility_review": 4,
}


@dataclass(slots=True)
class RoutePage:
    """Everything that the page shows, in plain words."""

    stations: list[dict[str, Any]]
    heading: str
    body: str
    turn: str
    action_label: str = ""
    action_href: str = ""
    owed: list[Commitment] = field(default_factory=list)
    interview: Interview | None = None
    meanwhile: list[dict[str, str]] = field(default_factory=list)


def stations(company: Company, intake: Intake | None) -> list[dict[str, Any]]:
    """The five stations with the state of each; the test is skipped by who exports (INT-4)."""
    if intake is None:
        here = 1
    elif intake.matter.state in ("preadmitted", "not_preadmitted"):
        here = 5
    else:
        here = STATION_OF.get(intake.matter.state, 1)
    rows: list[dict[str, Any]] = []
    for number, label in enumerate(STATION_LABELS):
        state = "done" if number < here else "here" if number == here else "ahead"
        detail = ""
        if number == 2 and intake is not None:
            if intake.is_exporter:
                state, detail = "skipped", "Exportas: no lo necesitas"
            elif intake.potential:
                detail = f"Potencial {intake.get_potential_display().lower()}"
        rows.append({"label": label, "state": state, "detail": detail})
    if intake is not None and intake.potential:
        rows[2]["href"] = reverse("portal:result", args=[company.pk])
    return rows


def route_page(
    *,
    company: Company,
    intake: Intake | None,
    owed: list[Commitment],
    interview: Interview | None,
    missing: int,
    gaps: int,
) -> RoutePage:
    """The page of a company. `missing`: fields still empty; `gaps`: what the test found."""
    state = intake.matter.state if intake else "characterization"
    heading, body, label, name = WORDS[state]
    office = intake.matter.office.name if intake else ""
    page = RoutePage(
        stations=stations(company, intake),
        heading=heading,
        body=body.format(office=office, company=company.name),
        turn=TURN[state],
        action_label=label,
        action_href=reverse(name, args=[company.pk]) if name else "",
        owed=owed,
        interview=interview,
    )
    if intake and intake.outcome_reason and state == "not_preadmitted":
        page.body = f"{page.body} El motivo: {intake.outcome_reason}"
    if missing and state != "characterization":
        words = "1 dato que falta" if missing == 1 else f"{missing} datos que faltan"
        page.meanwhile.append(
            {
                "text": f"Completar {words} en tu ficha",
                "label": "Completar",
                "href": reverse("portal:form", args=[company.pk]),
            }
        )
    if gaps:
        words = "la brecha" if gaps == 1 else f"las {gaps} brechas"
        page.meanwhile.append(
            {
                "text": f"Ver {words} que encontró el test y qué las cierra",
                "label": "Ver resultado",
                "href": reverse("portal:result", args=[company.pk]),
            }
        )
    page.meanwhile.append(
        {"text": "Pedir ayuda si algo no te resulta", "label": "Pedir ayuda", "href": reverse("portal:help_request")}
    )
    return page


TURN = {
    "characterization": "company",
    "self_test": "company",
    "to_contact": "agency",
    "to_interview": "agency",
    "to_validate": "agency",
    "preadmissibility": "company",
    "preadmissibility_review": "agency",
    "preadmitted": "nobody",
    "not_preadmitted": "nobody",
    "referred": "nobody",
    "withdrawn": "nobody",
}

# state: heading, body, label of the action, name of its address
WORDS: dict[str, tuple[str, str, str, str]] = {
    "characterization": (
        "Ahora te toca a ti: completa tu ficha",
        "Son preguntas sobre {company}. Se guarda sola: puedes parar y seguir cuando quieras.",
        "Seguir con la ficha",
        "portal:form",
    ),
    "self_test": (
        "Ahora te toca a ti: haz el test",
        "Te muestra qué tan lista está {company} para exportar y qué conviene reforzar. Toma unos 15 minutos.",
        "Hacer el test",
        "portal:test",
    ),
    "to_contact": (
        "Ahora nos toca a nosotros",
        "La {office} te contactará para acordar una entrevista o una visita.",
        "",
        "",
    ),
    "to_interview": (
        "Ahora nos toca a nosotros: la entrevista",
        "Ya conversamos. La {office} realizará una entrevista o visita contigo.",
        "",
        "",
    ),
    "to_validate": (
        "Ahora nos toca a nosotros",
        "La entrevista está hecha. Tu ejecutivo revisa los datos de {company} para validarla.",
        "",
        "",
    ),
    "preadmissibility": (
        "Ahora te toca a ti: el último paso",
        "{company} está validada. Revisa y acepta las declaraciones de la preadmisibilidad.",
        "Completar la preadmisibilidad",
        "portal:preadmissibility",
    ),
    "preadmissibility_review": (
        "Ahora nos toca a nosotros",
        "Recibimos tu preadmisibilidad. Tu ejecutivo la está revisando.",
        "",
        "",
    ),
    "preadmitted": (
        "¡{company} está preadmitida!",
        "Ya puedes pedir apoyo a tu ejecutivo y participar en las actividades de la agencia.",
        "",
        "",
    ),
    "not_preadmitted": (
        "Por ahora no quedaste preadmitida",
        "Puedes volver a empezar cuando tu situación cambie.",
        "",
        "",
    ),
    "referred": (
        "Un plan para prepararte",
        "El test muestra que conviene prepararse antes de exportar. Te dijimos los pasos y quién te ayuda.",
        "Ver mi resultado y los pasos",
        "portal:result",
    ),
    "withdrawn": (
        "Dejaste la ruta",
        "Puedes volver a empezar cuando quieras: tus datos siguen aquí.",
        "Volver a empezar",
        "portal:form",
    ),
}
