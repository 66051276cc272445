"""Sources, their runs, and what each company has from each."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from acompana.companies.models import Company
from acompana.sources import states

PERSON = settings.AUTH_USER_MODEL


class Source(models.Model):
    """Where files come from, with the mapping by which they are read; changed on screen, never deleted."""

    slug = models.SlugField(unique=True)
    name = models.CharField("nombre", max_length=80)
    about = models.CharField("qué trae", max_length=300, blank=True)
    is_register = models.BooleanField(
        "es un registro público", default=False, help_text="its companies are registry only (DEF-7)"
    )
    is_shipped = models.BooleanField(default=False, help_text="came with the system")
    mapping = models.JSONField(default=dict, help_text="columns to fields, and how to read the file")
    sample = models.JSONField(default=dict, help_text="heads and first rows of a file, to try the mapping on")
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "fuente"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Run(models.Model):
    """One file of one source, read once: tried or imported. Its counts are final when its state is."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="runs")
    state = models.CharField(max_length=10, choices=states.CHOICES, default=states.QUEUED)
    is_trial = models.BooleanField(help_text="says what it would do, and does nothing (EXP-2)")
    mapping = models.JSONField(help_text="the source's mapping when the run began")
    file_name = models.CharField(max_length=200)
    file = models.FileField(null=True, blank=True)
    path = models.CharField(max_length=500, blank=True, help_text="of a file read where it lies")
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(default=0, help_text="bytes")
    encoding = models.CharField(max_length=60, blank=True)
    warnings = models.JSONField(default=list, help_text="sentences about the file as a whole")
    trouble = models.CharField(max_length=500, blank=True, help_text="why it stopped")

    staged = models.BigIntegerField(default=0, help_text="rows read, committed with them")
    is_whole = models.BooleanField(default=False, help_text="the file was read to its end")
    applied = models.BigIntegerField(default=0, help_text="line up to which it was compared, committed with the rows")
    created = models.BigIntegerField(default=0)
    updated = models.BigIntegerField(default=0)
    left = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    kept = models.BigIntegerField(default=0, help_text="rows whose values the agency's own prevailed over")
    put_aside = models.JSONField(default=dict, help_text="indexes dropped while it runs, and how to make them again")
    indexed = models.BigIntegerField(default=0, help_text="line up to which the search index has it")

    change_set = models.OneToOneField(
        "kernel.ChangeSet", on_delete=models.PROTECT, null=True, blank=True, related_name="import_run"
    )
    started_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_removed = models.BigIntegerField(default=0)
    undone_put_back = models.BigIntegerField(default=0)
    undone_kept = models.BigIntegerField(default=0, help_text="touched by somebody since, left as they are")
    holder = models.CharField(max_length=140, blank=True, help_text="the process that works on it")
    alive_at = models.DateTimeField(null=True, blank=True)
    has_rows = models.BooleanField(default=False, help_text="its tables of work are still there")

    class Meta:
        verbose_name = "carga"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(state__in=states.OPEN), name="a_source_has_one_open_run"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} nº {self.pk}"

    @property
    def word(self) -> str:
        """What people call it: a trial is no « carga », since nothing of it stays."""
        return "ensayo" if self.is_trial else "carga"

    @property
    def title(self) -> str:
        """Of the job that works on it."""
        return f"{self.word.capitalize()} de {self.source}"


class Provenance(models.Model):
    """What a company has from a source: the fields that hold its word, and where the agency's own prevailed."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="provenances", db_index=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", db_index=False)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_index=False)
    line = models.BigIntegerField(help_text="of the file, without its header")
    fields = models.BigIntegerField(default=0, help_text="bits of sources.fields: what came from here")
    kept = models.BigIntegerField(default=0, help_text="bits of sources.fields: what the agency has otherwise")
    said = models.JSONField(null=True, blank=True, help_text="what the source says of those, by column")

    class Meta:
        verbose_name = "procedencia"
        constraints = [
            models.UniqueConstraint(fields=["company", "source"], name="a_source_speaks_once_of_a_company"),
        ]

    def __str__(self) -> str:
        return f"{self.company} · {self.source}"
