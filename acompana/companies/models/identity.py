"""One identity: pairs of companies that may be one, who waits to be compared, and searches of the whole registry."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from acompana.companies.models.registry import Company

PERSON = settings.AUTH_USER_MODEL


class CompanyPair(models.Model):
    """Two companies that may be one, with what speaks for it; a person or an exact match decides (SRC-1, EXP-1)."""

    class State(models.TextChoices):
        OPEN = "open", "Por revisar"
        REJECTED = "rejected", "No son la misma"
        MERGED = "merged", "Fusionadas"

    class Source(models.TextChoices):
        SEARCH = "search", "La encontró el sistema"
        PERSON = "person", "La propuso una persona"

    first = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="pairs_as_first")
    second = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="pairs_as_second")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    source = models.CharField(max_length=6, choices=Source, default=Source.SEARCH)
    points = models.PositiveSmallIntegerField(default=0, help_text="how much speaks for it, 0 to 100")
    is_certain = models.BooleanField(default=False, help_text="exact evidence: may be joined without a person")
    evidence = models.JSONField(default=list, help_text="rows of kind, text, points and value")
    office = models.ForeignKey(
        "people.Office",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="of the one that the agency knows better; for the filter",
    )
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="when a search last found it")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    change_set = models.ForeignKey(
        "kernel.ChangeSet",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="the merge; or, of a rejected pair, the merge by which it came from a company that is no more",
    )

    class Meta:
        indexes = [
            models.Index(fields=["state", "-points", "id"], name="pair_state_most_certain"),
            models.Index(fields=["state", "office", "-points", "id"], name="pair_state_office"),
            models.Index(fields=["state", "found_at", "id"], name="pair_state_oldest"),
            models.Index(fields=["state", "office", "found_at", "id"], name="pair_state_office_oldest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="two_companies_are_one_pair"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="a_pair_is_told_in_one_order"),
            models.CheckConstraint(
                condition=~Q(state="rejected") | (~Q(reason="") & Q(decided_at__isnull=False)),
                name="a_rejected_pair_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state="merged") | Q(change_set__isnull=False), name="a_merged_pair_can_be_undone"
            ),
            models.CheckConstraint(condition=Q(points__lte=100), name="certainty_ends_at_a_hundred"),
        ]

    def __str__(self) -> str:
        return f"{self.first} · {self.second}"


class WaitingMatch(models.Model):
    """A company just registered, changed or imported, to be compared with those that are there."""

    company = models.OneToOneField(Company, on_delete=models.CASCADE, primary_key=True, related_name="waiting_match")
    noted_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["noted_at"], name="waiting_match_oldest")]

    def __str__(self) -> str:
        return str(self.company_id)


class PairSearch(models.Model):
    """A search for duplicates over the whole registry, with how far it is."""

    class Step(models.TextChoices):
        READING = "reading", "Leyendo las empresas"
        PAIRING = "pairing", "Buscando qué tienen en común"
        JUDGING = "judging", "Comparando"
        JOINING = "joining", "Uniendo lo que es exacto"
        DONE = "done", "Terminó"
        STOPPED = "stopped", "Quedó a medias"

    step = models.CharField(max_length=8, choices=Step, default=Step.READING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    companies = models.PositiveIntegerField(default=0)
    compared = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0, help_text="pairs on the list when it ended")
    joined = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    alive_at = models.DateTimeField(help_text="when it last said how far it is")
    finished_at = models.DateTimeField(null=True, blank=True)
    running = models.BooleanField(null=True, default=True, help_text="true while it runs, then empty")
    requested_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["running"], name="one_search_runs_at_a_time"),
            models.CheckConstraint(
                condition=Q(running=True, finished_at=None) | Q(running=None, finished_at__isnull=False),
                name="a_search_runs_until_it_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.started_at:%d-%m-%Y}"
