"""Registering a company and filling its form."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from acompana.companies.models import Company, Mandate
from acompana.companies.operations import (
    decide_mandate,
    register_company,
    register_potential_account,
    settle_office,
    update_characterization,
    update_contact,
)
from acompana.companies.operations.keeping import open_set
from acompana.companies.permissions import mandates_to_decide, may_act_for, may_see
from acompana.companies.queries import completeness, status_of, visible_values
from acompana.companies.sales_rules import MOST_WORKERS
from acompana.companies.tests.conftest import NOW, TODAY, fill, fresh, make_company
from acompana.kernel.changes import history_of, record_change, undo_change_set
from acompana.kernel.models import ChangeSet
from acompana.kernel.refusals import Refused, Stale
from acompana.people.actors import SYSTEM
from acompana.reference.models import Activity, Country, Region, SalesBracket, Sector

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
    assert known.legal_name == "Viña Cerro Pardo Ltda."  # what is known stays
    assert (known.address, known.started_on) == ("Camino 5", date(2001, 1, 1))
    assert known.products.get().description == "Vino"
    assert may_act_for(luis, known)


def test_sales_of_before_a_company_began_are_missing_once_its_claim_is_confirmed(luis, carolina, valparaiso):
    """DEF-6: what was typed under a limited mandate and what the registry had are never both kept."""
    last, bracket = TODAY.year - 1, SalesBracket.objects.get(number=5)
    known = make_company(
        "Viña Cerro Pardo Ltda.", region=valparaiso, started_on=date(2001, 1, 1), sales_bracket=bracket,
        commercial_year=last - 1,
    )  # fmt: skip
    mandate = register(luis, rut=known.rut, name="Viña Cerro Pardo Limitada")

    def type_in(**values):
        update_characterization(company=known, version=known.version, values=values, actor=luis, now=NOW)

    type_in(commercial_year=last - 2)
    with pytest.raises(Refused, match=f"Hay ventas anotadas del año {last - 2}"):  # as typed, not of the registry
        type_in(started_on=date(last - 1, 3, 2))
    type_in(commercial_year=None)
    type_in(started_on=date(last, 3, 2))
    mandate.refresh_from_db()
    decide_mandate(mandate=mandate, granted=True, takes_name=True, actor=carolina, now=NOW)
    known.refresh_from_db()
    assert known.legal_name == "Viña Cerro Pardo Limitada"
    assert (known.started_on, known.sales_bracket, known.commercial_year) == (date(last, 3, 2), None, None)
    assert "sales_bracket" in {missing.field for missing in completeness(known, TODAY)}


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
    assert company.region.iso == "CL-VS"
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


def test_saving_the_same_again_writes_nothing(ana, alto_roble):
    saved = fill(alto_roble, ana, {"address": "Calle Uno"}, products=[{"description": "A"}])
    turns, sets, version = len(history_of(saved)), ChangeSet.objects.count(), saved.version
    for values in ({}, {"address": "Calle Uno "}):
        again = fill(saved, ana, values, products=[{"description": "A"}])
        assert (again.version, len(history_of(saved)), ChangeSet.objects.count()) == (version, turns, sets)
    assert fill(saved, ana, {}, products=[{"description": "B"}]).version == version + 1, "rows are of its form too"


def test_when_it_began_has_come(ana, alto_roble):
    for day, words in ((TODAY + timedelta(days=1), "todavía no llega"), (date(1899, 1, 1), "antes de 1900")):
        with pytest.raises(Refused, match=words) as refused:
            fill(alto_roble, ana, {"started_on": day})
        assert refused.value.field == "started_on"
    assert fill(alto_roble, ana, {"started_on": TODAY}).started_on == TODAY


def test_def_6_sales_are_of_a_year_and_workers_have_a_limit(ana, alto_roble):
    """Whoever says it, a person on a page or a program (DEF-6)."""
    some, none = SalesBracket.objects.get(number=5), SalesBracket.objects.get(number=1)
    wrong = [
        ({"sales_bracket": some}, "commercial_year", "Falta el año"),
        ({"workers": MOST_WORKERS + 1}, "workers", "va de 0 a 200.000"),
    ]
    for values, field, words in wrong:
        with pytest.raises(Refused, match=words) as refused:
            fill(alto_roble, ana, values)
        assert (refused.value.field, refused.value.rule) == (field, "DEF-6")
    saved = fill(alto_roble, ana, {"sales_bracket": none, "workers": MOST_WORKERS})
    saved = fill(saved, ana, {"sales_bracket": some, "commercial_year": TODAY.year - 1})
    with pytest.raises(Refused, match="Falta el año"):
        fill(saved, ana, {"commercial_year": None})
    Company.objects.filter(pk=saved.pk).update(commercial_year=None, workers=MOST_WORKERS * 2)  # as a source told it
    same = {"sales_bracket": some, "commercial_year": None, "workers": MOST_WORKERS * 2}
    assert fill(fresh(saved), ana, {**same, "address": "Calle Dos"}).address == "Calle Dos", "what was so may stay"


def test_what_is_out_of_use_is_not_chosen_anew(ana, alto_roble):
    kept, other = Sector.objects.all()[:2]
    saved = fill(alto_roble, ana, {"sector": kept})
    Sector.objects.update(retired_on=TODAY)
    kept.refresh_from_db()
    other.refresh_from_db()
    assert fill(saved, ana, {"sector": kept, "workers": 4}).sector == kept
    with pytest.raises(Refused, match="ya no se usa"):
        fill(fresh(saved), ana, {"sector": other})


def test_a_region_alone_keeps_the_commune_or_is_refused(ana, alto_roble, valparaiso):
    biobio, commune = Region.objects.get(iso="CL-BI"), valparaiso.communes.first()
    saved = fill(alto_roble, ana, {"commune": commune})
    saved = fill(saved, ana, {"region": valparaiso})
    assert saved.commune == commune
    for region in (biobio, None):
        with pytest.raises(Refused, match="Di también la comuna") as refused:
            fill(saved, ana, {"region": region})
        assert refused.value.field == "region"
    moved = fill(fresh(saved), ana, {"region": biobio, "commune": None})
    assert (moved.region, moved.commune) == (biobio, None)


def test_a_commune_brings_its_region_and_may_not_be_of_another(ana, alto_roble, valparaiso):
    biobio = Region.objects.get(iso="CL-BI")
    with pytest.raises(Refused, match="no es de la región"):
        fill(alto_roble, ana, {"region": biobio, "commune": valparaiso.communes.first()})
    alto_roble.refresh_from_db()
    saved = fill(alto_roble, ana, {"commune": biobio.communes.first()})
    assert saved.region == biobio
    assert saved.office.code == "CL-VS"  # what is under way stays with its office until an act moves it
    assert settle_office(company=saved, actor=ana, now=NOW).office.code == "CL-BI"


def test_rows_are_replaced_and_undone(ana, alto_roble):
    saved = fill(alto_roble, ana, {}, products=[{"description": "A"}, {"description": "B"}])
    saved = fill(saved, ana, {"workers": 3}, products=[{"description": "B"}, {"description": "C"}])
    last = ChangeSet.objects.latest("id")
    undo_change_set(change_set=last, person_id=ana.person.pk, now=NOW)
    saved.refresh_from_db()
    assert saved.workers is None
    assert sorted(p.description for p in saved.products.all()) == ["A", "B"]


def test_what_no_form_asks_for_is_called_in_spanish_in_a_history(alto_roble):
    change_set = open_set(kind="merge", title="Fusión", actor=SYSTEM, now=NOW, channel="system")
    after = {"registered_by_officer_on": "2026-09-16", "capacity_seen_on": "2026-09-16"}
    record_change(alto_roble, change_set=change_set, before=dict.fromkeys(after), after=after)
    labels = {line.label for line in history_of(alto_roble)[0].lines}
    assert labels == {"Registrada por la agencia el", "Capacidad de exportar vista el"}
