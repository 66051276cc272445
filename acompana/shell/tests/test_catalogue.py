"""The catalogue is what code, templates and data say, wholly translated, and its compiled form is its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core import validators
from django.forms import fields, formsets, models
from django.utils import translation

from acompana.shell import catalogue

pytestmark = pytest.mark.one_database
FORMAL = re.compile(
    r"Asegúrese|Introduzca|Escoja|Por favor|Ingrese|Envíe|Este campo|fichero|Ensure|Enter a|Please", re.I
)
PLACE = re.compile(r"%\(\w+\)s|\{\w+\}|<[^>]+>")


def test_every_sentence_has_its_english_and_nothing_else_is_kept() -> None:
    said = {key if isinstance(key, str) else key[0] for key in catalogue.said()}
    kept = {m.id if isinstance(m.id, str) else m.id[0] for m in catalogue.read_catalogue() if m.id}
    assert said - kept == set(), "run `dev.py manage translations --write`"
    assert kept - said == set(), "run `dev.py manage translations --write`"
    assert catalogue.untranslated(catalogue.read_catalogue()) == []


def test_the_compiled_file_is_the_catalogue() -> None:
    assert catalogue.compiled(catalogue.read_catalogue()) == catalogue.MO.read_bytes()


def test_what_django_says_in_forms_is_plain_spanish() -> None:
    assert catalogue.compiled(catalogue.read_djangos_spanish()) == catalogue.DJANGO_MO.read_bytes()
    its_forms = [validators, fields, models, formsets]
    said = [one for module in its_forms for one in catalogue.sentences_of(Path(module.__file__))]
    assert len(said) > 40  # the sentences were found where Django keeps them
    with translation.override("es-cl"):
        for one in said:
            said_here = (
                [translation.gettext(one)] if isinstance(one, str) else [translation.ngettext(*one, n) for n in (1, 2)]
            )
            for sentence in said_here:
                assert not FORMAL.search(sentence), sentence
    with translation.override("en"):
        assert translation.gettext("Enter a number.") == "Enter a number."


def test_its_spanish_fills_the_same_places() -> None:
    for message in (m for m in catalogue.read_djangos_spanish() if m.id):
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        assert len(sources) == len(strings)
        for string in strings:
            assert string
            assert set(PLACE.findall(string)) <= set(PLACE.findall(sources[-1])), string


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
