"""The pages of the outbox, its texts, the system and the preferences."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from acompana.kernel.clock import read_clock
from acompana.messages.composing import fields_of, file_text, mail_files
from acompana.messages.delivery import as_mail
from acompana.messages.field_words import FIELD_WORDS
from acompana.messages.models import Message, OptOut, ScheduledJob, SinkMail, TemplateText, Worker
from acompana.messages.preferences import preferences_address, preferences_path, preferences_token
from acompana.people.models import Person, Role, RoleGrant, StaffMember
from acompana.people.queries import central_office

pytestmark = pytest.mark.django_db


def staff(client, now, role: str) -> Person:
    person = Person.objects.create_user(email=f"{role}@agencia.example", given_names="Raúl", joined_at=now)
    member = StaffMember.objects.create(person=person, office=central_office(), since_on=date(2020, 1, 1))
    if role:
        RoleGrant.objects.create(staff_member=member, role=Role.objects.get(slug=role), since_on=date(2020, 1, 1))
    client.force_login(person, backend="acompana.people.backends.Backend")
    return person


@pytest.fixture
def administrator(client, now) -> Person:
    return staff(client, now, "administrator")


def doubtful(write) -> Message:
    message = write()
    Message.objects.filter(pk=message.pk).update(state="doubtful", last_answer="No se sabe.")
    message.refresh_from_db()
    return message


@pytest.mark.parametrize("rows", [1, 3])
def test_the_outbox_asks_the_same_of_the_database_for_one_row_and_for_three(
    rows, write, client, administrator, django_assert_num_queries
):
    for number in range(rows):
        write(f"trial:{number}")
    with django_assert_num_queries(7):
        page = client.get("/escritorio/mensajes/?estado=por-enviar")
    assert page.content.decode().count("Correo de prueba de Acompaña") == rows


def test_the_outbox_opens_on_what_is_in_doubt_and_finds_by_address(write, client, administrator):
    write("trial:2", to="luis@cerropardo.example")
    assert "luis@cerropardo.example" in client.get("/escritorio/mensajes/").content.decode()
    doubtful(write)
    page = client.get("/escritorio/mensajes/").content.decode()
    assert "ana.rojas@altoroble.example" in page
    assert "luis@cerropardo.example" not in page
    page = client.get("/escritorio/mensajes/?estado=por-enviar&q=CerroPardo").content.decode()
    assert "luis@cerropardo.example" in page
    page = client.get("/escritorio/mensajes/?estado=por-enviar&q=nadie").content.decode()
    assert "Ningún correo de este estado" in page


def test_each_tab_counts_the_rows_that_its_list_shows(write, client, administrator):
    write("trial:1")
    write("trial:2")
    page = client.get("/escritorio/mensajes/?estado=por-enviar")
    counts = {tab["label"]: tab["count"] for tab in page.context["tabs"]}
    assert counts["Por enviar"] == page.context["page"].paginator.count == 2


def test_a_person_sends_a_doubtful_message_again(write, client, administrator):
    message = doubtful(write)
    assert "No se sabe si este correo llegó" in client.get(f"/escritorio/mensajes/{message.pk}/").content.decode()
    page = client.post(f"/escritorio/mensajes/{message.pk}/reenviar/", follow=True).content.decode()
    assert "se enviará otra vez" in page
    before = message.message_id
    message.refresh_from_db()
    assert (message.state, message.decided_by, message.message_id) == ("waiting", administrator, before)
    page = client.post(f"/escritorio/mensajes/{message.pk}/reenviar/", follow=True).content.decode()
    assert "ya cambió de estado" in page


def test_a_person_leaves_a_doubtful_message_as_it_is(write, client, administrator):
    message = doubtful(write)
    client.post(f"/escritorio/mensajes/{message.pk}/descartar/")
    message.refresh_from_db()
    assert (message.state, message.decided_by) == ("dismissed", administrator)
    page = client.post(f"/escritorio/mensajes/{message.pk}/descartar/", follow=True).content.decode()
    assert "ya no está en duda" in page


def test_a_text_is_previewed_on_real_data_amended_and_kept_in_its_history(write, client, administrator):
    address = "/escritorio/mensajes/plantillas/mensajes/prueba/es/"
    assert "Aún no se ha escrito" in client.get(address).content.decode()
    write()
    assert "16-09-2026" in client.get(address).content.decode()
    data = {"subject": "Prueba", "body": "Buenas, {{ name }}.", "reason": "Más cercano", "version": 0}
    page = client.post(address, {**data, "preview": "1"}).content.decode()
    assert "Buenas, Ana Rojas." in page
    assert not TemplateText.objects.exists()
    assert client.post(address, {**data, "save": "1"}).status_code == 302
    assert write("trial:2", now=read_clock()).body == "Buenas, Ana Rojas.\n"
    page = client.get(address).content.decode()
    assert "Más cercano" in page
    assert "Versión 0" in page
    stale = client.post(address, {**data, "subject": "Otra", "save": "1"}).content.decode()
    assert "Otra persona cambió este texto" in stale
    assert 'value="Otra"' in stale


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"body": "Hola {{ surname }}"}, "no tiene: «surname»"),
        ({"body": "{% include 'x' %}"}, "El texto no se puede usar"),
        ({"reason": ""}, "Por qué lo cambias"),
    ],
)
def test_a_text_that_cannot_be_used_is_not_saved(change, sentence, client, administrator):
    data = {"subject": "Prueba", "body": "Buenas.", "reason": "Prueba", "version": 0, "save": "1", **change}
    page = client.post("/escritorio/mensajes/plantillas/mensajes/prueba/es/", data).content.decode()
    assert sentence in page
    assert not TemplateText.objects.exists()


def test_every_text_of_every_room_opens(client, administrator):
    rows = client.get("/escritorio/mensajes/plantillas/").context["rows"]
    for row in rows:
        assert (
            client.get(reverse("messages:text", args=[row["room"], row["short"], row["language"]])).status_code == 200
        )
    assert client.get("/escritorio/mensajes/plantillas/mensajes/nada/es/").status_code == 404


def test_the_link_of_a_message_lets_its_reader_choose(write, client, template_file, now):
    template_file("test/hello", "category: route\nsubject: Hola\n\nHola, {{ name }}.")
    address = preferences_address(write(template="test/hello")).removeprefix("http://localhost:8000")
    page = client.get(address).content.decode()
    assert "an…@altoroble.example" in page
    assert "ana.rojas@" not in page
    assert client.post(address, {"category": ["news", "survey"]}, follow=True).status_code == 200
    assert set(OptOut.objects.values_list("category", flat=True)) == {"route", "reminder"}
    client.post(address, {"category": ["news", "survey", "route", "reminder"]})
    assert not OptOut.objects.filter(withdrawn_at=None).exists()


ALWAYS_SENT = {
    "autorizar a otra persona": {
        "intake/access_asked", "intake/access_confirm", "intake/access_granted", "intake/access_refused",
    },
    "Confirmar un correo": {"people/confirm_email"},
    "la respuesta a una consulta": {"cases/enquiry_answered", "cases/enquiry_received"},
    "a una solicitud de ayuda": {"cases/help_answered", "cases/help_received"},
    "a una revisión": {"intake/review_decided", "intake/review_received"},
    "la decisión sobre tu empresa": {"intake/declined", "intake/not_preadmitted", "intake/preadmissibility_returned"},
}  # fmt: skip


def test_the_page_names_every_letter_that_is_always_sent(write, client):
    page = client.get(preferences_path(write())).content.decode()
    assert all(words in page for words in ALWAYS_SENT)
    sent = {name for name, language in mail_files() if file_text(name, language).category == "account"}
    assert sent - {"messages/trial"} == set.union(*ALWAYS_SENT.values())


def test_a_mail_program_declines_in_one_click(write, client, template_file):
    template_file("test/hello", "category: route\nsubject: Hola\n\nHola, {{ name }}.")
    token = preferences_token(write(template="test/hello"))
    assert client.post(f"/correo/preferencias/{token}/baja/").status_code == 200
    assert OptOut.objects.get().category == "route"


def test_the_address_in_the_header_is_the_one_that_takes_one_click(write, template_file):
    """RFC 8058: the mail program posts to the address of the header, without cookie or form of ours."""
    template_file("test/hello", "category: route\nsubject: Hola\n\nHola, {{ name }}.")
    message = write(template="test/hello")
    headers = as_mail(message).extra_headers
    address = headers["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000")
    program = Client(enforce_csrf_checks=True)
    assert program.get(address, follow=True).status_code == 200  # a program that looks for viruses reads it
    assert not OptOut.objects.exists()
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert program.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert OptOut.objects.get().category == "route"


def test_what_may_not_be_declined_offers_no_click_but_the_page_that_says_why(write, client):
    headers = as_mail(write()).extra_headers
    assert "List-Unsubscribe-Post" not in headers
    address = headers["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000")
    assert "Siempre te enviaremos" in client.get(address).content.decode()


def test_the_page_of_an_english_letter_is_english(write, client, template_file):
    template_file("test/hello", "category: route\nsubject: Hello\n\nHello {{ name }}.", "en")
    template_file("test/hello", "category: route\nsubject: Hola\n\nHola, {{ name }}.")
    message = write(template="test/hello", language="en")
    address = preferences_address(message).removeprefix("http://localhost:8000")
    page = client.get(address).content.decode()
    assert "Which e-mails do you want to receive?" in page
    assert "Updates about your route" in page
    assert "Avisos de tu ruta" not in page
    page = client.post(address, {"category": ["news"]}, follow=True).content.decode()
    assert "Your choice is saved and applies from now on." in page
    answer = client.post(address.replace("/?", "/baja/?")).content.decode()
    assert answer == "Done: we will not send you any more messages of this kind."


def test_a_changed_token_opens_nothing(write, client):
    token = preferences_token(write())
    number, _, signature = token.partition(":")
    for forged in (f"{int(number) + 1}:{signature}", number, "x", f"{number}:{signature}x"):
        refused = client.get(f"/correo/preferencias/{forged}/")
        assert refused.status_code == 404
        assert "Ábrelo de nuevo desde el correo" in refused.content.decode()
        assert client.post(f"/correo/preferencias/{forged}/baja/").status_code == 404


def test_the_sink_is_read_in_demonstration_only(client, settings, now):
    mail = SinkMail.objects.create(
        to_address="ana@ejemplo.example", subject="Hola", body="Entra: https://acompana.example/x", received_at=now
    )
    settings.DEMO = False
    assert client.get("/demostracion/correo/").status_code == 404
    assert client.get(f"/demostracion/correo/{mail.pk}/").status_code == 404
    settings.DEMO = True
    assert "Hola" in client.get("/demostracion/correo/?para=ANA@").content.decode()
    assert '<a href="https://acompana.example/x"' in client.get(f"/demostracion/correo/{mail.pk}/").content.decode()


def test_the_system_page_says_in_words_whether_it_works(client, administrator, now, settings):
    assert "nunca se ha iniciado" in client.get("/escritorio/sistema/").content.decode()
    worker = Worker.objects.create(place="x", pid=1, started_at=now, heartbeat_at=now)
    assert "está detenido" in client.get("/escritorio/sistema/").content.decode()
    Worker.objects.filter(pk=worker.pk).update(
        heartbeat_at=read_clock() + timedelta(seconds=1), mail_trouble="Refused"
    )
    ScheduledJob.objects.create(name="tidy-messages", due_at=now, outcome="failed", error="Traceback")
    page = client.get("/escritorio/sistema/").content.decode()
    assert "está funcionando" in page
    assert "El servidor de correo no responde" in page
    assert "Traceback" in page
    assert "En orden" not in page
    assert "No todo está en orden" in page
    assert "Hay 1 trabajo que se repite y falló." in page
    ScheduledJob.objects.all().delete()
    Worker.objects.update(mail_trouble="")
    assert "En orden" in client.get("/escritorio/sistema/").content.decode()


def test_an_administrator_asks_for_a_trial_mail(client, administrator):
    page = client.post("/escritorio/sistema/correo-de-prueba/", follow=True).content.decode()
    assert "está por enviarse" in page
    assert Message.objects.get().person == administrator


@pytest.mark.parametrize("role", ["regional-executive", "client-management"])
def test_only_an_administrator_amends_texts_and_operates(role, client, now):
    staff(client, now, role)
    assert client.get("/escritorio/mensajes/plantillas/").status_code == 403
    assert client.get("/escritorio/sistema/").status_code == 403
    assert client.get("/escritorio/mensajes/").status_code == (200 if role == "client-management" else 403)


def test_texts_are_named_in_words_and_not_by_their_fields(client, administrator):
    page = client.get(reverse("messages:templates")).content.decode()
    assert "Ya tienes acceso a [nombre de la empresa]" in page
    assert "{{" not in page
    page = client.get("/escritorio/mensajes/plantillas/ingreso/acceso-dado/es/").content.decode()
    assert "<h1>Ya tienes acceso a [nombre de la empresa]</h1>" in page
    assert "<code>{{ company }}</code> nombre de la empresa" in page


def test_every_field_of_a_text_has_words():
    used = {field for name, language in mail_files() for field in fields_of(file_text(name, language))}
    assert sorted(used - FIELD_WORDS.keys()) == []
