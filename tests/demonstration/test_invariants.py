"""The checker: silent over the demonstration, and it sees each thing that is broken on purpose."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils.timezone import localdate

from acompana.commitments.models import Commitment, Recount
from acompana.companies.models import Assignment, Company, CompanyTally, CountingAction, Validation
from acompana.demonstration.invariants import CHECKS, find_violations
from acompana.intake.models import Intake, Interview
from acompana.kernel.models import SearchRow
from acompana.matters.models import Matter, NumberSeries, Step
from acompana.messages.models import Message
from acompana.people.actors import actor_of
from acompana.people.models import ExtraHoliday, Person, RoleGrant
from acompana.people.operations import add_holiday, withdraw_holiday
from tests.demonstration.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("made")]


def found(name: str) -> list[str]:
    return [violation.sentence for violation in find_violations(now=NOW, names=frozenset({name}))]


def only_now(name: str) -> str:
    """The one sentence that the check gives; nothing else of the kind was wrong."""
    sentences = found(name)
    assert len(sentences) == 1, sentences
    return sentences[0]


def an_intake(**state: object) -> Matter:
    return Matter.objects.filter(kind="intake", **state).order_by("id").first()


def test_cast_and_bulk_break_nothing():
    assert list(find_violations(now=NOW)) == []


def test_each_check_has_a_name_of_its_own():
    assert len({check.name for check in CHECKS}) == len(CHECKS)


def test_a_state_that_no_step_led_to():
    matter = an_intake(state="to_contact")
    Matter.objects.filter(pk=matter.pk).update(state="to_validate")
    assert only_now("paths").startswith(f"{matter.number} stands in 'to_validate'")


def test_a_step_that_the_table_does_not_have():
    matter = an_intake(state="to_contact")
    Step.objects.create(
        matter=matter, transition="preadmit", from_state="to_contact", to_state="preadmitted", taken_at=NOW
    )
    assert any("may not lead from 'to_contact' to 'preadmitted'" in sentence for sentence in found("paths"))


def test_a_step_that_begins_elsewhere():
    matter = an_intake(state="to_contact")
    Step.objects.create(
        matter=matter, transition="hold_interview", from_state="to_interview", to_state="to_validate", taken_at=NOW
    )
    assert any("leaves 'to_interview' when it stood in 'to_contact'" in sentence for sentence in found("paths"))


def test_a_wrong_turn():
    matter = an_intake(state="to_contact")
    Matter.objects.filter(pk=matter.pk).update(turn="company")
    assert "it is of agency" in only_now("paths")


def test_a_final_state_that_is_not_closed_and_the_reverse():
    ended, going = an_intake(state="preadmitted"), an_intake(state="to_contact")
    Matter.objects.filter(pk=ended.pk).update(closed_at=None)
    Matter.objects.filter(pk=going.pk).update(closed_at=NOW)
    assert sorted("final" in sentence for sentence in found("paths")) == [True, True]


def test_a_matter_without_steps():
    matter = an_intake(state="to_contact")
    matter.pk, matter.number = None, "ING-2026-000001"
    Matter.objects.filter(number="ING-2026-000001").update(number="ING-2026-900000")
    matter.save(force_insert=True)
    assert any("not even its opening" in sentence for sentence in found("paths"))


def test_a_step_that_was_not_logged():
    matter = an_intake(state="to_contact")
    Step.objects.create(
        matter=matter, transition="record_contact", from_state="to_contact", to_state="to_interview", taken_at=NOW
    )
    assert "has no entry in the logbook" in only_now("logged")


def test_something_open_that_a_step_settled():
    kept = Commitment.objects.filter(rule="DL-1").exclude(fulfilled_at=None).first()
    Commitment.objects.filter(pk=kept.pk).update(fulfilled_at=None, fulfilled_by=None)
    assert only_now("settled") == f"{kept.matter.number}: DL-1 is still open, but its steps settled it."


def test_something_that_was_never_promised():
    owed = Commitment.objects.filter(rule="DL-2", pauses=None, transfers=None).first()
    owed.delete()
    assert "nothing was promised" in only_now("settled")


def test_an_interview_that_passed_and_nobody_is_late_for():
    ahead = Interview.objects.filter(held_at=None, cancelled_at=None, matter__state="to_interview", starts_at__gt=NOW)
    owed = Commitment.objects.open().filter(matter__in=ahead.values("matter"), rule="DL-2", due_at__gt=NOW).first()
    lying = ahead.filter(matter=owed.matter)
    lying.update(starts_at=NOW - timedelta(days=3))
    assert only_now("interviewed").startswith(f"{owed.matter.number}: the interview agreed for 2026-11-16 passed")
    Commitment.objects.filter(pk=owed.pk).update(due_at=NOW - timedelta(hours=1), starts_at=NOW - timedelta(days=5))
    assert found("interviewed") == []


def test_an_interview_that_the_matter_left_behind():
    held = Interview.objects.exclude(held_at=None).first()
    Interview.objects.filter(pk=held.pk).update(held_at=None)
    assert "neither held nor called off" in only_now("interviewed")


def test_a_number_beyond_its_series():
    series = NumberSeries.objects.get(prefix="ING", year=2026)
    NumberSeries.objects.filter(pk=series.pk).update(last=F("last") - 1)
    assert f"ING-2026-{series.last:06d} is beyond" in only_now("numbered")


def test_a_number_of_another_year():
    matter = an_intake(state="to_contact")
    Matter.objects.filter(pk=matter.pk).update(number="ING-2019-000001")
    assert any("was opened in 2026" in sentence for sentence in found("numbered"))


def test_two_open_intakes_of_a_company():
    first = an_intake(state="to_contact")
    second = an_intake(state="preadmitted")
    Matter.objects.filter(pk=second.pk).update(company=first.company, state="to_validate")
    assert "has 2 open intakes" in only_now("one-open-intake")


def test_a_matter_without_the_row_of_its_room():
    matter = an_intake(state="characterization")
    Intake.objects.filter(pk=matter.pk).delete()
    assert only_now("complete-matters") == f"{matter.number} has no intake of its own."


def test_something_owed_by_somebody_who_is_not_of_the_agency():
    stranger = Person.objects.get(pk=Company.objects.exclude(mandates=None).first().mandates.first().person_id)
    Commitment.objects.filter(pk=Commitment.objects.open().first().pk).update(owner=stranger)
    assert "who is not staff" in only_now("owned")


def test_a_due_date_that_its_rule_does_not_give():
    owed = Commitment.objects.filter(rule="DL-1").first()
    Commitment.objects.filter(pk=owed.pk).update(due_at=owed.due_at + timedelta(days=1))
    assert "by its rule it would be" in only_now("due")


def test_a_holiday_that_is_added_and_taken_away_leaves_every_date_as_its_rule_gives_it():
    """Open ones are counted again; what ended or fell due keeps the date that it had (OFF-2)."""
    administrator = actor_of(
        Person.objects.filter(staff_member__grants__role__slug="administrator").first(), NOW.date()
    )
    before = dict(Commitment.objects.values_list("pk", "due_at"))
    day = next(day for day in (localdate(NOW) + timedelta(days=n) for n in range(1, 9)) if day.weekday() < 5)
    add_holiday(day=day, name="Duelo nacional", actor=administrator, now=NOW)
    moved = Recount.objects.count()
    assert moved > 0
    assert found("due") == found("ended") == []
    withdraw_holiday(holiday=ExtraHoliday.objects.get(), actor=administrator, now=NOW)
    assert found("due") == found("ended") == []
    assert Recount.objects.count() == 2 * moved
    assert dict(Commitment.objects.values_list("pk", "due_at")) == before


def test_a_breach_that_was_none_and_an_end_before_the_start():
    kept = [c for c in Commitment.objects.exclude(fulfilled_at=None)[:50] if c.was_kept][:2]
    Commitment.objects.filter(pk=kept[0].pk).update(breached_at=kept[0].due_at)
    Commitment.objects.filter(pk=kept[1].pk).update(fulfilled_at=kept[1].starts_at - timedelta(hours=1))
    sentences = found("ended")
    assert any("but was kept in time" in sentence for sentence in sentences)
    assert any("before it started" in sentence for sentence in sentences)


def test_a_rut_with_a_wrong_digit_and_one_that_may_be_somebodys(settings):
    settings.DEMO = True
    first, second = Company.objects.exclude(rut=None).order_by("id")[:2]
    wrong = first.rut[:-1] + ("1" if first.rut[-1] != "1" else "2")
    Company.objects.filter(pk=first.pk).update(rut=wrong)
    Company.objects.filter(pk=second.pk).update(rut="123456785")
    sentences = found("ruts")
    assert any("check digit is wrong" in sentence for sentence in sentences)
    assert any("of no demonstration" in sentence for sentence in sentences)
    settings.DEMO = False
    assert len(found("ruts")) == 1


def test_user_dates_that_no_action_gives():
    company = CountingAction.objects.first().company
    Company.objects.filter(pk=company.pk).update(user_until=NOW.date())
    assert "is a user until" in only_now("worked")
    Company.objects.filter(pk=company.pk).update(user_until=company.user_until)
    never = Company.objects.filter(counting_actions=None).first()
    Company.objects.filter(pk=never.pk).update(last_worked_on=NOW.date())
    assert "its actions say None" in only_now("worked")


def test_an_interview_that_does_not_count():
    held = Step.objects.filter(transition="hold_interview").first()
    held.pk, held.taken_at = None, NOW
    held.save(force_insert=True)
    company = held.matter.company_id
    assert only_now("counted").endswith(f"of 2026-11-19 by an executive does not count for company {company}.")


def test_what_counts_and_is_in_no_logbook():
    action = CountingAction.objects.exclude(kind="interview").first()
    action.pk, action.done_on = None, action.done_on - timedelta(days=400)
    action.save(force_insert=True)
    assert f"on {action.done_on}" in only_now("cited")


def test_a_validation_that_was_withdrawn():
    validation = Validation.objects.first()
    Validation.objects.filter(pk=validation.pk).update(withdrawn_at=NOW)
    assert "the validation in force is of None" in only_now("validated")


def test_an_executive_without_assignment_and_without_role():
    company = Company.objects.exclude(executive=None).first()
    Assignment.objects.filter(company=company).update(until_at=NOW)
    assert "assignment in force says None" in only_now("assigned")
    RoleGrant.objects.filter(staff_member__person=company.executive).delete()
    assert all("holds no role" in sentence for sentence in found("attended"))
    assert found("attended")


def test_a_match_key_of_another_name():
    Company.objects.filter(pk=Company.objects.first().pk).update(match_name="otro nombre")
    assert "match keys of another name" in only_now("matched")


def test_a_company_of_the_register_with_a_matter():
    matter = an_intake(state="to_contact")
    Company.objects.filter(pk=matter.company_id).update(related_on=None)
    assert len(found("related")) == 2  # its matter, and its mandate


def test_a_potential_that_no_test_gave():
    intake = Intake.objects.filter(potential="high").first()
    Intake.objects.filter(pk=intake.pk).update(potential="low")
    assert "no review changed it" in only_now("potentials")


def test_a_message_that_is_settled_without_a_date():
    Message.objects.filter(pk=Message.objects.filter(state="sent").first().pk).update(settled_at=None)
    assert "is settled, but not since when" in only_now("messages")


def test_what_the_index_lacks_and_what_it_has_too_much():
    row = SearchRow.objects.filter(kind="company").first()
    SearchRow.objects.filter(pk=row.pk).update(object_id=987_654_321)
    sentences = found("indexed")
    assert f"company {row.object_id} is not in the search index." in sentences
    assert "The search index has company 987654321, which is not there." in sentences


def test_a_count_that_left_the_companies():
    tally = CompanyTally.objects.filter(is_related=False, many__gt=0).first()
    CompanyTally.objects.filter(pk=tally.pk).update(many=F("many") + 2)
    assert only_now("tallied").startswith(f"Region {tally.region_id} counts ")
