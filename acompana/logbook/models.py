"""What happened: append-only. The database refuses changes of the facts; the words lie beside, erasable by law."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from acompana.people.models import Channel

PERSON = settings.AUTH_USER_MODEL
SAME_TIME = timedelta(hours=1)


class Entry(models.Model):
    """A fact: who, when, what kind, about whom. Its text, where there is one, is in `EntryText`."""

    class Kind(models.TextChoices):
        CALL = "call", "Llamada"
        VISIT = "visit", "Visita"
        INTERVIEW = "interview", "Entrevista"
        MAIL = "mail", "Correo"
        CHAT = "chat", "Mensajería"
        MEETING = "meeting", "Encuentro"
        NOTE = "note", "Nota"
        STEP = "step", "Paso"
        MESSAGE = "message", "Mensaje del sistema"
        CHANGE = "change", "Cambio de datos"
        REFERRAL = "referral", "Derivación"
        ACTION = "action", "Acción"
        COMMITMENT = "commitment", "Compromiso"

    class Direction(models.TextChoices):
        IN = "in", "Entrante"
        OUT = "out", "Saliente"
        NONE = "none", "Interna"

    class Outcome(models.TextChoices):
        REACHED = "reached", "Se habló con la empresa"
        NOT_REACHED = "not_reached", "No contestó"
        NONE = "none", "No aplica"

    class Visibility(models.TextChoices):
        STAFF = "staff", "Todo el personal"
        RESPONSIBLE = "responsible", "Solo responsables"
        COMPANY = "company", "También la empresa"

    kind = models.CharField(max_length=12, choices=Kind)
    # Company, matter and author begin an index of the Meta: one of their own would be written for nothing.
    company = models.ForeignKey(
        "companies.Company", on_delete=models.PROTECT, null=True, blank=True, related_name="entries", db_index=False
    )
    contact = models.ForeignKey("companies.Contact", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    matter = models.ForeignKey(
        "matters.Matter", on_delete=models.PROTECT, null=True, blank=True, related_name="entries", db_index=False
    )
    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    author = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    channel = models.CharField(max_length=10, choices=Channel)
    direction = models.CharField(max_length=4, choices=Direction, default=Direction.NONE)
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.NONE)
    visibility = models.CharField(max_length=12, choices=Visibility, default=Visibility.STAFF)
    fact = models.CharField(max_length=200, help_text="one sentence without personal data, written by the system")
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["company", "-happened_at", "-id"], name="entry_company_newest"),
            models.Index(fields=["matter", "-happened_at"], name="entry_matter_newest"),
            models.Index(fields=["author", "-happened_at"], name="entry_author_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(company__isnull=False) | Q(matter__isnull=False) | Q(person__isnull=False),
                name="an_entry_is_about_somebody_or_something",
            ),
        ]

    def __str__(self) -> str:
        return self.fact

    @property
    def is_video(self) -> bool:
        """A call by video: of the kind of calls, told by its own word and drawing."""
        return self.kind == self.Kind.CALL and self.channel == Channel.VIDEO

    @property
    def channel_words(self) -> str:
        """The channel that it took; empty for what was done inside the system, by whoever is named as its author."""
        return "" if self.channel == Channel.SYSTEM else self.get_channel_display()

    @property
    def is_late_note(self) -> bool:
        """Written down more than an hour after it happened: who reads it is told both."""
        return self.recorded_at - self.happened_at > SAME_TIME

    @property
    def kind_words(self) -> str:
        return Channel.VIDEO.label if self.is_video else self.get_kind_display()


class EntryText(models.Model):
    """The words of an entry. Erasing empties `body` and says who, when and why."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="text", primary_key=True)
    body = models.TextField(blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    erased_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    erased_because = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.body[:60]


class Attachment(models.Model):
    """A checked upload that goes with an entry."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="attachments")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.file)
