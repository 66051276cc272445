"""What was said: an outbox written with its cause and sent by a worker; never twice, never in silence (FUP-8)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

PERSON = settings.AUTH_USER_MODEL


class Message(models.Model):
    """One message to one address. `key` makes a repetition impossible."""

    class State(models.TextChoices):
        WAITING = "waiting", "Por enviar"
        SENDING = "sending", "Enviando"
        SENT = "sent", "Enviado"
        DOUBTFUL = "doubtful", "Dudoso"
        REFUSED = "refused", "Rechazado por el servidor"
        FAILED = "failed", "No se pudo enviar"
        DECLINED = "declined", "No enviado: la persona no quiere recibirlo"

    key = models.CharField(max_length=120, unique=True, help_text="what caused it and to whom; unique for ever")
    template = models.SlugField(max_length=60)
    category = models.SlugField(help_text="what a person may decline")
    language = models.CharField(max_length=2, default="es")
    to_address = models.EmailField()
    to_name = models.CharField(max_length=120, blank=True)
    reply_to = models.EmailField(blank=True)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    company = models.ForeignKey(
        "companies.Company", on_delete=models.PROTECT, null=True, blank=True, related_name="messages"
    )
    contact = models.ForeignKey("companies.Contact", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="messages")
    matter = models.ForeignKey(
        "matters.Matter", on_delete=models.PROTECT, null=True, blank=True, related_name="messages"
    )
    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    send_after = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    last_answer = models.CharField(max_length=300, blank=True, help_text="what the mail server said")
    message_id = models.CharField(max_length=120, blank=True)
    written_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["send_after"], condition=Q(state="waiting"), name="message_waiting"),
            models.Index(fields=["state", "-written_at"], name="message_state_newest"),
            models.Index(fields=["company", "-written_at"], name="message_company_newest"),
        ]

    def __str__(self) -> str:
        return self.subject


class OptOut(models.Model):
    """An address that declined a category; taking it back ends the row."""

    address = models.EmailField()
    category = models.SlugField()
    declined_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["address", "category"],
                condition=Q(withdrawn_at=None),
                name="an_address_declines_a_category_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.category}"


class SinkMail(models.Model):
    """In demonstration mode, what would have left (whatever the address)."""

    to_address = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    received_at = models.DateTimeField()
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-received_at", "-id"]

    def __str__(self) -> str:
        return self.subject


class TemplateText(models.Model):
    """An amended text of a message template; the shipped file is version 0."""

    template = models.SlugField(max_length=60)
    language = models.CharField(max_length=2, default="es")
    subject = models.CharField(max_length=200)
    body = models.TextField()
    amended_at = models.DateTimeField()
    amended_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["template", "language", "-amended_at"], name="template_text_newest")]

    def __str__(self) -> str:
        return self.template
