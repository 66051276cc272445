from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "acompana.messages"
    label = "outbox"  # Django's own messages framework holds the label "messages"
    verbose_name = "Mensajes"

    def ready(self) -> None:
        from acompana.messages.operations import write_message
        from acompana.people.letters import register_writer

        register_writer(write_message)  # sign-in stands on a lower floor, and writes letters too

        from acompana.shell.navigation import CONFIGURATION, MenuEntry, register

        keepers = ("administrator", "client-management")
        register(
            MenuEntry(
                "Mensajes",
                "messages:outbox",
                order=30,
                visible=lambda actor: actor.has_role(*keepers),
                group=CONFIGURATION,
            )
        )
        register(
            MenuEntry(
                "Sistema",
                "messages:system",
                order=90,
                visible=lambda actor: actor.has_role("administrator"),
                group=CONFIGURATION,
            )
        )
