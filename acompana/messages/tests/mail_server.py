"""A real SMTP server for the tests: it keeps what it accepts, and answers as a test tells it to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
Answer = Callable[[str], str | None]


@dataclass
class MailServer:
    """`refuse_receiver` and `refuse_data` get the address and may answer with an error line; `on_data` is called when
    the mail is accepted, before the worker hears of it."""

    port: int = 0
    received: list[EmailMessage] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    refuse_receiver: Answer = lambda address: None
    refuse_data: Answer = lambda address: None
    on_data: Callable[[], None] = lambda: None
    controller: Controller | None = None

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.refuse_receiver(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        address = envelope.rcpt_tos[0]
        if answer := self.refuse_data(address):
            return answer
        self.addresses.append(address)
        self.received.append(message_from_bytes(envelope.original_content, policy=policy.default))
        self.on_data()
        return "250 Queued as 4711"

    def start(self, port: int = 0) -> None:
        """Listen; on the port that it had, if it had one."""
        controller = Controller(self, hostname=HOST, port=port or self.port or free_port())
        controller.start()
        self.controller, self.port = controller, controller.port

    def stop(self) -> None:
        """Close the door."""
        if self.controller is not None:
            with suppress(AssertionError):
                self.controller.stop(no_assert=True)
            self.controller = None


def free_port() -> int:
    """A port that nobody listens on now."""
    import socket

    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
