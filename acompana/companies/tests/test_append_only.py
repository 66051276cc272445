"""The database itself keeps mandates as decided, and the facts that a company's status is computed from."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from acompana.companies.models import Assignment, CountingAction, Mandate, Validation
from acompana.companies.operations import assign_executive, decide_mandate, request_mandate
from acompana.companies.tests.conftest import NOW

LATER = NOW + timedelta(days=1)


@pytest.fixture
def rows(alto_roble, carolina, marta, ana, luis):
    """A mandate in force, one refused, one that waits; a validation, an assignment and an action that counts."""
    refused = request_mandate(company=alto_roble, person=luis.person, now=NOW)
    decide_mandate(mandate=refused, granted=False, reason="No es de la empresa", actor=ana, now=NOW)
    request_mandate(company=alto_roble, person=luis.person, now=NOW)
    assign_executive(company=alto_roble, executive=carolina.person, actor=marta, now=NOW)
    Validation.objects.create(company=alto_roble, validated_at=NOW, validated_by=carolina.person)
    CountingAction.objects.create(
        company=alto_roble, kind="interview", done_on=NOW.date(), registered_by=carolina.person, registered_at=NOW
    )
    return marta.person


def mandates(state):
    return Mandate.objects.filter(state=state)


REFUSED = {
    "who asked for a mandate": lambda marta: mandates("requested").update(person=marta),
    "when it was asked for": lambda marta: mandates("active").update(requested_at=LATER),
    "who gave it": lambda marta: mandates("active").update(decided_by=marta),
    "that it was given": lambda marta: mandates("active").update(state="requested"),
    "how it was given, while it ends": lambda marta: mandates("active").update(state="ended", basis="office"),
    "that it was refused": lambda marta: mandates("refused").update(state="ended"),
    "why it was refused": lambda marta: mandates("refused").update(reason="Otro motivo"),
    "a mandate itself": lambda marta: Mandate.objects.all()._raw_delete("default"),
    "who validated": lambda marta: Validation.objects.update(validated_by=marta),
    "who would have withdrawn what holds": lambda marta: Validation.objects.update(withdrawn_by=marta),
    "a validation itself": lambda marta: Validation.objects.all()._raw_delete("default"),
    "what counted": lambda marta: CountingAction.objects.update(kind="fair"),
    "an action that counts itself": lambda marta: CountingAction.objects.all()._raw_delete("default"),
    "whose company it was": lambda marta: Assignment.objects.update(executive=marta),
    "since when": lambda marta: Assignment.objects.update(since_at=LATER),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refuses_to_change(what, rows):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        REFUSED[what](rows)


def test_a_validation_is_withdrawn_once(rows):
    assert Validation.objects.update(withdrawn_at=LATER, withdrawn_by=rows, reason="Cerró") == 1
    for again in ({"withdrawn_at": None}, {"withdrawn_at": LATER + timedelta(days=1)}, {"reason": "Otra cosa"}):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            Validation.objects.update(**again)


def test_a_mandate_in_force_ends_and_then_stays(rows):
    assert mandates("active").update(state="ended", decided_at=LATER, decided_by=rows, reason="Dejó la empresa") == 1
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        mandates("ended").update(state="active")


def test_a_request_that_waits_keeps_what_its_person_types(rows):
    assert mandates("requested").update(entered={"values": {"workers": 3}}) == 1


def test_an_assignment_ends(rows):
    assert Assignment.objects.update(until_at=LATER) == 1
