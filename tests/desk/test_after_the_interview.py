"""After the interview a page shows one next step; going against it asks why, and none of it stays (INT-17, INT-26)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from acompana.companies.models import Company
from acompana.demonstration.roads import hold_interview
from acompana.evaluation import queries as funnel
from acompana.evaluation.rules import NUMBER_OF, REFERRED, REFUSED, Period
from acompana.evaluation.selection import Selection
from acompana.intake import operations as intake
from acompana.intake.models import Referral, ReferralBody, Standing
from acompana.intake.queries import desk_of, due_words, latest_intake_of
from acompana.kernel.refusals import Refused
from acompana.logbook.models import Entry
from acompana.matters.models import Matter
from acompana.messages.models import Message
from acompana.reference.models import SalesBracket
from acompana.shell.words import reading_on
from tests.desk.conftest import made_of_company
from tests.kept import copy_of


def interview(cast, now, company: Company, bracket: int = 2, share: float = 1.0) -> Company:
    Company.objects.filter(pk=company.pk).update(sales_bracket=SalesBracket.objects.get(number=bracket))
    matter, executive = latest_intake_of(company).matter, cast.actor("executive", now)
    intake.record_contact(matter=matter, contact=None, channel="phone", text="", actor=executive, now=now)
    hold_interview(matter, executive=executive, now=now, share=share)
    company.refresh_from_db()
    return company


def refer(cast, now, company: Company) -> tuple[Company, Referral]:
    actor, body = cast.actor("executive", now), ReferralBody.objects.first()
    matter = latest_intake_of(company).matter
    return company, intake.refer_after_interview(matter=matter, body=body, reason="Es micro", actor=actor, now=now)


# A micro company that was interviewed with a full score.
kept_interviewed = made_of_company(interview)
interviewed = copy_of("kept_interviewed")

# It, referred after its interview, and the referral.
kept_derived = made_of_company(refer, upon="kept_interviewed")
derived = copy_of("kept_derived")


def address(company: Company, page: str) -> str:
    return f"/escritorio/ingresos/{latest_intake_of(company).matter.number}/{page}/"


def test_a_micro_company_is_referred_and_that_is_the_one_next_step(interviewed, cast, enter):
    company = interviewed
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
    assert latest_intake_of(company).matter.state == "referred"
    assert company.referrals.get().body == form.initial["body"]
    letter = Message.objects.get(template="intake/declined").body
    assert "microempresa" in letter
    assert desk_of(form.initial["body"], company).contact_address in letter
    assert "corresponde derivarla" not in answer.content.decode()


def test_once_referred_the_record_and_the_portal_say_who_helps_and_who_follows_it_up(interviewed, cast, enter, now):
    company = interviewed
    matter, actor = latest_intake_of(company).matter, cast.actor("executive", now)
    body = ReferralBody.objects.first()
    referral = intake.refer_after_interview(matter=matter, body=body, reason="Es micro", actor=actor, now=now)
    client = enter(cast["executive"])
    page = client.get(company.get_absolute_url()).content.decode()
    assert f"Derivada a {body.name}; la sigue {cast['executive']}" in page
    assert "A cargo de" not in page
    assert "Para entrar a cartera" not in page
    assert f'href="/escritorio/derivaciones/{referral.pk}/resultado/">Registrar qué resultó' in page
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
    company = interviewed
    client = enter(cast["executive"])
    assert client.post(address(company, "validar"), {"verb": "validate"}).status_code == 422
    client.post(address(company, "validar"), {"verb": "validate", "anyway-reason": "Ya tiene un comprador en Perú."})
    assert latest_intake_of(company).matter.state == "preadmissibility"
    assert Entry.objects.filter(company=company, text__body="Ya tiene un comprador en Perú.").exists()
    page = client.get(company.get_absolute_url()).content.decode()
    assert "derivarla a otro organismo" not in page
    assert "<form" not in client.get(address(company, "derivar")).content.decode().split("<main")[1]


def test_a_red_company_is_referred_too(road, cast, now):
    company = interview(cast, now, road(1, "medium"), bracket=5, share=0.0)
    matter, executive = latest_intake_of(company).matter, cast.actor("executive", now)
    assert Standing.objects.get(company=company).colour == "red"
    with pytest.raises(Refused, match="corresponde derivarla"):
        intake.validate(matter=matter, actor=executive, now=now)


def test_a_green_company_is_validated_and_not_referred(company, cast, enter, now):
    interview(cast, now, company, bracket=5)
    matter, executive = latest_intake_of(company).matter, cast.actor("executive", now)
    page = enter(cast["executive"]).get(company.get_absolute_url()).content.decode()
    assert f'class="button" href="{address(company, "validar")}"' in page
    assert address(company, "derivar") not in page
    with pytest.raises(Refused, match="no pide derivarla"):
        intake.refer_after_interview(
            matter=matter, body=ReferralBody.objects.first(), reason="No", actor=executive, now=now
        )
    intake.validate(matter=matter, actor=executive, now=now)


def stations_of(page: str) -> list[str]:
    return re.findall(r'class="route__station route__station--(\w+)"', page)


def test_the_station_that_a_derived_company_never_reached_is_not_done(derived, cast, enter):
    company, _ = derived
    record = enter(cast["executive"]).get(company.get_absolute_url()).content.decode()
    route = enter(cast["owner"]).get(f"/mi-empresa/{company.pk}/").content.decode()
    assert stations_of(record) == ["done", "done", "done", "done", "skipped"]
    assert stations_of(route) == stations_of(record)


def test_the_route_of_a_low_result_is_the_same_for_the_company_and_the_desk(low, cast, enter):
    record = enter(cast["executive"]).get(low.get_absolute_url()).content.decode()
    route = enter(cast["owner"]).get(f"/mi-empresa/{low.pk}/").content.decode()
    assert stations_of(record) == ["done", "done", "done", "skipped", "skipped"]
    assert stations_of(route) == stations_of(record)


def test_the_record_says_that_the_outcome_is_still_to_be_known_until_it_is(derived, cast, enter, now):
    company, referral = derived
    client = enter(cast["executive"])
    page = client.get(company.get_absolute_url()).content.decode()
    owed = page.split('id="le-debemos"')[1].split("</section>")[0]
    assert f"Preguntar qué resultó de la derivación a {referral.body.name}" in owed
    assert str(cast["executive"]) in owed
    assert "Regla PD-5." in owed
    assert "Falta saber qué resultó: se pregunta a más tardar el" in page
    row = client.get("/escritorio/", {"ver": "soon"}).context["rows"][0]
    assert (row.href, row.action) == (f"/escritorio/derivaciones/{referral.pk}/resultado/", "Registrar")
    actor = cast.actor("executive", now)
    intake.record_outcome(referral=referral, outcome="attended", note="", actor=actor, now=now)
    page = client.get(company.get_absolute_url()).content.decode()
    assert "alta saber qué resultó" not in page
    assert "Nada por ahora" in page


def test_before_the_decision_the_record_says_that_it_is_to_be_referred(interviewed, cast, enter):
    page = enter(cast["executive"]).get(interviewed.get_absolute_url()).content.decode()
    assert "Por su clasificación corresponde derivarla" in page
    assert "Para entrar a cartera" not in page


def test_after_the_end_the_page_of_the_referral_speaks_of_referring(derived, cast, enter):
    company, _ = derived
    page = enter(cast["executive"]).get(address(company, "derivar")).content.decode()
    assert "No se puede «Derivar a otro organismo»" in page
    assert "No validar" not in page


@pytest.mark.parametrize(
    ("bracket", "share", "what"), [(2, 1.0, "microempresa, con ventas de más de 2.400 UF"), (5, 0.0, "reforzado lo")]
)
def test_beginning_again_is_offered_below_with_what_must_change(road, cast, enter, now, bracket, share, what):
    company = interview(cast, now, road(1, "medium"), bracket, share)
    matter, actor = latest_intake_of(company).matter, cast.actor("executive", now)
    intake.refer_after_interview(
        matter=matter, body=ReferralBody.objects.first(), reason="No por ahora", actor=actor, now=now
    )
    route = enter(cast["owner"]).get(f"/mi-empresa/{company.pk}/").content.decode()
    callout, below = route.split('class="callout')[1].split("</section>", 1)
    assert "Volver a empezar" not in callout
    assert "situación cambie" not in route
    assert "Volver a empezar" in below
    assert what in below
    answer = enter(cast["owner"]).post(f"/mi-empresa/{company.pk}/empezar/", follow=True)
    assert answer.redirect_chain == [(f"/mi-empresa/{company.pk}/ficha/", 302)]
    assert latest_intake_of(company).matter.state == "characterization"


# --- the way back (INT-18) ------------------------------------------------------------------------------------------


def outgrown(company: Company) -> None:
    """It sells as a small company now."""
    Company.objects.filter(pk=company.pk).update(sales_bracket=SalesBracket.objects.get(number=5))


def test_an_intake_of_an_earlier_version_keeps_its_row(interviewed, cast, enter, now):
    company = interviewed
    matter = latest_intake_of(company).matter
    Matter.objects.filter(pk=matter.pk).update(lifecycle_version=2)
    form = enter(cast["executive"]).get(address(company, "derivar")).context["form"]
    sent = {"body": form.initial["body"].pk, "reason": "Es micro"}
    enter(cast["executive"]).post(address(company, "derivar"), sent)
    step = matter.steps.latest("pk")
    assert (step.transition, step.to_state) == ("decline", "not_preadmitted")


def test_it_is_a_referral_and_no_refusal_in_the_figures(derived, now):
    ever = Selection(Period("", "", timezone.localdate(now) - timedelta(days=900), timezone.localdate(now)))
    counted, validation = funnel.figures(ever).whole, NUMBER_OF["por-validar"]
    assert (counted.in_states(REFERRED.states, validation), counted.in_states(REFUSED.states)) == (1, 0)


def test_it_comes_back_prepared_as_one_that_its_test_referred(derived, cast, enter, now):
    company, referral = derived
    outgrown(company)
    client, actor = enter(cast["executive"]), cast.actor("executive", now)
    assert address(company, "volver") not in client.get(company.get_absolute_url()).content.decode()
    intake.record_outcome(referral=referral, outcome="returned", note="", actor=actor, now=now)
    assert f'href="{address(company, "volver")}"' in client.get(company.get_absolute_url()).content.decode()
    assert client.post(address(company, "volver"), {"reason": " "}).status_code == 422
    client.post(address(company, "volver"), {"reason": "Ya tiene un comprador y vende más."})
    matter = latest_intake_of(company).matter
    step = matter.steps.latest("pk")
    assert (step.transition, step.to_state, step.reason) == (
        "return_prepared", "to_contact", "Ya tiene un comprador y vende más.",
    )  # fmt: skip
    assert matter.commitments.get(rule="DL-1", fulfilled_at=None).owner == cast["executive"]
    letter = Message.objects.get(template="intake/return_prepared").body
    with reading_on(timezone.localdate(now)):
        assert str(due_words(matter)) in letter
    assert address(company, "volver") not in client.get(company.get_absolute_url()).content.decode()


def test_a_micro_company_that_still_is_one_does_not(derived, cast, enter, now):
    company, _ = derived
    page = enter(cast["executive"]).get(address(company, "volver")).content.decode().split("<main")[1]
    assert "sigue siendo microempresa" in page
    assert "<form" not in page
    with pytest.raises(Refused, match="sigue siendo microempresa"):
        intake.return_prepared(
            matter=latest_intake_of(company).matter, reason="Vuelve", actor=cast.actor("executive", now), now=now
        )


def test_one_that_its_test_referred_comes_back_by_its_test(low, cast, now):
    matter = latest_intake_of(low).matter
    with pytest.raises(Refused, match="tras la entrevista"):
        intake.return_prepared(matter=matter, reason="Vuelve", actor=cast.actor("executive", now), now=now)


def test_one_that_began_again_is_attended_on_its_new_road(derived, cast, now):
    company, referral = derived
    outgrown(company)
    intake.open_intake(company=company, actor=cast.actor("owner", now), now=now)
    with pytest.raises(Refused, match="empezó otro ingreso"):
        intake.return_prepared(matter=referral.matter, reason="Vuelve", actor=cast.actor("executive", now), now=now)
