"""The journeys ask of a page by what waits. A click returns when the next page begins to come, before it has its
content: what is asked once then hears the page that is being left, or half of the one that comes."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).parent
JOURNEYS = [*sorted((HERE / "journeys").glob("*.py")), *sorted((HERE / "browser").glob("*.py"))]
WAITING = {
    "count": "expect(…).to_have_count(n)",
    "is_visible": "expect(…).to_be_visible()",
    "is_hidden": "expect(…).to_be_hidden()",
    "is_checked": "expect(…).to_be_checked()",
    "is_enabled": "expect(…).to_be_enabled()",
    "is_disabled": "expect(…).to_be_disabled()",
    "is_editable": "expect(…).to_be_editable()",
    "input_value": "expect(…).to_have_value(…)",
    "get_attribute": "expect(…).to_have_attribute(…)",
    "inner_text": "assert_says(page, …) or expect(…).to_contain_text(…)",
    "text_content": "expect(…).to_contain_text(…)",
    "all_inner_texts": "expect(…).to_have_text([…])",
    "all_text_contents": "expect(…).to_have_text([…])",
    "inner_html": "expect(…).to_contain_text(…)",
    "content": "assert_says(page, …) or expect(…).to_contain_text(…)",
    "title": "expect(page).to_have_title(…)",
    "url": "expect(page).to_have_url(…)",
}
"""What asks a page once, and what asks it until it is so."""
WHOLE = {"inner_text", "text_content", "inner_html"}
"""Asked of the page itself, with a selector: `page.inner_text("main")`."""
OF_ROWS = {"objects", "filter", "exclude", "get"}


def is_of_rows(asked: ast.expr) -> bool:
    """Asked of the database: `Contact.objects.filter(…).count()`, `company.matters.filter(…).count()`."""
    names = {node.attr for node in ast.walk(asked) if isinstance(node, ast.Attribute)}
    return bool(names & OF_ROWS) and not any(name == "locator" or name.startswith("get_by_") for name in names)


def asked_once(source: str) -> list[str]:
    """The assertions of a journey that do not wait, each with what to write instead; and the text of a part of the
    page read into a name, which is asserted on a line below."""
    told = []
    for node in ast.walk(ast.parse(source)):
        found = []
        if isinstance(node, ast.Assert):
            pieces = [piece for piece in ast.walk(node.test) if isinstance(piece, ast.Attribute)]
            found = [piece.attr for piece in pieces if piece.attr in WAITING and not is_of_rows(piece.value)]
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and node.value.args:
            called = node.value.func
            found = [called.attr] if isinstance(called, ast.Attribute) and called.attr in WHOLE else []
        told += [f"line {node.lineno}: `.{name}` asks once; write {WAITING[name]}" for name in found]
    return told


@pytest.mark.parametrize("path", JOURNEYS, ids=lambda path: path.name)
def test_a_journey_asks_by_what_waits(path: Path) -> None:
    told = asked_once(path.read_text("utf-8"))
    assert not told, f"{path.name} may fail on a slow machine; `from playwright.sync_api import expect`\n" + "\n".join(
        told
    )


@pytest.mark.parametrize(
    "line",
    [
        'assert page.locator("h1").count() == 1',
        "assert 30 < communes.count() < 50",
        'assert "preferencias" in page.url, "not there"',
        'assert not phone.get_by_role("button", name="Enviar").is_visible()',
        'assert page.locator("li").filter(has_text="Ana").count() == 2',
        'assert "Hola" in page.content()',
        'assert "Hola" in page.inner_text("main")',
        'text = page.inner_text("main")',
    ],
)
def test_what_does_not_wait_is_found(line: str) -> None:
    assert len(asked_once(line)) == 1


@pytest.mark.parametrize(
    "line",
    [
        'expect(page.locator("h1")).to_have_count(1)',
        "assert Step.objects.filter(matter=matter).count() == 1",
        'assert company.matters.filter(kind="intake").count() == 2',
        'assert wide <= window, f"{page.url} is too wide"',
        "told = number.inner_text()",
        'assert page.goto("/no-existe/").status == 404',
    ],
)
def test_what_waits_or_asks_the_database_is_let_pass(line: str) -> None:
    assert asked_once(line) == []
