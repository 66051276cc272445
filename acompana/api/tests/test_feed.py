"""The feed of changes: in order, nothing lost, whoever writes and however long it takes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acompana.api.feed import WATCHED, watch_tables
from acompana.api.tests.conftest import ROOT, Program, new_token
from acompana.companies.models import Company
from acompana.companies.operations import merge_companies, undo_merge
from acompana.companies.tests.conftest import NOW, make_company
from acompana.kernel import feed
from acompana.kernel.clock import read_clock
from acompana.kernel.models import FeedRow
from acompana.logbook.operations import record_entry
from acompana.matters.models import Matter
from acompana.messages.models import Message
from acompana.people.actors import SYSTEM
from acompana.reference.models import Country
from tests.permissions.world import World


def test_the_database_has_the_triggers(db: None) -> None:
    wanted = {feed.name_of(watched, verb) for watched in WATCHED for verb in watched.only}
    assert wanted == set(feed.triggers())
    watch_tables()  # again: nothing more
    assert wanted == set(feed.triggers())


def test_what_changes_is_told_in_order(world: World, executive: Program) -> None:
    start = executive.get("/changes", start="now")
    company = make_company("Nueva")
    Company.objects.filter(pk=company.pk).update(workers=4)
    contact = executive.post(f"/companies/{world.sides['own'].company.pk}/contacts", {"name": "Eva"}).json()
    told = executive.get("/changes", cursor=start["next"])
    seen = [(row["kind"], row["id"], row["action"]) for row in told["items"] if row["kind"] in ("company", "contact")]
    assert seen[:2] == [("company", company.pk, "created"), ("company", company.pk, "updated")]
    assert ("contact", contact["id"], "created") in seen
    assert executive.get("/changes", cursor=told["next"])["items"] == []


def test_a_bulk_import_is_in_it_and_pages_are_small(world: World, executive: Program) -> None:
    start = executive.get("/changes", start="now")["next"]
    chile = Country.objects.get(alpha2="CL")
    rows = [Company(legal_name=f"Del registro {n}", country=chile, created_at=NOW) for n in range(2_500)]
    Company.objects.bulk_create(rows)
    names, cursor, more, pages = [], start, True, 0
    while more:
        page = executive.get("/changes", cursor=cursor, limit=1000)
        names += [row["id"] for row in page["items"]]
        cursor, more, pages = page["next"], page["more"], pages + 1
    assert sorted(names) == sorted(
        Company.objects.filter(legal_name__startswith="Del reg").values_list("pk", flat=True)
    )
    assert names == sorted(names)
    assert pages <= 4


def test_what_is_not_asked_for_is_passed_over_at_once(
    world: World, executive: Program, owner: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a kind nor one's own company hides behind pages of others; what lies beyond the reach is not lost."""
    cursor = executive.get("/changes", start="now")["next"]
    own, chile = world.sides["own"].company, Country.objects.get(alpha2="CL")
    Company.objects.bulk_create(
        Company(legal_name=f"Del registro {n}", country=chile, created_at=NOW) for n in range(60)
    )
    executive.post(f"/companies/{own.pk}/entries", {"kind": "note", "text": "x", "visibility": "company"})
    monkeypatch.setattr("acompana.api.feed.WINDOW", 5)
    for program, asked in ((executive, {"kind": "entry"}), (owner, {})):
        page = program.get("/changes", cursor=cursor, **asked)
        assert (page["more"], [row["kind"] for row in page["items"]]) == (False, ["entry"])
    monkeypatch.setattr("acompana.api.feed.REACH", 25)
    found, pages, position, more = [], 0, cursor, True
    while more:
        page = owner.get("/changes", cursor=position)
        found, position, more, pages = found + page["items"], page["next"], page["more"], pages + 1
    assert (len(found), pages) == (1, 3)


def test_each_sees_what_they_may(world: World, executive: Program, owner: Program) -> None:
    cursor = executive.get("/changes", start="now")["next"]
    own, rival = world.sides["own"].company, world.sides["rival"].company
    Company.objects.filter(pk__in=[own.pk, rival.pk]).update(workers=3)
    path = f"/companies/{own.pk}/entries"
    note = {"kind": "note", "text": "x"}
    secret = executive.post(path, {**note, "visibility": "responsible"}).json()["id"]
    told = executive.post(path, {**note, "visibility": "company"}).json()["id"]
    other = Program(new_token(world.cast["control"]))
    narrow = Program(new_token(world.cast["executive"], "companies:read"))
    mine = {(row["kind"], row["id"]) for row in owner.get("/changes", cursor=cursor)["items"]}
    assert mine == {("company", own.pk), ("entry", told)}
    theirs = {(row["kind"], row["id"]) for row in other.get("/changes", cursor=cursor)["items"]}
    assert ("entry", told) in theirs
    assert ("entry", secret) not in theirs
    assert {row["kind"] for row in narrow.get("/changes", cursor=cursor)["items"]} == {"company"}


def test_each_address_of_the_feed_answers_who_is_told_of_it(world: World, executive: Program) -> None:
    """Matters by their number; of e-mails, those of companies, without their text, as in a company's record."""
    keeper = Program(new_token(world.cast["administrator"]))
    cursor = executive.get("/changes", start="now")["next"]
    own, rival = world.sides["own"], world.sides["rival"]
    Matter.objects.filter(pk__in=[own.matter.pk, rival.matter.pk]).update(turn="agency")
    of_nobody = Message.objects.get(pk=own.message.pk)
    of_nobody.pk, of_nobody.key, of_nobody.company, of_nobody.matter = None, "otra", None, None
    of_nobody.save()
    Message.objects.filter(pk=own.message.pk).update(attempts=2)
    told = [row["href"] for row in executive.get("/changes", cursor=cursor)["items"]]
    assert set(told) == {
        f"/api/v1/matters/{own.matter.number}",
        f"/api/v1/matters/{rival.matter.number}",
        f"/api/v1/messages/{own.message.pk}",
    }
    for href in told:
        assert executive("GET", href.removeprefix("/api/v1")).status_code == 200
    path = f"/messages/{own.message.pk}"
    assert (executive.get(path)["body"], bool(keeper.get(path)["body"])) == (None, True)
    assert executive("GET", f"/messages/{of_nobody.pk}").status_code == 404
    assert f"/api/v1/messages/{of_nobody.pk}" in [
        row["href"] for row in keeper.get("/changes", cursor=cursor)["items"]
    ]


def test_statements_of_the_feed_do_not_grow_with_rows(world: World, executive: Program) -> None:
    cursor = executive.get("/changes", start="now")["next"]
    counts = []
    for matters in ([world.sides["own"].matter], [side.matter for side in world.sides.values()]):
        Matter.objects.filter(pk__in=[matter.pk for matter in matters]).update(turn="agency")
        executive.get("/changes", cursor=cursor)  # to settle
        with CaptureQueriesContext(connection) as captured:
            executive.get("/changes", cursor=cursor)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_its_addresses_lead_to_the_thing_itself(world: World, executive: Program, owner: Program) -> None:
    """Of each kind that has one; what is told to somebody, they may read (EXP-3)."""
    cursor = executive.get("/changes", start="now")["next"]
    own = world.sides["own"]
    for visibility in ("staff", "company"):
        note = {"kind": "note", "text": "x", "visibility": visibility}
        executive.post(f"/companies/{own.company.pk}/entries", note)
    executive.post(f"/companies/{own.company.pk}/contacts", {"name": "Eva"})
    for changed in (own.company, own.company.responses.first(), own.company.commitments.first()):
        changed.save()
    for program in (executive, owner, Program(new_token(world.cast["limited"]))):
        for row in program.get("/changes", cursor=cursor)["items"]:
            assert program.get(row["href"].removeprefix(ROOT))["id"] == row["id"], row
    told = {row["kind"] for row in owner.get("/changes", cursor=cursor)["items"]}
    assert {"company", "contact", "entry"} <= told


def told_of(program: Program, cursor: str, *kinds: str) -> list[tuple[str, int, str, int | None]]:
    rows = program.get("/changes", cursor=cursor)["items"]
    return [(row["kind"], row["id"], row["action"], row["merged_into"]) for row in rows if row["kind"] in kinds]


def test_a_merge_and_its_undoing_are_told(world: World, executive: Program, owner: Program) -> None:
    """Also of what had been merged into the one that went: it is part of the one that stayed now (EXP-1)."""
    kept, gone = world.sides["own"].company, make_company("Alto Roble Limitada")
    first = make_company("Alto Roble antiguo")
    merge_companies(kept=gone, gone=first, actor=SYSTEM, now=read_clock(), reason="Es la misma")
    start = executive.get("/changes", start="now")["next"]
    merge = merge_companies(kept=kept, gone=gone, actor=SYSTEM, now=read_clock(), reason="Es la misma")
    for program in (executive, owner):
        told = told_of(program, start, "company")
        assert ("company", gone.pk, "merged", kept.pk) in told
        assert ("company", first.pk, "merged", kept.pk) in told
        assert ("company", kept.pk, "updated", None) in told
        assert not {row for row in told if row[1] in (gone.pk, first.pk) and row[2] != "merged"}
    (href,) = {r["href"] for r in executive.get("/changes", cursor=start)["items"] if r["action"] == "merged"}
    assert executive.get(href.removeprefix(ROOT))["id"] == kept.pk
    rival = Program(new_token(world.cast["rival"]))
    assert told_of(rival, start, "company") == []
    after = executive.get("/changes", cursor=start)["next"]
    undo_merge(change_set=merge, actor=SYSTEM, now=read_clock())
    told = told_of(executive, after, "company")
    assert ("company", gone.pk, "split", None) in told
    assert ("company", first.pk, "merged", gone.pk) in told
    assert "split" not in {action for _, pk, action, _ in told if pk != gone.pk}


def test_who_left_a_company_is_told_so(world: World, executive: Program, owner: Program) -> None:
    path = f"/companies/{world.sides['own'].company.pk}/contacts"
    pk = executive.post(path, {"name": "Eva"}).json()["id"]
    cursor = executive.get("/changes", start="now")["next"]
    executive("PATCH", f"/contacts/{pk}", {"position": "Gerenta"})
    executive("DELETE", f"/contacts/{pk}")
    for program in (executive, owner):
        told = [row for row in told_of(program, cursor, "contact") if row[1] == pk]
        assert [action for _, _, action, _ in told] == ["updated", "ended"]
    hrefs = [
        next(row["href"] for row in program.get("/changes", cursor=cursor)["items"] if row["action"] == "ended")
        for program in (executive, owner)
    ]
    assert hrefs == [f"/api/v1/contacts/{pk}", None]


def test_triggers_of_an_earlier_version_go(db: None) -> None:
    """A database made before tells of a change once, as this version does."""
    before = feed.Watched("contact", "companies_contact", "company_id")
    feed.watch([before])
    assert set(feed.triggers()) == {feed.name_of(before, verb) for verb in before.only}
    watch_tables()
    assert set(feed.triggers()) == {feed.name_of(watched, verb) for watched in WATCHED for verb in watched.only}


def test_a_limited_mandate_is_told_nothing(world: World) -> None:
    """Nor of what its person wrote, which they read on their own pages (INT-24)."""
    limited = world.cast.actor("limited", read_clock())
    cursor = Program(new_token(world.cast["limited"])).get("/changes", start="now")["next"]
    written = record_entry(
        kind="note",
        fact="Nota",
        company=world.sides["own"].company,
        actor=limited,
        now=read_clock(),
        channel="portal",
        visibility="company",
    )
    program = Program(new_token(world.cast["limited"]))
    assert program.get("/changes", cursor=cursor)["items"] == []
    assert program("GET", f"/entries/{written.pk}").status_code == 404


def test_what_was_erased_by_law_is_told(world: World, executive: Program) -> None:
    from acompana.logbook.models import Entry
    from acompana.logbook.operations import erase_text

    path = f"/companies/{world.sides['own'].company.pk}/entries"
    pk = executive.post(path, {"kind": "note", "text": "Se equivocó"}).json()["id"]
    cursor = executive.get("/changes", start="now")["next"]
    admin = world.cast.actor("administrator", read_clock())
    erase_text(entry=Entry.objects.get(pk=pk), actor=admin, now=read_clock(), because="Lo pidió")
    told = executive.get("/changes", cursor=cursor)["items"]
    assert [(row["kind"], row["id"], row["action"]) for row in told] == [("entry", pk, "updated")]


def test_a_cursor_older_than_what_is_kept_is_told(world: World, executive: Program) -> None:
    first = executive.get("/changes", limit=1)["next"]
    for number in range(3):
        make_company(f"Nueva {number}")
    feed.settle()
    FeedRow.objects.update(at=read_clock() - timedelta(days=100))
    assert feed.forget_before(read_clock() - timedelta(days=90)) > 0
    gone = executive("GET", "/changes", cursor=first)
    assert (gone.status_code, gone.json()["type"]) == (410, "/api/v1/docs#gone")
    company = make_company("Después")
    told = executive.get("/changes")["items"]
    assert [(row["kind"], row["id"]) for row in told] == [("company", company.pk)]
