"""The verbs of the room: answering, and the life of a version."""

from acompana.questionnaires.operations.answering import (
    MissingAnswers,
    StaleDraft,
    WrongAnswers,
    check_answers,
    check_can_start,
    check_not_stale,
    finish_response,
    note_help,
    replace_response,
    save_answers,
    save_over,
    start_response,
)
from acompana.questionnaires.operations.publishing import (
    copy_to_draft,
    discard_draft,
    mark_of,
    publish_shipped,
    publish_version,
    retire_version,
    save_draft,
)

__all__ = [
    "MissingAnswers",
    "StaleDraft",
    "WrongAnswers",
    "check_answers",
    "check_can_start",
    "check_not_stale",
    "copy_to_draft",
    "discard_draft",
    "finish_response",
    "mark_of",
    "note_help",
    "publish_shipped",
    "publish_version",
    "replace_response",
    "retire_version",
    "save_answers",
    "save_draft",
    "save_over",
    "start_response",
]
