"""The worker as a process of its own, a real mail server, a real database: FUP-8 on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from acompana.kernel.clock import read_clock
from acompana.logbook.models import Entry
from acompana.messages import delivery
from acompana.messages.models import Message, Worker
from acompana.messages.operations import Enclosure, write_message
from acompana.messages.tests.mail_server import MailServer, free_port
from acompana.messages.tests.own_database import own_database, worker_environment
from acompana.people.models import Person

PATIENCE = 120  # seconds; a machine with much to do is slow to start a process
State = Message.State


class Post:
    """A database, a mail server, and the workers that a test starts between them."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.server = MailServer()
        self.reader: Person | None = None
        self.processes: list[subprocess.Popen[bytes]] = []

    def start_worker(self, *options: str) -> subprocess.Popen[bytes]:
        environment = worker_environment(
            self.url,
            self.folder,
            ACOMPANA_SMTP_HOST="127.0.0.1",
            ACOMPANA_SMTP_PORT=str(self.server.port),
            ACOMPANA_NO_POOL="1",
        )
        command = [sys.executable, "manage.py", "work", "--skip-checks", *options]
        process = subprocess.Popen(command, cwd=settings.ROOT, env=environment, stderr=subprocess.DEVNULL)
        self.processes.append(process)
        return process

    def work_once(self) -> None:
        """One round of the command, in this process: what is tried with it does not hang on the process's end."""
        with override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=self.server.port,
        ):
            call_command("work", "--once")

    def write(self, number: int, to: str = "", language: str = "es", enclosures: Sequence[Enclosure] = ()) -> Message:
        message = write_message(
            template="messages/trial",
            to_address=to or f"persona{number}@ejemplo.example",
            to_name="Persona",
            context={"asked_at": read_clock()},
            key=f"trial:{number}",
            now=read_clock(),
            language=language,
            person=self.reader,
            enclosures=enclosures,
        )
        assert message is not None
        return message

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait(PATIENCE)
        self.server.stop()


@contextmanager
def open_post(url: str, folder: Path) -> Iterator[Post]:
    office = Post(url, folder)
    office.server.start()
    try:
        yield office
    finally:
        office.end()


@pytest.fixture
def post(ground, tmp_path: Path) -> Iterator[Post]:
    """For rounds in this process."""
    with open_post("", tmp_path) as office:
        yield office


@pytest.fixture
def post_apart(django_db_setup, django_db_blocker, tmp_path: Path) -> Iterator[Post]:
    """For workers that are processes of their own, on a database of their own."""
    with django_db_blocker.unblock(), own_database(tmp_path) as url, open_post(url, tmp_path) as office:
        yield office


def wait_until(condition: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, f"in {PATIENCE:.0f} s it did not happen that {what}"
        time.sleep(0.05)


def due_now(message: Message) -> None:
    Message.objects.filter(pk=message.pk).update(send_after=read_clock() - timedelta(seconds=1))


class HeldDatabase:
    """Keeps everybody else from committing a message, as a busy or slow database does."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.holder: object = None

    def hold(self) -> None:
        if connection.vendor == "sqlite":
            path = self.url.removeprefix("sqlite:///")
            self.holder = sqlite3.connect(path, isolation_level=None, timeout=10, check_same_thread=False)
            self.holder.execute("BEGIN IMMEDIATE")
        else:
            import psycopg

            self.holder = psycopg.connect(self.url)
            self.holder.execute("LOCK TABLE outbox_message IN EXCLUSIVE MODE")

    def let_go(self) -> None:
        self.holder.execute("ROLLBACK")
        self.holder.close()


def test_what_is_copied_for_each_test_holds_no_message_and_no_worker(db):
    """It also has the migrated database made when these tests run by themselves: `post_apart` asks for none."""
    assert not Message.objects.exists()
    assert not Worker.objects.exists()


def test_a_message_goes_out_once_with_text_html_and_a_way_to_decline(post):
    message = post.write(1)
    post.work_once()
    post.work_once()
    [mail] = post.server.received
    message.refresh_from_db()
    assert message.state == State.SENT
    assert message.last_answer == "250 Queued as 4711"
    assert mail["Message-ID"] == message.message_id
    assert "/correo/preferencias/" in mail["List-Unsubscribe"]
    assert "Si lo lees, Acompaña puede enviar correos." in mail.get_body(("plain",)).get_content()
    assert "<p>Hola, Persona:</p>" in mail.get_body(("html",)).get_content()


def test_what_a_message_encloses_travels_with_it_and_stays(post):
    content = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Reuni\xc3\xb3n\r\nEND:VCALENDAR\r\n"
    enclosed = Enclosure("entrevista.ics", "text/calendar; charset=utf-8; method=REQUEST", content)
    message = post.write(1, enclosures=[enclosed])
    post.work_once()
    [mail] = post.server.received
    [part] = list(mail.iter_attachments())
    assert (part.get_content_type(), part.get_filename()) == ("text/calendar", "entrevista.ics")
    assert part.get_param("method") == "REQUEST"
    assert part.get_payload(decode=True) == content
    assert "Si lo lees, Acompaña puede enviar correos." in mail.get_body(("plain",)).get_content()
    assert bytes(message.attachments.get().content) == content


def test_a_letter_to_an_english_contact_arrives_in_english_with_its_link(post):
    post.write(1, language="en")
    post.work_once()
    [mail] = post.server.received
    plain, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert mail["Subject"] == "Test message from Acompaña"
    assert mail["Content-Language"] == "en"
    assert "If you can read it, Acompaña can send mail." in plain
    assert '<html lang="en">' in html
    assert "Choose which messages to receive: http" in plain
    assert re.search(r"/correo/preferencias/[^/]+/\?idioma=en\r?\n", plain)
    assert "Elige" not in plain


@pytest.mark.parametrize("moment", ["before the answer is heard", "between the answer and the commit"])
def test_a_worker_killed_after_the_server_accepted_leaves_a_doubt_and_no_repetition(post_apart, moment):
    """The mail server has the message; the worker dies by SIGKILL before it can write so."""
    killed = post_apart.write(1)
    others = [post_apart.write(number) for number in (2, 3)]
    held = HeldDatabase(post_apart.url)
    worker = None

    def accepted() -> None:
        if len(post_apart.server.received) > 1:
            return
        if moment == "before the answer is heard":
            os.kill(worker.pid, signal.SIGKILL)
        else:
            held.hold()

    post_apart.server.on_data = accepted
    worker = post_apart.start_worker()
    wait_until(lambda: len(post_apart.server.received) == 1, "the server accepts the first message")
    if moment != "before the answer is heard":
        time.sleep(1)  # the worker has its answer now, and waits for the database
        worker.kill()
    worker.wait(PATIENCE)
    if held.holder:
        held.let_go()
    killed.refresh_from_db()
    assert killed.state == State.SENDING
    assert Message.objects.filter(state=State.WAITING).count() == 2

    post_apart.work_once()
    post_apart.work_once()
    killed.refresh_from_db()
    assert killed.state == State.DOUBTFUL
    assert "no se sabe" in killed.last_answer
    assert Counter(post_apart.server.addresses) == Counter(message.to_address for message in (killed, *others))
    assert Message.objects.filter(state=State.SENT).count() == 2


def test_a_worker_that_outlives_a_busy_database_still_writes_what_it_sent(post_apart):
    message = post_apart.write(1)
    held = HeldDatabase(post_apart.url)
    post_apart.server.on_data = held.hold
    worker = post_apart.start_worker("--once")
    wait_until(lambda: held.holder is not None, "the server accepts the message")
    time.sleep(1)
    held.let_go()
    assert worker.wait(PATIENCE) == 0
    message.refresh_from_db()
    assert message.state == State.SENT


def test_a_refused_address_is_shown_with_the_servers_words_and_not_tried_again(post):
    post.server.refuse_receiver = lambda address: "550 No such user here" if "persona1" in address else None
    refused, other = post.write(1), post.write(2)
    post.work_once()
    post.work_once()
    refused.refresh_from_db()
    other.refresh_from_db()
    assert (refused.state, refused.last_answer, refused.attempts) == (State.REFUSED, "550 No such user here", 1)
    assert other.state == State.SENT


def test_what_was_sent_is_in_the_logbook(post):
    post.reader = Person.objects.create_user(email="ana.rojas@altoroble.example", joined_at=read_clock())
    post.write(1)
    post.work_once()
    [entry] = Entry.objects.filter(person=post.reader)
    assert (entry.kind, entry.direction, entry.channel) == ("message", "out", "email")
    assert entry.text.body == "Correo de prueba de Acompaña"


def test_content_that_the_server_refuses_is_refused(post):
    post.server.refuse_data = lambda address: "554 Looks like spam"
    refused = post.write(1)
    post.work_once()
    refused.refresh_from_db()
    assert (refused.state, refused.last_answer) == (State.REFUSED, "554 Looks like spam")


def test_a_server_that_asks_to_come_back_is_asked_again_later(post):
    """Greylisting: 451 the first time, accepted the second."""
    message = post.write(1)
    post.server.refuse_receiver = lambda address: "451 Greylisted, come back later"
    post.work_once()
    message.refresh_from_db()
    assert (message.state, message.last_answer) == (State.WAITING, "451 Greylisted, come back later")
    assert message.send_after > read_clock() + timedelta(seconds=60)
    post.work_once()
    message.refresh_from_db()
    assert message.attempts == 1
    post.server.refuse_receiver = lambda address: None
    due_now(message)
    post.work_once()
    message.refresh_from_db()
    assert (message.state, message.attempts, len(post.server.received)) == (State.SENT, 2, 1)


def test_a_message_that_cannot_be_made_waits_with_the_reason_and_holds_up_no_other(post, monkeypatch):
    broken, other = post.write(1), post.write(2)

    def as_mail(message: Message):
        if message == broken:
            raise LookupError("no hay tal página")
        return made(message)

    made = delivery.as_mail
    monkeypatch.setattr(delivery, "as_mail", as_mail)
    post.work_once()
    broken.refresh_from_db()
    other.refresh_from_db()
    assert (broken.state, broken.attempts, other.state) == (State.WAITING, 1, State.SENT)
    assert broken.last_answer == "No se pudo preparar el correo; no salió de aquí. LookupError: no hay tal página"
    assert broken.claimed_by is None

    monkeypatch.undo()
    due_now(broken)
    post.work_once()
    broken.refresh_from_db()
    assert broken.state == State.SENT
    assert len(post.server.received) == 2


def test_a_message_is_given_up_after_its_attempts(post):
    message = post.write(1)
    Message.objects.filter(pk=message.pk).update(attempts=8)
    post.server.refuse_data = lambda address: "452 Mailbox full"
    post.work_once()
    message.refresh_from_db()
    assert (message.state, message.last_answer) == (State.FAILED, "452 Mailbox full")


def test_while_the_mail_server_is_down_messages_wait_and_then_go(post_apart):
    post_apart.server.stop()
    messages = [post_apart.write(number) for number in range(3)]
    worker = post_apart.start_worker()
    wait_until(lambda: Worker.objects.exclude(mail_trouble="").exists(), "the worker says that it cannot send")
    assert set(Message.objects.values_list("state", "attempts")) == {(State.WAITING, 0)}
    post_apart.server.start()
    wait_until(lambda: Message.objects.filter(state=State.SENT).count() == 3, "the messages go")
    wait_until(lambda: not Worker.objects.exclude(mail_trouble="").exists(), "the trouble is over")
    assert sorted(post_apart.server.addresses) == sorted(message.to_address for message in messages)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0
    assert Worker.objects.get().stopped_at is not None


def test_two_workers_send_each_message_once(post_apart):
    workers = [post_apart.start_worker(), post_apart.start_worker()]
    wait_until(lambda: Worker.objects.count() == 2, "both are at work")
    for number in range(40):
        post_apart.write(number)
    wait_until(lambda: Message.objects.filter(state=State.SENT).count() == 40, "all messages go")
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
    assert [worker.wait(PATIENCE) for worker in workers] == [0, 0]
    assert Counter(post_apart.server.addresses) == Counter(f"persona{number}@ejemplo.example" for number in range(40))
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}


def test_a_connection_cut_while_the_data_go_leaves_a_doubt(post):
    message = post.write(1)

    post.server.stop()
    listener = CuttingServer()
    post.server.port = listener.port
    try:
        post.work_once()
    finally:
        listener.close()
    message.refresh_from_db()
    assert message.state == State.DOUBTFUL
    assert "se cortó" in message.last_answer


class CuttingServer:
    """Takes the data and hangs up without a word."""

    def __init__(self) -> None:
        import socket

        self.port = free_port()
        self.door = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        client, _ = self.door.accept()
        with client, client.makefile("rb") as lines:
            client.sendall(b"220 ready\r\n")
            for line in lines:
                verb = line[:4].upper()
                if verb == b"DATA":
                    client.sendall(b"354 go\r\n")
                    lines.readline()
                    return
                client.sendall(b"250 ok\r\n")

    def close(self) -> None:
        self.door.close()
