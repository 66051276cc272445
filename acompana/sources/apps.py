from django.apps import AppConfig

from acompana.shell.navigation import CONFIGURATION, MenuEntry, register


class SourcesConfig(AppConfig):
    name = "acompana.sources"
    verbose_name = "Fuentes"

    def ready(self) -> None:
        """The place where files are imported, and a tab of each company's record."""
        from acompana.companies.merge_relations import Manner, MergeRelation, register_relation
        from acompana.companies.record_tabs import RecordTab, register_tab
        from acompana.reference.amending import register_moves
        from acompana.sources.fields import moved_in_files
        from acompana.sources.permissions import may_import

        register_relation(
            MergeRelation("sources.provenance", "company", "procedencia", "procedencias", Manner.MOVES, ("source_id",))
        )
        register(MenuEntry("Fuentes y cargas", "sources:list", order=45, visible=may_import, group=CONFIGURATION))
        register_moves("sources", moved_in_files)
        register_tab(RecordTab("provenance", "Procedencia", "sources:provenance", order=85, argument="pk"))
