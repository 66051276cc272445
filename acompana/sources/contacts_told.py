"""What the rows of a run bring to the people of a company, in words: only what is written, and as whom they are known.

A trial looks at who is there and says what `contacts.bring_contacts` would do; of an import its history tells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from acompana.companies.models import Contact
from acompana.kernel import sets
from acompana.kernel.models import Change
from acompana.kernel.phones import shown_phone
from acompana.kernel.search.text import normalise
from acompana.shell.words import is_a_name
from acompana.sources.contacts import OTHER_EMAIL, OTHER_PHONE
from acompana.sources.fields import CONTACT_BIT
from acompana.sources.models import Run
from acompana.sources.planning import CREATE, LEAVE, UPDATE, Tables

Told = tuple[str, str]  # a label, and what is written
OF_TWINS: Told = ("Contactos", "los de otras filas del mismo RUT")
TAKEN = "De esta fila se toma solo su contacto."
THERE = "Su contacto ya está en el registro."
IN_ANOTHER_ROW = "Su contacto ya viene en otra fila."


class ContactsTold:
    """The people of the companies of some rows: a query, one more for an import, and one where a RUT is repeated."""

    def __init__(self, run: Run, rows: Iterable[Mapping[str, Any]]) -> None:
        rows = [values for values in rows if values["s_contact_name"] or values["company_id"]]
        ids = {company for values in rows if (company := _company_of(values))}
        self.people: dict[int, list[Contact]] = defaultdict(list)
        self.history: dict[int, list[Change]] | None = None if run.is_trial else defaultdict(list)
        self.said_before = _said_before(run, [values["line"] for values in rows if values["winner"]])
        if not ids:
            return
        for contact in Contact.objects.filter(company_id__in=ids).order_by("pk"):
            self.people[contact.company_id].append(contact)
        if self.history is not None:
            written = Change.objects.filter(change_set=run.change_set_id, model="companies.contact", record_id__in=ids)
            for change in written.order_by("pk"):
                self.history[change.record_id].append(change)

    def written(self, values: Mapping[str, Any], *, is_new: bool) -> list[Told]:
        """What a row gives to people who are there, and whom it adds. `is_new`: the company is. A row that brings
        nobody of its own says that its twins do."""
        return self._of_itself(values, is_new=is_new) or [OF_TWINS]

    def _of_itself(self, values: Mapping[str, Any], *, is_new: bool) -> list[Told]:
        if not values["s_contact_name"]:
            return []
        if is_new:
            return [_added(values, values["s_contact_name"])]
        if self.history is None:
            return _would_be_written(values, self.people[values["company_id"]])
        told: dict[int, dict[str, str]] = defaultdict(dict)
        added, names = [], {}
        for change in self._history_of(values, values["company_id"]):
            if change.action == "created":
                added.append(_added(values, change.label))
            else:
                names[change.object_id] = change.label
                told[change.object_id] |= change.after or {}
        return [_given(names[pk], given) for pk, given in told.items()] + added

    def _history_of(self, values: Mapping[str, Any], company_id: int) -> list[Change]:
        """What the run wrote of the person of this row, and not of one of its twins."""
        people = {one.pk: one for one in self.people[company_id]}

        def is_theirs(change: Change) -> bool:
            if change.action != "created":
                return all(
                    values.get(f"s_contact_{column}") == value for column, value in (change.after or {}).items()
                )
            name = change.label.removesuffix(OTHER_PHONE).removesuffix(OTHER_EMAIL)
            return name == values["s_contact_name"][:100] and _may_be(people.get(change.object_id), values)

        return [change for change in (self.history or {}).get(company_id, ()) if is_theirs(change)]

    def of_twin(self, values: Mapping[str, Any]) -> tuple[list[Told], str]:
        """Of a row whose RUT is repeated: what is taken of its person, and a sentence that says so (SRC-2). Of a row
        without one, and of one whose company is not written, nothing."""
        if not values["s_contact_name"] or values["winner_action"] not in (CREATE, UPDATE, LEAVE):
            return [], ""
        brings = values["winner_action"] == CREATE or values["winner_changed"] & CONTACT_BIT
        facts = {"email": values["s_contact_email"], "phone": values["s_contact_digits"]}
        by_others = self.said_before.get(values["line"], set())
        new = {fact for fact, value in facts.items() if value and fact not in by_others and self._is_new(fact, values)}
        if brings and new:
            return [
                _added({**values} | {f"s_contact_{fact}": "" for fact in facts if fact not in new}, _name(values))
            ], TAKEN
        if all(fact in by_others for fact, value in facts.items() if value):
            return [], IN_ANOTHER_ROW
        return [], "" if new or not self._knows(facts, values) else THERE

    def _knows(self, facts: Mapping[str, str], values: Mapping[str, Any]) -> bool:
        return any(
            _has(one, fact, value)
            for one in self.people.get(_company_of(values) or 0, ())
            for fact, value in facts.items()
            if value
        )

    def _is_new(self, fact: str, values: Mapping[str, Any]) -> bool:
        """Whether the registry lacks an e-mail or a telephone, or lacked it before the run wrote it."""
        company_id = _company_of(values) or 0
        value = values["s_contact_email"] if fact == "email" else values["s_contact_digits"]
        known = {one.pk for one in self.people.get(company_id, ()) if _has(one, fact, value)}
        if self.history is None:
            return not known
        return any(
            change.object_id in known and (change.action == "created" or fact in (change.after or {}))
            for change in self.history[company_id]
        )

    def known_as(self, values: Mapping[str, Any]) -> str:
        """Whom the registry knows by the e-mail of a row, where the row calls them otherwise; else empty."""
        email, name = values["s_contact_email"], values["s_contact_name"]
        if not email or not is_a_name(name):
            return ""
        found = [
            contact.name for contact in self.people.get(_company_of(values) or 0, ()) if _has_email(contact, email)
        ]
        named = [known.removesuffix(OTHER_EMAIL) for known in found if is_a_name(known)]
        return named[0] if named and normalise(name[:100]) not in map(normalise, named) else ""


def _company_of(values: Mapping[str, Any]) -> int | None:
    """The company of a row; of one whose RUT is repeated, that of the row that counts."""
    found: int | None = values["company_id"] or values["winner_company_id"]
    return found


def _name(values: Mapping[str, Any]) -> str:
    name: str = values["s_contact_name"]
    return name


def _said_before(run: Run, lines: Sequence[int]) -> dict[int, set[str]]:
    """Of some rows whose RUT is repeated, by line: which of their two facts the row that counts, or a row before them,
    says as well. One query; none for no rows."""
    if not lines:
        return {}
    tables = Tables.of(run)
    told = ", ".join(
        f"(SELECT 1 FROM {tables.staged} o WHERE o.line = t.winner AND o.{column} = s.{column}) IS NOT NULL "
        f"OR (SELECT 1 FROM {tables.twins} e JOIN {tables.staged} o ON o.line = e.line WHERE e.winner = t.winner "
        f"AND e.line < t.line AND o.{column} = s.{column} LIMIT 1) IS NOT NULL"
        for column in ("contact_email", "contact_digits")
    )
    found = sets.rows(
        f"SELECT t.line, {told} FROM {tables.twins} t JOIN {tables.staged} s ON s.line = t.line "
        f"WHERE t.line IN ({', '.join(map(str, lines))})"
    )
    return {
        line: {fact for fact, said in (("email", email), ("phone", phone)) if said} for line, email, phone in found
    }


def _may_be(contact: Contact | None, values: Mapping[str, Any]) -> bool:
    """Whether somebody whom a run added is the person of a row; of one who is gone, the name alone says."""
    return (
        contact is None
        or _has(contact, "email", values["s_contact_email"])
        or _has(contact, "phone", values["s_contact_digits"])
    )


def _has(contact: Contact, fact: str, value: str | None) -> bool:
    if not value:
        return False
    return _has_email(contact, value) if fact == "email" else contact.phone_digits == value


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
