"""What is typed on the desk's own pages: a commitment by hand, and a hand-over in bulk."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from acompana.companies.consent_rules import CONSENT_TEXTS
from acompana.companies.models import Company, Contact
from acompana.desk.queries import colleagues_of
from acompana.files.forms import UploadField
from acompana.kernel.row_ids import row_id
from acompana.people.models import Channel, Office, StaffMember
from acompana.people.staff_choice import StaffChoice
from acompana.shell.widgets import DayField


class CommitmentForm(forms.Form):
    """Something agreed with a company, by a day: what, who owes it, until when."""

    what = forms.CharField(
        label="A qué se compromete", max_length=200, widget=forms.TextInput(attrs={"autofocus": True})
    )
    debtor = forms.ChoiceField(
        label="Quién",
        choices=[("person", "Yo"), ("company", "La empresa")],
        widget=forms.RadioSelect,
        initial="person",
        help_text="Lo de la empresa, ella lo lee en su portal.",
    )
    due_on = DayField(label="A más tardar el")

    def due_at(self, office: Office) -> datetime:
        """The end of the day, in the hour of the office."""
        return datetime.combine(self.cleaned_data["due_on"], time(23, 59, 59), tzinfo=ZoneInfo(office.time_zone))


class ConsentForm(forms.Form):
    """A permission that a contact gave or withdrew away from the portal, with what shows it (LAW-4)."""

    contact = forms.ModelChoiceField(
        label="Quién lo dijo", queryset=Contact.objects.none(), empty_label="Elige a quién"
    )
    purpose = forms.ChoiceField(
        label="Qué permiso", choices=[(t.purpose, t.label) for t in CONSENT_TEXTS], widget=forms.RadioSelect
    )
    given = forms.ChoiceField(
        label="Qué dijo", choices=[("yes", "Lo da"), ("no", "No lo da, o lo retira")], widget=forms.RadioSelect
    )
    channel = forms.ChoiceField(
        label="Por dónde",
        choices=[
            (c.value, c.label)
            for c in (Channel.PHONE, Channel.COUNTER, Channel.VISIT, Channel.EMAIL, Channel.WHATSAPP, Channel.EVENT)
        ],
        widget=forms.RadioSelect,
    )
    evidence = forms.CharField(
        label="Cómo lo dijo",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Con sus palabras si puedes. Queda en la bitácora y la empresa lo puede leer.",
    )
    paper = UploadField(label="Documento o correo que lo muestra", required=False)

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contact = self.fields["contact"]
        assert isinstance(contact, forms.ModelChoiceField)
        contact.queryset = Contact.objects.filter(company=company, ended_on=None)


class ChosenRows(forms.MultipleChoiceField):
    """Rows of a list, by their ids. What became of them since the list was drawn is the operation's to tell."""

    def valid_value(self, value: Any) -> bool:
        return row_id(value) is not None


class HandOverForm(forms.Form):
    """Which commitments pass to whom, and why (EXP-13)."""

    commitments = ChosenRows(
        label="Compromisos",
        error_messages={"required": "Elige al menos un compromiso."},
    )
    to = StaffChoice(label="A quién pasan", empty_label="Elige a quién")
    reason = forms.CharField(label="Por qué", max_length=200)

    def __init__(self, *args: Any, office: Office, holder: StaffMember | None, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to = self.fields["to"]
        assert isinstance(to, StaffChoice)
        colleagues = colleagues_of(office, now)
        to.offer(colleagues.exclude(pk=holder.pk) if holder else colleagues, on=timezone.localdate(now))
