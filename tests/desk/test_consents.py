"""Consents on the record: who, when, which words, by which channel; and those said away from the portal (LAW-4)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from acompana.companies.models import Company, Consent
from acompana.companies.operations import add_contact, end_contact, record_consent
from acompana.companies.queries import latest_consents
from acompana.desk.operations import note_consent
from acompana.kernel.refusals import Refused
from acompana.logbook.models import Entry

SAID = {"purpose": "news", "given": "yes", "channel": "phone", "evidence": "«Sí, mándenme los talleres», dijo."}


@pytest.fixture
def contact(company):
    return company.contacts.get()


def address(company: Company) -> str:
    return f"{company.get_absolute_url()}permisos/"


def test_an_executive_sees_who_agreed_to_what_and_how(enter, cast, company, contact, now):
    record_consent(contact=contact, purpose="stories", given=True, actor=cast.actor("owner", now), now=now)
    page = enter(cast["executive"]).get(address(company)).content.decode()
    assert "¿Podemos contar tu historia si te va bien?" in page
    assert "2026-1" in page
    assert "Ana Rojas" in page
    assert "Portal" in page


def test_what_was_said_by_telephone_is_registered_with_its_evidence(enter, cast, company, contact):
    client = enter(cast["executive"])
    paper = SimpleUploadedFile("nota.txt", b"Llamada del martes.", "text/plain")
    answer = client.post(address(company), {**SAID, "contact": contact.pk, "paper": paper}, follow=True)
    assert "quedó registrado" in answer.content.decode()
    consent = Consent.objects.filter(contact=contact, purpose="news").latest("id")
    assert (consent.given, consent.channel, consent.text_version) == (True, "phone", "2026-1")
    assert consent.recorded_by == cast["executive"]
    entry = Entry.objects.filter(company=company, kind="change", fact__startswith="Permiso dado").latest("id")
    assert entry.text.body == SAID["evidence"]
    assert (entry.visibility, entry.channel, entry.attachments.count()) == ("company", "phone", 1)
    assert latest_consents(contact)["news"] is True
    client.post(address(company), {**SAID, "contact": contact.pk, "given": "no", "channel": "counter"})
    assert latest_consents(contact)["news"] is False
    assert Consent.objects.filter(contact=contact, purpose="news").count() == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"evidence": "  "}, "Falta este dato: Cómo lo dijo."),
        ({"channel": "portal"}, "Elige una respuesta"),
        ({"purpose": "sell"}, "Elige una respuesta"),
        ({"paper": SimpleUploadedFile("x.exe", b"MZ\x90", "text/plain")}, "x.exe"),
    ],
)
def test_half_a_registration_is_refused_and_loses_nothing(change, sentence, enter, cast, company, contact):
    data = {**SAID, "contact": contact.pk, **change}
    answer = enter(cast["executive"]).post(address(company), data)
    page = answer.content.decode()
    assert answer.status_code == 422
    if sentence != "Elige una respuesta":
        assert sentence in page
    assert "evidence" in change or SAID["evidence"] in page
    assert not Consent.objects.filter(contact=contact, purpose="news", channel="phone").exists()


def test_the_same_answer_again_is_told_as_such(cast, contact, now):
    actor = cast.actor("executive", now)
    said = {
        "contact": contact,
        "purpose": "news",
        "given": False,
        "channel": "phone",
        "evidence": "No.",
        "actor": actor,
    }
    note_consent(**said, now=now)
    with pytest.raises(Refused, match="no hay nada que cambiar"):
        note_consent(**said, now=now + timedelta(minutes=1))
    end_contact(contact=contact, actor=actor, now=now)
    contact.refresh_from_db()
    with pytest.raises(Refused, match="ya no está en la empresa"):
        note_consent(**{**said, "given": True}, now=now + timedelta(minutes=2))


def test_another_executive_sees_and_does_not_register(enter, cast, company, contact):
    client = enter(cast["far_executive"])
    page = client.get(address(company)).content.decode()
    assert "Registrar un permiso" not in page
    assert client.post(address(company), {**SAID, "contact": contact.pk}).status_code == 403


@pytest.mark.parametrize("field", ["channel", "text_version"])
def test_the_database_keeps_how_it_was_said(field, contact, cast, now):
    record_consent(contact=contact, purpose="news", given=True, actor=cast.actor("owner", now), now=now)
    with pytest.raises(DatabaseError), transaction.atomic():
        Consent.objects.update(**{field: "x"})


def test_three_people_ask_as_much_of_the_database_as_one(enter, cast, company, now, django_assert_num_queries):
    client = enter(cast["executive"])
    client.get(address(company))
    counts = []
    for number in range(3):
        if number:
            new = add_contact(company=company, name=f"Eva {number}", actor=cast.actor("executive", now), now=now)
            record_consent(contact=new, purpose="news", given=True, actor=cast.actor("executive", now), now=now)
        with django_assert_num_queries(QUERIES):
            counts.append(client.get(address(company)).content.decode().count('class="table-wrap"'))
    assert counts == [1, 2, 3]


QUERIES = 14


def test_who_prefers_the_telephone_is_seen_where_somebody_is_about_to_write(enter, cast, company, contact):
    from acompana.companies.models import Contact

    Contact.objects.filter(pk=contact.pk).update(preferred_channel="whatsapp", language="en", phone="+56 9 8765 4321")
    client = enter(cast["executive"])
    assert "prefiere WhatsApp" in client.get("/escritorio/").content.decode()
    page = client.get(company.get_absolute_url()).content.decode()
    assert "Prefiere: WhatsApp" in page
    assert "Sus correos van en inglés" in page
