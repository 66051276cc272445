"""Two officers at what a referral came to, and at a request that is passed on: the second loses nothing (EXP-13)."""

from __future__ import annotations

import pytest
from django.utils import timezone

from acompana.cases.models import HelpRequest
from acompana.cases.operations import answer_help, ask_for_help, derive_help
from acompana.intake import operations as intake
from acompana.intake.models import Referral, ReferralBody
from acompana.kernel.refusals import Stale
from tests.desk.conftest import made_of_company
from tests.kept import copy_of

NOTE = "Partieron con el curso de costos."
QUEUE = "/escritorio/ayuda/"


def at_words(now) -> str:
    return f"{timezone.localtime(now):%d-%m-%Y a las %H:%M}"


# --- what came of a referral (INT-19) -------------------------------------------------------------------------------


def refer(cast, now, company) -> Referral:
    by = {"actor": cast.actor("executive", now), "now": now}
    return intake.refer_company(company=company, body=ReferralBody.objects.first(), reason="Prepararse.", **by)


kept_referral = made_of_company(refer)
referral = copy_of("kept_referral")


def outcome_page(referral: Referral) -> str:
    return f"/escritorio/derivaciones/{referral.pk}/resultado/"


def note(referral: Referral, cast, now, outcome: str = "in_progress", note: str = "Hasta marzo.") -> None:
    actor = cast.actor("executive", now)
    intake.record_outcome(referral=referral, outcome=outcome, note=note, actor=actor, now=now)


def test_who_notes_an_outcome_second_reads_who_noted_which_and_may_decide(referral, cast, enter, now):
    second, address = enter(cast["director"]), outcome_page(referral)
    seen = second.get(address).context["seen"]
    note(referral, cast, now)
    answer = second.post(address, {"seen": seen, "outcome": "not_attended", "note": NOTE})
    page = answer.content.decode().split("<main")[1]
    assert answer.status_code == 422
    assert f"Mientras tanto {cast['executive']} anotó «Está en un programa» («Hasta marzo.»)" in page
    assert f"el {at_words(now)}. Lo tuyo no quedó registrado" in page
    assert f'value="{NOTE}"' in page
    referral.refresh_from_db()
    assert (referral.outcome, referral.outcome_by) == ("in_progress", cast["executive"])
    # Having read it, the next save is a choice.
    today = f"{timezone.localdate(now):%Y-%m-%d}"
    decided = {"seen": answer.context["seen"], "outcome_on": today, "outcome": "not_attended", "note": NOTE}
    assert second.post(address, decided).status_code == 302
    referral.refresh_from_db()
    assert (referral.outcome, referral.outcome_note, referral.outcome_by) == ("not_attended", NOTE, cast["director"])


def test_an_outcome_sent_with_something_wrong_tells_first_who_was_first(referral, cast, enter, now):
    note(referral, cast, now)
    answer = enter(cast["director"]).post(outcome_page(referral), {"seen": "", "outcome": "", "note": NOTE})
    page = answer.content.decode().split("<main")[1]
    assert answer.status_code == 422
    assert f"Mientras tanto {cast['executive']} anotó" in page
    assert f'value="{NOTE}"' in page


def test_nobody_notes_an_outcome_over_one_that_was_not_read(referral, cast, now):
    theirs = Referral.objects.select_related("company", "body").get(pk=referral.pk)
    note(referral, cast, now)
    with pytest.raises(Stale, match="Mientras tanto Carolina Soto Rivas anotó «Está en un programa»"):
        note(theirs, cast, now, "attended", NOTE)
    referral.refresh_from_db()
    assert (referral.outcome, referral.outcome_note) == ("in_progress", "Hasta marzo.")


def test_a_referral_without_effect_meanwhile_shows_what_was_typed_and_no_form(low, cast, enter, now):
    referral, second = low.referrals.get(), enter(cast["director"])
    seen = second.get(outcome_page(referral)).context["seen"]
    found = referral.matter.intake
    review = intake.ask_review(intake=found, because="Tengo un pedido.", actor=cast.actor("owner", now), now=now)
    executive = cast.actor("executive", now)
    intake.decide_review(review=review.review, potential="high", because="Pedido firmado.", actor=executive, now=now)
    answer = second.post(outcome_page(referral), {"seen": seen, "outcome": "attended", "note": NOTE})
    page = answer.content.decode().split("<main")[1]
    assert answer.status_code == 422
    assert f"{cast['executive']} anotó «Quedó sin efecto» («Pedido firmado.»)" in page
    assert NOTE in page.split("Lo que escribiste")[1]
    assert "<form" not in page


# --- a request for help that is passed on (INT-6, DL-26) ------------------------------------------------------------


@pytest.fixture
def asked(cast, now) -> HelpRequest:
    return ask_for_help(
        about="characterization", what_went_wrong="No encuentra su actividad.", asker_name="Berta Núñez",
        asker_email="berta.nunez@correo.example", actor=cast.actor("executive", now), now=now, channel="phone",
    )  # fmt: skip


def pass_to(request: HelpRequest, cast, now, who: str) -> None:
    actor, member = cast.actor("client_management", now), cast[who].staff_member
    derive_help(request=request, to=member, note="Es de tu cartera.", actor=actor, now=now)


def test_who_was_answering_reads_to_whom_it_was_passed_and_keeps_the_text(asked, cast, enter, now):
    pass_to(asked, cast, now, "executive")
    client, address = enter(cast["executive"]), f"{QUEUE}{asked.matter.number}/"
    assert "<textarea" in client.get(address).content.decode()
    pass_to(asked, cast, now, "director")
    told = f"{cast['client_management']} la pasó a {cast['director']} el {at_words(now)}."
    answer = client.post(address, {"answer": NOTE})
    page = answer.content.decode().split("<main")[1]
    assert answer.status_code == 422
    assert f"Mientras tanto {told} Lo tuyo no se envió." in page
    assert NOTE in page.split("Lo que escribiste")[1]
    assert "<textarea" not in page
    assert client.post(address, {"answer": ""}).status_code == 422
    shown = client.get(address)
    assert (shown.status_code, told in shown.content.decode()) == (200, True)
    asked.refresh_from_db()
    assert asked.answer == ""


def test_one_that_was_answered_by_who_got_it_says_so(asked, cast, enter, now):
    pass_to(asked, cast, now, "executive")
    pass_to(asked, cast, now, "director")
    answer_help(request=asked, answer="Es el 104000.", actor=cast.actor("director", now), now=now)
    answer = enter(cast["executive"]).post(f"{QUEUE}{asked.matter.number}/", {"answer": NOTE})
    page = answer.content.decode().split("<main")[1]
    assert answer.status_code == 422
    assert f"Mientras tanto {cast['director']} lo pasó a «Respondida»" in page
    assert NOTE in page.split("Lo que escribiste")[1]


def test_who_never_had_it_is_refused_and_reads_who_has_it(asked, cast, enter, now):
    pass_to(asked, cast, now, "director")
    client, address = enter(cast["executive"]), f"{QUEUE}{asked.matter.number}/"
    told = f"{cast['client_management']} la pasó a {cast['director']} el {at_words(now)}."
    refused = client.post(address, {"answer": NOTE})
    assert (refused.status_code, told in refused.content.decode()) == (403, True)
    assert told in client.get(address).content.decode()


def test_who_passes_it_on_second_reads_to_whom_it_went(asked, cast, enter, now):
    client, address = enter(cast["client_management"]), f"{QUEUE}{asked.matter.number}/derivar/"
    seen = client.get(address).context["has_it"]
    pass_to(asked, cast, now, "director")
    data = {"seen": seen, "to": cast["executive"].staff_member.pk, "note": NOTE}
    answer = client.post(address, data)
    page = answer.content.decode().split("<main")[1]
    assert answer.status_code == 422
    assert f"Mientras tanto {cast['client_management']} la pasó a {cast['director']}" in page
    assert NOTE in page
    asked.matter.refresh_from_db()
    assert asked.matter.owner == cast["director"]
    assert client.post(address, data | {"seen": answer.context["has_it"]}).status_code == 302
    asked.matter.refresh_from_db()
    assert asked.matter.owner == cast["executive"]
