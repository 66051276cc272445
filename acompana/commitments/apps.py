"""Registers the place of the protocol in the desk's rail, and listens for answers that end a pause (EXP-8)."""

from __future__ import annotations

from django.apps import AppConfig


class CommitmentsConfig(AppConfig):
    name = "acompana.commitments"

    def ready(self) -> None:
        from acompana.commitments.operations.answers import resume_answered
        from acompana.logbook.listeners import listen
        from acompana.shell.navigation import MenuEntry, register

        listen("commitments", resume_answered)

        register(
            MenuEntry(
                "Protocolo",
                "commitments:protocol",
                order=80,
                visible=lambda actor: actor.is_staff,
                also=("/escritorio/compromisos/",),
            )
        )
