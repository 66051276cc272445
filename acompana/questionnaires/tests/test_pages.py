from __future__ import annotations

import pytest
from django.test import Client

from acompana.questionnaires.models import Response
from acompana.questionnaires.operations import finish_response, save_answers, start_response
from acompana.questionnaires.queries import answers_of

from .conftest import FULL

pytestmark = [pytest.mark.django_db, pytest.mark.urls("acompana.questionnaires.tests.harness")]


@pytest.fixture
def draft(small_version, company, ana, now) -> Response:
    return start_response(instrument="small", company=company, actor=ana, now=now)


@pytest.fixture
def browser(client: Client, ana) -> Client:
    client.force_login(ana.person, backend="acompana.people.backends.Backend")
    return client


@pytest.fixture
def desk(client: Client, carolina) -> Client:
    client.force_login(carolina.person, backend="acompana.people.backends.Backend")
    return client


def page(response) -> str:
    return response.content.decode()


def test_one_question_per_page_says_where_one_is(browser, draft):
    text = page(browser.get(f"/prueba/{draft.pk}/pregunta/plan/"))
    assert "Pregunta 1 de hasta 5 · Una" in text
    assert "La primera." in text
    assert "¿Tienes un plan?" in text
    assert "<script>" not in text


def test_each_answer_is_kept_and_leads_to_the_next(browser, draft):
    response = browser.post(f"/prueba/{draft.pk}/pregunta/plan/", {"plan": "written"})
    assert response.url == f"/prueba/{draft.pk}/pregunta/goals/"
    assert answers_of(draft) == {"plan": "written"}
    assert "Pregunta 2 de 5 ·" in page(browser.get(response.url))


def test_a_hidden_question_is_jumped_over_and_leads_back_to_where_one_was(browser, draft):
    response = browser.post(f"/prueba/{draft.pk}/pregunta/plan/", {"plan": "no"})
    assert response.url == f"/prueba/{draft.pk}/pregunta/years/"
    assert browser.get(f"/prueba/{draft.pk}/pregunta/goals/").url == f"/prueba/{draft.pk}/pregunta/years/"
    assert browser.get(f"/prueba/{draft.pk}/pregunta/nothing/").status_code == 404


def test_a_blank_or_wrong_answer_is_told_at_the_field_and_nothing_typed_is_lost(browser, draft):
    text = page(browser.post(f"/prueba/{draft.pk}/pregunta/plan/", {}))
    assert text.count("Elige una opción.") == 2  # in the summary and at the field
    text = page(browser.post(f"/prueba/{draft.pk}/pregunta/years/", {"years": "muchos"}))
    assert 'value="muchos"' in text
    assert "Escribe un número, por ejemplo 12." in text
    text = page(browser.post(f"/prueba/{draft.pk}/pregunta/channels/", {"channels": ["web", "none"]}))
    assert "Deja una de las dos." in text
    assert answers_of(draft) == {}


def test_one_can_leave_without_answering_and_come_back(browser, draft):
    """INT-23"""
    response = browser.post(f"/prueba/{draft.pk}/pregunta/plan/", {"leave": ""})
    assert response.url == "/prueba/"
    browser.post(f"/prueba/{draft.pk}/pregunta/plan/", {"plan": "no", "leave": ""})
    assert answers_of(draft) == {"plan": "no"}
    assert browser.post("/prueba/empezar/small/").url == f"/prueba/{draft.pk}/pregunta/years/"


def test_the_last_question_leads_to_the_check_page(browser, draft):
    response = browser.post(f"/prueba/{draft.pk}/pregunta/remarks/", {"remarks": ""})
    assert response.url == f"/prueba/{draft.pk}/revisar/"


def test_the_check_page_lists_what_is_missing_with_links(browser, draft, ana, now):
    save_answers(response=draft, answers={"plan": "written"}, actor=ana, now=now)
    text = page(browser.get(f"/prueba/{draft.pk}/revisar/"))
    assert "Te faltan 3 respuestas" in text
    response = browser.post(f"/prueba/{draft.pk}/revisar/")
    assert response.status_code == 422
    assert f'href="/prueba/{draft.pk}/pregunta/goals/?volver=revisar"' in page(response)
    assert "Falta responder: ¿Cuántos años llevas?" in page(response)


def test_from_the_check_page_one_comes_back_to_it_through_what_is_missing(browser, draft, ana, now):
    save_answers(response=draft, answers={**FULL, "plan": "no"}, actor=ana, now=now)
    save_answers(response=draft, answers={"goals": ""}, actor=ana, now=now)
    changed = browser.post(f"/prueba/{draft.pk}/pregunta/plan/?volver=revisar", {"plan": "idea"})
    assert changed.url == f"/prueba/{draft.pk}/pregunta/goals/?volver=revisar"
    assert browser.post(changed.url, {"goals": "yes"}).url == f"/prueba/{draft.pk}/revisar/"


def test_sending_shows_the_result(browser, draft, ana, now):
    save_answers(response=draft, answers={**FULL, "plan": "idea"}, actor=ana, now=now)
    response = browser.post(f"/prueba/{draft.pk}/revisar/")
    text = page(browser.get(response.url))
    assert "Alto" in text
    assert "<strong>87,5</strong> de 100 puntos" in text
    assert "Falta un plan escrito." in text
    assert "Ciclo Plan de negocios exportador" in text
    assert "No oficial." in text
    assert "¿Cómo se calculó?" in text
    cells = text.split('aria-label="Cálculo por tema"')[1].split("</table>")[0].split("<td")[1:]
    assert cells
    assert all(cell.startswith(" data-label=") for cell in cells)  # on a phone each row is a card
    assert "table--plain" not in text.split("¿Cómo se calculó?")[1].split("</table>")[0]
    assert "6 de 8" in text
    assert "desde 40 y menos de 65 puntos" in text


def test_sending_twice_is_once(browser, draft, ana, now):
    save_answers(response=draft, answers=FULL, actor=ana, now=now)
    first = browser.post(f"/prueba/{draft.pk}/revisar/")
    assert browser.post(f"/prueba/{draft.pk}/revisar/").url == first.url
    assert Response.objects.count() == 1


def test_a_page_left_open_in_another_tab_is_told_that_it_was_sent(browser, draft, ana, now):
    save_answers(response=draft, answers=FULL, actor=ana, now=now)
    finish_response(response=draft, actor=ana, now=now)
    assert browser.get(f"/prueba/{draft.pk}/pregunta/plan/").url == "/prueba/"
    assert browser.get(f"/prueba/{draft.pk}/escritorio/").url == "/prueba/"
    response = browser.post(f"/prueba/{draft.pk}/pregunta/plan/", {"plan": "no"}, follow=True)
    assert "Estas respuestas ya fueron enviadas y no se pueden cambiar." in map(str, response.wsgi_request._messages)
    assert answers_of(draft)["plan"] == "written"


def test_the_start_page_says_what_will_be_asked_and_refuses_an_unknown_instrument(browser, shipped):
    text = page(browser.get("/prueba/empezar/export-test-goods/"))
    assert "No es el test oficial de la agencia" in text
    assert "Gestión y compromiso" in text


# --- the desk -------------------------------------------------------------------------------------------------------


def test_the_desk_keeps_a_draft_with_blanks(desk, draft):
    assert desk.post(f"/prueba/{draft.pk}/escritorio/", {"plan": "no", "save": ""}).status_code == 302
    assert answers_of(draft) == {"plan": "no"}


def test_the_desk_keeps_what_is_being_typed_and_says_which_draft_it_is_now(desk, draft):
    """INT-23, EXP-13"""
    address, keep = f"/prueba/{draft.pk}/escritorio/", {"headers": {"X-Autosave": "1"}}
    assert "data-autosave" in page(desk.get(address))
    first = desk.post(address, {"saves": 0, "plan": "no", "years": "muchos"}, **keep)
    assert (first.status_code, first.json()["saves"], answers_of(draft)) == (422, 1, {"plan": "no"})
    assert "salvo lo que hay que revisar en" in first.json()["reason"]
    assert desk.post(address, {"saves": 1, "plan": "idea"}, **keep).json()["saves"] == 2
    stale = desk.post(address, {"saves": 1, "plan": "no"}, **keep)
    assert (stale.status_code, answers_of(draft)) == (409, {"plan": "idea"})
    assert "Lo tuyo no quedó guardado" in stale.json()["reason"]


def test_the_desk_finishes_when_what_is_asked_is_answered(desk, draft):
    answers = {"plan": "no", "years": "3", "channels": ["web"], "finish": ""}
    incomplete = desk.post(f"/prueba/{draft.pk}/escritorio/", {**answers, "years": ""})
    assert incomplete.status_code == 422
    assert "Escribe un número." in page(incomplete)
    assert "Elige sí o no." not in page(incomplete)  # it is not asked of who has no plan
    assert desk.post(f"/prueba/{draft.pk}/escritorio/", answers).url == f"/prueba/{draft.pk}/resultado/"
    draft.refresh_from_db()
    assert draft.is_finished


def test_the_desk_shows_points_conditions_and_the_company_s_answers_beside(desk, draft, company, carolina, ana, now):
    save_answers(response=draft, answers=FULL, actor=ana, now=now)
    finish_response(response=draft, actor=ana, now=now)
    mine = Response.objects.create(version=draft.version, company=company, started_at=now, started_by=carolina.person)
    text = page(desk.get(f"/prueba/{mine.pk}/escritorio/"))
    assert "Respuestas de la empresa" in text
    assert "Web; Tienda" in text
    assert "4 puntos" in text
    assert "no cuenta" in text
    assert "Se responde si en «¿Tienes un plan?» la respuesta es «Por escrito» o «Una idea»." in text


def test_a_question_with_a_condition_says_when_it_is_asked_and_never_that_it_is_optional(desk, draft):
    address = f"/prueba/{draft.pk}/escritorio/"

    def legend(answer):
        return page(answer).split("¿Tiene metas?")[-1].split('<div class="choices__list">')[0]

    for answer in (desk.get(address), desk.post(address, {"plan": "no", "years": "", "finish": ""})):
        assert "(opcional)" not in legend(answer)
        assert "Se responde si en «¿Tienes un plan?»" in legend(answer)
        assert "field__error" not in legend(answer)
    assert "field__error" in legend(desk.post(address, {"plan": "idea", "years": "", "finish": ""}))


def test_the_executive_updates_answers_with_why(desk, draft, ana, now, company):
    save_answers(response=draft, answers=FULL, actor=ana, now=now)
    finish_response(response=draft, actor=ana, now=now)
    form = {**FULL, "plan": "no", "reason": ""}
    assert "Escribe por qué se actualizan las respuestas." in page(desk.post(f"/prueba/{draft.pk}/actualizar/", form))
    same = desk.post(f"/prueba/{draft.pk}/actualizar/", {**FULL, "reason": "Visita"})
    assert "No cambiaste ninguna respuesta." in page(same)
    done = desk.post(f"/prueba/{draft.pk}/actualizar/", {**form, "reason": "Cambió la gerencia"})
    assert done.status_code == 302
    new = Response.objects.get(replaces=draft)
    assert new.points == 50
    assert "Cambió la gerencia" in page(desk.get(done.url))
