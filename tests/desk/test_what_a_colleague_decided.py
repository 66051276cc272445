"""Who is in charge of a company is told what a colleague did on its road, and whoever decides who held the interview
(POR-15)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from acompana.demonstration.roads import answer, hold_interview
from acompana.intake import operations as intake
from acompana.intake.mail import moment_words
from acompana.questionnaires.operations import finish_response, start_response
from tests.desk.interview_steps import first_draft, page_of

NEWS = {"ver": "news"}


def facts(client):
    return [(entry.fact, entry.author) for entry in client.get("/escritorio/", NEWS).context["rows"]]


def declare(matter, cast, now):
    owner = cast.actor("owner", now)
    declared = start_response(
        instrument="preadmissibility", company=matter.company, matter=matter, actor=owner, now=now, again=True
    )
    answer(declared, share=1.0, actor=owner, now=now)
    intake.submit_preadmissibility(matter=matter, response=declared, actor=owner, now=now)
    matter.refresh_from_db()


def test_what_a_colleague_decides_is_news_for_who_is_in_charge(enter, cast, contacted, now):
    director, executive = cast.actor("director", now), cast.actor("executive", now)
    hold_interview(contacted, executive=executive, now=now, share=1.0)
    contacted.refresh_from_db()
    before = facts(enter(cast["executive"]))
    assert executive.person not in [author for _, author in before], "what she did herself is no news"
    intake.validate(matter=contacted, actor=director, now=now)
    declare(contacted, cast, now)
    intake.preadmit(matter=contacted, actor=director, now=now, confirmed=[], reason="")
    told = facts(enter(cast["executive"]))
    for fact in ("Se validó la empresa", "La empresa quedó preadmitida"):
        assert (fact, cast["director"]) in told
    page = enter(cast["executive"]).get("/escritorio/", NEWS).content.decode()
    assert cast["director"].full_name in page.split("Novedades de tus empresas")[1]
    assert facts(enter(cast["director"])) == []


@pytest.mark.parametrize("by", ["director", "executive"])
def test_that_it_was_not_validated_is_news_too(enter, cast, contacted, now, by):
    hold_interview(contacted, executive=cast.actor("executive", now), now=now)
    contacted.refresh_from_db()
    intake.decline(matter=contacted, reason="No exporta nada propio.", actor=cast.actor(by, now), now=now)
    told = [fact for fact, author in facts(enter(cast["executive"])) if author == cast[by]]
    assert told == (["La empresa no fue validada después de la entrevista"] if by == "director" else [])


def test_whoever_validates_reads_who_held_the_interview_and_when(enter, cast, contacted, now):
    at = now + timedelta(hours=1)
    executive = cast.actor("executive", now)
    draft = first_draft(contacted, cast, now)
    finish_response(response=draft, actor=executive, now=at)
    contacted.refresh_from_db()
    intake.hold_interview(matter=contacted, response=draft, actor=executive, mode="visit", otherwise=True, now=at)
    page = enter(cast["director"]).get(page_of(contacted, "validar")).content.decode()
    when = moment_words(at, contacted.office.time_zone).replace(f" de {at.year}", "")
    assert f"La registró {cast['executive'].full_name}: fue el {when} (visita a la empresa)." in page
