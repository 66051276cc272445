"""What the agency does with a company: counts, validates, assigns; and undoing it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from acompana.companies.models import Assignment, Company
from acompana.companies.operations import (
    assign_executive,
    assign_executives,
    check_can_validate,
    record_counting_action,
    record_potential,
    update_contact,
    validate_company,
    withdraw_validation,
)
from acompana.companies.permissions import may_change
from acompana.companies.portfolio import portfolio_of
from acompana.companies.queries import status_of
from acompana.companies.tests.conftest import NOW, TODAY, fill, make_company
from acompana.kernel.changes import history_of, undo_change_set
from acompana.kernel.models import ChangeSet
from acompana.kernel.refusals import Refused
from acompana.reference.models import Activity

# --- facts ------------------------------------------------------------------------------------------------------


def test_an_action_that_counts_makes_a_user_to_the_end_of_its_year(carolina, ana, alto_roble, full_values):
    fill(alto_roble, ana, {"started_on": date(2015, 1, 1)})
    record_counting_action(company=alto_roble, kind="interview", done_on=date(2026, 3, 3), actor=carolina, now=NOW)
    record_counting_action(company=alto_roble, kind="fair", done_on=date(2024, 3, 3), actor=carolina, now=NOW)
    alto_roble.refresh_from_db()
    assert (alto_roble.user_until, alto_roble.last_worked_on) == (date(2026, 12, 31), date(2026, 3, 3))
    assert alto_roble.former_from == date(2029, 3, 3)
    assert status_of(alto_roble, TODAY).label == "Usuaria 2026"


def test_what_does_not_count_is_refused(carolina, marta, alto_roble):
    def act(actor, kind="interview", done_on=TODAY):
        record_counting_action(company=alto_roble, kind=kind, done_on=done_on, actor=actor, now=NOW)

    with pytest.raises(Refused, match="no suma"):
        act(carolina, kind="saludo")
    with pytest.raises(Refused, match="ejecutivo"):
        act(marta)
    with pytest.raises(Refused, match="futuro"):
        act(carolina, done_on=date(2026, 9, 17))


def test_an_action_with_a_registry_only_company_starts_the_relation(carolina):
    known = make_company("Aceites SpA", related_on=None, origin="register")
    record_counting_action(company=known, kind="interview", done_on=TODAY, actor=carolina, now=NOW)
    known.refresh_from_db()
    assert known.related_on == TODAY


def test_validation_needs_the_conditions_and_the_act(carolina, marta, ana, alto_roble, full_values):
    assign_executive(company=alto_roble, executive=carolina.person, actor=marta, now=NOW)
    alto_roble.refresh_from_db()
    with pytest.raises(Refused, match="Faltan datos"):
        check_can_validate(alto_roble, carolina, NOW)
    fill(
        alto_roble,
        carolina,
        full_values,
        products=[{"description": "Conservas"}],
        activities=[{"activity": Activity.objects.first()}],
    )
    contact = alto_roble.contacts.get()
    update_contact(contact=contact, values={"position": "Gerenta", "phone": "987654321"}, actor=ana, now=NOW)
    with pytest.raises(Refused, match="La valida"):
        validate_company(company=alto_roble, actor=ana, now=NOW)
    validate_company(company=alto_roble, actor=carolina, now=NOW)
    alto_roble.refresh_from_db()
    assert portfolio_of(alto_roble, TODAY).yes
    with pytest.raises(Refused, match="Ya está validada"):
        validate_company(company=alto_roble, actor=carolina, now=NOW)
    withdraw_validation(company=alto_roble, reason="Cerró su planta", actor=carolina, now=NOW)
    alto_roble.refresh_from_db()
    assert not portfolio_of(alto_roble, TODAY).yes
    assert alto_roble.validations.get().reason == "Cerró su planta"


def test_potential_is_capacity_for_who_does_not_export(carolina, ana, alto_roble, full_values):
    fill(alto_roble, ana, {**full_values, "exported_recently": False})
    record_potential(company=alto_roble, potential="medium", actor=carolina, now=NOW)
    alto_roble.refresh_from_db()
    assert not any("exporte" in reason for reason in portfolio_of(alto_roble, TODAY).reasons)
    assert history_of(alto_roble)[0].lines[0].became == "Medio"


# --- assigning --------------------------------------------------------------------------------------------------


def test_assigning_in_bulk_warns_of_capacity_and_is_undone(carolina, marta, valparaiso):
    made = [make_company(f"Empresa {n} SpA") for n in range(3)]
    result = assign_executives(
        companies=Company.objects.filter(pk__in=[c.pk for c in made]),
        executive=carolina.person,
        actor=marta,
        now=NOW,
    )
    assert result.count == 3
    assert result.warning == "Carolina Soto queda con 3 empresas y tiene 2 cupos."
    assert Company.objects.filter(executive=carolina.person, office__code="CL-VS").count() == 3
    undo_change_set(change_set=result.change_set, person_id=marta.person.pk, now=NOW)
    assert not Company.objects.filter(executive__isnull=False).exists()
    assert not Assignment.objects.exists()
    with pytest.raises(Refused, match="ya se había"):
        undo_change_set(change_set=result.change_set, person_id=marta.person.pk, now=NOW)


def test_history_follows_reassignment(carolina, marta, alto_roble):
    helper = Company.objects.filter(pk=alto_roble.pk)
    assign_executives(companies=helper, executive=carolina.person, actor=marta, now=NOW)
    later = NOW + timedelta(days=1)
    assign_executives(companies=helper, executive=marta.person, actor=marta, now=later)
    rows = alto_roble.assignments.order_by("since_at").values_list("executive", "until_at")
    assert list(rows) == [(carolina.person.pk, later), (marta.person.pk, None)]
    line = history_of(alto_roble)[0].lines[0]
    assert (line.label, line.was, line.became) == ("Ejecutivo o ejecutiva", "Carolina Soto", "Marta Fuentes")


def test_only_the_head_of_the_office_assigns(carolina, pedro, alto_roble):
    for actor in (carolina, pedro):
        with pytest.raises(Refused, match="otra oficina"):
            assign_executive(company=alto_roble, executive=carolina.person, actor=actor, now=NOW)
    assert not may_change(pedro, alto_roble)
    assert may_change(carolina, alto_roble)


def test_an_undoing_is_refused_after_a_later_change(ana, alto_roble):
    saved = fill(alto_roble, ana, {"address": "Uno"})
    first = ChangeSet.objects.latest("id")
    fill(saved, ana, {"address": "Dos"})
    with pytest.raises(Refused, match="cambió después"):
        undo_change_set(change_set=first, person_id=None, now=NOW)
    saved.refresh_from_db()
    assert saved.address == "Dos"
