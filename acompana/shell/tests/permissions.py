"""Who may come in: the pages of the shell hold nothing of anybody."""

from __future__ import annotations

from acompana.shell.stylesheet import stylesheet
from tests.permissions import EVERYBODY, Row

ROWS = [
    Row("shell:gallery", get=EVERYBODY),
    Row("shell:stylesheet", lambda side: {"mark": stylesheet().mark}, get=EVERYBODY),
    Row("shell:theme", post=EVERYBODY),
]
