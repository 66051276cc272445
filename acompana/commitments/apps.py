"""Registers the protocol in the rail and what a duty lets do; listens for answers that end a pause (EXP-8) and for who
is away or back (POR-10)."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models import Q
from django.utils import timezone


class CommitmentsConfig(AppConfig):
    name = "acompana.commitments"

    def ready(self) -> None:
        from acompana.commitments.days_left import business_days_left
        from acompana.commitments.operations.answers import resume_answered
        from acompana.commitments.operations.transfers import cover_if_begun, give_back_and_say
        from acompana.commitments.permissions import companies_owed
        from acompana.companies.merge_relations import Manner, MergeRelation, register_relation
        from acompana.companies.permissions import register_duties
        from acompana.logbook.listeners import listen
        from acompana.people.listeners import listen_to_absences, listen_to_returns
        from acompana.shell.components import register_day_count
        from acompana.shell.navigation import MenuEntry, register

        listen("commitments", resume_answered)
        listen_to_absences("commitments", cover_if_begun)
        listen_to_returns("commitments", give_back_and_say)
        register_duties("commitments", companies_owed)
        register_day_count(business_days_left)
        register_relation(
            MergeRelation(
                "commitments.commitment",
                "company",
                "compromiso",
                "compromisos",
                Manner.MOVES,
                open=Q(fulfilled_at=None, cancelled_at=None),
                tell=lambda row: f"{row.what}, vence el {timezone.localtime(row.due_at):%d-%m-%Y}",
            )
        )

        register(
            MenuEntry(
                "Protocolo",
                "commitments:protocol",
                order=80,
                visible=lambda actor: actor.is_staff,
                also=("/escritorio/compromisos/",),
            )
        )
