"""The catalogue of translations: Spanish sentences of code, templates and data, with their English.

    python3 dev.py manage translations          what is said and not translated, or translated and no longer said
    python3 dev.py manage translations --write  bring `acompana/locale/en/…/django.po` up to date, and compile

Babel reads and writes it, so that no machine needs GNU gettext. The compiled file is kept in the repository beside the
text, and a test holds one to the other. `acompana/locale/es/…/django.po` is compiled with it, and written by hand: the
Spanish that Django's own sentences of forms get here, in place of its «usted».
"""

from __future__ import annotations

import ast
import io
import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

PACKAGE: Path = settings.PACKAGE
PO = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
DJANGO_PO = PACKAGE / "locale" / "es" / "LC_MESSAGES" / "django.po"
DJANGO_MO = DJANGO_PO.with_suffix(".mo")
KEYWORDS = ("_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy")
# What `templatize` leaves of a template: calls with literals, and noise between them.
CALL = re.compile(
    r"\b(?P<name>ngettext|gettext|_)\((?P<literals>(?:\s*u?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")\s*,?)+)"
)
LITERAL = re.compile(r"u?('(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")")
# A data file of ours whose first line is "# words: label, summary" has words in these keys of its tables.
WORDS_OF_DATA = re.compile(r"# words: (?P<keys>[\w, ]+)\n")
Said = str | tuple[str, str]


def said() -> dict[Said, set[str]]:
    """Every sentence that the catalogue must have, with the files that say it."""
    found: dict[Said, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*")):
        if "tests" in path.parts or "migrations" in path.parts:
            continue
        for sentence in sentences_of(path):
            found.setdefault(sentence, set()).add(path.relative_to(PACKAGE.parent).as_posix())
    return found


def sentences_of(path: Path) -> Iterator[Said]:
    """What a file says by gettext: Python, template or data."""
    match path.suffix:
        case ".py":
            yield from _of_python(path.read_bytes())
        case ".html" | ".txt" if "templates" in path.parts and "mail" not in path.parts:
            yield from _of_template(path.read_text("utf-8"), str(path))
        case ".toml":
            yield from _of_data(path.read_text("utf-8"))


def _of_python(source: bytes) -> Iterator[Said]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or _name(node) not in KEYWORDS:
            continue
        words = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if words:  # of a variable, the words are marked where they are written
            yield (words[0], words[1]) if _name(node).startswith("ngettext") else words[0]


def _name(call: ast.Call) -> str:
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def _of_template(source: str, origin: str) -> Iterator[Said]:
    for call in CALL.finditer(templatize(source, origin=origin)):
        words = [ast.literal_eval(literal) for literal in LITERAL.findall(call["literals"])]
        yield (words[0], words[1]) if call["name"] == "ngettext" else words[0]


def _of_data(source: str) -> Iterator[Said]:
    head = WORDS_OF_DATA.match(source)
    if head is None:
        return
    keys = [key.strip() for key in head["keys"].split(",")]
    for table in tomllib.loads(source).values():
        yield from (table[key] for key in keys if table.get(key))


def read_catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def read_djangos_spanish() -> Catalog:
    """What Django says in forms, as people read it here."""
    with DJANGO_PO.open("rb") as file:
        return read_po(file, locale="es")


def brought_up_to_date() -> Catalog:
    """What is said now, with the English that there is for it; what is said no more is left out."""
    old = read_catalogue() if PO.exists() else Catalog(locale="en")
    new = Catalog(
        locale="en",
        project="Acompaña",
        charset="utf-8",
        fuzzy=False,
        header_comment="# English of what foreigners read. Written by `dev.py manage translations --write`.",
        creation_date=datetime(2026, 1, 1, tzinfo=UTC),  # the same for everybody: what changed is in the history
        revision_date=datetime(2026, 1, 1, tzinfo=UTC),
    )
    for sentence, files in sorted(said().items(), key=lambda item: (sorted(item[1])[0], str(item[0]))):
        known = old.get(sentence if isinstance(sentence, str) else sentence[0])
        string = known.string if known is not None and not known.fuzzy else ""
        new.add(sentence, string, locations=[(name, None) for name in sorted(files)])  # type: ignore[misc]
    return new


def untranslated(catalogue: Catalog) -> list[object]:
    """Sentences whose English is missing."""
    return [m.id for m in catalogue if m.id and not all(m.string if isinstance(m.string, tuple) else (m.string,))]


def compiled(catalogue: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def write(catalogue: Catalog) -> None:
    """The text for people, and what the program reads."""
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, catalogue, width=119, include_lineno=False, sort_output=False)
    MO.write_bytes(compiled(catalogue))
    DJANGO_MO.write_bytes(compiled(read_djangos_spanish()))
