"""Forms of sign-in."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
)
from django.utils.translation import gettext


class EntranceForm(LoginForm):
    """E-mail and password, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = gettext("Correo electrónico")
        self.fields["password"].label = gettext("Contraseña")
        self.fields["password"].help_text = ""
        self.fields["login"].error_messages["required"] = gettext("Escribe tu correo.")
        self.fields["login"].error_messages["invalid"] = gettext(
            "Escribe un correo completo, por ejemplo nombre@agencia.cl."
        )
        self.fields["password"].error_messages["required"] = gettext("Escribe tu contraseña.")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class _Plain:
    """Labels, not ghosts of them in the box; the page says once what a password needs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields  # type: ignore[attr-defined]
        for name, field in fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name == "password1":
                field.help_text = ""


class PlainChangePasswordForm(_Plain, ChangePasswordForm):
    """The present password and the new one twice."""


class PlainReauthenticateForm(_Plain, ReauthenticateForm):
    """The password again, before what matters."""


class PlainResetPasswordForm(_Plain, ResetPasswordForm):
    """Where to send the link."""


class PlainResetPasswordKeyForm(_Plain, ResetPasswordKeyForm):
    """A new password, twice."""
