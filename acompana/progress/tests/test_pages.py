"""The pages of processes and of matters."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from acompana.companies.models import Contact
from acompana.kernel import lifecycle as engine
from acompana.logbook.models import Entry
from acompana.matters.models import Matter
from acompana.progress.operations import open_matter, take_step
from acompana.progress.tests.conftest import NOW

LIST_QUERIES = 6
PAGE_QUERIES = 12
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("walk")]


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr("acompana.shell.middleware.read_clock", lambda: NOW + timedelta(hours=3))


def start(cast, **fields):
    return open_matter(kind="walk", office=cast.office, actor=cast.ana, now=NOW, **{"company": cast.company, **fields})


def enter(client, actor):
    client.force_login(actor.person, backend="acompana.people.backends.Backend")
    return client


@pytest.fixture
def as_carolina(client, cast):
    return enter(client, cast.carolina)


def page_of(client, matter, status=200):
    response = client.get(reverse("progress:matter", args=[matter.number]))
    assert response.status_code == status
    return response.content.decode()


class TestProcesses:
    def test_the_list_counts_open_matters_and_links_to_them(self, cast, as_carolina):
        start(cast)
        page = as_carolina.get(reverse("progress:lifecycles")).content.decode()
        assert 'href="/escritorio/asuntos/?tipo=walk">1</a>' in page

    def test_the_page_has_a_row_for_each_state_and_each_step(self, cast, walk, as_carolina):
        page = as_carolina.get(reverse("progress:lifecycle", args=["walk"])).content.decode()
        assert re.findall(r'data-state="(\w+)"', page) == [state.slug for state in walk.states]
        assert re.findall(r'data-transition="(\w+)"', page) == [row.name for row in walk.transitions]
        assert "Inicia DL-6: Responder la consulta (la empresa)" in page
        assert "Ejecutiva o ejecutivo regional" in page
        assert "style=" not in page

    def test_each_count_equals_the_rows_that_its_link_shows(self, cast, as_carolina):
        for number in range(3):
            matter = start(cast)
            if number:
                take_step(matter=matter, transition="send", actor=cast.ana, now=NOW)
        page = as_carolina.get(reverse("progress:lifecycle", args=["walk"])).content.decode()
        counts = re.findall(r'<a href="(\S+estado=\w+)">(\d+)</a>', page)
        assert sorted(int(count) for _, count in counts) == [1, 2]
        for href, count in counts:
            listed = as_carolina.get(href.replace("&amp;", "&")).content.decode()
            assert len(re.findall(r"PAS-2026-\d+</a>", listed)) == int(count)

    def test_each_version_is_shown_with_the_matters_that_follow_it(self, cast, walk, as_carolina):
        old = start(cast)
        engine.next_version(walk)
        new = [start(cast), start(cast)]
        address = reverse("progress:lifecycle", args=["walk"])
        newest = as_carolina.get(address).content.decode()
        assert "Versión 2, la vigente · " in newest
        assert "1 versión anterior, con 1 asunto abierto" in newest
        assert newest.index("2 asuntos abiertos") < newest.index("Versión 1")
        assert '<a href="?version=1">Versión 1</a> · 1 asunto abierto' in newest
        for page, matters in ((newest, new), (as_carolina.get(f"{address}?version=1").content.decode(), [old])):
            (href, count), *_ = re.findall(r'<a href="(\S+estado=\S+)">(\d+)</a>', page)
            listed = as_carolina.get(href.replace("&amp;", "&")).content.decode()
            numbers = set(re.findall(r"(PAS-2026-\d+)</a>", listed))
            assert (int(count), numbers) == (len(matters), {matter.number for matter in matters})
        assert "Paseo, versión 1" in page_of(as_carolina, old)
        assert as_carolina.get(f"{address}?version=3").status_code == 404

    def test_the_file_is_bpmn(self, as_carolina):
        response = as_carolina.get(reverse("progress:bpmn", args=["walk"]))
        assert response["Content-Disposition"] == 'attachment; filename="paseo-version-1.bpmn"'
        assert b"bpmn:userTask" in response.content
        assert "la da: La empresa, Ejecutiva o ejecutivo regional" in response.content.decode()

    @pytest.mark.parametrize("name", ["lifecycle", "bpmn"])
    def test_an_unknown_process_is_not_found(self, as_carolina, name):
        assert as_carolina.get(reverse(f"progress:{name}", args=["nada"])).status_code == 404


class TestMatterList:
    @pytest.mark.parametrize("rows", [1, 3])
    @pytest.mark.one_database
    def test_its_queries_do_not_grow_with_its_rows(self, cast, as_carolina, rows, django_assert_num_queries):
        for _ in range(rows):
            start(cast)
        with django_assert_num_queries(LIST_QUERIES):
            page = as_carolina.get(reverse("progress:matters") + "?tipo=walk").content.decode()
        assert len(re.findall(r"PAS-2026-\d+</a>", page)) == rows

    def test_the_longest_in_its_state_comes_first_and_closed_ones_are_left_out(self, cast, as_carolina):
        moved, closed, waiting = start(cast), start(cast), start(cast)
        take_step(matter=moved, transition="send", actor=cast.ana, now=NOW + timedelta(hours=1))
        take_step(matter=closed, transition="give_up", actor=cast.ana, now=NOW)
        page = as_carolina.get(reverse("progress:matters")).content.decode()
        assert re.findall(r"(PAS-2026-\d+)</a>", page) == [waiting.number, moved.number]

    def test_an_empty_list_says_what_will_be_there(self, as_carolina):
        assert "No hay asuntos abiertos aquí" in as_carolina.get(reverse("progress:matters")).content.decode()


class TestMatterPage:
    @pytest.mark.parametrize("rows", [1, 3])
    @pytest.mark.one_database
    def test_its_queries_do_not_grow_with_what_happened(self, cast, as_carolina, rows, django_assert_num_queries):
        matter = start(cast)
        for _ in range(rows):
            take_step(matter=matter, transition="wait", actor=cast.carolina, now=NOW)
            take_step(matter=matter, transition="answer", actor=cast.ana, now=NOW)
            take_step(matter=matter, transition="return", actor=cast.carolina, now=NOW, reason="x")
        with django_assert_num_queries(PAGE_QUERIES):
            page_of(as_carolina, matter)

    def test_shows_what_can_be_done_and_why_not(self, cast, as_carolina):
        matter = start(cast)
        take_step(matter=matter, transition="send", actor=cast.ana, now=NOW)
        page = page_of(as_carolina, matter)
        assert 'disabled aria-describedby="por-que-approve">Aprobar</button>' in page
        assert "Este paso lo da Dirección regional." in page
        assert 'value="give_up"' in page

    def test_a_commitment_explains_its_date(self, cast, as_carolina):
        matter = start(cast)
        take_step(matter=matter, transition="wait", actor=cast.carolina, now=NOW)
        page = page_of(as_carolina, matter)
        assert "Responder la consulta" in page
        assert "¿Por qué" in page

    def test_only_staff_come_in(self, cast, client):
        matter = start(cast)
        assert client.get(reverse("progress:matter", args=[matter.number])).status_code == 302
        enter(client, cast.ana)
        page_of(client, matter, status=403)

    def test_a_number_that_does_not_exist_is_not_found(self, as_carolina):
        assert as_carolina.get(reverse("progress:matter", args=["PAS-2026-999999"])).status_code == 404


class TestTakingAStep:
    def post(self, client, matter, transition, **given):
        data = {"transition": transition, "seen": matter.state_since.isoformat(), **given}
        return client.post(reverse("progress:step", args=[matter.number]), data)

    def test_moves_the_matter_and_comes_back_to_its_page(self, cast, as_carolina):
        matter = start(cast)
        response = self.post(as_carolina, matter, "send")
        assert response.status_code == 302
        assert "El asunto quedó en «En revisión»." in as_carolina.get(response.url).content.decode()
        assert matter.steps.last().taken_by == cast.carolina.person

    def test_what_was_typed_comes_back_when_somebody_was_first(self, cast, as_carolina):
        matter = start(cast)
        take_step(matter=matter, transition="send", actor=cast.ana, now=NOW + timedelta(minutes=1))
        seen = Matter.objects.get(pk=matter.pk)
        take_step(matter=matter, transition="return", actor=cast.carolina, now=NOW + timedelta(minutes=2), reason="x")
        take_step(matter=matter, transition="send", actor=cast.ana, now=NOW + timedelta(minutes=3))
        response = self.post(as_carolina, seen, "return", reason="Falta el teléfono de contacto")
        page = response.content.decode()
        assert response.status_code == 409
        assert "Mientras tanto Ana Rojas lo pasó a «En revisión»" in page
        assert "Falta el teléfono de contacto" in page
        assert matter.steps.count() == 4

    def test_a_reason_that_is_missing_is_asked_for_at_its_field(self, cast, as_carolina):
        matter = start(cast)
        take_step(matter=matter, transition="send", actor=cast.ana, now=NOW)
        response = self.post(as_carolina, matter, "return", reason=" ")
        assert response.status_code == 422
        assert "Escribe el motivo." in response.content.decode()

    @pytest.mark.parametrize("transition", ["approve", "finish", "expire", "nothing"])
    def test_what_is_not_theirs_or_not_by_hand_is_refused(self, cast, as_carolina, transition):
        matter = start(cast)
        take_step(matter=matter, transition="send", actor=cast.ana, now=NOW)
        assert self.post(as_carolina, matter, transition, note="x").status_code == 422
        assert Matter.objects.get(pk=matter.pk).state == "checking"

    def test_sending_twice_takes_one_step(self, cast, as_carolina):
        matter = start(cast)
        self.post(as_carolina, matter, "send")
        assert self.post(as_carolina, matter, "send").status_code == 409
        assert matter.steps.count() == 2


class TestWritingDown:
    def post(self, client, matter, **given):
        return client.post(reverse("progress:entry", args=[matter.number]), given)

    def test_a_call_in_three_clicks(self, cast, as_carolina):
        matter = start(cast)
        assert self.post(as_carolina, matter, kind="call", outcome="not_reached").status_code == 302
        entry = Entry.objects.get(kind="call")
        assert (entry.fact, entry.channel, entry.direction, entry.outcome) == (
            "No contestó",
            "phone",
            "out",
            "not_reached",
        )
        assert (entry.company, entry.matter, entry.author) == (cast.company, matter, cast.carolina.person)

    def test_with_contact_channel_words_and_attachment(self, cast, as_carolina):
        matter = start(cast)
        contact = Contact.objects.create(company=cast.company, name="Ana Rojas")
        given = {
            "kind": "mail", "outcome": "reached", "contact": contact.pk, "text": "Confirma el jueves",
            "channel": "whatsapp", "direction": "in", "visibility": "responsible",
            "happened_at": "2026-09-16T10:30", "file": SimpleUploadedFile("acta.txt", b"Acta de la visita"),
        }  # fmt: skip
        assert self.post(as_carolina, matter, **given).status_code == 302
        entry = Entry.objects.get(kind="chat")
        assert (entry.channel, entry.direction, entry.visibility) == ("whatsapp", "in", "responsible")
        assert entry.happened_at.isoformat() == "2026-09-16T13:30:00+00:00"
        page = page_of(as_carolina, matter)
        assert "Confirma el jueves" in page
        assert "Solo responsables" in page
        attachment = entry.attachments.get().file
        href = reverse("files:download", args=[attachment.pk])
        assert href in page
        assert as_carolina.get(href).status_code == 200
        enter(as_carolina, cast.pedro)
        assert as_carolina.get(href).status_code == 404
        enter(as_carolina, cast.luis)
        assert as_carolina.get(href).status_code == 404

    def test_a_wrong_file_is_said_at_its_field_and_nothing_typed_is_lost(self, cast, as_carolina):
        matter = start(cast)
        given = {"kind": "note", "text": "Lo que escribí", "file": SimpleUploadedFile("foto.png", b"no soy una foto")}
        response = self.post(as_carolina, matter, **given)
        page = response.content.decode()
        assert response.status_code == 422
        assert "dice ser imagen PNG" in page
        assert "Lo que escribí" in page
        assert not Entry.objects.filter(kind="note").exists()

    def test_a_note_has_words_and_the_future_is_refused(self, cast, as_carolina):
        matter = start(cast)
        assert "Escribe la nota." in self.post(as_carolina, matter, kind="note").content.decode()
        late = self.post(as_carolina, matter, kind="call", outcome="reached", happened_at="2026-10-01T10:00")
        assert "La bitácora anota lo que ya pasó" in late.content.decode()
