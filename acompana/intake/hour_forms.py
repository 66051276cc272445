"""The form that asks for an hour of an office, on both sides: of who arranges an interview and of who moves it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from acompana.intake.interview_hours import (
    SAME_HOUR,
    closed_words,
    hours_words,
    is_as_agreed,
    is_late,
    last_attended_day,
    last_day_of,
)
from acompana.intake.models import Interview
from acompana.matters.models import Matter
from acompana.shell.words import long_date

WHAT_IS_ASKED_FOR = ("starts_at", "minutes", "mode")


class OpenHourForm(forms.Form):
    """A form with `starts_at`, an hour of an office that is still to come. It says when the office is open and by when
    the interview is owed; another hour, or a later date, is asked again before it is agreed (OFF-2, EXP-7, DL-2).

    What is confirmed so is the interview that was asked about: at another hour, or held in another way, the ticks are
    empty and it is asked again. `current`: the one that is moved, which says how long it lasts where the form does not
    ask that; to its own hour it is not moved."""

    asked_about = forms.CharField(widget=forms.HiddenInput, required=False)
    even_if_closed = forms.BooleanField(label="Sí, la entrevista es a esa hora", required=False)
    even_if_late = forms.BooleanField(label="Sí, agendarla igual", required=False)

    mark_optional = False
    hint = "En la hora de tu oficina, que atiende {hours}."
    hint_last_day = "A más tardar el {day}."
    asks_closed = "{text} Si es a esa hora igual, marca la casilla; si no, cambia la fecha."
    asks_late = "Pasa el plazo para entrevistarla, que es el {day}. ¿Agendar igual?"

    def __init__(self, *args: Any, matter: Matter, current: Interview | None, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.matter, self.current, self.now = matter, current, now
        self.lasts = current.minutes if current else 0
        if self.is_bound:
            self._forget_other_answers()
        self.last_day = last_day_of(matter, now)
        hints = [self.hint.format(hours=hours_words(matter.office))]
        if self.last_day:
            hints.append(self.hint_last_day.format(day=long_date(self.last_day)))
            attended = last_attended_day(matter.office, self.last_day)
            if timezone.localdate(now) <= attended < self.last_day:
                hints.append(f"El último día que atiende la oficina es el {long_date(attended)}.")
        self.fields["starts_at"].help_text = " ".join(hints)

    def _forget_other_answers(self) -> None:
        """Takes back the ticks that were set for another interview than the one that is asked for now."""
        sent: Any = self.data
        data, about = sent.copy(), self.add_prefix("asked_about")
        names = [self.add_prefix(name) for name in WHAT_IS_ASKED_FOR if name in self.fields]
        asked_for = " ".join(str(data.get(name, "")).strip() for name in names)
        if data.get(about) != asked_for:
            for name in self._ticks():
                data.pop(self.add_prefix(name), None)
        data[about] = asked_for
        self.data = data

    def _ticks(self) -> list[str]:
        return [name for name in self.fields if name.startswith("even_if_")]

    def asked_again(self) -> list[forms.BoundField]:
        """What is to be confirmed: the ticks that were asked for, or that were set already."""
        return [tick for name in self._ticks() if (tick := self[name]).errors or tick.value()]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("starts_at") is None:
            return given
        starts_at = given["starts_at"].replace(tzinfo=ZoneInfo(self.matter.office.time_zone))
        if starts_at <= self.now:
            self.add_error("starts_at", "La fecha de la entrevista ya pasó. Elige una futura.")
            return given
        lasts = given.get("minutes") or self.lasts
        if self.current is not None and self.is_as_agreed(self.current, given, starts_at, lasts):
            self.add_error("starts_at", SAME_HOUR)
            return given
        if not given.get("even_if_closed") and (text := closed_words(starts_at, lasts, self.matter.office)):
            self.add_error("even_if_closed", self.asks_closed.format(text=text))
        if not given.get("even_if_late") and is_late(starts_at, self.matter, self.last_day):
            self.add_error("even_if_late", self.asks_late.format(day=long_date(self.last_day)))
        return given

    def is_as_agreed(self, current: Interview, given: dict[str, Any], starts_at: datetime, minutes: int) -> bool:
        """Whether what is asked for is the interview as it stands, which is no change (EXP-16)."""
        return is_as_agreed(current, timezone.localdate(self.now), starts_at=starts_at, minutes=minutes)
