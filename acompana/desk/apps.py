from django.apps import AppConfig

from acompana.shell.navigation import MenuEntry, register


class DeskConfig(AppConfig):
    name = "acompana.desk"

    def ready(self) -> None:
        """The first place of the rail."""
        register(MenuEntry("Mi día", "desk:my_day", order=10, visible=lambda actor: actor.is_staff))
        register(MenuEntry("Ingresos", "intake:intakes", order=20, visible=lambda actor: actor.is_staff))
