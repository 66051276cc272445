from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.urls import reverse

from acompana.companies.matching import Answer, judge, make_traits, says_something_new
from acompana.companies.models import Company, CompanyPair, PairSearch, WaitingMatch
from acompana.companies.operations import (
    add_contact,
    compare_waiting,
    merge_companies,
    note_changed,
    open_search,
    propose_pair,
    reject_pair,
    run_search,
    update_contact,
)
from acompana.companies.tests.conftest import BACKEND, LATER, NOW, PAIRS, fill, make_company
from acompana.kernel.clock import read_clock
from acompana.kernel.refusals import Refused
from acompana.people.actors import SYSTEM
from acompana.people.queries import office_by_code
from acompana.reference.models import Country


def card(name, **fields):
    return make_company(name, rut=None, **fields)


def search(now=NOW):
    return run_search(search=open_search(actor=SYSTEM, now=now), now=now, read_clock=lambda: now)


def traits(pk, name, **more):
    return make_traits(pk=pk, legal_name=name, trade_name="", **more)


# --- rules ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Conservas Alto Roble SpA", "CONSERVAS ALTO ROBLE S.P.A."),
        ("Viña Cerro Pardo y Cía. Ltda.", "Cerro Pardo, Viña"),
        ("Conservas Alto Roble SpA", "Conservas Alto Rolbe"),
        ("Sociedad Agrícola Los Boldos Ltda.", "Soc. Agr. Los Boldos"),
        ("Conservas Alto Roble SpA", "Conservas Altoroble"),
    ],
)
def test_one_name_written_in_two_ways_is_likely(one, other):
    verdict = judge(traits(1, one, rut="414"), traits(2, other, commune=None))
    verdict_here = judge(traits(1, one, rut="414", commune=5), traits(2, other, commune=5))
    assert Answer.LIKELY in (verdict.answer, verdict_here.answer)
    assert verdict_here.answer == Answer.LIKELY


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ("Viña Cerro Pardo Ltda.", "Tienen el mismo nombre"),
        ("VINA CERRO PARDO LTDA", "Tienen el mismo nombre, salvo tildes, mayúsculas o signos"),
        ("Viña Cerro Pardo SpA", "Tienen el mismo nombre, salvo la forma jurídica"),
        ("Cerro Pardo, Viña", "Tienen las mismas palabras en otro orden"),
        ("Viña del Cerro Pardo", "Tienen el mismo nombre, escrito de otra forma"),
    ],
)
def test_what_is_alike_in_two_names_is_said_and_no_more(other, said):
    found = judge(traits(1, "Viña Cerro Pardo Ltda.", rut="414"), traits(2, other)).evidence
    assert [evidence.text for evidence in found if evidence.kind == "same_name"] == [said]


def test_two_names_are_two():
    assert judge(traits(1, "Maderas Raulí SpA"), traits(2, "Pesquera Raulí SpA")).answer == Answer.NO
    assert judge(traits(1, "Comercial Sur Ltda"), traits(2, "Comercial Norte Ltda")).answer == Answer.NO


def test_names_that_are_unlike_speak_against_and_little():
    shared = {"emails": (("a@b.example", False),), "commune": 4}
    verdict = judge(traits(1, "Maderas Raulí SpA", **shared), traits(2, "Textiles Ñandú", **shared))
    assert verdict.answer == Answer.LIKELY
    against = [evidence.text for evidence in verdict.evidence if evidence.points < 0]
    assert against == ["Sus nombres no se parecen"]


def test_two_rut_of_the_register_are_never_compared():
    same = {"emails": (("a@b.example", True),), "phones": ("955551234",), "commune": 4, "related": False}
    verdict = judge(traits(1, "Los Boldos SpA", rut="1", **same), traits(2, "Los Boldos SpA", rut="2", **same))
    assert verdict.answer == Answer.NO


def test_two_rut_are_never_certain():
    same = {"emails": (("a@b.example", True),), "phones": ("955551234",), "commune": 4}
    verdict = judge(traits(1, "Los Boldos SpA", rut="411111111"), traits(2, "Los Boldos SpA", rut="422222222", **same))
    assert verdict.answer != Answer.CERTAIN
    both = judge(
        traits(1, "Los Boldos SpA", rut="411111111", **same), traits(2, "Los Boldos SpA", rut="422222222", **same)
    )
    assert both.answer == Answer.LIKELY
    assert any(evidence.points < 0 for evidence in both.evidence)


def test_what_many_share_tells_nothing():
    phone = {"phones": ("955551234",), "commune": 4}
    pair = (traits(1, "Maderas Raulí SpA", **phone), traits(2, "Textiles Ñandú SpA", **phone))
    assert judge(*pair).answer == Answer.LIKELY
    assert judge(*pair, lambda kind, value: 6).answer == Answer.NO


def test_new_evidence_is_a_number_in_common_not_a_spelling():
    shared = {"phones": ("955551234",)}
    before = judge(traits(1, "Los Boldos SpA"), traits(2, "Boldos Los"))
    rows = [evidence.as_row() for evidence in before.evidence]
    renamed = judge(traits(1, "Los Boldos S.A."), traits(2, "LOS BOLDOS"))
    phoned = judge(traits(1, "Los Boldos SpA", **shared), traits(2, "Boldos Los", **shared))
    assert not says_something_new(rows, renamed.evidence)
    assert says_something_new(rows, phoned.evidence)


# --- searching --------------------------------------------------------------------------------------------------


def test_a_search_finds_lists_joins_and_says_what_it_did(db):
    kept = make_company("Conservas Alto Roble SpA")
    exact = card("Conservas Alto Roble", foreign_tax_id=kept.rut)
    likely = card("CONSERVAS ALTO ROLBE LTDA")
    make_company("Maderas Raulí SpA")
    done = search()
    assert (done.step, done.running, done.joined) == ("done", None, 1)
    assert Company.objects.get(pk=exact.pk).merged_into_id == kept.pk
    assert CompanyPair.objects.get(state="open", first=kept).second == likely
    assert search(LATER).joined == 0


def test_a_search_tells_its_progress_in_companies(db):
    for name in ("Conservas Alto Roble SpA", "Frutos del Sur Ltda", "Salmones Puelche SA"):
        make_company(name)
    told: list[tuple[int, int]] = []
    run_search(
        search=open_search(actor=SYSTEM, now=NOW),
        now=NOW,
        read_clock=lambda: NOW,
        tell=lambda *far: told.append(far),
    )
    known = Company.objects.filter(merged_into=None).count()
    assert told[:2] == [(known // 2, known), (known, known)]  # read twice, each time whole


def test_what_was_rejected_is_not_offered_again_until_something_new_speaks_for_it(db, boss):
    one, other = make_company("Conservas Alto Roble SpA"), card("Conservas Alto Roble")
    search()
    pair = CompanyPair.objects.get()
    reject_pair(pair=pair, reason="Son primos", actor=boss, now=NOW)
    fill(one, boss, {"legal_name": "CONSERVAS ALTO ROBLE S.A."})
    search(LATER)
    note_changed([one.pk, other.pk], now=LATER)
    compare_waiting(now=LATER)
    pair.refresh_from_db()
    assert pair.state == "rejected"
    for company in (one, other):
        add_contact(company=company, name="Ana", phone="+56 9 5555 1234", actor=boss, now=LATER)
    search(LATER)
    pair.refresh_from_db()
    assert pair.state == "open"


def test_a_pair_that_has_nothing_in_common_any_more_leaves_the_list(db, boss):
    one, other = make_company("Conservas Alto Roble SpA"), card("Conservas Alto Roble")
    search()
    assert CompanyPair.objects.count() == 1
    Company.objects.filter(pk=other.pk).update(legal_name="Textiles Ñandú", match_name="nandu textiles")
    search(LATER)
    assert not CompanyPair.objects.exists()
    propose_pair(one=one, other=other, actor=boss, now=NOW)
    search(LATER)
    assert CompanyPair.objects.get().source == "person"


@pytest.mark.parametrize(
    ("name", "contact"),
    [
        ("CONSERVAS ALTO ROBLE LTDA", {}),
        ("Alto Roble Conservas", {}),
        ("Conserva Alto Roble", {}),
        ("Don Roble", {"email": "ana@altoroble.example"}),
    ],
)
def test_a_company_just_registered_is_compared(db, boss, name, contact):
    kept = make_company("Conservas Alto Roble SpA")
    add_contact(company=kept, name="Ana", email="ana@altoroble.example", actor=boss, now=NOW)
    made = card(name)
    if contact:
        add_contact(company=made, name="Ana", **contact, actor=boss, now=NOW)
    note_changed([made.pk], now=NOW)
    compare_waiting(now=LATER)
    assert CompanyPair.objects.filter(first=kept, second=made).exists()
    assert not WaitingMatch.objects.exists()


def test_a_change_of_what_tells_a_company_waits_to_be_compared(db, boss):
    company = make_company("Conservas Alto Roble SpA")
    fill(company, boss, {"certifications": "HACCP"})
    assert not WaitingMatch.objects.exists()
    fill(Company.objects.get(pk=company.pk), boss, {"legal_name": "Alto Roble SpA"})
    assert WaitingMatch.objects.get().company == company
    WaitingMatch.objects.all().delete()
    contact = add_contact(company=company, name="Ana", actor=boss, now=NOW)
    WaitingMatch.objects.all().delete()
    update_contact(contact=contact, values={"position": "Gerenta"}, actor=boss, now=NOW)
    assert not WaitingMatch.objects.exists()
    update_contact(contact=contact, values={"phone": "+56 9 5555 1234"}, actor=boss, now=NOW)
    assert WaitingMatch.objects.exists()


def test_one_search_at_a_time_unless_it_went_silent(db):
    first = open_search(actor=SYSTEM, now=NOW)
    with pytest.raises(Refused, match="en curso"):
        open_search(actor=SYSTEM, now=NOW + timedelta(minutes=5))
    open_search(actor=SYSTEM, now=NOW + timedelta(hours=1))
    first.refresh_from_db()
    assert first.step == PairSearch.Step.STOPPED


# --- pages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_whatever_its_length(as_boss, rows, django_assert_num_queries):
    for number in range(rows):
        make_company(f"Conservas Alto Roble {number * 'x'} SpA")
        card(f"Conservas Alto Roble {number * 'x'}")
    search()
    as_boss.get(PAIRS)
    with django_assert_num_queries(8):
        page = as_boss.get(PAIRS).content.decode()
    assert page.count("data-row") >= rows


def test_while_a_search_runs_its_progress_alone_is_asked_for(as_boss):
    made = open_search(actor=SYSTEM, now=read_clock())
    page = as_boss.get(PAIRS).content.decode()
    assert f'hx-get="{PAIRS}"' in page
    assert "Buscar en todo el registro" not in page
    answer = as_boss.get(PAIRS, HTTP_HX_REQUEST="true")
    assert "El motor de trabajos está detenido" in answer.content.decode()
    assert "Leyendo las empresas" not in answer.content.decode()
    apps.get_model("outbox", "Worker").objects.create(
        place="here", pid=1, started_at=read_clock(), heartbeat_at=read_clock()
    )
    answer = as_boss.get(PAIRS, HTTP_HX_REQUEST="true")
    assert "Leyendo las empresas" in answer.content.decode()
    assert "El motor de trabajos" not in answer.content.decode()
    assert "<h1" not in answer.content.decode()
    assert "HX-Refresh" not in answer
    run_search(search=made, now=read_clock(), read_clock=read_clock)
    assert as_boss.get(PAIRS, HTTP_HX_REQUEST="true")["HX-Refresh"] == "true"
    assert "Buscar en todo el registro" in as_boss.get(PAIRS).content.decode()


def test_what_somebody_else_decides_says_so_in_the_list(client, marta, boss, carolina):
    for one, other in (("CL-VS", "CL-VS"), ("CL-BI", "CL-BI"), ("CL-VS", "CL-BI")):
        offices = [office_by_code(one), office_by_code(other)]
        sides = [make_company(f"{one} {other} {n}", office=office) for n, office in enumerate(offices)]
        propose_pair(one=sides[0], other=sides[1], actor=boss, now=NOW)
    told = re.compile(r"Lo decide ([^<]+)<")
    client.force_login(marta.person, backend=BACKEND)
    assert sorted(told.findall(client.get(PAIRS).content.decode())) == [
        "Gestión de clientes",
        "quien dirige la Oficina regional del Biobío",
    ]
    for actor in (boss, carolina):  # one decides all of them, the other none
        client.force_login(actor.person, backend=BACKEND)
        assert told.findall(client.get(PAIRS).content.decode()) == []


def test_who_decides_pairs_asks_for_a_search(client, marta, carolina):
    for actor, offered in ((marta, True), (carolina, False)):
        client.force_login(actor.person, backend=BACKEND)
        assert ("Buscar en todo el registro" in client.get(PAIRS).content.decode()) is offered


def test_the_filter_by_office_equals_its_rows(as_boss):
    for code in ("CL-VS", "CL-BI"):
        make_company(f"Conservas {code} Alto Roble SpA", office=office_by_code(code))
        card(f"Conservas {code} Alto Roble")
    search()
    page = as_boss.get(PAIRS, {"oficina": "CL-BI"}).content.decode()
    assert page.count("data-row") == CompanyPair.objects.filter(office=office_by_code("CL-BI")).count() == 1
    assert "1 par." in page


def test_a_pair_is_told_apart_with_a_reason(as_boss):
    make_company("Conservas Alto Roble SpA")
    card("Conservas Alto Roble")
    search()
    address = reverse("companies:pair", args=[CompanyPair.objects.get().pk])
    assert as_boss.post(address, {"reason": ""}).status_code == 422
    as_boss.post(address, {"reason": "Son primos"})
    assert CompanyPair.objects.get().state == "rejected"
    assert "Son primos" in as_boss.get(PAIRS, {"ver": "distintas"}).content.decode()


def test_a_merge_by_its_page_and_back_by_the_history(as_boss):
    kept, gone = make_company("Conservas Alto Roble SpA"), card("Conservas Alto Roble", address="Calle Uno 12")
    search()
    address = reverse("companies:merge", args=[CompanyPair.objects.get().pk])
    page = as_boss.get(address)
    assert page.status_code == 200
    versions = page.context["preview"].versions
    assert as_boss.post(address, {"kept": kept.pk, "versions": "9-9"}).status_code == 422
    answer = as_boss.post(address, {"kept": kept.pk, "versions": versions})
    assert answer.url == kept.get_absolute_url()
    assert Company.objects.get(pk=kept.pk).address == "Calle Uno 12"
    history = as_boss.get(reverse("companies:history", args=[kept.pk])).content.decode()
    assert "Separar de nuevo" in history
    change_set = CompanyPair.objects.get().change_set
    before = as_boss.get(reverse("companies:undo_merge", args=[kept.pk, change_set.pk])).content.decode()
    assert "quedará como «No son la misma»" in before
    assert "Calle Uno 12 → Sin dato" in before
    assert Company.objects.get(pk=gone.pk).merged_into_id == kept.pk
    assert f'href="{PAIRS}?ver=distintas"' in before
    pair = CompanyPair.objects.get()
    answer = as_boss.post(reverse("companies:undo_merge", args=[kept.pk, change_set.pk]), follow=True)
    assert Company.objects.get(pk=gone.pk).merged_into is None
    said = answer.content.decode()
    assert "el par quedó como «No son la misma»" in said
    assert reverse("companies:pair", args=[pair.pk]) in said
    assert "Revisar de nuevo</button>" in said


@pytest.mark.parametrize(("other", "called"), [
    ({"rut": None}, "Conservas Roble (sin RUT, ficha {pk})"),
    ({"rut": None, "foreign_tax_id": "MX-7"}, "Conservas Roble (MX-7)"),
    ({"rut": None, "trade_name": "Roblecito"}, "Roblecito"),
])  # fmt: skip
def test_two_of_the_same_name_are_told_apart_where_they_are_separated(as_boss, boss, other, called):
    kept = make_company("Conservas Roble", rut="412038754")
    gone = make_company("Conservas Roble", **other)
    change_set = merge_companies(kept=kept, gone=gone, actor=boss, now=NOW)
    page = as_boss.get(reverse("companies:undo_merge", args=[kept.pk, change_set.pk])).content.decode()
    called = called.format(pk=gone.pk)
    stays = "Conservas Roble" if called == "Roblecito" else "Conservas Roble (RUT 41.203.875-4)"
    assert f"¿Separar de nuevo {called} y {stays}?" in page


def test_the_other_one_can_be_the_one_that_stays(as_boss):
    first, second = card("Conservas Alto Roble"), card("Conservas Alto Roble Ltda")
    search()
    address = reverse("companies:merge", args=[CompanyPair.objects.get().pk])
    page = as_boss.get(address, {"queda": second.pk})
    assert (page.context["kept"], page.context["gone"]) == (second, first)


def test_pages_of_the_one_that_went_lead_to_the_one_that_stayed(as_boss, boss):
    kept, gone = make_company("Conservas Alto Roble SpA"), card("Conservas Alto Roble")
    merge_companies(kept=kept, gone=gone, actor=boss, now=NOW)
    for name in ("companies:data", "companies:history", "companies:compare"):
        assert as_boss.get(reverse(name, args=[gone.pk]) + "?a=1").url == reverse(name, args=[kept.pk]) + "?a=1"
    answer = as_boss.post(reverse("companies:new_contact", args=[gone.pk]), {"name": "Ana"}, follow=True)
    assert "se fusionó con" in answer.content.decode()
    assert not kept.contacts.exists()


def test_a_person_compares_by_rut(as_boss):
    one, other = make_company("Conservas Alto Roble SpA"), make_company("Maderas Raulí SpA")
    address = reverse("companies:compare", args=[one.pk])
    assert as_boss.post(address, {"rut": "44.999.999-0"}).status_code == 422
    as_boss.post(address, {"rut": other.rut})
    assert CompanyPair.objects.get().source == "person"


def test_foreign_companies_with_one_tax_number_are_certain(db):
    peru = Country.objects.get(alpha2="PE")
    one = card("Textiles Ñandú SAC", foreign_tax_id="20512345678", country=peru, kind="foreign")
    card("TEXTILES ÑANDÚ S.A.C.", foreign_tax_id="20512345678", country=peru, kind="foreign")
    assert search().joined == 1
    assert Company.objects.filter(merged_into=one).count() == 1
