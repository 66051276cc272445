"""Forms of sign-in."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm


class EntranceForm(LoginForm):
    """E-mail and password, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "Correo electrónico"
        self.fields["password"].label = "Contraseña"
        self.fields["password"].help_text = ""
        self.fields["login"].error_messages["required"] = "Escribe tu correo."
        self.fields["login"].error_messages["invalid"] = "Escribe un correo completo, por ejemplo nombre@agencia.cl."
        self.fields["password"].error_messages["required"] = "Escribe tu contraseña."
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
