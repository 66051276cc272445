"""Who fills in the form, and what of."""

from __future__ import annotations

from datetime import timedelta

from acompana.kernel.clock import read_clock

NOW = read_clock() - timedelta(hours=1)
CONTACT = {
    "name": "Elena Prado",
    "email": "elena@altoroble.example",
    "phone": "+56 9 8123 4567",
    "preferred_channel": "email",
    "language": "es",
}
