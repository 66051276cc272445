from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acompana.companies import rules
from acompana.kernel.search.text import normalise

TODAY = date(2026, 9, 16)
SALES = {"micro": 2400, "small": 25000, "medium": 100000}
WORKERS = {"micro": 4, "pyme": 199}


@pytest.mark.parametrize(
    "spelling",
    [
        "Viña Cerro Pardo Ltda.",
        "VINA CERRO PARDO LIMITADA",
        "Cerro Pardo, Viña",
        "Viña Cerro Pardo y Cía. Ltda.",
        "viña  cerro-pardo S.A.",
        "Viña Cerro Pardo SpA",
        "Viña Cerro Pardo E.I.R.L.",
        "Viña del Cerro Pardo Sociedad por Acciones",
    ],
)
def test_spellings_of_one_name_share_a_key(spelling):
    assert rules.match_key(spelling) == "cerro pardo vina"


def test_names_that_differ_have_different_keys():
    assert rules.match_key("Viña Cerro Pardo") != rules.match_key("Viña Cerro Prado")


def test_a_name_that_is_only_a_suffix_or_linking_words_is_kept():
    assert rules.match_key("S.A.") == "a s"
    assert rules.match_key("La de los") != ""
    assert rules.match_key("") == ""


@given(st.text(max_size=60))
def test_a_key_is_its_own_key_and_does_not_depend_on_case(name):
    key = rules.match_key(name)
    assert len(key) <= 200
    with_suffix = name + " SpA"
    # A name of suffixes alone ("SA", or nothing) stays whole.
    only_suffixes = rules.name_without_suffix(with_suffix) == normalise(with_suffix)
    assert rules.match_key(with_suffix) == key or only_suffixes


@pytest.mark.parametrize(
    ("phone", "digits"),
    [
        ("+56 9 8765 4321", "987654321"),
        ("987654321", "987654321"),
        ("(32) 221-3344", "322213344"),
        ("123", ""),
        ("", ""),
    ],
)
def test_phone_digits(phone, digits):
    assert rules.phone_digits(phone) == digits


def standing(**facts):
    given_facts = {
        "kind": "national",
        "registered_by_officer": False,
        "related_on": date(2020, 1, 1),
        "started_on": date(2010, 1, 1),
        "last_worked_on": None,
        "user_until": None,
        "former_from": None,
        "complete": True,
    }
    return rules.Standing(**{**given_facts, **facts})


def worked(day):
    return {
        "last_worked_on": day,
        "user_until": date(day.year, 12, 31),
        "former_from": rules.years_after(day, 3),
    }


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"related_on": None}, "registry"),
        ({}, "registered"),
        ({"complete": False}, "registered"),
        ({"complete": False, "registered_by_officer": True}, "potential"),
        (worked(date(2026, 1, 1)), "user"),
        ({**worked(date(2026, 5, 5)), "started_on": None}, "lapsed"),
        ({**worked(date(2026, 5, 5)), "started_on": None, "kind": "foreign"}, "user"),
        (worked(date(2025, 12, 31)), "lapsed"),
        (worked(date(2023, 9, 17)), "lapsed"),
        (worked(date(2023, 9, 16)), "former"),
        ({**worked(date(2019, 9, 16)), "complete": False, "registered_by_officer": True}, "former"),
    ],
)
def test_status_is_a_comparison_of_dates(facts, code):
    status = rules.status_on(standing(**facts), TODAY)
    assert status.code == code
    assert status.reason.endswith(".")


@pytest.mark.parametrize(
    ("facts", "label"),
    [
        (worked(date(2025, 12, 31)), "Usuaria vencida"),
        ({**worked(date(2025, 12, 31)), "started_on": None}, "Atendida, aún no usuaria"),
        ({**worked(date(2025, 12, 31)), "started_on": date(2026, 2, 1)}, "Atendida, aún no usuaria"),
        ({**worked(date(2026, 5, 5)), "started_on": date(2026, 12, 1)}, "Atendida, aún no usuaria"),
        ({**worked(date(2025, 12, 31)), "started_on": None, "kind": "foreign"}, "Usuaria vencida"),
    ],
)
def test_only_who_was_a_user_is_a_lapsed_one(facts, label):
    """Of who had not begun its activities when something counted, the year made no user (DEF-3)."""
    status = rules.status_on(standing(**facts), TODAY)
    assert (status.code, status.label) == ("lapsed", label)
    assert ("usuaria." in status.reason) == (label != "Usuaria vencida")


def test_a_user_of_this_year_lapses_at_new_year_without_anything_running():
    facts = standing(**worked(date(2026, 9, 1)))
    assert rules.status_on(facts, date(2026, 12, 31)).code == "user"
    assert rules.status_on(facts, date(2027, 1, 1)).code == "lapsed"
    assert rules.status_on(facts, date(2029, 8, 31)).code == "lapsed"
    assert rules.status_on(facts, date(2029, 9, 1)).code == "former"


def size(uf_min=None, uf_max=None, workers=None):
    return rules.size_of(
        uf_min=None if uf_min is None else Decimal(uf_min),
        uf_max=None if uf_max is None else Decimal(uf_max),
        workers=workers,
        commercial_year=2025,
        by_sales=SALES,
        by_workers=WORKERS,
    )


def test_size_by_sales_goes_before_workers():
    assert size(600, 2400, 500).code == "micro"
    assert size(10000, 25000).code == "small"
    assert size(50000, 100000).code == "medium"
    assert size(1000000, None).code == "large"
    assert "2025" in size(600, 2400).reason


def test_size_by_workers_where_sales_are_unknown():
    assert size(workers=0).code == "micro"
    assert size(workers=4).code == "micro"
    assert size(workers=5).code == "pyme"
    assert size(workers=200).code == "large"
    assert size().code == "unknown"


def test_no_and_zero_are_answers():
    missing = rules.missing_fields(("workers", "exported_recently", "rut"), {"workers": 0, "exported_recently": False})
    assert [item.field for item in missing] == ["rut"]


def test_validation_says_all_that_is_missing():
    facts = rules.PortfolioFacts(
        active=False,
        sector="Turismo",
        sector_is_strategic=False,
        exports=False,
        has_capacity=False,
        missing=rules.missing_fields(("rut", "address"), {}),
    )
    decision = rules.may_be_validated(facts)
    assert not decision.yes
    assert len(decision.reasons) == 4
    assert decision.reasons[0] == "Faltan datos: RUT, dirección."


def test_29_february_some_years_later():
    assert rules.years_after(date(2024, 2, 29), 3) == date(2027, 2, 28)
