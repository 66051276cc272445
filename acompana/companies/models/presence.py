"""Who else is here: somebody who has a record open tells it every few seconds (EXP-13)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from acompana.companies.models.registry import Company


class RecordPresence(models.Model):
    """The last time that a person had a company's record open; `editing` while they type in it."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="presences")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    editing = models.BooleanField(default=False)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "person"], name="a_person_is_present_once_at_a_record"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.company}"
