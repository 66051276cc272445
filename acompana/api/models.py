"""Tokens, what was written once, subscriptions to the feed and their deliveries."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

PERSON = settings.AUTH_USER_MODEL


class ApiToken(models.Model):
    """A key for a program. With a person it may what they may, within its scopes; without, it is a system's.

    Only its digest is kept. `minute` and `taken` count its requests, by leases of each process.
    """

    name = models.CharField("para qué es", max_length=80)
    person = models.ForeignKey(
        PERSON,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="api_tokens",
        help_text="empty: of a system",
    )
    shown = models.CharField(max_length=12, help_text="its first characters, by which it is recognised")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token")
    scopes = models.CharField(max_length=400, help_text="separated by spaces")
    rate = models.PositiveIntegerField(help_text="requests a minute")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    last_used_at = models.DateTimeField(null=True, blank=True, help_text="written once a minute at most, or a lease")
    minute = models.PositiveIntegerField(default=0, help_text="minutes since 1970 of the count")
    taken = models.PositiveIntegerField(default=0, help_text="requests of that minute that processes took")

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["person", "-created_at"], name="api_token_person_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="a_token_expires_after_it_is_made"
            ),
            models.CheckConstraint(condition=~Q(scopes=""), name="a_token_may_something"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="a_token_may_ask_at_least_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_list(self) -> list[str]:
        return self.scopes.split()


class WrittenOnce(models.Model):
    """A write that came with an `Idempotency-Key`, and its answer, kept in the transaction of its effect."""

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, help_text="of method, address and body")
    status = models.PositiveSmallIntegerField(default=0, help_text="0 while its transaction runs")
    headers = models.JSONField(default=dict)
    answer = models.TextField(blank=True)
    written_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["written_at"], name="written_once_oldest")]
        constraints = [
            models.UniqueConstraint(fields=["token", "key"], name="a_key_of_a_token_writes_once"),
        ]

    def __str__(self) -> str:
        return self.key


class DoneByKey(models.Model):
    """What a system's key did where the name of a person would stand: an entry, a change set, a kept commitment."""

    token = models.ForeignKey(ApiToken, on_delete=models.PROTECT, related_name="+")
    model = models.CharField(max_length=60, help_text="label of the model, lower case: logbook.entry")
    object_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "object_id"], name="one_key_did_it")]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id}"


class Subscription(models.Model):
    """Where changes are sent as they happen: a position in the feed, moved on by each batch."""

    name = models.CharField("quién recibe", max_length=80)
    url = models.URLField("dirección", max_length=500)
    secret = models.CharField(max_length=80, help_text="signs what is sent; its receiver has it too")
    kinds = models.CharField(max_length=200, help_text="separated by spaces")
    position = models.BigIntegerField(help_text="of the feed, up to where batches were made")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["-created_at", "-id"], name="subscription_newest")]
        constraints = [models.CheckConstraint(condition=~Q(kinds=""), name="a_subscription_is_to_something")]

    def __str__(self) -> str:
        return self.name

    @property
    def kind_list(self) -> list[str]:
        return self.kinds.split()


class Delivery(models.Model):
    """A batch of changes on its way to a subscriber. It may arrive twice, never not at all without being seen."""

    class State(models.TextChoices):
        WAITING = "waiting", "Por enviar"
        SENDING = "sending", "Enviando"
        SENT = "sent", "Recibido"
        FAILED = "failed", "No se pudo entregar"

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="deliveries")
    body = models.TextField(help_text="the JSON that is sent")
    changes = models.PositiveIntegerField()
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    send_after = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    last_answer = models.CharField(max_length=300, blank=True)
    written_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    resent_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["send_after"], condition=Q(state="waiting"), name="delivery_waiting"),
            models.Index(fields=["claimed_at"], condition=Q(state="sending"), name="delivery_sending"),
            models.Index(fields=["subscription", "-written_at", "-id"], name="delivery_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.subscription} {self.pk}"

    @property
    def is_being_retried(self) -> bool:
        """Whether its receiver did not take it, and it waits to be tried again."""
        return self.state == self.State.WAITING and self.attempts > 0 and self.last_answer != ""


# What somebody sends again by hand waits without an answer, whatever was tried before.
BEING_RETRIED = Q(state=Delivery.State.WAITING, attempts__gt=0, last_answer__gt="")
