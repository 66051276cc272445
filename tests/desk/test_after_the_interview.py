"""After the interview a page shows one next step; going against it asks why, and none of it stays (INT-17, INT-26)."""

from __future__ import annotations

import pytest

from acompana.companies.models import Company
from acompana.demonstration.roads import hold_interview
from acompana.intake import operations as intake
from acompana.intake.models import ReferralBody, Standing
from acompana.intake.queries import latest_intake_of
from acompana.kernel.refusals import Refused
from acompana.logbook.models import Entry
from acompana.messages.models import Message
from acompana.reference.models import SalesBracket


@pytest.fixture
def interviewed(road, cast, now):
    """A company that was interviewed with a full score; micro unless told otherwise."""

    def make(bracket: int = 2, level: str = "high", share: float = 1.0) -> Company:
        company = road(1, level)
        Company.objects.filter(pk=company.pk).update(sales_bracket=SalesBracket.objects.get(number=bracket))
        matter, executive = latest_intake_of(company).matter, cast.actor("executive", now)
        intake.record_contact(matter=matter, contact=None, channel="phone", text="", actor=executive, now=now)
        hold_interview(matter, executive=executive, now=now, share=share)
        company.refresh_from_db()
        return company

    return make


def address(company: Company, page: str) -> str:
    return f"/escritorio/ingresos/{latest_intake_of(company).matter.number}/{page}/"


def test_a_micro_company_is_referred_and_that_is_the_one_next_step(interviewed, cast, enter):
    company = interviewed()
    assert Standing.objects.get(company=company).final_score > 190
    client = enter(cast["executive"])
    page = client.get(company.get_absolute_url()).content.decode()
    assert f'class="button" href="{address(company, "derivar")}"' in page
    assert f'class="button" href="{address(company, "validar")}"' not in page
    assert "Sin color. Las microempresas" in page
    shown = client.get(address(company, "derivar")).content.decode()
    assert "Centro de Negocios" in shown
    form = client.get(address(company, "derivar")).context["form"]
    answer = client.post(
        address(company, "derivar"), {"body": form.initial["body"].pk, "reason": form.initial["reason"]}, follow=True
    )
    assert latest_intake_of(company).matter.state == "not_preadmitted"
    assert company.referrals.get().body == form.initial["body"]
    letter = Message.objects.get(template="intake/declined").body
    assert "microempresa" in letter
    assert form.initial["body"].contact_address in letter
    assert "corresponde" not in answer.content.decode()


def test_once_referred_the_record_and_the_portal_say_who_helps_and_who_follows_it_up(interviewed, cast, enter, now):
    company = interviewed()
    matter, actor = latest_intake_of(company).matter, cast.actor("executive", now)
    body = ReferralBody.objects.first()
    referral = intake.refer_after_interview(matter=matter, body=body, reason="Es micro", actor=actor, now=now)
    client = enter(cast["executive"])
    page = client.get(company.get_absolute_url()).content.decode()
    assert f"Derivada a {body.name}; la sigue {cast['executive']}" in page
    assert "A cargo de" not in page
    assert "Para entrar a cartera" not in page
    assert f'href="/escritorio/derivaciones/{referral.pk}/resultado/">Anotar qué resultó' in page
    assert f"Derivada a {body.name}; la sigue" in client.get(f"{company.get_absolute_url()}datos/").content.decode()
    route = enter(cast["owner"]).get(f"/mi-empresa/{company.pk}/").content.decode()
    assert f"Ahora te ayuda <strong>{body.name}</strong>" in route
    assert "Te atiende" not in route
    assert f"{cast['executive'].full_name}</strong> sigue tu derivación" in route


def test_one_that_its_test_referred_is_followed_up_by_its_office(road, cast, enter):
    company = road(3, "low", assigned=False)
    page = enter(cast["executive"]).get(company.get_absolute_url()).content.decode()
    assert "; la sigue la oficina regional de Valparaíso" in page
    route = enter(cast["owner"]).get(f"/mi-empresa/{company.pk}/").content.decode()
    assert "La oficina regional de Valparaíso sigue tu derivación" in route


def test_validating_it_asks_why_and_the_log_keeps_it(interviewed, cast, enter):
    company = interviewed()
    client = enter(cast["executive"])
    assert client.post(address(company, "validar"), {"verb": "validate"}).status_code == 422
    client.post(address(company, "validar"), {"verb": "validate", "anyway-reason": "Ya tiene un comprador en Perú."})
    assert latest_intake_of(company).matter.state == "preadmissibility"
    assert Entry.objects.filter(company=company, text__body="Ya tiene un comprador en Perú.").exists()
    page = client.get(company.get_absolute_url()).content.decode()
    assert "derivarla a otro organismo" not in page
    assert "<form" not in client.get(address(company, "derivar")).content.decode().split("<main")[1]


def test_a_red_company_is_referred_too(interviewed, cast, now):
    company = interviewed(bracket=5, level="medium", share=0.0)
    matter, executive = latest_intake_of(company).matter, cast.actor("executive", now)
    assert Standing.objects.get(company=company).colour == "red"
    with pytest.raises(Refused, match="corresponde derivarla"):
        intake.validate(matter=matter, actor=executive, now=now)


def test_a_green_company_is_validated_and_not_referred(interviewed, cast, enter, now):
    company = interviewed(bracket=5)
    matter, executive = latest_intake_of(company).matter, cast.actor("executive", now)
    page = enter(cast["executive"]).get(company.get_absolute_url()).content.decode()
    assert f'class="button" href="{address(company, "validar")}"' in page
    assert address(company, "derivar") not in page
    with pytest.raises(Refused, match="no pide derivarla"):
        intake.refer_after_interview(
            matter=matter, body=ReferralBody.objects.first(), reason="No", actor=executive, now=now
        )
    intake.validate(matter=matter, actor=executive, now=now)
