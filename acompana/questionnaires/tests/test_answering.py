from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from acompana.kernel.refusals import Refused
from acompana.questionnaires.models import Response, Version
from acompana.questionnaires.operations import (
    MissingAnswers,
    WrongAnswers,
    finish_response,
    replace_response,
    save_answers,
    start_response,
)
from acompana.questionnaires.queries import (
    answer_rows,
    answers_of,
    changes_between,
    compare,
    definition_of,
    draft_of,
    latest_response,
    responses_of,
    result_of,
)

from .conftest import FULL, small_definition

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(small_version, company, ana, now) -> Response:
    return start_response(instrument="small", company=company, actor=ana, now=now)


@pytest.fixture
def finished(draft, ana, now) -> Response:
    save_answers(response=draft, answers=FULL, actor=ana, now=now)
    finish_response(response=draft, actor=ana, now=now)
    return draft


def test_starting_again_goes_on_with_the_same_draft(draft, company, ana, now):
    again = start_response(instrument="small", company=company, actor=ana, now=now + timedelta(days=3))
    assert again == draft
    assert draft_of(instrument="small", company=company) == draft


def test_an_instrument_without_version_in_force_is_refused(company, ana, now):
    with pytest.raises(Refused, match="no está disponible"):
        start_response(instrument="nothing", company=company, actor=ana, now=now)


def test_half_a_questionnaire_is_kept(draft, ana, now):
    """INT-23"""
    save_answers(response=draft, answers={"plan": "idea"}, actor=ana, now=now)
    save_answers(response=draft, answers={"years": "3", "plan": "written"}, actor=ana, now=now)
    save_answers(response=draft, answers={"years": ""}, actor=ana, now=now)
    assert answers_of(draft) == {"plan": "written"}
    assert not Response.objects.get(pk=draft.pk).is_finished


def test_wrong_answers_are_named_and_nothing_is_written(draft, ana, now):
    with pytest.raises(WrongAnswers) as refusal:
        save_answers(response=draft, answers={"plan": "idea", "years": "x", "other": "y"}, actor=ana, now=now)
    assert set(refusal.value.errors) == {"years", "other"}
    assert answers_of(draft) == {}


def test_finishing_without_everything_says_what_is_missing(draft, ana, now):
    save_answers(response=draft, answers={"plan": "written"}, actor=ana, now=now)
    with pytest.raises(MissingAnswers) as refusal:
        finish_response(response=draft, actor=ana, now=now)
    assert [question.slug for question in refusal.value.questions] == ["goals", "years", "channels"]
    assert refusal.value.reason == "Falta responder 3 preguntas."


def test_finishing_keeps_points_and_band_and_twice_is_once(draft, ana, now):
    save_answers(response=draft, answers=FULL, actor=ana, now=now)
    first = finish_response(response=draft, actor=ana, now=now)
    second = finish_response(response=draft, actor=ana, now=now + timedelta(seconds=1))
    assert first == second
    row = Response.objects.get()
    assert (row.points, row.band, row.finished_at, row.finished_by) == (100, "high", now, ana.person)


def test_answers_that_ended_up_hidden_are_dropped(draft, ana, now):
    save_answers(response=draft, answers=FULL, actor=ana, now=now)
    save_answers(response=draft, answers={"plan": "no"}, actor=ana, now=now)
    finish_response(response=draft, actor=ana, now=now)
    assert "goals" not in answers_of(draft)


def test_what_was_sent_does_not_change(finished, ana, now):
    with pytest.raises(Refused, match="ya fueron enviadas"):
        save_answers(response=finished, answers={"plan": "no"}, actor=ana, now=now)
    assert answers_of(finished) == FULL


def test_one_test_per_company_but_for_former_users(company, ana, now, shipped, db):
    """INT-15, INT-13"""
    version = Version.objects.get(instrument="export-test-goods", published_at__isnull=False)
    Response.objects.create(
        version=version,
        company=company,
        started_at=now,
        started_by=ana.person,
        finished_at=now,
        points=50,
        band="medium",
    )
    with pytest.raises(Refused, match="una sola vez"):
        start_response(instrument="export-test-services", company=company, actor=ana, now=now)
    anew = start_response(instrument="export-test-services", company=company, actor=ana, now=now, again=True)
    assert anew.version.instrument == "export-test-services"


def test_two_tests_begun_side_by_side_end_in_one(company, ana, now, shipped):
    drafts = []
    for instrument in ("export-test-goods", "export-test-services"):
        draft = start_response(instrument=instrument, company=company, actor=ana, now=now)
        answers = {
            question.slug: 5 if question.kind == "number" else question.options[0].value
            for question in definition_of(draft).questions
        }
        save_answers(response=draft, answers=answers, actor=ana, now=now)
        drafts.append(draft)
    assert finish_response(response=drafts[0], actor=ana, now=now + timedelta(minutes=9)).band == "high"
    with pytest.raises(Refused, match="ya envió este test"):
        finish_response(response=drafts[1], actor=ana, now=now + timedelta(minutes=10))
    assert finish_response(response=drafts[0], actor=ana, now=now + timedelta(minutes=11)).band == "high"


def test_the_executive_replaces_answers_and_each_version_is_kept(finished, carolina, now, company):
    """INT-15"""
    later = now + timedelta(days=90)
    new = replace_response(
        response=finished,
        answers={"plan": "no", "years": 7},
        reason="Cambió la gerencia y no hay plan.",
        actor=carolina,
        now=later,
    )
    assert answers_of(finished) == FULL
    assert answers_of(new) == {"plan": "no", "years": 7, "channels": ["web", "shop"]}
    assert (new.replaces, new.band, new.points) == (finished, "medium", 50)
    assert [(c.text, c.before, c.after) for c in changes_between(finished, new)] == [
        ("¿Tienes un plan?", "Por escrito", "No"),
        ("¿Tiene metas?", "Sí", ""),
        ("¿Cuántos años llevas?", "6 años", "7 años"),
    ]
    assert latest_response(company=company, instrument="small") == new


@pytest.mark.parametrize(
    ("answers", "reason", "sentence"),
    [
        ({"plan": "no"}, " ", "por qué"),
        ({"plan": "written"}, "Nada", "No cambiaste"),
        ({"years": ""}, "Borro", "Falta responder una pregunta"),
    ],
)
def test_a_replacement_needs_a_reason_a_change_and_all_answers(finished, carolina, now, answers, reason, sentence):
    with pytest.raises(Refused, match=sentence):
        replace_response(response=finished, answers=answers, reason=reason, actor=carolina, now=now)


def test_a_company_does_not_replace_its_own_answers(finished, ana, now):
    with pytest.raises(Refused, match="la agencia"):
        replace_response(response=finished, answers={"plan": "no"}, reason="Quiero", actor=ana, now=now)


def test_a_response_is_replaced_once(finished, carolina, now):
    replace_response(response=finished, answers={"years": 9}, reason="Uno", actor=carolina, now=now)
    with pytest.raises(Refused, match="versión más nueva"):
        replace_response(response=finished, answers={"years": 8}, reason="Dos", actor=carolina, now=now)


def test_answers_keep_the_version_that_they_were_given_to(finished, company, small_version, now, ana):
    """INT-9"""
    definition = small_definition()
    definition["bands"] = [{"slug": "low", "label": "Bajo", "from": 0}]
    small_version.retired_at = now
    small_version.save(update_fields=["retired_at"])
    Version.objects.create(instrument="small", number=2, title="Pequeño", definition=definition, published_at=now)
    assert result_of(Response.objects.get(pk=finished.pk)).band == "high"
    newer = start_response(instrument="small", company=company, actor=ana, now=now)
    assert newer.version.number == 2


def test_the_curve_of_repeated_measures(finished, carolina, now, company):
    """EXP-19"""
    for days, plan in ((30, "no"), (60, "idea")):
        newest = latest_response(company=company, instrument="small")
        assert newest
        replace_response(
            response=newest,
            answers={"plan": plan, "goals": "yes" if plan == "idea" else ""},
            reason="Visita",
            actor=carolina,
            now=now + timedelta(days=days),
        )
    curve = compare(responses_of(company=company, instrument="small"))
    assert [measure.points for measure in curve] == [100, 50, 87.5]
    assert [measure.change for measure in curve] == [None, -50, 37.5]
    assert all(measure.same_version for measure in curve)
    assert curve[1].shares == {"one": 0, "two": 100}


@pytest.mark.parametrize("count", [1, 3])
def test_the_curve_makes_the_same_number_of_queries(
    finished, carolina, now, company, count, django_assert_num_queries
):
    response = finished
    for number in range(count - 1):
        response = replace_response(
            response=response, answers={"years": 10 + number}, reason="Visita", actor=carolina, now=now
        )
    with django_assert_num_queries(2):
        assert len(compare(responses_of(company=company, instrument="small"))) == count


def test_the_rows_show_what_was_asked(finished):
    assert [row.answer for row in answer_rows(finished)] == ["Por escrito", "Sí", "6 años", "Web; Tienda", ""]


def test_a_published_version_never_changes_not_even_by_the_database(small_version):
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Version.objects.filter(pk=small_version.pk).update(definition={})
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Version.objects.filter(pk=small_version.pk).update(published_at=None)


def test_a_new_draft_begins_with_what_an_earlier_response_said(finished, small_version, company, ana, now):
    """INT-27: as far as the version in force asks the same; the rest is asked again."""
    small_version.retired_at = now
    small_version.save()
    changed = small_definition()
    plan = changed["questions"][0]
    plan["options"] = [option for option in plan["options"] if option["value"] != "written"]
    changed["questions"][1]["show_if"] = [{"question": "plan", "equals": ["idea"]}]
    changed["questions"] = [one for one in changed["questions"] if one["slug"] != "years"]
    Version.objects.create(instrument="small", number=2, title="Pequeño", definition=changed, published_at=now)
    later = now + timedelta(days=2)
    draft = start_response(instrument="small", company=company, again=True, earlier=finished, actor=ana, now=later)
    kept = {slug: value for slug, value in answers_of(finished).items() if slug not in ("plan", "years")}
    assert {"plan", "years"} < answers_of(finished).keys()
    assert answers_of(draft) == kept
    assert {one.answered_at for one in draft.answers.all()} == {now}  # when it was said, not when it was carried
    assert draft.saves == 0
