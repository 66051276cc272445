"""The screens: one's own keys, those of systems, subscriptions and their batches."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acompana.api.models import ApiToken, Delivery, Subscription
from acompana.api.operations import make_batches
from acompana.api.queries import subscriptions
from acompana.api.rules import OF_THE_AGENCY
from acompana.api.tests.conftest import Program
from acompana.companies.models import Contact
from acompana.companies.tests.conftest import make_company
from acompana.kernel import feed
from acompana.kernel.clock import read_clock
from acompana.logbook.operations import record_entry
from tests.permissions.world import World

GIVEN = {"name": "Planilla", "scopes": ["companies:read"], "days": "90"}


def secret_in(page: str) -> str:
    return page.split('value="aco_')[1].split('"')[0]


def test_a_key_is_shown_once_works_and_is_revoked(world: World) -> None:
    browser = world.browser("executive")
    page = browser.post("/mi-cuenta/claves/", GIVEN).content.decode()
    secret = f"aco_{secret_in(page)}"
    program = Program(secret)
    assert program.get("/me")["scopes"] == ["companies:read"]
    assert secret not in browser.get("/mi-cuenta/claves/").content.decode()
    token = ApiToken.objects.get(name="Planilla")
    assert (token.person, token.created_by) == (world.cast["executive"], world.cast["executive"])
    browser.post(f"/mi-cuenta/claves/{token.pk}/revocar/")
    assert program("GET", "/me").status_code == 401
    assert "Revocada" in browser.get("/mi-cuenta/claves/").content.decode()


@pytest.mark.parametrize("address", ["/mi-cuenta/claves/", "/escritorio/administracion/claves/"])
def test_a_new_key_that_is_loaded_again_makes_no_other(world: World, address: str) -> None:
    browser = world.browser("administrator")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get(address).content.decode())
    assert token is not None
    sent = {**GIVEN, "rate": "50", "csrfmiddlewaretoken": token[1]}
    secret = secret_in(browser.post(address, sent).content.decode())
    again = browser.post(address, sent)
    assert (again.status_code, again["Location"]) == (302, f"{address}?mostrada=1")
    told = browser.get(again["Location"]).content.decode()
    assert "Esa clave ya está creada" in told
    assert secret not in told
    assert ApiToken.objects.filter(name=GIVEN["name"]).count() == 1


def test_a_form_without_scopes_comes_back(world: World) -> None:
    answer = world.browser("owner").post("/mi-cuenta/claves/", {**GIVEN, "scopes": []})
    assert answer.status_code == 422
    assert "Marca al menos un permiso" in answer.content.decode()
    assert 'value="Planilla"' in answer.content.decode()


def test_an_administrator_lets_a_system_in(world: World) -> None:
    page = world.browser("administrator").post("/escritorio/administracion/claves/", {**GIVEN, "rate": "50"})
    told = Program(f"aco_{secret_in(page.content.decode())}").get("/me")
    assert (told["person"], told["token"]["rate"]) == (None, 50)
    seen = world.browser("executive").get("/escritorio/administracion/claves/").content.decode()
    assert "Planilla" in seen
    assert "Entregar la clave" not in seen


def test_a_subscription_is_made_and_ended(world: World) -> None:
    browser = world.browser("administrator")
    given = {"name": "Tablero", "url": "https://tablero.example/avisos", "kinds": ["company", "entry"]}
    refused = browser.post("/escritorio/administracion/avisos/", {**given, "url": "https://10.0.0.1/"})
    assert refused.status_code == 422
    assert "red interna" in refused.content.decode()
    made = browser.post("/escritorio/administracion/avisos/", given)
    subscription = Subscription.objects.get()
    assert made.status_code == 302
    assert subscription.secret in browser.get(made["Location"]).content.decode()
    browser.post(f"/escritorio/administracion/avisos/{subscription.pk}/terminar/")
    assert Subscription.objects.get().ended_at is not None


def batch(subscription: Subscription) -> Delivery:
    now = read_clock()
    return Delivery.objects.create(
        subscription=subscription, body="{}", changes=2, state="failed", send_after=now, written_at=now
    )


@pytest.fixture
def subscription(world: World) -> Subscription:
    return Subscription.objects.create(
        name="Tablero",
        url="https://tablero.example/",
        secret="s",
        kinds="company",
        position=0,
        created_at=read_clock(),
        created_by=world.cast["administrator"],
    )


def test_a_batch_given_up_is_seen_and_sent_again(world: World, subscription: Subscription) -> None:
    given_up = batch(subscription)
    Delivery.objects.update(attempts=8)
    browser = world.browser("administrator")
    assert "Con envíos sin entregar" in browser.get("/escritorio/administracion/avisos/").content.decode()
    browser.post(f"/escritorio/administracion/avisos/{subscription.pk}/{given_up.pk}/reenviar/")
    given_up.refresh_from_db()
    assert (given_up.state, given_up.attempts, given_up.resent_by) == ("waiting", 8, world.cast["administrator"])


def test_a_batch_that_is_refused_again_and_again_is_seen_and_sent_now(
    world: World, subscription: Subscription
) -> None:
    tried = batch(subscription)
    Delivery.objects.update(state="waiting", attempts=3, last_answer="500 no")
    browser = world.browser("administrator")
    address = f"/escritorio/administracion/avisos/{subscription.pk}/"
    for page in ("/escritorio/administracion/avisos/", address):
        told = browser.get(page).content.decode()
        assert "No responde: se reintenta" in told, page
        assert "Al día" not in told, page
    assert "Enviar ahora" in browser.get(address).content.decode()
    browser.post(f"{address}{tried.pk}/reenviar/")
    tried.refresh_from_db()
    assert (tried.state, tried.attempts) == ("waiting", 3)
    told = browser.get(address).content.decode()
    assert '<td data-label="Intentos" class="number">3</td>' in told, "what was tried stays counted"
    assert "Enviar ahora" not in told, "it is on its way"
    assert "Por enviar" in told
    assert "Al día" not in told, "nothing has arrived"


def test_how_many_changes_wait_is_seen(
    world: World, subscription: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of its kinds, behind the batch that is on its way and with it."""

    def told() -> tuple[str, str]:
        feed.settle()
        (row,) = subscriptions.standings(Subscription.objects.all())
        return row.state, row.waiting

    feed.settle()
    Subscription.objects.update(position=feed.newest())
    assert told() == ("Al día", "0")
    for number in range(3):
        make_company(f"Nueva {number}")
    Contact.objects.create(company=world.sides["own"].company, name="Eva")
    assert told() == ("Por enviar", "3")
    batch(subscription)
    Delivery.objects.update(state="waiting", attempts=1, last_answer="500 no")
    assert told() == ("No responde: se reintenta", "5")
    page = world.browser("administrator").get("/escritorio/administracion/avisos/").content.decode()
    assert '<td data-label="Cambios por entregar" class="number">5</td>' in page
    monkeypatch.setattr(subscriptions, "COUNTED_TO", 4)
    assert told()[1] == "más de 4"


def test_what_a_receiver_may_not_know_of_waits_for_nobody(world: World, subscription: Subscription) -> None:
    """As the batch that is made next: notes for those responsible are sent to no system."""
    feed.settle()
    Subscription.objects.update(position=feed.newest(), kinds="entry message")
    for visibility in ("staff", "company", "responsible"):
        record_entry(
            kind="note",
            fact="Nota",
            text="Nota",
            company=world.sides["own"].company,
            visibility=visibility,
            actor=world.cast.actor("executive", read_clock()),
            now=read_clock(),
            channel="system",
        )
    feed.settle()
    (row,) = subscriptions.standings(Subscription.objects.all())
    assert make_batches(now=read_clock()) == 1
    assert row.waiting == str(Delivery.objects.get().changes) == "2"


@pytest.mark.parametrize("demo", [True, False])
def test_the_form_says_which_addresses_are_taken_here(world: World, settings: Any, demo: bool) -> None:
    settings.DEMO = demo
    page = world.browser("administrator").get("/escritorio/administracion/avisos/").content.decode()
    assert ("sirve también http:// de este mismo equipo" in page) is demo


def test_a_key_is_offered_what_it_can_be_used_for_and_nothing_is_ticked(world: World) -> None:
    staff = world.browser("executive").get("/mi-cuenta/claves/").content.decode()
    company = world.browser("owner").get("/mi-cuenta/claves/").content.decode()
    systems = world.browser("administrator").get("/escritorio/administracion/claves/").content.decode()
    for page in (staff, company, systems):
        assert not re.search(r'name="scopes"[^>]*checked', page)
        assert re.search(r'name="days"[^>]*checked', page)
    for scope in OF_THE_AGENCY:
        assert f'value="{scope}"' in staff
        assert f'value="{scope}"' not in company
    assert 'value="companies:write"' in company
    taken = world.browser("owner").post("/mi-cuenta/claves/", {**GIVEN, "scopes": ["figures:read"]})
    assert taken.status_code == 422


LISTS = {
    "/mi-cuenta/claves/": 4,
    "/escritorio/administracion/claves/": 4,
    "/escritorio/administracion/avisos/": 6,  # with the newest change and how many wait
    "/escritorio/administracion/avisos/{subscription}/": 9,
}


@pytest.mark.parametrize("address", LISTS)
def test_lists_take_the_same_statements_for_more_rows(world: World, subscription: Subscription, address: str) -> None:
    from acompana.api.tests.conftest import new_token

    def more(times: int) -> None:
        for _ in range(times):
            new_token(world.cast["administrator"])
            new_token(None)
            batch(subscription)

    def statements() -> int:
        browser = world.browser("administrator")
        with CaptureQueriesContext(connection) as captured:
            answer: Any = browser.get(address.format(subscription=subscription.pk))
        assert answer.status_code == 200
        return len([query for query in captured if "django_session" not in query["sql"]])

    feed.settle()
    more(1)
    one = statements()
    more(2)
    assert statements() == one
    assert one == LISTS[address], one
