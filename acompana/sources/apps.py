from django.apps import AppConfig


class SourcesConfig(AppConfig):
    name = "acompana.sources"
    verbose_name = "Fuentes"
