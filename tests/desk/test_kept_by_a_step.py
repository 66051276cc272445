"""A term that a step or an act keeps is kept by it and by no hand: whoever waits for it goes on being reminded of."""

import pytest
from django.urls import reverse

from acompana.commitments.models import Commitment
from acompana.commitments.operations import fulfil_by_hand
from acompana.companies.operations import register_company
from acompana.intake import operations as intake
from acompana.intake.models import ReferralBody
from acompana.intake.queries import latest_intake_of
from acompana.kernel.refusals import Refused
from acompana.progress.operations import take_step


def page_of(commitment, verb=""):
    return f"/escritorio/compromisos/{commitment.pk}/" + (f"{verb}/" if verb else "")


def refused(commitment, cast, now):
    """Why it is not kept by hand, and the rule behind that."""
    with pytest.raises(Refused) as said:
        fulfil_by_hand(commitment=commitment, because="Listo", actor=cast.actor("executive", now), now=now)
    commitment.refresh_from_db()
    assert commitment.is_open
    return said.value.reason, said.value.rule


def test_int_10_the_first_contact_is_kept_by_the_step_that_records_it(company, cast, enter, now):
    owed = Commitment.objects.get(company=company, rule="DL-1")
    number = latest_intake_of(company).matter.number
    sentence = f"Este plazo se cumple al dar el paso «Registrar el contacto», en el asunto {number}."
    assert refused(owed, cast, now) == (sentence, "DL-1")
    client = enter(cast["executive"])
    shown = client.get(page_of(owed)).content.decode()
    assert sentence in shown
    assert reverse("intake:contact", args=[number]) in shown
    assert "Marcar como cumplido" not in shown
    sent = client.post(page_of(owed, "cumplir"), {"cumplir-reason": "Hablamos"})
    assert (sent.status_code, sentence in sent.content.decode()) == (422, True)


def test_a_verdict_names_each_of_its_steps_and_leads_to_each_page_once(contacted, cast, enter, now):
    take_step(matter=contacted, transition="hold_interview", actor=cast.actor("executive", now), now=now)
    owed = Commitment.objects.get(matter=contacted, rule="PD-1")
    steps = "«Validar la empresa», «No validar» o «Derivar a otro organismo»"
    assert steps in refused(owed, cast, now)[0]
    shown = enter(cast["executive"]).get(page_of(owed)).content.decode()
    assert shown.count(f'class="button" href="{reverse("intake:validate", args=[contacted.number])}"') == 1
    assert reverse("intake:refer_interviewed", args=[contacted.number]) in shown


def test_what_no_step_keeps_from_where_its_matter_stands_is_kept_by_hand(company, cast, now):
    owed = Commitment.objects.get(company=company, rule="DL-1")
    Commitment.objects.filter(pk=owed.pk).update(rule="DL-9")
    owed.refresh_from_db()
    kept = fulfil_by_hand(commitment=owed, because="Ya compró", actor=cast.actor("executive", now), now=now)
    assert kept.fulfilled_because == "Ya compró"


def test_int_19_a_referral_is_asked_after_until_its_outcome_is_noted(company, cast, enter, now):
    executive = cast.actor("executive", now)
    referral = intake.refer_company(
        company=company, body=ReferralBody.objects.first(), reason="Le falta formalizarse", actor=executive, now=now
    )
    why, rule = refused(referral.commitment, cast, now)
    assert (rule, "registrar en qué terminó la derivación" in why) == ("PD-5", True)
    page = enter(cast["executive"]).get(page_of(referral.commitment)).content.decode()
    assert reverse("intake:outcome", args=[referral.pk]) in page


def test_int_24_a_request_for_access_is_kept_by_deciding_it(company, cast, enter, now):
    asked = register_company(
        rut=company.rut,
        person=cast["citizen"],
        actor=cast.actor("citizen", now),
        now=now,
        legal_name=company.legal_name,
        channel="portal",
    )
    owed = asked.terms.get().commitment
    assert refused(owed, cast, now)[1] == "PD-3"
    page = enter(cast["executive"]).get(page_of(owed)).content.decode()
    assert reverse("companies:mandate", args=[asked.pk]) in page
