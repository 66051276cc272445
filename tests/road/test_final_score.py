"""The final score adds test and interview; its cut-offs are of the version that was answered (INT-16, INT-26)."""

from __future__ import annotations

import copy
from datetime import timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps

from acompana.companies.models import Company
from acompana.demonstration.roads import hold_interview
from acompana.intake import operations as intake
from acompana.intake.queries import cut_offs_of, latest_intake_of
from acompana.intake.rules import CutOffs, classify, final_score, made_of
from acompana.kernel.clock import read_clock
from acompana.kernel.models import RuleAmendment
from acompana.questionnaires.definition import DefinitionError, read_definition
from acompana.questionnaires.models import Version
from acompana.questionnaires.operations import copy_to_draft, publish_version, save_draft
from acompana.questionnaires.queries import current_version
from acompana.questionnaires.rules import differences
from tests.road.test_road import NOW, road_to_result

COLOURS = {"without_potential": "red", "with_potential": "yellow", "with_potential_high": "green"}
COLOURS |= {"occasional": "green", "regular": "dark_red"}
CUTS = CutOffs(Decimal(80), Decimal(130))


def classified(score: str, cuts: CutOffs = CUTS, parts: str = "", exports: tuple[int, ...] | None = None):
    return classify(
        score=Decimal(score),
        cuts=cuts,
        is_exporter=exports is not None,
        export_years=exports or (),
        this_year=2026,
        size="small",
        over_ceiling=False,
        colours=COLOURS,
        parts=parts,
    )


def test_the_interview_adds_to_the_test():
    points = {"test_points": Decimal("68"), "interview_points": Decimal("74.5")}
    assert final_score(**points) == Decimal("142.50")
    assert made_of(**points) == "test 68 + entrevista 74,5"
    assert final_score(test_points=None, interview_points=Decimal(74)) is None, "half of a sum is no score"
    assert final_score(test_points=None, interview_points=None) is None


@pytest.mark.parametrize(
    ("score", "segment", "colour"),
    [
        ("79.9", "without_potential", "red"),
        ("80", "with_potential", "yellow"),
        ("129.9", "with_potential", "yellow"),
        ("130", "with_potential", "green"),
    ],
)
def test_a_cut_off_opens_its_stretch(score, segment, colour):
    found = classified(score)
    assert (found.segment, found.colour) == (segment, colour)


def test_the_reason_says_how_the_score_is_made():
    assert classified("142", parts="test 68 + entrevista 74").reasons == (
        "Puntaje final 142 de 200 (test 68 + entrevista 74): desde 80 hay potencial.",
        "Verde desde 130 puntos; bajo eso, amarillo.",
    )


@pytest.mark.parametrize(
    ("years", "why"),
    [
        ((), "No consta que exporte: su ficha no tiene exportaciones declaradas."),
        ((2025,), "Declaró exportaciones, pero no en cada uno de los últimos 3 años."),
    ],
)
def test_an_exporter_without_declared_exports_is_not_said_to_have_declared_some(years, why):
    found = classified("80", exports=years)
    assert (found.segment, found.reasons) == ("occasional", (why,))


def test_a_version_may_not_have_cut_offs_beyond_the_sum():
    definition = copy.deepcopy(current_definition())
    definition["final"][0]["from"] = 201
    with pytest.raises(DefinitionError, match="200"):
        read_definition(definition)


def current_definition():
    from acompana.questionnaires.content import shipped_definitions

    return shipped_definitions()["interview"]


def publish_other_cuts(actor, *, potential: int, green: int) -> Version:
    draft = copy_to_draft(version=current_version("interview"), actor=actor, now=read_clock())
    definition = copy.deepcopy(draft.definition)
    for band in definition["final"]:
        band["from"] = {"with_potential_high": green, "with_potential": potential}.get(band["slug"], 0)
    before, after = read_definition(draft.definition), read_definition(definition)
    assert any(sentence.startswith("Puntaje final.") for sentence in differences(before, after))
    save_draft(version=draft, definition=definition, actor=actor, now=read_clock())
    return publish_version(version=draft, reason="Piloto", actor=actor, now=read_clock())


@pytest.mark.django_db
def test_an_old_intake_keeps_its_cut_offs_when_a_version_is_published(cast):
    company = road_to_result(cast, level="medium")
    matter = latest_intake_of(company).matter
    executive = cast.actor("executive", NOW)
    intake.record_contact(matter=matter, contact=None, channel="phone", text="", actor=executive, now=NOW)
    hold_interview(matter, executive=executive, now=NOW, share=0.6)
    standing = company.standings.get()
    found = latest_intake_of(company)
    assert standing.final_score == found.test.points + found.interview_response.points
    assert standing.colour == "yellow"
    publish_other_cuts(cast.actor("administrator", NOW), potential=20, green=40)
    # Scored again with new evidence, on the version that it was answered with: green still begins at 130.
    scored = found.interview_response
    few = next(answer for answer in scored.answers.all() if isinstance(answer.value, str))
    worse = next(
        option["value"]
        for question in scored.version.definition["questions"]
        if question["slug"] == few.question
        for option in question.get("options", [{"value": "x"}])
        if option["value"] != few.value
    )
    intake.update_interview(
        response=scored, answers={few.question: worse}, reason="Otro dato", actor=executive, now=NOW
    )
    assert cut_offs_of(latest_intake_of(company)) == CUTS
    assert company.standings.first().colour == "yellow"


@pytest.mark.django_db
def test_who_is_interviewed_afterwards_has_the_new_cut_offs(cast):
    publish_other_cuts(cast.actor("administrator", NOW), potential=20, green=40)
    company = road_to_result(cast, level="medium")
    matter = latest_intake_of(company).matter
    executive = cast.actor("executive", NOW)
    intake.record_contact(matter=matter, contact=None, channel="phone", text="", actor=executive, now=NOW)
    hold_interview(matter, executive=executive, now=NOW + timedelta(days=1), share=0.6)
    assert Company.objects.get(pk=company.pk).standings.get().colour == "green"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("amended", "expected"), [(None, {80, 130}), ({"cut_potential": 45, "cut_green": 70}, {90, 140})]
)
def test_the_migration_moves_what_held_into_a_new_version(cast, amended, expected):
    before = current_version("interview")
    before.delete()
    old = {name: value for name, value in before.definition.items() if name != "final"}
    Version.objects.create(
        instrument="interview", number=1, title=before.title, definition=old, drafted_at=NOW, published_at=NOW
    )
    if amended:
        RuleAmendment.objects.create(
            rule_id="INT-26",
            version=1,
            value={**amended, "colours": COLOURS},
            valid_from=NOW.date(),
            author=cast["administrator"],
            reason="Piloto",
            amended_at=NOW,
        )
    move = import_module("acompana.questionnaires.migrations.0004_cut_offs_of_the_final_score").move_cut_offs
    move(apps, None)
    move(apps, None)
    newest = current_version("interview")
    assert newest.number == 2
    assert {band["from"] for band in newest.definition["final"]} == expected | {0}
    assert "final" not in Version.objects.get(instrument="interview", number=1).definition


def test_the_interview_of_before_asks_of_the_form_too_in_a_new_version(db):
    """Answers stay with their version; what people reworded stays theirs (INT-4, INT-16)."""
    move = import_module("acompana.questionnaires.migrations.0007_an_exporter_took_no_test")
    current = current_version("interview")
    rows = [{**row, "text": move.BEFORE.get(row["slug"], row["text"])} for row in current.definition["questions"]]
    current.delete()
    old = {**current.definition, "questions": rows}
    Version.objects.create(
        instrument="interview", number=1, title=current.title, definition=old, drafted_at=NOW, published_at=NOW
    )
    move.publish(apps, None)
    move.publish(apps, None)
    newest = current_version("interview")
    assert (newest.number, newest.definition) == (2, current.definition)
    assert Version.objects.get(instrument="interview", number=1).definition == old
