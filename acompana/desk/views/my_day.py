"""Mi día: what is late, due today and coming, and what waits for a decision (POR-15, EXP-13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from acompana.commitments.models import Commitment
from acompana.commitments.queries import due_buckets
from acompana.companies.permissions import mandates_to_decide
from acompana.companies.queries import known_companies, portfolio_load
from acompana.intake.models import PotentialAccount
from acompana.people.access import ActorRequest, staff

ROWS = 30
BUCKETS = (
    ("late", "Atrasado", "Nada atrasado. Así se ve un buen día."),
    ("today", "Hoy", "Nada vence hoy."),
    ("soon", "Próximo", "Nada por vencer. Aquí aparece lo que debes más adelante, con su fecha."),
    ("paused", "En pausa", "Nada en pausa."),
)
# Where the work of a deadline is done, by its rule.
PAGES = {
    "DL-1": ("intake:contact", "Contactar"),
    "DL-3": ("intake:contact", "Contactar"),
    "DL-4": ("intake:contact", "Contactar"),
    "DL-2": ("intake:interview", "Entrevistar"),
    "DL-26": ("cases:help_request", "Responder"),
    "DL-27": ("intake:review", "Revisar"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of Mi día: what is owed, to whom, and where it is done."""

    commitment: Commitment
    href: str
    action: str


def row_of(commitment: Commitment) -> Row:
    """The line of a commitment; one agreed by hand leads to its company."""
    page = PAGES.get(commitment.rule)
    if page and commitment.matter:
        return Row(commitment, reverse(page[0], args=[commitment.matter.number]), page[1])
    if commitment.company:
        return Row(commitment, commitment.company.get_absolute_url(), "Abrir")
    return Row(
        commitment, reverse("progress:matter", args=[commitment.matter.number]) if commitment.matter else "", "Abrir"
    )


@staff
@require_safe
def my_day(request: ActorRequest) -> HttpResponse:
    """The first page of the desk."""
    buckets = due_buckets(request.actor, request.now)
    lists = {"late": buckets.late, "today": buckets.today, "soon": buckets.soon, "paused": buckets.paused}
    counts = {name: rows.count() for name, rows in lists.items()}
    chosen = request.GET.get("ver", "") or next((name for name, _, _ in BUCKETS if counts[name]), "today")
    if chosen not in lists:
        chosen = "today"
    page = Paginator(lists[chosen], ROWS).get_page(request.GET.get("page"))
    tabs = [
        {"label": label, "count": counts[name], "href": f"?ver={name}", "current": name == chosen}
        for name, label, _ in BUCKETS
    ]
    context = {
        "tabs": tabs,
        "page": page,
        "rows": [row_of(commitment) for commitment in page],
        "chosen": chosen,
        "empty_words": next(words for name, _, words in BUCKETS if name == chosen),
        "decisions": decisions(request),
        "load": portfolio_load(request.actor.person.pk) if request.actor.person else 0,
        "capacity": request.actor.staff_member.capacity if request.actor.staff_member else None,
    }
    return render(request, "desk/my_day.html", context)


def decisions(request: ActorRequest) -> list[dict[str, Any]]:
    """What waits for a decision of this person, with its count and its list."""
    actor = request.actor
    rows = [("Accesos por decidir", mandates_to_decide(actor).count(), reverse("companies:mandates"))]
    if actor.has_role("regional-director") and actor.office_id is not None:
        derived = PotentialAccount.objects.filter(matter__state="derived", matter__office_id=actor.office_id).count()
        rows.append(("Cuentas potenciales derivadas", derived, reverse("intake:accounts")))
        waiting = known_companies().filter(office_id=actor.office_id, executive=None).count()
        rows.append(("Empresas por asignar", waiting, reverse("intake:to_assign")))
    return [{"label": label, "count": count, "href": href} for label, count, href in rows if count]
