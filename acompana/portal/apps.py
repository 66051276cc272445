from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from acompana.shell.navigation import MenuEntry, register, register_guide


class PortalConfig(AppConfig):
    name = "acompana.portal"

    def ready(self) -> None:
        """The places of the portal's bar, and the way from every screen to its page of the manual."""
        from acompana.portal.glossary import moved_of_who_may
        from acompana.portal.manual import guide_for
        from acompana.reference.amending import register_moves

        register_guide(guide_for)
        register_moves("portal", moved_of_who_may)
        register(
            MenuEntry(
                _("Mi empresa"),
                "portal:mine",
                place="portal",
                order=10,
                visible=lambda actor: actor.person is not None and not actor.is_staff,
            )
        )
        register(MenuEntry(_("Cómo funciona"), "portal:route_explained", place="public", order=20))
        register(MenuEntry(_("Quiénes pueden"), "portal:who_may", place="public", order=30))
        register(MenuEntry(_("Ayuda"), "portal:help", place="public", order=50))
