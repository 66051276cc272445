from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "acompana.people"
    verbose_name = "Personas"

    def ready(self) -> None:
        from acompana.people import checks  # noqa: F401  registers itself
