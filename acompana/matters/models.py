"""Where a thing stands: matters (asuntos), the steps that they took along the lifecycle of their kind, and who has
one open now."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from acompana.people.models import Channel

PERSON = settings.AUTH_USER_MODEL
TAB_LENGTH = 12


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


class Presence(models.Model):
    """The last time that a member of staff had a company open, or a matter that is of none (EXP-13); `place`: the page
    on which they write something about it.

    One row for each tab, so that who has it open in two is in both until they close them.
    """

    class Place(models.TextChoices):
        DATA = "data", "está editando esta ficha ahora"
        CONTACT = "contact", "está registrando el contacto ahora"
        ARRANGE = "arrange", "está acordando la entrevista ahora"
        INTERVIEW = "interview", "está registrando la entrevista ahora"
        VALIDATE = "validate", "está decidiendo si la valida ahora"
        REFER = "refer", "está derivando a esta empresa ahora"
        PREADMISSION = "preadmission", "está decidiendo su preadmisibilidad ahora"
        REVIEW = "review", "está revisando su resultado ahora"
        OUTCOME = "outcome", "está anotando el resultado de una derivación ahora"
        ACCESS = "access", "está decidiendo un acceso a esta empresa ahora"
        HELP = "help", "está respondiendo una solicitud de esta empresa ahora"

    company = models.ForeignKey(
        "companies.Company", on_delete=models.CASCADE, null=True, blank=True, related_name="presences"
    )
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, null=True, blank=True, related_name="presences")
    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="+")
    place = models.CharField(max_length=12, choices=Place, blank=True)
    tab = models.CharField(max_length=TAB_LENGTH, blank=True, help_text="which of their tabs, by a name of its own")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "person", "tab"], name="a_tab_is_present_once_at_a_company"),
            models.UniqueConstraint(fields=["matter", "person", "tab"], name="a_tab_is_present_once_at_a_matter"),
            models.CheckConstraint(
                condition=Q(company=None, matter__isnull=False) | Q(company__isnull=False, matter=None),
                name="a_presence_is_at_a_company_or_at_a_matter",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.company or self.matter}"
