"""What the company reads of its history is in its own words, for every fact that the protocol can write."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from acompana.cases.states import HELP_REQUEST
from acompana.intake.states import INTAKE, REVIEW
from acompana.logbook.models import Entry
from acompana.matters.models import Matter
from acompana.people.actors import SYSTEM, Actor
from acompana.people.models import Person
from acompana.portal.history import FACTS, told

WRITTEN = {
    (lifecycle.kind, row.fact)
    for lifecycle in (INTAKE, REVIEW, HELP_REQUEST)
    for row in lifecycle.transitions
    if row.visibility == "company"
}


@pytest.mark.parametrize(("kind", "fact"), sorted(WRITTEN))
def test_every_fact_that_the_company_may_read_has_its_words(kind, fact):
    assert fact in FACTS


def entry(fact: str, kind: str = "step", matter: str = "intake") -> Entry:
    return Entry(
        kind=kind, fact=fact, happened_at=datetime(2026, 9, 16, 15, tzinfo=UTC), matter=Matter(kind=matter), channel=""
    )


def test_an_opening_keeps_its_number_and_loses_its_jargon():
    rows = told([entry("Se abrió: Ingreso de una empresa ING-2026-000123")], SYSTEM)
    assert rows[0]["fact"] == "Empezaste tu ruta (número ING-2026-000123)"


def test_a_mail_is_told_as_one():
    assert told([entry("Correo automático enviado", kind="message")], SYSTEM)[0]["fact"] == "Te enviamos un correo"


def test_a_referral_is_the_agencys_and_not_of_who_sent_the_test():
    person = Person(pk=7, given_names="Ana")
    referred = entry("Derivada a SERCOTEC", kind="referral")
    referred.author = person
    rows = told([referred], Actor(person=person))
    assert (rows[0]["fact"], rows[0]["author"]) == ("Te derivamos a SERCOTEC", "")


def test_who_goes_on_with_an_earlier_result_is_not_told_that_the_test_follows():
    sent = "La empresa envió su ficha: sigue el test de autodiagnóstico"
    kept = "Sigue con el resultado que ya tenía, del 16-09-2026"
    rows = told([entry(kept), entry(sent)], SYSTEM)
    assert [row["fact"] for row in rows] == [
        "Seguimos con el resultado que ya tenías, del 16-09-2026",
        "Enviaste la ficha",
    ]
    assert told([entry(sent)], SYSTEM)[0]["fact"] == "Enviaste la ficha: sigue el test"
