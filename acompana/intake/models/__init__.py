"""The tables of the intake, by capability."""

from acompana.intake.models.referrals import Referral, ReferralBody, ReferralDesk
from acompana.intake.models.road import (
    AccessTerm,
    Colour,
    ContactDuty,
    Draft,
    Intake,
    Interview,
    Invitation,
    Potential,
    PotentialAccount,
    Review,
    Rise,
    Segment,
    Standing,
)

__all__ = [
    "AccessTerm",
    "Colour",
    "ContactDuty",
    "Draft",
    "Intake",
    "Interview",
    "Invitation",
    "Potential",
    "PotentialAccount",
    "Referral",
    "ReferralBody",
    "ReferralDesk",
    "Review",
    "Rise",
    "Segment",
    "Standing",
]
