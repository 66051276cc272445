"""Messages' fixtures: an instant, a writer of trial messages, templates of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from acompana.messages import composing
from acompana.messages.models import Message
from acompana.messages.operations import write_message

NOW = datetime(2026, 9, 16, 15, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def write() -> Callable[..., Message | None]:
    def write_trial(key: str = "trial:1", to: str = "ana.rojas@altoroble.example", **fields) -> Message | None:
        fields.setdefault("context", {"asked_at": NOW})
        fields.setdefault("template", "messages/trial")
        return write_message(to_address=to, to_name="Ana Rojas", key=key, **{"now": NOW, **fields})

    return write_trial


@pytest.fixture
def template_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Adds a template file: `template_file("test/hello", "category: route\\nsubject: …\\n\\n…")`."""
    files = dict(composing.mail_files())
    monkeypatch.setattr(composing, "mail_files", lambda: files)
    composing.file_text.cache_clear()

    def add(name: str, text: str, language: str = "es") -> None:
        path = tmp_path / f"{name.replace('/', '-')}.{language}.txt"
        path.write_text(text)
        files[name, language] = path

    yield add
    composing.file_text.cache_clear()
