"""What is typed on the desk's own pages: a commitment by hand, and a hand-over in bulk."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from acompana.commitments.models import Commitment
from acompana.desk.queries import colleagues_of
from acompana.people.models import Office, StaffMember
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
    )
    due_on = DayField(label="A más tardar el")

    def due_at(self, office: Office) -> datetime:
        """The end of the day, in the hour of the office."""
        return datetime.combine(self.cleaned_data["due_on"], time(23, 59, 59), tzinfo=ZoneInfo(office.time_zone))


class HandOverForm(forms.Form):
    """Which commitments pass to whom, and why (EXP-13)."""

    commitments = forms.ModelMultipleChoiceField(
        label="Compromisos",
        queryset=Commitment.objects.none(),
        error_messages={"required": "Elige al menos un compromiso."},
    )
    to = forms.ModelChoiceField(
        label="A quién pasan", queryset=StaffMember.objects.none(), empty_label="Elige a quién"
    )
    reason = forms.CharField(label="Por qué", max_length=200)

    def __init__(
        self, *args: Any, office: Office, owed: Any, holder: StaffMember | None, now: datetime, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        chosen, to = self.fields["commitments"], self.fields["to"]
        assert isinstance(chosen, forms.ModelMultipleChoiceField)
        assert isinstance(to, forms.ModelChoiceField)
        chosen.queryset = owed
        colleagues = colleagues_of(office, now)
        to.queryset = colleagues.exclude(pk=holder.pk) if holder else colleagues
