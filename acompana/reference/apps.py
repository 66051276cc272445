from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    name = "acompana.reference"
    verbose_name = "Datos de referencia"

    def ready(self) -> None:
        from acompana.reference.administration import register_section

        register_section("Datos de referencia", "reference:places", order=40)
