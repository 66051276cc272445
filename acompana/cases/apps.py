from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "acompana.cases"

    def ready(self) -> None:
        """Makes the lifecycles known."""
        from acompana.cases import states  # noqa: F401
