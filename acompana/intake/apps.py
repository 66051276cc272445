from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "acompana.intake"

    def ready(self) -> None:
        """Makes the lifecycles known."""
        from acompana.intake import states  # noqa: F401
