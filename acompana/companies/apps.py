from __future__ import annotations

from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    name = "acompana.companies"

    def ready(self) -> None:
        from acompana.companies.operations.keeping import keep_in_step_after_undoing
        from acompana.companies.search import register_sources

        register_sources()
        keep_in_step_after_undoing()
