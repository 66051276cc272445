from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "acompana.intake"

    def ready(self) -> None:
        """Makes the lifecycles known, and what may be done with a company registered from a card."""
        from acompana.intake import states
        from acompana.intake.card import register_steps

        assert states.INTAKE
        register_steps()
