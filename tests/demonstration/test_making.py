"""The demonstration in small: somebody for every role, matters at every step, the same on the same day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils.timezone import localdate

from acompana.commitments.models import Commitment
from acompana.companies.models import Company, CompanyPair, WaitingMatch
from acompana.companies.queries import find_by_rut
from acompana.demonstration.cast import OWN_COMPANY, RIVAL_COMPANY
from acompana.demonstration.catalogue import answers_to
from acompana.demonstration.guide import who_can_enter
from acompana.demonstration.making import SMALL
from acompana.demonstration.scenes import SCENES, nobody
from acompana.intake.models import Interview
from acompana.intake.queries import companies_to_assign, latest_intake_of
from acompana.kernel.lifecycle import get_lifecycle
from acompana.matters.models import Matter
from acompana.people.actors import actor_of
from acompana.people.calendars import calendars_of
from acompana.people.models import Office, Role, RoleGrant
from acompana.questionnaires.models import Answer, Response
from tests.demonstration.conftest import NOW

# That it can be made on both, test_from_nothing tries.
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.mark.usefixtures("made")
def test_there_is_somebody_for_every_role_and_every_office():
    held = set(RoleGrant.objects.values_list("role__slug", flat=True))
    assert held == set(Role.objects.exclude(kind="outside").values_list("slug", flat=True))
    for office in Office.objects.filter(kind="regional"):
        roles = list(RoleGrant.objects.filter(staff_member__office=office).values_list("role__slug", flat=True))
        assert roles.count("regional-director") == 1
        assert roles.count("regional-executive") >= 2


@pytest.mark.usefixtures("made")
def test_the_cast_stands_where_the_guide_says():
    assert latest_intake_of(find_by_rut(OWN_COMPANY)).matter.state == "preadmitted"
    assert latest_intake_of(find_by_rut(RIVAL_COMPANY)).matter.state == "to_interview"
    assert not Response.objects.filter(started_at__lt=F("version__published_at")).exists()
    guide = who_can_enter("http://localhost:9200")
    assert "http://localhost:9200/demostracion/correo/" in guide
    assert guide.count("Carolina Soto") == 1


@pytest.mark.usefixtures("made")
def test_something_is_late_something_is_kept_and_something_lies_ahead():
    assert Commitment.objects.open().filter(due_at__lt=NOW).exists()
    assert Commitment.objects.open().filter(due_at__gt=NOW, due_at__lt=NOW + timedelta(days=4)).exists()
    assert Commitment.objects.exclude(fulfilled_at=None).exists()
    assert Company.objects.count() >= SMALL
    for kind in ("intake", "potential_account", "help_request"):
        found = set(Matter.objects.filter(kind=kind).values_list("state", flat=True))
        assert found <= {state.slug for state in get_lifecycle(kind).states}
        assert len(found) >= 2


@pytest.mark.usefixtures("made")
def test_some_pairs_of_companies_wait_to_be_decided():
    waiting = CompanyPair.objects.filter(state="open")
    told = {row["kind"] for pair in waiting for row in pair.evidence}
    assert len(waiting) >= 3
    assert {"phone", "same_name", "other_name"} <= told
    assert not WaitingMatch.objects.exists()


@pytest.mark.usefixtures("made")
def test_open_questions_are_answered_by_whom_they_are_asked():
    """What a company writes with its declarations is its own word, and most write none; executives note the rest."""
    declared = Response.objects.filter(version__instrument="preadmissibility").exclude(finished_at=None).count()
    told = list(Answer.objects.filter(question="message").values_list("value", flat=True))
    assert set(told) <= set(answers_to("message"))
    assert len(set(told)) > 1
    assert len(told) < declared
    for question in ("seen", "differences", "next_steps"):
        assert set(Answer.objects.filter(question=question).values_list("value", flat=True)) <= set(
            answers_to(question)
        )


@pytest.mark.usefixtures("made")
def test_interviews_are_on_days_on_which_the_office_works():
    interviews = Interview.objects.select_related("matter__office__country", "matter__office__region")
    calendars = calendars_of({interview.matter.office for interview in interviews})
    assert interviews
    for interview in interviews:
        calendar = calendars[interview.matter.office_id]
        assert calendar.is_business_day(interview.starts_at.astimezone(calendar.zone).date())


@pytest.mark.usefixtures("made")
def test_nobody_waits_for_an_executive_for_long():
    administrator = RoleGrant.objects.filter(role__slug="administrator").first().staff_member.person
    waiting = companies_to_assign(actor_of(administrator, localdate(NOW)), NOW)
    assert all(company.waits_since > NOW - timedelta(days=60) for company in waiting)


@pytest.mark.usefixtures("made")
def test_every_scene_has_somebody_and_an_address():
    missing = [scene.name for scene in SCENES if not scene.where()]
    assert [name for name in missing if not name.startswith("figures")] == []
    for scene in SCENES:
        assert scene.who is nobody or scene.who() is not None, scene.name
