"""The catalogue is what code, templates and data say, wholly translated, and its compiled form is its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from acompana.shell import catalogue

PLACE = re.compile(r"%\(\w+\)s|\{\w+\}|<[^>]+>")


def test_every_sentence_has_its_english_and_nothing_else_is_kept() -> None:
    said = {key if isinstance(key, str) else key[0] for key in catalogue.said()}
    kept = {m.id if isinstance(m.id, str) else m.id[0] for m in catalogue.read_catalogue() if m.id}
    assert said - kept == set(), "run `dev.py manage translations --write`"
    assert kept - said == set(), "run `dev.py manage translations --write`"
    assert catalogue.untranslated(catalogue.read_catalogue()) == []


def test_the_compiled_file_is_the_catalogue() -> None:
    assert catalogue.compiled(catalogue.read_catalogue()) == catalogue.MO.read_bytes()


def test_english_fills_the_same_places() -> None:
    for message in (m for m in catalogue.read_catalogue() if m.id):
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for source, string in zip(sources[-1:], strings[-1:], strict=True):
            assert sorted(PLACE.findall(source)) == sorted(PLACE.findall(string)), source


@pytest.mark.parametrize(
    ("name", "text", "sentences"),
    [
        ("x.py", '_("Uno")\ngettext_lazy("Dos " "y tres")\ngettext(variable)\n', ["Uno", "Dos y tres"]),
        ("x.py", 'ngettext("un día", "%(n)s días", n)\n', [("un día", "%(n)s días")]),
        ("templates/x.html", '{% translate "Uno" %}{% notice "warn" _("Dos") %}', ["Uno", "Dos"]),
        (
            "templates/x.html",
            "{% blocktranslate trimmed with x=y %}\n  Va {{ x }}\n  y\n  vuelve{% endblocktranslate %}",
            ["Va %(x)s y vuelve"],
        ),
        (
            "templates/x.html",
            "{% blocktranslate count n=n %}uno{% plural %}{{ n }}{% endblocktranslate %}",
            [("uno", "%(n)s")],
        ),
        ("x.toml", '# words: label, summary\n[a]\nlabel = "Uno"\nsummary = "Dos"\nother = "no"\n', ["Uno", "Dos"]),
        ("y.toml", '[a]\nlabel = "no"\n', []),
        ("templates/mail/x.es.txt", '{% translate "no" %}', []),
    ],
)
def test_what_a_file_says(name: str, text: str, sentences: list, tmp_path: Path) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    assert list(catalogue.sentences_of(path)) == sentences
