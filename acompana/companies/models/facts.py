"""The dated facts that status is computed from."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from acompana.companies.models.registry import Company

PERSON = settings.AUTH_USER_MODEL


class Validation(models.Model):
    """The act of the regional executive that DEF-2 asks for; withdrawing it keeps the row."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="validations")
    validated_at = models.DateTimeField()
    validated_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "validación"
        constraints = [
            models.UniqueConstraint(
                fields=["company"], condition=Q(withdrawn_at=None), name="a_company_has_one_validation_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.validated_at:%d-%m-%Y}"


class Assignment(models.Model):
    """Who was the company's executive, from when to when (POR-9, EXP-5)."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="assignments")
    executive = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    assigned_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    since_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "asignación"
        constraints = [
            models.UniqueConstraint(
                fields=["company"], condition=Q(until_at=None), name="a_company_has_one_executive_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company}: {self.executive}"


class CountingAction(models.Model):
    """An action that counts for user status (DEF-3); the catalogue of what counts belongs to who writes it."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="counting_actions")
    kind = models.SlugField()
    done_on = models.DateField()
    registered_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()

    class Meta:
        verbose_name = "acción que cuenta"
        indexes = [models.Index(fields=["company", "-done_on"], name="counting_action_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.done_on:%d-%m-%Y}"
