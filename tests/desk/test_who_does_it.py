"""The record offers a step to who may take it; it tells the others who does, and by when (ROL-16)."""

from __future__ import annotations

import re
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from acompana.commitments.models import Commitment
from acompana.intake import operations as intake
from acompana.intake.queries import latest_intake_of
from acompana.shell.words import long_date, reading_on
from tests.desk.conftest import company_made_once, road_of

pytestmark = pytest.mark.django_db
OTHERS = ("client_management", "far_executive", "control", "directorate", "administrator")
kept_company, company = company_made_once(level="low", assigned=False)
STEPS = re.compile(r'href="(/escritorio/(?:ingresos|revisiones|derivaciones)/[^"]+)"')


@pytest.mark.parametrize("panel", [{}, {"X-Panel": "1"}])
def test_a_review_is_offered_to_who_decides_it_and_told_to_the_others(company, cast, enter, now, panel):
    asked = intake.ask_review(
        intake=latest_intake_of(company), because="Tengo un pedido.", actor=cast.actor("owner", now), now=now
    )
    owed = Commitment.objects.get(matter=asked)
    with reading_on(timezone.localdate(now)):
        day = long_date(owed.due_at.astimezone(ZoneInfo(owed.office.time_zone)).date())
    address = f"/escritorio/revisiones/{asked.number}/"
    own = unescape(enter(cast["executive"]).get(company.get_absolute_url(), headers=panel).content.decode())
    assert f'href="{address}">Revisar' in own
    for key in OTHERS:
        page = unescape(enter(cast[key]).get(company.get_absolute_url(), headers=panel).content.decode())
        assert address not in page
        assert f"Lo hace el equipo de la oficina regional de Valparaíso, con plazo hasta el {day}." in page


@pytest.mark.parametrize("level", ["high", "low"])
def test_no_step_on_the_record_leads_to_a_page_that_says_no(cast, enter, now, level):
    company = road_of(cast, now, level=level, assigned=False)
    if level == "low":
        found = latest_intake_of(company)
        intake.ask_review(intake=found, because="Tengo un pedido.", actor=cast.actor("owner", now), now=now)
    offered = {}
    for key in ("executive", *OTHERS):
        client = enter(cast[key])
        offered[key] = set(STEPS.findall(client.get(company.get_absolute_url()).content.decode()))
        for href in offered[key]:
            assert client.get(unescape(href)).status_code == 200, (key, href)
    assert offered["executive"]


def test_before_a_role_is_taken_it_says_what_stays_with_them_and_where_that_is(road, cast, enter, now):
    who, matter = cast.actor("executive", now), latest_intake_of(road(1)).matter
    intake.record_contact(matter=matter, contact=None, channel="phone", text="", actor=who, now=now)
    member = cast["executive"].staff_member
    grant = member.grants.get()
    client = enter(cast["administrator"])
    page = client.post(reverse("administration:revoke", args=[member.pk, grant.pk])).content.decode()
    for words in ("debe 1 compromiso", "lleva 1 empresa"):
        [address] = re.findall(rf'<a href="([^"]+)">{words}</a>', page)
        assert "Aceites 1 SpA" in client.get(unescape(address)).content.decode()
    assert "Eso no pasa a nadie" in page
    assert "Se hace al confirmarlo" in page
    grant.refresh_from_db()
    assert grant.until_on is None
