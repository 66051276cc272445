from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "acompana.people"
    verbose_name = "Personas"

    def ready(self) -> None:
        from acompana.people import checks  # noqa: F401  registers itself

        register_account()
        register_places()


def register_account() -> None:
    """The corner of every header: enter, my account, leave."""
    from acompana.shell.navigation import MenuEntry, register

    register(
        MenuEntry(_("Entrar"), "account_login", place="account", order=80, visible=lambda actor: actor.person is None)
    )
    register(
        MenuEntry(
            _("Mi cuenta"),
            "people:account",
            place="account",
            order=80,
            visible=lambda actor: actor.person is not None,
        )
    )
    register(
        MenuEntry(
            _("Salir"),
            "account_logout",
            place="account",
            order=90,
            method="post",
            visible=lambda actor: actor.person is not None,
        )
    )


def register_places() -> None:
    """The directory for anybody, the administration on the desk."""
    from acompana.reference.administration import register_section
    from acompana.shell.navigation import CONFIGURATION, MenuEntry, register

    register_section("Personas", "administration:staff", order=10)
    register_section("Oficinas", "administration:offices", order=20)
    register_section("Feriados", "administration:holidays", order=30)
    register(MenuEntry(_("Oficinas"), "offices:directory", place="public", order=30))
    register(
        MenuEntry(
            "Personas y oficinas",
            "administration:home",
            order=40,
            visible=lambda actor: actor.is_staff,
            group=CONFIGURATION,
        )
    )
