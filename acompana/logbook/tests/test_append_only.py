"""The database itself refuses changes of what happened, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from acompana.companies.models import Company
from acompana.files.models import StoredFile
from acompana.kernel.refusals import Refused
from acompana.logbook.models import Attachment, Entry, EntryText
from acompana.logbook.operations import erase_text, record_entry
from acompana.matters.models import Matter, Step
from acompana.people.actors import NOBODY, Actor
from acompana.people.models import Office, Person

NOW = datetime(2026, 9, 16, 18, 0, tzinfo=UTC)
TABLES = {"logbook_entry", "logbook_attachment", "logbook_entrytext", "matters_step"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def rows():
    office = Office.objects.get(code="CL-VS")
    company = Company.objects.create(legal_name="Alto Roble", country_id=office.country_id, created_at=NOW)
    person = Person.objects.create(given_names="Raúl", family_names="Mena", joined_at=NOW)
    file = StoredFile.objects.create(name="a.pdf", media_type="application/pdf", size=1, sha256="0", uploaded_at=NOW)
    entry = record_entry(
        kind="note",
        fact="Nota",
        actor=Actor(person=person),
        now=NOW,
        company=company,
        channel="phone",
        text="Ana prefiere las tardes",
        files=[file],
    )
    matter = Matter.objects.create(
        kind="x", number="X-1", lifecycle_version=1, state="a", state_since=NOW, turn="agency", office=office,
        opened_at=NOW,
    )  # fmt: skip
    step = Step.objects.create(matter=matter, transition="t", to_state="a", taken_at=NOW)
    return {"entry": entry, "text": entry.text, "attachment": Attachment.objects.get(), "step": step, "person": person}


CHANGES = {
    "the fact of an entry": lambda: Entry.objects.update(fact="otra cosa"),
    "when it happened": lambda: Entry.objects.update(happened_at=NOW.replace(year=2025)),
    "who may see it": lambda: Entry.objects.update(visibility="company"),
    "an entry itself": lambda: Entry.objects.all()._raw_delete("default"),
    "where a step led": lambda: Step.objects.update(to_state="b"),
    "a step under cover of erasing its reason": lambda: Step.objects.update(reason="", to_state="b"),
    "the reason of a step": lambda: Step.objects.update(reason="otro motivo"),
    "a step itself": lambda: Step.objects.all()._raw_delete("default"),
    "which file hangs on it": lambda: Attachment.objects.update(file_id=1),
    "an attachment itself": lambda: Attachment.objects.all()._raw_delete("default"),
    "its words, without erasing them": lambda: EntryText.objects.update(body="otra cosa"),
    "its words, without a reason": lambda: EntryText.objects.update(body="", erased_at=NOW),
    "the row of its words": lambda: EntryText.objects.all()._raw_delete("default"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_refuses_to_change(what, rows):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        CHANGES[what]()


def columns_of(table, **changed):
    """The columns of a table for an INSERT … SELECT, some of them with other values."""
    with connection.cursor() as cursor:
        names = [c.name for c in connection.introspection.get_table_description(cursor, table)]
    return ", ".join(names), ", ".join(changed.get(name, name) for name in names)


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="REPLACE is SQLite's")
@pytest.mark.parametrize(
    ("table", "changed"),
    [
        ("logbook_entry", {"fact": "'otra cosa'"}),
        ("logbook_entrytext", {"body": "'otra cosa'"}),
        ("logbook_attachment", {"file_id": "file_id + 0"}),
        ("matters_step", {"to_state": "'b'"}),
    ],
)
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_refuses_to_replace(table, changed, recursive, rows):
    into, values = columns_of(table, **changed)
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA recursive_triggers = {recursive}")
        for sql in ("REPLACE INTO", "INSERT OR REPLACE INTO"):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                cursor.execute(f"{sql} {table} ({into}) SELECT {values} FROM {table}")
        cursor.execute("PRAGMA recursive_triggers = OFF")


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="TRUNCATE is PostgreSQL's")
@pytest.mark.parametrize("table", ["logbook_entry", "logbook_entrytext", "logbook_attachment", "matters_step"])
def test_refuses_to_be_emptied(table, rows):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for sql in (f"TRUNCATE {table} CASCADE", "TRUNCATE companies_company CASCADE"):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                cursor.execute(sql)


def test_every_table_has_its_triggers():
    query = (
        "SELECT DISTINCT event_object_table, event_manipulation FROM information_schema.triggers "
        "WHERE trigger_name LIKE 'append_only_%'"
        if connection.vendor == "postgresql"
        else "SELECT tbl_name, upper(substr(name, -6)) FROM sqlite_master WHERE name LIKE 'append_only_%'"
    )
    verbs = ("UPDATE", "DELETE") if connection.vendor == "postgresql" else ("UPDATE", "DELETE", "INSERT")
    with connection.cursor() as cursor:
        cursor.execute(query)
        assert set(cursor.fetchall()) >= {(table, verb) for table in TABLES for verb in verbs}


class TestErasing:
    def test_empties_the_words_and_leaves_the_fact_with_who_when_and_why(self, rows):
        administrator = Actor(person=rows["person"], roles=frozenset({"administrator"}))
        erase_text(entry=rows["entry"], actor=administrator, now=NOW, because="Lo pidió la persona")
        text = EntryText.objects.get(entry=rows["entry"])
        assert (text.body, text.erased_by, text.erased_because) == ("", rows["person"], "Lo pidió la persona")
        assert Entry.objects.get().fact == "Nota"
        with pytest.raises(Refused, match="no tiene texto"):
            erase_text(entry=rows["entry"], actor=administrator, now=NOW, because="Otra vez")

    def test_asks_for_a_reason_and_for_an_administrator(self, rows):
        administrator = Actor(person=rows["person"], roles=frozenset({"administrator"}))
        for actor, because in ((administrator, " "), (NOBODY, "Quiero")):
            with pytest.raises(Refused):
                erase_text(entry=rows["entry"], actor=actor, now=NOW, because=because)
        assert EntryText.objects.get().body
