"""A declaration that is not accepted: what it means is said before it is sent, and the desk reads why (INT-27)."""

from __future__ import annotations

import re
from copy import deepcopy

import pytest
from django.test import Client
from django.utils.html import strip_tags

from acompana.companies.models import Company
from acompana.demonstration.cast import Cast, make_people
from acompana.demonstration.roads import hold_interview
from acompana.intake import operations as intake
from acompana.intake.queries import latest_intake_of
from acompana.kernel.refusals import Refused
from acompana.matters.models import Matter
from acompana.messages.models import Message
from acompana.questionnaires.content import shipped_definitions
from acompana.questionnaires.models import Response
from acompana.questionnaires.operations import finish_response, save_answers, start_response
from acompana.questionnaires.queries import answers_of
from tests.kept import made_once
from tests.road.test_road import NOW, road_to_result

pytestmark = pytest.mark.django_db
WHY = "Este año no podemos comprometer asistencia: somos dos personas."


def interviewed(kept_cast: Cast) -> Company:
    """With a high result, at its pre-admission."""
    cast = deepcopy(kept_cast)
    company = road_to_result(cast, level="high")
    executive, matter = cast.actor("executive", NOW), latest_intake_of(company).matter
    intake.record_contact(matter=matter, contact=None, channel="phone", text="", actor=executive, now=NOW)
    hold_interview(matter, executive=executive, now=NOW)
    intake.validate(matter=matter, actor=executive, now=NOW)
    return company


kept_cast = made_once(lambda: make_people(now=NOW))
kept_company = made_once(interviewed, upon="kept_cast")


@pytest.fixture
def cast(db, kept_cast) -> Cast:
    return deepcopy(kept_cast)


@pytest.fixture
def company(cast, kept_company) -> Company:
    return deepcopy(kept_company)


def entered_as(person) -> Client:
    client = Client()
    client.force_login(person, backend="acompana.people.backends.Backend")
    return client


def draft_with_a_no(cast: Cast, company: Company) -> tuple[Matter, Response]:
    matter, owner = latest_intake_of(company).matter, cast.actor("newcomer", NOW)
    draft = start_response(
        instrument="preadmissibility", company=company, matter=matter, again=True, actor=owner, now=NOW
    )
    said = {slug: "yes" for slug in ("true_data", "activities", "represent", "results")} | {"conduct": "no"}
    save_answers(response=draft, answers=said, actor=owner, now=NOW)
    return matter, draft


def test_a_no_says_what_it_means_and_goes_with_its_reason(cast, company):
    _, draft = draft_with_a_no(cast, company)
    client, address = entered_as(cast["newcomer"]), f"/mi-empresa/{company.pk}/preadmisibilidad/revisar/"
    page = client.get(address).content.decode()
    assert "Está todo respondido" not in page
    assert page.count("Con este No no podremos preadmitirte: cuéntanos por qué, o cámbialo.") == 1
    assert (
        "preadmisibilidad/mensaje/?volver=revisar" in page.split('class="notice notice--warn"')[1].split("</div>")[0]
    )
    refused = client.post(address)
    assert refused.status_code == 422
    assert "Respondiste No a una declaración: cuéntanos por qué, o cámbiala." in refused.content.decode()
    assert "Enviar mi preadmisibilidad" in refused.content.decode()
    draft.refresh_from_db()
    assert draft.finished_at is None
    told = client.post(f"/mi-empresa/{company.pk}/preadmisibilidad/mensaje/?volver=revisar", {"message": WHY})
    assert (told.status_code, told["Location"]) == (302, address)
    assert "Con este No no podremos preadmitirte. Leeremos por qué." in client.get(address).content.decode()
    assert client.post(address).status_code == 302
    found = latest_intake_of(company)
    assert found.matter.state == "preadmissibility_review"
    desk = entered_as(cast["executive"]).get(f"/escritorio/ingresos/{found.matter.number}/preadmisibilidad/")
    assert desk.content.decode().count("Respondió que No") == 1
    assert desk.content.decode().count("Sí, lo declaro") == 3  # and all the others
    assert f"<strong>Su motivo:</strong> {WHY}" in desk.content.decode()


def test_a_no_without_reason_is_refused_by_the_operation(cast, company):
    matter, draft = draft_with_a_no(cast, company)
    owner = cast.actor("newcomer", NOW)
    finish_response(response=draft, actor=owner, now=NOW)
    with pytest.raises(Refused, match="cuéntanos por qué"):
        intake.submit_preadmissibility(matter=matter, response=draft, actor=owner, now=NOW)
    assert latest_intake_of(company).matter.state == "preadmissibility"


def test_what_is_to_be_corrected_stands_on_the_route(cast, company):
    client, address = entered_as(cast["newcomer"]), f"/mi-empresa/{company.pk}/"
    assert "Ahora te toca a ti: el último paso" in client.get(address).content.decode()
    matter, draft = draft_with_a_no(cast, company)
    owner, executive = cast.actor("newcomer", NOW), cast.actor("executive", NOW)
    save_answers(response=draft, answers={"message": WHY}, actor=owner, now=NOW)
    finish_response(response=draft, actor=owner, now=NOW)
    intake.submit_preadmissibility(matter=matter, response=draft, actor=owner, now=NOW)
    matter.refresh_from_db()
    intake.return_preadmissibility(matter=matter, reason="Confirma si asistirás.", actor=executive, now=NOW)
    page = client.get(address).content.decode()
    assert "Te pedimos corregir: Confirma si asistirás." in page
    assert "Lo que debes revisar" not in page  # nothing was marked
    assert "el último paso" not in page.split('class="callout')[1].split("</section>")[0]


def test_what_was_answered_is_there_when_it_is_to_be_corrected(cast, company):
    """INT-27: who is asked to correct one declaration answers that one alone, and reads why beside it."""
    matter, draft = draft_with_a_no(cast, company)
    owner = cast.actor("newcomer", NOW)
    save_answers(response=draft, answers={"message": WHY}, actor=owner, now=NOW)
    finish_response(response=draft, actor=owner, now=NOW)
    intake.submit_preadmissibility(matter=matter, response=draft, actor=owner, now=NOW)
    number, asked = matter.number, "Con quién conversaste tu asistencia?"
    desk, decide = entered_as(cast["executive"]), f"/escritorio/ingresos/{number}/preadmisibilidad/"
    parts = re.findall(r'<input[^>]*name="parts"[^>]*>', desk.get(decide).content.decode())
    assert len(parts) == 6
    assert [re.search('value="(.*?)"', one).group(1) for one in parts if "checked" in one] == ["conduct"]  # declined
    assert desk.post(decide, {"verb": "return", "parts": ["conduct"], "reason": asked}).status_code == 302

    client, start = entered_as(cast["newcomer"]), f"/mi-empresa/{company.pk}/preadmisibilidad/"
    first = client.get(start).content.decode()
    assert "Corregir las declaraciones" in first
    assert re.search(r"Por corregir.{1,20}La empresa aceptó las declaraciones", strip_tags(first))
    letter = Message.objects.get(template="intake/preadmissibility_returned").body
    for told in (first, client.get(f"/mi-empresa/{company.pk}/").content.decode(), letter):
        assert "¿Te comprometes a asistir a lo que te inscribas" in told
        assert "¿Te comprometes a contarnos" not in told
    begun = client.post(start)
    assert (begun.status_code, begun["Location"]) == (302, f"{start}revisar/")  # nothing is left to answer
    shown = client.get(f"{start}revisar/").content.decode()
    assert shown.count("Sí, lo declaro") == 3
    assert shown.count(asked) == 1
    assert shown.count("Te pedimos corregir esto") == 1
    untouched = client.post(f"{start}revisar/")
    assert untouched.status_code == 422
    assert "si no puedes?». ¿La envías igual?" in untouched.content.decode()
    assert asked in client.get(f"{start}conducta/").content.decode()
    assert asked not in client.get(f"{start}resultados/").content.decode()
    assert client.post(f"{start}conducta/?volver=revisar", {"conduct": "yes"}).status_code == 302
    corrected = client.get(f"{start}revisar/").content.decode()
    assert "Te pedimos corregir esto" not in corrected
    assert corrected.count("Si explicaba un No que ya no está, cámbialo o bórralo.") == 1
    assert "Si explicaba un No" not in shown
    assert client.post(f"{start}revisar/").status_code == 302
    found = latest_intake_of(company)
    assert (found.matter.state, found.to_correct) == ("preadmissibility_review", [])
    assert found.declarations != draft
    assert answers_of(found.declarations) == answers_of(draft) | {"conduct": "yes"}


@pytest.mark.parametrize(
    ("marked", "question"),
    [
        (["results", "conduct"], "¿Las envías igual?"),
        ([], "No cambiaste ninguna respuesta. ¿Las envías igual?"),
    ],
)
def test_a_declaration_left_as_it_was_is_sent_after_being_asked_once(cast, company, marked, question):
    matter, draft = draft_with_a_no(cast, company)
    owner, executive = cast.actor("newcomer", NOW), cast.actor("executive", NOW)
    save_answers(response=draft, answers={"message": WHY}, actor=owner, now=NOW)
    finish_response(response=draft, actor=owner, now=NOW)
    intake.submit_preadmissibility(matter=matter, response=draft, actor=owner, now=NOW)
    matter.refresh_from_db()
    intake.return_preadmissibility(matter=matter, reason="Míralas otra vez.", parts=marked, actor=executive, now=NOW)
    client, check = entered_as(cast["newcomer"]), f"/mi-empresa/{company.pk}/preadmisibilidad/revisar/"
    client.post(f"/mi-empresa/{company.pk}/preadmisibilidad/")
    page = client.post(check)
    assert (page.status_code, question in page.content.decode()) == (422, True)
    kept = re.findall(r'name="as_it_is" value="(.*?)"', page.content.decode())
    assert sorted(kept) == sorted(marked or ["any"])
    assert client.post(check, {"as_it_is": kept}).status_code == 302
    assert latest_intake_of(company).matter.state == "preadmissibility_review"


def test_only_who_speaks_for_the_company_begins_its_declarations(cast, company):
    matter = latest_intake_of(company).matter
    with pytest.raises(Refused, match="quien representa a la empresa"):
        intake.begin_declarations(matter=matter, actor=cast.actor("executive", NOW), now=NOW)


def test_who_made_no_test_declares_nothing_of_one():
    """An exporter skips the test (INT-12): the shipped declaration fits both."""
    questions = {one["slug"]: one["text"] for one in shipped_definitions()["preadmissibility"]["questions"]}
    assert questions["true_data"] == (
        "¿Declaras que los datos de tu ficha, y los de tu test si lo hiciste, son verdaderos y están al día?"
    )


def test_what_was_declared_may_be_read_again(cast, company):
    _, draft = draft_with_a_no(cast, company)
    client, address = entered_as(cast["newcomer"]), f"/mi-empresa/{company.pk}/preadmisibilidad/"
    client.post(f"{address}mensaje/", {"message": WHY})
    assert client.post(f"{address}revisar/").status_code == 302
    page = client.get(address)
    words = strip_tags(page.content.decode())
    assert page.status_code == 200
    assert "Ya enviaste tu preadmisibilidad: la estamos revisando." in words
    assert "Enviaste estas declaraciones el" in words
    assert (words.count("Sí, lo declaro"), WHY in words) == (3, True)
    assert f'href="{address}"' in client.get(f"/mi-empresa/{company.pk}/").content.decode()
    assert client.post(address).status_code == 302
    Response.objects.filter(pk=draft.pk).update(finished_by=cast["executive"])
    assert f"{cast['executive']} envió estas declaraciones el" in client.get(address).content.decode()
