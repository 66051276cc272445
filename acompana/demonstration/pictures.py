"""The pictures of the README and of the manual: under which name, of what, as whom and how large.

`manage.py shots docs/images --chosen` takes them again, so that what people read shows the screens as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.urls import reverse

from acompana.commitments.models import Commitment
from acompana.companies.models import Mandate
from acompana.companies.queries import find_by_rut
from acompana.demonstration.cast import OWN_COMPANY, RIVAL_COMPANY, STAFF_PARTS, email_of
from acompana.demonstration.scenes import (
    Where,
    Who,
    nobody,
    of_cast,
    page,
    page_of,
    page_of_rut,
    represents,
    work_on,
)
from acompana.matters.models import Matter
from acompana.people.models import Person, StaffMember


@dataclass(frozen=True, slots=True)
class Picture:
    """A file of docs/images; `address` is empty where nobody stands there today."""

    name: str
    who: Who
    where: Where
    width: int = 1280
    height: int = 860
    press: str = ""  # a button to press first


def asked(where: Where, query: str) -> Where:
    return lambda: f"{address}{query}" if (address := where()) else ""


def own_commitment() -> str:
    """What the executive owes on the day."""
    email = next(email_of(part) for part in STAFF_PARTS if part.key == "executive")
    found = Commitment.objects.filter(owner__email=email, fulfilled_at=None, cancelled_at=None).order_by("due_at")
    commitment = found.exclude(rule="").first() or found.first()
    return commitment.get_absolute_url() if commitment else ""


def away() -> str:
    """Somebody of the executive's office, on whose page an absence is noted."""
    email = next(email_of(part) for part in STAFF_PARTS if part.key == "executive")
    member = StaffMember.objects.filter(person__email=email).first()
    return reverse("administration:person", args=[member.pk]) if member else ""


def waiting_in(state: str) -> Matter | None:
    """Some intake in a state whose company has an executive, who takes its next step."""
    waiting = Matter.objects.filter(kind="intake", state=state, company__executive__isnull=False)
    return waiting.select_related("company__executive").order_by("-state_since").first()


def executive_in(state: str) -> Who:
    def who() -> Person | None:
        matter = waiting_in(state)
        return matter.company.executive if matter and matter.company else None

    return who


def step_in(state: str, name: str) -> Where:
    def where() -> str:
        matter = waiting_in(state)
        return reverse(name, args=[matter.number]) if matter else ""

    return where


def derive() -> str:
    company = find_by_rut(RIVAL_COMPANY)
    return reverse("intake:refer", args=[company.pk]) if company else ""


def asked_to_decide() -> Mandate | None:
    """An access to a company that is asked for, which one of its representatives decides."""
    mine = Mandate.objects.filter(company=OuterRef("company"), state=Mandate.State.ACTIVE)
    asked_for = Mandate.objects.filter(Exists(mine), state=Mandate.State.REQUESTED)
    return asked_for.select_related("company").order_by("-requested_at").first()


def who_decides() -> Person | None:
    asked_for = asked_to_decide()
    active = (
        asked_for and asked_for.company.mandates.filter(state=Mandate.State.ACTIVE).select_related("person").first()
    )
    return active.person if active else None


def accesses() -> str:
    asked_for = asked_to_decide()
    return reverse("portal:mandates", args=[asked_for.company_id]) if asked_for else ""


EXECUTIVE, DIRECTOR = of_cast("executive"), of_cast("director")
ADMINISTRATOR, CONTROL = of_cast("administrator"), of_cast("control")
OWNER = of_cast("owner")

PUBLIC = (
    Picture("portada", nobody, page("portal:home"), 1000, 1033),
    Picture("entrar", nobody, page("account_login"), 1000, 1100),
    Picture("ayuda", nobody, page("portal:help_request"), 1000, 1100),
)
PORTAL = (
    Picture("registrar", of_cast("newcomer"), page("portal:register"), 1000, 1020),
    Picture("ficha", represents("characterization"), page_of("characterization", "portal:form"), 1000, 1100),
    Picture(
        "test-pregunta",
        represents("self_test"),
        page_of("self_test", "portal:test"),
        1000,
        912,
        press="Empezar el test",
    ),
    Picture("resultado", OWNER, page_of_rut(OWN_COMPANY, "portal:result"), 1000, 1300),
    Picture("ruta", of_cast("rival"), page_of_rut(RIVAL_COMPANY, "portal:company"), 1280, 800),
    Picture("ruta-telefono", of_cast("rival"), page_of_rut(RIVAL_COMPANY, "portal:company"), 390, 844),
    Picture(
        "preadmisibilidad",
        represents("preadmissibility"),
        page_of("preadmissibility", "portal:preadmissibility"),
        1000,
        1009,
    ),
    Picture("accesos", who_decides, accesses, 1000, 1000),
)
DESK = (
    Picture("mi-dia", EXECUTIVE, page("desk:my_day"), 1280, 800),
    Picture("buscar", EXECUTIVE, asked(page("desk:search"), "?q=conservas"), 1280, 620),
    Picture("empresa", EXECUTIVE, page_of_rut(OWN_COMPANY, "desk:record"), 1280, 800),
    Picture("bitacora", EXECUTIVE, asked(page_of_rut(OWN_COMPANY, "desk:record"), "?anotar=call"), 1280, 1100),
    Picture("tarjeta", EXECUTIVE, page("companies:new")),
    Picture("contacto", EXECUTIVE, work_on("to_contact", "intake:contact")),
    Picture("entrevista", EXECUTIVE, work_on("to_interview", "intake:interview"), 1280, 1200),
    Picture("validar", executive_in("to_validate"), step_in("to_validate", "intake:validate")),
    Picture(
        "preadmitir",
        executive_in("preadmissibility_review"),
        step_in("preadmissibility_review", "intake:preadmission"),
    ),
    Picture("derivar", EXECUTIVE, derive, 1280, 1150),
    Picture("compromiso", EXECUTIVE, own_commitment),
    Picture("equipo", DIRECTOR, page("desk:team")),
    Picture("por-asignar", DIRECTOR, page("intake:to_assign"), 1280, 800),
    Picture("cuentas", DIRECTOR, page("intake:accounts"), 1280, 1069),
    Picture("accesos-escritorio", DIRECTOR, page("companies:mandates")),
    Picture("ayuda-escritorio", of_cast("client_management"), page("cases:help_requests"), 1280, 1100),
    Picture("embudo", CONTROL, page("evaluation:route"), 1280, 1250),
    Picture("plazos", CONTROL, page("evaluation:deadlines"), 1280, 1250),
)
SET_UP = (
    Picture("protocolo", ADMINISTRATOR, page("commitments:protocol"), 1280, 1000),
    Picture(
        "calculadora",
        ADMINISTRATOR,
        asked(page("commitments:calculator"), "?rule=DL-1&office=CL-RM&start=2026-09-16T15:00"),
    ),
    Picture("proceso", ADMINISTRATOR, page("progress:lifecycle", "intake"), 1280, 1000),
    Picture("personas", ADMINISTRATOR, page("administration:staff"), 1280, 1000),
    Picture("ausencia", ADMINISTRATOR, away),
    Picture("oficina", ADMINISTRATOR, page("administration:office", "CL-VS"), 1280, 1000),
    Picture("feriados", ADMINISTRATOR, page("administration:holidays"), 1280, 1000),
    Picture("instrumentos", ADMINISTRATOR, page("questionnaires:instruments")),
    Picture("mensajes", ADMINISTRATOR, asked(page("messages:outbox"), "?estado=enviados"), 1280, 1000),
    Picture("textos", ADMINISTRATOR, page("messages:templates"), 1280, 1200),
    Picture("claves", ADMINISTRATOR, page("api:system-tokens"), 1280, 1000),
    Picture("fuentes", ADMINISTRATOR, page("sources:list")),
    Picture("sistema", ADMINISTRATOR, page("messages:system"), 1280, 1000),
)
PICTURES: tuple[Picture, ...] = (*PUBLIC, *PORTAL, *DESK, *SET_UP)
