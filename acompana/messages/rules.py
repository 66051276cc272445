"""What may be declined, when a failed sending is tried again, which answers of a mail server are final."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (2, 5, 15, 60, 180, 360, 720, 1440))
"""How long after each failed attempt the next one is made. After the last, the message is given up."""

JOB_BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of message that a person may accept or decline (CHA-5)."""

    slug: str
    label: StrOrPromise
    summary: StrOrPromise
    declinable: bool = True


@cache
def categories() -> dict[str, Category]:
    """Every category by its slug, in the order in which people read them."""
    rows = tomllib.loads((Path(__file__).parent / "categories.toml").read_text())
    return {
        slug: Category(
            slug=slug,
            label=gettext_lazy(row["label"]),
            summary=gettext_lazy(row["summary"]),
            declinable=row.get("declinable", True),
        )
        for slug, row in rows.items()
    }


def next_attempt_after(attempts: int) -> timedelta | None:
    """How long to wait after so many failed attempts; None when the message is given up."""
    return BACKOFF[attempts - 1] if attempts <= len(BACKOFF) else None


def next_job_after(attempts: int, allowed: int) -> timedelta | None:
    """How long to wait before a failed job is run again; None when it has had its attempts."""
    if attempts >= allowed:
        return None
    return JOB_BACKOFF[min(attempts, len(JOB_BACKOFF)) - 1]


def is_final(code: int) -> bool:
    """Whether the answer of the mail server refuses for good (5xx) rather than for now (4xx)."""
    return 500 <= code <= 599
