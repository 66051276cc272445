"""What changed, in the order in which it became visible; written by the database itself (`kernel.feed`)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class FeedRow(models.Model):
    """One object that was created, changed or deleted. No values: who reads the feed asks for them, if they may.

    `action` is one of these, or what a room tells of its tables instead (`kernel.feed.Watched`).
    `position` is the row's place for readers. SQLite, which lets one write at a time, needs none but `id`; PostgreSQL
    commits in another order than it numbers, and gets it when the row is first seen by `kernel.feed.settle`.
    """

    class Action(models.TextChoices):
        CREATED = "created", "Creación"
        UPDATED = "updated", "Cambio"
        DELETED = "deleted", "Eliminación"

    position = models.BigIntegerField(null=True, unique=True)
    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    company_id = models.BigIntegerField(null=True, help_text="the company that it is about, if any")
    action = models.CharField(max_length=7, choices=Action)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(position=None), name="feed_row_unsettled"),
            models.Index(fields=["at"], name="feed_row_oldest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} {self.action}"


class FeedState(models.Model):
    """One row: the last position given, and the last one that was forgotten. Its lock makes one settle at a time."""

    last = models.BigIntegerField(default=0)
    forgotten = models.BigIntegerField(default=0, help_text="rows up to here are no longer kept")

    def __str__(self) -> str:
        return str(self.last)
