"""One thing for many companies: the preview, what is done, what stays, and the way back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acompana.companies.models import Assignment, BulkAction, Company
from acompana.companies.operations import assign_executive
from acompana.companies.tests.conftest import NOW, make_company, make_staff
from acompana.desk import bulk as bulks
from acompana.desk.bulk import ask_to_undo, prepare_bulk, run_bulk, start_bulk, undo_bulk
from acompana.desk.bulk_preview import preview_bulk, rows_of
from acompana.desk.jobs import take_back_bulk
from acompana.intake.operations import assign_companies
from acompana.kernel.clock import read_clock
from acompana.kernel.models import ChangeSet
from acompana.kernel.refusals import Refused
from acompana.logbook.models import Entry
from acompana.messages.models import Worker
from acompana.people.models import StaffMember
from acompana.reference.models import Sector

BACKEND = "acompana.people.backends.Backend"
NEW = "/escritorio/empresas/en-conjunto/"


@pytest.fixture
def three(carolina, pedro):
    """Two of Valparaíso, one of them with an executive, and one of another region."""
    return [
        make_company("Alerce", office_id=carolina.office_id),
        make_company("Boldo", office_id=carolina.office_id),
        make_company("Canelo", office_id=pedro.office_id, executive=pedro.person),
    ]


def prepare(actor, companies, verb, value=""):
    ids = [company.pk for company in companies]
    return prepare_bulk(verb=verb, value=str(value), company_ids=ids, actor=actor, now=NOW)


NAMES = ("Alerce", "Boldo", "Canelo")


def logged():
    """What the log says of who is in charge: the company, who wrote it, and the words."""
    rows = Entry.objects.filter(kind="change").select_related("company", "author", "text").order_by("pk")
    return [(row.company.name, row.author, row.text.body) for row in rows]


def do(actor, action):
    start_bulk(action=action, actor=actor, now=NOW)
    run_bulk(action_id=action.pk, actor=actor, now=NOW)
    action.refresh_from_db()
    return action


def test_what_may_not_be_changed_is_told_with_its_reason(three, marta, carolina):
    action = prepare(marta, three, "assign", carolina.person.pk)
    preview = preview_bulk(action, marta, NOW)
    assert preview.count == 2
    assert [(company.name, now) for company, now in rows_of(action, preview.changing)] == [
        ("Alerce", "Nadie"),
        ("Boldo", "Nadie"),
    ]
    assert [(row[1], row[2]) for row in preview.left_out] == [("Canelo", "La asigna la dirección de su oficina.")]


def test_an_assignment_of_many_is_one_change_set_and_goes_back(three, marta, carolina):
    action = do(marta, prepare(marta, three, "assign", carolina.person.pk))
    assert (action.state, action.count, len(action.left_out)) == ("done", 2, 1)
    assert Company.objects.filter(executive=carolina.person).count() == 2
    assert ChangeSet.objects.filter(kind="bulk").count() == 1
    assert logged() == [("Alerce", marta.person, "Queda a cargo de Carolina Soto."),
                        ("Boldo", marta.person, "Queda a cargo de Carolina Soto.")]  # fmt: skip
    assert undo_bulk(action=action, actor=marta, now=NOW) == []
    assert logged()[2:] == [(name, marta.person, "Queda sin ejecutivo o ejecutiva.") for name in ("Alerce", "Boldo")]
    assert not Company.objects.filter(executive=carolina.person).exists()
    assert not Assignment.objects.exists()
    with pytest.raises(Refused, match="ya se había deshecho"):
        undo_bulk(action=action, actor=marta, now=NOW)


def test_the_log_says_who_has_a_company_and_who_had_it_by_sets(three, marta, carolina):
    counts = []
    Company.objects.filter(pk=three[2].pk).update(office=carolina.office_id, executive=None)
    for companies in (three[:1], three[1:]):
        chosen = Company.objects.filter(pk__in=[company.pk for company in companies])
        with CaptureQueriesContext(connection) as queries:
            assign_companies(chosen=chosen, executive=carolina.person, actor=marta, now=NOW, reason="Su sector")
        counts.append(sum('INTO "logbook_' in query["sql"] for query in queries))
    later = NOW + timedelta(days=1)
    assign_companies(chosen=chosen, executive=marta.person, actor=marta, now=later)
    assert counts == [2, 2]
    assert logged() == [
        *((name, marta.person, "Queda a cargo de Carolina Soto. Motivo: Su sector") for name in NAMES),
        *((name, marta.person, f"Queda a cargo de {marta.person}; antes, de Carolina Soto.") for name in NAMES[1:]),
    ]


def test_what_changed_since_stays_and_is_named(three, marta, carolina):
    action = do(marta, prepare(marta, three, "assign", carolina.person.pk))
    assign_executive(company=three[0], executive=marta.person, actor=marta, now=NOW)
    assert [row[1] for row in undo_bulk(action=action, actor=marta, now=NOW)] == ["Alerce"]
    three[0].refresh_from_db()
    three[1].refresh_from_db()
    assert (three[0].executive, three[1].executive) == (marta.person, None)
    assert Assignment.objects.filter(company=three[0]).count() == 2


@pytest.mark.parametrize("verb", ["sector", "origin", "office"])
def test_each_verb_changes_and_goes_back(three, marta, pedro, verb):
    value = {"sector": Sector.objects.first().pk, "origin": "Feria 2026", "office": pedro.office_id}[verb]
    action = do(marta, prepare(marta, three[:2], verb, value))
    column = {"sector": "sector_id", "origin": "origin_detail", "office": "office_id"}[verb]
    assert set(Company.objects.filter(pk__in=action.company_ids).values_list(column, flat=True)) == {value}
    assert undo_bulk(action=action, actor=marta, now=NOW) == []
    assert not Company.objects.filter(pk__in=action.company_ids, **{column: value}).exists()


def test_killed_half_way_it_goes_on_where_it_was(three, marta, carolina, monkeypatch):
    monkeypatch.setattr(bulks, "PIECE", 1)
    action = prepare(marta, three, "assign", carolina.person.pk)
    start_bulk(action=action, actor=marta, now=NOW)

    def stop(done, total):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        run_bulk(action_id=action.pk, actor=marta, now=NOW, tell=stop)
    action.refresh_from_db()
    assert (action.position, action.count, action.state) == (1, 1, "waiting")
    told = []
    run_bulk(action_id=action.pk, actor=marta, now=NOW, tell=lambda done, total: told.append((done, total)))
    action.refresh_from_db()
    assert (action.count, action.state) == (2, "done")
    assert told[-1] == (3, 3)
    assert Assignment.objects.filter(until_at=None).count() == 2


def test_what_is_undone_later_says_so_until_it_is(three, marta, carolina):
    action = do(marta, prepare(marta, three, "assign", carolina.person.pk))
    assign_executive(company=three[0], executive=marta.person, actor=marta, now=NOW)
    ask_to_undo(action=action, actor=marta)
    with pytest.raises(Refused, match="ya se había deshecho"):
        ask_to_undo(action=action, actor=marta)
    action.refresh_from_db()
    assert action.state == "undoing"
    take_back_bulk.func(action.pk, now=NOW)
    take_back_bulk.func(action.pk, now=NOW)  # a job may come twice
    action.refresh_from_db()
    assert (action.state, [row[1] for row in action.kept]) == ("undone", ["Alerce"])


def test_refusals(three, marta, carolina, pedro):
    for verb, value in (("assign", "x"), ("sector", "0"), ("origin", " "), ("office", ""), ("nonsense", "")):
        with pytest.raises(Refused):
            prepare(marta, three, verb, value)
    with pytest.raises(Refused, match="al menos una"):
        prepare(marta, [], "origin", "Feria")
    action = do(marta, prepare(marta, three[:1], "origin", "Feria"))
    with pytest.raises(Refused, match="Ya se había confirmado"):
        start_bulk(action=action, actor=marta, now=NOW)
    with pytest.raises(Refused, match="quien la hizo"):
        undo_bulk(action=action, actor=carolina, now=NOW)


def test_from_the_list_to_the_way_back(client, three, marta):
    client.force_login(marta.person, backend=BACKEND)
    page = client.get(NEW, {"todas": "1", "consulta": "ejecutivo=nadie"}).content.decode()
    assert "2 empresas" in page
    answer = client.post(NEW, {"todas": "1", "consulta": "ejecutivo=nadie", "verb": "origin", "value_origin": "Feria"})
    action = BulkAction.objects.get()
    assert answer["Location"] == f"{NEW}{action.pk}/?consulta=ejecutivo%3Dnadie"
    assert "Confirmar" in client.get(answer["Location"]).content.decode()
    client.post(answer["Location"], {"do": "run"})
    assert Company.objects.filter(origin_detail="Feria").count() == 2
    assert "Deshacer" in client.get(answer["Location"]).content.decode()
    assert f'"{NEW}{action.pk}/"' in client.get(f"/escritorio/empresas/{three[0].pk}/historial/").content.decode()
    Company.objects.filter(pk=three[0].pk).update(origin_detail="Otra feria")
    undone = client.post(answer["Location"], {"do": "undo"}, follow=True).content.decode()
    assert not Company.objects.filter(origin_detail="Feria").exists()
    assert "1 empresa volvió a como estaba. 1 quedó como está, porque cambió después." in undone


def test_every_page_of_an_act_leads_back_to_the_list_as_it_was(client, three, marta):
    client.force_login(marta.person, backend=BACKEND)
    question = {"ejecutivo": "nadie", "columnas": "region,rut", "orden": "-rut", "vista": "3"}
    listed = client.get("/escritorio/empresas/", question).content.decode()
    kept = re.search(r'name="consulta" value="([^"]*)"', listed)[1].replace("&amp;", "&")
    back = f'href="/escritorio/empresas/?{kept}"'.replace("&", "&amp;")
    assert "columnas=region,rut" in back
    assert back in client.get(NEW, {"id": three[0].pk, "consulta": kept}).content.decode()
    sent = {"id": three[0].pk, "consulta": kept, "verb": "origin", "value_origin": "Feria"}
    address = client.post(NEW, sent)["Location"]
    assert back in client.get(address).content.decode(), "before it is confirmed"
    for act in ("run", "undo"):
        answer = client.post(address, {"do": act})
        assert answer["Location"] == address
        assert back in client.get(address).content.decode(), act
    BulkAction.objects.update(state="waiting")
    waiting = client.get(address).content.decode()
    assert f'hx-get="{address}"' in waiting
    assert f'href="{address}">Ver cuánto lleva' in waiting


def test_the_list_and_the_record_lead_back_to_what_was_done_to_whom_did_it(client, three, marta, carolina):
    action = do(marta, prepare(marta, three[:2], "origin", "Feria"))
    prepare(marta, three[:1], "origin", "Nunca confirmada")
    address, history = f"{NEW}{action.pk}/", f"/escritorio/empresas/{three[0].pk}/historial/"
    for actor, sees in ((marta, True), (carolina, False)):
        client.force_login(actor.person, backend=BACKEND)
        assert f"{NEW}hechas/" in client.get("/escritorio/empresas/").content.decode()
        page = client.get(f"{NEW}hechas/").content.decode()
        assert (address in page) is sees
        assert "Nunca confirmada" not in page
        assert (address in client.get(history).content.decode()) is sees


def test_what_waits_for_a_worker_says_that_none_runs(client, three, marta):
    client.force_login(marta.person, backend=BACKEND)
    action = prepare(marta, three[:2], "origin", "Feria")
    start_bulk(action=action, actor=marta, now=NOW)
    address = f"{NEW}{action.pk}/"
    assert "El motor de trabajos está detenido" in client.get(address).content.decode()
    Worker.objects.create(place="here", pid=1, started_at=read_clock(), heartbeat_at=read_clock())
    assert "El motor de trabajos" not in client.get(address).content.decode()


def test_loads_are_shown_and_more_than_the_places_is_confirmed_twice(client, three, marta, carolina):
    StaffMember.objects.filter(person=carolina.person).update(capacity=1)
    assign_executive(company=three[0], executive=carolina.person, actor=marta, now=NOW)
    client.force_login(marta.person, backend=BACKEND)
    assert "(1 de 1 empresas)" in client.get(NEW, {"id": three[1].pk}).content.decode()
    answer = client.post(NEW, {"id": three[1].pk, "verb": "assign", "value_assign": carolina.person.pk})
    page = client.get(answer["Location"]).content.decode()
    assert "queda con 2 empresas y tiene 1 cupo" in page
    assert 'name="beyond"' in page
    refused = client.post(answer["Location"], {"do": "run"}, follow=True).content.decode()
    assert "Márcalo si aun así quieres asignarlas" in refused
    assert Company.objects.filter(executive=carolina.person).count() == 1
    client.post(answer["Location"], {"do": "run", "beyond": "1"})
    assert Company.objects.filter(executive=carolina.person).count() == 2


def test_within_the_places_nothing_more_is_asked(client, three, marta, carolina):
    StaffMember.objects.filter(person=carolina.person).update(capacity=5)
    client.force_login(marta.person, backend=BACKEND)
    answer = client.post(NEW, {"id": three[1].pk, "verb": "assign", "value_assign": carolina.person.pk})
    assert 'name="beyond"' not in client.get(answer["Location"]).content.decode()
    client.post(answer["Location"], {"do": "run"})
    assert Company.objects.filter(executive=carolina.person).count() == 1


@pytest.mark.parametrize("others", [1, 3])
def test_the_choice_asks_the_same_whoever_may_be_chosen(client, three, marta, others, django_assert_num_queries):
    for number in range(others):
        make_staff(f"Eva {number}", "Ríos", "CL-VS", "regional-executive")
    client.force_login(marta.person, backend=BACKEND)
    with django_assert_num_queries(10):
        client.get(NEW, {"id": three[1].pk})
