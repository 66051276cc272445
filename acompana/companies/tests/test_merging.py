from __future__ import annotations

from datetime import date

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from acompana.companies.models import (
    Assignment,
    Company,
    Contact,
    DeclaredExport,
    Mandate,
    Product,
    Validation,
)
from acompana.companies.operations import (
    add_contact,
    assign_executive,
    join_certain,
    propose_pair,
    record_consent,
    record_counting_action,
    request_mandate,
    undo_merge,
)
from acompana.companies.operations.keeping import lock_company
from acompana.companies.permissions import search_scope
from acompana.companies.queries import find_by_rut, known_companies, latest_consents
from acompana.companies.tests.conftest import LATER, NOW, fill, fresh, make_company, merge
from acompana.kernel.changes import history_of
from acompana.kernel.refusals import Refused, Stale
from acompana.kernel.search.engine import SearchScope, find
from acompana.reference.models import Country


def everything(*companies):
    """All that hangs on these companies, by table: what an undoing has to give back."""
    from acompana.companies.merge_relations import relations

    found = {}
    for relation in relations():
        if relation.model in ("companies.companypair", "companies.waitingmatch", "logbook.entry"):
            continue
        column = relation.table._meta.get_field(relation.field)
        if column.related_model is Company:
            rows = relation.table._base_manager.filter(**{f"{relation.field}__in": [c.pk for c in companies]})
            found[relation.key] = sorted(map(str, rows.order_by("pk").values()))
    found["companies"] = [
        {k: v for k, v in row.items() if k != "version"}
        for row in Company.objects.filter(pk__in=[c.pk for c in companies]).order_by("pk").values()
    ]
    return found


# --- values -----------------------------------------------------------------------------------------------------


def test_the_one_that_stays_takes_what_it_lacks_and_keeps_what_it_has(two, boss):
    kept, gone = two
    merge(kept, gone, boss)
    kept, gone = fresh(kept), fresh(gone)
    assert (kept.legal_name, kept.trade_name) == ("Conservas Alto Roble SpA", "Alto Roble")
    assert kept.website == "https://altoroble.example"
    assert gone.merged_into_id == kept.pk
    assert list(known_companies().filter(pk__in=[kept.pk, gone.pk])) == [kept]


def test_who_stays_is_found_by_the_name_of_who_went_until_they_part(boss, carolina):
    kept = make_company("Conservas Alto Roble SpA")
    gone = make_company("Frascos Ñandú", rut=None, related_on=None)
    change_set = merge(kept, gone, boss)
    [found] = find("nandu fras", scope=search_scope(carolina)).results
    assert (found.object_id, found.title) == (kept.pk, "Conservas Alto Roble SpA")
    assert "también Frascos Ñandú" in found.detail
    undo_merge(change_set=change_set, actor=boss, now=LATER)
    assert not find("nandu fras", scope=search_scope(carolina)).results
    [apart] = find("nandu fras", scope=search_scope(carolina, with_registry=True)).results
    assert apart.object_id == gone.pk


def test_where_they_differ_a_person_chooses(office, boss, valparaiso):
    kept = make_company("Alto Roble SpA", address="Calle Uno 12", region=valparaiso, workers=3)
    gone = make_company("Altoroble", rut=None, address="Calle Dos 8", region=valparaiso, workers=9)
    merge(kept, gone, boss, chosen={"place": "gone"})
    kept = fresh(kept)
    assert (kept.address, kept.workers, kept.legal_name) == ("Calle Dos 8", 3, "Alto Roble SpA")


def test_the_rut_goes_over_to_who_has_none_and_back(two, boss):
    with_rut, card = two
    rut = with_rut.rut
    change_set = merge(card, with_rut, boss)
    assert fresh(card).rut == rut
    assert find_by_rut(rut) == card
    undo_merge(change_set=change_set, actor=boss, now=LATER)
    assert (fresh(card).rut, fresh(with_rut).rut) == (None, rut)


def test_two_rut_are_two_persons_unless_somebody_says_why(office, boss):
    kept, gone = make_company("Alto Roble SpA"), make_company("Alto Roble Ltda")
    with pytest.raises(Refused, match="RUT distintos"):
        merge(kept, gone, boss)
    merge(kept, gone, boss, reason="El RUT de la segunda se escribió mal")
    assert find_by_rut(gone.rut) == kept


# --- what hangs on them -----------------------------------------------------------------------------------------


def test_everything_moves_and_an_undoing_gives_everything_back(two, boss, carolina, marta, pedro, ana, luis):
    kept, gone = two
    peru = Country.objects.get(alpha2="PE")
    for company, executive in ((kept, carolina), (gone, marta)):
        assign_executive(company=company, executive=executive.person, actor=boss, now=NOW)
        Validation.objects.create(company=company, validated_at=NOW, validated_by=carolina.person)
        Company.objects.filter(pk=company.pk).update(validated_on=NOW.date())
        Product.objects.create(company=company, description="Mermelada")
        DeclaredExport.objects.create(company=company, year=2025, market=peru, amount_usd=company.pk, declared_at=NOW)
        add_contact(company=company, name="Ana Rojas", email="ana@altoroble.example", actor=boss, now=NOW)
        request_mandate(company=company, person=ana.person, now=NOW)
    Product.objects.create(company=gone, description="Salsa")
    add_contact(company=gone, name="Luis Tapia", phone="+56 9 5555 1234", actor=boss, now=NOW)
    request_mandate(company=gone, person=luis.person, now=NOW)
    record_counting_action(company=fresh(gone), kind="interview", done_on=date(2026, 5, 2), actor=carolina, now=NOW)
    before = everything(kept, gone)

    change_set = merge(kept, gone, boss)

    kept, gone = fresh(kept), fresh(gone)
    assert sorted(kept.products.values_list("description", flat=True)) == ["Mermelada", "Salsa"]
    assert [export.amount_usd for export in kept.exports.all()] == [kept.pk]
    assert gone.exports.count() == 1  # the other's stays behind, whole
    assert (kept.executive, gone.executive) == (carolina.person, None)
    assert Assignment.objects.filter(company=kept, until_at=None).count() == 1
    assert Validation.objects.filter(company=kept, withdrawn_at=None).count() == 1
    assert (kept.last_worked_on, gone.last_worked_on) == (date(2026, 5, 2), None)
    in_service = kept.contacts.filter(ended_on=None)
    assert sorted(in_service.values_list("name", flat=True)) == ["Ana Rojas", "Luis Tapia"]
    assert in_service.filter(is_main=True).count() == 1
    assert Contact.objects.get(same_as__isnull=False).company == kept
    assert Mandate.objects.filter(company=kept, state="requested").count() == 2
    assert not Mandate.objects.filter(company=gone).exists()
    # Ana asked for both: one request waits, and one decision is owed for it.
    terms = apps.get_model("intake.AccessTerm").objects.filter(mandate__person=ana.person)
    assert sorted(term.commitment.is_open == (term.mandate.state == "requested") for term in terms) == [True, True]

    undo_merge(change_set=change_set, actor=boss, now=LATER)
    assert everything(kept, gone) == before


def test_the_executive_of_the_other_side_can_be_chosen(two, boss, carolina, marta):
    kept, gone = two
    assign_executive(company=kept, executive=carolina.person, actor=boss, now=NOW)
    assign_executive(company=gone, executive=marta.person, actor=boss, now=NOW)
    before = everything(kept, gone)
    change_set = merge(kept, gone, boss, chosen={"executive": "gone"})
    assert fresh(kept).executive == marta.person
    in_force = Assignment.objects.get(company=kept, until_at=None)
    assert in_force.executive == marta.person
    undo_merge(change_set=change_set, actor=boss, now=LATER)
    assert everything(kept, gone) == before


def test_who_held_a_mandate_on_both_keeps_the_stronger(two, boss, ana):
    kept, gone = two
    Mandate.objects.create(company=kept, person=ana.person, state="requested", requested_at=NOW)
    Mandate.objects.create(company=gone, person=ana.person, state="active", requested_at=NOW)
    merge(kept, gone, boss)
    assert Mandate.objects.get(company=kept, state__in=("requested", "active")).state == "active"


def test_a_consent_holds_for_the_human_whichever_row_it_was_given_on(two, boss):
    kept, gone = two
    rows = [add_contact(company=c, name="Ana", email="ana@x.example", actor=boss, now=NOW) for c in two]
    record_consent(contact=rows[0], purpose="news", given=True, actor=boss, now=NOW)
    record_consent(contact=rows[1], purpose="news", given=False, actor=boss, now=LATER)
    change_set = merge(kept, gone, boss)
    assert latest_consents(rows[0]) == {"news": False}
    undo_merge(change_set=change_set, actor=boss, now=LATER)
    assert latest_consents(rows[0]) == {"news": True}


def test_the_search_shows_one(two, boss):
    kept, gone = two
    everywhere = SearchScope(frozenset({"all"}), None, with_registry=True)
    change_set = merge(kept, gone, boss)
    found = find("alto roble", scope=everywhere).results
    assert [result.object_id for result in found if result.kind == "company"] == [kept.pk]
    undo_merge(change_set=change_set, actor=boss, now=LATER)
    assert len([r for r in find("alto roble", scope=everywhere).results if r.kind == "company"]) == 2


# --- chains, circles, two at once -------------------------------------------------------------------------------


def test_a_merged_one_is_not_merged_again_nor_written_to(two, boss):
    kept, gone = two
    other = make_company("Alto Roble Uno", rut=None)
    merge(kept, gone, boss)
    with pytest.raises(Refused, match="ya se fusionó"):
        merge(other, gone, boss)
    with pytest.raises(Refused, match="ya se fusionó"):
        merge(gone, other, boss)
    with pytest.raises(Refused, match="se fusionó"):
        lock_company(gone)
    with pytest.raises(Refused, match="misma ficha"):
        merge(kept, kept, boss)


def test_who_was_merged_before_follows_and_comes_back(two, boss):
    kept, gone = two
    first = make_company("Altoroble de antes", rut=None)
    merge(gone, first, boss)
    change_set = merge(kept, fresh(gone), boss)
    assert fresh(first).merged_into_id == kept.pk
    undo_merge(change_set=change_set, actor=boss, now=LATER)
    assert fresh(first).merged_into_id == gone.pk


def test_an_earlier_merge_is_undone_only_after_the_later(two, boss):
    kept, gone = two
    first = make_company("Altoroble de antes", rut=None)
    earlier = merge(gone, first, boss)
    merge(kept, fresh(gone), boss)
    with pytest.raises(Refused, match="cambió después"):
        undo_merge(change_set=earlier, actor=boss, now=LATER)


@pytest.mark.parametrize("verb", ["insert", "update"])
def test_the_database_refuses_chains_and_circles(two, verb):
    kept, gone = two
    Company.objects.filter(pk=gone.pk).update(merged_into=kept)
    other = make_company("Otra")

    def chain() -> object:
        if verb == "insert":
            return make_company("Otra más", merged_into=gone)
        return Company.objects.filter(pk=kept.pk).update(merged_into=other)

    with pytest.raises(IntegrityError, match="merged_into_one_that_stands"), transaction.atomic():
        chain()
    with pytest.raises(IntegrityError), transaction.atomic():
        Company.objects.filter(pk=kept.pk).update(merged_into=kept)


def test_a_preview_that_is_old_is_refused(two, boss, carolina):
    kept, gone = two
    versions = (kept.version, gone.version)
    fill(kept, boss, {"address": "Calle Nueva 1"})
    with pytest.raises(Stale):
        merge(kept, gone, boss, versions=versions)


# --- undoing ----------------------------------------------------------------------------------------------------


def test_what_came_after_the_merge_stays_with_the_one_that_stayed(two, boss):
    kept, gone = two
    change_set = merge(kept, gone, boss)
    late = add_contact(company=fresh(kept), name="Luis", phone="+56 9 5555 1234", actor=boss, now=LATER)
    undo_merge(change_set=change_set, actor=boss, now=LATER)
    assert Contact.objects.get(pk=late.pk).company == kept


def test_a_value_that_was_changed_since_stops_the_undoing(two, boss):
    kept, gone = two
    change_set = merge(kept, gone, boss)
    fill(fresh(kept), boss, {"trade_name": "Alto Roble Gourmet"})
    with pytest.raises(Refused, match="cambió después"):
        undo_merge(change_set=change_set, actor=boss, now=LATER)
    assert fresh(gone).merged_into_id == kept.pk


def test_an_undone_merge_is_not_undone_twice_nor_made_again_by_itself(two, boss):
    kept, gone = two
    Company.objects.filter(pk=gone.pk).update(foreign_tax_id=kept.rut)
    pair = propose_pair(one=kept, other=gone, actor=boss, now=NOW)
    assert pair.is_certain
    change_set = join_certain(pair_id=pair.pk, now=NOW)
    assert change_set is not None
    undo_merge(change_set=change_set, actor=boss, now=LATER)
    pair.refresh_from_db()
    assert pair.state == "rejected"
    assert join_certain(pair_id=pair.pk, now=LATER) is None
    with pytest.raises(Refused, match="ya se deshizo"):
        undo_merge(change_set=change_set, actor=boss, now=LATER)


def test_history_tells_it_on_the_one_that_stays(two, boss):
    kept, gone = two
    change_set = merge(kept, gone, boss)
    turn = history_of(kept)[0]
    assert turn.change_set == change_set
    assert "Fusión" in turn.change_set.title
    assert ("Sitio web", "", "https://altoroble.example") in [
        (line.label, line.was, line.became) for line in turn.lines
    ]
