"""Change sets: who changed what, from what to what, and how to undo it (EXP-5)."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class ChangeSet(models.Model):
    """One act of one person: an edit, a bulk action, a merge, an import, or the undoing of another set.

    `followed`: what came of it elsewhere, in sentences for who did it; told once, kept nowhere."""

    followed: tuple[str, ...] = ()

    kind = models.SlugField(help_text="edit, bulk, merge, import, undo…")
    title = models.CharField(max_length=200)
    channel = models.CharField(max_length=10, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="undone_by")

    class Meta:
        indexes = [models.Index(fields=["-made_at"], name="change_set_newest")]

    def __str__(self) -> str:
        return self.title


class Change(models.Model):
    """One object of a change set. A creation keeps only its source; an update, the fields that differ."""

    class Action(models.TextChoices):
        CREATED = "created", "Creación"
        UPDATED = "updated", "Cambio"
        DELETED = "deleted", "Eliminación"

    change_set = models.ForeignKey(ChangeSet, on_delete=models.CASCADE, related_name="changes")
    action = models.CharField(max_length=7, choices=Action)
    model = models.CharField(max_length=60, help_text="label of the model, lower case: companies.contact")
    object_id = models.BigIntegerField()
    record_model = models.CharField(max_length=60, help_text="the record in whose history it is shown")
    record_id = models.BigIntegerField()
    label = models.CharField(max_length=200, blank=True, help_text="the object's name when it changed")
    source = models.CharField(max_length=60, blank=True, help_text="where a created object came from")
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["record_model", "record_id", "-id"], name="change_of_record_newest"),
            models.Index(fields=["model", "object_id", "-id"], name="change_of_object_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.label}"
