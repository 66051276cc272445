"""Puts the processes in the desk's rail."""

from __future__ import annotations

from django.apps import AppConfig


class ProgressConfig(AppConfig):
    name = "acompana.progress"

    def ready(self) -> None:
        from acompana.shell.navigation import CONFIGURATION, MenuEntry, register

        register(
            MenuEntry(
                "Procesos",
                "progress:lifecycles",
                order=10,
                visible=lambda actor: actor.is_staff,
                group=CONFIGURATION,
                also=("/escritorio/asuntos/",),
            )
        )
