"""What the head of a region decides: who contacts, and who takes the companies that came to green (INT-10, INT-20)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from acompana.companies.queries import portfolio_loads
from acompana.intake import operations as intake
from acompana.intake.forms import ContactDutyForm
from acompana.intake.models import ContactDuty, Rise
from acompana.intake.permissions import may_see_rises
from acompana.intake.queries import rises_seen_by, rises_to_pass
from acompana.intake.views.step_pages import sent
from acompana.kernel.refusals import Refused
from acompana.kernel.row_ids import row_id
from acompana.people.access import ActorRequest, deny_unless, staff, staff_with
from acompana.people.models import Office, Person, StaffMember
from acompana.people.queries import staff_with_role, staying, with_absences

ROWS = 30


def _own_office(request: ActorRequest) -> Office:
    assert request.actor.staff_member is not None
    return request.actor.staff_member.office


@staff_with("regional-director")
@require_http_methods(["GET", "POST"])
def contact_duties(request: ActorRequest) -> HttpResponse:
    """Who contacts the companies of the office with a result, and who did before (INT-10)."""
    office, today = _own_office(request), timezone.localdate(request.now)
    form = ContactDutyForm(sent(request), office=office, on=today)
    if request.method == "POST" and form.is_valid():
        try:
            duty = intake.name_contact_person(office=office, **form.cleaned_data, actor=request.actor, now=request.now)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"Desde ahora contacta {duty.member}, también a las que nadie había tomado.")
            return redirect("intake:contact_duties")
    duties = ContactDuty.objects.filter(office=office).select_related("sector", "member__person", "named_by")
    ended = duties.exclude(until_at=None).select_related("ended_by")
    context = {
        "office": office,
        "form": form,
        "current": duties.filter(until_at=None).order_by("sector", "id"),
        "leads": staff_with_role("regional-sector-lead", on=today, office=office),
        "page": Paginator(ended, ROWS).get_page(request.GET.get("page")),
    }
    return render(request, "intake/contact_duties.html", context, status=422 if form.errors else 200)


@staff_with("regional-director")
@require_POST
def end_contact_duty(request: ActorRequest, pk: int) -> HttpResponse:
    """Nobody is named for this any more."""
    own = ContactDuty.objects.filter(office=_own_office(request)).select_related("office", "member__person")
    duty = get_object_or_404(own, pk=pk)
    try:
        intake.end_contact_duty(duty=duty, actor=request.actor, now=request.now)
        messages.success(request, f"{duty.member} deja de contactar por defecto. Lo que ya debe sigue siendo suyo.")
    except Refused as refusal:
        messages.error(request, refusal.reason)
    return redirect("intake:contact_duties")


@staff
@require_http_methods(["GET", "POST"])
def risen(request: ActorRequest) -> HttpResponse:
    """Companies that came to green: those that wait to leave the programme, and all that rose, with the evidence. Who
    owes by name to pass one on finds theirs, also for a head who is absent (POR-10)."""
    waiting, seen = rises_to_pass(request.actor), rises_seen_by(request.actor)
    allowed = may_see_rises(request.actor) or seen.exists()
    deny_unless(
        allowed, reason="Las empresas que llegaron a verde las pasa la dirección de la oficina, o quien la reemplaza."
    )
    if request.method == "POST":
        return _pass_on(request)
    history = request.GET.get("ver") == "historia"
    rows = seen.select_related("passed_to", "passed_by", "standing__recorded_by") if history else waiting
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "history": history,
        "rows": list(page) if history else with_who_takes(page.object_list, request),
        "tabs": [
            {"label": "Por pasar", "href": "?", "count": waiting.count(), "current": not history},
            {"label": "Quiénes subieron", "href": "?ver=historia", "count": seen.count(), "current": history},
        ],
    }
    return render(request, "intake/risen.html", context)


def with_who_takes(rises: Iterable[Rise], request: ActorRequest) -> list[dict[str, Any]]:
    """Each with the regional executives of its office, who has most room first. Four queries, however many."""
    rises = list(rises)
    today = timezone.localdate(request.now)
    offices = {rise.company.office_id for rise in rises}
    able = staying(staff_with_role("regional-executive", on=today).filter(office__in=offices), today)
    members = list(with_absences(able, today))
    loads = portfolio_loads([member.person_id for member in members])
    by_office: dict[int, list[dict[str, Any]]] = {}
    for member in members:
        by_office.setdefault(member.office_id, []).append({"member": member, "load": loads[member.person_id]})

    def room(row: dict[str, Any]) -> int:
        member: StaffMember = row["member"]
        return row["load"] - (member.capacity or 0)

    return [
        {"rise": rise, "executives": sorted(by_office.get(rise.company.office_id or 0, []), key=room)}
        for rise in rises
    ]


def _pass_on(request: ActorRequest) -> HttpResponse:
    rise = get_object_or_404(rises_seen_by(request.actor), pk=row_id(request.POST.get("rise")) or 0)
    executive = Person.objects.filter(pk=row_id(request.POST.get("executive")) or 0).first()
    if executive is None:
        messages.error(request, "Elige quién la atiende desde ahora.")
        return redirect("intake:risen")
    try:
        result = intake.pass_on(rise=rise, executive=executive, actor=request.actor, now=request.now)
    except Refused as refusal:
        messages.error(request, refusal.reason)
        return redirect("intake:risen")
    assert rise.programme_executive is not None
    freed = f"Se liberó un cupo del programa: {intake.places_words(rise.programme_executive)}"
    messages.success(request, f"{rise.company.name} pasó a {executive}. {freed} {result.warning}".strip())
    return redirect("intake:risen")
