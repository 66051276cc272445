"""What a form was opened with, which it brings back: of a stale save only what its person changed is theirs (EXP-13).

The page of such a form says `{% opened form %}` beside its fields.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from acompana.shell.typed import shown

OPENED = "opened"
Together = Mapping[str, Sequence[str]]
"""Fields that are one answer, such as the lines of a list, by its label."""


@dataclass(frozen=True, slots=True)
class Both:
    """What somebody saved meanwhile and another typed, where each changed it."""

    label: str
    stored: str
    typed: str


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What was changed by both, and the labels of what was taken as it is saved now."""

    both: tuple[Both, ...]
    taken: tuple[str, ...]


def opened_with(form: forms.BaseForm) -> str:
    """What the form was opened with, for its page to send back; a form that comes back keeps what it brought."""
    if form.is_bound:
        return str(form.data.get(form.add_prefix(OPENED), ""))
    return sent_of(form)


def sent_of(*forms: forms.BaseForm) -> str:
    """What a browser sends of these forms as they stand: what a page that sends them together was opened with."""
    return json.dumps({name: sent for form in forms for name, sent in _all_sent(form).items()}, sort_keys=True)


def is_otherwise(form: forms.BaseForm, stored: forms.BaseForm) -> bool:
    """Whether what the form asks is not saved now as its page was opened with it; no where its page did not say.
    `stored`: the same form, opened now. Ask it of a form with errors too: its next page would hide it else."""
    opened, now = _read(opened_with(form)), _all_sent(stored)
    return opened is not None and any(now.get(name, []) != opened.get(name, []) for name in {*now, *opened})


def take_meanwhile(form: Any, stored: forms.BaseForm, together: Together | None = None, **marks: str) -> Meanwhile:
    """Puts into a stale form what is saved now wherever its person changed nothing, and `marks` in its hidden fields:
    the next save is a choice made with both in sight. `stored`: the same form, opened now."""
    opened, mine, now = _read(opened_with(form)), _all_sent(form), _all_sent(stored)
    typed, both, taken = form.data.copy(), [], []
    for label, names in _answers(form, together or {}):
        if all(mine[name] == now.get(name, []) for name in names):
            continue
        if opened is not None and all(mine[name] == opened.get(name, []) for name in names):
            taken.append(label)
            for name in names:
                typed.setlist(form.add_prefix(name), now.get(name, []))
        elif opened is None or any(now.get(name, []) != opened.get(name, []) for name in names):
            both.append(Both(label, _words(stored, names), _words(form, names)))
    typed[form.add_prefix(OPENED)] = opened_with(stored)
    for name, mark in marks.items():
        typed[form.add_prefix(name)] = mark
    form.data = typed
    return Meanwhile(tuple(both), tuple(taken))


def _answers(form: forms.BaseForm, together: Together) -> Iterator[tuple[str, Sequence[str]]]:
    grouped = {name for names in together.values() for name in names}
    for bound in form.visible_fields():
        if bound.name not in grouped:
            yield str(bound.label), (bound.name,)
    yield from ((label, names) for label, names in together.items() if names)


def _all_sent(form: forms.BaseForm) -> dict[str, list[str]]:
    return {bound.name: _sent(bound) for bound in form.visible_fields()}


def _sent(bound: forms.BoundField) -> list[str]:
    """What a browser sends of a field as it stands, an end of line being one character; empty for nothing."""
    value: Any = bound.value()
    if isinstance(bound.field.widget, forms.CheckboxInput):
        return ["on"] if value else []
    given: Any = bound.field.widget.format_value(value)
    several = given if isinstance(given, list | tuple) else [given]
    return [text for one in several if one is not None and (text := str(one).replace("\r\n", "\n").strip())]


def _read(opened: str) -> dict[str, Any] | None:
    """None where the page did not say, or what came is not what a page says."""
    try:
        said = json.loads(opened)
    except (ValueError, RecursionError):  # the second: thousands of brackets, which no page sends
        return None
    return said if isinstance(said, dict) else None


def _words(form: forms.BaseForm, names: Sequence[str]) -> str:
    return ", ".join(words for name in names if name in form.fields and (words := shown(form[name])))
