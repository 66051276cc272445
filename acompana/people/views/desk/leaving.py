"""Somebody leaves the agency, or stays after all: what an administrator notes on their page, asked first (POR-10)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from acompana.kernel.refusals import Refused, reason_against
from acompana.people.access import ActorRequest, staff_with
from acompana.people.administration_forms import LeaveForm
from acompana.people.listeners import carried_by
from acompana.people.models import StaffMember
from acompana.people.operations import end_post, undo_leaving
from acompana.people.operations.history import today
from acompana.people.operations.staff import check_can_leave
from acompana.people.views.desk.added_days import SURE
from acompana.people.views.desk.staff import done, member_of, show_person
from acompana.reference.administration import sections


@staff_with("administrator")
@require_POST
def leave(request: ActorRequest, pk: int) -> HttpResponse:
    """The last day, and who receives what is owed; what that does is told before it is done."""
    member = member_of(pk)
    form = LeaveForm(request.POST, staff_member=member, today=today(request.now), prefix="leave")
    if form.is_valid():
        data = form.cleaned_data
        why = reason_against(lambda: check_can_leave(staff_member=member, now=request.now, **data))
        if not why and not request.POST.get(SURE):
            return _ask(request, member, form)
        try:
            told = end_post(staff_member=member, **data, actor=request.actor, now=request.now)
        except Refused as refusal:
            form.add_error("last_day", refusal.reason)
        else:
            leaves = f"{member} deja la agencia el {data['last_day']:%d-%m-%Y}, con sus funciones."
            return done(request, member, " ".join([leaves, *told]))
    return show_person(request, member_of(pk), leave_form=form)


def _ask(request: ActorRequest, member: StaffMember, form: LeaveForm) -> HttpResponse:
    context = {
        "sections": sections("administration:staff", request.actor),
        "member": member,
        "form": form,
        "last_day": form.cleaned_data["last_day"],
        "receiver": form.cleaned_data["receiver"],
        "at_once": form.cleaned_data["last_day"] <= today(request.now),
        "carried": carried_by(member),
        "sure": SURE,
        "back": reverse("administration:person", args=[member.pk]),
    }
    return render(request, "people/desk/leave_asked.html", context)


@staff_with("administrator")
@require_POST
def stay(request: ActorRequest, pk: int) -> HttpResponse:
    """Undo a leaving: noted by mistake, or that will not be."""
    member = member_of(pk)
    try:
        told = undo_leaving(staff_member=member, actor=request.actor, now=request.now)
    except Refused as refusal:
        messages.error(request, refusal.reason)
        return redirect("administration:person", member.pk)
    return done(request, member, " ".join([f"Se deshizo la salida de {member}. Revisa sus funciones.", *told]))
