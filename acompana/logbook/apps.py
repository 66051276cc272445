"""Lets the people who may read an entry read its attachments."""

from __future__ import annotations

from django.apps import AppConfig


class LogbookConfig(AppConfig):
    name = "acompana.logbook"

    def ready(self) -> None:
        from acompana.companies.merge_relations import Manner, MergeRelation, register_relation
        from acompana.companies.operations import register_merge_listener, register_noter
        from acompana.files.permissions import register_reader
        from acompana.logbook.operations import note_access, note_merge
        from acompana.logbook.queries import may_read_attachment

        register_reader("logbook", lambda actor, stored: may_read_attachment(actor, stored.pk))
        # The logbook is append-only: a merge leaves it as it is, and the company that went is read through the other.
        register_relation(MergeRelation("logbook.entry", "company", "anotación", "anotaciones", Manner.STAYS))
        register_relation(MergeRelation("logbook.entry", "contact", "anotación", "anotaciones", Manner.STAYS))
        register_merge_listener("logbook", note_merge)
        register_noter("logbook", note_access)
