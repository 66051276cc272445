from __future__ import annotations

from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "acompana.matters"

    def ready(self) -> None:
        from acompana.matters.search import register_sources

        register_sources()
