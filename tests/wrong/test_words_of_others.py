"""What people write is shown as they wrote it and never obeyed: in pages, in mails, in addresses, in downloads."""

from __future__ import annotations

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from acompana.cases.operations import ask_for_help
from acompana.companies.models import Company
from acompana.demonstration.cast import PASSWORD, make_people
from acompana.demonstration.roads import register
from acompana.files.operations import store_upload
from acompana.kernel.clock import read_clock
from acompana.kernel.refusals import Refused
from acompana.logbook.operations import record_entry
from acompana.messages.delivery import as_mail
from acompana.messages.models import Message
from acompana.messages.operations import write_message

pytestmark = pytest.mark.django_db
BACKEND = "acompana.people.backends.Backend"
NASTY = '<script>alert(1)</script> "Aceites" & Hijos {{ 7|add:7 }} 🫒'
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"


@pytest.fixture
def people():
    return make_people(now=read_clock())


@pytest.fixture
def company(people) -> Company:
    return register(people, "owner", rut_number=41_203_875, name=NASTY, region="CL-VS", now=read_clock())


def browser_of(person) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def test_a_name_with_markup_is_shown_as_written(people, company):
    inside = (company.get_absolute_url(), "/escritorio/", "/escritorio/buscar/?q=aceites", "/escritorio/empresas/")
    outside = (f"/mi-empresa/{company.pk}/", f"/mi-empresa/{company.pk}/historia/")
    shown = 0
    for person, pages in ((people["executive"], inside), (people["owner"], outside)):
        for page in pages:
            text = browser_of(person).get(page).content.decode()
            assert "<script>alert(1)" not in text, page
            shown += ESCAPED in text
    assert shown >= 4


def test_a_mail_carries_markup_as_words_and_no_second_header(people, company):
    now = read_clock()
    message = write_message(
        template="intake/access_asked",
        to_address="ana.rojas@altoroble.example",
        to_name="Ana\r\nBcc: otro@correo.example",
        context={
            "company": NASTY,
            "who": "Luis\r\nBcc: otro@correo.example <b>Tapia</b>",
            "page": "https://x.example/",
        },
        key="markup",
        now=now,
    )
    assert message is not None
    assert "\n" not in message.subject
    sent = as_mail(message)
    raw = sent.message().as_bytes().decode("ascii", "replace")
    head = raw.split("\n\n", 1)[0]
    assert "bcc" not in {line.split(":")[0].lower() for line in head.splitlines()}
    html = "".join(str(part[0]) for part in sent.alternatives)
    assert "<script>alert(1)" not in html
    assert "<b>Tapia" not in html
    assert not mail.outbox


@pytest.mark.parametrize("address", ["uno@x.example\nBcc: otro@x.example", "no es un correo", "a@b", ""])
def test_an_address_that_is_none_is_refused_where_it_is_typed(client, address):
    answer = client.post(
        "/ayuda/solicitud/",
        {"about": "register", "what_went_wrong": "No puedo", "asker_name": "Berta", "asker_email": address},
    )
    assert answer.status_code == 422
    assert "No puedo" in answer.content.decode(), "what was typed is still there"
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "target",
    ["https://otra.example/", "//otra.example/", "/\\otra.example", "javascript:alert(1)", "http:otra.example"],
)
def test_the_entrance_leads_nowhere_else(people, target, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    email = people["executive"].email
    answer = Client().post(f"/entrar/?next={target}", {"login": email, "password": PASSWORD, "next": target})
    assert (answer.status_code, answer["Location"]) == (302, "/escritorio/")


def test_a_file_with_a_path_for_a_name_is_offered_under_its_own(people, company):
    actor = people.actor("executive", read_clock())
    upload = SimpleUploadedFile("x.txt", b"hola")
    upload._name = '../../etc/passwd\r\nX-Otra: 1"; carta\u202e.txt'
    stored = store_upload(upload=upload, actor=actor, now=read_clock())
    record_entry(
        kind="note", fact="Nota", company=company, channel="email", files=[stored], actor=actor, now=read_clock()
    )
    answer = browser_of(people["executive"]).get(f"/archivos/{stored.pk}/")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert "/" not in stored.name
    assert "\r" not in answer["Content-Disposition"]
    assert "X-Otra" not in answer.headers
    assert "passwd" not in stored.content.name


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("virus.exe", b"MZ", "no lo podemos recibir"),
        ("foto.pdf", b"\x89PNG\r\n\x1a\n", "su contenido no lo es"),
        ("nada.pdf", b"", "está vacío"),
        ("grande.txt", b"a" * (10 * 1024 * 1024 + 1), "el máximo es 10 MB"),
    ],
)
def test_a_wrong_file_is_told_and_the_words_beside_it_stay(people, company, caplog, name, content, sentence):
    caplog.set_level("INFO", "acompana")
    client = browser_of(people["executive"])
    data = {"kind": "note", "text": "Nos mandó su ficha.", "visibility": "staff"}
    answer = client.post(company.get_absolute_url(), {**data, "file": SimpleUploadedFile(name, content)})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in text
    assert "Nos mandó su ficha." in text
    assert "upload refused" in caplog.text or not content, "an empty one is the person's affair alone"


def test_a_form_beyond_measure_is_refused_in_words(client):
    fields = {f"x{number}": "1" for number in range(1500)}
    answer = client.post("/ayuda/solicitud/", fields)
    assert answer.status_code == 400
    assert "No entendimos lo que llegó" in answer.content.decode()


def test_a_form_from_elsewhere_is_refused_in_words(caplog):
    answer = Client(enforce_csrf_checks=True).post("/ayuda/solicitud/", {"about": "register"})
    assert answer.status_code == 403
    assert "La página estuvo abierta demasiado tiempo" in answer.content.decode()
    assert "CSRF" in caplog.text


def test_bytes_that_are_no_text_do_no_harm(client):
    body = b"about=register&what_went_wrong=%FF%FE&asker_name=\xff&asker_email=x"
    answer = client.post("/ayuda/solicitud/", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (400, 422)


def test_a_story_beyond_measure_is_refused(people):
    with pytest.raises(Refused):
        ask_for_help(
            about="register",
            what_went_wrong="   ",
            asker_name="Berta",
            asker_email="berta@x.example",
            actor=people.actor("citizen", read_clock()),
            now=read_clock(),
        )
