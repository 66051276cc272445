"""The day of a referral and of what came of it, and what may come of one sent and of one received (INT-19)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from acompana.intake import operations as intake
from acompana.intake.models import Referral, ReferralBody
from acompana.intake.queries import advice_on, latest_intake_of
from acompana.kernel.refusals import Refused
from acompana.logbook.models import Entry


@pytest.fixture
def today(now) -> date:
    return timezone.localdate(now)


@pytest.fixture
def by(cast, now) -> dict:
    return {"actor": cast.actor("executive", now), "now": now}


@pytest.fixture
def body(db) -> ReferralBody:
    return ReferralBody.objects.first()


def given(body: ReferralBody, day: date, direction: str = "in") -> dict[str, str]:
    return {"direction": direction, "body": str(body.pk), "referred_on": f"{day:%Y-%m-%d}", "reason": "La mandan."}


def told_of(company) -> list[tuple[str, str]]:
    entries = Entry.objects.filter(company=company, kind="referral").select_related("text").order_by("-pk")
    return [(entry.fact, entry.text.body if hasattr(entry, "text") else "") for entry in entries]


def test_today_is_proposed_and_an_earlier_day_is_kept_and_told(company, body, cast, enter, today):
    client, address = enter(cast["executive"]), f"/escritorio/empresas/{company.pk}/derivar/"
    assert f'name="referred_on" value="{today:%Y-%m-%d}"' in client.get(address).content.decode()
    day = today - timedelta(40)
    assert client.post(address, given(body, day)).status_code == 302
    assert company.referrals.get().referred_on == day
    assert told_of(company)[0] == (f"Recibida de {body.name}, el {day:%d-%m-%Y}", "La mandan.")
    answer = client.post(address, given(body, today + timedelta(2)))
    assert answer.status_code == 422
    assert "Esa fecha todavía no llega" in answer.content.decode()


def test_the_term_to_ask_counts_from_the_day_of_the_referral(company, body, by, today):
    day = today - timedelta(10)
    earlier = intake.refer_company(company=company, body=body, reason="Antes.", referred_on=day, **by)
    same_day = intake.refer_company(company=company, body=body, reason="Hoy.", **by)
    assert timezone.localdate(earlier.commitment.starts_at) == day
    assert earlier.commitment.due_at < same_day.commitment.due_at
    with pytest.raises(Refused, match="todavía no llega"):
        intake.refer_company(company=company, body=body, reason="Después.", referred_on=today + timedelta(1), **by)


def test_an_outcome_has_its_day_and_its_note_is_on_the_record_and_in_the_log(company, body, by, cast, enter, today):
    day = today - timedelta(40)
    sent = intake.refer_company(company=company, body=body, reason="Prepararse.", referred_on=day, **by)
    client, address = enter(cast["executive"]), f"/escritorio/derivaciones/{sent.pk}/resultado/"
    typed = {"seen": "", "outcome": "attended", "note": "Hizo el curso de costos."}
    answer = client.post(address, {**typed, "outcome_on": f"{day - timedelta(1):%Y-%m-%d}"})
    assert answer.status_code == 422
    assert f"anterior a la derivación, que es del {day:%d-%m-%Y}" in answer.content.decode()
    then = today - timedelta(3)
    assert client.post(address, {**typed, "outcome_on": f"{then:%Y-%m-%d}"}).status_code == 302
    sent.refresh_from_db()
    assert (sent.outcome, sent.outcome_on) == ("attended", then)
    fact = f"Resultado de la derivación a {body.name}: La atendieron, el {then:%d-%m-%Y}"
    assert told_of(company)[0] == (fact, "Hizo el curso de costos.")
    aside = client.get(company.get_absolute_url()).content.decode().split('aria-label="Derivaciones"')[1]
    assert f"{then:%d-%m-%Y}: Hizo el curso de costos." in aside.split("</section>")[0]


def test_one_received_ends_here(company, body, by, cast, enter):
    received = intake.receive_referral(
        company=company, body=body, contact_name="Ana", contact_address="ana@x.example", reason="La mandan.", **by
    )
    page = enter(cast["executive"]).get(f"/escritorio/derivaciones/{received.pk}/resultado/").content.decode()
    assert "La atendimos" in page
    assert "Vuelve preparada" not in page
    with pytest.raises(Refused, match="no de una que recibimos"):
        intake.record_outcome(referral=received, outcome="returned", note="", **by)
    intake.record_outcome(referral=received, outcome="attended", note="", **by)
    assert told_of(company)[0] == (f"Resultado de la derivación de {body.name}: La atendimos", "")


@pytest.mark.parametrize(("name", "change"), [
    ("a_referral_outcome_has_its_date", {"outcome_on": None}),
    ("an_outcome_is_not_before_its_referral", {"outcome_on": date(2020, 1, 1)}),
])  # fmt: skip
def test_the_database_holds_the_days(company, body, by, name, change):
    sent = intake.refer_company(company=company, body=body, reason="Prepararse.", **by)
    intake.record_outcome(referral=sent, outcome="attended", note="", **by)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Referral.objects.filter(pk=sent.pk).update(**change)


def test_who_was_not_attended_is_referred_to_another_body(road, cast, enter, now):
    """The next step is offered to who may take it, and told to the company, until it is taken (INT-19)."""
    company = road(1, "low")
    found, sent = latest_intake_of(company), company.referrals.get()
    by = {"actor": cast.actor("executive", now), "now": now}
    assert advice_on(found, by["actor"], now) == []
    intake.record_outcome(referral=sent, outcome="not_attended", note="", **by)
    [advice] = advice_on(found, by["actor"], now)
    assert advice.text == f"{sent.body.name} no la atendió: derívala a otro organismo."
    page = enter(cast["executive"]).get(company.get_absolute_url()).content.decode()
    assert f'href="/escritorio/empresas/{company.pk}/derivar/">Derivarla a otro organismo</a>' in page
    assert f"Nada con plazo. {sent.body.name} no la atendió" in page
    for other in ("other_executive", "directorate"):
        told = enter(cast[other]).get(company.get_absolute_url()).content.decode()
        assert "Derivarla a otro organismo" not in told
    owner = company.mandates.get(state="active").person
    route = f"/mi-empresa/{company.pk}/"
    assert f"<strong>{sent.body.name}</strong> no te atendió" in enter(owner).get(route).content.decode()
    other_body = ReferralBody.objects.exclude(pk=sent.body_id).first()
    intake.refer_company(company=company, matter=found.matter, body=other_body, reason="Otra vez.", **by)
    assert advice_on(found, by["actor"], now) == []
    assert f"Ahora te ayuda <strong>{other_body.name}</strong>" in enter(owner).get(route).content.decode()
