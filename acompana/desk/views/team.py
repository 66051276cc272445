"""The people of an office: who is late, who is away, and passing on what they owe (EXP-13, POR-10)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from acompana.commitments.operations import transfer
from acompana.desk.forms import HandOverForm
from acompana.desk.queries import loads_of, owed_by_people
from acompana.kernel.refusals import Refused
from acompana.people.access import ActorRequest, deny_unless, staff_with
from acompana.people.models import Office, StaffMember

ROWS = 50


@staff_with("regional-director")
@require_safe
def team(request: ActorRequest) -> HttpResponse:
    """Everybody of the office with what they owe; what nobody has taken, too."""
    assert request.actor.staff_member is not None
    office = request.actor.staff_member.office
    return render(request, "desk/team.html", {"office": office, "loads": loads_of(office, request.now)})


@staff_with("regional-director")
@require_http_methods(["GET", "POST"])
def member(request: ActorRequest, pk: int) -> HttpResponse:
    """What one person of the office owes; chosen rows pass to another in one go."""
    holder = get_object_or_404(StaffMember.objects.select_related("person", "office"), pk=pk)
    deny_unless(holder.office_id == request.actor.office_id, reason="Es de otra oficina.")
    return _hand_over(request, holder.office, holder)


@staff_with("regional-director")
@require_http_methods(["GET", "POST"])
def unowned(request: ActorRequest) -> HttpResponse:
    """What the office owes and nobody has taken; chosen rows get somebody."""
    assert request.actor.staff_member is not None
    return _hand_over(request, request.actor.staff_member.office, None)


def _hand_over(request: ActorRequest, office: Office, holder: StaffMember | None) -> HttpResponse:
    owed = owed_by_people(office).filter(owner=holder.person if holder else None).for_lists()
    form = HandOverForm(request.POST or None, office=office, owed=owed, holder=holder, now=request.now)
    if request.method == "POST" and form.is_valid():
        to = form.cleaned_data["to"]
        try:
            count = transfer(
                commitments=form.cleaned_data["commitments"],
                to_owner=to.person,
                reason=form.cleaned_data["reason"],
                actor=request.actor,
                now=request.now,
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            word = "1 compromiso pasó" if count == 1 else f"{count} compromisos pasaron"
            messages.success(request, f"{word} a {to}. Sus fechas no cambian.")
            return redirect("desk:team")
    page = Paginator(owed, ROWS).get_page(request.GET.get("page"))
    context = {
        "holder": holder,
        "office": office,
        "page": page,
        "form": form,
        "chosen": set(request.POST.getlist("commitments")),
    }
    return render(request, "desk/member.html", context, status=422 if form.errors else 200)
