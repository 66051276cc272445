from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CompaniesConfig(AppConfig):
    name = "acompana.companies"

    def ready(self) -> None:
        from acompana.companies.merge_relations import register_own_relations
        from acompana.companies.operations.keeping import keep_in_step_after_undoing
        from acompana.companies.outdated import moved_by_retiring
        from acompana.companies.permissions import ABOVE_OFFICES
        from acompana.companies.portfolio import moved_by_a_sector
        from acompana.companies.search import register_sources
        from acompana.companies.tally import keep_tally
        from acompana.reference.amending import register_moves
        from acompana.shell.navigation import MenuEntry, register

        post_migrate.connect(keep_tally, sender=self, dispatch_uid="acompana.companies.tally")
        register_sources()
        register(
            MenuEntry(
                "Empresas",
                "companies:list",
                order=30,
                visible=lambda actor: actor.is_staff,
                also=("/escritorio/empresas/",),  # every record is inside it, though others begin with its address
            )
        )
        register(
            MenuEntry(
                "Fichas repetidas",
                "companies:pairs",
                order=32,
                visible=lambda actor: actor.has_role("regional-director", *ABOVE_OFFICES),
            )
        )
        register_own_relations()
        register_moves("portfolio", moved_by_a_sector)
        register_moves("companies", moved_by_retiring)
        keep_in_step_after_undoing()
