"""Queues: intakes by state, companies to assign, potential accounts that wait for the director (INT-2, ROL-2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, Count, When
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_safe

from acompana.commitments.days_left import without_reasons
from acompana.companies.models import Assignment, Company
from acompana.companies.operations import BeyondPlaces
from acompana.companies.queries import portfolio_loads
from acompana.intake.contacting import contacting, contacts_owed
from acompana.intake.forms import WaitingFilter
from acompana.intake.models import Intake, PotentialAccount
from acompana.intake.operations import Given, assign_waiting
from acompana.intake.permissions import ASSIGNERS, may_act_on_account, may_see_rises
from acompana.intake.queries import (
    NEW_FOR,
    companies_to_assign,
    in_queue_of,
    invitations_of,
    owed_next,
    with_what_is_due,
    with_what_is_owed,
)
from acompana.intake.states import INTAKE, OFF_THE_ROAD
from acompana.kernel.refusals import Refused
from acompana.kernel.row_ids import row_id
from acompana.people.access import ActorRequest, staff, staff_with
from acompana.people.models import Office, Person
from acompana.people.queries import executives_of, held_by, staying, with_absences

ROWS = 30
ON_THE_ROAD = "en-la-ruta"  # where somebody has a turn; open but referred is off it (INT-19)
PARTS = (("", "Todos"), ("mias", "Míos"), ("oficina", "De la oficina, sin tomar"), ("nuevas", "Nuevos por contactar"))
ACCOUNT_STATES = (("derived", "Derivadas"), ("registered", "Registradas"), ("invited", "Invitadas"))


@staff
@require_safe
def intakes(request: ActorRequest) -> HttpResponse:
    """Open intakes by state, of the office or of all, what is due next first; mine, the office's, the new. Those that
    were referred are open too, off the road (INT-19)."""
    everywhere = request.GET.get("oficina") == "todas" or request.actor.office_id is None
    rows = Intake.objects.filter(matter__closed_at=None)
    office = request.actor.staff_member.office if request.actor.staff_member else None
    if not everywhere and office is not None and office.kind == "regional":
        rows = rows.filter(matter__office=office)
    else:
        everywhere = True
    rows = with_what_is_due(rows)
    parts = in_queue_of(request.actor, request.now)
    part, state = request.GET.get("de", ""), request.GET.get("estado", "")
    in_part = rows.aggregate(todas=Count("pk"), **{slug: Count("pk", filter=q) for slug, q in parts.items()})
    if part in parts:
        rows = rows.filter(parts[part])
    counts = dict(rows.order_by().values_list("matter__state").annotate(Count("pk")))
    if state == ON_THE_ROAD:
        rows = rows.exclude(matter__state__in=OFF_THE_ROAD)
    elif state:
        rows = rows.filter(matter__state=state)
    rows = rows.select_related("matter__company__executive", "matter__office", "matter__owner")

    def href(**changed: str) -> str:
        asked = {"oficina": "todas" if everywhere else "", "de": part, "estado": state} | changed
        return "?" + urlencode({name: value for name, value in asked.items() if value})

    on_the_road = sum(count for slug, count in counts.items() if slug not in OFF_THE_ROAD)
    stages = [
        ("", "Todos los abiertos", sum(counts.values())),
        (ON_THE_ROAD, "Siguen en la ruta", on_the_road),
        *((s.slug, s.label, counts.get(s.slug, 0)) for s in INTAKE.states if not s.final),
    ]
    tabs = [
        {"label": label, "count": count, "href": href(estado=slug), "current": slug == state}
        for slug, label, count in stages
    ]
    scopes = [
        {
            "label": label,
            "count": in_part[slug or "todas"],
            "href": href(de=slug),
            "current": slug == (part if part in parts else ""),
        }
        for slug, label in PARTS
    ]
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    labels = {s.slug: s for s in INTAKE.states}
    due = {matter: without_reasons(owed) for matter, owed in owed_next(row.matter_id for row in page).items()}
    listed = [
        {
            "intake": row,
            "state": labels[row.matter.state],
            "due": due.get(row.matter_id),
            "is_new": row.matter.state == "to_contact" and row.matter.state_since >= request.now - NEW_FOR,
        }
        for row in page
    ]
    context = {
        "page": page,
        "rows": listed,
        "tabs": tabs,
        "scopes": scopes,
        "everywhere": everywhere,
        "office": office,
        "heads_office": request.actor.has_role("regional-director"),
        "sees_rises": may_see_rises(request.actor),
    }
    return render(request, "intake/intakes.html", context)


@staff_with(*ASSIGNERS)
@require_http_methods(["GET", "POST"])
def to_assign(request: ActorRequest) -> HttpResponse:
    """Companies without an executive; assigned one or many at a time (ROL-2, POR-9)."""
    refused: list[str] = []
    beyond: BeyondPlaces | None = None
    if request.method == "POST":
        try:
            refused = _assign(request)
        except BeyondPlaces as asked_again:
            refused, beyond = [asked_again.reason], asked_again
        if not refused:
            return redirect(request.get_full_path())
        for sentence in refused:
            messages.error(request, sentence)
    heads = request.actor.has_role("regional-director")
    narrow = WaitingFilter(request.GET, everywhere=not heads)
    chosen = narrow.chosen()
    page = Paginator(companies_to_assign(request.actor, request.now).filter(**chosen), ROWS).get_page(
        request.GET.get("page")
    )
    office = request.actor.staff_member.office if heads and request.actor.staff_member else None
    if "region" in chosen:
        office = Office.objects.filter(kind=Office.Kind.REGIONAL, region=chosen["region"], retired_on=None).first()
    today = timezone.localdate(request.now)
    members = list(with_absences(staying(executives_of(office, on=today), today), today)) if office else []
    loads = portfolio_loads([member.person_id for member in members])
    executives = [{"member": member, "load": loads[member.person_id]} for member in members]
    owed = contacts_owed(company.pk for company in page)
    who = contacting(owed.values(), request.now)
    for company in page:
        contact = owed.get(company.pk)
        term = without_reasons(contact) if contact else None
        company.contact_owed = contact and {"who": who.get(contact.pk), "term": term}  # type: ignore[attr-defined]
    context = {"page": page, "executives": executives, "filter": narrow, "narrowed": bool(chosen), "heads": heads}
    context |= {
        "chosen": {row_id(value) for value in request.POST.getlist("company")},
        "to": row_id(request.POST.get("executive")),
        "reason": request.POST.get("reason", ""),
        "beyond": beyond,
    }
    return render(request, "intake/to_assign.html", context, status=422 if refused else 200)


def _assign(request: ActorRequest) -> list[str]:
    """Assigns the chosen, and says how many on the next page; what is wrong instead, a sentence for each fault.

    Raises `BeyondPlaces` where it has to be asked again. What is said to be meant is so many companies of one person.
    """
    chosen = [pk for value in request.POST.getlist("company") if (pk := row_id(value)) is not None]
    asked = row_id(request.POST.get("executive"))
    executive = Person.objects.filter(pk=asked).first() if asked is not None else None
    wrong = [] if chosen else ["Elige al menos una empresa."]
    if executive is None:
        wrong.append("Elige a quién asignar las elegidas.")
    if wrong or executive is None:
        return wrong
    of, _, many = request.POST.get("beyond", "").partition("-")
    meant = row_id(many) if row_id(of) == executive.pk else None
    try:
        given = assign_waiting(
            chosen=Company.objects.filter(pk__in=chosen),
            executive=executive,
            reason=request.POST.get("reason", ""),
            actor=request.actor,
            now=request.now,
            meant=meant or 0,
        )
    except BeyondPlaces:
        raise
    except Refused as refusal:
        return [refusal.reason]
    if given.result.count:
        messages.success(request, _given_words(given, executive))
    elif not given.taken:
        messages.warning(request, "Ninguna de las elegidas espera ya que la asignen.")
    if given.taken:
        messages.warning(request, _taken_words(given.taken, request.actor.person))
    return []


def _given_words(given: Given, executive: Person) -> str:
    """How many were given to whom, and the way to the page that undoes it, which is of a room above."""
    count = given.result.count
    word = "1 empresa asignada" if count == 1 else f"{count} empresas asignadas"
    said = f"{word} a {executive}. {given.result.warning}".strip()
    if given.action is None:
        return said
    return format_html('{} <a href="{}">Ver o deshacer</a>', said, reverse("desk:bulk", args=[given.action.pk]))


def _taken_words(taken: Iterable[Assignment], me: Person | None) -> str:
    """Of the companies that somebody else was first to give, who gave how many to whom."""
    parts = []
    for (by, to), count in Counter((one.assigned_by, one.executive) for one in taken).items():
        many = "s" if count > 1 else ""
        if to == me and by == me:
            parts.append(f"{count} ya la{many} tomaste")
        elif by is None or by == to:
            parts.append(f"{count} ya la{many} tomó {to}")
        elif by == me:
            parts.append(f"{count} ya la{many} asignaste a {to}")
        else:
            parts.append(f"{count} ya la{many} asignó {by} a {to}")
    return f"Mientras mirabas la lista, {'; '.join(parts)}. Quedan como están."


@staff
@require_safe
def derived_accounts(request: ActorRequest) -> HttpResponse:
    """Potential accounts that wait: for the director of the office, or for who registered them (INT-2) and, while they
    are absent, for who stands in (POR-10). Those that wait for the director's decision come first."""
    rows = PotentialAccount.objects.filter(matter__state__in=dict(ACCOUNT_STATES))
    if request.actor.has_role("regional-director") and request.actor.office_id is not None:
        rows = rows.filter(matter__office_id=request.actor.office_id)
    elif request.actor.person is not None:
        rows = rows.filter(matter__owner__in=held_by(request.actor.person, timezone.localdate(request.now)))
    counts = dict(rows.order_by().values_list("matter__state").annotate(Count("pk")))
    state = request.GET.get("estado", "")
    if state in dict(ACCOUNT_STATES):
        rows = rows.filter(matter__state=state)
    rows = rows.select_related("matter__company", "matter__owner", "matter__office").order_by(
        Case(When(matter__state="derived", then=0), default=1), "matter__state_since"
    )
    rows = rows.prefetch_related(with_what_is_owed("matter__commitments"))
    shown = state if state in dict(ACCOUNT_STATES) else ""
    counts[""] = sum(counts.values())
    tabs = [
        {"label": label, "href": f"?estado={slug}", "count": counts.get(slug, 0), "current": slug == shown}
        for slug, label in (("", "Todas"), *ACCOUNT_STATES)
    ]
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    invited = invitations_of([account.matter_id for account in page if account.matter.state == "invited"], request.now)
    for account in page:
        matter = account.matter
        account.invited = invited.get(matter.pk)  # type: ignore[attr-defined]
        account.may_act = may_act_on_account(request.actor, matter, owed=matter.owed)  # type: ignore[attr-defined]
    return render(request, "intake/accounts.html", {"page": page, "tabs": tabs})
