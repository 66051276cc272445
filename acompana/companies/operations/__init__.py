"""The registry's verbs. Each is one transaction, refuses with a sentence, keeps history and search in step."""

from acompana.companies.operations.assigning import AssignmentResult, assign_executive, assign_executives, take_company
from acompana.companies.operations.characterization import apply_entered, keep_entered, update_characterization
from acompana.companies.operations.contacts import add_contact, end_contact, record_consent, update_contact
from acompana.companies.operations.facts import (
    check_can_validate,
    move_to_office,
    record_capacity,
    record_counting_action,
    record_potential,
    relate_company,
    settle_office,
    validate_company,
    withdraw_validation,
)
from acompana.companies.operations.mandates import (
    confirm_mandate_by_link,
    decide_mandate,
    end_mandate,
    grant_mandate_by_link,
    make_confirmation_token,
    mandate_of_link,
    request_mandate,
    verified_contacts,
)
from acompana.companies.operations.news import register_teller
from acompana.companies.operations.presence import note_presence
from acompana.companies.operations.registering import correct_rut, register_company, register_potential_account

__all__ = [
    "AssignmentResult",
    "add_contact",
    "apply_entered",
    "assign_executive",
    "assign_executives",
    "check_can_validate",
    "confirm_mandate_by_link",
    "correct_rut",
    "decide_mandate",
    "end_contact",
    "end_mandate",
    "grant_mandate_by_link",
    "keep_entered",
    "make_confirmation_token",
    "mandate_of_link",
    "move_to_office",
    "note_presence",
    "record_capacity",
    "record_consent",
    "record_counting_action",
    "record_potential",
    "register_company",
    "register_potential_account",
    "register_teller",
    "relate_company",
    "request_mandate",
    "settle_office",
    "take_company",
    "update_characterization",
    "update_contact",
    "validate_company",
    "verified_contacts",
    "withdraw_validation",
]
