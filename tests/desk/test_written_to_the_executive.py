"""What a company writes to its executive: sent, owed by DL-5, answered, read by both sides (CHA-4)."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from acompana.cases.models import HelpRequest
from acompana.cases.operations import answer_help, write_to_executive
from acompana.commitments.models import Commitment
from acompana.companies.models import Company
from acompana.demonstration.roads import register, walk_to_preadmission
from acompana.intake.queries import latest_intake_of
from acompana.kernel.refusals import Refused
from acompana.logbook.models import Entry
from acompana.messages.models import Message
from tests.desk.conftest import company_made_once

ROAD_TOPICS = ("register", "characterization", "test")


def preadmitted(cast, now, company: Company) -> Company:
    """With Carolina Soto as its executive."""
    matter = latest_intake_of(company).matter
    walk_to_preadmission(matter, executive=cast.actor("executive", now), owner=cast.actor("owner", now), now=now)
    company.refresh_from_db()
    return company


kept_company, attended = company_made_once(then=preadmitted)


def write(client: Client, company: Company, **given) -> str:
    """Sends the form; gives the address to which it led."""
    data = {"about": "activity", "text": "Queremos ir a la feria de septiembre.", **given}
    answer = client.post(f"/mi-empresa/{company.pk}/escribir/", data)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def test_a_company_writes_and_its_executive_answers(attended, cast, enter):
    owner, executive = enter(cast["owner"]), enter(cast["executive"])
    assert f"/mi-empresa/{attended.pk}/escribir/" in owner.get(f"/mi-empresa/{attended.pk}/").content.decode()
    ours = write(owner, attended, file=SimpleUploadedFile("folleto.txt", b"Mermeladas", "text/plain"))
    written = HelpRequest.objects.get()
    owed = Commitment.objects.open().get(matter=written.matter)
    assert (owed.rule, owed.owner) == ("DL-5", cast["executive"])
    entry = Entry.objects.get(matter=written.matter)
    assert (entry.company, entry.visibility, entry.author) == (attended, "company", cast["owner"])
    assert entry.text.body == "Queremos ir a la feria de septiembre."
    attachment = entry.attachments.get().file
    page = owner.get(ours).content.decode()
    assert "Carolina Soto Rivas te responde en esta página" in page
    assert "folleto.txt" in page
    assert "Te responderemos lo que escribiste a más tardar el" in page
    assert "Espera respuesta" in owner.get(f"/mi-empresa/{attended.pk}/escribir/").content.decode()
    theirs = f"/escritorio/ayuda/{written.matter.number}/"
    assert theirs in executive.get("/escritorio/", {"ver": "soon"}).content.decode()
    assert theirs in executive.get(attended.get_absolute_url()).content.decode()
    assert "Queremos ir a la feria" in executive.get(theirs).content.decode()
    assert executive.get(f"/archivos/{attachment.pk}/").status_code == 200
    assert Message.objects.get(template="cases/enquiry_asked").to_address == cast["executive"].email

    executive.post(theirs, {"answer": "Las bases salen el lunes."})
    owed.refresh_from_db()
    assert owed.fulfilled_at is not None
    assert "Las bases salen el lunes." in owner.get(ours).content.decode()
    assert "Las bases salen el lunes." in Message.objects.get(template="cases/enquiry_answered").body
    history = owner.get(f"/mi-empresa/{attended.pk}/historia/").content.decode()
    assert "Le escribiste a quien te atiende" in history
    assert "Respondimos lo que escribiste" in history

    owner.post(f"{ours}seguir/", {"note": "¿A qué hora?"})
    assert "¿A qué hora?" in executive.get(theirs).content.decode()
    assert Commitment.objects.open().get(matter=written.matter).rule == "DL-5"


def test_it_is_not_of_client_management(attended, cast, enter, now):
    written = write_to_executive(
        company=attended, about="other", text="Hola.", actor=cast.actor("owner", now), now=now
    )
    number = written.matter.number
    manager = enter(cast["client_management"])
    shown = manager.get(attended.get_absolute_url()).content.decode()
    assert "La responde quien atiende a la empresa, o la dirección de su oficina, con plazo hasta el" in shown
    assert "Leer y responder" not in shown
    assert number not in manager.get("/escritorio/ayuda/").content.decode()
    assert manager.post(f"/escritorio/ayuda/{number}/", {"answer": "Hola."}).status_code == 403
    assert manager.get(f"/escritorio/ayuda/{number}/derivar/").status_code == 404
    with pytest.raises(Refused):
        answer_help(request=written, answer="Hola.", actor=cast.actor("other_executive", now), now=now)
    answer_help(request=written, answer="Hola.", actor=cast.actor("director", now), now=now)
    assert Commitment.objects.get(matter=written.matter).fulfilled_at is not None


def test_only_who_acts_for_the_company_writes_and_reads(attended, cast, enter, now):
    ours = write(enter(cast["owner"]), attended)
    rival = enter(cast["rival"])
    assert rival.get(ours).status_code == 404
    assert rival.get(f"/mi-empresa/{attended.pk}/escribir/").status_code == 404
    for key in ("rival", "executive"):
        with pytest.raises(Refused):
            write_to_executive(company=attended, about="other", text="Hola.", actor=cast.actor(key, now), now=now)


def test_a_wrong_file_is_told_at_its_field_and_the_words_stay(attended, cast, enter):
    client = enter(cast["owner"])
    wrong = SimpleUploadedFile("folleto.pdf", b"no es un PDF", "application/pdf")
    answer = client.post(f"/mi-empresa/{attended.pk}/escribir/", {"about": "other", "text": "Hola.", "file": wrong})
    assert answer.status_code == 422
    assert "Hola." in answer.content.decode()
    assert not HelpRequest.objects.exists()


def test_who_gave_no_address_reads_the_answer_in_the_portal(attended, cast, enter, now):
    person = cast["owner"]
    person.email = None
    person.save()
    client = enter(person)
    assert "también te llega a" not in client.get(f"/mi-empresa/{attended.pk}/escribir/").content.decode()
    ours = write(client, attended)
    assert "También te escribimos" not in client.get(ours).content.decode()
    answer_help(request=HelpRequest.objects.get(), answer="Sí.", actor=cast.actor("executive", now), now=now)
    assert Message.objects.filter(template__in=["cases/enquiry_received", "cases/enquiry_answered"]).count() == 0


def test_without_an_executive_client_management_helps(road, cast, enter):
    company = road(2, assigned=False)
    client = enter(cast["owner"])
    answer = client.get(f"/mi-empresa/{company.pk}/escribir/")
    assert (answer.status_code, answer["Location"]) == (302, f"/ayuda/solicitud/?empresa={company.pk}")


def test_a_preadmitted_company_is_offered_no_help_to_register(attended, cast, enter, now):
    client = enter(cast["owner"])
    page = client.get("/ayuda/solicitud/").content.decode()
    assert not [topic for topic in ROAD_TOPICS if f'value="{topic}"' in page]
    assert f'href="/mi-empresa/{attended.pk}/escribir/"' in page
    registering = client.get("/ayuda/solicitud/", {"tema": "registrar"}).content.decode()
    assert 'value="register"' in registering
    other = register(cast, "owner", rut_number=41_910_077, name="Otra SpA", region="CL-VS", now=now)
    asked = {"about": "test", "what_went_wrong": "No.", "asker_name": "Ana", "asker_email": "ana@altoroble.example"}
    refused = client.post("/ayuda/solicitud/", {**asked, "company": attended.pk})
    assert refused.status_code == 422
    assert "ya está preadmitida" in refused.content.decode()
    assert client.post("/ayuda/solicitud/", {**asked, "company": other.pk}).status_code == 302
