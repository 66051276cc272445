"""The preview of a bulk act is true: what is no longer as it showed stays, and each row can be seen before (EXP-4)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acompana.companies.models import Company, Contact
from acompana.companies.tests.conftest import NOW, TODAY, make_company, make_staff
from acompana.desk.bulk import run_bulk, start_bulk
from acompana.desk.bulk_preview import CHANGED_SINCE, preview_bulk, rows_of
from acompana.desk.tests.test_bulk import BACKEND, NEW, do, prepare
from acompana.intake import operations as intake
from acompana.intake.models import Invitation, PotentialAccount
from acompana.reference.models import Sector


@pytest.fixture
def four(carolina):
    return [make_company(name, office_id=carolina.office_id) for name in ("Alerce", "Boldo", "Canelo", "Drimys")]


def with_mail(company):
    Contact.objects.create(
        company=company, name="Ana Pérez", email=f"ana@{company.legal_name.lower()}.example", is_main=True
    )


@pytest.mark.parametrize(("verb", "column"), [("sector", "sector_id"), ("origin", "origin_detail")])
def test_what_somebody_changed_after_the_preview_stays_and_is_told(four, marta, verb, column):
    copper, meat = Sector.objects.order_by("pk")[:2]
    wanted, other = (copper.pk, meat.pk) if verb == "sector" else ("Feria", "Taller")
    action = prepare(marta, four, verb, wanted)
    Company.objects.filter(pk=four[0].pk).update(**{column: other})
    do(marta, action)
    assert list(Company.objects.order_by("pk").values_list(column, flat=True)) == [other, wanted, wanted, wanted]
    assert [row[1:] for row in action.left_out] == [["Alerce", CHANGED_SINCE]]


def test_who_got_an_executive_after_the_preview_keeps_them(four, marta, carolina):
    action = prepare(marta, four[:2], "assign", carolina.person.pk)
    Company.objects.filter(pk=four[1].pk).update(executive=marta.person)
    do(marta, action)
    assert [row[1:] for row in action.left_out] == [["Boldo", CHANGED_SINCE]]


def test_what_does_not_touch_the_value_shown_holds_nothing_up(four, marta):
    action = prepare(marta, four, "origin", "Feria")
    Company.objects.filter(pk=four[0].pk).update(version=9, offer="Madera")
    assert do(marta, action).count == 4


def test_the_preview_of_invitations_says_where_they_go_and_who_gets_none(four, carolina):
    for company in four[:2]:
        with_mail(company)
    do(carolina, prepare(carolina, four[:1], "invite"))
    action = prepare(carolina, four[:3], "invite")
    preview = preview_bulk(action, carolina, NOW)
    assert [(str(one), address) for one, address in rows_of(action, preview.changing)] == [
        ("Boldo", "ana@boldo.example")
    ]
    assert [row[1:] for row in preview.left_out] == [
        ["Alerce", f"Ya invitada el {TODAY:%d-%m-%Y}."],
        ["Canelo", "Para invitarla falta el correo de una persona de contacto."],
    ]
    do(carolina, action)
    assert (action.count, Invitation.objects.count()) == (1, 2)


def test_a_letter_goes_only_to_the_address_that_was_shown(four, carolina):
    with_mail(four[0])
    action = prepare(carolina, four[:1], "invite")
    Contact.objects.update(email="otra@alerce.example")
    assert do(carolina, action).count == 0
    assert action.left_out[0][2] == CHANGED_SINCE


def test_a_link_that_is_over_is_sent_again_by_the_same_account(four, carolina):
    with_mail(four[0])
    do(carolina, prepare(carolina, four[:1], "invite"))
    later = NOW + timedelta(days=70)
    action = prepare(carolina, four[:1], "invite")
    start_bulk(action=action, actor=carolina, now=later)
    run_bulk(action_id=action.pk, actor=carolina, now=later)
    assert (Invitation.objects.count(), PotentialAccount.objects.count()) == (2, 1)


def test_any_officer_invites_and_what_was_derived_its_head_alone(four, carolina, marta):
    elena = make_staff("Elena", "Rojas", "CL-RM", "management-control")
    for company in four[:2]:
        with_mail(company)
    matter = intake.register_account(company=four[1], actor=carolina, now=NOW)
    intake.derive_to_director(matter=matter, actor=carolina, now=NOW)
    action = prepare(elena, four[:2], "invite")
    preview = preview_bulk(action, elena, NOW)
    assert preview.changing == [four[0].pk]
    assert [row[2] for row in preview.left_out] == ["Se derivó a la dirección regional: ella decide si se invita."]
    assert do(elena, action).count == 1
    assert do(marta, prepare(marta, four[1:2], "invite")).count == 1
    matter.refresh_from_db()
    assert matter.state == "invited"


def test_a_sector_out_of_the_strategy_says_how_many_leave_the_portfolio(four, marta, monkeypatch):
    from acompana.companies import portfolio

    covered, out = Sector.objects.order_by("pk")[:2]
    Sector.objects.filter(pk=out.pk).update(strategic=False)
    Company.objects.filter(pk__in=[one.pk for one in four[:2]]).update(
        sector=covered, validated_on=TODAY, exported_recently=True
    )
    monkeypatch.setattr(portfolio, "is_complete", lambda today: portfolio.Q(pk__isnull=False))
    warning = preview_bulk(prepare(marta, four, "sector", out.pk), marta, NOW).warning
    assert warning == f"2 empresas validadas dejan de contar en la cartera: la estrategia no cubre el sector {out}."
    assert preview_bulk(prepare(marta, four[2:], "sector", out.pk), marta, NOW).warning == ""


def test_every_row_can_be_seen_before_it_is_confirmed(client, marta, carolina):
    many = [make_company(f"Viña {n:03}", office_id=carolina.office_id) for n in range(60)]
    client.force_login(marta.person, backend=BACKEND)
    action = prepare(marta, many, "origin", "Feria")
    first, second = (client.get(f"{NEW}{action.pk}/?page={n}").content.decode() for n in (1, 2))
    assert "Viña 049" in first
    assert "Viña 050" not in first
    assert "Viña 059" in second


@pytest.mark.parametrize("verb", ["invite", "sector", "origin"])
def test_a_preview_asks_the_same_of_one_and_of_three(four, marta, verb):
    value = {"sector": Sector.objects.first().pk, "origin": "Feria"}.get(verb, "")
    for company in four:
        with_mail(company)
    asked = []
    for companies in (four[:1], four[1:]):
        with CaptureQueriesContext(connection) as queries:
            preview_bulk(prepare(marta, companies, verb, value), marta, NOW)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_the_list_says_that_marks_are_of_its_page(client, marta, four):
    client.force_login(marta.person, backend=BACKEND)
    page = client.get("/escritorio/empresas/").content.decode()
    assert "Las marcas valen para esta página" in page
    assert "data-choose-all" in page
    assert "data-chosen" in page
