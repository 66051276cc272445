"""Staff are told, before and after, that a letter will not reach the company (CHA-5, FUP-8)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acompana.cases.operations import ask_for_help
from acompana.companies.models import Contact
from acompana.demonstration.roads import hold_interview
from acompana.intake.mail import main_contact
from acompana.intake.reaching import why_unreached
from acompana.logbook.models import Entry
from acompana.messages.models import Message
from acompana.messages.operations import choose_categories
from tests.desk.conftest import company_made_once
from tests.desk.interview_steps import page_of, video_call

kept_company, company = company_made_once()
LINK = "https://reunion.example/1"
NO_LETTER = "no le llega correo"
NOT_SENT = "Correo automático que no llegó"
DECLINED = "no le llega correo: no quiere recibir «Avisos de tu ruta». Avísale por teléfono: +56"
PROMISE = "La empresa recibe el correo"


@pytest.fixture
def client(enter, cast):
    return enter(cast["executive"])


@pytest.fixture
def declined(company, now):
    """The company's contact unticked every category; her address is written as she wrote it."""
    contact = main_contact(company)
    Contact.objects.filter(pk=contact.pk).update(email=contact.email.upper(), phone="+56987654321")
    choose_categories(address=contact.email, wanted=set(), now=now)
    return contact


def test_it_takes_one_query(company, declined):
    with CaptureQueriesContext(connection) as queries:
        assert DECLINED in why_unreached(company, "preadmitted")
    assert len(queries) == 1
    assert why_unreached(company, "review_decided") == ""  # what was asked for is always sent


def test_who_wants_letters_is_promised_one(client, company, contacted, now):
    address = page_of(contacted, "acordar")
    assert NO_LETTER not in client.get(address).content.decode()
    told = client.post(address, video_call(now, LINK), follow=True).content.decode()
    assert PROMISE in told
    assert NO_LETTER not in told


def test_an_interview_with_who_wants_no_letters(client, company, contacted, declined, now):
    address = page_of(contacted, "acordar")
    shown = client.get(address).content.decode()
    assert DECLINED in shown
    assert "avisar a la empresa" not in shown
    told = client.post(address, video_call(now, LINK), follow=True).content.decode()
    assert "Entrevista acordada." in told
    assert PROMISE not in told
    assert told.count(DECLINED) == 2  # what was done, and the road on the record
    seen = contacted.interviews.get().pk
    told = client.post(address, {"verb": "cancel", "cancel-reason": "Viaja", "seen": seen}, follow=True)
    assert "Entrevista cancelada." in told.content.decode()
    assert "Le avisamos a la empresa" not in told.content.decode()
    entries = Entry.objects.filter(company=company, fact=NOT_SENT)
    assert {(entry.visibility, entry.direction) for entry in entries} == {("staff", "none")}
    assert entries.count() == Message.objects.filter(company=company, state="declined").count() == 2
    assert entries[0].text.body.endswith("la persona no quiere recibir «Avisos de tu ruta».")


def test_a_server_that_refuses_and_a_company_without_an_address(client, company, contacted, now):
    contact = main_contact(company)
    sent = Message.objects.filter(to_address=contact.email).order_by("-written_at", "-id").first()
    Message.objects.filter(pk=sent.pk).update(state="refused")
    shown = client.get(page_of(contacted, "acordar")).content.decode()
    assert f"A {contact.name} no le llega correo: su servidor de correo rechazó el último" in shown
    Message.objects.filter(pk=sent.pk).update(state="sent")
    Contact.objects.filter(company=company).update(email="", phone="")
    shown = client.get(page_of(contacted, "acordar")).content.decode()
    # Who is on the route gets the date at the address of their own.
    assert f"la empresa no tiene un correo de contacto. Sí le llega a {contacted.person.full_name}" in shown
    assert why_unreached(company, "preadmitted", contacted).endswith("contacto. Avísale de otra forma.")


def test_a_decision_promises_no_letter_that_will_not_come(client, company, contacted, declined, cast, now):
    matter = hold_interview(contacted, executive=cast.actor("executive", now), now=now, share=1.0)
    assert DECLINED in client.get(page_of(matter, "validar")).content.decode()
    told = client.post(page_of(matter, "validar"), {"verb": "validate"}, follow=True).content.decode()
    assert "Empresa validada." in told
    assert told.count(DECLINED) == 2


def test_the_answer_to_who_is_not_reached_by_mail(enter, cast, now):
    asked = ask_for_help(
        about="register", what_went_wrong="No puedo entrar.", asker_name="Berta Núñez", asker_phone="+56987654321",
        asker_email="berta.nunez@correo.example", actor=cast.actor("executive", now), now=now, channel="phone",
    )  # fmt: skip
    address = f"/escritorio/ayuda/{asked.matter.number}/"
    keeper = enter(asked.matter.owner)
    shown = keeper.get(address).content.decode()
    assert "La persona la recibe por correo." in shown  # without an account there is no portal to read it in
    Message.objects.filter(template="cases/help_received").update(state="refused")
    shown = keeper.get(address).content.decode()
    assert "A Berta Núñez no le llega por correo" in shown
    assert "La persona la recibe" not in shown
    told = keeper.post(address, {"answer": "Con tu ClaveÚnica."}, follow=True).content.decode()
    assert "Respuesta enviada" not in told
    assert "A Berta Núñez no le llega por correo" in told
