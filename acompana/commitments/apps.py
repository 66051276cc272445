"""Registers the place of the protocol in the desk's rail."""

from __future__ import annotations

from django.apps import AppConfig


class CommitmentsConfig(AppConfig):
    name = "acompana.commitments"

    def ready(self) -> None:
        from acompana.shell.navigation import MenuEntry, register

        register(
            MenuEntry(
                "Protocolo",
                "commitments:protocol",
                order=80,
                visible=lambda actor: actor.is_staff,
                also=("/escritorio/compromisos/",),
            )
        )
