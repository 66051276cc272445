"""Where a thing stands: matters (asuntos), and the steps that they took along the lifecycle of their kind."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from acompana.people.models import Channel

PERSON = settings.AUTH_USER_MODEL


class Matter(models.Model):
    """One instance of any process. Only `matters.operations` writes `state`."""

    kind = models.SlugField()
    number = models.CharField(max_length=20, unique=True, help_text="what people quote: ING-2026-000123")
    lifecycle_version = models.PositiveSmallIntegerField()
    state = models.SlugField()
    state_since = models.DateTimeField()
    turn = models.SlugField(help_text="whose turn it is: company, agency, nobody")
    company = models.ForeignKey(
        "companies.Company", on_delete=models.PROTECT, null=True, blank=True, related_name="matters"
    )
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="matters")
    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    timer_at = models.DateTimeField(null=True, blank=True, help_text="when it moves by itself")
    timer = models.SlugField(blank=True, help_text="the timed transition that it then takes")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "office", "state"], name="matter_kind_office_state"),
            models.Index(fields=["company", "-opened_at"], name="matter_company_newest"),
            models.Index(fields=["owner", "kind", "state"], name="matter_owner"),
            models.Index(fields=["kind", "state", "state_since", "id"], name="matter_kind_state_oldest"),
            models.Index(fields=["kind", "opened_at"], name="matter_kind_opened"),
            models.Index(fields=["state_since", "id"], condition=Q(closed_at=None), name="matter_open_oldest"),
            models.Index(fields=["timer_at"], condition=Q(timer_at__isnull=False), name="matter_timer"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at")), name="a_matter_closes_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(timer_at=None, timer="") | (Q(timer_at__isnull=False) & ~Q(timer="")),
                name="a_timer_says_what_it_does",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(timer_at=None), name="a_closed_matter_waits_for_nothing"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Step(models.Model):
    """A transition that a matter took: who, when, through which channel, why. Append-only."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="steps")
    transition = models.SlugField()
    from_state = models.SlugField(blank=True)
    to_state = models.SlugField()
    taken_at = models.DateTimeField()
    recorded_at = models.DateTimeField(
        null=True, blank=True, help_text="when it was registered, where it is told to have been earlier (INT-7)"
    )
    taken_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.SYSTEM)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["taken_at", "id"]
        indexes = [models.Index(fields=["matter", "taken_at"], name="step_matter")]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class NumberSeries(models.Model):
    """The last number given per prefix and year."""

    prefix = models.CharField(max_length=6)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["prefix", "year"], name="a_prefix_has_one_series_a_year")]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}"
