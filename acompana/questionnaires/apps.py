from django.apps import AppConfig
from django.db.models import Q


class QuestionnairesConfig(AppConfig):
    name = "acompana.questionnaires"
    verbose_name = "Cuestionarios"

    def ready(self) -> None:
        from acompana.companies.merge_relations import Manner, MergeRelation, register_relation
        from acompana.questionnaires.permissions import may_edit_instruments
        from acompana.shell.navigation import CONFIGURATION, MenuEntry, register

        register_relation(
            MergeRelation(
                "questionnaires.response",
                "company",
                "cuestionario",
                "cuestionarios",
                Manner.MOVES,
                clash=("version_id",),
                clash_among=Q(finished_at=None, matter=None),
                open=Q(finished_at=None),
            )
        )
        # Who answered is what happened; their row leads to the one that stays.
        register_relation(
            MergeRelation("questionnaires.response", "told_by", "cuestionario", "cuestionarios", Manner.STAYS)
        )
        register(
            MenuEntry(
                "Instrumentos",
                "questionnaires:instruments",
                order=20,
                visible=may_edit_instruments,
                group=CONFIGURATION,
            )
        )
