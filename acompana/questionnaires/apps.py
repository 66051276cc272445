from django.apps import AppConfig


class QuestionnairesConfig(AppConfig):
    name = "acompana.questionnaires"
    verbose_name = "Cuestionarios"

    def ready(self) -> None:
        from acompana.questionnaires.permissions import may_edit_instruments
        from acompana.shell.navigation import CONFIGURATION, MenuEntry, register

        register(
            MenuEntry(
                "Instrumentos",
                "questionnaires:instruments",
                order=20,
                visible=may_edit_instruments,
                group=CONFIGURATION,
            )
        )
