"""Two tabs at once, with real transactions. On SQLite writers queue; on PostgreSQL they meet."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from acompana.companies.models import Company
from acompana.kernel.refusals import Refused
from acompana.people.actors import Actor
from acompana.people.models import Person
from acompana.questionnaires.models import Answer, Response, Version
from acompana.questionnaires.operations import finish_response, save_answers, start_response
from acompana.reference.models import Country

from .conftest import FULL, NOW, small_definition

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts) -> list[object]:
    """Runs the acts at the same instant; gives back what each returned or raised."""
    gate = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(index: int, act) -> None:
        try:
            gate.wait(timeout=10)
            results[index] = act()
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


@pytest.fixture
def draft() -> Response:
    chile = Country.objects.get_or_create(
        alpha2="CL", defaults={"alpha3": "CHL", "name": "Chile", "name_en": "Chile"}
    )[0]
    Version.objects.create(
        instrument="small", number=1, title="Pequeño", definition=small_definition(), published_at=NOW
    )
    company = Company.objects.create(legal_name="Conservas Alto Roble SpA", country=chile, created_at=NOW)
    ana = Person.objects.create_user("ana@ejemplo.cl", joined_at=NOW)
    return start_response(instrument="small", company=company, actor=Actor(person=ana), now=NOW)


def copy_of(response: Response) -> Response:
    return Response.objects.select_related("version").get(pk=response.pk)


def test_starting_from_two_tabs_makes_one_draft(draft):
    actor = Actor(person=draft.started_by)
    company = draft.company
    Response.objects.all().delete()
    begin = [lambda: start_response(instrument="small", company=company, actor=actor, now=NOW)] * 2
    first, second = together(*begin)
    assert first == second
    assert Response.objects.count() == 1


def test_the_same_answer_from_two_tabs_is_kept_once(draft):
    actor = Actor(person=draft.started_by)
    acts = [
        lambda value=value: save_answers(response=copy_of(draft), answers={"plan": value}, actor=actor, now=NOW)
        for value in ("idea", "written")
    ]
    results = together(*acts)
    assert not [error for error in results if isinstance(error, Exception)]
    assert Answer.objects.filter(question="plan").count() == 1


def test_sending_from_two_tabs_is_once_and_a_late_answer_is_refused(draft):
    actor = Actor(person=draft.started_by)
    save_answers(response=draft, answers=FULL, actor=actor, now=NOW)
    send = [lambda: finish_response(response=copy_of(draft), actor=actor, now=NOW)] * 2
    first, second = together(*send)
    assert first == second
    with pytest.raises(Refused, match="ya fueron enviadas"):
        save_answers(response=copy_of(draft), answers={"plan": "no"}, actor=actor, now=NOW)
    assert copy_of(draft).points == 100
