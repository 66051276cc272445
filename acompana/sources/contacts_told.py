"""What the rows of a run bring to the people of a company, in words: only what is written, and as whom they are known.

A trial looks at who is there and says what `contacts.bring_contacts` would do; of an import its history tells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from acompana.companies.models import Contact
from acompana.kernel.models import Change
from acompana.kernel.phones import shown_phone
from acompana.kernel.search.text import normalise
from acompana.shell.words import is_a_name
from acompana.sources.contacts import OTHER_EMAIL, OTHER_PHONE
from acompana.sources.models import Run

Told = tuple[str, str]  # a label, and what is written


class ContactsTold:
    """The people of the companies of some rows; a query, and another one for an import."""

    def __init__(self, run: Run, rows: Iterable[Mapping[str, Any]]) -> None:
        ids = {values["company_id"] for values in rows if values["company_id"] and values["s_contact_name"]}
        self.people: dict[int, list[Contact]] = defaultdict(list)
        self.history: dict[int, list[Change]] | None = None if run.is_trial else defaultdict(list)
        if not ids:
            return
        for contact in Contact.objects.filter(company_id__in=ids).order_by("pk"):
            self.people[contact.company_id].append(contact)
        if self.history is not None:
            written = Change.objects.filter(change_set=run.change_set_id, model="companies.contact", record_id__in=ids)
            for change in written.order_by("pk"):
                self.history[change.record_id].append(change)

    def written(self, values: Mapping[str, Any], *, is_new: bool) -> list[Told]:
        """What a row gives to people who are there, and whom it adds. `is_new`: the company is."""
        if is_new:
            return [_added(values, values["s_contact_name"])]
        if self.history is None:
            return _would_be_written(values, self.people[values["company_id"]])
        told: dict[int, dict[str, str]] = defaultdict(dict)
        added, names = [], {}
        for change in self.history[values["company_id"]]:
            if change.action == "created":
                added.append(_added(values, change.label))
            else:
                names[change.object_id] = change.label
                told[change.object_id] |= change.after or {}
        return [_given(names[pk], given) for pk, given in told.items()] + added

    def known_as(self, values: Mapping[str, Any]) -> str:
        """Whom the registry knows by the e-mail of a row, where the row calls them otherwise; else empty."""
        email, name = values["s_contact_email"], values["s_contact_name"]
        if not email or not is_a_name(name):
            return ""
        found = [contact.name for contact in self.people.get(values["company_id"], ()) if _has_email(contact, email)]
        named = [known.removesuffix(OTHER_EMAIL) for known in found if is_a_name(known)]
        return named[0] if named and normalise(name[:100]) not in map(normalise, named) else ""


def _would_be_written(values: Mapping[str, Any], people: Sequence[Contact]) -> list[Told]:
    """As `contacts.LACKING` and what follows it."""
    email, digits = values["s_contact_email"], values["s_contact_digits"]
    by_email = [one for one in people if email and _has_email(one, email)]
    by_phone = [one for one in people if digits and one.phone_digits == digits]
    given: dict[int, dict[str, str]] = defaultdict(dict)
    names = {one.pk: one.name for one in people}

    def fill(column: str, known: Sequence[Contact]) -> list[Contact]:
        first = [one for one in people if one in known and one.ended_on is None and not getattr(one, column)][:1]
        for one in first:
            given[one.pk][column] = values[f"s_contact_{column}"]
        return first

    if values["s_contact_position"]:
        fill("position", [*by_email, *by_phone])
    if digits and not by_phone:
        by_phone = fill("phone", by_email)
    if email and not by_email:
        by_email = fill("email", by_phone)
    told = [_given(names[pk], what) for pk, what in given.items()]
    if (email and not by_email) or (digits and not by_phone):
        suffix = OTHER_PHONE if by_email else OTHER_EMAIL if by_phone else ""
        told.append(_added(values, values["s_contact_name"] + suffix))
    return told


def _has_email(contact: Contact, email: str) -> bool:
    return contact.email.lower() == email


def _given(name: str, given: Mapping[str, str]) -> Told:
    words = {"position": "cargo", "email": "correo", "phone": "teléfono"}
    shown = {**given, "phone": shown_phone(given.get("phone"))}
    return f"Contacto {name}", ", ".join(f"{words[what]} {shown[what]}" for what in words if shown.get(what))


def _added(values: Mapping[str, Any], name: str) -> Told:
    email = "" if name.endswith(OTHER_PHONE) else values["s_contact_email"]
    phone = "" if name.endswith(OTHER_EMAIL) else shown_phone(values["s_contact_phone"])
    parts = [name, values["s_contact_position"], email, phone]
    return "Contacto", ", ".join(dict.fromkeys(part for part in parts if part))
