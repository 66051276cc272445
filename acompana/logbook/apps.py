"""Lets the people who may read an entry read its attachments."""

from __future__ import annotations

from django.apps import AppConfig


class LogbookConfig(AppConfig):
    name = "acompana.logbook"

    def ready(self) -> None:
        from acompana.files.permissions import register_reader
        from acompana.logbook.queries import may_read_attachment

        register_reader("logbook", lambda actor, stored: may_read_attachment(actor, stored.pk))
