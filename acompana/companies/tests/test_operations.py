from __future__ import annotations

from datetime import date, timedelta

import pytest

from acompana.companies.models import Assignment, Company, Mandate
from acompana.companies.operations import (
    add_contact,
    assign_executive,
    assign_executives,
    check_can_validate,
    confirm_mandate_by_link,
    decide_mandate,
    end_contact,
    end_mandate,
    grant_mandate_by_link,
    make_confirmation_token,
    note_presence,
    record_consent,
    record_counting_action,
    record_potential,
    register_company,
    register_potential_account,
    request_mandate,
    update_characterization,
    update_contact,
    validate_company,
    verified_contacts,
    withdraw_validation,
)
from acompana.companies.permissions import mandates_to_decide, may_act_for, may_change, may_see
from acompana.companies.queries import completeness, latest_consents, portfolio_of, status_of, visible_values
from acompana.companies.tests.conftest import NOW, TODAY, make_company
from acompana.kernel.changes import history_of, undo_change_set
from acompana.kernel.models import ChangeSet
from acompana.kernel.refusals import Refused, Stale
from acompana.reference.models import Activity, Country, Region

RUT = "41.203.875-4"


def register(actor, rut=RUT, name="Conservas Alto Roble SpA", **extra):
    return register_company(
        rut=rut, legal_name=name, person=actor.person, actor=actor, now=NOW, channel="portal", **extra
    )


# --- registering ------------------------------------------------------------------------------------------------


def test_a_company_new_to_the_agency_has_an_active_founder(ana, alto_roble):
    mandate = Mandate.objects.get()
    assert (mandate.state, mandate.basis) == ("active", "founder")
    assert alto_roble.rut == "412038754"
    assert alto_roble.office.code == "CL-VS"
    assert alto_roble.related_on == TODAY
    contact = alto_roble.contacts.get()
    assert contact.is_main
    assert contact.verified_at == NOW
    assert may_act_for(ana, alto_roble)


def test_registering_twice_gives_the_same_mandate(ana, alto_roble):
    assert register(ana) == Mandate.objects.get()
    assert Company.objects.count() == 1


def test_the_second_person_asks_for_access(luis, alto_roble):
    mandate = register(luis, rut="412038754")
    assert mandate.state == "requested"
    assert not may_see(luis, alto_roble)


def test_the_first_claim_on_a_rut_with_a_relation_is_limited(luis, carolina, valparaiso):
    known = make_company("Viña Cerro Pardo Ltda.", address="Secreta 1", region=valparaiso)
    mandate = register(luis, rut=known.rut, name="Viña Cerro Pardo Limitada")
    assert mandate.state == "limited"
    update_characterization(
        company=known,
        version=known.version,
        values={"address": "Camino 5", "region": valparaiso, "started_on": date(2001, 1, 1)},
        products=[{"description": "Vino", "is_service": False}],
        actor=luis,
        now=NOW,
    )
    known.refresh_from_db()
    mandate.refresh_from_db()
    assert known.address == "Secreta 1"
    assert visible_values(known, mandate.entered)["address"] == "Camino 5"
    assert list(mandates_to_decide(carolina)) == [mandate]

    decide_mandate(mandate=mandate, granted=True, actor=carolina, now=NOW)
    known.refresh_from_db()
    assert (known.address, known.started_on) == ("Camino 5", date(2001, 1, 1))
    assert known.products.get().description == "Vino"
    assert may_act_for(luis, known)


def test_a_company_of_the_public_register_belongs_to_who_claims_it_first(luis):
    known = make_company("Aceites del Aconcagua SpA", related_on=None, origin="register")
    mandate = register(luis, rut=known.rut, name="Otro nombre")
    known.refresh_from_db()
    assert mandate.state == "active"
    assert known.related_on == TODAY
    assert known.legal_name == "Aceites del Aconcagua SpA"


@pytest.mark.parametrize("rut", ["41.203.875-5", "", "hola"])
def test_a_wrong_rut_is_told(ana, rut):
    with pytest.raises(Refused):
        register(ana, rut=rut)
    assert not Company.objects.exists()


def test_a_potential_account_from_a_card(carolina):
    company = register_potential_account(
        name="Mermeladas Ñielol",
        contact_name="Rosa Catalán",
        phone="+56 9 8765 4321",
        met_at="Feria de Temuco",
        actor=carolina,
        now=NOW,
        channel="event",
    )
    status = status_of(company, TODAY)
    assert status.code == "potential"
    assert company.office.code == "CL-VS"
    assert company.contacts.get().phone_digits == "987654321"
    assert history_of(company)[-1].lines[0].became == "Mermeladas Ñielol (tarjeta)"


def test_a_potential_account_refuses_what_it_must(carolina, ana, alto_roble):
    def card(actor, **data):
        return register_potential_account(actor=actor, now=NOW, channel="event", **data)

    with pytest.raises(Refused, match="nombre"):
        card(carolina, phone="987654321")
    with pytest.raises(Refused, match="teléfono"):
        card(carolina, name="Sin datos")
    with pytest.raises(Refused, match="Alto Roble"):
        card(carolina, name="Otra", rut=RUT)
    with pytest.raises(Refused, match="agencia"):
        card(ana, name="Otra", phone="987654321")


# --- the form ---------------------------------------------------------------------------------------------------


def fill(company, actor, values, **rows):
    return update_characterization(
        company=company, version=company.version, values=values, actor=actor, now=NOW, **rows
    )


def test_the_form_is_saved_with_history_and_completes_the_company(ana, alto_roble, full_values):
    saved = fill(
        alto_roble,
        ana,
        full_values,
        products=[{"description": "Duraznos en conserva", "is_service": False, "heading": None}],
        activities=[{"activity": Activity.objects.first(), "is_main": True}],
        markets=[Country.objects.get(alpha2="PE")],
        exports=[{"year": 2025, "market": Country.objects.get(alpha2="PE"), "amount_usd": 1000}],
    )
    labels = {line.label for line in history_of(saved)[0].lines}
    assert {"Comuna", "Trabajadores", "Producto", "Mercado de interés"} <= labels
    assert [item.field for item in completeness(saved, TODAY)] == ["contact_position", "contact_phone"]
    contact = saved.contacts.get()
    update_contact(contact=contact, values={"position": "Gerenta", "phone": "+56 9 1111 2222"}, actor=ana, now=NOW)
    assert completeness(Company.objects.get(pk=saved.pk), TODAY) == []


def test_a_stale_save_is_refused_and_writes_nothing(ana, carolina, alto_roble):
    mine = Company.objects.get(pk=alto_roble.pk)
    fill(alto_roble, ana, {"address": "Primera"})
    with pytest.raises(Stale):
        fill(mine, ana, {"address": "Segunda"})
    mine.refresh_from_db()
    assert mine.address == "Primera"


def test_saving_the_same_again_leaves_no_history(ana, alto_roble):
    saved = fill(alto_roble, ana, {"address": "Calle Uno"})
    turns = len(history_of(saved))
    fill(saved, ana, {"address": "Calle Uno "})
    assert len(history_of(saved)) == turns


def test_a_commune_brings_its_region_and_may_not_be_of_another(ana, alto_roble, valparaiso):
    biobio = Region.objects.get(iso="CL-BI")
    with pytest.raises(Refused, match="no es de la región"):
        fill(alto_roble, ana, {"region": biobio, "commune": valparaiso.communes.first()})
    alto_roble.refresh_from_db()
    saved = fill(alto_roble, ana, {"commune": biobio.communes.first()})
    assert saved.region == biobio
    assert saved.office.code == "CL-BI"


def test_rows_are_replaced_and_undone(ana, alto_roble):
    saved = fill(alto_roble, ana, {}, products=[{"description": "A"}, {"description": "B"}])
    saved = fill(saved, ana, {"workers": 3}, products=[{"description": "B"}, {"description": "C"}])
    last = ChangeSet.objects.latest("id")
    undo_change_set(change_set=last, person_id=ana.person.pk, now=NOW)
    saved.refresh_from_db()
    assert saved.workers is None
    assert sorted(p.description for p in saved.products.all()) == ["A", "B"]


# --- mandates ---------------------------------------------------------------------------------------------------


def test_a_representative_decides_and_nobody_decides_their_own(ana, luis, carolina, pedro, alto_roble):
    mandate = request_mandate(company=alto_roble, person=luis.person, now=NOW)
    for stranger in (luis, pedro):
        with pytest.raises(Refused):
            decide_mandate(mandate=mandate, granted=True, actor=stranger, now=NOW)
    with pytest.raises(Refused, match="por qué"):
        decide_mandate(mandate=mandate, granted=False, actor=ana, now=NOW)
    mandate = decide_mandate(mandate=mandate, granted=True, actor=ana, now=NOW)
    assert mandate.basis == "representative"
    with pytest.raises(Refused, match="ya fue resuelta"):
        decide_mandate(mandate=mandate, granted=True, actor=carolina, now=NOW)
    end_mandate(mandate=mandate, actor=ana, now=NOW, reason="Ya no trabaja aquí")
    assert not may_see(luis, alto_roble)


def test_a_link_to_a_verified_contact_confirms_within_seven_days(luis, ana, alto_roble):
    mandate = request_mandate(company=alto_roble, person=luis.person, now=NOW)
    contact = verified_contacts(alto_roble).get()
    token = make_confirmation_token(mandate=mandate, contact=contact, now=NOW)
    with pytest.raises(Refused, match="venció"):
        confirm_mandate_by_link(token=token, actor=luis, now=NOW + timedelta(days=8))
    with pytest.raises(Refused, match="no sirve"):
        confirm_mandate_by_link(token=token + "x", actor=luis, now=NOW)
    for _ in range(2):
        assert confirm_mandate_by_link(token=token, actor=luis, now=NOW).basis == "verified_contact"
    unverified = add_contact(company=alto_roble, name="Otro", email="o@x.example", actor=ana, now=NOW)
    with pytest.raises(Refused):
        make_confirmation_token(mandate=mandate, contact=unverified, now=NOW)


def test_an_invitation_read_in_its_mailbox_is_a_mandate(carolina, ana, luis):
    company = register_potential_account(
        name="Sal de Cáhuil", email="ventas@cahuil.example", actor=carolina, now=NOW, channel="event"
    )
    contact = company.contacts.get()
    waiting = request_mandate(company=company, person=ana.person, now=NOW)
    for _ in range(2):
        mandate = grant_mandate_by_link(contact=contact, person=ana.person, actor=ana, now=NOW)
        assert (mandate, mandate.state, mandate.basis) == (waiting, "active", "verified_contact")
    contact.refresh_from_db()
    assert (contact.person, contact.verified_at) == (ana.person, NOW)
    with pytest.raises(Refused, match="otra persona"):
        grant_mandate_by_link(contact=contact, person=luis.person, actor=luis, now=NOW)


# --- contacts ---------------------------------------------------------------------------------------------------


def test_one_contact_is_the_main_one(ana, alto_roble):
    second = add_contact(company=alto_roble, name="Beto", is_main=True, actor=ana, now=NOW)
    assert list(alto_roble.contacts.filter(is_main=True)) == [second]
    end_contact(contact=second, actor=ana, now=NOW)
    assert not alto_roble.contacts.filter(is_main=True).exists()


def test_a_new_address_has_to_be_verified_again(ana, alto_roble):
    contact = update_contact(
        contact=alto_roble.contacts.get(), values={"email": "Nueva@Roble.example"}, actor=ana, now=NOW
    )
    assert (contact.email, contact.verified_at) == ("nueva@roble.example", None)


def test_the_newest_consent_holds(ana, alto_roble):
    contact = alto_roble.contacts.get()
    for given in (True, True, False):
        record_consent(contact=contact, purpose="news", given=given, actor=ana, now=NOW)
    assert latest_consents(contact) == {"news": False}
    assert contact.consents.count() == 2


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


def test_who_else_is_here(ana, luis, alto_roble):
    assert note_presence(company=alto_roble, person=ana.person, editing=True, now=NOW) == []
    others = note_presence(company=alto_roble, person=luis.person, editing=False, now=NOW)
    assert [(other.name, other.editing) for other in others] == [("Ana Rojas", True)]
    later = NOW + timedelta(minutes=1)
    assert note_presence(company=alto_roble, person=luis.person, editing=False, now=later) == []
