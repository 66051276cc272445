"""Two officers on a page of a company's road: the second reads who was first, and keeps what they typed (EXP-13)."""

from __future__ import annotations

import pytest

from acompana.demonstration.roads import give_answers, hold_interview
from acompana.intake import operations as intake
from acompana.intake.queries import latest_intake_of
from acompana.questionnaires.operations import start_response
from acompana.questionnaires.queries import answers_of, draft_of

NOTE = "Exporta mermeladas a su hermana en Mendoza."


@pytest.fixture
def company(road):
    return road(1, "high")


@pytest.fixture
def matter(company):
    return latest_intake_of(company).matter


@pytest.fixture
def contacted(matter, cast, now):
    executive = cast.actor("executive", now)
    intake.record_contact(matter=matter, contact=None, channel="phone", text="", actor=executive, now=now)
    return matter


def page_of(matter, page):
    return f"/escritorio/ingresos/{matter.number}/{page}/"


def typed(client, address, **more):
    """What the form of a page holds, as a browser would send it, with some of it changed."""
    answer = client.get(address)
    form = answer.context["form"]
    held = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in held.items() if value not in (None, "")}
    return data | {"saves": answer.context["saves"]} | more


def first_draft(contacted, cast, now, share=1.0):
    executive = cast.actor("executive", now)
    draft = start_response(
        instrument="interview", company=contacted.company, matter=contacted, actor=executive, now=now, again=True
    )
    give_answers(draft, share=share, actor=executive, now=now)
    return draft


# --- the interview --------------------------------------------------------------------------------------------------


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
