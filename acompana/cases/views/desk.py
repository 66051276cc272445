"""Client management's queue, and the pages that open, answer and derive a help request (INT-6, ROL-8)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, OuterRef, Prefetch, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from acompana.cases.forms import AnswerForm, CorrectRutForm, DeriveForm, OnBehalfForm, RegisterForm
from acompana.cases.models import HelpRequest
from acompana.cases.operations import answer_help, ask_for_help, derive_help
from acompana.cases.permissions import may_answer, may_derive, who_answers
from acompana.cases.queries import (
    files_of,
    had_it,
    how_it_is_read,
    passed_words,
    passing_of,
    said_since,
    who_owes,
    why_not_mailed,
)
from acompana.cases.registration import correct_registration, register_for_asker
from acompana.commitments.models import Commitment
from acompana.commitments.queries import open_of
from acompana.companies.models import Company
from acompana.companies.queries import canonical_company, find_by_rut
from acompana.kernel.refusals import Refused
from acompana.kernel.row_ids import row_id
from acompana.matters.queries import what_happened_meanwhile
from acompana.people.access import ActorRequest, deny_unless, staff, staff_with
from acompana.shell.typed import typed_rows

ROWS = 30
NOT_SENT = "Lo tuyo no se envió."
STATES = (("received", "Por responder"), ("answered", "Respondidas"), ("closed", "Cerradas"))


@staff
@require_safe
def help_requests(request: ActorRequest) -> HttpResponse:
    """Help requests to Client management by state, with what is owed and by when: by that date, else the oldest first.

    What a company wrote to its executive is theirs: it waits in their Mi día and on the company's record (CHA-4)."""
    asked = request.GET.get("estado", "received")
    state = asked if asked in dict(STATES) else "received"
    asked_of_unit = HelpRequest.objects.filter(matter__kind="help_request")
    counts = dict(asked_of_unit.order_by().values_list("matter__state").annotate(Count("pk")))
    owed = Commitment.objects.open().select_related("office", "owner").order_by("due_at")
    rows = (
        asked_of_unit.filter(matter__state=state)
        .select_related("matter__company", "matter__owner", "matter__office")
        .prefetch_related(Prefetch("matter__commitments", queryset=owed, to_attr="owed"))
        .annotate(due_at=Subquery(owed.filter(matter=OuterRef("matter")).values("due_at")[:1]))
        .order_by(F("due_at").asc(nulls_last=True), "matter__state_since", "pk")
    )
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    tabs = [
        {"label": label, "href": f"?estado={slug}", "current": slug == state, "count": counts.get(slug, 0)}
        for slug, label in STATES
    ]
    return render(request, "cases/help_requests.html", {"page": page, "tabs": tabs, "state": state})


@staff
@require_http_methods(["GET", "POST"])
def new_help(request: ActorRequest) -> HttpResponse:
    """Any contact point opens a request for somebody who could not (INT-6); from a record, it knows the company."""
    given = request.GET.get("empresa", "")
    company = canonical_company(get_object_or_404(Company, pk=row_id(given))) if given.isdigit() else None
    form = OnBehalfForm(request.POST or None, initial=_initial(company))
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        about_company = company or (find_by_rut(data["rut_given"]) if data["rut_given"] else None)
        try:
            made = ask_for_help(**data, company=about_company, actor=request.actor, now=request.now)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"Quedó la solicitud {made.matter.number}. La responde Gestión de clientes.")
            return redirect("cases:help_request", number=made.matter.number)
    return render(
        request, "cases/new_help.html", {"form": form, "company": company}, status=422 if form.errors else 200
    )


def _initial(company: Company | None) -> dict[str, Any]:
    if company is None:
        return {}
    contact = company.contacts.filter(ended_on=None).order_by("-is_main", "id").first()
    return {
        "rut_given": company.rut or "",
        "asker_name": contact.name if contact else "",
        "asker_email": contact.email if contact else "",
        "asker_phone": contact.phone if contact else "",
    }


def _help_or_404(number: str) -> HelpRequest:
    return get_object_or_404(
        HelpRequest.objects.select_related(
            "matter__company", "matter__person", "matter__office", "matter__owner", "answered_by"
        ),
        matter__number=number,
    )


def _to_unit_or_404(number: str) -> HelpRequest:
    """One of Client management's own: what was written to an executive is not passed on or mended by it."""
    found = _help_or_404(number)
    if found.is_to_executive:
        raise Http404
    return found


@staff
@require_http_methods(["GET", "POST"])
def help_request(request: ActorRequest, number: str) -> HttpResponse:
    """What went wrong, and the answer; who had it when they began to answer is told to whom it was passed (EXP-13)."""
    found = _help_or_404(number)
    may, passed, unreached = may_answer(request.actor, found), passed_words(found), why_not_mailed(found)
    given = request.POST if request.method == "POST" else None
    form = AnswerForm(given, how_it_is_read=how_it_is_read(found, unreached))
    told = f"{passed[:1].upper()}{passed[1:]}." if passed and found.matter.state == "received" else ""
    if request.method == "POST":
        deny_unless(may or _had_it(request, found), reason=told or who_answers(found))
        if not may:
            form.errors.clear()
            waits = found.matter.state == "received"
            form.add_error(None, f"Mientras tanto {passed}. {NOT_SENT}" if waits else _told_who_was_first(found))
        elif form.is_valid():
            try:
                answer_help(request=found, answer=form.cleaned_data["answer"], actor=request.actor, now=request.now)
            except Refused as refusal:
                found = _help_or_404(number)  # as it stands: the operation had put the answer into its copy
                waits = found.matter.state == "received"
                form.add_error(None, refusal.reason if waits else _told_who_was_first(found))
            else:
                messages.success(request, _told_of_answer(found, unreached))
                if found.is_to_executive:
                    return redirect("cases:help_request", number=number)
                return redirect("cases:help_requests")
    waiting, to_unit = found.matter.state == "received", not found.is_to_executive
    context = {
        "help": found,
        "matter": found.matter,
        "form": form,
        "may_answer": waiting and may,
        "may_derive": waiting and to_unit and may_derive(request.actor),
        "who_answers": who_answers(found),
        "has_it": who_owes(found),
        "unreached": unreached if waiting else "",
        "passed": told,
        "passing": passing_of(found),
        "files": files_of(found),
        "said_since": said_since(found),
        "owed": open_of(found.matter),
        "intake": _road_to_help(request, found),
        "may_register": to_unit and may_derive(request.actor),
        "typed": typed_rows(form) if form.is_bound and not (waiting and may) else [],
    }
    return render(request, "cases/help_request.html", context, status=422 if form.errors else 200)


def _told_of_answer(found: HelpRequest, unreached: str) -> str:
    return f"La respuesta quedó guardada. {unreached}" if unreached else "Respuesta enviada por correo."


def _told_who_was_first(found: HelpRequest) -> str:
    """For whom was second at a request that waits no more (EXP-13)."""
    return f"{what_happened_meanwhile(matter=found.matter)} {NOT_SENT}"


def _had_it(request: ActorRequest, found: HelpRequest) -> bool:
    """Whether who sends an answer had the request before it was passed on to somebody else."""
    return request.actor.person is not None and had_it(request.actor.person, found)


def _road_to_help(request: ActorRequest, found: HelpRequest) -> Any:
    """The company's intake while its form or its test is not sent: Client management may do it with it (INT-6)."""
    if found.is_to_executive or found.matter.company is None or not may_derive(request.actor):
        return None
    return found.matter.company.matters.filter(kind="intake", state__in=("characterization", "self_test")).first()


@staff_with("client-management")
@require_http_methods(["GET", "POST"])
def mend(request: ActorRequest, number: str) -> HttpResponse:
    """A registration that failed: register the company for who asked, or correct the RUT that it was given (INT-6)."""
    found = _to_unit_or_404(number)
    company = found.matter.company
    data = request.POST or None
    form: RegisterForm | CorrectRutForm
    form = CorrectRutForm(data) if company else RegisterForm(data, initial={"rut": found.rut_given})
    if request.method == "POST" and form.is_valid():
        try:
            if company:
                done = correct_registration(request=found, **form.cleaned_data, actor=request.actor, now=request.now)
            else:
                done = register_for_asker(request=found, **form.cleaned_data, actor=request.actor, now=request.now)
        except Refused as refusal:
            form.add_error("rut" if refusal.rule in ("IDN-3", "INT-24") else None, refusal.reason)
        else:
            messages.success(request, done)
            return redirect("cases:help_request", number=number)
    context = {"help": found, "matter": found.matter, "company": company, "form": form}
    return render(request, "cases/mend.html", context, status=422 if form.errors else 200)


@staff_with("client-management")
@require_http_methods(["GET", "POST"])
def derive(request: ActorRequest, number: str) -> HttpResponse:
    """Pass a request to an executive, with a note; the date of the answer stays. Who is second at it reads to whom it
    was passed first (EXP-13)."""
    found = _to_unit_or_404(number)
    given = request.POST if request.method == "POST" else None
    form = DeriveForm(given, matter=found.matter, on=timezone.localdate(request.now))
    has_it = str(found.matter.owner_id or "")
    if request.POST.get("seen", has_it) != has_it and (passed := passed_words(found)):
        form.errors.clear()
        form.add_error(
            None,
            f"Mientras tanto {passed}. Lo tuyo no quedó registrado: si hay que pasarla a otra persona, "
            "revísalo y guárdalo.",
        )
    elif request.method == "POST" and form.is_valid():
        to = form.cleaned_data["to"]
        try:
            derive_help(request=found, to=to, note=form.cleaned_data["note"], actor=request.actor, now=request.now)
        except Refused as refusal:
            found.matter.refresh_from_db(fields=["state", "state_since"])
            waits = found.matter.state == "received"
            form.add_error(None, refusal.reason if waits else _told_who_was_first(found))
        else:
            messages.success(request, f"La solicitud pasó a {to}. El plazo para responder no cambia.")
            return redirect("cases:help_request", number=number)
    context = {"help": found, "matter": found.matter, "form": form, "has_it": has_it}
    return render(request, "cases/derive.html", context, status=422 if form.errors else 200)
