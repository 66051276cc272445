"""While an executive is away, who stands in sees their companies, and a company reads who attends it (POR-10)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from acompana.demonstration.roads import open_hour
from acompana.intake import operations as intake
from acompana.intake.models import PotentialAccount
from acompana.matters.models import Matter
from acompana.messages.models import Message
from acompana.shell.words import long_date
from tests.desk.conftest import company_made_once
from tests.desk.interview_steps import arrange, page_of

DAY = "/escritorio/"
kept_company, company = company_made_once(days=100)


@pytest.mark.parametrize("bucket", ["silent", "news"])
def test_the_lists_of_who_stands_in_have_the_companies_of_who_is_away(company, cast, enter, away, back, road, bucket):
    listed = road(2) if bucket == "news" else company
    client = enter(cast["director"])
    assert listed.name not in client.get(DAY, {"ver": bucket}).content.decode()
    absence = away("director")
    page = client.get(DAY, {"ver": bucket}).content.decode()
    assert listed.name in page
    assert f"de {cast['executive']}" in page
    assert f"de {cast['executive']}" not in enter(cast["executive"]).get(DAY, {"ver": bucket}).content.decode()
    back(absence)
    assert listed.name not in client.get(DAY, {"ver": bucket}).content.decode()


def test_the_accounts_of_who_is_away_wait_for_who_stands_in_also_at_second_hand(cast, enter, away, now):
    matter = Matter.objects.create(
        kind="potential_account", number="CTA-2026-1", lifecycle_version=1, state="registered", state_since=now,
        turn="agency", office=cast["executive"].staff_member.office, owner=cast["executive"], opened_at=now,
    )  # fmt: skip
    PotentialAccount.objects.create(matter=matter)
    away("other_executive")
    away("far_executive", "other_executive")
    counted = {"label": "Cuenta potencial por invitar", "count": 1, "href": "/escritorio/cuentas/?estado=registered"}
    for key, waits in (("far_executive", True), ("other_executive", False)):
        decisions = enter(cast[key]).get(DAY).context["decisions"]
        assert [one["count"] for one in decisions if one["label"] == counted["label"]] == [1] * waits, key


def test_a_company_reads_who_attends_it_meanwhile(company, cast, enter, away, back):
    owner, own = enter(cast["owner"]), f"/mi-empresa/{company.pk}/"
    assert f"Te atiende <strong>{cast['executive'].full_name}</strong>" in owner.get(own).content.decode()
    absence = away()
    until = long_date(absence.until_on)
    page = owner.get(own).content.decode()
    assert f"Mientras {cast['executive'].full_name} está fuera, hasta el {until}, te atiende <strong>" in page
    assert f"<strong>{cast['other_executive'].full_name}</strong>" in page
    assert f"Preguntarle algo a {cast['other_executive'].full_name}, que te atiende" in page
    assert (
        f"mientras, te atiende {cast['other_executive'].full_name}." in owner.get(f"{own}escribir/").content.decode()
    )
    record = enter(cast["director"]).get(company.get_absolute_url()).content.decode()
    assert f": la atiende {cast['other_executive']}" in record
    back(absence)
    assert f"Te atiende <strong>{cast['executive'].full_name}</strong>" in owner.get(own).content.decode()


def test_an_interview_agreed_for_a_day_of_an_absence_is_of_who_stands_in_until_they_are_back(
    contacted, cast, enter, away, back, now
):
    """It passes when the absence is noted, and comes back; the company reads who attends each time, by letter too."""
    agreed = arrange(contacted, cast, now)
    absence = away()
    owner, own = enter(cast["owner"]), f"/mi-empresa/{contacted.company_id}/"
    executive, instead = cast["executive"], cast["other_executive"]
    passed = contacted.interviews.get(cancelled_at=None)
    assert (passed.executive, passed.starts_at, passed.replaces) == (instead, agreed.starts_at, agreed)
    assert absence.followed == ("1 entrevista acordada pasa a quien reemplaza, en su fecha, y se avisó a la empresa.",)
    assert f"Te atiende {instead.full_name}" in owner.get(own).content.decode()
    letters = Message.objects.filter(matter=contacted)
    assert f"Te atiende: {instead.full_name}" in letters.filter(template="intake/interview").latest("pk").body
    assert letters.filter(template="intake/interview_yours").latest("pk").to_address == instead.email
    assert letters.get(template="intake/interview_passed").to_address == executive.email

    address = f"{own}entrevista/cambiar/"
    assert f"estará fuera, y te atiende {instead.full_name}." in owner.get(address).content.decode()
    hour = open_hour(contacted.office, now + timedelta(days=5)).replace(second=0, microsecond=0)
    sent = {"seen": passed.pk, "starts_at": hour.strftime("%Y-%m-%dT%H:%M"), "reason": "Viajo"}
    assert owner.post(address, sent).status_code == 302
    assert contacted.interviews.get(cancelled_at=None).executive == instead

    told = back(absence)
    returned = contacted.interviews.get(cancelled_at=None)
    assert (returned.executive, returned.starts_at) == (executive, hour)
    assert f"1 entrevista acordada pasa a {executive}, en su fecha, y se avisó a la empresa." in told
    assert letters.filter(template="intake/interview_yours").latest("pk").to_address == executive.email
    assert letters.filter(template="intake/interview_passed").latest("pk").to_address == instead.email


def test_what_is_agreed_for_other_days_or_by_others_stays_as_it_is(contacted, cast, away, back, now):
    agreed = arrange(contacted, cast, now)
    for who, days in (("executive", {"first": 30, "last": 40}), ("director", {})):
        absence = away(who=who, **days)
        assert contacted.interviews.get(cancelled_at=None) == agreed
        back(absence)
    assert contacted.interviews.get() == agreed


def test_who_stands_in_agrees_an_hour_for_who_is_back_by_then(contacted, cast, enter, away, now):
    absence = away()
    client, address = enter(cast["other_executive"]), page_of(contacted, "acordar")
    page = client.get(address).content.decode()
    assert (
        f"La atiende {cast['executive']}. Hasta el {long_date(absence.until_on)} estará fuera, y la atiendes tú"
        in page
    )
    actor = cast.actor("other_executive", now)
    given = {"mode": "phone", "place": "+56 2 2345 6789", "minutes": 60, "even_if_late": True}
    for days, who in ((5, "other_executive"), (45, "executive")):
        starts_at = open_hour(contacted.office, now + timedelta(days=days))
        interview = intake.arrange_interview(matter=contacted, starts_at=starts_at, actor=actor, now=now, **given)
        assert interview.executive == cast[who]
        intake.cancel_interview(interview=interview, reason="Otra", actor=actor, now=now)


def test_who_is_away_that_day_does_not_attend_what_they_agree(contacted, cast, enter, away, now):
    away("director")
    starts_at = timezone.localtime(open_hour(contacted.office, now + timedelta(days=5)))
    sent = {
        "mode": "video",
        "place_video": "https://reunion.example/1",
        "minutes": "60",
        "starts_at": f"{starts_at:%Y-%m-%dT%H:%M}",
    }
    told = enter(cast["executive"]).post(page_of(contacted, "acordar"), sent, follow=True).content.decode()
    assert f"Ese día la atiende {cast['director']}" in told
    assert contacted.interviews.get().executive == cast["director"]
