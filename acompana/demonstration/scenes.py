"""The main screens, and as whom each is opened: what `manage.py shots` takes pictures of.

Addresses are asked of the database when they are needed, since numbers differ from day to day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from acompana.cases.models import HelpRequest
from acompana.companies.models import Company, Mandate
from acompana.companies.queries import find_by_rut
from acompana.demonstration.cast import CITIZEN_PARTS, OWN_COMPANY, RIVAL_COMPANY, STAFF_PARTS, email_of
from acompana.matters.models import Matter
from acompana.people.models import Person

Who = Callable[[], Person | None]
Where = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Scene:
    """A screen: `name` of its files, who opens it (None: nobody) and its address (empty: not there today)."""

    name: str
    who: Who
    where: Where


def nobody() -> None:
    return None


def of_cast(key: str) -> Who:
    emails = {part.key: email_of(part) for part in STAFF_PARTS} | {part[0]: part[4] for part in CITIZEN_PARTS}
    return lambda: Person.objects.filter(email=emails[key]).first()


def company_in(state: str, kind: str = "intake") -> Company | None:
    """Some company of the bulk whose newest matter of the kind stands in a state, and that somebody represents."""
    matter = (
        Matter.objects.filter(kind=kind, state=state, company__mandates__state=Mandate.State.ACTIVE)
        .select_related("company")
        .order_by("-state_since")
        .first()
    )
    return matter.company if matter else None


def represents(state: str) -> Who:
    def who() -> Person | None:
        company = company_in(state)
        mandate = company and company.mandates.filter(state=Mandate.State.ACTIVE).select_related("person").first()
        return mandate.person if mandate else None

    return who


def page(name: str, *arguments: object) -> Where:
    """The address of a named page; empty where this version has no such page."""

    def where() -> str:
        try:
            return reverse(name, args=arguments)
        except NoReverseMatch:
            return ""

    return where


def page_of(state: str, name: str, *more: object) -> Where:
    """The portal's page of some company in a state."""

    def where() -> str:
        company = company_in(state)
        return page(name, company.pk, *more)() if company else ""

    return where


def page_of_rut(rut: str, name: str) -> Where:
    def where() -> str:
        company = find_by_rut(rut)
        return page(name, company.pk)() if company else ""

    return where


def work_on(state: str, name: str, office: str = "CL-VS", kind: str = "intake") -> Where:
    """The desk's page for a step of some matter of an office in a state."""

    def where() -> str:
        matter = Matter.objects.filter(kind=kind, state=state, office__code=office).order_by("-state_since").first()
        return page(name, matter.number)() if matter else ""

    return where


def help_waiting() -> str:
    request = HelpRequest.objects.filter(matter__state="received").order_by("matter__opened_at").first()
    return page("cases:help_request", request.matter.number)() if request else ""


PUBLIC = (
    Scene("public-home", nobody, page("portal:home")),
    Scene("public-route", nobody, page("portal:route_explained")),
    Scene("public-who-may", nobody, page("portal:who_may")),
    Scene("public-offices", nobody, page("offices:directory")),
    Scene("public-help", nobody, page("portal:help")),
    Scene("public-manual", nobody, page("portal:manual")),
    Scene("entrance", nobody, page("account_login")),
    Scene("demonstration-mail", nobody, page("messages:sink")),
)
PORTAL = (
    Scene("portal-register", of_cast("newcomer"), page("portal:register")),
    Scene("portal-form", represents("characterization"), page_of("characterization", "portal:form")),
    Scene(
        "portal-form-step",
        represents("characterization"),
        page_of("characterization", "portal:form_step", "identificacion"),
    ),
    Scene("portal-test", represents("self_test"), page_of("self_test", "portal:test")),
    Scene("portal-route-to-contact", represents("to_contact"), page_of("to_contact", "portal:company")),
    Scene("portal-result-low", represents("referred"), page_of("referred", "portal:result")),
    Scene("portal-route-low", represents("referred"), page_of("referred", "portal:company")),
    Scene("portal-route-interview", of_cast("rival"), page_of_rut(RIVAL_COMPANY, "portal:company")),
    Scene("portal-preadmissibility", represents("preadmissibility"), page_of("preadmissibility", "portal:company")),
    Scene("portal-route-done", of_cast("owner"), page_of_rut(OWN_COMPANY, "portal:company")),
    Scene("portal-result", of_cast("owner"), page_of_rut(OWN_COMPANY, "portal:result")),
    Scene("portal-limited", of_cast("limited"), page("portal:mine")),
)
DESK = (
    Scene("desk-my-day", of_cast("executive"), page("desk:my_day")),
    Scene("desk-record", of_cast("executive"), page_of_rut(OWN_COMPANY, "desk:record")),
    Scene("desk-record-data", of_cast("executive"), page_of_rut(OWN_COMPANY, "companies:data")),
    Scene("desk-intakes", of_cast("executive"), page("intake:intakes")),
    Scene("desk-contact", of_cast("executive"), work_on("to_contact", "intake:contact")),
    Scene("desk-interview", of_cast("executive"), work_on("to_interview", "intake:interview")),
    Scene("desk-companies", of_cast("executive"), page("companies:list")),
    Scene("desk-new-company", of_cast("executive"), page("companies:new")),
    Scene("desk-search", of_cast("executive"), lambda: page("desk:search")() + "?q=conservas"),
    Scene("director-my-day", of_cast("director"), page("desk:my_day")),
    Scene("director-accounts", of_cast("director"), page("intake:accounts")),
    Scene("director-to-assign", of_cast("director"), page("intake:to_assign")),
    Scene("director-team", of_cast("director"), page("desk:team")),
    Scene("director-accesses", of_cast("director"), page("companies:mandates")),
    Scene("help-requests", of_cast("client_management"), page("cases:help_requests")),
    Scene("help-request", of_cast("client_management"), help_waiting),
    Scene("protocol", of_cast("administrator"), page("commitments:protocol")),
    Scene("calculator", of_cast("administrator"), page("commitments:calculator")),
    Scene("process", of_cast("administrator"), page("progress:lifecycle", "intake")),
    Scene("administration-people", of_cast("administrator"), page("administration:staff")),
    Scene("administration-offices", of_cast("administrator"), page("administration:offices")),
    Scene("instruments", of_cast("administrator"), page("questionnaires:instruments")),
    Scene("outbox", of_cast("administrator"), page("messages:outbox")),
)
FIGURES = (
    Scene("figures-list", of_cast("control"), page("evaluation:list")),
    Scene("figures-route", of_cast("control"), page("evaluation:route")),
    Scene("figures-deadlines", of_cast("control"), page("evaluation:deadlines")),
)
SCENES: tuple[Scene, ...] = (*PUBLIC, *PORTAL, *DESK, *FIGURES)
