"""Mi día: what is late, due today and coming, who has not heard from us, and what waits for a decision (POR-15)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from acompana.commitments.models import Commitment, CommitmentQuerySet, Transfer
from acompana.commitments.queries import due_buckets, open_for
from acompana.commitments.rules import whose_before
from acompana.companies.models import Company, Contact
from acompana.companies.permissions import mandates_to_decide
from acompana.companies.queries import portfolio_load
from acompana.desk.duties import place_of
from acompana.desk.queries import absences_around, loads_of, news, summaries_of_roles, without_contact
from acompana.desk.rules import owes_nothing_by_role, what_they_do
from acompana.intake.contacting import Contacting, contacting
from acompana.intake.models import PotentialAccount
from acompana.intake.queries import NEW_FOR, companies_to_assign, rises_to_pass
from acompana.intake.states import CONTACT_RULES
from acompana.kernel.phones import dialled, shown_phone
from acompana.people.access import ActorRequest, staff
from acompana.people.queries import held_by
from acompana.shell.navigation import entries_for
from acompana.shell.words import within_sentence

ROWS = 30


@dataclass(frozen=True, slots=True)
class Bucket:
    """A heap of Mi día: its tab, the shape of its rows, and what it says when there is nothing in it."""

    slug: str
    label: str
    shape: str
    word: str
    empty: str


BUCKETS = (
    Bucket("late", "Atrasado", "●", "Atrasado", "Nada atrasado. Así se ve un buen día."),
    Bucket("today", "Hoy", "◐", "Vence hoy", "Nada vence hoy."),
    Bucket(
        "new",
        "Nuevas",
        "✦",
        "Nueva",
        "Aquí aparecen las empresas que llegaron en los últimos 3 días y esperan que las contactes.",
    ),
    Bucket("soon", "Próximo", "○", "Próximo", "Nada por vencer. Aquí aparece lo que debes más adelante."),
    Bucket(
        "silent",
        "Sin seguimiento",
        "◌",
        "Sin seguimiento",
        "Hablaste con todas tus empresas dentro del plazo. Aquí aparecen las que llevan más tiempo sin saber de ti.",
    ),
    Bucket(
        "news",
        "Novedades",
        "◆",
        "Novedad",
        "Aquí aparece lo que tus empresas hacen o responden en los últimos 7 días, y lo que otra persona de la "
        "agencia hace en su ruta.",
    ),
    Bucket("paused", "En pausa", "◫", "En pausa", "Nada en pausa."),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of Mi día: what is owed, to whom, whom to call, and where it is done."""

    commitment: Commitment
    href: str
    action: str
    phone: str
    number: str
    contact: str
    prefers: str
    notes: str
    is_new: bool


def row_of(commitment: Commitment, now: datetime, who: Contacting | None) -> Row:
    """The line of a commitment; one agreed by hand is kept on its own page. `who` contacts, where nobody has
    taken a contact that is owed."""
    href, action = place_of(commitment) or (commitment.get_absolute_url(), "Abrir")
    contact = main_phone(commitment.company) if commitment.company else None
    handed = whose_before(list(commitment.transfers.all()), commitment.owner_id)
    notes = (
        "" if commitment.rule else "acordado a mano",
        whose_without_owner(commitment),
        within_sentence(who.words) if who else "",
        f"era de {handed.from_owner}" if handed and handed.from_owner else "",
    )
    return Row(
        commitment,
        href,
        action,
        dialled(contact.phone) if contact else "",
        shown_phone(contact.phone) if contact else "",
        contact.name if contact else "",
        within_sentence(contact.get_preferred_channel_display()) if contact and contact.preferred_channel else "",
        " · ".join(note for note in notes if note),
        is_new(commitment, now),
    )


def whose_without_owner(commitment: Commitment) -> str:
    """Who owes what nobody owes by name; empty where somebody does."""
    if commitment.owner_id:
        return ""
    of_company = commitment.debtor == Commitment.Debtor.COMPANY
    return "de quien la representa, o de la oficina" if of_company else "de la oficina, sin tomar"


def is_new(commitment: Commitment, now: datetime) -> bool:
    """Whether it is the first contact with a company that came in the last days."""
    return commitment.rule in CONTACT_RULES and commitment.starts_at >= now - NEW_FOR


def main_phone(company: Company) -> Contact | None:
    """Whom to call: the main contact with a telephone, else any; the contacts come prefetched."""
    reachable = [contact for contact in company.contacts.all() if contact.phone and contact.ended_on is None]
    return min(reachable, key=lambda contact: (not contact.is_main, contact.pk), default=None)


def with_what_rows_show(commitments: CommitmentQuerySet) -> CommitmentQuerySet:
    handed = Transfer.objects.select_related("from_owner", "absence__staff_member").order_by("-transferred_at", "-id")
    return commitments.select_related("access", "referral").prefetch_related(
        "company__contacts", Prefetch("transfers", queryset=handed)
    )


@staff
@require_safe
def my_day(request: ActorRequest) -> HttpResponse:
    """The first page of the desk."""
    owed = due_buckets(request.actor, request.now)
    executives = held_by(request.actor.person, timezone.localdate(request.now)) if request.actor.person else set()
    new = open_for(request.actor).running().filter(rule__in=CONTACT_RULES, starts_at__gte=request.now - NEW_FOR)
    lists: dict[str, QuerySet[Any]] = {
        "late": with_what_rows_show(owed.late),
        "today": with_what_rows_show(owed.today),
        "new": with_what_rows_show(new.for_lists()),
        "soon": with_what_rows_show(owed.soon),
        "silent": without_contact(request.actor, request.now, executives),
        "news": news(request.actor, request.now, executives),
        "paused": with_what_rows_show(owed.paused),
    }
    counts = {slug: rows.count() for slug, rows in lists.items()}
    chosen = chosen_bucket(request.GET.get("ver", ""), counts)
    page = Paginator(lists[chosen.slug], ROWS).get_page(request.GET.get("page"))
    no_duties = not any(counts.values()) and owes_nothing_by_role(request.actor)
    context = {
        "tabs": tabs_of(counts, chosen),
        "page": page,
        "rows": shown_rows(page, chosen, request.now),
        "chosen": chosen,
        "no_duties": no_duties,
        "what_they_do": [*what_they_do(request.actor), *summaries_of_roles(request.actor)] if no_duties else [],
        "figures": entries_for(request, "day"),
        "decisions": decisions(request, executives),
        "absences": absences_around(request.actor.person, request.now) if request.actor.person else [],
        "load": portfolio_load(request.actor.person.pk) if request.actor.person else 0,
        "capacity": request.actor.staff_member.capacity if request.actor.staff_member else None,
        "team": late_people(request),
    }
    return render(request, "desk/my_day.html", context)


def chosen_bucket(slug: str, counts: dict[str, int]) -> Bucket:
    """The one asked for; else the first that has something, what is due first."""
    asked = next((bucket for bucket in BUCKETS if bucket.slug == slug), None)
    return asked or next((bucket for bucket in BUCKETS if counts[bucket.slug]), BUCKETS[1])


def tabs_of(counts: dict[str, int], chosen: Bucket) -> list[dict[str, Any]]:
    """The heaps with how many there are in each; what is new or in pause is shown only if there is any."""
    tones = {"late": "late", "today": "soon"}
    return [
        {
            "label": bucket.label,
            "count": counts[bucket.slug],
            "href": f"?ver={bucket.slug}",
            "current": bucket is chosen,
            "tone": tones.get(bucket.slug, "") if counts[bucket.slug] else "",
        }
        for bucket in BUCKETS
        if bucket.slug not in ("paused", "new") or counts[bucket.slug] or chosen is bucket
    ]


def shown_rows(page: Page, chosen: Bucket, now: datetime) -> Sequence[Any]:
    if chosen.slug == "silent":
        return [{"company": company, "contact": main_phone(company)} for company in page]
    if chosen.slug == "news":
        return list(page)
    rows: list[Commitment] = list(page)
    who = contacting((row for row in rows if row.rule in CONTACT_RULES and row.owner_id is None), now)
    return [row_of(row, now, who.get(row.pk)) for row in rows]


def decisions(request: ActorRequest, held: Collection[int]) -> list[dict[str, Any]]:
    """What waits for a decision of this person, with its count and its list. `held`: of whom they have the work in
    hand (ids), themselves among them (POR-10)."""
    actor = request.actor
    rows = [
        ("Acceso por decidir", "Accesos por decidir", mandates_to_decide(actor).count(), reverse("companies:mandates"))
    ]
    if actor.has_role("regional-director") and actor.office_id is not None:
        derived = PotentialAccount.objects.filter(matter__state="derived", matter__office_id=actor.office_id).count()
        href = reverse("intake:accounts") + "?estado=derived"
        rows.append(("Cuenta potencial derivada", "Cuentas potenciales derivadas", derived, href))
        waiting = companies_to_assign(actor, request.now).count()
        rows.append(("Empresa por asignar", "Empresas por asignar", waiting, reverse("intake:to_assign")))
        green = rises_to_pass(actor).count()
        rows.append(("Empresa en verde por pasar", "Empresas en verde por pasar", green, reverse("intake:risen")))
    elif actor.person is not None:
        mine = PotentialAccount.objects.filter(matter__state="registered", matter__owner__in=held).count()
        href = reverse("intake:accounts") + "?estado=registered"
        rows.append(("Cuenta potencial por invitar", "Cuentas potenciales por invitar", mine, href))
    return [
        {"label": one if count == 1 else many, "count": count, "href": href}
        for one, many, count, href in rows
        if count
    ]


def late_people(request: ActorRequest) -> list[Any]:
    """For the head of an office: who of their people is late (EXP-13)."""
    actor = request.actor
    if not actor.has_role("regional-director") or actor.staff_member is None:
        return []
    return [load for load in loads_of(actor.staff_member.office, request.now) if load.late]
