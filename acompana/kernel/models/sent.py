"""Forms that were sent, so that the same one sent twice has one effect."""

from __future__ import annotations

from django.db import models


class SentForm(models.Model):
    """One rendering of a form, sent by one browser. `led_to` is where its first sending led; empty while it runs."""

    digest = models.CharField(max_length=64, primary_key=True)
    led_to = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["sent_at"], name="sent_form_oldest")]

    def __str__(self) -> str:
        return self.digest[:12]
