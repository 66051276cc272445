"""Offices: the list, an office's page, and what an administrator changes there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from acompana.kernel.changes import history_of, snapshot
from acompana.kernel.refusals import Refused, Stale
from acompana.people.access import ActorRequest, staff, staff_with
from acompana.people.administration_forms import ClosureForm, HoursForm, ReachForm
from acompana.people.listeners import moved_by
from acompana.people.models import ExtraHoliday, Office
from acompana.people.operations import close_office_day, set_office_hours, update_office, withdraw_holiday
from acompana.people.operations.history import mark_of, today
from acompana.people.operations.holidays import check_can_add, check_can_withdraw
from acompana.people.operations.offices import REACH, hours_of
from acompana.people.permissions import may_administer
from acompana.people.queries import closed_days, offices_directory, offices_in_service, staff_of, working_on
from acompana.people.views.desk.added_days import ask_first
from acompana.reference.administration import sections
from acompana.shell.meanwhile import Meanwhile, take_meanwhile
from acompana.shell.navigation import entries_for

AHEAD = timedelta(days=365)


@staff
@require_safe
def office_list(request: ActorRequest) -> HttpResponse:
    """Every office with its clock, mailbox and people."""
    day = today(request.now)
    entries = offices_directory(request.now)
    people = dict(working_on(day).order_by().values_list("office").annotate(Count("pk")))
    return render(
        request,
        "people/desk/offices.html",
        {
            "sections": sections("administration:offices", request.actor),
            "rows": [(entry, people.get(entry.office.pk, 0)) for entry in entries],
        },
    )


@staff
@require_safe
def office(request: ActorRequest, code: str) -> HttpResponse:
    return show_office(request, office_of(code))


def office_of(code: str) -> Office:
    return get_object_or_404(offices_in_service(), code=code)


def reach_of(office: Office) -> dict[str, Any]:
    return snapshot(office, REACH)


def reach_form(office: Office) -> ReachForm:
    initial = reach_of(office)
    return ReachForm(initial=initial | {"seen": mark_of(initial)}, prefix="reach")


def hours_form(office: Office) -> HoursForm:
    stretches = hours_of(office)
    return HoursForm(stretches=stretches, seen=mark_of(stretches), prefix="hours")


def show_office(
    request: ActorRequest,
    found: Office,
    meanwhile: Meanwhile | None = None,
    reason: str = "",
    **bound: forms.Form,
) -> HttpResponse:
    """The page, with the form that was refused as it was typed; `meanwhile`, `reason`: what somebody saved."""
    day = today(request.now)
    entry = offices_directory(request.now, [found])[0]
    closures = list(found.closures.filter(withdrawn_at=None, day__gte=day))
    moved = moved_by(closures)
    context = {
        "sections": sections("administration:offices", request.actor),
        "entry": entry,
        "office": found,
        "closures": [(closure, moved.get(closure.pk, [])) for closure in closures],
        "closed_days": closed_days(entry.calendar, day, day + AHEAD),
        "people": list(staff_of(found, day)),
        "turns": history_of(found),
        "may_administer": may_administer(request.actor),
        "places": entries_for(request, "office") if request.actor.office_id == found.pk else [],
        "crumbs": [{"label": "Oficinas", "href": reverse("administration:offices")}, {"label": found.name}],
        "refused": list(bound.values()),
        "meanwhile": meanwhile,
        "reason": reason,
        "stale": list(bound) if reason else [],
    }
    if context["may_administer"]:
        context |= {
            "reach_form": reach_form(found),
            "hours_form": hours_form(found),
            "closure_form": ClosureForm(prefix="closure"),
        } | bound
    return render(request, "people/desk/office.html", context)


@staff_with("administrator")
@require_POST
def reach(request: ActorRequest, code: str) -> HttpResponse:
    found = office_of(code)
    form = ReachForm(request.POST, prefix="reach")
    if form.is_valid():
        try:
            update_office(office=found, **form.cleaned_data, actor=request.actor, now=request.now)
        except Stale as stale:
            now = office_of(code)
            meanwhile = take_meanwhile(form, reach_form(now), seen=mark_of(reach_of(now)))
            return show_office(request, now, meanwhile, stale.reason, reach_form=form)
        except Refused as refusal:
            form.add_error("mailbox", refusal.reason)
        else:
            messages.success(request, "Datos de la oficina guardados.")
            return redirect("administration:office", code)
    return show_office(request, office_of(code), reach_form=form)


@staff_with("administrator")
@require_POST
def hours(request: ActorRequest, code: str) -> HttpResponse:
    found = office_of(code)
    form = HoursForm(request.POST, prefix="hours")
    if form.is_valid():
        try:
            set_office_hours(
                office=found,
                stretches=form.stretches(),
                seen=form.cleaned_data["seen"],
                actor=request.actor,
                now=request.now,
            )
        except Stale as stale:
            meanwhile = take_meanwhile(form, hours_form(found), form.one_answer(), seen=mark_of(hours_of(found)))
            return show_office(request, found, meanwhile, stale.reason, hours_form=form)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "Horario guardado. Vale desde ahora para los avisos que se envían.")
            return redirect("administration:office", code)
    return show_office(request, found, hours_form=form)


@staff_with("administrator")
@require_POST
def close_day(request: ActorRequest, code: str) -> HttpResponse:
    found = office_of(code)
    form = ClosureForm(request.POST, prefix="closure")
    if form.is_valid():
        data = form.cleaned_data | {"office": found}
        try:
            check_can_add(**data, region=None, now=request.now)
            if asked := ask_first(
                request, ExtraHoliday(**data), form=form, back=address_of(code), section="administration:offices"
            ):
                return asked
            told = close_office_day(**data, actor=request.actor, now=request.now)
        except Refused as refusal:
            form.add_error("day", refusal.reason)
        else:
            messages.success(request, " ".join(["Cierre anotado.", *told]))
            return redirect("administration:office", code)
    return show_office(request, found, closure_form=form)


def address_of(code: str) -> str:
    return reverse("administration:office", args=[code])


@staff_with("administrator")
@require_POST
def reopen_day(request: ActorRequest, code: str, pk: int) -> HttpResponse:
    closures = ExtraHoliday.objects.select_related("region", "office")
    holiday = get_object_or_404(closures, pk=pk, office=office_of(code))
    try:
        check_can_withdraw(holiday=holiday, now=request.now)
        if asked := ask_first(request, holiday, back=address_of(code), section="administration:offices"):
            return asked
        told = withdraw_holiday(holiday=holiday, actor=request.actor, now=request.now)
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, " ".join(["Cierre retirado.", *told]))
    return redirect("administration:office", code)
