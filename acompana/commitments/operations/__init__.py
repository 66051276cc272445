"""The verbs of commitments, by capability: promising and settling, pausing, transferring, recounting."""

from acompana.commitments.operations.pauses import pause, resume
from acompana.commitments.operations.promises import (
    cancel,
    cancel_open,
    fulfil,
    fulfil_by_hand,
    fulfil_open,
    promise,
    promise_by_hand,
)
from acompana.commitments.operations.recounts import foresee, recount
from acompana.commitments.operations.transfers import cover_absence, return_from_absence, transfer

__all__ = [
    "cancel",
    "cancel_open",
    "cover_absence",
    "foresee",
    "fulfil",
    "fulfil_by_hand",
    "fulfil_open",
    "pause",
    "promise",
    "promise_by_hand",
    "recount",
    "resume",
    "return_from_absence",
    "transfer",
]
