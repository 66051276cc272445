"""The commitments that a day moved which an administrator added or took away (OFF-2, EXP-9)."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from acompana.commitments.models import Recount
from acompana.commitments.operations.recounts import moved_term
from acompana.people.access import ActorRequest, staff
from acompana.people.models import ExtraHoliday

ROWS = 50


@staff
@require_safe
def recounts(request: ActorRequest, pk: int) -> HttpResponse:
    """One line for each commitment: the newest move that this day made."""
    day = get_object_or_404(ExtraHoliday.objects.select_related("region", "office", "added_by"), pk=pk)
    newer = Recount.objects.filter(holiday=day, commitment=OuterRef("commitment"), pk__gt=OuterRef("pk"))
    moved = (
        Recount.objects.filter(~Exists(newer), holiday=day)
        .select_related("commitment__company", "commitment__office")
        .order_by("due_at", "id")
    )
    page = Paginator(moved, ROWS).get_page(request.GET.get("page"))
    context = {
        "day": day,
        "page": page,
        "rows": [moved_term(row.commitment, row.was_due_at, row.due_at) for row in page],
        "crumbs": [
            {"label": "Feriados", "href": f"{reverse('administration:holidays')}?anio={day.day.year}"},
            {"label": day.name},
        ],
    }
    return render(request, "commitments/recounts.html", context)
