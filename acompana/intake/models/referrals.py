"""Where companies are sent, or come from: the bodies, their desks, and each referral with its outcome (INT-19)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

PERSON = settings.AUTH_USER_MODEL


class ReferralBody(models.Model):
    """Another body to which companies are referred, with whom to speak there (INT-19)."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    what_for = models.CharField(max_length=200)
    contact_name = models.CharField(max_length=120)
    contact_address = models.CharField(max_length=200, help_text="e-mail, telephone or street address")
    website = models.URLField(blank=True)
    is_default = models.BooleanField(default=True, help_text="shipped as the project's default, to be confirmed")
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ReferralDesk(models.Model):
    """With whom to speak at a body in one region, where it has a desk there (INT-19)."""

    body = models.ForeignKey(ReferralBody, on_delete=models.PROTECT, related_name="desks")
    region = models.ForeignKey("reference.Region", on_delete=models.PROTECT, related_name="+")
    contact_name = models.CharField(max_length=120)
    contact_address = models.CharField(max_length=200, help_text="e-mail, telephone or street address")
    is_default = models.BooleanField(default=True, help_text="shipped as the project's default, to be confirmed")

    class Meta:
        ordering = ["body", "region"]
        constraints = [
            models.UniqueConstraint(fields=["body", "region"], name="a_body_has_one_desk_in_a_region"),
            models.CheckConstraint(
                condition=~Q(contact_name="") & ~Q(contact_address=""), name="a_desk_says_whom_and_where"
            ),
        ]

    def __str__(self) -> str:
        return self.contact_name


class Referral(models.Model):
    """A company sent to another body, or received from one; the outcome comes back (INT-17, INT-19)."""

    class Direction(models.TextChoices):
        OUT = "out", "Derivada a"
        IN = "in", "Recibida de"

    class Outcome(models.TextChoices):
        ATTENDED = "attended", "La atendieron"
        NOT_ATTENDED = "not_attended", "No la atendieron"
        IN_PROGRESS = "in_progress", "Está en un programa"
        RETURNED = "returned", "Vuelve preparada"
        WITHDRAWN = "withdrawn", "Quedó sin efecto"

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="referrals")
    matter = models.ForeignKey(
        "matters.Matter", on_delete=models.PROTECT, null=True, blank=True, related_name="referrals"
    )
    direction = models.CharField(max_length=3, choices=Direction)
    body = models.ForeignKey(ReferralBody, on_delete=models.PROTECT, related_name="referrals")
    contact_name = models.CharField("persona de contacto", max_length=120)
    contact_address = models.CharField("correo, teléfono o dirección", max_length=200)
    is_nationwide = models.BooleanField(default=False, help_text="that contact attends the whole country")
    is_default_contact = models.BooleanField(default=False, help_text="that contact is the project's own, unconfirmed")
    referred_on = models.DateField("fecha")
    reason = models.CharField("motivo", max_length=300)
    referred_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    commitment = models.OneToOneField(
        "commitments.Commitment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="referral",
        help_text="to ask what came of it; empty for one received",
    )
    outcome = models.CharField("resultado", max_length=12, choices=Outcome, blank=True)
    outcome_note = models.CharField(max_length=300, blank=True, help_text="in words; of one without effect, why")
    outcome_on = models.DateField("fecha del resultado", null=True, blank=True, help_text="the day that it happened")
    outcome_at = models.DateTimeField(null=True, blank=True, help_text="when it was noted")
    outcome_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-referred_on", "-id"]
        indexes = [models.Index(fields=["company", "-referred_on"], name="referral_company_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="") | Q(outcome_at__isnull=False, outcome_on__isnull=False),
                name="a_referral_outcome_has_its_date",
            ),
            models.CheckConstraint(
                condition=Q(outcome_on__isnull=True) | Q(outcome_on__gte=F("referred_on")),
                name="an_outcome_is_not_before_its_referral",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="withdrawn") | ~Q(outcome_note=""), name="a_withdrawn_referral_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()} {self.body}"

    @property
    def outcome_words(self) -> str:
        """What came of it, as who reads it here says it: one received was attended by the agency. Empty without it."""
        own = RECEIVED_OUTCOMES.get(self.outcome, "") if self.direction == self.Direction.IN else ""
        return own or self.get_outcome_display()

    @property
    def contact_note(self) -> str:
        """What the company should know of the contact that it was given; often nothing. That the agency has not yet
        confirmed it is for who keeps the list of bodies, not for who is sent there."""
        return gettext("Atiende a todo el país.") if self.is_nationwide else ""


RECEIVED_OUTCOMES = {
    Referral.Outcome.ATTENDED.value: "La atendimos",
    Referral.Outcome.NOT_ATTENDED.value: "No la atendimos",
}
"""What may come of a company that another body sent here (INT-19)."""
SENT_OUTCOMES = {value: label for value, label in Referral.Outcome.choices if value != Referral.Outcome.WITHDRAWN}
"""What may be noted of one sent; without effect it is left by a review, not by hand (INT-29)."""


def outcomes_of(referral: Referral) -> dict[str, str]:
    """What may be noted by hand of a referral, by its direction: stored value and words (INT-19)."""
    return RECEIVED_OUTCOMES if referral.direction == Referral.Direction.IN else SENT_OUTCOMES
