"""Forms: a new key, of a person or of a system; a new subscription."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms

from acompana.api.feed import KINDS
from acompana.api.rules import OF_THE_AGENCY, SCOPES
from acompana.api.targets import what_is_taken

LIVES = (("30", "30 días"), ("90", "90 días"), ("180", "180 días"), ("365", "Un año"))


class TokenForm(forms.Form):
    """What a key is for, what it may, how long it lasts."""

    name = forms.CharField(
        label="Para qué es", max_length=80, help_text="Por ejemplo «Planilla de seguimiento» o «Tablero regional»."
    )
    scopes = forms.MultipleChoiceField(
        label="Qué puede hacer",
        choices=list(SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="Marca lo que necesita y nada más. Nunca podrá más que tú.",
        error_messages={"required": "Marca al menos un permiso."},
    )
    days = forms.ChoiceField(label="Cuánto dura", choices=LIVES, initial="90", widget=forms.RadioSelect)

    def __init__(self, *args: Any, of_agency: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not of_agency:
            field: Any = self.fields["scopes"]
            field.choices = [(scope, words) for scope, words in SCOPES.items() if scope not in OF_THE_AGENCY]

    @property
    def life(self) -> timedelta:
        return timedelta(days=int(self.cleaned_data["days"]))


class SystemTokenForm(TokenForm):
    """The same for a system, which is nobody: what it may is what is marked."""

    rate = forms.IntegerField(
        label="Peticiones por minuto",
        min_value=1,
        max_value=1_000_000,
        initial=6000,
        help_text="6.000 son cien por segundo.",
        error_messages={"max_value": "Tiene que ser 1.000.000 o menos."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Qué sistema es"
        self.fields["scopes"].help_text = "Un sistema no es una persona: puede exactamente lo que marques."


class SubscriptionForm(forms.Form):
    """Who is told of changes, where, and of which."""

    name = forms.CharField(label="Quién recibe", max_length=80)
    url = forms.CharField(
        label="Dirección",
        max_length=500,
        widget=forms.URLInput(attrs={"autocomplete": "off", "inputmode": "url"}),
    )
    kinds = forms.MultipleChoiceField(
        label="De qué cambios se le avisa",
        choices=list(KINDS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Marca al menos una clase de cambios."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["url"].help_text = what_is_taken()
