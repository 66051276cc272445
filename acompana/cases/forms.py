"""What is typed about a help request: the request on somebody's behalf, the answer, the derivation."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q

from acompana.cases.models import OF_CLIENT_MANAGEMENT, HelpRequest
from acompana.kernel.rut import RutFormField
from acompana.matters.models import Matter
from acompana.people.models import Channel, Office
from acompana.people.queries import staff_with_role, working_on
from acompana.people.staff_choice import StaffChoice
from acompana.reference.models import Region
from acompana.shell.widgets import PhoneField

CHANNELS = [
    (channel.value, channel.label)
    for channel in (Channel.PHONE, Channel.EMAIL, Channel.WHATSAPP, Channel.COUNTER, Channel.VISIT, Channel.EVENT)
]
TO_WHOM = ("regional-executive", "regional-director", "regional-sector-lead", "commercial-executive", "cpe-executive")


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label="Respuesta",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def __init__(self, *args: Any, how_it_is_read: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].help_text = how_it_is_read


class OnBehalfForm(forms.Form):
    """A help request that any contact point opens for somebody who could not (INT-6)."""

    about = forms.ChoiceField(
        label="Con qué necesita ayuda",
        choices=[(slug, HelpRequest.About(slug).label) for slug in OF_CLIENT_MANAGEMENT],
    )
    what_went_wrong = forms.CharField(
        label="Qué pasó",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Con las palabras de la persona: qué intentó y qué vio.",
    )
    asker_name = forms.CharField(label="Nombre de la persona", max_length=120)
    asker_email = forms.EmailField(label="Correo para responderle")
    asker_phone = PhoneField(label="Teléfono", required=False)
    rut_given = RutFormField(label="RUT de la empresa", required=False)
    channel = forms.ChoiceField(label="Por dónde lo pidió", choices=CHANNELS, initial="phone")


class RegisterForm(forms.Form):
    """The company of somebody who could not register it (INT-6)."""

    rut = RutFormField(label="RUT de la empresa")
    legal_name = forms.CharField(label="Razón social", max_length=200)
    region = forms.ModelChoiceField(label="Región", queryset=Region.objects.all(), empty_label="Elige una región")
    seen = forms.CharField(
        label="Cómo comprobaste que la representa",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Qué documento viste o con quién hablaste. Queda en la bitácora.",
    )


class CorrectRutForm(forms.Form):
    """The RUT that a company should have been registered with (INT-6)."""

    rut = RutFormField(label="RUT correcto")
    reason = forms.CharField(
        label="Qué pasó y cómo lo comprobaste",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Queda en el historial de la empresa.",
    )


class DeriveForm(forms.Form):
    """To whom it passes, and what they should know.

    Who has the company first, then the people of its office, then the others of the country under theirs.
    """

    to = StaffChoice(label="A quién pasa")
    note = forms.CharField(label="Nota para esa persona", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, matter: Matter, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chooser = self.fields["to"]
        assert isinstance(chooser, StaffChoice)
        in_charge = matter.company.executive_id if matter.company else None
        able = staff_with_role(*TO_WHOM, on=on).exclude(office__kind=Office.Kind.COMMERCIAL)
        chooser.offer(
            working_on(on).filter(Q(pk__in=able.values("pk")) | Q(person=in_charge)),
            on=on,
            own_office_id=(matter.company and matter.company.office_id) or matter.office_id,
            first_person_id=in_charge,
            first_label="Tiene la empresa a su cargo",
        )
