from __future__ import annotations

from django.apps import AppConfig
from django.db.models import Q


class MattersConfig(AppConfig):
    name = "acompana.matters"

    def ready(self) -> None:
        from acompana.companies.merge_relations import Manner, MergeRelation, register_relation
        from acompana.kernel.lifecycle import get_lifecycle
        from acompana.matters.search import index_matters, register_sources

        register_sources()
        register_relation(MergeRelation("matters.presence", "company", "presencia", "presencias", Manner.PASSES))
        register_relation(
            MergeRelation(
                "matters.matter",
                "company",
                "asunto",
                "asuntos",
                Manner.MOVES,
                open=Q(closed_at=None),
                in_step=index_matters,
                tell=lambda row: f"{get_lifecycle(row.kind, row.lifecycle_version).title} {row.number}",
            )
        )
