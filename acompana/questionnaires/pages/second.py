"""A draft that another person kept meanwhile, on the page of who saves second: what each changed, and the form in
which saving again undoes nobody's work (EXP-13)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from acompana.questionnaires.forms import AnswersForm
from acompana.questionnaires.models import Response
from acompana.questionnaires.operations.answering import NOT_KEPT
from acompana.questionnaires.pages.too_late import Pair
from acompana.shell.meanwhile import Meanwhile, sent_of, take_meanwhile

BesideForm = Callable[[Mapping[str, Any] | None, Mapping[str, str]], forms.Form]
COMPARED = "compared"
"""The field by which a page says that both are shown on it: from there only who presses a button saves."""
NOT_BY_ITSELF = f"{NOT_KEPT}: compáralo con lo guardado y presiona «Guardar borrador»."


@dataclass(frozen=True, slots=True)
class Second:
    """`typed`: the answers as they are to be shown, what its person did not change as it is kept now; `beside`: the
    same of what the page asks besides. `opened`: what is kept now, against which the next save is compared."""

    typed: Mapping[str, Any]
    beside: forms.Form | None
    both: tuple[Pair, ...]
    taken: tuple[str, ...]
    opened: str


def take_kept(form: AnswersForm, stored: AnswersForm, response: Response, beside_form: BesideForm | None) -> Second:
    """Puts together what was sent and what is kept. `stored`: the form as it opens now."""
    sent: Any = form.data
    with_answers = take_meanwhile(form, stored)
    if beside_form is None:
        return Second(form.data, None, _pairs(with_answers), with_answers.taken, sent_of(stored))
    meeting = beside_form(sent, {})
    mine = {name: sent.get(name, "") for name in meeting.fields}
    # What the draft keeps nothing of has only what its form proposes, which nobody told: nothing to compare with.
    kept = beside_form(None, {**mine, **response.besides})
    with_meeting = take_meanwhile(meeting, kept)
    told = {name: str(value) for name in meeting.fields if (value := meeting.data.get(name))}
    return Second(
        form.data,
        beside_form(None, told),
        _pairs(with_meeting) + _pairs(with_answers),
        with_meeting.taken + with_answers.taken,
        sent_of(stored, kept),
    )


def _pairs(meanwhile: Meanwhile) -> tuple[Pair, ...]:
    return tuple(Pair(both.label, both.stored, both.typed) for both in meanwhile.both)
