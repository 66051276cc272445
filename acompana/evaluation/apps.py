from django.apps import AppConfig

from acompana.shell.navigation import MenuEntry, register


class EvaluationConfig(AppConfig):
    name = "acompana.evaluation"

    def ready(self) -> None:
        """The figures, for everybody of the agency (ROL-16)."""
        register(MenuEntry("Indicadores", "evaluation:route", order=70, visible=lambda actor: actor.is_staff))
