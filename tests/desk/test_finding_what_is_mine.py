"""What is new and mine is found: queues by what is due, their parts, and why somebody contacts (INT-10)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from acompana.cases.operations import ask_for_help
from acompana.companies.models import Assignment, Company
from acompana.companies.operations import register_potential_account
from acompana.demonstration.roads import register
from acompana.intake import operations as intake
from acompana.intake.queries import latest_intake_of
from acompana.matters.models import Matter
from acompana.people.models import Office

QUEUE = "/escritorio/ingresos/"


def names(page):
    return [row["intake"].matter.company.name for row in page.context["rows"]]


def test_the_queue_begins_with_what_is_due_next(road, cast, enter, now):
    road(1, days=1, assigned=False)
    road(2, days=20, assigned=False)
    road(3, "low", days=5, assigned=False)  # what came of its referral is asked later
    waiting = register(cast, "newcomer", rut_number=41_910_009, name="Por enviar SpA", region="CL-VS", now=now)
    page = enter(cast["director"]).get(QUEUE)
    assert names(page) == ["Aceites 2 SpA", "Aceites 1 SpA", "Aceites 3 SpA", waiting.name]


def test_each_part_of_the_queue_has_as_many_rows_as_it_says(road, cast, enter):
    road(1, days=1)
    road(2, days=20, assigned=False)
    client = enter(cast["executive"])
    expected = {
        "": ["Aceites 2 SpA", "Aceites 1 SpA"],
        "mias": ["Aceites 1 SpA"],
        "oficina": ["Aceites 2 SpA"],
        "nuevas": ["Aceites 1 SpA"],
    }
    for scope, (slug, rows) in zip(client.get(QUEUE).context["scopes"], expected.items(), strict=True):
        page = client.get(QUEUE, {"de": slug})
        assert names(page) == rows, slug
        assert scope["count"] == len(rows), slug
    assert "La oficina, sin tomar" in client.get(QUEUE).content.decode()


def test_what_is_new_has_its_own_heap(road, cast, enter):
    road(1, days=20)
    company = road(2, days=1)
    page = enter(cast["executive"]).get("/escritorio/", {"ver": "new"})
    assert [row.commitment.company for row in page.context["rows"]] == [company]
    text = page.content.decode()
    assert "Nueva" in text
    row = re.search(r"<tr data-row.*?</tr>", text, re.S).group(0)
    assert "DL-1" not in row.split("<details")[0]
    why = re.findall(r"<p>(.*?)</p>", row)
    assert why[0].startswith("Corre desde el ")
    assert why[0].endswith(": la empresa terminó el test, o se decidió atenderla.")
    assert why[-1] == "Regla DL-1."


def test_the_record_says_who_contacts_and_why(waiting, road, cast, enter, now):
    client = enter(cast["director"])
    page = client.get(waiting.get_absolute_url()).content.decode()
    assert "nadie está nombrado para contactarla" in page
    assert "/escritorio/ingresos/quien-contacta/" in page
    assert "la empresa está a su cargo" in client.get(road(2).get_absolute_url()).content.decode()
    office = Office.objects.get(code="CL-VS")
    intake.name_contact_person(
        office=office, sector=None, member=cast["executive"].staff_member, actor=cast.actor("director", now), now=now
    )
    page = client.get(road(3, assigned=False).get_absolute_url()).content.decode()
    assert "La contacta Carolina Soto Rivas: la dirección de la oficina le encargó" in page


@pytest.mark.parametrize("page", ["/escritorio/equipo/", "/escritorio/ingresos/por-asignar/", "office"])
def test_who_contacts_by_default_is_found_where_one_looks_for_it(cast, enter, page):
    address = "/escritorio/administracion/oficinas/CL-VS/" if page == "office" else page
    link = 'href="/escritorio/ingresos/quien-contacta/"'
    assert link in enter(cast["director"]).get(address).content.decode()
    if page == "office":
        assert link not in enter(cast["executive"]).get(address).content.decode()


def test_the_chip_of_derived_accounts_opens_as_many_rows(cast, enter, now):
    officer = cast.actor("executive", now)
    for number in range(3):
        card = register_potential_account(
            name=f"Mermeladas {number}", contact_name="Mario Leiva", phone=f"91234567{number}",
            email=f"mario{number}@mermeladas.example", region=cast["executive"].staff_member.office.region,
            met_at="Feria", actor=officer, now=now, channel="event",
        )  # fmt: skip
        matter = intake.register_account(company=card, actor=officer, now=now)
        if number:
            intake.derive_to_director(matter=matter, note="", actor=officer, now=now)
    client = enter(cast["director"])
    chip = client.get("/escritorio/").context["decisions"][0]
    assert (chip["label"], chip["count"]) == ("Cuentas potenciales derivadas", 2)
    page = client.get(chip["href"])
    assert len(page.context["page"].object_list) == 2
    assert page.content.decode().count("Regla PD-4.") == 2
    # The director owes each decision by a date, in her day; deciding keeps it, and so does the company that comes.
    owed = client.get("/escritorio/", {"ver": "soon"}).context["rows"]
    assert [(row.commitment.owner, row.action) for row in owed] == [(cast["director"], "Decidir")] * 2
    assert not enter(cast["executive"]).get("/escritorio/", {"ver": "soon"}).context["rows"]
    first, second = (row.commitment for row in owed)
    assert "Decidir si se invita a la empresa, a cargo de Marta" in client.get(owed[0].href).content.decode()
    intake.invite_company(matter=first.matter, actor=cast.actor("director", now), now=now)
    intake.open_intake(company=second.company, actor=cast.actor("newcomer", now), now=now)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.fulfilled_at, first.fulfilled_by) == (now, cast["director"])
    assert (second.cancelled_at, Matter.objects.get(pk=second.matter_id).state) == (now, "joined")


def test_nobody_owes_a_help_request_that_they_may_not_answer(cast, enter, now):
    ask_for_help(
        about="test", what_went_wrong="No me reconoce.", asker_name="Ana Díaz",
        asker_email="ana@correo.example", actor=cast.actor("citizen", now), now=now - timedelta(days=20),
    )  # fmt: skip
    rows = {
        key: len(enter(cast[key]).get("/escritorio/", {"ver": "late"}).context["rows"])
        for key in ("control", "client_management")
    }
    assert rows == {"control": 0, "client_management": 1}


def test_an_interview_without_answers_names_each_question(company, cast, enter, now):
    matter = latest_intake_of(company).matter
    intake.record_contact(
        matter=matter, contact=None, channel="phone", text="", actor=cast.actor("executive", now), now=now
    )
    page = enter(cast["executive"]).post(f"{QUEUE}{matter.number}/entrevista/", {"mode": "visit", "finish": "1"})
    assert page.status_code == 422
    text = page.content.decode()
    listed = re.search(r'error-summary__list">(.*?)</ul>', text, re.S).group(1)
    sentences = re.findall(r'<a href="#id_[^"]+">([^<]+)</a>', listed)
    assert len(sentences) > 9
    assert len(set(sentences)) == len(sentences)
    assert "vale lo mismo que el test" in text
    assert re.findall(r"<title>(Por revisar: )+", text) == ["Por revisar: "]
    assert "Error:" not in text


def test_one_result_is_in_the_singular(company, cast, enter):
    client = enter(cast["executive"])
    assert "1 resultado." in client.get("/escritorio/buscar/", {"q": "Aceites"}).content.decode()


def test_companies_to_assign_are_filtered_and_stay_so(waiting, road, cast, enter):
    first, second = waiting, road(2, "medium", assigned=False)
    client, address = enter(cast["director"]), "/escritorio/ingresos/por-asignar/"
    assert first.sector.name in client.get(address).content.decode()
    assert list(client.get(address, {"potential": "medium"}).context["page"]) == [second]
    assert not client.get(address, {"sector": first.sector_id, "since": "2000-01-01"}).context["page"].object_list
    answer = client.post(f"{address}?potential=medium", {"company": [second.pk], "executive": cast["executive"].pk})
    assert answer["Location"] == f"{address}?potential=medium"
    second.refresh_from_db()
    assert second.executive == cast["executive"]


def test_what_was_chosen_stays_when_nobody_was_and_each_fault_is_told(waiting, road, cast, enter):
    first, second = waiting, road(2, assigned=False)
    client, address = enter(cast["director"]), "/escritorio/ingresos/por-asignar/"
    answer = client.post(address, {"company": [second.pk], "executive": "", "reason": "Su sector"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert ["checked" in page.split(f'value="{one.pk}" id="company-')[1].split(">")[0] for one in (first, second)] == [
        False, True,
    ]  # fmt: skip
    assert 'value="Su sector"' in page
    assert "Elige a quién asignar las elegidas." in page
    assert "Elige al menos una empresa." not in page
    page = client.post(address, {"executive": cast["executive"].pk}).content.decode()
    assert f'<option value="{cast["executive"].pk}" selected>' in page
    assert "Elige al menos una empresa." in page
    assert "Elige a quién asignar" not in page


def test_a_page_looked_at_for_a_while_takes_no_company_back(road, cast, enter, now):
    first, second, third = (road(number, assigned=False) for number in (1, 2, 3))
    client, address = enter(cast["director"]), "/escritorio/ingresos/por-asignar/"
    carolina, other = cast["executive"], cast["other_executive"]
    assert client.post(address, {"company": [first.pk], "executive": carolina.pk}).status_code == 302
    intake.assign_companies(
        chosen=Company.objects.filter(pk=second.pk), executive=carolina, now=now,
        actor=cast.actor("directorate", now),
    )  # fmt: skip
    late = {"company": [first.pk, second.pk, third.pk], "executive": other.pk}
    page = client.post(address, late, follow=True).content.decode()
    assert f"1 empresa asignada a {other}." in page
    assert f"1 ya la asignaste a {carolina}" in page
    assert f"1 ya la asignó {cast['directorate']} a {carolina}" in page
    executives = dict(Company.objects.values_list("pk", "executive"))
    assert [executives[company.pk] for company in (first, second, third)] == [carolina.pk, carolina.pk, other.pk]
    assert Assignment.objects.filter(company__in=(first, second)).count() == 2
    # All of them had somebody: nothing is said to be assigned, and nothing is.
    page = client.post(address, late | {"executive": carolina.pk}, follow=True).content.decode()
    assert "asignada a" not in page
    assert f"1 ya la asignaste a {other}" in page
    third.refresh_from_db()
    assert third.executive == other


def test_who_sees_every_region_chooses_one_to_assign(waiting, cast, enter):
    page = enter(cast["directorate"]).get("/escritorio/ingresos/por-asignar/", {"region": waiting.region_id})
    assert list(page.context["page"]) == [waiting]
    assert cast["executive"] in [row["member"].person for row in page.context["executives"]]


def test_it_waits_since_it_is_the_turn_of_the_office(road, cast, enter, now):
    company = road(1, "high", days=4, assigned=False)
    row = enter(cast["director"]).get("/escritorio/ingresos/por-asignar/").context["page"][0]
    assert row.waits_since == latest_intake_of(company).matter.state_since
    since = {"since": timezone.localdate(row.waits_since) + timedelta(days=1)}
    assert len(enter(cast["director"]).get("/escritorio/ingresos/por-asignar/", since).context["page"]) == 1
    since["since"] -= timedelta(days=1)
    assert len(enter(cast["director"]).get("/escritorio/ingresos/por-asignar/", since).context["page"]) == 0


def test_who_contacts_each_one_and_by_when_is_in_the_list(road, cast, enter, now):
    road(1, "high", days=30, assigned=False)
    intake.name_contact_person(
        office=Office.objects.get(code="CL-VS"),
        sector=None,
        member=cast["executive"].staff_member,
        actor=cast.actor("director", now),
        now=now - timedelta(days=1),
    )
    road(2, "high", assigned=False)
    page = enter(cast["director"]).get("/escritorio/ingresos/por-asignar/")
    rows = page.content.decode().split("<tr data-row>")[1:]
    assert [company.name for company in page.context["page"]] == ["Aceites 1 SpA", "Aceites 2 SpA"]
    assert ["La contacta Carolina Soto Rivas" in row for row in rows] == [True, True]
    assert ["venció" in row for row in rows] == [True, False]
    assert "Elegir las 2 de esta página" in page.content.decode()


def test_the_record_the_list_and_the_day_say_the_same_of_who_contacts(road, cast, enter, now):
    """What came before somebody was named was the office's, and is of whom is named since (INT-10)."""
    company = road(1, "high", days=30, assigned=False)
    client = enter(cast["executive"])
    pages = {
        "record": lambda: client.get(company.get_absolute_url()),
        "list": lambda: enter(cast["director"]).get("/escritorio/ingresos/por-asignar/"),
        "day": lambda: client.get("/escritorio/", {"ver": "late"}),
    }
    for page in pages.values():
        assert "a contacta quien la tome primero" in page().content.decode()
    intake.name_contact_person(
        office=company.office,
        sector=company.sector,
        member=cast["executive"].staff_member,
        actor=cast.actor("director", now),
        now=now,
    )
    for name, page in pages.items():
        text = page().content.decode()
        assert ("a contacta Carolina Soto Rivas" in text) is (name != "day")  # her own day does not say whose it is
        assert "quien la tome primero" not in text
    assert [row.commitment.owner for row in pages["day"]().context["rows"]] == [cast["executive"]]


def test_a_derived_account_offers_the_decision_to_who_takes_it_alone(cast, enter, now):
    """Who registered it sees where it stands; the head of the region decides (INT-2)."""
    officer = cast.actor("executive", now)
    for number, derives in enumerate((True, False)):
        card = register_potential_account(
            name=f"Mieles {number}", contact_name="Mario Leiva", phone=f"91234567{number}",
            email=f"mario{number}@mieles.example", region=cast["executive"].staff_member.office.region,
            met_at="Feria", actor=officer, now=now, channel="event",
        )  # fmt: skip
        matter = intake.register_account(company=card, actor=officer, now=now)
        if derives:
            intake.derive_to_director(matter=matter, note="", actor=officer, now=now)

    def offered(who: str) -> list[str]:
        page = enter(cast[who]).get("/escritorio/ingresos/cuentas/").content.decode()
        return re.findall(r"data-edit[^>]*>(\w+)", page)

    assert offered("executive") == ["Ver", "Decidir"]
    assert offered("director") == ["Decidir", "Decidir"]


def test_who_waits_for_no_executive_is_not_in_the_queue(road, cast, enter, now):
    referred = road(1, "low", assigned=False)
    register(cast, "rival", rut_number=41_910_555, name="Empezó y no siguió SpA", region="CL-VS", now=now)
    address = "/escritorio/ingresos/por-asignar/"
    assert list(enter(cast["director"]).get(address).context["page"]) == []
    Company.objects.filter(pk=referred.pk).update(user_until=timezone.localdate(now))
    assert list(enter(cast["director"]).get(address).context["page"]) == [referred]
