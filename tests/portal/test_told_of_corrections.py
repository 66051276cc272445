"""What follows where a company's form says, late, that it exports: at its test it needs none, after a Low somebody
owes it a look; whoever corrects it, in the portal, at the desk or by the API (INT-4, INT-12, INT-13, INT-15)."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from acompana.commitments.models import Commitment
from acompana.companies.models import Company
from acompana.demonstration.cast import make_people
from acompana.demonstration.roads import register
from acompana.intake import operations as intake
from acompana.intake.models import Intake, Referral, Review
from acompana.intake.queries import latest_intake_of
from acompana.kernel.clock import read_clock
from acompana.logbook.models import Entry
from acompana.matters.models import Matter
from acompana.messages.models import Message
from acompana.questionnaires.queries import answers_of
from acompana.shell.words import long_date, reading_on
from tests.kept import copy_of, made_once
from tests.portal.corrections import (
    NOW,
    TODAY,
    begun_test,
    correct_at_desk,
    correct_by_api,
    entered_as,
    station_of_test,
    tell_of_exports,
    with_a_low_result,
    with_its_form_sent,
)

pytestmark = pytest.mark.django_db
NEEDS_NONE = (
    "Con exportaciones recientes no necesitas el test: tu oficina regional lo revisa y te responde a más tardar"
)

kept_cast = made_once(lambda: make_people(now=NOW))
kept_at_test = made_once(lambda kept_cast: with_its_form_sent(deepcopy(kept_cast)), upon="kept_cast")
kept_company = made_once(
    lambda kept_cast, kept_at_test: with_a_low_result(deepcopy(kept_cast), deepcopy(kept_at_test)),
    upon=("kept_cast", "kept_at_test"),
)
cast, at_test, company = copy_of("kept_cast"), copy_of("kept_at_test"), copy_of("kept_company")


def test_who_asks_in_words_is_told_that_they_asked(cast, company):
    client = entered_as(cast["newcomer"])
    address = f"/mi-empresa/{company.pk}/resultado/revision/"
    asked = client.post(address, {"because": "Tengo un pedido."}, follow=True).text
    assert "Pediste que una persona revise tu resultado" in asked
    assert "Lo que nos contaste" in asked
    assert "Ya pediste una revisión" in client.get(f"/mi-empresa/{company.pk}/resultado/").text
    number = Review.objects.get().matter.number
    assert "Lo que dice la empresa" in entered_as(cast["executive"]).get(f"/escritorio/revisiones/{number}/").text


def test_exports_told_after_a_low_are_looked_at_by_a_date(cast, company):
    client = entered_as(cast["newcomer"])
    page = tell_of_exports(client, company)
    review = Review.objects.get(intake__matter__company=company)
    owed = Commitment.objects.get(matter=review.matter)
    assert (owed.rule, owed.debtor, owed.office.code) == ("DL-27", "office", "CL-VS")
    with reading_on(TODAY):
        day = long_date(owed.due_at.astimezone(ZoneInfo(owed.office.time_zone)).date())
    assert f"{NEEDS_NONE} el {day}." in page
    assert f"({TODAY.year - 1}, Perú)" in review.asked_because
    route = client.get(f"/mi-empresa/{company.pk}/").content.decode()
    assert "Ahora nos toca a nosotros: revisamos tu resultado" in route
    assert "Un plan para prepararte" not in route
    letters = {one.template: one for one in Message.objects.filter(matter=review.matter)}
    assert set(letters) == {"intake/review_asked", "intake/review_received"}
    assert letters["intake/review_asked"].subject == f"{company.name} ahora dice que exporta: revisar su resultado"
    assert "Con exportaciones recientes no necesitas el test" in letters["intake/review_received"].body
    assert day in letters["intake/review_received"].body

    asked = client.get(f"/mi-empresa/{company.pk}/resultado/revision/").text
    assert "Revisamos tu resultado porque tu ficha dice que exportas" in asked
    assert "Por qué se revisa" in asked
    assert "Pediste que" not in asked
    assert "Lo que nos contaste" not in asked
    result = client.get(f"/mi-empresa/{company.pk}/resultado/").text
    assert "Se está revisando tu resultado." in result
    assert "Ya pediste una revisión" not in result
    added = client.post(
        f"/mi-empresa/{company.pk}/resultado/revision/", {"because": "Mira la factura."}, follow=True
    ).text
    assert "Tu resultado se está revisando desde el" in added

    desk, decide = entered_as(cast["executive"]), f"/escritorio/revisiones/{review.matter.number}/"
    shown = desk.get(decide).content.decode()
    assert "ahora dice que exporta" in shown
    assert "Por qué se revisa" in shown
    assert "Lo que dice la empresa" not in shown
    assert "Para atenderla elige potencial medio o alto" in shown
    assert desk.post(decide, {"potential": "medium", "because": "Exportó a Perú."}).status_code == 302
    found = latest_intake_of(company)
    assert (found.matter.state, found.is_exporter, found.supervised_by) == ("to_contact", True, "national-directorate")
    assert Commitment.objects.filter(matter=found.matter, rule="DL-1", fulfilled_at=None).count() == 1
    assert station_of_test(client, company)["state"] == "done"  # it made one, though it exports
    # Its office is told to contact it as after a test (INT-10).
    notice = Message.objects.get(matter=found.matter, template="intake/result_office")
    assert (notice.to_address, notice.subject) == (
        company.office.mailbox,
        f"{company.name}: potencial medio, contactar",
    )
    assert f"Una persona revisó el resultado de {company.name}: su potencial es medio." in notice.body


def test_one_look_is_owed_however_often_it_is_saved(cast, company):
    client, owner = entered_as(cast["newcomer"]), cast.actor("newcomer", NOW)
    asked = intake.ask_review(intake=latest_intake_of(company), because="Tengo un pedido.", actor=owner, now=NOW)
    assert NEEDS_NONE in tell_of_exports(client, company)
    assert NEEDS_NONE not in tell_of_exports(client, company)  # nothing new was told
    assert Review.objects.filter(intake__matter__company=company).count() == 1
    told = Entry.objects.get(company=company, fact="La empresa corrigió su ficha: ahora dice que exporta")
    assert told.matter == asked
    executive = cast.actor("executive", NOW)
    intake.decide_review(review=asked.review, potential="low", because="No exportó.", actor=executive, now=NOW)
    assert NEEDS_NONE not in tell_of_exports(client, company)
    assert Review.objects.filter(intake__matter__company=company).count() == 1


@pytest.mark.parametrize(
    ("language", "decided", "says"),
    [
        ("es", "medium", "el test había dado potencial bajo; quedó en potencial medio."),
        ("es", "low", "sigue en potencial bajo."),
        ("en", "medium", "the test had given low potential; it is now medium potential."),
    ],
)
def test_the_letter_of_a_review_names_both_results(cast, company, language, decided, says):
    company.contacts.update(language=language)
    asked = intake.ask_review(
        intake=latest_intake_of(company), because="Tengo un pedido.", actor=cast.actor("newcomer", NOW), now=NOW
    )
    desk = entered_as(cast["executive"])
    given = {"potential": decided, "because": "Lo vimos."}
    assert desk.post(f"/escritorio/revisiones/{asked.number}/", given).status_code == 302
    assert says in Message.objects.get(matter=asked, template="intake/review_decided").body


def test_a_review_that_was_answered_is_read_with_its_reason_where_it_was_asked_and_decided(cast, company):
    owner, desk = cast.actor("newcomer", NOW), entered_as(cast["executive"])
    asked = intake.ask_review(intake=latest_intake_of(company), because="Tengo un pedido.", actor=owner, now=NOW)
    decide = f"/escritorio/revisiones/{asked.number}/"
    before = desk.get(decide)
    assert before.context["form"]["potential"].value() is None  # nothing is chosen for who decides
    points = before.context["result"]["points"]
    assert f"Resultado automático: potencial bajo, con {points} de 100 puntos." in before.text
    assert before.context["owed"].get().rule == "DL-27"
    refused = desk.post(decide, {"because": "El pedido no está firmado."})
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"potential"})
    desk.post(decide, {"potential": "low", "because": "El pedido no está firmado."})
    after = desk.get(decide).text
    assert "Se mantiene el resultado: potencial bajo" in after
    assert "El pedido no está firmado." in after
    assert "Resolver la revisión" not in after
    answer = entered_as(cast["newcomer"]).get(f"/mi-empresa/{company.pk}/resultado/revision/").text
    assert "Una persona revisó tu resultado y lo mantuvo" in answer
    assert "El pedido no está firmado." in answer
    assert "Pide otra revisión" in answer
    result = entered_as(cast["newcomer"]).get(f"/mi-empresa/{company.pk}/resultado/").text
    assert "Una persona revisó tu resultado y lo mantuvo" in result
    assert "Pedir otra revisión" in result
    assert "lo revise una persona" not in result
    assert "decidido por" not in desk.get(company.get_absolute_url()).text
    # Where another result was decided, the desk says who did, and the page of results why.
    again = intake.ask_review(intake=latest_intake_of(company), because="Ya lo firmaron.", actor=owner, now=NOW)
    desk.post(f"/escritorio/revisiones/{again.number}/", {"potential": "medium", "because": "Ahora está firmado."})
    record = desk.get(company.get_absolute_url()).text
    assert f"<strong>Potencial medio</strong>, decidido por {cast['executive'].full_name} (" in record
    assert "Ahora está firmado." in desk.get(f"/escritorio/empresas/{company.pk}/resultados/").text


def test_a_former_user_updates_its_form_to_begin_again_and_asks_for_no_review(cast, company):
    long_ago = TODAY - timedelta(days=4 * 366)
    facts = {"last_worked_on": long_ago, "user_until": long_ago, "former_from": TODAY - timedelta(days=300)}
    Company.objects.filter(pk=company.pk).update(**facts)
    assert NEEDS_NONE not in tell_of_exports(entered_as(cast["newcomer"]), company)
    assert not Review.objects.exists()


def test_who_did_not_export_is_promised_nothing(cast, company):
    assert NEEDS_NONE not in tell_of_exports(entered_as(cast["newcomer"]), company, "no")
    assert not Review.objects.exists()


# --- whoever corrects it ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["desk", "token", "system"])
def test_the_agency_that_corrects_a_low_opens_the_same_review(cast, company, who):
    if who == "desk":
        page = correct_at_desk(entered_as(cast["director"]), company)
        assert "hay que revisar su resultado y responderle a más tardar el" in page
    else:
        correct_by_api(cast["director"] if who == "token" else None, company)
    review = Review.objects.get(intake__matter__company=company)
    assert Commitment.objects.get(matter=review.matter).rule == "DL-27"
    assert review.matter.person is None
    told = {one.template: one.body for one in Message.objects.filter(matter=review.matter)}
    assert set(told) == {"intake/review_asked", "intake/review_received"}
    assert "La ficha de Aceites del Valle SpA se corrigió: ahora dice que exporta." in told["intake/review_received"]
    client = entered_as(cast["newcomer"])
    assert "Ahora nos toca a nosotros: revisamos tu resultado" in client.get(f"/mi-empresa/{company.pk}/").text
    history = client.get(f"/mi-empresa/{company.pk}/historia/").text
    assert "Tu ficha dice que exportas: una persona revisa tu resultado" in history


def test_the_agency_that_saves_what_was_said_already_asks_for_nothing_more(cast, company):
    tell_of_exports(entered_as(cast["newcomer"]), company)
    asked, now = Review.objects.get(), read_clock()
    intake.decide_review(
        review=asked, potential="low", because="No exportó.", actor=cast.actor("executive", now), now=now
    )
    correct_at_desk(entered_as(cast["director"]), company)
    assert Review.objects.get() == asked


# --- at its test -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("way_in", "rule", "by"), [("new", "DL-3", "INT-12"), ("former", "DL-4", "INT-13")])
def test_who_tells_of_exports_at_its_test_goes_the_exporters_way(cast, at_test, way_in, rule, by):
    company, draft, client = at_test, begun_test(cast, at_test), entered_as(cast["newcomer"])
    kept = answers_of(draft)
    Intake.objects.filter(matter__company=company).update(way_in=way_in)
    if way_in == "former":  # who comes back is not who came first
        Company.objects.filter(pk=company.pk).update(last_worked_on="2021-03-12")
        company.contacts.update(email="antes@aceites.example", name="Quien Estaba Antes")
    page = tell_of_exports(client, company)
    assert "Con exportaciones recientes no necesitas el test: tu oficina regional te contacta a más tardar" in page
    found = latest_intake_of(company)
    assert (found.matter.state, found.is_exporter, found.routing_rule) == ("to_contact", True, by)
    assert found.supervised_by == "national-directorate"
    owed = Commitment.objects.get(matter=found.matter)
    assert (owed.rule, owed.office.code, owed.is_open) == (rule, "CL-VS", True)
    told = {one.template: one for one in Message.objects.filter(matter=found.matter)}
    assert set(told) == {"intake/exporter_company", "intake/exporter_office"}
    assert "ahora dice que exporta" in told["intake/exporter_company"].body
    assert "dejó el test" in told["intake/exporter_office"].body
    returns = "vuelve después de haber trabajado con la agencia por última vez el"
    assert (returns in told["intake/exporter_office"].body) is (way_in == "former")
    letters = Message.objects.filter(matter=found.matter, template="intake/exporter_company")
    older = {"antes@aceites.example"} if way_in == "former" else set()
    assert {one.to_address for one in letters} == older | {cast["newcomer"].email}
    assert letters.count() == len(older) + 1

    draft.refresh_from_db()
    assert (draft.finished_at, answers_of(draft)) == (None, kept)
    first = next(iter(kept))
    question = reverse("portal:test_question", args=[company.pk, first])
    for address in (f"/mi-empresa/{company.pk}/test/", question, f"/mi-empresa/{company.pk}/test/revisar/"):
        left = client.get(address, follow=True)
        assert left.redirect_chain[-1][0] == f"/mi-empresa/{company.pk}/"
        assert "No necesitas el test: como exportas, pasas directo a la entrevista." in left.text
    assert "Tu ficha dice que exportas: no necesitas el test" in client.get(f"/mi-empresa/{company.pk}/historia/").text
    assert NEEDS_NONE not in tell_of_exports(client, company)


@pytest.mark.parametrize("who", ["desk", "token", "system"])
def test_the_agency_takes_it_out_of_the_test_too(cast, at_test, who):
    if who == "desk":
        page = correct_at_desk(entered_as(cast["director"]), at_test)
        assert "Como exporta, dejó el test: hay que contactarla a más tardar el" in page
    else:
        correct_by_api(cast["director"] if who == "token" else None, at_test)
    matter = latest_intake_of(at_test).matter
    assert matter.state == "to_contact"
    assert Commitment.objects.get(matter=matter).rule == "DL-3"
    moved = Entry.objects.get(matter=matter, fact__startswith="La ficha se corrigió y dice que exporta")
    assert moved.channel == "system"
    assert station_of_test(entered_as(cast["newcomer"]), at_test)["state"] == "skipped"
    shown = entered_as(cast["director"]).get(f"/escritorio/empresas/{at_test.pk}/")
    route = {row["label"]: row["state"] for row in shown.context["route"]}
    assert (route["Ficha"], route["Test"], route["Entrevista"]) == ("done", "skipped", "here")


def test_who_did_not_export_stays_at_its_test(cast, at_test):
    tell_of_exports(entered_as(cast["newcomer"]), at_test, "no")
    assert latest_intake_of(at_test).matter.state == "self_test"


def test_one_that_stood_at_its_test_before_leaves_it_too(cast, at_test):
    """The table of a matter is that of its beginning: what stood there goes on under the newest (the migration)."""
    move = import_module("acompana.intake.migrations.0014_companies_before_their_test_may_leave_it")
    Matter.objects.filter(company=at_test).update(lifecycle_version=1)
    move.go_on_under_the_newest(apps, None)
    tell_of_exports(entered_as(cast["newcomer"]), at_test)
    assert latest_intake_of(at_test).matter.state == "to_contact"


# --- begun again with the result that it had -------------------------------------------------------------------------


def test_who_begins_again_after_a_low_goes_on_with_its_result_and_its_referral(cast, company):
    """Nobody made a test now, and nobody is sent elsewhere twice (INT-15, INT-19)."""
    first, owner, now = latest_intake_of(company), cast.actor("newcomer", NOW), NOW + timedelta(minutes=5)
    referral = Referral.objects.get(company=company)
    intake.withdraw(matter=first.matter, actor=owner, now=now, reason="Este año no.")
    assert not Commitment.objects.open().filter(referral=referral).exists()
    matter = intake.open_intake(company=Company.objects.get(pk=company.pk), actor=owner, now=now)
    intake.submit_characterization(matter=matter, actor=owner, now=now)
    found = latest_intake_of(company)
    assert (found.matter, found.matter.state, found.test) == (matter, "referred", first.test)
    assert Referral.objects.get(company=company) == referral
    referral.refresh_from_db()
    assert referral.matter == matter
    assert (referral.commitment.rule, referral.commitment.is_open) == ("PD-5", True)
    assert Message.objects.filter(company=company, template="intake/result_low").count() == 1
    client = entered_as(cast["newcomer"])
    history = client.get(f"/mi-empresa/{company.pk}/historia/").text
    assert (
        f"Seguimos con el resultado que ya tenías, del {timezone.localtime(found.test.finished_at):%d-%m-%Y}"
        in history
    )
    assert history.count("Terminaste el test") == 1
    assert referral.body.name in client.get(f"/mi-empresa/{company.pk}/resultado/").text


# --- in a list of several --------------------------------------------------------------------------------------------


def test_a_list_of_several_says_of_each_what_its_route_says(cast, company):
    register(cast, "newcomer", rut_number=41_900_002, name="Otra SpA", region="CL-VS", now=NOW)
    client = entered_as(cast["newcomer"])
    assert "Un plan para prepararte." in client.get("/mi-empresa/").text
    tell_of_exports(client, company)
    listed = client.get("/mi-empresa/").text
    heading = client.get(f"/mi-empresa/{company.pk}/").context["page"].heading
    assert heading == "Ahora nos toca a nosotros: revisamos tu resultado"
    assert f"{heading}." in listed
    assert "Un plan para prepararte" not in listed
