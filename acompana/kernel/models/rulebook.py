"""What people changed of the rulebook. The files are version 0; an amendment is a row that nobody edits."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class RuleAmendment(models.Model):
    """A value of a rule from a date on, with who changed it and why; never changed, only superseded."""

    rule_id = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField(help_text="1, 2, 3… within the rule; the file is 0")
    value = models.JSONField()
    valid_from = models.DateField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    amended_at = models.DateTimeField()

    class Meta:
        ordering = ["rule_id", "version"]
        constraints = [
            models.UniqueConstraint(fields=["rule_id", "version"], name="an_amendment_has_its_own_version"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="an_amendment_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} v{self.version} desde {self.valid_from:%d-%m-%Y}"
