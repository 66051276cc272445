"""Each list of the portal asks the database as often for three rows as for one."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta

import pytest
from django.test import Client

from acompana.cases.operations import ask_for_help
from acompana.commitments.operations import promise
from acompana.companies.models import Company, Mandate
from acompana.demonstration.cast import Cast, make_people
from acompana.demonstration.roads import answer_test, fill_form, register
from acompana.desk.operations import agree_commitment
from acompana.intake import operations as intake
from acompana.intake.queries import latest_intake_of
from acompana.kernel.clock import read_clock
from acompana.logbook.operations import record_entry
from tests.kept import made_once

pytestmark = pytest.mark.django_db
NOW = read_clock() - timedelta(hours=1)


kept_cast = made_once(lambda: make_people(now=NOW))


@pytest.fixture
def cast(db, kept_cast) -> Cast:
    return deepcopy(kept_cast)


@pytest.fixture
def company(cast) -> Company:
    company = register(cast, "owner", rut_number=41_203_875, name="Conservas Alto Roble SpA", region="CL-VS", now=NOW)
    fill_form(company, actor=cast.actor("owner", NOW), now=NOW)
    matter = latest_intake_of(company).matter
    intake.submit_characterization(matter=matter, actor=cast.actor("owner", NOW), now=NOW)
    answer_test(company, actor=cast.actor("owner", NOW), now=NOW, level="medium")
    return company


@pytest.fixture
def client(cast) -> Client:
    client = Client()
    client.force_login(cast["owner"], backend="acompana.people.backends.Backend")
    return client


def ask(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def add_promise(company: Company, cast: Cast, what: str) -> None:
    promise(
        rule="DL-26",
        what=what,
        debtor="office",
        office=company.office,
        starts_at=NOW,
        now=NOW,
        actor=cast.actor("owner", NOW),
        company=company,
    )


def agree(company: Company, cast: Cast, what: str) -> None:
    officer = cast.actor("executive", NOW)
    due_at = NOW + timedelta(days=5)
    agree_commitment(
        company=company, what=what, due_at=due_at, debtor="company", office=company.office, actor=officer, now=NOW
    )


def test_route_page(client, company, cast, django_assert_num_queries):
    address = f"/mi-empresa/{company.pk}/"
    ask(client, address)
    with django_assert_num_queries(ROUTE):
        assert ask(client, address).count("a más tardar el") == 1
    for number in range(2):
        add_promise(company, cast, f"Ayuda {number}")
        agree(company, cast, f"Enviar la foto {number}")
    with django_assert_num_queries(ROUTE):
        assert ask(client, address).count("a más tardar el") == 3


def test_history(client, company, cast, django_assert_num_queries):
    address = f"/mi-empresa/{company.pk}/historia/"
    ask(client, address)
    with django_assert_num_queries(HISTORY):
        before = ask(client, address).count("timeline__fact")
    for key in ("executive", "director"):
        record_entry(
            kind="note",
            fact="Nota",
            actor=cast.actor(key, NOW),
            now=NOW,
            channel="portal",
            company=company,
            visibility="company",
            text="Para la empresa.",
        )
    with django_assert_num_queries(HISTORY):
        assert ask(client, address).count("timeline__fact") == before + 2


def test_my_companies(client, company, cast, django_assert_num_queries):
    person = cast["owner"]
    one = register(cast, "rival", rut_number=41_900_010, name="Otra SpA", region="CL-VS", now=NOW)
    Mandate.objects.create(company=one, person=person, state="requested", requested_at=NOW)
    with django_assert_num_queries(MINE):
        assert ask(client, "/mi-empresa/").count("<li>") >= 2
    for number in (20, 30):
        more = register(cast, "rival", rut_number=41_900_000 + number, name="Más SpA", region="CL-VS", now=NOW)
        Mandate.objects.create(company=more, person=person, state="requested", requested_at=NOW)
    with django_assert_num_queries(MINE):
        assert ask(client, "/mi-empresa/").count("Acceso pedido") == 3


def test_who_has_access(client, company, cast, django_assert_num_queries):
    address = f"/mi-empresa/{company.pk}/accesos/"
    ask(client, address)
    with django_assert_num_queries(ACCESS):
        assert "Pide acceso" not in ask(client, address)
    for key in ("rival", "citizen"):
        Mandate.objects.create(company=company, person=cast[key], state="requested", requested_at=NOW)
    with django_assert_num_queries(ACCESS):
        assert ask(client, address).count("Pide acceso") == 2


def test_own_help_requests(client, cast, django_assert_num_queries):
    def add() -> None:
        ask_for_help(
            about="test",
            what_went_wrong="No avanza.",
            asker_name="Ana",
            asker_email="ana@altoroble.example",
            actor=cast.actor("owner", NOW),
            now=NOW,
        )

    add()
    with django_assert_num_queries(HELP):
        assert ask(client, "/ayuda/").count("AYU-") == 2  # its address and its name
    add()
    add()
    with django_assert_num_queries(HELP):
        assert ask(client, "/ayuda/").count("AYU-") == 6


def test_check_your_answers(client, company, cast, django_assert_num_queries):
    address = f"/mi-empresa/{company.pk}/ficha/revisar/"
    with django_assert_num_queries(CHECK):
        ask(client, address)
    for number in range(2):
        company.products.create(description=f"Aceituna {number}")
    with django_assert_num_queries(CHECK):
        assert "Aceituna 1" in ask(client, address)


def test_codes_by_words(client, company, django_assert_num_queries):
    address = f"/mi-empresa/{company.pk}/ficha/identificacion/buscar/actividad/?parte=1&q="
    with django_assert_num_queries(CODES):
        assert ask(client, address + "104000").count("data-code") == 1
    with django_assert_num_queries(CODES):
        assert ask(client, address + "cultivo").count("data-code") == 12


ROUTE, HISTORY, MINE, ACCESS, HELP, CHECK, CODES = 21, 10, 7, 8, 4, 26, 7
