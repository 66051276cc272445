"""The acts of this room that keep a term which no lifecycle keeps: until they are done, somebody waits for them."""

from __future__ import annotations

from django.urls import reverse

from acompana.commitments.keeping import Act
from acompana.commitments.models import Commitment
from acompana.intake.models import AccessTerm, Referral, Rise


def noting_outcome(commitment: Commitment) -> Act | None:
    """Saying what came of a referral (INT-19)."""
    referral = Referral.objects.filter(commitment=commitment).select_related("body").first()
    if referral is None:
        return None
    how = f"registrar en qué terminó la derivación a {referral.body.name}"
    return Act("Registrar el resultado", reverse("intake:outcome", args=[referral.pk]), how)


def deciding_access(commitment: Commitment) -> Act | None:
    """Deciding on a request to act for a company (INT-24)."""
    term = AccessTerm.objects.filter(commitment=commitment).first()
    if term is None:
        return None
    address = reverse("companies:mandate", args=[term.mandate_id])
    return Act("Decidir el acceso", address, "conceder o rechazar el acceso que se pidió")


def passing_on(commitment: Commitment) -> Act | None:
    """Passing a company that came to green on to a regional executive (INT-20)."""
    if not Rise.objects.filter(commitment=commitment, passed_at=None, dropped_at=None).exists():
        return None
    how = "pasar la empresa a un ejecutivo o ejecutiva regional"
    return Act("Pasar la empresa", reverse("intake:risen"), how)
