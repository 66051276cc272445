"""One set of relevance tests for both databases: names like those of the registry, over the real index."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acompana.kernel.models import SearchRow
from acompana.kernel.search import engine
from acompana.kernel.search.engine import Presented, SearchScope, SearchSource, find, matching_companies
from acompana.kernel.search.keeping import reindex
from acompana.kernel.search.text import normalise, without_legal_form
from acompana.kernel.search.walking import company_matches

STAFF = SearchScope(frozenset({"all", "staff"}))
WITH_REGISTRY = SearchScope(frozenset({"all", "staff"}), None, with_registry=True)

NAMES = {
    1: (0, "Conservas Alto Roble SpA", "412038754"),
    2: (0, "Viña Cerro Pardo Ltda.", "400000019"),
    3: (0, "Ñandú Exportaciones", "41000000k"),
    4: (2, "Roble y Raulí Maderas S.A.", "420000001"),
    5: (2, "Conservera del Sur", "430000002"),
    6: (1, "Ana Rojas ana@altoroble.example", "987654321"),
    7: (0, "Sociedad Agrícola El Roble", "440000003"),
    8: (0, "Roble", "440000103"),
    9: (0, "Tecnologías 3M Ariztía", "440000203"),
}


@pytest.fixture
def things(db, monkeypatch):
    """An index of nine things, without any room."""
    SearchRow.objects.bulk_create(
        SearchRow(
            kind="thing",
            object_id=pk,
            tier=tier,
            mark=f"r{tier}r",
            audience="complaints" if pk == 9 else "all",
            company_id=100 + pk,
            text=f" {normalise(name)}",
            code=code,
        )
        for pk, (tier, name, code) in NAMES.items()
    )
    source = SearchSource(
        kind="thing",
        label="Cosas",
        rows=SearchRow.objects.none,
        present=lambda ids: {pk: Presented(NAMES[pk][1], "", f"/{pk}") for pk in ids},
    )
    monkeypatch.setattr(engine, "_sources", {"thing": source})


def ids(text, scope=STAFF, **options):
    return [result.object_id for result in find(text, scope=scope, **options).results]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("conservas", [1]),
        ("CONSERV", [1]),
        ("alto roble", [1, 6]),
        ("roble alto", [1, 6]),
        ("vina", [2]),
        ("VIÑA", [2]),
        ("cerro-pardo", [2]),
        ("nandu", [3]),
        ("Ñandú", [3]),
        ("roble", [8, 1, 7, 6]),
        ("rrable", []),
        ("obl", [8, 1, 7, 6]),
        ("agricola", [7]),
        ("41.203.875-4", [1]),
        ("41203875", [1]),
        ("41.000.000-K", [3]),
        ("41000000-k", [3]),
        ("98765", [6]),
        ("ana@altoroble.example", [6]),
        ("el roble", [7]),
        ("", []),
        ("   ", []),
        ("%", []),
        ('"', []),
        ("' OR 1=1", []),
        ("* NEAR(", []),
    ],
)
def test_relevance(things, text, expected):
    assert ids(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("contacto656116", [21]),
        ("acto656116 sur", [21]),
        ("656116", [21, 22]),
        ("contacto6561169", []),
        ("o65611", [21, 22]),
    ],
)
def test_of_letters_and_many_digits_both_count(things, monkeypatch, text, expected):
    """The index is asked for the digits; what it gives is held to the whole word."""
    for pk, name in ((21, "Contacto656116 Sur"), (22, "Otro656116 Norte")):
        monkeypatch.setitem(NAMES, pk, (0, name, ""))
        row = {"kind": "thing", "tier": 0, "mark": "r0r", "audience": "all", "company_id": 100 + pk}
        SearchRow.objects.create(object_id=pk, text=f" {normalise(name)}", code="", **row)
    assert sorted(ids(text)) == expected


@pytest.mark.parametrize(("text", "expected"), [("c", [1]), ("ro", [8]), ("a", [6]), ("bl", [])])
def test_under_three_letters_only_the_beginning(things, text, expected):
    assert ids(text) == expected


def test_what_is_registry_only_comes_last_and_only_when_asked(things):
    assert ids("roble") == [8, 1, 7, 6]
    assert ids("roble", WITH_REGISTRY) == [8, 1, 7, 6, 4]
    assert ids("conserv", WITH_REGISTRY) == [1, 5]


def test_the_permission_is_inside_the_query(things):
    assert ids("ariztia") == []
    assert ids("ariztia", SearchScope(frozenset({"complaints"}))) == [9]
    assert ids("roble", SearchScope(frozenset({"all"}), frozenset({107}))) == [7]
    assert ids("44", SearchScope(frozenset({"all"}), frozenset({107}))) == [7]
    assert ids("roble", SearchScope(frozenset({"all"}), frozenset())) == []
    assert ids("roble", SearchScope()) == []
    assert ids("roble", kinds=["other"]) == []


def test_counts_are_capped_and_results_are_twenty(things):
    SearchRow.objects.bulk_create(
        SearchRow(
            kind=f"k{n}",
            object_id=n,
            tier=n % 3,
            mark=f"r{n % 3}r",
            audience="all",
            text=f" empresa comun {n}",
            code="",
        )
        for n in range(1600)
    )
    engine._sources.update(
        {f"k{n}": SearchSource(f"k{n}", "", SearchRow.objects.none, _present_any) for n in range(1600)}
    )
    found = find("comun", scope=WITH_REGISTRY)
    assert len(found.results) == 20
    assert found.is_capped
    assert found.count_text == "más de 1.000"
    assert {result.tier for result in found.results} == {0}
    some = find("comun 15", scope=WITH_REGISTRY)
    assert not some.is_capped
    assert some.count == sum(str(n).startswith("15") for n in range(1600))


def _present_any(ids):
    return {pk: Presented(str(pk), "", "") for pk in ids}


def test_a_search_is_one_query_and_one_for_each_kind(things, django_assert_num_queries):
    with django_assert_num_queries(1):
        find("roble", scope=STAFF)


@pytest.mark.parametrize(
    ("text", "count", "queries"),
    [
        ("comun", 90, 1),  # in all tiers, by the index of words
        ("comun 7", 41, 1),
        ("co", 92, 2),  # beginnings alone, of which a page is gathered
        ("77", 60, 2),  # so many codes
        ("7712", 1, 1),
    ],
)
def test_a_count_is_exact_however_it_is_reckoned(things, django_assert_num_queries, text, count, queries):
    SearchRow.objects.bulk_create(
        SearchRow(
            kind="many",
            object_id=n,
            tier=n % 3,
            mark=f"r{n % 3}r",
            audience="all",
            text=f" comun {7 if n < 40 else 8}{n}{' 77' if n == 80 else ''}",
            code=f"77{n}" if n < 60 and n != 12 else "88",
        )
        for n in range(90)
    )
    SearchRow.objects.filter(kind="many", object_id=12).update(code="7712")
    engine._sources["many"] = SearchSource("many", "", SearchRow.objects.none, _present_any)
    with django_assert_num_queries(queries):
        found = find(text, scope=WITH_REGISTRY)
    assert (found.count, len(found.results)) == (count, min(count, 20))


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="such a list is PostgreSQL's")
def test_no_search_reads_what_is_yet_to_be_sorted_in(db):
    with connection.cursor() as cursor:
        cursor.execute("ALTER INDEX kernel_searchrow_trigrams_1 SET (fastupdate = on)")  # as it was made once
        reindex(["nothing"])
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname LIKE 'kernel_searchrow_trigrams_%'")
        assert [options for (options,) in cursor.fetchall()] == [["fastupdate=off"]] * 3


def test_lists_filter_by_the_same_words(things):
    def companies(text, scope=WITH_REGISTRY):
        subquery = matching_companies(text, scope=scope, kinds=["thing"])
        return set(SearchRow.objects.filter(company_id__in=subquery).values_list("object_id", flat=True))

    assert companies("roble") == {1, 4, 6, 7, 8}
    assert companies("ro") == {4, 8}
    assert companies("roble", STAFF) == {1, 6, 7, 8}
    assert companies("41.203.875-4") == {1}
    assert matching_companies(" ", scope=STAFF, kinds=["thing"]) is None


def test_an_update_and_a_deletion_reach_the_index(things):
    SearchRow.objects.filter(object_id=1).update(text=" otra cosa")
    assert ids("conservas") == []
    assert ids("otra cosa") == [1]
    SearchRow.objects.filter(object_id=1).delete()
    assert ids("otra cosa") == []


SAMPLES = [
    "Café-Ñandú S.A.",
    "ØRSTED & Łódź — Đà Nẵng",
    "ﬁnanzas ½ ① Ａｂｃ",
    "«Aysén» “raro” ¿no?",
    "Straße Æsir ŒUVRE",
    "日本 株式会社",
    "a\u0301\u0301 e\u0308",
    "tab\tnew\nline \u00a0 nbsp\u2003em",
    "Здравствуй",
]


def in_sql(text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT acompana_normalise(%s)", [text])
        return cursor.fetchone()[0]


@pytest.mark.parametrize("text", SAMPLES)
def test_python_and_sql_normalise_alike(db, text):
    assert in_sql(text) == normalise(text)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.characters(min_codepoint=1, max_codepoint=0x24FF, exclude_categories=["Cs", "Cn"]), max_size=30))
def test_python_and_sql_normalise_any_text_alike(db, text):
    assert in_sql(text) == normalise(text)


@given(st.text(max_size=40))
def test_a_normal_form_is_its_own(text):
    assert normalise(normalise(text)) == normalise(text)


PHONES = {21: "990378096", 22: "212345678"}
OF_CHILE = ("+56 9 9037 8096", "+56990378096", "56990378096", "0056 9 9037 8096", "(+56) 9 9037-8096")
OF_KOREA = ("+82 2 1234 5678", "+82212345678", "0082 2 1234 5678", "82 2 1234-5678")


@pytest.fixture
def telephones(things):
    """Two that are found by a telephone, beside a company whose RUT has the digits of the first."""
    codes = [("phone", pk, code) for pk, code in PHONES.items()] + [("rut", 23, "990378096")]
    SearchRow.objects.bulk_create(
        SearchRow(
            kind=kind,
            object_id=pk,
            tier=1,
            mark="r1r",
            audience="all",
            company_id=100 + pk,
            text=" 56 sin nombre",
            code=code,
        )
        for kind, pk, code in codes
    )
    engine._sources["rut"] = SearchSource("rut", "", SearchRow.objects.none, _present_any)
    engine._sources["phone"] = SearchSource("phone", "", SearchRow.objects.none, _present_any, by_phone=True)


@pytest.mark.parametrize(
    ("text", "expected"), [*((text, 21) for text in OF_CHILE), *((text, 22) for text in OF_KOREA)]
)
def test_a_telephone_is_found_however_it_is_written(telephones, text, expected):
    assert ids(text) == [expected]
    assert ids(text, WITH_REGISTRY, limit=1) == [expected]
    assert find(text, scope=STAFF, limit=1).count == 1
    of = SearchRow.objects.filter(kind__in=["phone", "rut"])
    walked = company_matches(text, scope=STAFF, kinds=["phone", "rut"], column='"kernel_searchrow"."company_id"')
    assert list(of.filter(walked).values_list("object_id", flat=True)) == [expected]


def test_a_telephone_is_no_rut_and_a_rut_no_telephone(telephones):
    """Nine digits alone may be either."""
    assert ids("9 9037 8096") == [21, 23]
    assert ids("+56 9 9037") == [21]
    assert ids("41.203.875-4") == [1]
    assert ids("+41 203 875 4") == []


# --- legal forms ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "rest"),
    [
        ("Roble SpA", "roble"),
        ("Roble S.p.A.", "roble"),
        ("Roble y Cía. Ltda.", "roble"),
        ("Roble & Compañía Limitada", "roble"),
        ("Roble E.I.R.L.", "roble"),
        ("Roble Sociedad Anónima Cerrada", "roble"),
        ("Roble Sociedad de Responsabilidad Limitada", "roble"),
        ("Spa", "spa"),
        ("Spa Roble", "spa roble"),
        ("Al SpA", "al spa"),
        ("S.A. Ltda.", "s a ltda"),
        ("Empresa", "empresa"),
        ("Casa", "casa"),
        ("", ""),
    ],
)
def test_a_legal_form_at_the_end_is_taken_off(typed, rest):
    assert without_legal_form(normalise(typed)) == rest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("alto roble limitada", [1, 6]),
        ("cerro pardo spa", [2]),
        ("nandu exportaciones ltda", [3]),
        ("agricola el roble eirl", [7]),
        ("spa", [1]),
        ("ltda", [2]),
        ("roble spa", [1, 8, 7]),  # what has it all stands first
        ("nadie spa", []),
    ],
)
def test_a_mistaken_legal_form_hides_nothing(things, text, expected):
    assert ids(text)[:3] == expected
    scope = engine.SearchScope(frozenset({"all"}))
    companies = matching_companies(text, scope=scope, kinds=("thing",))
    walked = company_matches(text, scope=scope, kinds=("thing",), column='"kernel_searchrow"."company_id"')
    rows = SearchRow.objects.filter(company_id__in=companies).values_list("object_id", flat=True)
    assert set(expected) <= set(rows) == set(SearchRow.objects.filter(walked).values_list("object_id", flat=True))
