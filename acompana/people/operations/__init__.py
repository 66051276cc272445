"""The verbs that write people, staff and offices, by capability."""

from acompana.people.operations.ground import load_demonstration_offices, load_offices_and_roles
from acompana.people.operations.holidays import add_holiday, close_office_day, withdraw_holiday
from acompana.people.operations.offices import set_office_hours, update_office
from acompana.people.operations.staff import (
    appoint_staff,
    change_post,
    end_absence,
    end_post,
    grant_role,
    note_welcome,
    record_absence,
    register_staff_person,
    revoke_role,
    undo_leaving,
)

__all__ = [
    "add_holiday",
    "appoint_staff",
    "change_post",
    "close_office_day",
    "end_absence",
    "end_post",
    "grant_role",
    "load_demonstration_offices",
    "load_offices_and_roles",
    "note_welcome",
    "record_absence",
    "register_staff_person",
    "revoke_role",
    "set_office_hours",
    "undo_leaving",
    "update_office",
    "withdraw_holiday",
]
