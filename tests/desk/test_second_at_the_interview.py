"""Two officers at one interview, and its draft: nothing typed is lost, and who was first is told (EXP-13)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from acompana.demonstration.roads import hold_interview
from acompana.intake import operations as intake
from acompana.intake.queries import latest_intake_of
from acompana.questionnaires.operations import finish_response
from acompana.questionnaires.queries import answers_of, definition_of, draft_of
from tests.desk.interview_steps import arrange, first_draft, page_of, typed

NOTE = "Exporta mermeladas a su hermana en Mendoza."


def test_who_registers_an_interview_second_keeps_what_they_answered_in_sight(enter, cast, contacted, now):
    second, address = enter(cast["director"]), page_of(contacted, "entrevista")
    first_draft(contacted, cast, now)
    data = typed(second, address, next_steps=NOTE, mode="phone", honesty="differences", finish="")
    hold_interview(contacted, executive=cast.actor("executive", now), now=now)
    answer = second.post(address, data)
    page = answer.content.decode().split("<main")[1]
    assert answer.status_code == 422
    assert f"Mientras tanto {cast['executive']} lo pasó a «Por validar»" in page
    assert "Lo tuyo no quedó registrado." in page
    assert NOTE in page
    assert "Hay diferencias menores" in page
    assert "Llamada" in page
    assert "<form" not in page
    assert f'href="{page_of(contacted, "actualizar-entrevista")}"' in page
    contacted.refresh_from_db()
    assert contacted.state == "to_validate"
    assert NOTE not in answers_of(latest_intake_of(contacted.company).interview_response).values()


def test_nobody_writes_over_the_draft_of_another_unseen(enter, cast, contacted, now):
    first, second, address = enter(cast["executive"]), enter(cast["director"]), page_of(contacted, "entrevista")
    mine = typed(second, address, next_steps=NOTE, save="")
    hers = typed(first, address, next_steps="Produce 40 toneladas al año.", save="")
    assert first.post(address, hers).status_code == 302
    answer = second.post(address, mine)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"Mientras tanto {cast['executive']} guardó este borrador" in page
    both = page.split("Lo guardado y lo tuyo")[1].split("</table>")[0]
    assert NOTE in both
    assert "Produce 40 toneladas al año." in both
    draft = draft_of(instrument="interview", company=contacted.company, matter=contacted)
    assert answers_of(draft)["next_steps"] == "Produce 40 toneladas al año."
    assert (draft.saves, draft.saved_by) == (1, cast["executive"])
    # With both in sight, the next save is a choice.
    assert second.post(address, mine | {"saves": answer.context["saves"]}).status_code == 302
    draft.refresh_from_db()
    assert answers_of(draft)["next_steps"] == NOTE
    assert (draft.saves, draft.saved_by) == (2, cast["director"])


def test_a_draft_keeps_how_and_when_the_meeting_was(enter, cast, contacted, now):
    officer, address = enter(cast["executive"]), page_of(contacted, "entrevista")
    later = now + timedelta(days=9)
    agreed = arrange(contacted, cast, now)
    visit = {"on_agreed": "no", "happened_at": f"{later - timedelta(days=2):%Y-%m-%dT10:30}", "mode": "visit"}
    sent = officer.post(address, typed(officer, address) | visit | {"save": ""})
    assert sent.status_code == 302
    opened = officer.get(address)
    again = opened.context["beside_form"]
    assert {name: again[name].value() for name in visit} == visit
    assert f"Lo guardó {cast['executive'].full_name} el " in opened.content.decode()
    # Where the agreed date is confirmed, the other one was not asked: nothing keeps it.
    yes = {"on_agreed": str(agreed.pk), "happened_at": f"{now:%Y-%m-%dT%H:%M}", "mode": "visit", "save": ""}
    assert officer.post(address, typed(officer, address) | yes).status_code == 302
    draft = draft_of(instrument="interview", company=contacted.company, matter=contacted)
    assert draft.besides == {"on_agreed": str(agreed.pk), "mode": "visit"}


def test_two_drafts_are_compared_by_the_meeting_too(enter, cast, contacted, now):
    first, second, address = enter(cast["executive"]), enter(cast["director"]), page_of(contacted, "entrevista")
    arrange(contacted, cast, now)
    mine = typed(second, address, mode="phone", save="")
    assert first.post(address, typed(first, address, mode="visit", save="")).status_code == 302
    answer = second.post(address, mine)
    assert answer.status_code == 422
    both = answer.content.decode().split("Lo guardado y lo tuyo")[1].split("</table>")[0]
    assert "Llamada telefónica" in both
    assert "Visita a la empresa" in both
    draft = draft_of(instrument="interview", company=contacted.company, matter=contacted)
    assert draft.besides == {"mode": "visit"}
    assert answer.context["beside_form"]["mode"].value() == "phone"
    assert second.post(address, mine | {"saves": answer.context["saves"]}).status_code == 302
    draft.refresh_from_db()
    assert draft.besides == {"mode": "phone"}


def test_the_second_is_told_when_it_was_registered_not_when_it_was(enter, cast, contacted, now):
    second, address = enter(cast["director"]), page_of(contacted, "entrevista")
    data = typed(second, address, finish="")  # and nothing is answered
    draft = first_draft(contacted, cast, now)
    executive, later = cast.actor("executive", now), now + timedelta(days=3)
    finish_response(response=draft, actor=executive, now=later)
    contacted.refresh_from_db()
    intake.hold_interview(
        matter=contacted, response=draft, actor=executive, happened_at=now + timedelta(days=1), now=later
    )
    step = contacted.steps.get(transition="hold_interview")
    assert (step.taken_at, step.recorded_at) == (now + timedelta(days=1), later)
    page = second.post(address, data).content.decode()
    assert f"lo pasó a «Por validar» el {timezone.localtime(later):%d-%m-%Y} a las" in page


def test_the_one_answer_that_is_missing_is_named(enter, cast, contacted, now):
    officer, address = enter(cast["executive"]), page_of(contacted, "entrevista")
    draft = first_draft(contacted, cast, now)
    question = next(one for one in definition_of(draft).questions if one.slug == "honesty")
    data = typed(officer, address, finish="", mode="visit")
    del data["honesty"]
    page = officer.post(address, data).content.decode()
    summary = page.split("data-error-summary")[1].split("</ul>")[0]
    assert "Hay un dato que revisar" in summary
    assert question.text in summary


def test_what_another_kept_is_told_before_what_is_missing(enter, cast, contacted, now):
    first, second, address = enter(cast["executive"]), enter(cast["director"]), page_of(contacted, "entrevista")
    mine = typed(second, address, mode="phone", next_steps=NOTE, finish="")  # nearly all is missing
    assert first.post(address, typed(first, address, next_steps="Otra cosa.", save="")).status_code == 302
    answer = second.post(address, mine)
    assert answer.status_code == 422
    assert dict(answer.context["form"].errors) == {"__all__": answer.context["form"].non_field_errors()}
    assert f"Mientras tanto {cast['executive']} guardó este borrador" in answer.content.decode()
    # With both in sight, what is missing is told.
    answer = second.post(address, mine | {"saves": answer.context["saves"]})
    assert answer.status_code == 422
    assert "honesty" in answer.context["form"].errors
