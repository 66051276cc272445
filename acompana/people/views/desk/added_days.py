"""Before a day is added to the calendars, or taken away: what it moves, what is agreed for it, a yes (OFF-2)."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from acompana.people.access import ActorRequest
from acompana.people.listeners import foresee_day
from acompana.people.models import ExtraHoliday
from acompana.reference.administration import sections

SURE = "confirmado"


def ask_first(
    request: ActorRequest, day: ExtraHoliday, *, back: str, section: str, form: forms.Form | None = None
) -> HttpResponse | None:
    """The page that says which terms the day moves and which interviews are agreed for it, and asks; None where there
    is neither, or the person said yes.

    `day` is not saved yet, or there and to be taken away. `form`: what was typed, sent again with the yes.
    """
    if request.POST.get(SURE):
        return None
    foreseen = foresee_day(day, request.now)
    if not foreseen.count and not foreseen.agreed:
        return None
    context = {
        "day": day,
        "adding": day.pk is None,
        "foreseen": foreseen,
        "more": foreseen.count - len(foreseen.first),
        "typed": form,
        "sure": SURE,
        "back": back,
        "sections": sections(section, request.actor),
    }
    return render(request, "people/desk/day_asked.html", context)
