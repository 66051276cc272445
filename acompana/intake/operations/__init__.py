"""The verbs of the intake, by capability. Each is one transaction."""

from acompana.intake.operations.access import announce_claim, announce_decision, keep_term
from acompana.intake.operations.accounts import (
    accept_invitation,
    check_can_invite,
    derive_to_director,
    dismiss_account,
    find_invitation,
    invite_company,
    invite_from_registry,
    register_account,
)
from acompana.intake.operations.attention import (
    check_can_validate,
    check_is_sent_elsewhere,
    decline,
    hold_interview,
    refer_after_interview,
    validate,
)
from acompana.intake.operations.contacts import count_as_contact, record_attempt, record_contact, why_not_the_contact
from acompana.intake.operations.duties import end_contact_duty, name_contact_person
from acompana.intake.operations.evidence import update_interview, update_test
from acompana.intake.operations.exports import heed_exports, heed_merge
from acompana.intake.operations.handover import (
    Given,
    assign_companies,
    assign_waiting,
    hand_roads_back,
    hand_roads_over,
    move_company,
    note_assigned,
    pass_on,
    take_roads_back,
)
from acompana.intake.operations.interviews import (
    arrange_interview,
    cancel_interview,
    check_can_arrange,
    reschedule_interview,
)
from acompana.intake.operations.passing import (
    cover_interviews,
    follow_duties,
    give_interviews_back,
    pass_interviews,
)
from acompana.intake.operations.preadmissibility import (
    begin_declarations,
    preadmit,
    refuse_preadmission,
    return_preadmissibility,
    submit_preadmissibility,
)
from acompana.intake.operations.referrals import (
    outcome_meanwhile,
    receive_referral,
    record_outcome,
    refer_company,
    why_no_outcome,
)
from acompana.intake.operations.registering import register_own_company
from acompana.intake.operations.returns import check_can_return, return_prepared
from acompana.intake.operations.reviews import add_to_review, ask_review, decide_review
from acompana.intake.operations.rises import places_words
from acompana.intake.operations.route import (
    back_to_test,
    finish_test,
    help_words,
    leave_activity,
    leave_test,
    open_intake,
    submit_characterization,
    take_test_with,
    withdraw,
)
from acompana.intake.operations.standings import record_standing

__all__ = [
    "Given",
    "accept_invitation",
    "add_to_review",
    "announce_claim",
    "announce_decision",
    "arrange_interview",
    "ask_review",
    "assign_companies",
    "assign_waiting",
    "back_to_test",
    "begin_declarations",
    "cancel_interview",
    "check_can_arrange",
    "check_can_invite",
    "check_can_return",
    "check_can_validate",
    "check_is_sent_elsewhere",
    "count_as_contact",
    "cover_interviews",
    "decide_review",
    "decline",
    "derive_to_director",
    "dismiss_account",
    "end_contact_duty",
    "find_invitation",
    "finish_test",
    "follow_duties",
    "give_interviews_back",
    "hand_roads_back",
    "hand_roads_over",
    "heed_exports",
    "heed_merge",
    "help_words",
    "hold_interview",
    "invite_company",
    "invite_from_registry",
    "keep_term",
    "leave_activity",
    "leave_test",
    "move_company",
    "name_contact_person",
    "note_assigned",
    "open_intake",
    "outcome_meanwhile",
    "pass_interviews",
    "pass_on",
    "places_words",
    "preadmit",
    "receive_referral",
    "record_attempt",
    "record_contact",
    "record_outcome",
    "record_standing",
    "refer_after_interview",
    "refer_company",
    "refuse_preadmission",
    "register_account",
    "register_own_company",
    "reschedule_interview",
    "return_preadmissibility",
    "return_prepared",
    "submit_characterization",
    "submit_preadmissibility",
    "take_roads_back",
    "take_test_with",
    "update_interview",
    "update_test",
    "validate",
    "why_no_outcome",
    "why_not_the_contact",
    "withdraw",
]
