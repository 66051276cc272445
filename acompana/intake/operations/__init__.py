"""The verbs of the intake, by capability. Each is one transaction."""

from acompana.intake.operations.access import announce_claim, announce_decision
from acompana.intake.operations.accounts import (
    accept_invitation,
    check_can_invite,
    derive_to_director,
    dismiss_account,
    find_invitation,
    invite_company,
    register_account,
)
from acompana.intake.operations.attention import (
    arrange_interview,
    count_as_contact,
    decline,
    hold_interview,
    preadmit,
    record_attempt,
    record_contact,
    refuse_preadmission,
    reschedule_interview,
    return_preadmissibility,
    submit_preadmissibility,
    validate,
)
from acompana.intake.operations.evidence import update_interview, update_test
from acompana.intake.operations.handover import assign_companies, move_company
from acompana.intake.operations.referrals import receive_referral, record_outcome, refer_company
from acompana.intake.operations.reviews import ask_review, decide_review
from acompana.intake.operations.route import finish_test, open_intake, submit_characterization, withdraw
from acompana.intake.operations.standings import record_standing

__all__ = [
    "accept_invitation",
    "announce_claim",
    "announce_decision",
    "arrange_interview",
    "ask_review",
    "assign_companies",
    "check_can_invite",
    "count_as_contact",
    "decide_review",
    "decline",
    "derive_to_director",
    "dismiss_account",
    "find_invitation",
    "finish_test",
    "hold_interview",
    "invite_company",
    "move_company",
    "open_intake",
    "preadmit",
    "receive_referral",
    "record_attempt",
    "record_contact",
    "record_outcome",
    "record_standing",
    "refer_company",
    "refuse_preadmission",
    "register_account",
    "reschedule_interview",
    "return_preadmissibility",
    "submit_characterization",
    "submit_preadmissibility",
    "update_interview",
    "update_test",
    "validate",
    "withdraw",
]
