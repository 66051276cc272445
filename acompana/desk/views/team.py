"""The people of an office: who is late, who is away, and passing on what they owe (EXP-13, POR-10)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from acompana.commitments.models import Commitment, CommitmentQuerySet
from acompana.desk.forms import HandOverForm
from acompana.desk.operations import hand_over
from acompana.desk.queries import loads_of, owed_by, owed_by_people
from acompana.kernel.refusals import Refused
from acompana.kernel.row_ids import row_id
from acompana.people.access import ActorRequest, deny_unless, staff_with
from acompana.people.models import Absence, Office, StaffMember
from acompana.people.permissions import may_administer

ROWS = 50
TOLD = 5
LATE = "atrasado"  # in an address: only what is late


@staff_with("regional-director")
@require_safe
def team(request: ActorRequest) -> HttpResponse:
    """Everybody of the office with what they owe; what nobody has taken, too."""
    assert request.actor.staff_member is not None
    office = request.actor.staff_member.office
    return render(request, "desk/team.html", {"office": office, "loads": loads_of(office, request.now)})


@staff_with("regional-director", "administrator")
@require_http_methods(["GET", "POST"])
def member(request: ActorRequest, pk: int) -> HttpResponse:
    """What one person owes: to the head of an office, what is of it; to who administers, all. Chosen rows pass to
    another in one go. With `?ausencia=`: what others have in hand because of an absence of theirs."""
    holder = get_object_or_404(StaffMember.objects.select_related("person", "office"), pk=pk)
    absence = None
    if asked := request.GET.get("ausencia", ""):
        found = Absence.objects.select_related("staff_member")
        absence = get_object_or_404(found, pk=row_id(asked), staff_member=holder)
    if may_administer(request.actor):
        held = Commitment.objects.held_because_of(absence).of_the_agency() if absence else owed_by(holder.person)
        return _hand_over(request, holder.office, holder, held, absence)
    assert request.actor.staff_member is not None
    office = request.actor.staff_member.office
    owed = owed_by_people(office)
    held = Commitment.objects.held_because_of(absence) if absence else Commitment.objects.filter(owner=holder.person)
    owed = owed.filter(pk__in=held.values("pk"))
    deny_unless(holder.office_id == office.pk or owed.exists(), reason="Es de otra oficina.")
    return _hand_over(request, office, holder, owed, absence)


@staff_with("regional-director")
@require_http_methods(["GET", "POST"])
def unowned(request: ActorRequest) -> HttpResponse:
    """What the office owes and nobody has taken; chosen rows get somebody."""
    assert request.actor.staff_member is not None
    office = request.actor.staff_member.office
    return _hand_over(request, office, None, owed_by_people(office).filter(owner=None))


def _hand_over(
    request: ActorRequest,
    office: Office,
    holder: StaffMember | None,
    owed: CommitmentQuerySet,
    absence: Absence | None = None,
) -> HttpResponse:
    owed = owed.for_lists()
    leads = request.actor.has_role("regional-director")
    form = HandOverForm(request.POST or None, office=office, holder=holder, now=request.now)
    if request.method == "POST" and form.is_valid():
        to = form.cleaned_data["to"]
        try:
            count, left = hand_over(
                chosen=[int(pk) for pk in form.cleaned_data["commitments"]],
                owed=owed,
                office=None if may_administer(request.actor) else office,
                to_owner=to.person,
                reason=form.cleaned_data["reason"],
                actor=request.actor,
                now=request.now,
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            if left:
                messages.warning(request, _left_words(left))
            if not count:
                return redirect(request.get_full_path())
            word = "1 compromiso pasó" if count == 1 else f"{count} compromisos pasaron"
            messages.success(request, f"{word} a {to}. Sus fechas no cambian.")
            if leads or holder is None:
                return redirect("desk:team")
            return redirect("administration:person", holder.pk)
    is_late = request.GET.get("ver") == LATE
    page = Paginator(owed.late(request.now) if is_late else owed, ROWS).get_page(request.GET.get("page"))
    context = {
        "holder": holder,
        "absence": absence,
        "leads": leads,
        "is_late": is_late,
        "tabs": [
            {"label": "Todo lo abierto", "href": "?", "current": not is_late},
            {"label": "Atrasado", "href": f"?ver={LATE}", "current": is_late},
        ],
        "office": office,
        "page": page,
        "form": form,
        "chosen": set(request.POST.getlist("commitments")),
    }
    return render(request, "desk/member.html", context, status=422 if form.errors else 200)


def _left_words(left: list[str]) -> str:
    """What of the chosen was not theirs any more: the first of them in full."""
    more = len(left) - TOLD
    told = "; ".join(left[:TOLD])
    return f"Mientras mirabas la lista: {told}{f'; y {more} más' if more > 0 else ''}."
