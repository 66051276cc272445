from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "acompana.cases"

    def ready(self) -> None:
        """Makes the lifecycles known."""
        from acompana.cases import states  # noqa: F401
        from acompana.shell.navigation import MenuEntry, register

        register(MenuEntry("Ayuda", "cases:help_requests", order=50, visible=lambda actor: actor.is_staff))
