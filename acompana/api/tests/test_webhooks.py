"""Webhooks to a receiver that listens for real: signed, retried, given up in sight, sent again by hand."""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.conf import settings

from acompana.api import delivery
from acompana.api.models import Delivery, Subscription
from acompana.api.operations import end_subscription, make_batches, send_again, subscribe
from acompana.api.rules import ATTEMPTS, next_attempt_after
from acompana.api.targets import check_target, place_of
from acompana.companies.operations import merge_companies
from acompana.companies.tests.conftest import make_company
from acompana.kernel.clock import read_clock
from acompana.kernel.refusals import Refused
from acompana.people.actors import SYSTEM
from tests.permissions.world import World

sys.path.insert(0, str(Path(settings.ROOT) / "examples"))
from client import is_genuine


class Receiver:
    """Keeps what it got; answers with `status`."""

    def __init__(self) -> None:
        self.status = 200
        self.got: list[tuple[dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((dict(self.headers), body))
                self.send_response(outer.status)
                self.send_header("Location", "http://127.0.0.1:1/")
                self.end_headers()
                self.wfile.write(b"listo")

            def log_message(self, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/avisos?de=acompana"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def subscription(world: World, receiver: Receiver, settings) -> Subscription:
    settings.DEMO = True  # a demonstration may send to this machine
    return subscribe(
        name="Tablero",
        url=receiver.url,
        kinds=["company"],
        actor=world.cast.actor("administrator", read_clock()),
        now=read_clock(),
    )


def test_a_batch_arrives_signed(subscription: Subscription, receiver: Receiver) -> None:
    companies = [make_company(f"Nueva {number}") for number in range(3)]
    assert delivery.send_due()
    headers, body = receiver.got[0]
    assert [row["id"] for row in json.loads(body)["changes"]] == [company.pk for company in companies]
    assert "legal_name" not in body.decode()
    assert is_genuine(subscription.secret, headers["Webhook-Signature"], body)
    assert not is_genuine("otro", headers["Webhook-Signature"], body)
    assert not is_genuine(subscription.secret, headers["Webhook-Signature"], body + b" ")
    assert not is_genuine(subscription.secret, headers["Webhook-Signature"], body, now=2_000_000_000)
    sent = Delivery.objects.get()
    assert (sent.state, sent.attempts, sent.changes, headers["Webhook-Id"]) == ("sent", 1, 3, str(sent.pk))
    assert not delivery.send_due()
    assert len(receiver.got) == 1


def test_a_merge_arrives_as_the_feed_tells_it(subscription: Subscription, receiver: Receiver) -> None:
    kept, gone = make_company("Conservas Uno"), make_company("Conservas Uno Limitada")
    assert delivery.send_due()
    merge_companies(kept=kept, gone=gone, actor=SYSTEM, now=read_clock(), reason="Es la misma")
    assert delivery.send_due()
    (told,) = [row for row in json.loads(receiver.got[1][1])["changes"] if row["id"] == gone.pk]
    assert (told["action"], told["merged_into"], told["href"]) == ("merged", kept.pk, f"/api/v1/companies/{kept.pk}")


def test_it_is_retried_given_up_and_sent_by_hand(world: World, subscription: Subscription, receiver: Receiver) -> None:
    make_company("Nueva")
    receiver.status = 500
    assert delivery.send_due()
    waiting = Delivery.objects.get()
    assert (waiting.state, waiting.last_answer) == ("waiting", "500 listo")
    assert timedelta(0) < waiting.send_after - read_clock() <= ATTEMPTS[0]
    make_company("Otra")
    assert make_batches(now=read_clock()) == 0, "what comes later waits, so that batches arrive in order"
    for _ in ATTEMPTS:
        Delivery.objects.update(send_after=read_clock())
        assert delivery.send_due()
    given_up = Delivery.objects.get()
    assert (given_up.state, given_up.attempts) == ("failed", len(ATTEMPTS) + 1)
    receiver.status = 204
    assert delivery.send_due(), "the next batch goes on without it"
    admin = world.cast.actor("administrator", read_clock())
    send_again(delivery=given_up, actor=admin, now=read_clock())
    with pytest.raises(Refused):
        send_again(delivery=given_up, actor=admin, now=read_clock())
    assert delivery.send_due()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    given_up.refresh_from_db()
    assert given_up.attempts == len(ATTEMPTS) + 2, "counted on"
    assert next_attempt_after(given_up.attempts) == ATTEMPTS[0], "another round of waits"


def test_why_nobody_took_it_is_said_in_words(subscription: Subscription, monkeypatch: pytest.MonkeyPatch) -> None:
    make_company("Nueva")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        Subscription.objects.update(url=f"http://127.0.0.1:{port}/")
        monkeypatch.setattr(delivery, "PATIENCE", 0.1)
        assert delivery.send_due()
        assert Delivery.objects.get().last_answer == "No respondió dentro de 0 segundos."
    Delivery.objects.update(send_after=read_clock())
    assert delivery.send_due()
    assert Delivery.objects.get().last_answer == "En esa dirección nadie responde: rechazó la conexión."


@pytest.mark.parametrize("head", [b"HTTP/1.0 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: "])
def test_who_answers_a_letter_at_a_time_holds_nobody_back(
    subscription: Subscription, monkeypatch: pytest.MonkeyPatch, head: bytes
) -> None:
    make_company("Nueva")
    told: list[bool] = []

    def drip(door: socket.socket) -> None:
        line, _ = door.accept()
        with line, suppress(OSError):
            line.sendall(head)
            for _ in range(400):  # each in time, all together 20 seconds
                line.sendall(b".")
                told.append(True)
                time.sleep(0.05)

    with socket.create_server(("127.0.0.1", 0)) as door:
        Subscription.objects.update(url=f"http://127.0.0.1:{door.getsockname()[1]}/")
        monkeypatch.setattr(delivery, "PATIENCE", 1.0)
        dripping = threading.Thread(target=drip, args=[door])
        dripping.start()
        assert delivery.send_due()
        dripping.join()
    assert len(told) < 400, "nobody listened any more"
    waiting = Delivery.objects.get()
    assert (waiting.state, waiting.last_answer) == ("waiting", "No respondió dentro de 1 segundos.")


def test_a_redirection_is_not_followed(subscription: Subscription, receiver: Receiver) -> None:
    make_company("Nueva")
    receiver.status = 302
    delivery.send_due()
    assert Delivery.objects.get().state == "waiting"


def test_what_a_dead_worker_left_is_sent_again(subscription: Subscription, receiver: Receiver) -> None:
    make_company("Nueva")
    make_batches(now=read_clock())
    assert delivery.claim_next(now=read_clock()) is not None
    assert delivery.claim_next(now=read_clock()) is None
    assert not delivery.send_due()
    Delivery.objects.update(claimed_at=read_clock() - timedelta(minutes=5))
    assert delivery.send_due()
    assert Delivery.objects.get().state == "sent"


def test_an_ended_subscription_sends_nothing(world: World, subscription: Subscription, receiver: Receiver) -> None:
    make_company("Nueva")
    make_batches(now=read_clock())
    end_subscription(
        subscription=subscription, actor=world.cast.actor("administrator", read_clock()), now=read_clock()
    )
    assert not delivery.send_due()
    assert receiver.got == []


INSIDE = (
    "http://tablero.example/",
    "https://127.0.0.1/",
    "https://localhost:8000/",
    "https://10.1.2.3/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/",
    "https://[fd00::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://0.0.0.0/",
    "https://base.internal/",
    "https://ana:clave@tablero.example/",
    "ftp://tablero.example/",
    "https://",
    "https://[mal/",
    "javascript:alert(1)",
)


@pytest.mark.parametrize("url", INSIDE)
def test_nothing_goes_inside(url: str, settings) -> None:
    settings.DEMO = False
    with pytest.raises(Refused):
        check_target(url)


def test_a_name_that_leads_inside_is_refused_when_sending(world: World, settings) -> None:
    """The name is public, its address is not: seen when it is looked up, and the batch is given up."""
    settings.DEMO = True
    made = Subscription.objects.create(
        name="Dentro",
        url="https://localhost.localdomain:1/",
        secret="x",
        kinds="company",
        position=0,
        created_at=read_clock(),
        created_by=world.cast["administrator"],
    )
    parts = check_target("https://tablero.example/")
    with pytest.raises((Refused, OSError)):
        place_of(parts._replace(netloc="localhost.localdomain:1"))
    assert made.pk


def test_only_an_administrator_subscribes(world: World) -> None:
    given = {"name": "X", "url": "https://tablero.example/", "kinds": ["company"], "now": read_clock()}
    with pytest.raises(Refused, match="administración"):
        subscribe(actor=world.cast.actor("executive", read_clock()), **given)
    admin = world.cast.actor("administrator", read_clock())
    with pytest.raises(Refused, match="clase"):
        subscribe(actor=admin, **{**given, "kinds": []})
    assert subscribe(actor=admin, **given).kind_list == ["company"]
