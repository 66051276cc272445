"""What the route page says where a test is half done, and that its figures agree with those of the result."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from acompana.cases.operations import ask_for_help
from acompana.commitments.models import Commitment
from acompana.companies.models import Mandate
from acompana.demonstration.cast import make_people
from acompana.demonstration.roads import fill_form, register
from acompana.intake import operations as intake
from acompana.intake.queries import latest_intake_of
from acompana.kernel.clock import read_clock
from acompana.messages.models import Message
from acompana.portal.not_now import why_no_test
from acompana.portal.route_page import route_page
from acompana.questionnaires.models import Response
from acompana.questionnaires.operations import save_answers, start_response
from acompana.questionnaires.pages import result_context
from acompana.questionnaires.queries import definition_of
from acompana.questionnaires.rules import visible_questions
from acompana.shell.words import long_date, reading_on
from tests.kept import copy_of, made_once
from tests.road.conftest import with_result
from tests.road.test_road import NOW

pytestmark = pytest.mark.django_db

kept_cast = made_once(lambda: make_people(now=NOW))
cast = copy_of("kept_cast")
kept_company, company = with_result("high"), copy_of("kept_company")
kept_low, low = with_result("low"), copy_of("kept_low")


def test_a_test_left_half_done_is_gone_on_with(cast):
    now = read_clock()
    company = register(cast, "newcomer", rut_number=41_900_077, name="Aceites SpA", region="CL-VS", now=now)
    actor = cast.actor("newcomer", now)
    fill_form(company, actor=actor, now=now)
    matter = latest_intake_of(company).matter
    intake.submit_characterization(matter=matter, actor=actor, now=now)
    client = Client()
    client.force_login(cast["newcomer"], backend="acompana.people.backends.Backend")
    address = f"/mi-empresa/{company.pk}/"
    assert "haz el test" in client.get(address).content.decode()
    matter.refresh_from_db()
    draft = start_response(instrument="export-test-goods", company=company, matter=matter, actor=actor, now=now)
    first, second = visible_questions(definition_of(draft), {})[:2]
    answers = {question.slug: question.options[0].value for question in (first, second) if question.options}
    save_answers(response=draft, answers=answers, actor=actor, now=now)
    page = client.get(address).content.decode()
    assert "termina tu test" in page
    assert f"Llevas {len(answers)} pregunta" in page
    assert "15 minutos" not in page


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ("test", "El test viene después de la ficha"),
        ("resultado", "primero envía tu ficha y haz el test"),
        ("resultado/revision", "primero envía tu ficha y haz el test"),
        ("preadmisibilidad", "es el último paso"),
    ],
)
def test_a_page_before_its_time_leads_to_the_route_and_says_why(cast, page, why):
    company = register(cast, "newcomer", rut_number=41_900_078, name="Mieles SpA", region="CL-VS", now=read_clock())
    client = Client()
    client.force_login(cast["newcomer"], backend="acompana.people.backends.Backend")
    answer = client.get(f"/mi-empresa/{company.pk}/{page}/", follow=True)
    assert answer.redirect_chain == [(f"/mi-empresa/{company.pk}/", 302)]
    assert why in answer.content.decode()


def test_a_test_that_was_made_says_so(company):
    assert why_no_test(latest_intake_of(company)) == "Ya hiciste el test: puedes ver tu resultado."


def test_the_points_of_a_gap_are_those_that_its_topic_lacks(low):
    shown = result_context(Response.objects.get(company=low, finished_at__isnull=False))
    lacks = {row.label: row.maximum - row.points for row in shown["result"].dimensions}
    found = [*shown["gaps"], *shown["more_gaps"]]
    assert found
    for topic in {gap.dimension for gap in found}:
        assert sum(Decimal(gap.missing.replace(",", ".")) for gap in found if gap.dimension == topic) <= lacks[topic]
    assert sum(gap.lost for gap in shown["result"].gaps) <= 100 - shown["result"].points + Decimal("0.1")


def test_the_page_of_a_result_that_a_review_raised_speaks_of_the_new_one(cast, low):
    client = Client()
    client.force_login(cast["newcomer"], backend="acompana.people.backends.Backend")
    address = f"/mi-empresa/{low.pk}/resultado/"
    assert "Los pasos que siguen" in client.get(address).content.decode()
    asked = intake.ask_review(
        intake=latest_intake_of(low), because="Tengo un pedido.", actor=cast.actor("newcomer", NOW), now=NOW
    )
    intake.decide_review(
        review=asked.review, potential="medium", because="Lo vi.", actor=cast.actor("executive", NOW), now=NOW
    )
    page = client.get(address).content.decode()
    assert "Los pasos que siguen" not in page
    assert "pasos que dar en Chile" not in page
    assert page.split('class="result__band">')[1].startswith('<span class="tag tag--blue">Potencial medio</span>')
    assert "Antes de la revisión el test había dado" in page


def test_the_second_person_of_a_company_adds_to_the_review_that_was_asked(cast, low):
    """Told by whom and when it was asked; her words reach whoever decides, and are lost to nobody (INT-29)."""
    Mandate.objects.create(company=low, person=cast["citizen"], state="active", basis="office", requested_at=NOW)
    pages = {}
    for key, because in (("newcomer", "Tengo un pedido."), ("citizen", "Y una carta de crédito.")):
        client = Client()
        client.force_login(cast[key], backend="acompana.people.backends.Backend")
        address = f"/mi-empresa/{low.pk}/resultado/revision/"
        pages[key] = client.post(address, {"because": because}, follow=True).content.decode()
    (review,) = latest_intake_of(low).reviews.all()
    assert f"{cast['newcomer'].full_name} ya pidió la revisión el" in pages["citizen"]
    assert "Y una carta de crédito." in pages["citizen"]
    assert "Pediste que una persona revise" not in pages["citizen"]
    client.force_login(cast["executive"], backend="acompana.people.backends.Backend")
    desk = client.get(f"/escritorio/revisiones/{review.matter.number}/").content.decode()
    assert "Tengo un pedido." in desk
    assert f"{cast['citizen'].full_name} agregó el" in desk
    assert "Y una carta de crédito." in desk


def test_nothing_is_now_on_a_route_that_was_left(cast, company):
    """It ended at the station where it stood: what came before was made, what followed does not come (INT-5)."""
    matter, client = latest_intake_of(company).matter, Client()
    client.force_login(cast["newcomer"], backend="acompana.people.backends.Backend")
    own = f"/mi-empresa/{company.pk}/"
    assert [one["state"] for one in client.get(own).context["page"].stations] == ["done"] * 3 + ["here", "ahead"]
    intake.withdraw(matter=matter, actor=cast.actor("newcomer", NOW), now=NOW, reason="Cierro la empresa")
    answer = client.get(own)
    assert [one["state"] for one in answer.context["page"].stations] == ["done"] * 3 + ["skipped"] * 2
    assert "Dejaste la ruta" in answer.content.decode()
    assert 'aria-current="step"' not in answer.content.decode().split("</ol>")[0]


def test_the_result_says_by_when_the_office_makes_contact_as_the_route_does(cast, company):
    client = Client()
    client.force_login(cast["newcomer"], backend="acompana.people.backends.Backend")
    route, shown = (client.get(f"/mi-empresa/{company.pk}/{page}").content.decode() for page in ("", "resultado/"))
    promise = route.split('<div class="promise">')[1].split("</div>")[0]
    assert "La oficina regional de Valparaíso" in promise
    assert "Vence el" in promise  # and why
    assert promise in shown
    assert f'<a href="/mi-empresa/{company.pk}/">Ver mi ruta</a>' in shown


def test_what_is_owed_on_the_route_comes_before_what_was_asked_apart(cast, company):
    before = NOW - timedelta(days=20)
    asked = ask_for_help(
        about="other", what_went_wrong="No entiendo una pregunta.", asker_name="Ana", asker_email="a@b.example",
        company=company, actor=cast.actor("newcomer", before), now=before,
    )  # fmt: skip
    client = Client()
    client.force_login(cast["newcomer"], backend="acompana.people.backends.Backend")
    owed = [one.commitment for one in client.get(f"/mi-empresa/{company.pk}/").context["page"].promises]
    assert [one.rule for one in owed] == ["DL-1", "DL-26"]
    assert owed[0].due_at > owed[1].due_at
    assert owed[1].matter == asked.matter


def test_a_result_promises_no_contact_that_is_behind(cast, company):
    client = Client()
    client.force_login(cast["newcomer"], backend="acompana.people.backends.Backend")
    address, promise = f"/mi-empresa/{company.pk}/resultado/", "tu oficina regional te contacta"
    assert promise in client.get(address).content.decode()
    matter = latest_intake_of(company).matter
    executive = cast.actor("executive", NOW)
    intake.record_contact(matter=matter, contact=None, channel="phone", text="", actor=executive, now=NOW)
    page = client.get(address).content.decode()
    assert promise not in page
    assert '<p class="lead">Potencial alto.</p>' in page


def test_a_low_tells_of_its_change_where_somebody_reads_it(cast, low):
    client = Client()
    client.force_login(cast["newcomer"], backend="acompana.people.backends.Backend")
    shown = client.get(f"/mi-empresa/{low.pk}/resultado/").content.decode()
    assert f'<a href="/ayuda/solicitud/?empresa={low.pk}">cuéntanos</a>' in shown
    assert 'class="promise"' not in shown


def test_the_letter_and_the_gaps_of_a_low_lead_to_material_that_is_there(cast, low):
    assert "/material/" in Message.objects.get(template="intake/result_low").body
    client = Client()
    client.force_login(cast["newcomer"], backend="acompana.people.backends.Backend")
    material = client.get("/material/").content.decode()
    topics = re.findall(r'href="/material/#([\w-]+)"', client.get(f"/mi-empresa/{low.pk}/resultado/").content.decode())
    assert len(topics) > 5
    assert all(f'id="{topic}"' in material for topic in topics)
    assert "Ver material" in {row["label"] for row in client.get(f"/mi-empresa/{low.pk}/").context["page"].meanwhile}


@pytest.mark.parametrize(("gaps", "words"), [(1, "la brecha que encontró el test y qué la"), (2, "qué las cierra")])
def test_the_sentence_agrees_with_how_many_there_are(low, gaps, words):
    page = route_page(
        company=low, intake=latest_intake_of(low), is_former=False, promises=[], interview=None,
        missing=0, gaps=gaps,
    )  # fmt: skip
    assert any(words in row["text"] for row in page.meanwhile)


def test_a_review_tells_both_sides_by_when_and_the_page_how_long_it_takes(cast, low):
    client = Client()
    client.force_login(cast["newcomer"], backend="acompana.people.backends.Backend")
    address = f"/mi-empresa/{low.pk}/resultado/revision/"
    assert "te escribe en 4 días hábiles o menos." in client.get(address).content.decode()
    client.post(address, {"because": "Tengo un pedido."})
    owed = Commitment.objects.get(company=low, rule="DL-27")
    with reading_on(timezone.localdate(NOW)):
        day = long_date(owed.due_at.astimezone(ZoneInfo(owed.office.time_zone)).date())
    office, ours = (
        Message.objects.get(company=low, template=f"intake/{name}") for name in ("review_asked", "review_received")
    )
    assert f"a más tardar el {day}." in office.body
    assert "Lo que dice la empresa:\nTengo un pedido." in office.body
    assert f"a más tardar el {day}." in ours.body
    assert (office.to_address, ours.to_address) == (owed.office.mailbox, low.contacts.get().email)
