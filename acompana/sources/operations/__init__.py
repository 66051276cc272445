"""The verbs of sources and runs."""

from acompana.sources.operations.mappings import add_source, load_shipped_sources, save_mapping
from acompana.sources.operations.running import cancel_run, check_can_start, continue_run, start_run, work_on

__all__ = [
    "add_source",
    "cancel_run",
    "check_can_start",
    "continue_run",
    "load_shipped_sources",
    "save_mapping",
    "start_run",
    "work_on",
]
