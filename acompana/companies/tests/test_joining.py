from __future__ import annotations

import pytest
from django.db import connection

from acompana.companies.models import (
    Company,
    CompanyPair,
)
from acompana.companies.operations import (
    add_contact,
    join_certain,
    note_changed,
    propose_pair,
    reject_pair,
    request_mandate,
    undo_merge,
    update_contact,
)
from acompana.companies.tests.conftest import LATER, NOW, fresh, make_company, make_person, make_staff, merge, new_rut
from acompana.kernel.models import ChangeSet
from acompana.kernel.refusals import Refused
from acompana.people.queries import office_by_code

# --- who may, and what happens by itself ------------------------------------------------------------------------


def test_the_head_of_both_offices_and_the_roles_above(two, carolina, marta, pedro, office):
    kept, gone = two
    head_elsewhere = make_staff("Rita", "Vera", "CL-BI", "regional-director")
    control = make_staff("Nora", "Paz", "CL-CENTRAL", "management-control")
    for actor in (carolina, pedro, head_elsewhere, control, make_person("Ana", "Rojas")):
        with pytest.raises(Refused, match="dirige la oficina"):
            merge(kept, gone, actor)
    merge(kept, gone, marta)


def test_the_head_of_one_office_does_not_decide_for_another(two, marta):
    kept, gone = two
    Company.objects.filter(pk=gone.pk).update(office=office_by_code("CL-BI"))
    with pytest.raises(Refused, match="dirige la oficina"):
        merge(fresh(kept), fresh(gone), marta)


@pytest.mark.parametrize("what", ["represented", "own rut"])
def test_only_a_bare_card_is_joined_by_itself(two, boss, ana, what):
    kept, gone = two
    for company, verified in ((kept, True), (gone, False)):
        add_contact(
            company=company,
            name="Ana Rojas",
            email="ana@altoroble.example",
            verified_at=NOW if verified else None,
            actor=boss,
            now=NOW,
        )
    if what == "represented":
        request_mandate(company=gone, person=ana.person, now=NOW)
    else:
        Company.objects.filter(pk=gone.pk).update(rut=new_rut())
    pair = propose_pair(one=kept, other=gone, actor=boss, now=NOW)
    CompanyPair.objects.filter(pk=pair.pk).update(is_certain=True)
    assert join_certain(pair_id=pair.pk, now=NOW) is None
    assert fresh(gone).merged_into_id is None


def test_a_verified_mail_joins_a_card(two, boss):
    kept, gone = two
    for company, verified in ((kept, NOW), (gone, None)):
        mail = "ana@altoroble.example"
        add_contact(company=company, name="Ana", email=mail, verified_at=verified, actor=boss, now=NOW)
    pair = propose_pair(one=kept, other=gone, actor=boss, now=NOW)
    change_set = join_certain(pair_id=pair.pk, now=NOW)
    assert change_set is not None
    assert change_set.made_by is None
    assert fresh(gone).merged_into_id == kept.pk


def test_two_who_say_yes_at_once_merge_once(two, boss):
    kept, gone = two
    merge(kept, gone, boss)
    with pytest.raises(Refused):
        merge(kept, gone, boss)
    assert ChangeSet.objects.filter(kind="merge").count() == 1


def test_rejections_pass_on_to_the_one_that_stays(two, boss):
    kept, gone = two
    third = make_company("Alto Roble Viajes", rut=None)
    pair = propose_pair(one=gone, other=third, actor=boss, now=NOW)
    reject_pair(pair=pair, reason="Es una agencia de viajes", actor=boss, now=NOW)
    change_set = merge(kept, gone, boss)
    told = CompanyPair.objects.get(first=min(kept.pk, third.pk), second=max(kept.pk, third.pk))
    assert (told.state, told.reason) == ("rejected", "Es una agencia de viajes")
    undo_merge(change_set=change_set, actor=boss, now=LATER)
    assert not CompanyPair.objects.filter(pk=told.pk).exists()


def test_a_contact_completed_by_the_merge_and_changed_since_stops_the_undoing(two, boss):
    kept, gone = two
    twin = add_contact(company=kept, name="Ana", email="ana@x.example", actor=boss, now=NOW)
    add_contact(company=gone, name="Ana", email="ana@x.example", phone="+56 9 5555 1234", actor=boss, now=NOW)
    change_set = merge(kept, gone, boss)
    twin.refresh_from_db()
    assert twin.phone == "+56955551234"
    update_contact(contact=twin, values={"phone": "+56 9 5555 9999"}, actor=boss, now=LATER)
    with pytest.raises(Refused, match="cambió después"):
        undo_merge(change_set=change_set, actor=boss, now=LATER)


def test_the_guard_of_the_database_is_there(db):
    sql = (
        "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'a_company_is_merged_into_one%%'"
        if connection.vendor == "postgresql"
        else "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'a_company_is_merged_into_one%%'"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        assert cursor.fetchone()[0] >= 1


def test_noting_twice_waits_once(two):
    note_changed([two[0].pk], now=NOW)
    note_changed([two[0].pk], now=LATER)
    assert two[0].waiting_match.noted_at == NOW
