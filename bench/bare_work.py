"""The long jobs as bare statements of the same database: what duplicates and the sweep stand beside."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from acompana.kernel import sets
from bench.loading import stored

# Who is called the same, or is reached by the same e-mail or telephone: without evidence weighed, reasons or a list.
ALIKE = (
    "SELECT a.id, b.id FROM companies_company a JOIN companies_company b ON b.match_name = a.match_name "
    "AND b.id <> a.id WHERE a.rut IS NULL AND a.match_name <> ''",
    "SELECT k.company_id, l.company_id FROM companies_contact k JOIN companies_contact l ON l.email = k.email "
    "AND l.company_id > k.company_id WHERE k.email <> ''",
    "SELECT k.company_id, l.company_id FROM companies_contact k JOIN companies_contact l "
    "ON l.phone_digits = k.phone_digits AND l.company_id > k.company_id WHERE k.phone_digits <> ''",
)
OPEN = "fulfilled_at IS NULL AND cancelled_at IS NULL"


def duplicates() -> None:
    for pairs in ALIKE:
        sets.value(f"SELECT count(*) FROM ({pairs}) AS pairs")


def sweep(now: datetime) -> None:
    """Claimed in two statements, and given back."""
    with transaction.atomic():
        at = stored(now)
        sets.run(
            f"UPDATE commitments_commitment SET breached_at = %s WHERE {OPEN} AND due_at < %s AND breached_at IS NULL",
            [at, at],
        )
        sets.run(
            f"UPDATE commitments_commitment SET warned_at = %s WHERE {OPEN} AND due_at > %s AND warn_at <= %s "
            "AND warned_at IS NULL",
            [at, at, at],
        )
        transaction.set_rollback(True)
