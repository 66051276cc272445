"""The commitments that a day moved which an administrator added or took away (OFF-2, EXP-9)."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from acompana.commitments.models import Recount
from acompana.commitments.operations.recounts import moved_term
from acompana.people.access import ActorRequest, staff
from acompana.people.models import ExtraHoliday
from acompana.shell.words import short_date

ROWS = 50


@staff
@require_safe
def recounts(request: ActorRequest, pk: int) -> HttpResponse:
    """One line for each move that this day made, in the order in which they were: those of its adding, what was due
    first first, then those of its taking away."""
    day = get_object_or_404(ExtraHoliday.objects.select_related("region", "office", "added_by"), pk=pk)
    moved = (
        Recount.objects.filter(holiday=day)
        .select_related("commitment__company", "commitment__office")
        .order_by("recounted_at", "was_due_at", "id")
    )
    page = Paginator(moved, ROWS).get_page(request.GET.get("page"))
    context = {
        "day": day,
        "page": page,
        "rows": [moved_term(row.commitment, row.was_due_at, row.due_at, _why(row)) for row in page],
        "crumbs": [
            {"label": "Feriados", "href": f"{reverse('administration:holidays')}?anio={day.day.year}"},
            {"label": day.name},
        ],
    }
    return render(request, "commitments/recounts.html", context)


def _why(row: Recount) -> str:
    return f"Se {'retiró' if row.taken_away else 'agregó'} el {short_date(localdate(row.recounted_at))}"
