"""What is filled in of referrals: to whom, by whose desk, and what came of them (INT-19)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from acompana.companies.models import Company
from acompana.intake.models import Referral, ReferralBody, ReferralDesk
from acompana.intake.models.referrals import outcomes_of
from acompana.intake.operations.referrals import why_not_on
from acompana.intake.queries import desks_of
from acompana.kernel.alphabet import Alphabetical
from acompana.shell.widgets import DayField, has_come


class ReferralForm(forms.Form):
    """A referral to another body, with whom to speak there (INT-19)."""

    direction = forms.ChoiceField(
        label="Sentido", choices=Referral.Direction.choices, initial="out", widget=forms.RadioSelect
    )
    body = forms.ModelChoiceField(
        label="Organismo",
        queryset=ReferralBody.objects.filter(retired_on=None).order_by(Alphabetical("name"), "pk"),
        widget=forms.RadioSelect,
    )
    contact_name = forms.CharField(
        label="Persona de contacto",
        max_length=120,
        required=False,
        help_text="En blanco: el que sale junto al organismo que elijas.",
    )
    contact_address = forms.CharField(label="Correo, teléfono o dirección", max_length=200, required=False)
    referred_on = DayField(label="Qué día", validators=[has_come])
    reason = forms.CharField(label="Motivo", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, company: Company, today: date, **kwargs: Any) -> None:
        """Beside each body, whom a company of that region is told to turn to there."""
        super().__init__(*args, **kwargs)
        self.fields["referred_on"].initial = today
        self.fields["body"].choice_hints = {  # type: ignore[attr-defined]
            str(body.pk): desk_words(body, desk) for body, desk in desks_of(company)
        }


def desk_words(body: ReferralBody, desk: ReferralDesk | ReferralBody) -> str:
    """A desk in one line; it says where it is the one for the whole country."""
    words = f"{desk.contact_name}, {desk.contact_address}"
    return f"{words}. No tiene mesa en la región: atiende a todo el país." if desk is body else f"{words}."


class BodyForm(forms.Form):
    """With whom companies speak at a body to which they are referred (INT-19)."""

    contact_name = forms.CharField(
        label="A quién acudir", max_length=120, help_text="Una mesa o unidad con nombre, no un formulario."
    )
    contact_address = forms.CharField(
        label="Dirección, teléfono y correo",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="La empresa lo lee en su ruta y en el correo.",
    )
    website = forms.URLField(label="Sitio web", required=False, assume_scheme="https", max_length=200)


class DeskForm(forms.Form):
    """With whom the companies of one region speak at a body; empty, with the one for the whole country (INT-19)."""

    contact_name = forms.CharField(
        label="A quién acudir", max_length=120, required=False, help_text="En blanco: la mesa de todo el país."
    )
    contact_address = forms.CharField(
        label="Dirección, teléfono y correo", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    mark_optional = False


class OutcomeForm(forms.Form):
    """What came of a referral (INT-19)."""

    outcome = forms.ChoiceField(label="Resultado", widget=forms.RadioSelect)
    outcome_on = DayField(label="Qué día", validators=[has_come])
    note = forms.CharField(
        label="Nota",
        max_length=300,
        required=False,
        help_text="Queda en la bitácora y la empresa la lee en su historia.",
    )

    def __init__(self, *args: Any, referral: Referral, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.referral = referral
        asked = self.fields["outcome"]
        assert isinstance(asked, forms.ChoiceField)
        asked.choices = list(outcomes_of(referral).items())
        self.fields["outcome_on"].initial = referral.outcome_on or today

    def clean_outcome_on(self) -> date:
        """Not before the referral (INT-19)."""
        day: date = self.cleaned_data["outcome_on"]
        if sentence := why_not_on(self.referral, day):
            raise forms.ValidationError(sentence)
        return day
