"""How many companies there are, by what their status follows from; kept by triggers (`companies/tally.py`)."""

from __future__ import annotations

from django.db import models


class CompanyTally(models.Model):
    """Companies that stand for themselves and have all of this alike; several rows of the same add up.

    Without references: what it says follows from the companies, and is made anew from them.
    """

    region_id = models.BigIntegerField(null=True)
    is_related = models.BooleanField(help_text="has a relation with the agency; the rest is empty without it")
    has_worked = models.BooleanField(help_text="an action that counts was done")
    user_until = models.DateField(null=True)
    former_from = models.DateField(null=True)
    starts_on = models.DateField(
        null=True, help_text="of national ones that related before they began; 9999-12-31: nobody knows when"
    )
    many = models.BigIntegerField(help_text="below nothing where a statement took away")

    class Meta:
        indexes = [
            models.Index(
                fields=["region_id", "is_related", "has_worked", "user_until", "former_from", "starts_on"],
                name="company_tally_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.many}"
