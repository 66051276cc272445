from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "acompana.people"
    verbose_name = "Personas"

    def ready(self) -> None:
        from acompana.people import checks  # noqa: F401  registers itself
        from acompana.shell.navigation import MenuEntry, register

        register(
            MenuEntry("Entrar", "account_login", place="account", order=80, visible=lambda actor: actor.person is None)
        )
        register(
            MenuEntry(
                "Mi cuenta",
                "people:account",
                place="account",
                order=80,
                visible=lambda actor: actor.person is not None,
            )
        )
        register(
            MenuEntry(
                "Salir",
                "account_logout",
                place="account",
                order=90,
                method="post",
                visible=lambda actor: actor.person is not None,
            )
        )
