"""What is owed, by whom, by when — and why that date (EXP-9)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from acompana.kernel.deadline_words import began_words
from acompana.kernel.rulebook import what_starts

if TYPE_CHECKING:
    from acompana.people.models import Absence

PERSON = settings.AUTH_USER_MODEL


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def open(self) -> CommitmentQuerySet:
        return self.filter(fulfilled_at=None, cancelled_at=None)

    def running(self) -> CommitmentQuerySet:
        """Open, and with the clock not paused: what may fall due."""
        paused = Pause.objects.filter(commitment=models.OuterRef("pk"), resumed_at=None)
        return self.open().exclude(models.Exists(paused))

    def late(self, now: datetime) -> CommitmentQuerySet:
        return self.running().filter(due_at__lt=now)

    def paused(self) -> CommitmentQuerySet:
        return self.open().filter(pauses__in=Pause.objects.filter(resumed_at=None))

    def of_the_agency(self) -> CommitmentQuerySet:
        """What the agency and its people owe; what companies owe them stays out."""
        return self.exclude(debtor=Commitment.Debtor.COMPANY)

    def held_because_of(self, absence: Absence) -> CommitmentQuerySet:
        """Open, and with somebody else because of an absence: nobody has handed it on since, nor has it come back.

        Also what the substitute, absent in turn, left with another (POR-10).
        """
        absent = absence.staff_member.person_id
        later = Q(transferred_at__gt=models.OuterRef("transferred_at"))
        later |= Q(transferred_at=models.OuterRef("transferred_at"), pk__gt=models.OuterRef("pk"))
        handed_on = Transfer.objects.filter(
            Q(absence=None) | Q(to_owner=absent), later, commitment=models.OuterRef("commitment")
        )
        standing = Transfer.objects.filter(~models.Exists(handed_on), absence=absence)
        return self.open().filter(pk__in=standing.values("commitment")).exclude(owner=absent)

    def for_lists(self) -> CommitmentQuerySet:
        """With what a list shows of each, oldest due first."""
        return self.select_related("company", "matter", "office", "owner").order_by("due_at", "id")


class Commitment(models.Model):
    """Something owed by an office, a person or a company. Due instants are stored; claims are conditional updates."""

    class Debtor(models.TextChoices):
        OFFICE = "office", "Oficina"
        PERSON = "person", "Persona"
        COMPANY = "company", "Empresa"

    rule = models.CharField(max_length=20, blank=True, help_text="id of the rulebook (DL-1); empty: agreed by hand")
    rule_version = models.PositiveSmallIntegerField(default=0)
    what = models.CharField(max_length=200)
    company = models.ForeignKey(
        "companies.Company", on_delete=models.PROTECT, null=True, blank=True, related_name="commitments"
    )
    matter = models.ForeignKey(
        "matters.Matter", on_delete=models.PROTECT, null=True, blank=True, related_name="commitments"
    )
    debtor = models.CharField(max_length=8, choices=Debtor)
    office = models.ForeignKey(
        "people.Office", on_delete=models.PROTECT, help_text="whose calendar and clock it runs on", related_name="+"
    )
    owner = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="commitments")
    event_at = models.DateTimeField(
        null=True, blank=True, help_text="what a term counted backwards is counted from (DL-13); empty otherwise"
    )
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField()
    explanation = models.JSONField(default=list, help_text="sentences in Spanish")
    warn_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True, help_text="when a worker claimed the breach")
    fulfilled_at = models.DateTimeField(null=True, blank=True)
    fulfilled_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    fulfilled_because = models.CharField(max_length=200, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_because = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["owner", "due_at"],
                condition=Q(fulfilled_at=None, cancelled_at=None),
                name="commitment_open_owner_due",
            ),
            models.Index(
                fields=["office", "due_at"],
                condition=Q(fulfilled_at=None, cancelled_at=None),
                name="commitment_open_office_due",
            ),
            models.Index(
                fields=["due_at"],
                condition=Q(fulfilled_at=None, cancelled_at=None, breached_at=None),
                name="commitment_to_breach",
            ),
            models.Index(
                fields=["warn_at"],
                condition=Q(fulfilled_at=None, cancelled_at=None, warned_at=None),
                name="commitment_to_warn",
            ),
            models.Index(fields=["company", "due_at"], name="commitment_company_due"),
            models.Index(fields=["rule", "office", "starts_at"], name="commitment_rule_office"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(debtor="person") | Q(owner__isnull=False), name="a_person_who_owes_is_named"
            ),
            models.CheckConstraint(
                condition=~Q(debtor="company") | Q(company__isnull=False), name="a_company_that_owes_is_named"
            ),
            models.CheckConstraint(
                condition=Q(fulfilled_at=None) | Q(cancelled_at=None), name="a_commitment_ends_one_way"
            ),
            models.CheckConstraint(
                condition=Q(due_at__gte=F("starts_at")), name="a_commitment_is_due_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return self.what

    def get_absolute_url(self) -> str:
        return reverse("commitments:commitment", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.fulfilled_at is None and self.cancelled_at is None

    @property
    def counted_from(self) -> datetime:
        """What its term is counted from: the event ahead for a term counted backwards, else the start."""
        return self.event_at or self.starts_at

    @property
    def why_it_runs(self) -> str:
        """What started its clock, in Spanish, for who reads its date."""
        return self.began()

    def began(self, language: str = "es") -> str:
        """What started its clock, and on which day of its office (EXP-9); empty if agreed by hand. No query."""
        if not (fact := what_starts(self.rule, language)):
            return ""
        office = self._state.fields_cache.get("office")
        zone = ZoneInfo(office.time_zone) if office else timezone.get_current_timezone()
        day = self.counted_from.astimezone(zone).date()
        return began_words(fact, day, counts_back=self.event_at is not None, language=language)

    @property
    def was_kept(self) -> bool:
        return self.fulfilled_at is not None and self.fulfilled_at <= self.due_at


class Pause(models.Model):
    """A stretch that does not count (EXP-8): from the day after the pause up to and including the day of resuming."""

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="pauses")
    paused_at = models.DateTimeField()
    paused_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300)
    evidence = models.ForeignKey("logbook.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.ForeignKey(
        "logbook.Entry",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="what the other party did that ended it; empty: somebody resumed it",
    )
    resumed_at = models.DateTimeField(null=True, blank=True)
    resumed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["paused_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["commitment"], condition=Q(resumed_at=None), name="a_commitment_has_one_open_pause"
            ),
            models.CheckConstraint(
                condition=Q(resumed_at=None) | Q(resumed_at__gte=F("paused_at")), name="a_pause_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return self.reason


UNDONE = "Se deshizo: "
"""How the reason begins of a change of hands that undoes another one."""


class Transfer(models.Model):
    """Who owed it before and since when somebody else does."""

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="transfers")
    from_owner = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    to_owner = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    from_office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    to_office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    transferred_at = models.DateTimeField()
    transferred_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200)
    absence = models.ForeignKey(
        "people.Absence", on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="POR-10"
    )

    class Meta:
        ordering = ["transferred_at", "id"]

    def __str__(self) -> str:
        return self.reason

    @property
    def absent_id(self) -> int | None:
        """Who was away, where that is why it changed hands."""
        return self.absence.staff_member.person_id if self.absence else None

    @property
    def undoes(self) -> bool:
        """Whether it gave back what another change of hands had taken, because that was undone."""
        return self.reason.startswith(UNDONE)


class Recount(models.Model):
    """A due date that moved because a day was added to the calendar that it runs on, or taken away (OFF-2, LAW-2)."""

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="recounts")
    holiday = models.ForeignKey("people.ExtraHoliday", on_delete=models.PROTECT, related_name="recounts")
    taken_away = models.BooleanField(help_text="the day was taken away; otherwise it was added")
    was_due_at = models.DateTimeField()
    due_at = models.DateTimeField()
    recounted_at = models.DateTimeField()
    recounted_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["recounted_at", "id"]
        indexes = [models.Index(fields=["holiday", "due_at", "id"], name="commitment_recount_of_day")]
        constraints = [
            models.CheckConstraint(condition=~Q(due_at=F("was_due_at")), name="a_recount_moves_a_date"),
        ]

    def __str__(self) -> str:
        return f"Se {'retiró' if self.taken_away else 'agregó'} el {self.holiday}"
