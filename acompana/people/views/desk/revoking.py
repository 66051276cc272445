"""A role is taken from somebody: what an administrator does on their page, asked first (ROL-15)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from acompana.kernel.refusals import Refused, reason_against
from acompana.people.access import ActorRequest, staff_with
from acompana.people.listeners import carried_by
from acompana.people.models import RoleGrant
from acompana.people.operations import revoke_role
from acompana.people.operations.history import today
from acompana.people.operations.staff import check_can_revoke
from acompana.people.views.desk.added_days import SURE
from acompana.people.views.desk.staff import done, member_of
from acompana.reference.administration import sections


@staff_with("administrator")
@require_POST
def revoke(request: ActorRequest, pk: int, grant_pk: int) -> HttpResponse:
    """Take a role away; what its holder has in hand is told before, because it does not pass on by itself."""
    member = member_of(pk)
    taken = get_object_or_404(RoleGrant.objects.select_related("role"), pk=grant_pk, staff_member=member)
    why = reason_against(lambda: check_can_revoke(grant=taken, day=today(request.now)))
    if not why and not request.POST.get(SURE):
        context = {
            "sections": sections("administration:staff", request.actor),
            "member": member,
            "role": taken.role,
            "carried": carried_by(member),
            "sure": SURE,
            "back": reverse("administration:person", args=[member.pk]),
        }
        return render(request, "people/desk/revoke_asked.html", context)
    try:
        revoke_role(grant=taken, actor=request.actor, now=request.now)
    except Refused as refusal:
        messages.error(request, refusal.reason)
        return redirect("administration:person", member.pk)
    return done(request, member, f"{member} ya no tiene la función «{taken.role}».")
