"""The search index: one row for each thing that may be found."""

from __future__ import annotations

from django.db import models


class SearchRow(models.Model):
    """What is found, for whom. Kept by operations in their own transaction; rebuilt in sets by `reindex`.

    The trigram index over `text` and the prefix index over `code` are made per database in a migration.
    """

    class Tier(models.IntegerChoices):
        """Results are shown in this order: what has a relation with the agency first."""

        RELATED = 0
        OTHER = 1
        REGISTRY = 2

    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    tier = models.PositiveSmallIntegerField(choices=Tier, default=Tier.OTHER)
    mark = models.CharField(max_length=3, help_text="the tier as one trigram, for the full-text index")
    audience = models.CharField(max_length=20, default="staff", help_text="who may find it")
    company_id = models.BigIntegerField(null=True, blank=True, help_text="whose representatives may find it")
    text = models.CharField(max_length=500, help_text="normal form, with a space before")
    code = models.CharField(max_length=40, blank=True, help_text="RUT or number, normal form without spaces")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="a_thing_is_indexed_once")]
        indexes = [models.Index(fields=["company_id"], name="search_row_company")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
