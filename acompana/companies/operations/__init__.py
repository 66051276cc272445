"""The registry's verbs. Each is one transaction, refuses with a sentence, keeps history and search in step."""

from acompana.companies.operations.assigning import (
    AssignmentResult,
    BeyondPlaces,
    assign_executive,
    assign_executives,
    check_places,
    release_companies,
    take_company,
)
from acompana.companies.operations.characterization import (
    apply_entered,
    keep_entered,
    undo_edit,
    update_characterization,
)
from acompana.companies.operations.contacts import add_contact, end_contact, record_consent, update_contact
from acompana.companies.operations.facts import (
    check_can_validate,
    does_count,
    move_to_office,
    record_capacity,
    record_counting_action,
    record_potential,
    relate_company,
    settle_office,
    validate_company,
    withdraw_validation,
)
from acompana.companies.operations.keeping import note_changed
from acompana.companies.operations.lists import delete_view, note_export, open_with_view, save_view
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
from acompana.companies.operations.merging import (
    check_can_merge,
    first_to_stay,
    join_certain,
    merge_companies,
    register_merge_listener,
    undo_merge,
)
from acompana.companies.operations.news import register_heeder, register_keeper, register_noter, register_teller
from acompana.companies.operations.pairing import compare_waiting, propose_pair, reject_pair
from acompana.companies.operations.registering import correct_rut, register_company, register_potential_account
from acompana.companies.operations.registry_search import open_search, run_search

__all__ = [
    "AssignmentResult",
    "BeyondPlaces",
    "add_contact",
    "apply_entered",
    "assign_executive",
    "assign_executives",
    "check_can_merge",
    "check_can_validate",
    "check_places",
    "compare_waiting",
    "confirm_mandate_by_link",
    "correct_rut",
    "decide_mandate",
    "delete_view",
    "does_count",
    "end_contact",
    "end_mandate",
    "first_to_stay",
    "grant_mandate_by_link",
    "join_certain",
    "keep_entered",
    "make_confirmation_token",
    "mandate_of_link",
    "merge_companies",
    "move_to_office",
    "note_changed",
    "note_export",
    "open_search",
    "open_with_view",
    "propose_pair",
    "record_capacity",
    "record_consent",
    "record_counting_action",
    "record_potential",
    "register_company",
    "register_heeder",
    "register_keeper",
    "register_merge_listener",
    "register_noter",
    "register_potential_account",
    "register_teller",
    "reject_pair",
    "relate_company",
    "release_companies",
    "request_mandate",
    "run_search",
    "save_view",
    "settle_office",
    "take_company",
    "undo_edit",
    "undo_merge",
    "update_characterization",
    "update_contact",
    "validate_company",
    "verified_contacts",
    "withdraw_validation",
]
