"""Writing down a call, a visit, a mail or a note in three clicks; the desk puts this form where people work."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.db import transaction

from acompana.companies.models import Company, Contact
from acompana.companies.queries import main_contact_of
from acompana.files.forms import UploadField
from acompana.files.operations import store_upload
from acompana.kernel.refusals import Refused
from acompana.logbook.models import Entry
from acompana.logbook.operations import TEXT_LIMIT, note_by_hand
from acompana.logbook.rules import NOT_BY_HAND, fault_by_hand
from acompana.matters.models import Matter
from acompana.people.actors import Actor
from acompana.people.models import Channel
from acompana.shell.widgets import MomentField

KINDS = (Entry.Kind.CALL, Entry.Kind.VISIT, Entry.Kind.MAIL, Entry.Kind.NOTE)
CHANNELS = [choice for choice in Channel.choices if choice[0] not in NOT_BY_HAND]


class QuickEntryForm(forms.Form):
    """What somebody did with a company. Start it with `initial={"kind": "call"}` from the button that was pressed."""

    kind = forms.ChoiceField(
        label="Qué fue", choices=[(kind.value, kind.label) for kind in KINDS], widget=forms.RadioSelect, initial="call"
    )
    outcome = forms.ChoiceField(
        label="Resultado",
        choices=[choice for choice in Entry.Outcome.choices if choice[0] != "none"],
        widget=forms.RadioSelect,  # nothing chosen before: that the company was reached settles what was owed (INT-10)
    )
    contact = forms.ModelChoiceField(
        label="Con quién", queryset=Contact.objects.none(), required=False, empty_label="Sin indicar"
    )
    text = forms.CharField(
        label="Qué pasó",
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Lo acordado y lo que sigue, en pocas palabras.",
    )
    channel = forms.ChoiceField(
        label="Canal",
        choices=[("", "El habitual"), *CHANNELS],
        required=False,
        help_text="Solo si fue por otro medio.",
    )
    direction = forms.ChoiceField(
        label="Quién empezó",
        choices=[("", "La agencia"), ("in", "La empresa")],
        required=False,
    )
    happened_at = MomentField(
        label="Cuándo",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%d-%m-%Y %H:%M"],
        help_text="En blanco: ahora.",
    )
    visibility = forms.ChoiceField(
        label="Quién lo ve", choices=Entry.Visibility.choices, required=False, initial=Entry.Visibility.STAFF
    )
    file = UploadField(label="Adjunto", required=False)

    def __init__(self, *args, company: Company | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        kind = self.data.get("kind") if self.is_bound else self.initial.get("kind", "call")
        self.fields["outcome"].required = kind != "note"
        if company is None:
            del self.fields["contact"]
        else:
            contacts = Contact.objects.filter(company=company, ended_on=None)
            self.fields["contact"].queryset = contacts  # type: ignore[attr-defined]
            if self.initial.get("kind", "note") != "note":
                self.fields["contact"].initial = main_contact_of(company)

    def clean(self) -> dict:
        given = super().clean() or {}
        told = {name: given.get(name, "") for name in ("kind", "channel", "outcome", "text")}
        field, fault = fault_by_hand(**told)
        if fault and field not in self.errors:
            self.add_error(field, fault)
        return given

    def record(self, *, actor: Actor, now: datetime, company: Company | None, matter: Matter | None) -> Entry | None:
        """Write the entry of a valid form; None, with the errors on the form, when something refuses it."""
        given = dict(self.cleaned_data)
        upload = given.pop("file", None)
        try:
            with transaction.atomic():
                files = [store_upload(upload=upload, actor=actor, now=now)] if upload else []
                return note_by_hand(**given, files=files, actor=actor, now=now, company=company, matter=matter)
        except Refused as refusal:
            at = "file" if refusal.rule.startswith("files:") else refusal.field
            self.add_error(at if at in self.fields else None, refusal.reason)
            return None
