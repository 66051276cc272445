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
