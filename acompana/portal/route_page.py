"""What the route page says: where I am, what you need from me, what happens next (INT-5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from acompana.companies.models import Company
from acompana.intake.mail import moment_words
from acompana.intake.models import Intake, Interview
from acompana.intake.queries import was_referred_after_interview
from acompana.intake.states import INTAKE
from acompana.kernel.lifecycle import stations_of
from acompana.matters.queries import state_before
from acompana.people.models import Person
from acompana.portal.promises import Promise

STATION_LABELS = stations_of(INTAKE)
STATION_OF = {row.slug: STATION_LABELS.index(row.station) for row in INTAKE.states if row.turn != "nobody"}

SENT_ON = "referred_after_interview"  # its words are not those of who was referred by its test
IN_REVIEW = "referred_in_review"  # nor while a person looks again at its result (INT-29)
TOLD_NO = ("not_preadmitted", SENT_ON)


@dataclass(slots=True)
class RoutePage:
    """Everything that the page shows, in plain words."""

    stations: list[dict[str, Any]]
    heading: str
    body: str
    turn: str
    action_label: str = ""
    action_href: str = ""
    starts: str = ""  # label of the button that begins the route, or begins it again
    again_when: str = ""  # what must change first: then that button stands below, as a quiet one
    promises: list[Promise] = field(default_factory=list)
    interview: Interview | None = None
    interview_at: str = ""
    is_over: bool = False  # its hour passed, and nobody registered it yet
    marked: list[str] = field(default_factory=list)  # the declarations that it was asked to correct
    meanwhile: list[dict[str, str]] = field(default_factory=list)


def stations(company: Company, intake: Intake | None) -> list[dict[str, Any]]:
    """The five stations with the state of each; the test is skipped by who exports (INT-4)."""
    here, ended = _reached(intake)
    rows: list[dict[str, Any]] = []
    for number, label in enumerate(STATION_LABELS):
        state = "done" if number < here else "skipped" if ended else "here" if number == here else "ahead"
        detail = ""
        if number == 2 and intake is not None:
            if intake.is_exporter and not intake.test_id:
                state, detail = "skipped", "Exportas: no lo necesitas"
            elif intake.potential:
                detail = f"Potencial {intake.get_potential_display().lower()}"
        rows.append({"label": label, "state": state, "detail": detail})
    if intake is not None and intake.potential:
        rows[2]["href"] = reverse("portal:result", args=[company.pk])
    if intake is not None and intake.declarations_id:
        rows[4]["href"] = reverse("portal:preadmissibility", args=[company.pk])
    return rows


def _reached(intake: Intake | None) -> tuple[int, bool]:
    """The number of the station where it is, or of the first that was not made, and whether the route ended there. One
    query of a company that left its route."""
    if intake is None:
        return 1, False
    state, left = intake.matter.state, intake.matter.state == "withdrawn"
    if left:  # it ended where it stood
        state = state_before(intake.matter)
    match state:
        case "preadmitted":
            return 5, True
        case "not_preadmitted":
            return 5 if intake.declarations_id else 4, True
        case "referred":
            return 4 if intake.interview_response_id else 3, True
        case _:
            return STATION_OF.get(state, 1), left


def words_for(intake: Intake | None, in_review: bool) -> str:
    """By which of `WORDS` a company reads where it stands, on its route page and in a list of several: its state, and
    of one that was referred, why it was and what waits. `in_review`: `intake.queries.in_review`."""
    if intake is None:
        return "characterization"
    if was_referred_after_interview(intake):
        return SENT_ON
    return IN_REVIEW if in_review and intake.matter.state == "referred" else intake.matter.state


def where_it_stands(intake: Intake | None, company: Company, in_review: bool = False) -> str:
    """A company in a list of several: its step of the route and whose turn it is, in a sentence (INT-5)."""
    if intake is None:
        return "Todavía no empieza la ruta."
    state = words_for(intake, in_review)
    step = STATION_OF.get(state)
    if step is None:
        return f"{WORDS[state][0].format(company=company.name).strip('¡!')}."
    turn = "Te toca a ti." if TURN[state] == "company" else "Nos toca a nosotros."
    return f"Paso {step + 1} de {len(STATION_LABELS)}: {STATION_LABELS[step].lower()}. {turn}"


def route_page(
    *,
    company: Company,
    intake: Intake | None,
    is_former: bool,
    promises: list[Promise],
    interview: Interview | None,
    missing: int,
    gaps: int,
    interview_is_over: bool = False,
    in_review: bool = False,
    called_off: Interview | None = None,
    begun: tuple[int, str] | None = None,
    again_when: str = "",
    why_no_start: str = "",
    correction: str = "",
    marked: Sequence[str] = (),
    attends: Person | None = None,
) -> RoutePage:
    """The page of a company. `missing`: what it is still asked for; `gaps`: what the test found; `is_former`: DEF-4;
    `interview_is_over`: its hour passed and it is not registered; `in_review`: a person looks again at its result;
    `called_off`: the last interview, cancelled, while none is agreed in its place; `begun`: of a test that was left
    half done, how many questions are answered and of how many; `again_when`: what must change before a company that
    was not pre-admitted begins again (INT-18); `why_no_start`: why it may not, which hides its button; `correction`:
    what it was asked to correct in its pre-admissibility; `marked`: the declarations that this is about (INT-27);
    `attends`: its executive, or who stands in while they are absent (POR-10)."""
    shown = words_for(intake, in_review)
    heading, body, label, name = WORDS[shown]
    state = "referred" if shown == IN_REVIEW else shown
    office = intake.matter.office.name if intake else ""
    who = attends.full_name if attends else "tu oficina"
    words = {"office": office[:1].lower() + office[1:], "company": company.name, "who": who}
    page = RoutePage(
        stations=stations(company, intake),
        heading=heading.format(**words),
        body=body.format(**words),
        turn=TURN[shown],
        action_label=label,
        action_href=reverse(name, args=[company.pk]) if name else "",
        promises=promises,
        interview=interview,
    )
    if interview is not None and intake is not None:
        page.interview_at = moment_words(interview.starts_at, intake.matter.office.time_zone)
    if interview is not None and state == "to_interview":
        # Once it is agreed the date is what counts; of the limit only its lateness is still told.
        page.promises = [one for one in promises if one.commitment.rule != "DL-2" or one.is_late]
        page.heading, page.body = "Tu entrevista está acordada", ""
    if called_off is not None and intake is not None and state == "to_interview":
        page.heading = "Ahora nos toca a nosotros: acordar otra fecha"
        when = moment_words(called_off.starts_at, intake.matter.office.time_zone)
        page.body = f"La entrevista del {when} se canceló. Te contactaremos para acordar otra."
    if interview_is_over and interview is not None and state == "to_interview":
        page.is_over, page.heading = True, "La hora de tu entrevista ya pasó"
        page.body = f"Falta que {interview.executive.full_name} registre cómo fue. Si no se hizo, elige otra fecha."
    if intake and intake.outcome_reason and state in TOLD_NO:
        page.body = f"El motivo: {intake.outcome_reason}\n\n{page.body}"
    if correction and state == "preadmissibility":
        page.heading, page.action_label = "Ahora te toca a ti: corrige tu preadmisibilidad", "Corregir y enviar"
        page.body = f"Te pedimos corregir: {correction}\n\nNo tiene plazo: hazlo cuando quieras."
        page.marked = list(marked)
    if begun is not None and state == "self_test":
        page.heading, page.action_label = "Ahora te toca a ti: termina tu test", "Seguir con el test"
        answered = "1 pregunta" if begun[0] == 1 else f"{begun[0]} preguntas"
        page.body = (
            f"Llevas {answered} de {begun[1]}. Lo que respondiste está guardado y no hay plazo: sigues donde quedaste."
        )
    if state == "preadmitted" and attends:
        page.action_label = f"Escribirle a {attends.full_name}"
        page.action_href = reverse("portal:write", args=[company.pk])
    _offer_to_start(page, intake, state, is_former)
    page.again_when = again_when if state in TOLD_NO else ""
    if page.starts and why_no_start:
        page.starts, page.again_when = "", ""
        page.turn, page.body = "nobody", f"{page.body}\n\n{why_no_start}" if intake else why_no_start
        page.heading = page.heading if intake else "Ya trabajas con la agencia"
    page.meanwhile = _meanwhile(company, attends, state, missing, gaps)
    return page


def _offer_to_start(page: RoutePage, intake: Intake | None, state: str, is_former: bool) -> None:
    """The button that opens an intake: the first, or another after the last one ended (INT-3, INT-13)."""
    if intake is None:
        page.action_label, page.starts = "", "Empezar con la ficha"
    elif state in ("withdrawn", *TOLD_NO):
        page.starts = "Volver a empezar"
    elif is_former and state in ("preadmitted", "referred"):
        page.starts = "Actualizar mi ficha y empezar de nuevo"
    if is_former and (intake is None or state in ("preadmitted", "referred", "characterization")):
        page.heading = "Qué bueno verte de nuevo: actualiza tu ficha"
        page.body = (
            "Trabajaste con la agencia hace tiempo. Revisa que tus datos sigan al día; "
            "si no has exportado en los últimos 3 años, harás el test otra vez."
        )
        page.turn = "company"


def _meanwhile(company: Company, attends: Person | None, state: str, missing: int, gaps: int) -> list[dict[str, str]]:
    rows = []
    if missing and state != "characterization":
        words = "1 dato que falta" if missing == 1 else f"{missing} datos que faltan"
        rows.append((f"Completar {words} en tu ficha", "Completar", reverse("portal:form", args=[company.pk])))
    if gaps:
        one = gaps == 1
        words = "la brecha" if one else f"las {gaps} brechas"
        text = f"Ver {words} que encontró el test y qué {'la' if one else 'las'} cierra"
        rows.append((text, "Ver resultado", reverse("portal:result", args=[company.pk])))
    if state in ("referred", *TOLD_NO):
        rows.append(("Leer el material gratuito para prepararte", "Ver material", reverse("portal:materials")))
    if attends and state != "preadmitted":  # there it is the button
        text = f"Preguntarle algo a {attends.full_name}, que te atiende"
        rows.append((text, "Escribirle", reverse("portal:write", args=[company.pk])))
    asking = f"{reverse('portal:help_request')}?empresa={company.pk}"
    rows.append(("Contarnos si algo no te resulta", "Pedir ayuda", asking))
    return [{"text": text, "label": label, "href": href} for text, label, href in rows]


TURN = {
    "characterization": "company",
    "self_test": "company",
    "to_contact": "agency",
    "to_interview": "agency",
    "to_validate": "agency",
    "preadmissibility": "company",
    "preadmissibility_review": "agency",
    "preadmitted": "good",
    "not_preadmitted": "nobody",
    "referred": "nobody",
    IN_REVIEW: "agency",
    SENT_ON: "nobody",
    "withdrawn": "nobody",
}

# state: heading, body, label of the action, name of its address
WORDS: dict[str, tuple[str, str, str, str]] = {
    "characterization": (
        "Ahora te toca a ti: completa tu ficha",
        "Son preguntas sobre {company}. Se guarda sola y no tiene plazo: puedes parar y seguir cuando quieras.",
        "Seguir con la ficha",
        "portal:form",
    ),
    "self_test": (
        "Ahora te toca a ti: haz el test",
        "Te muestra qué tan lista está {company} para exportar y qué conviene reforzar. "
        "Toma unos 15 minutos y no tiene plazo: hazlo cuando quieras.",
        "Hacer el test",
        "portal:test",
    ),
    "to_contact": (
        "Ahora nos toca a nosotros",
        "Es para acordar una entrevista o una visita. Si no contestas, lo intentaremos otra vez.",
        "",
        "",
    ),
    "to_interview": (
        "Ahora nos toca a nosotros: la entrevista",
        "Ya conversamos. Lo que sigue es una entrevista o una visita a tu empresa.",
        "",
        "",
    ),
    "to_validate": (
        "Ahora nos toca a nosotros",
        "La entrevista está hecha. Ahora {who} revisa los datos de {company} para validarla.",
        "",
        "",
    ),
    "preadmissibility": (
        "Ahora te toca a ti: el último paso",
        "{company} está validada. Revisa y acepta las declaraciones de la preadmisibilidad. "
        "No tiene plazo: hazlo cuando quieras.",
        "Completar la preadmisibilidad",
        "portal:preadmissibility",
    ),
    "preadmissibility_review": (
        "Ahora nos toca a nosotros",
        "Recibimos tu preadmisibilidad. Ahora {who} la revisa.",
        "",
        "",
    ),
    "preadmitted": (
        "¡{company} está preadmitida!",
        "Ya puedes pedir apoyo a {who} y participar en las actividades de la agencia.",
        "",
        "",
    ),
    "not_preadmitted": (
        "Por ahora no quedaste preadmitida",
        "La agencia acompaña a empresas que pueden exportar o ya exportan.",
        "",
        "",
    ),
    "referred": (
        "Un plan para prepararte",
        "El test muestra que conviene prepararse antes de exportar. Te dijimos los pasos y quién te ayuda.",
        "Ver mi resultado y los pasos",
        "portal:result",
    ),
    IN_REVIEW: (
        "Ahora nos toca a nosotros: revisamos tu resultado",
        "Mientras tanto sigue aquí lo que te dijimos con el resultado del test: los pasos y quién te ayuda.",
        "Ver mi resultado y los pasos",
        "portal:result",
    ),
    SENT_ON: (
        "Ahora te ayuda otro organismo",
        "Cuando hayas avanzado, cuéntale a quien sigue tu derivación: si vuelves preparada, te atendemos otra vez.",
        "",
        "",
    ),
    "withdrawn": (
        "Dejaste la ruta",
        "Puedes volver a empezar cuando quieras: tus datos siguen aquí.",
        "",
        "",
    ),
}
