from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "acompana.messages"
    label = "outbox"  # Django's own messages framework holds the label "messages"
    verbose_name = "Mensajes"

    def ready(self) -> None:
        from acompana.companies.merge_relations import Manner, MergeRelation, register_relation
        from acompana.messages.operations import write_message
        from acompana.people.letters import register_writer

        register_writer(write_message)  # sign-in stands on a lower floor, and writes letters too
        register_relation(MergeRelation("outbox.message", "company", "mensaje", "mensajes", Manner.MOVES))
        # To whom it was written is what happened; the address stands in the message.
        register_relation(MergeRelation("outbox.message", "contact", "mensaje", "mensajes", Manner.STAYS))

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
                "Salud del sistema: trabajos y correos",
                "messages:system",
                place="day",
                order=50,
                group="Administración del sistema",
                visible=lambda actor: actor.has_role("administrator"),
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
