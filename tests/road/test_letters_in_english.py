"""A contact who reads English gets every letter of the road in English: words, dates, names of choices (CHA-5)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core import mail as outbox
from django.urls import resolve
from icalendar import Calendar

from acompana.cases import operations as cases
from acompana.companies import operations as companies
from acompana.companies.models import Company, Contact
from acompana.demonstration.cast import Cast
from acompana.demonstration.roads import answer_test, fill_form, register
from acompana.intake import operations as intake
from acompana.intake.mail import STEPS
from acompana.intake.queries import latest_intake_of
from acompana.kernel.clock import read_clock
from acompana.messages.composing import mail_files
from acompana.messages.delivery import BackendCourier, deliver
from acompana.messages.models import Message, SinkMail
from acompana.messages.operations import decline
from acompana.messages.where_it_leads import leads_to_spanish
from tests.road.test_road import NOW

pytestmark = pytest.mark.django_db
WARNING = "The page that this message leads to is in Spanish only.\n"
SPANISH = (" para ", " tu ", "Hola", " por ", "Un saludo", " está ", " de septiembre", " a las ")


def company_of_an_english_reader(cast: Cast, *, exporter: bool = False) -> Company:
    company = register(cast, "newcomer", rut_number=41_900_002, name="Olive Oil Ltda", region="CL-VS", now=NOW)
    fill_form(company, actor=cast.actor("newcomer", NOW), now=NOW, exporter=exporter)
    contact = Contact.objects.get(company=company)
    companies.update_contact(contact=contact, values={"language": "en"}, actor=cast.actor("newcomer", NOW), now=NOW)
    intake.submit_characterization(matter=latest_intake_of(company).matter, actor=cast.actor("newcomer", NOW), now=NOW)
    return company


def letter(company: Company, template: str) -> Message:
    found = Message.objects.get(company=company, template=template)
    assert found.language == "en"
    said = f"{found.subject}\n{found.body}".replace("Oficina", "")
    assert [word for word in SPANISH if word in said] == []
    return found


def test_a_letter_leads_to_the_step_that_it_speaks_of():
    templates = {name.removeprefix("intake/") for name, _ in mail_files() if name.startswith("intake/")}
    assert set(STEPS) <= templates
    for address in STEPS.values():
        assert resolve(address.format(company=1).split("?")[0]).namespace == "portal"


def test_a_letter_says_that_the_page_to_which_it_leads_is_in_spanish(cast, client):
    company = company_of_an_english_reader(cast, exporter=True)
    assert letter(company, "intake/exporter_company").body.endswith(WARNING)
    client.get("/?idioma=en")
    asked = {"about": "other", "what_went_wrong": "?", "asker_name": "Joan", "asker_email": "j@x.example"}
    client.post("/ayuda/solicitud/", asked)
    assert WARNING not in Message.objects.get(template="cases/help_received").body
    spanish = register(cast, "owner", rut_number=41_900_004, name="Quesos SpA", region="CL-VS", now=NOW)
    fill_form(spanish, actor=cast.actor("owner", NOW), now=NOW, exporter=True)
    matter = latest_intake_of(spanish).matter
    intake.submit_characterization(matter=matter, actor=cast.actor("owner", NOW), now=NOW)
    told = Message.objects.get(company=spanish, template="intake/exporter_company").body
    assert "español" not in told


@pytest.mark.parametrize(("path", "warned"), [("/mi-empresa/7/", True), ("/invitacion/x/", False), ("/nada/", False)])
def test_what_is_ours_and_has_no_english_is_warned_of(path, warned, settings):
    settings.SITE_ADDRESS = "https://acompana.example"
    assert leads_to_spanish(f"See https://acompana.example{path} now.") is warned
    assert leads_to_spanish(f"See https://elsewhere.example{path} now.") is False


def test_an_exporters_date_is_in_english_and_the_offices_notice_in_spanish(cast):
    company = company_of_an_english_reader(cast, exporter=True)
    assert "by Tuesday 22 September at the latest" in letter(company, "intake/exporter_company").body
    notice = Message.objects.get(company=company, template="intake/exporter_office")
    assert notice.language == "es"
    assert "martes 22 de septiembre" in notice.body


def test_a_low_result_says_in_english_what_each_body_is_for(cast):
    company = company_of_an_english_reader(cast)
    answer_test(company, actor=cast.actor("newcomer", NOW), now=NOW, level="low")
    body = letter(company, "intake/result_low").body
    assert f"/mi-empresa/{company.pk}/resultado/" in body
    assert "Ask " in body
    referral = company.referrals.get()
    assert referral.contact_name in body
    assert referral.body.what_for not in body


def test_an_interview_is_told_with_its_hour_and_its_kind(cast):
    company = company_of_an_english_reader(cast)
    answer_test(company, actor=cast.actor("newcomer", NOW), now=NOW, level="high")
    matter = latest_intake_of(company).matter
    director = cast.actor("director", NOW)
    companies.assign_executive(company=company, executive=cast["executive"], actor=director, now=NOW)
    executive = cast.actor("executive", NOW)
    matter.refresh_from_db()
    intake.record_contact(
        matter=matter, contact=company.contacts.get(), channel="phone", text="Sí.", actor=executive, now=NOW
    )
    matter.refresh_from_db()
    intake.arrange_interview(
        matter=matter,
        mode="visit",
        place="Camino Viejo 4",
        starts_at=datetime(2026, 9, 24, 10, 30, tzinfo=NOW.tzinfo),
        minutes=45,
        actor=executive,
        now=NOW,
    )
    told = letter(company, "intake/interview")
    assert f"/mi-empresa/{company.pk}/entrevista/cambiar/" in told.body
    assert told.subject == "Your interview: Thursday 24 September at 10:30"
    assert "How: a visit to the company" in told.body
    theirs, ours = (
        Calendar.from_ical(bytes(one.attachments.get().content)).walk("VEVENT")[0]
        for one in (told, Message.objects.get(template="intake/interview_yours"))
    )
    assert str(theirs["SUMMARY"]) == f"Interview: {company.name} and Valparaíso regional office"
    assert str(theirs["DESCRIPTION"]).startswith("A visit to the company. ")
    assert str(theirs["URL"]).endswith(f"/mi-empresa/{company.pk}/entrevista/cambiar/")
    assert str(ours["SUMMARY"]) == f"Entrevista: {company.name} y Oficina regional de Valparaíso"
    assert str(ours["URL"]).endswith(company.get_absolute_url())


def test_help_is_received_and_answered_in_the_language_in_which_it_was_asked(client, cast):
    client.get("/?idioma=en")
    asked = {
        "about": "register",
        "what_went_wrong": "The form stops.",
        "asker_name": "Joan",
        "asker_email": "j@x.example",
    }
    page = client.post("/ayuda/solicitud/", asked, follow=True).content.decode()
    assert "We received your request" in page
    received = Message.objects.get(template="cases/help_received")
    assert (received.language, received.to_address) == ("en", "j@x.example")
    assert "within 2 business days." in received.body
    told = Message.objects.get(template="cases/help_asked")
    assert "No puedo registrar mi empresa" in told.body
    request = received.matter.help_request
    keeper = cast.actor("client_management", read_clock())
    cases.answer_help(request=request, answer="Try again.", actor=keeper, now=read_clock())
    assert Message.objects.get(template="cases/help_answered").body.startswith("Hello Joan,")


def test_the_sink_shows_the_letter_in_english(cast, settings):
    company = company_of_an_english_reader(cast, exporter=True)
    settings.EMAIL_BACKEND = "acompana.messages.sink.SinkBackend"
    message = letter(company, "intake/exporter_company")
    assert deliver(message=message, courier=BackendCourier()).kind == "sent"
    shown = SinkMail.objects.get(message=message)
    assert shown.subject == "An executive will contact you"
    assert "Choose which messages to receive: " in shown.body
    assert not outbox.outbox


def test_a_letter_about_the_route_may_be_declined(cast):
    """«Every automatic message can be declined»: what is declined is kept and shown, and does not leave."""
    company = register(cast, "newcomer", rut_number=41_900_003, name="Quesos SpA", region="CL-VS", now=NOW)
    fill_form(company, actor=cast.actor("newcomer", NOW), now=NOW, exporter=True)
    decline(address=company.contacts.get().email, category="route", now=NOW)
    matter = latest_intake_of(company).matter
    intake.submit_characterization(matter=matter, actor=cast.actor("newcomer", NOW), now=NOW + timedelta(minutes=1))
    assert Message.objects.get(company=company, template="intake/exporter_company").state == "declined"


def test_no_template_speaks_a_language_that_contacts_cannot_choose():
    from acompana.people.models import Language

    assert {language for _, language in mail_files()} == set(Language.values)
