"""The rulebook: files, amendments, and what is refused."""

import csv
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acompana.kernel import rulebook
from acompana.kernel.models import RuleAmendment
from acompana.kernel.refusals import Refused
from acompana.kernel.rulebook import (
    UnknownRule,
    all_rules,
    amend_rule,
    find_rule,
    get_rule,
    get_rule_version,
    history_of_rule,
    term_of,
    what_starts,
)
from acompana.kernel.rulebook_files import find_faults, load_rules, thaw

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = date(2026, 11, 21)
FOUR_DAYS = {"amount": 4, "unit": "business_days", "roll": "none", "may_pause": True}


@pytest.fixture
def author(django_user_model):
    return django_user_model.objects.create(given_names="Raúl", family_names="Mena", joined_at=NOW)


def amend(author, rule_id="DL-1", value=FOUR_DAYS, valid_from=TODAY, reason="Lo pidió la dirección nacional", now=NOW):
    return amend_rule(rule_id=rule_id, value=value, valid_from=valid_from, reason=reason, actor_id=author.pk, now=now)


DEADLINES = Path(__file__).parent / "deadlines.csv"


def test_every_deadline_of_the_dossier_is_in_the_rulebook_as_it_stands_there():
    rows = list(csv.DictReader(DEADLINES.open(encoding="utf-8")))
    assert len(rows) == 30
    for row in rows:
        rule = load_rules()[row["id"]][0]
        assert thaw(rule.value) == {
            "amount": int(row["amount"]),
            "unit": row["unit"],
            "roll": row["roll"],
            "may_pause": row["may_pause"] == "yes",
        }, row["id"]
        assert rule.label
        assert rule.label_en
        assert rule.who
        assert rule.starts_when


@pytest.mark.django_db
def test_no_two_rules_have_one_name_and_no_mark_that_people_read_has_an_english_word():
    rules = all_rules(TODAY)
    assert {rule.code for rule in rules if rule.id.startswith("DL-24")} == {"DL-24"}
    for name in ("label", "label_en"):
        names = [getattr(rule, name) for rule in rules]
        assert len(set(names)) == len(names)


def test_the_files_pass_the_check_that_runs_at_start():
    assert [message for message in run_checks() if message.id == "kernel.E001"] == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('source = ""', "source is missing"),
        ("value = { amount = 3 }", "Falta may_pause, roll, unit."),
        ('kind = "wish"', "unknown kind 'wish'"),
        ('valid_from = "soon"', "valid_from is not a date"),
        ('label = { en = "x" }', "the Spanish label is missing"),
        ('id = "plazo"', "the id is not of the form DL-1"),
    ],
)
def test_a_spoilt_file_is_told(tmp_path, text, fault):
    whole = {
        "id": '"DL-1"',
        "kind": '"term"',
        "value": '{ amount = 3, unit = "days", roll = "none", may_pause = true }',
        "label": '{ es = "x" }',
        "starts_when": '{ es = "x" }',
        "who": '{ es = "x" }',
        "valid_from": "2020-01-01",
        "source": '"S2"',
        "status": '"protocol"',
    }
    key, value = text.split(" = ", 1)
    rows = "\n".join(f"{name} = {given}" for name, given in (whole | {key: value}).items())
    (tmp_path / "x.toml").write_text(f"[[rule]]\n{rows}\n")
    assert any(fault in found for found in find_faults(tmp_path))


def test_two_values_from_one_date_overlap(tmp_path):
    row = '[[rule]]\nid = "DEF-4"\nkind = "table"\nvalue = { years = 3 }\nnames = { years = "Años" }\nlabel = { es = "x" }\nvalid_from = 2020-01-01\nsource = "S2"\nstatus = "protocol"\n'  # noqa: E501
    (tmp_path / "x.toml").write_text(row + row)
    assert find_faults(tmp_path) == ["DEF-4 has two values from one date"]


@pytest.mark.django_db
def test_an_amendment_holds_from_its_date_and_the_past_keeps_its_value(author):
    amended = amend(author, valid_from=TODAY + timedelta(days=10))
    assert amended.version == 1
    assert term_of(get_rule("DL-1", TODAY)).amount == 3
    assert term_of(get_rule("DL-1", TODAY + timedelta(days=10))).amount == 4
    again = amend(author, value=FOUR_DAYS | {"amount": 5}, valid_from=TODAY + timedelta(days=10))
    assert again.version == 2
    assert term_of(get_rule("DL-1", TODAY + timedelta(days=10))).amount == 5
    assert term_of(get_rule_version("DL-1", 1, TODAY)).amount == 4
    assert term_of(get_rule_version("DL-1", 0, TODAY)).amount == 3
    assert [item.rule.version for item in history_of_rule("DL-1")] == [2, 1, 0]
    assert get_rule("DL-1", date(1999, 1, 1)).version == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"valid_from": TODAY - timedelta(days=1)}, "el pasado no se cambia"),
        ({"reason": "  porque "}, "Escribe por qué"),
        ({"value": FOUR_DAYS | {"amount": -1}}, "número entero"),
        ({"value": FOUR_DAYS | {"amount": True}}, "número entero"),
        ({"value": FOUR_DAYS | {"unit": "weeks"}}, "unidad"),
        ({"value": FOUR_DAYS | {"unit": "hours", "roll": "next"}}, "no se corre"),
        ({"value": {"amount": 4}}, "Falta may_pause"),
        ({"value": FOUR_DAYS | {"colour": "red"}}, "Sobra «colour»"),
        ({"rule_id": "DL-7", "value": FOUR_DAYS}, "admite pausas"),
        ({"rule_id": "DEF-4", "value": {"years": "tres"}}, "«years» es un número"),
        ({"rule_id": "DEF-4", "value": {}}, "Falta «years»"),
        ({"rule_id": "INT-6", "value": {"mailbox": "", "office": "CL-CENTRAL"}}, "no puede quedar vacío"),
        ({"rule_id": "PUB-5", "value": {"check_objectives": 1, "check_sectors": True}}, "es sí o no"),
    ],
)
def test_a_malformed_amendment_is_refused_with_a_sentence(author, change, sentence):
    with pytest.raises(Refused, match=sentence):
        amend(author, **change)
    assert not RuleAmendment.objects.exists()


@pytest.mark.django_db
def test_lists_and_tables_of_a_rule_keep_their_shape(author):
    value = thaw(get_rule("INT-11", TODAY).value)
    amend(author, "INT-11", value | {"regions": ["CL-AP"]})
    assert get_rule("INT-11", TODAY).value["regions"] == ("CL-AP",)
    with pytest.raises(Refused, match="no es una opción"):
        amend(author, "INT-11", value | {"regions": ["CL-XX"]})
    with pytest.raises(Refused, match="repite"):
        amend(author, "INT-11", value | {"regions": ["CL-AP", "CL-AP"]})
    points = thaw(get_rule("INT-27", TODAY).value)["points"]
    amend(author, "INT-27", {"points": points[:3]})
    with pytest.raises(Refused, match="Una fila"):
        amend(author, "INT-27", {"points": [{"slug": "x"}]})


@pytest.mark.django_db
def test_a_request_reads_amendments_once_and_the_next_one_sees_a_new_one(author):
    rulebook.begin_request()
    try:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert get_rule("DL-1", TODAY).version == 0
            assert get_rule("DL-2", TODAY).version == 0
        assert len(queries) == 1
        RuleAmendment.objects.create(
            rule_id="DL-1", version=1, value=FOUR_DAYS, valid_from=TODAY, author=author, reason="x", amended_at=NOW
        )
        assert get_rule("DL-1", TODAY).version == 0
        rulebook.begin_request()
        assert get_rule("DL-1", TODAY).version == 1
    finally:
        rulebook.end_request()


@pytest.mark.django_db
def test_rules_are_found_whatever_their_case_and_unknown_ones_are_a_fault():
    assert find_rule(" dl-24-phone ", TODAY).id == "DL-24-phone"
    assert find_rule("DL-99", TODAY) is None
    assert term_of(get_rule("INT-11", TODAY)) is None
    assert len(all_rules(TODAY, book="commitments")) == 42
    with pytest.raises(UnknownRule):
        get_rule("DL-99", TODAY)


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_start_of_a_clock_names_no_condition_that_a_company_may_not_meet(language):
    """A Low in five regions is interviewed too; an enquiry is answered in the term of users whoever asks (DL-5)."""
    for rule_id in ("DL-1", "DL-2", "DL-5"):
        told = what_starts(rule_id, language)
        assert told
        assert not re.search("potencial|usuaria|exportadora|High|Medium|user", told), (rule_id, told)
    assert "High" in load_rules()["DL-1"][-1].starts_when_en  # the protocol's own words stay on the page of the rule
