from typing import Any

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "acompana.people"
    verbose_name = "Personas"

    def ready(self) -> None:
        from acompana.people import checks  # noqa: F401  registers itself

        register_account()
        register_places()
        speak_as_they_chose()


def speak_as_they_chose() -> None:
    """Whoever enters is spoken to in their own language, whatever this browser was told before (CHA-5)."""
    from django.contrib.auth.signals import user_logged_in

    from acompana.shell.languages import keep_language

    def keep(sender: object, request: HttpRequest | None, user: object, **more: object) -> None:
        if request is not None:
            keep_language(request, getattr(user, "language", ""))

    user_logged_in.connect(keep, weak=False, dispatch_uid="acompana.people.speak_as_they_chose")


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


ADMINISTRATION = "Administración del sistema"


def administers(actor: Any) -> bool:
    return bool(actor.has_role("administrator"))


def register_places() -> None:
    """The directory for anybody, the administration on the desk."""
    from acompana.reference.administration import register_section
    from acompana.shell.navigation import CONFIGURATION, MenuEntry, register

    register_section("Personas", "administration:staff", order=10)
    register_section("Oficinas", "administration:offices", order=20)
    register_section("Feriados", "administration:holidays", order=30)
    for order, label, url_name in (
        (10, "Personas, funciones y ausencias", "administration:staff"),
        (20, "Oficinas y horarios", "administration:offices"),
        (30, "Feriados y cierres", "administration:holidays"),
    ):
        register(MenuEntry(label, url_name, place="day", order=order, group=ADMINISTRATION, visible=administers))
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
