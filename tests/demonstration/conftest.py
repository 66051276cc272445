"""The demonstration in small, made once for the tests of a module and taken back at its end."""

from __future__ import annotations

from datetime import UTC, datetime

from acompana.demonstration.making import SMALL, make_demonstration
from tests.kept import made_once

NOW = datetime(2026, 11, 19, 14, 30, tzinfo=UTC)


made = made_once(lambda: make_demonstration(now=NOW, companies=SMALL))
