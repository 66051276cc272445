"""A small lifecycle to walk, and the people who walk it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from acompana.companies.models import Company, Mandate
from acompana.kernel import lifecycle as engine
from acompana.kernel.lifecycle import Facts, Lifecycle, Owes, State, Transition
from acompana.people.actors import Actor, actor_of
from acompana.people.models import Office, Person, Role, RoleGrant, StaffMember

NOW = datetime(2026, 9, 16, 18, 0, tzinfo=UTC)


def is_ready(facts: Facts) -> str | None:
    return None if facts.get("ready") else "La ficha todavía no está completa."


ANSWER = Owes("DL-6", "company")
WALK = Lifecycle(
    kind="walk",
    version=1,
    title="Paseo",
    prefix="PAS",
    initial="form",
    states=(
        State("form", "Ficha", turn="company", station="Ficha"),
        State("checking", "En revisión", station="Revisión"),
        State("waiting", "En espera", turn="company", station="Revisión"),
        State("settled", "Calculada", station="Revisión"),
        State("done", "Terminado", turn="nobody", station="Revisión", final=True),
        State("gone", "Desistido", turn="nobody", final=True),
    ),
    transitions=(
        Transition(
            "send",
            "Enviar la ficha",
            ("form",),
            "checking",
            who=("company", "regional-executive"),
            guard=is_ready,
            fact="La empresa envió su ficha",
            visibility="company",
        ),
        Transition("approve", "Aprobar", ("checking",), "settled", who=("regional-director",), needs=("note",)),
        Transition("return", "Devolver", ("checking",), "form", who=("staff",), needs=("reason",)),
        Transition("finish", "Terminar", ("settled",), "done", mode="computed", guard=is_ready),
        Transition("wait", "Esperar a la empresa", ("form",), "waiting", who=("staff",), starts=(ANSWER,)),
        Transition("answer", "Responder", ("waiting",), "checking", who=("company",), fulfils=("DL-6",)),
        Transition("expire", "Cerrar por silencio", ("waiting",), "gone", mode="timed", after="DL-1", guard=is_ready),
        Transition(
            "give_up", "Desistir", ("form", "checking", "waiting", "settled"), "gone", who=("company", "staff")
        ),
    ),
)


@pytest.fixture
def facts():
    """What the gatherer answers: a test changes it."""
    return {"ready": True}


@pytest.fixture
def walk(facts):
    engine.register(WALK, gather=lambda matter: facts)
    yield WALK
    engine.forget("walk")


@dataclass
class Cast:
    office: Office
    company: Company
    carolina: Actor
    marta: Actor
    pedro: Actor
    ana: Actor
    luis: Actor

    def again(self, actor: Actor) -> Actor:
        return actor_of(actor.person, NOW.date())


def staff(given: str, family: str, office: Office, role: str) -> Actor:
    person = Person.objects.create(given_names=given, family_names=family, joined_at=NOW)
    member = StaffMember.objects.create(person=person, office=office, since_on=date(2025, 1, 1))
    grant = Role.objects.get(slug=role)
    RoleGrant.objects.create(staff_member=member, role=grant, since_on=date(2025, 1, 1))
    return actor_of(person, NOW.date())


def owner(given: str, family: str, company: Company | None) -> Actor:
    person = Person.objects.create(given_names=given, family_names=family, joined_at=NOW)
    if company is not None:
        Mandate.objects.create(company=company, person=person, state=Mandate.State.ACTIVE, requested_at=NOW)
    return actor_of(person, NOW.date())


@pytest.fixture
def cast(db) -> Cast:
    return make_cast()


def make_cast() -> Cast:
    office = Office.objects.get(code="CL-VS")
    company = Company.objects.create(
        legal_name="Conservas Alto Roble SpA", country_id=office.country_id, office=office, created_at=NOW
    )
    return Cast(
        office=office,
        company=company,
        carolina=staff("Carolina", "Soto", office, "regional-executive"),
        marta=staff("Marta", "Fuentes", office, "regional-director"),
        pedro=staff("Pedro", "Lagos", Office.objects.get(code="CL-BI"), "regional-executive"),
        ana=owner("Ana", "Rojas", company),
        luis=owner("Luis", "Tapia", None),
    )
