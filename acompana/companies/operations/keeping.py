"""What every write of the registry keeps in step: match keys, version, history, search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.utils import timezone

from acompana.companies.models import Company, Contact, WaitingMatch
from acompana.companies.rules import match_key, phone_digits
from acompana.companies.search import index_companies, index_contacts
from acompana.kernel.changes import on_undo, open_change_set, record_change
from acompana.kernel.models import ChangeSet
from acompana.kernel.refusals import Refused, Stale
from acompana.people.actors import NOBODY, Actor
from acompana.people.operations.history import who_saved

HISTORY_OF_COMPANY = (
    "rut",
    "kind",
    "legal_name",
    "trade_name",
    "foreign_tax_id",
    "started_on",
    "closed_on",
    "tax_category",
    "country",
    "region",
    "commune",
    "address",
    "sector",
    "sales_bracket",
    "workers",
    "commercial_year",
    "offer",
    "exported_recently",
    "women_role",
    "certifications",
    "website",
    "sells_online",
    "programme_interest",
    "origin",
    "origin_detail",
    "office",
    "executive",
    "related_on",
    "potential",
    "validated_on",
)
# What a company is told from others by: a change of one of them has it compared again.
KNOWN_BY = ("rut", "legal_name", "trade_name", "foreign_tax_id", "country", "region", "commune", "address", "website")
HISTORY_OF_CONTACT = (
    "name",
    "position",
    "email",
    "phone",
    "preferred_channel",
    "language",
    "gender",
    "is_main",
    "ended_on",
)


def day_of(now: datetime) -> date:
    """The day of an instant in the country's time, by which the registry dates its facts."""
    return timezone.localdate(now)


def person_id(actor: Actor) -> int | None:
    return actor.person.pk if actor.person else None


def set_match_keys(company: Company) -> None:
    company.match_name = match_key(company.legal_name)
    company.match_trade_name = match_key(company.trade_name)


def lock_company(company: Company, version: int | None = None, actor: Actor | None = None) -> Company:
    """The company as stored, locked; raises Stale if somebody saved it since `version`, or the actor did elsewhere."""
    stored = Company.objects.select_for_update(of=("self",)).get(pk=company.pk)
    if version is not None:
        check_version(stored, version, actor or NOBODY)
    if stored.merged_into_id is not None:
        raise Refused(f"{stored} se fusionó con {stored.merged_into}; trabaja en la ficha que quedó.")
    return stored


def check_version(stored: Company, version: int, actor: Actor) -> None:
    """Raises Stale if somebody saved the company since `version`, or the actor did elsewhere."""
    if stored.version != version:
        who = who_saved(stored, "esta ficha", actor)
        raise Stale(
            f"{who} mientras la editabas. No se perdió lo que escribiste: "
            "compáralo con lo guardado y vuelve a guardar.",
            "EXP-13",
        )


def open_set(*, kind: str, title: str, actor: Actor, now: datetime, channel: str) -> ChangeSet:
    return open_change_set(kind=kind, title=title, person_id=person_id(actor), now=now, channel=channel)


def save_company(
    company: Company, before: dict[str, Any], after: dict[str, Any], change_set: ChangeSet, source: str = ""
) -> None:
    """Saves a locked company with a new version, its match keys, its history and its row of search. `source`: whose
    word it is, where a person takes one that a file brought."""
    set_match_keys(company)
    company.version += 1
    company.save()
    record_change(company, change_set=change_set, before=before, after=after, source=source)
    index_companies([company.pk])
    if any(before.get(name) != after.get(name) for name in KNOWN_BY):
        note_changed([company.pk], now=change_set.made_at)


def note_changed(company_ids: Iterable[int], *, now: datetime) -> None:
    """Companies to be compared soon with the rest of the registry, in the caller's transaction; for whoever registers,
    changes or imports them (EXP-1)."""
    WaitingMatch.objects.bulk_create(
        [WaitingMatch(company_id=pk, noted_at=now) for pk in company_ids], ignore_conflicts=True, batch_size=2000
    )


def _companies_back_in_step(ids: Sequence[int]) -> None:
    for company in Company.objects.filter(pk__in=ids):
        set_match_keys(company)
        company.save(update_fields=["match_name", "match_trade_name"])
    index_companies(ids)


def _contacts_back_in_step(ids: Sequence[int]) -> None:
    for contact in Contact.objects.filter(pk__in=ids):
        contact.phone_digits = phone_digits(contact.phone)
        contact.save(update_fields=["phone_digits"])
    index_contacts(ids)


def keep_in_step_after_undoing() -> None:
    on_undo(Company, _companies_back_in_step)
    on_undo(Contact, _contacts_back_in_step)


def touch(company: Company) -> None:
    """A new version after a change of something that belongs to the company and is edited with it."""
    Company.objects.filter(pk=company.pk).update(version=F("version") + 1)
    company.version += 1
