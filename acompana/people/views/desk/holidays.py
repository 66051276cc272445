"""The holidays of a year: those of the law, and those that an administrator added (LAW-2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from acompana.kernel.refusals import Refused
from acompana.people.access import ActorRequest, staff, staff_with
from acompana.people.administration_forms import HolidayForm
from acompana.people.calendars import calendars_of
from acompana.people.listeners import moved_by
from acompana.people.models import ExtraHoliday, Office
from acompana.people.operations import add_holiday, withdraw_holiday
from acompana.people.operations.history import today
from acompana.people.operations.holidays import check_can_add, check_can_withdraw
from acompana.people.permissions import may_administer
from acompana.people.queries import holidays_between, offices_in_service
from acompana.people.views.desk.added_days import ask_first
from acompana.reference.administration import sections

EARLIEST, LATEST = 2024, 2035
SECTION = "administration:holidays"


@dataclass(frozen=True, slots=True)
class YearDay:
    """A day off, for everybody in Chile or for the offices named."""

    day: date
    name: str
    offices: tuple[Office, ...]
    everywhere: bool
    added: bool


@staff
@require_safe
def holidays(request: ActorRequest) -> HttpResponse:
    return show_year(request, year_of(request))


def year_of(request: ActorRequest) -> int:
    asked = request.GET.get("anio", "")
    return min(max(int(asked), EARLIEST), LATEST) if asked.isdecimal() and len(asked) == 4 else today(request.now).year


def address_of(year: int) -> str:
    return f"{reverse(SECTION)}?anio={year}"


def show_year(request: ActorRequest, year: int, **bound: forms.Form) -> HttpResponse:
    chilean = list(offices_in_service().exclude(kind=Office.Kind.COMMERCIAL))
    added = list(ExtraHoliday.objects.filter(day__year=year).select_related("region", "office", "added_by"))
    moved = moved_by(added)
    context = {
        "sections": sections(SECTION, request.actor),
        "year": year,
        "years": [{"label": str(y), "href": address_of(y), "current": y == year} for y in range(year - 1, year + 3)],
        "days": year_days(year, chilean),
        "today": today(request.now),
        "may_administer": may_administer(request.actor),
        "refused": list(bound.values()),
        "added": [(holiday, moved.get(holiday.pk, [])) for holiday in added],
    }
    if context["may_administer"]:
        context |= {"form": HolidayForm(), **bound}
    return render(request, "people/desk/holidays.html", context)


def year_days(year: int, offices: Iterable[Office]) -> list[YearDay]:
    """Every day off of a year with the offices that have it; those that all have come as `everywhere`."""
    offices = list(offices)
    calendars = calendars_of(offices)
    found: dict[tuple[date, str], list[Office]] = {}
    for office in offices:
        for closed in holidays_between(calendars[office.pk], date(year, 1, 1), date(year, 12, 31)):
            found.setdefault((closed.day, closed.name), []).append(office)
    added = set(ExtraHoliday.objects.filter(day__year=year, withdrawn_at=None).values_list("day", "name"))
    return [
        YearDay(day, name, tuple(having), len(having) == len(offices), (day, name) in added)
        for (day, name), having in sorted(found.items(), key=lambda item: item[0])
    ]


@staff_with("administrator")
@require_POST
def add(request: ActorRequest) -> HttpResponse:
    form = HolidayForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            check_can_add(**data, office=None, now=request.now)
            if asked := ask_first(
                request, ExtraHoliday(**data), form=form, back=address_of(year_of(request)), section=SECTION
            ):
                return asked
            told = add_holiday(**data, actor=request.actor, now=request.now)
        except Refused as refusal:
            form.add_error("day", refusal.reason)
        else:
            messages.success(request, " ".join(["Feriado agregado.", *told]))
            return redirect(address_of(data["day"].year))
    return show_year(request, year_of(request), form=form)


@staff_with("administrator")
@require_POST
def withdraw(request: ActorRequest, pk: int) -> HttpResponse:
    holiday = get_object_or_404(ExtraHoliday.objects.select_related("region", "office"), pk=pk)
    back = address_of(holiday.day.year)
    try:
        check_can_withdraw(holiday=holiday, now=request.now)
        if asked := ask_first(request, holiday, back=back, section=SECTION):
            return asked
        told = withdraw_holiday(holiday=holiday, actor=request.actor, now=request.now)
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, " ".join([f"Se retiró «{holiday.name}».", *told]))
    return redirect(back)
