from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ApiConfig(AppConfig):
    name = "acompana.api"

    def ready(self) -> None:
        """The feed's triggers, the worker's turn for webhooks, who did what no person did, and the screens' places."""
        from acompana.api.delivery import send_due
        from acompana.api.feed import watch_tables
        from acompana.api.signing import keep, name_of
        from acompana.kernel.hands import register_programs
        from acompana.messages.worker import register_turn
        from acompana.people.permissions import may_administer
        from acompana.reference.administration import register_section
        from acompana.shell.navigation import CONFIGURATION, MenuEntry, register

        post_migrate.connect(watch_tables, sender=self, dispatch_uid="acompana.api.feed")
        register_turn("webhooks", send_due)
        register_programs(keep, name_of)
        register_section("Claves de sistemas", "api:system-tokens", order=60)
        register_section("Avisos a sistemas", "api:subscriptions", order=70, visible=may_administer)
        register(
            MenuEntry(
                "Claves de la API",
                "api:tokens",
                order=50,
                visible=lambda actor: actor.is_staff,
                group=CONFIGURATION,
            )
        )
