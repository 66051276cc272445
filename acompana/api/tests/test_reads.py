"""Pages by cursor, problems, tokens and their limit, and a constant number of statements."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from acompana.api.models import ApiToken
from acompana.api.operations import give_token, revoke_token
from acompana.api.queries.companies import BY_NAME, capped_count, filtered, flat_rows
from acompana.api.rules import digest_of
from acompana.api.tests.conftest import Program, new_token
from acompana.companies.models import Company
from acompana.companies.queries import count_by_region_and_status, known_companies, with_status
from acompana.companies.search import index_contacts
from acompana.companies.tests.conftest import TODAY, make_company
from acompana.kernel.clock import read_clock
from acompana.kernel.refusals import Refused
from acompana.logbook.models import Entry
from acompana.logbook.operations import record_entry
from acompana.people.actors import SYSTEM
from acompana.reference.models import Region, Sector
from tests.permissions.world import World


def test_a_page_is_stable_while_others_write(executive: Program) -> None:
    names = [f"Empresa {letter}" for letter in "ACEGI"]
    for name in names:
        make_company(name)
    first = executive.get("/companies", q="empresa", limit=2)
    assert first["count"] == {"value": 5, "capped": False}
    make_company("Empresa B")  # before the place where the page ended
    make_company("Empresa D")  # after it
    seen, cursor = [row["legal_name"] for row in first["items"]], first["next"]
    while cursor:
        page = executive.get("/companies", q="empresa", limit=2, cursor=cursor)
        assert page["count"] is None
        seen, cursor = seen + [row["legal_name"] for row in page["items"]], page["next"]
    assert seen == ["Empresa A", "Empresa C", "Empresa D", "Empresa E", "Empresa G", "Empresa I"]


def test_past_the_end_there_is_an_empty_page(executive: Program) -> None:
    for name in ("Empresa A", "Empresa B", "Empresa C"):
        make_company(name)
    cursor = executive.get("/companies", q="empresa", limit=2)["next"]
    Company.objects.filter(legal_name="Empresa C").update(merged_into=Company.objects.get(legal_name="Empresa A"))
    assert executive.get("/companies", q="empresa", limit=2, cursor=cursor) == {
        "items": [],
        "next": None,
        "count": None,
    }


def test_a_cursor_of_another_list_is_told(world: World, executive: Program) -> None:
    cursor = executive.get("/companies", limit=1)["next"]
    for path, query in (
        ("/companies", {"cursor": cursor + "A"}),
        ("/companies", {"cursor": "ñ" * 40}),
        ("/companies", {"cursor": cursor, "region": "CL-VS"}),
        ("/matters", {"cursor": cursor}),
        ("/changes", {"cursor": cursor}),
    ):
        answer = executive("GET", path, **query)
        assert (answer.status_code, answer.json()["type"]) == (400, "/api/v1/docs#bad-cursor"), query


def test_filters_give_what_they_say(executive: Program) -> None:
    valparaiso, sector = Region.objects.get(iso="CL-VS"), Sector.objects.first()
    made = make_company("Conservas Uno", region=valparaiso, sector=sector)
    make_company("Conservas Dos", region=valparaiso)
    make_company("Conservas Tres", sector=sector, related_on=None)
    asked = {"region": "CL-VS", "sector": sector.slug}
    assert [row["id"] for row in executive.get("/companies", **asked)["items"] if "Uno" in row["name"]] == [made.pk]
    assert [r["name"] for r in executive.get("/companies", relation="registry")["items"]] == ["Conservas Tres"]
    assert "Conservas Tres" not in {r["name"] for r in executive.get("/companies", relation="related")["items"]}
    assert [r["name"] for r in executive.get("/companies", status="registry")["items"]] == ["Conservas Tres"]
    answer = executive("GET", "/companies", region="CL-ZZ")
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, "query.region")


def test_a_merged_company_leads_to_the_one_that_stayed(world: World, executive: Program, owner: Program) -> None:
    stayed = world.sides["own"].company
    gone = make_company("Alto Roble Limitada", merged_into=stayed)
    entry = record_entry(
        kind="note",
        fact="Antes",
        text="Antes",
        company=gone,
        actor=SYSTEM,
        now=read_clock(),
        channel="system",
        visibility="company",
    )
    answer = executive("GET", f"/companies/{gone.pk}")
    assert (answer.status_code, answer["Location"]) == (301, f"/api/v1/companies/{stayed.pk}")
    assert entry.pk in {row["id"] for row in executive.get(f"/companies/{stayed.pk}")["entries"]}
    for program in (executive, owner):
        assert program.get(f"/entries/{entry.pk}")["company_id"] == gone.pk
    assert Program(new_token(world.cast["rival"]))("GET", f"/entries/{entry.pk}").status_code == 404


@pytest.mark.django_db
def test_region_by_status_counts_every_company_once(world: World, executive: Program) -> None:
    region = Region.objects.get(iso="CL-BI")
    make_company("De un registro", region=region, related_on=None)
    make_company("Potencial", region=region, registered_by_officer_on=TODAY)
    make_company("Usuaria", region=region, last_worked_on=TODAY, user_until=TODAY.replace(2099), started_on=TODAY)
    make_company("Antigua", last_worked_on=TODAY.replace(2015), former_from=TODAY.replace(2018))
    today = localdate(read_clock())
    expected: dict[tuple[int | None, str], int] = {}
    for place, code in with_status(known_companies(), today).values_list("region", "status_code"):
        expected[place, code] = expected.get((place, code), 0) + 1
    assert count_by_region_and_status(today) == expected
    told = executive.get("/figures/region-status")["items"]
    assert sum(row["companies"] for row in told) == known_companies().count()
    assert {"region": None, "status": "former", "companies": 1} in told


def test_deadline_as_the_command_says(executive: Program) -> None:
    told = executive.get("/deadlines", rule="dl-1", start="2026-09-16T15:00", office="cl-rm")
    assert told["due"] == "2026-09-22T23:59:59-03:00"
    assert told["explanation"]


PLAIN = (
    {},
    {"region": "CL-VS"},
    {"region": "CL-BI", "country": "CL", "kind": "national"},
    {"office": "CL-VS"},
    {"executive": "none"},
    {"executive": "{executive}", "relation": "related"},
    {"relation": "registry"},
    {"kind": "foreign"},
)


@pytest.mark.parametrize("asked", PLAIN, ids=str)
def test_lists_whose_statement_is_kept_hold_what_their_filters_say(world: World, asked: dict[str, str]) -> None:
    """Walked row by row twice, the second time with other rows there: statements are kept, answers are not."""
    asked = {name: value.format(executive=world.cast["executive"].pk) for name, value in asked.items()}
    actor, program = world.cast.actor("executive", read_clock()), Program(new_token(world.cast["executive"]))
    for turn in range(2):
        for iso in ("CL-VS", "CL-BI"):
            make_company(f"Turno {turn} {iso}", region=Region.objects.get(iso=iso), related_on=TODAY if turn else None)
        rows = filtered(actor, asked, localdate(read_clock()))
        page = program.get("/companies", limit=1, **asked)
        assert page["count"] == capped_count(rows)
        seen = page["items"]
        while page["next"]:
            page = program.get("/companies", limit=1, cursor=page["next"], **asked)
            seen += page["items"]
        wanted = flat_rows(rows.order_by(*BY_NAME), localdate(read_clock()))
        assert [(row["id"], row["status"]) for row in seen] == [(row["id"], row["status"]) for row in wanted]


def test_status_of_companies_known_in_part_is_told_for_any_number_of_them(world: World, executive: Program) -> None:
    for number in range(12):  # more than ten: the statement that asks has places for 1, 10, 100
        make_company(f"En parte {number:02}", related_on=TODAY, registered_by_officer_on=TODAY)
        found = executive.get("/companies", q="en parte", limit=50)["items"]
        assert [row["status"]["code"] for row in found] == ["potential"] * (number + 1)


# --- statements ---------------------------------------------------------------------------------------------------

STATEMENTS = {
    "/companies": 3,  # the token, the page, the count
    "/companies?count=false": 2,
    "/companies/{company}": 6,  # the token, the company, its contacts and exports, who was merged into it, its entries
    "/companies/{company}/entries": 4,
    "/commitments": 2,
    "/matters": 2,
    "/responses": 2,
    "/messages?company_id={company}": 3,  # with whether there is that company
    "/figures/region-status": 4,  # with the regions, the tally, and whether partial data are there
    "/reference/regions": 2,
    "/companies/{company}/contacts": 3,
    "/companies/{company}/activities": 3,
    "/companies/{company}/products": 3,
    "/companies/{company}/markets": 3,
    "/contacts/{contact}": 2,
    "/entries/{entry}": 2,
}


def more_rows(world: World) -> None:
    company = world.sides["own"].company
    for number in range(2):
        make_company(f"Otra {number}", region=company.region)
        record_entry(
            kind="note", fact="Nota", text="Más", company=company, actor=SYSTEM, now=read_clock(), channel="system"
        )


@pytest.mark.parametrize("path", STATEMENTS)
def test_statements_do_not_grow_with_rows(world: World, executive: Program, path: str) -> None:
    from django.test import Client

    from acompana.api.tests.conftest import ROOT

    client = Client(headers={"Authorization": f"Bearer {executive.secret}"})
    own = world.sides["own"]
    entry = Entry.objects.filter(company=own.company).first()
    address = ROOT + path.format(company=own.company.pk, contact=own.contact.pk, entry=entry and entry.pk)
    client.get(address)  # the lease of this minute, and codes
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(address).status_code == 200
        counts.append(len(captured))
        more_rows(world)
    assert counts == [STATEMENTS[path]] * 2, [query["sql"][:120] for query in captured]


def test_writing_an_entry_takes_few_statements(world: World, executive: Program) -> None:
    path = f"/companies/{world.sides['own'].company.pk}/entries"
    executive.post(path, {"kind": "note", "text": "Una"})
    with CaptureQueriesContext(connection) as captured:
        executive.post(path, {"kind": "note", "text": "Otra"})
    written = [query["sql"][:80] for query in captured]
    # The token, the company, the entry, its words; around the last three one transaction, here inside the test's.
    assert len(written) == 6, written
    assert [sql.split()[0] for sql in written if "SAVEPOINT" in sql] == ["SAVEPOINT", "RELEASE"]


# --- tokens -------------------------------------------------------------------------------------------------------


def test_a_token_is_kept_as_its_digest_and_shown_once(world: World) -> None:
    secret = new_token(world.cast["executive"])
    token = ApiToken.objects.get()
    assert token.digest == digest_of(secret)
    assert secret.startswith(token.shown)
    assert secret not in str(ApiToken.objects.values().get())


def test_a_token_revoked_in_the_middle_of_paging(world: World, executive: Program) -> None:
    cursor = executive.get("/companies", limit=1)["next"]
    token = ApiToken.objects.get()
    actor = world.cast.actor("executive", read_clock())
    revoke_token(token=token, actor=actor, now=read_clock())
    answer = executive("GET", "/companies", limit=1, cursor=cursor)
    assert (answer.status_code, answer.json()["type"]) == (401, "/api/v1/docs#bad-token")
    assert "invalid_token" in answer["WWW-Authenticate"]


def test_a_token_expires_and_follows_its_person(world: World) -> None:
    old, _ = give_token(
        name="Vieja",
        scopes=["companies:read"],
        person=world.cast["executive"],
        life=timedelta(days=1),
        actor=SYSTEM,
        now=read_clock() - timedelta(days=2),
    )
    secret = new_token(world.cast["executive"])
    ApiToken.objects.filter(pk=old.pk).update(digest=digest_of("aco_vieja"))
    assert Program("aco_vieja")("GET", "/me").status_code == 401
    assert Program("aco_ninguna")("GET", "/me").status_code == 401
    person = world.cast["executive"]
    person.is_active = False
    person.save()
    assert Program(secret)("GET", "/me").status_code == 401


def test_last_use_is_written_once_a_lease(world: World, executive: Program) -> None:
    executive.get("/me")
    first = ApiToken.objects.get().last_used_at
    executive.get("/me")
    assert first is not None
    assert ApiToken.objects.get().last_used_at == first


def test_who_may_give_and_take_back(world: World) -> None:
    now = read_clock()
    executive, admin = world.cast.actor("executive", now), world.cast.actor("administrator", now)
    given = {"name": "Tablero", "scopes": ["figures:read"], "life": timedelta(days=9), "now": now}
    with pytest.raises(Refused, match="administración"):
        give_token(person=None, actor=executive, **given)
    with pytest.raises(Refused, match="propias"):
        give_token(person=world.cast["owner"], actor=executive, **given)
    with pytest.raises(Refused, match="un año"):
        give_token(person=None, actor=admin, **{**given, "life": timedelta(days=400)})
    with pytest.raises(Refused, match="permiso"):
        give_token(person=None, actor=admin, **{**given, "scopes": ["todo"]})
    token, _ = give_token(person=None, actor=admin, **given)
    with pytest.raises(Refused, match="otra persona"):
        revoke_token(token=token, actor=executive, now=now)


# --- problems -----------------------------------------------------------------------------------------------------


def test_problems_say_what_and_in_which_language(executive: Program) -> None:
    for method, path, status in (
        ("GET", "/nada", 404),
        ("GET", "/companies/999999999", 404),
        ("PUT", "/companies", 405),
        ("GET", "/companies?limit=mil", 422),
        ("GET", "/companies?regoin=CL-VS", 422),
    ):
        bare, _, query = path.partition("?")
        asked = dict(part.split("=") for part in query.split("&")) if query else {}
        spanish, english = (
            executive(method, bare, **asked),
            executive(method, bare, None, {"Accept-Language": "en"}, **asked),
        )
        for answer in (spanish, english):
            assert answer.status_code == status
            assert answer["Content-Type"] == "application/problem+json"
            assert answer.json()["status"] == status
        assert spanish.json()["title"] != english.json()["title"]
        assert english["Content-Language"] == "en"
    assert executive("PUT", "/companies")["Allow"]


def test_bodies_that_cannot_be_read(world: World, executive: Program) -> None:
    from django.test import Client

    path = f"/api/v1/companies/{world.sides['own'].company.pk}/entries"
    client = Client(headers={"Authorization": f"Bearer {executive.secret}"})
    sent = {
        b"": 422,
        b"{": 400,
        b"\xff\xfe": 400,
        b'{"kind": "note", "text": "a\\u0000b"}': 400,
        b'{"kind": "note", "text": "\\ud800"}': 400,
        b'{"kind": "note", "text": NaN}': 400,
        b"[" * 100_000: 400,
        b'{"kind": "note", "contact_id": ' + b"9" * 400 + b"}": 422,
        b'{"kind": "note", "contact_id": ' + b"9" * 5000 + b"}": 400,
        b'{"kind": "note", "text": "x", "otra": 1}': 422,
        b"[]": 422,
        b"null": 422,
        b'"note"': 422,
    }
    for body, status in sent.items():
        answer = client.post(path, body, content_type="application/json")
        assert answer.status_code == status, (body[:40], answer.content)
        assert answer["Content-Type"] == "application/problem+json"
    assert client.post(path, b"kind=note", content_type="application/x-www-form-urlencoded").status_code == 415
    assert client.post(path, b" " * 3_000_000, content_type="application/json").status_code == 413


def test_head_is_get_without_body(executive: Program) -> None:
    head = executive("HEAD", "/companies")
    assert (head.status_code, head.content) == (200, b"")
    assert int(head["Content-Length"]) > 0


def test_a_telephone_is_found_however_it_is_written(executive: Program) -> None:
    company = make_company("Empresa A")
    contact = company.contacts.create(name="Rosa Pino", phone="+82212345678", phone_digits="212345678")
    index_contacts([contact.pk])
    make_company("Empresa B")
    for typed in ("+82 2 1234 5678", "0082 2 1234-5678", "82212345678"):
        assert [row["legal_name"] for row in executive.get("/companies", q=typed)["items"]] == ["Empresa A"]
        (found,) = executive.get("/companies/search", q=typed)["items"]
        assert found["title"] == "Rosa Pino"
