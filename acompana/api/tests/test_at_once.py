"""With real transactions: several writers and readers at once, and the example client against a server."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from acompana.api.feed import changes_after
from acompana.api.tests.conftest import Program, new_token
from acompana.companies.models import Company
from acompana.companies.tests.conftest import NOW, make_company
from acompana.kernel.rut import rut_with_check_digit
from acompana.logbook.models import Entry
from acompana.people.actors import Actor
from acompana.reference.models import Country

sys.path.insert(0, str(Path(settings.ROOT) / "examples"))
import client as example

SYSTEM = Actor(person=None, roles=frozenset({"system"}))
NOTE = {"kind": "note", "text": "Hablamos de la feria."}


@pytest.mark.django_db(transaction=True)
def test_two_at_once_have_one_effect(ground: None) -> None:
    chile = Country.objects.get(alpha2="CL")
    company = Company.objects.create(legal_name="Alto Roble", country=chile, created_at=NOW)
    program = Program(new_token(None))
    answers: list[tuple[int, int]] = []

    def write() -> None:
        answer = program.post(f"/companies/{company.pk}/entries", NOTE, Idempotency_Key="una")
        answers.append((answer.status_code, answer.json()["id"]))
        connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1, answers
    assert answers[0][0] == 201
    assert Entry.objects.count() == 1


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one write at a time: ids commit in order")
@pytest.mark.django_db(transaction=True)
def test_what_commits_late_is_not_lost(ground: None) -> None:
    """One begins, numbers its row, and waits; another writes and commits; a reader reads; then the first commits."""
    chile = Country.objects.get(alpha2="CL")
    begun, read = threading.Event(), threading.Event()
    slow: list[int] = []

    def write_slowly() -> None:
        with transaction.atomic():
            slow.append(Company.objects.create(legal_name="Lenta", country=chile, created_at=NOW).pk)
            begun.set()
            assert read.wait(20)
        connections.close_all()

    thread = threading.Thread(target=write_slowly)
    thread.start()
    assert begun.wait(20)
    quick = Company.objects.create(legal_name="Rápida", country=chile, created_at=NOW).pk
    first, position, _ = changes_after(0, actor=SYSTEM, kinds={"company"}, limit=100)
    read.set()
    thread.join()
    second, _, _ = changes_after(position, actor=SYSTEM, kinds={"company"}, limit=100)
    assert [row["id"] for row in first] == [quick]
    assert [row["id"] for row in second] == slow


@pytest.mark.django_db(transaction=True)
def test_readers_at_once_agree_on_the_order(ground: None) -> None:
    chile = Country.objects.get(alpha2="CL")
    seen: list[list[int]] = []

    def read() -> None:
        found, position = [], 0
        for _ in range(12):
            rows, position, _ = changes_after(position, actor=SYSTEM, kinds={"company"}, limit=7)
            found += [row["id"] for row in rows]
        seen.append(found)
        connections.close_all()

    def write(name: str) -> None:
        for number in range(8):
            Company.objects.create(legal_name=f"{name} {number}", country=chile, created_at=NOW)
        connections.close_all()

    threads = [threading.Thread(target=write, args=(name,)) for name in "AB"]
    threads += [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    read()
    whole = seen[-1]
    assert sorted(whole) == sorted(Company.objects.values_list("pk", flat=True))
    for found in seen[:-1]:
        assert found == whole[: len(found)]


@pytest.mark.django_db(transaction=True)
def test_the_example_client_works(ground: None, live_server: Any, capsys: Any, monkeypatch: Any) -> None:
    secret = new_token(None)
    client = example.Client(live_server.url, secret)
    made = client.call("POST", "/companies", {"legal_name": "Telar SpA", "rut": rut_with_check_digit(43_700_001)})
    assert client.update_company(made["id"], workers=4)["workers"] == 4
    for number in range(5):
        client.call("POST", f"/companies/{made['id']}/entries", {"kind": "note", "text": f"Nota {number}"})
    entries = list(client.pages(f"/companies/{made['id']}/entries", limit=2))
    assert [row["text"] for row in entries] == [f"Nota {number}" for number in (4, 3, 2, 1, 0)]
    found, cursor = client.changes()
    assert ("company", made["id"]) in {(row["kind"], row["id"]) for row in found}
    assert client.changes(cursor)[0] == []
    assert {client.read(row)["id"] == row["id"] for row in found if row["kind"] in ("company", "entry")} == {True}
    with pytest.raises(example.Problem) as refused:
        client.call("GET", "/companies/999999")
    assert refused.value.status == 404
    monkeypatch.setenv("ACOMPANA_TOKEN", secret)
    assert example.main([live_server.url, "companies", "--q", "telar"]) == 0
    assert "Telar SpA" in capsys.readouterr().out
    assert example.main([live_server.url, "note", "999999", "x"]) == 1
    gone = make_company("Telar Limitada")
    Company.objects.filter(pk=gone.pk).update(merged_into=made["id"])
    assert example.main([live_server.url, "changes", "--cursor", cursor]) == 0
    assert f"merged  company {gone.pk} into {made['id']}" in capsys.readouterr().out
    (told,) = [row for row in client.changes(cursor)[0] if row["action"] == "merged"]
    assert client.read(told)["id"] == made["id"]
    with pytest.raises(example.Problem, match="was merged") as merged:
        client.update_company(gone.pk, workers=5)
    assert merged.value.told["company_id"] == made["id"]
    with pytest.raises(example.Problem, match=r"body\.started_on: "):
        client.call("PATCH", f"/companies/{made['id']}", {"version": 1, "started_on": "mañana"})


def test_the_example_client_says_when_nobody_answers(capsys: Any, monkeypatch: Any) -> None:
    with pytest.raises(example.Unreachable, match="does not answer"):
        example.Client("http://127.0.0.1:1", "aco_", patience=0).call("GET", "/me")
    monkeypatch.setattr(example.Client, "call", lambda *_, **__: example._read(Page(), "http://other.example/"))
    assert example.main(["http://other.example", "companies"]) == 1
    assert "not JSON" in capsys.readouterr().err


class Page:
    status = 200

    def read(self) -> bytes:
        return b"<html>Otra cosa</html>"
