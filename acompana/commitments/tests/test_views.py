"""The page of the protocol: read by everybody of the agency, changed by the administrator."""

import html
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from acompana.commitments.operations import fulfil
from acompana.commitments.views.desk import source_words
from acompana.kernel.clock import read_clock
from acompana.kernel.models import RuleAmendment
from acompana.kernel.rulebook import all_rules, amend_rule, get_rule
from acompana.people.models import Person, Role, RoleGrant

PROTOCOL = "/escritorio/protocolo/"
CALCULATOR = f"{PROTOCOL}calculadora/"


@pytest.fixture
def today():
    return timezone.localdate(read_clock())


@pytest.fixture
def officer(client, cast):
    client.force_login(cast.carolina, backend="acompana.people.backends.Backend")
    return client


@pytest.fixture
def administrator(officer, cast):
    RoleGrant.objects.create(
        staff_member=cast.carolina.staff_member,
        role=Role.objects.get(slug="administrator"),
        since_on=date(2024, 1, 1),
    )
    return officer


def change(today, **changes):
    typed = {
        "amount": "4",
        "unit": "business_days",
        "roll": "none",
        "may_pause": "on",
        "valid_from": today.isoformat(),
        "reason": "Lo pidió la dirección nacional",
    }
    return typed | changes


def test_every_rule_has_its_page_and_is_listed(administrator, today):
    for book in ("commitments", "intake", "companies"):
        listed = administrator.get(PROTOCOL, {"ver": book}).content.decode()
        for rule in all_rules(today, book=book):
            assert f"{PROTOCOL}{rule.id}/" in listed
            page = administrator.get(f"{PROTOCOL}{rule.id}/")
            assert page.status_code == 200
            assert source_words(rule.source) in html.unescape(page.content.decode())
            assert "deadlines.csv" not in page.content.decode()
    assert administrator.get(f"{PROTOCOL}DL-99/").status_code == 404


def test_the_administrator_amends_a_deadline_and_its_history_says_who_and_why(administrator, today):
    response = administrator.post(f"{PROTOCOL}DL-1/", change(today), follow=True)
    assert response.redirect_chain == [(f"{PROTOCOL}DL-1/", 302)]
    page = response.content.decode()
    assert "4 días hábiles" in page
    assert "Carolina Soto" in page
    assert "Lo pidió la dirección nacional" in page
    assert get_rule("DL-1", today).value["amount"] == 4


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"valid_from": "2020-01-01"}, "el pasado no se cambia"),
        ({"unit": "hours", "roll": "next"}, "Un plazo en horas no se corre"),
        ({"amount": "-1"}, "Tiene que ser 0 o más."),
        ({"reason": ""}, "Falta este dato"),
    ],
)
def test_a_refused_change_keeps_what_was_typed(administrator, today, changes, sentence):
    response = administrator.post(f"{PROTOCOL}DL-1/", change(today, **changes))
    assert response.status_code == 422
    page = response.content.decode()
    assert sentence in page
    assert response.context["form"].data["amount"] == changes.get("amount", "4")
    assert not RuleAmendment.objects.exists()


def test_the_form_of_every_rule_gives_back_the_value_that_it_shows(administrator, today):
    """Saving any rule as it is shown changes nothing but the version."""
    for rule in all_rules(today):
        form = administrator.get(f"{PROTOCOL}{rule.id}/").context["form"]
        shown = {name: form[name].value() for name in form.fields}
        typed = {name: value for name, value in shown.items() if value is not None and value is not False}
        typed |= {"reason": "Sin cambios, para probar", "valid_from": today.isoformat()}
        assert administrator.post(f"{PROTOCOL}{rule.id}/", typed).status_code == 302, rule.id
        assert get_rule(rule.id, today).value == rule.value, rule.id
    assert RuleAmendment.objects.count() == len(all_rules(today))


def test_nobody_else_amends(officer, client, today):
    assert "Guardar el cambio" not in officer.get(f"{PROTOCOL}DL-1/").content.decode()
    assert officer.post(f"{PROTOCOL}DL-1/", change(today)).status_code == 403
    client.logout()
    assert client.get(PROTOCOL).status_code == 302
    stranger = Person.objects.create(given_names="Berta", family_names="Núñez", joined_at=read_clock())
    client.force_login(stranger, backend="acompana.people.backends.Backend")
    for address in (PROTOCOL, CALCULATOR, f"{PROTOCOL}DL-1/"):
        assert client.get(address).status_code == 403


def test_exp_11_the_effect_is_shown_before_anything_is_saved(administrator, cast, owe, today):
    start = read_clock() - timedelta(days=60)
    fulfil(commitment=owe(starts_at=start), actor=cast.actor, now=start + timedelta(days=30))
    page = administrator.post(f"{PROTOCOL}DL-1/", change(today, amount="40", preview="1"))
    effect = page.context["effect"]
    assert (effect.settled, effect.in_time, effect.would_be_in_time) == (1, 0, 1)
    assert "Todavía no se guardó nada" in page.content.decode()
    assert not RuleAmendment.objects.exists()


def test_the_calculator_gives_the_date_the_reasons_and_the_days(officer):
    page = officer.get(CALCULATOR, {"rule": "DL-1", "office": "CL-RM", "start": "2026-09-16T15:00"})
    result = page.context["result"]
    assert result["due"].due_at.isoformat() == "2026-09-22T23:59:59-03:00"
    cells = {cell.day.day: cell for week in result["weeks"] for cell in week}
    kinds = {day: cells[day].kind for day in range(14, 28)}
    assert kinds == {
        14: "outside", 15: "outside", 16: "start", 17: "counted", 18: "holiday", 19: "weekend", 20: "weekend",
        21: "counted", 22: "counted", 23: "outside", 24: "outside", 25: "outside", 26: "outside", 27: "outside",
    }  # fmt: skip
    assert cells[22].due
    assert cells[18].words == "Independencia Nacional"
    assert "El viernes 18 es feriado" in page.content.decode()


@pytest.mark.parametrize("rule", ["DL-7", "DL-13", "DL-15", "DL-17", "DL-32"])
def test_the_calculator_draws_every_kind_of_term(officer, rule):
    page = officer.get(CALCULATOR, {"rule": rule, "office": "CL-MA", "start": "2026-09-16T15:00"})
    days = [cell for week in page.context["result"]["weeks"] for cell in week]
    assert sum(cell.due for cell in days) == 1
    assert len(days) % 7 == 0


@pytest.mark.parametrize(
    "wrong", [{"rule": "INT-11"}, {"office": "XX"}, {"start": "mañana"}, {"start": "9999-12-31T10:00"}, {"start": ""}]
)
def test_a_wrong_question_is_told_at_its_field(officer, wrong):
    asked = {"rule": "DL-1", "office": "CL-RM", "start": "2026-09-16T15:00"} | wrong
    page = officer.get(CALCULATOR, asked)
    assert page.status_code == 200
    assert page.context["form"].errors


@pytest.mark.one_database
def test_the_pages_take_as_many_queries_however_much_was_amended(administrator, cast, today):
    def count(address):
        with CaptureQueriesContext(connection) as queries:
            administrator.get(address)
        return len(queries)

    def amend(amount):
        amend_rule(
            rule_id="DL-1",
            value={"amount": amount, "unit": "business_days", "roll": "none", "may_pause": True},
            valid_from=today,
            reason="Para contar consultas",
            actor_id=cast.carolina.pk,
            now=read_clock(),
        )

    amend(4)
    one = count(PROTOCOL), count(f"{PROTOCOL}DL-1/")
    amend(5)
    amend(6)
    assert (count(PROTOCOL), count(f"{PROTOCOL}DL-1/")) == one
