"""The verbs of sources and runs."""

from acompana.sources.operations.mappings import (
    add_source,
    keep_sample,
    load_shipped_sources,
    read_sample,
    save_mapping,
)
from acompana.sources.operations.retiring import bring_source_back, retire_source
from acompana.sources.operations.running import cancel_run, check_can_start, continue_run, start_run, work_on
from acompana.sources.operations.taking_back import ask_undo, check_can_undo, undo_run, undoable_until

__all__ = [
    "add_source",
    "ask_undo",
    "bring_source_back",
    "cancel_run",
    "check_can_start",
    "check_can_undo",
    "continue_run",
    "keep_sample",
    "load_shipped_sources",
    "read_sample",
    "retire_source",
    "save_mapping",
    "start_run",
    "undo_run",
    "undoable_until",
    "work_on",
]
