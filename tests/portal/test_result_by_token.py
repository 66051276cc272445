"""What an answered questionnaire says once it is finished: what its page shows, and nothing before (INT-22)."""

from __future__ import annotations

import pytest

from acompana.api.tests.conftest import Program, new_token
from acompana.demonstration.roads import give_answers
from acompana.intake.queries import latest_intake_of
from acompana.kernel.clock import read_clock
from acompana.questionnaires.operations import finish_response, start_response
from acompana.questionnaires.pages import result_context
from tests.permissions.world import build


@pytest.mark.django_db
def test_themes_and_gaps_are_those_of_the_page() -> None:
    world = build()
    owner, executive = (Program(new_token(world.cast[key])) for key in ("owner", "executive"))
    company, now = world.sides["own"].company, read_clock()
    actor = world.cast.actor("owner", now)
    intake = latest_intake_of(company)
    assert intake is not None
    draft = start_response(
        instrument="export-test-goods", company=company, matter=intake.matter, again=True, actor=actor, now=now
    )
    give_answers(draft, share=0.4, actor=actor, now=now)
    draft.refresh_from_db()
    path = f"/responses/{draft.pk}"
    for program in (owner, executive):
        assert [program.get(path)[name] for name in ("themes", "gaps")] == [None, None]
    finish_response(response=draft, actor=actor, now=now)
    draft.refresh_from_db()
    shown = result_context(draft)
    for program in (owner, executive):
        told = program.get(path)
        assert [theme["name"] for theme in told["themes"]] == [bar["label"] for bar in shown["bars"]]
        assert [theme["share"] for theme in told["themes"]] == [bar["value"] for bar in shown["bars"]]
        gaps = [*shown["gaps"], *shown["more_gaps"]]
        assert gaps
        assert [gap["text"] for gap in told["gaps"]] == [gap.text for gap in gaps]
        assert told["gaps"][0]["closes"] == [one.name for one in gaps[0].closes]
