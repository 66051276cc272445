"""Instruments: versioned questionnaires and the answers given to one version."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from acompana.people.models import Channel

PERSON = settings.AUTH_USER_MODEL


class Version(models.Model):
    """One version of an instrument. Once published its definition never changes; answers keep the version.

    A draft becomes the published version, which retires the one before; the last one may be retired too.
    """

    instrument = models.SlugField(help_text="export-test-goods, export-test-services, interview…")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    definition = models.JSONField()
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    drafted_at = models.DateTimeField(null=True, blank=True)
    drafted_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True, help_text="why it was published")
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    retired_because = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["instrument", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "number"], name="a_version_has_its_own_number"),
            models.UniqueConstraint(
                fields=["instrument"], condition=Q(published_at=None), name="an_instrument_has_one_draft"
            ),
            models.UniqueConstraint(
                fields=["instrument"],
                condition=Q(published_at__isnull=False, retired_at=None),
                name="an_instrument_has_one_version_in_force",
            ),
            models.CheckConstraint(
                condition=Q(retired_at=None) | Q(retired_at__gte=F("published_at")),
                name="a_version_is_retired_after_it_is_published",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.number}"

    @property
    def is_draft(self) -> bool:
        return self.published_at is None

    @property
    def is_in_force(self) -> bool:
        return self.published_at is not None and self.retired_at is None


class Response(models.Model):
    """Answers of one company (or matter) to one version; a draft until finished."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="responses")
    company = models.ForeignKey(
        "companies.Company", on_delete=models.PROTECT, null=True, blank=True, related_name="responses"
    )
    matter = models.ForeignKey(
        "matters.Matter", on_delete=models.PROTECT, null=True, blank=True, related_name="responses"
    )
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    reason = models.CharField(max_length=300, blank=True, help_text="why it replaces an earlier one (INT-15)")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(
        max_length=10, blank=True, choices=Channel, help_text="by which staff took it with the company; empty: alone"
    )
    told_by = models.ForeignKey(
        "companies.Contact",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="who of the company answered, when staff took it with them (INT-6)",
    )
    besides = models.JSONField(
        default=dict, blank=True, help_text="what the page of a draft asks besides its questions, as it was typed"
    )
    saves = models.PositiveIntegerField(default=0, help_text="how often its answers were kept: the version of a draft")
    saved_at = models.DateTimeField(null=True, blank=True)
    saved_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    points = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    band = models.SlugField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["company", "-started_at"], name="response_company_newest"),
            models.Index(fields=["version", "finished_at"], name="response_version_finished"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "version"], condition=Q(finished_at=None), name="a_matter_has_one_draft_of_a_version"
            ),
            models.UniqueConstraint(
                fields=["company", "version"],
                condition=Q(finished_at=None, matter=None),
                name="a_company_has_one_draft_of_a_version_outside_matters",
            ),
            models.CheckConstraint(
                condition=Q(company__isnull=False) | Q(matter__isnull=False),
                name="a_response_belongs_to_a_company_or_a_matter",
            ),
            models.CheckConstraint(condition=Q(replaces=None) | ~Q(reason=""), name="a_replacement_says_why"),
            models.CheckConstraint(
                condition=Q(told_by=None) | ~Q(channel=""), name="who_answered_with_help_did_so_by_a_channel"
            ),
            models.UniqueConstraint(fields=["replaces"], name="a_response_is_replaced_once"),
            models.CheckConstraint(condition=Q(saves=0) | Q(saved_at__isnull=False), name="a_kept_draft_says_when"),
        ]

    def __str__(self) -> str:
        return str(self.version)

    @property
    def with_help(self) -> bool:
        """Whether staff took it with the company (INT-6)."""
        return bool(self.channel)

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None


class Answer(models.Model):
    """What a response says to one question."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="answers")
    question = models.SlugField()
    value = models.JSONField()
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["response", "question"], name="a_question_is_answered_once")]

    def __str__(self) -> str:
        return self.question
