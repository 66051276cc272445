"""The route page, the history, the interview, pre-admissibility, leaving."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from acompana.commitments.queries import agreed_with
from acompana.companies.models import Company, Mandate
from acompana.companies.operations import verified_contacts
from acompana.companies.queries import status_of
from acompana.intake import operations as intake
from acompana.intake.attending import attending_words, attends
from acompana.intake.calendar_file import calendar_of_interview
from acompana.intake.declarations import marked_among
from acompana.intake.mail import moment_words, portal_page
from acompana.intake.models import Interview, Referral
from acompana.intake.queries import (
    LEFT_STATES,
    access_terms,
    asked_to_correct,
    derivation_of,
    follower_of,
    in_review,
    still_asked,
    was_referred_after_interview,
    why_no_intake,
)
from acompana.kernel.refusals import Refused
from acompana.kernel.row_ids import row_id
from acompana.kernel.rulebook import get_rule
from acompana.logbook.models import Entry
from acompana.logbook.queries import timeline
from acompana.matters.models import Matter
from acompana.people.access import ActorRequest, signed_in
from acompana.people.models import Absence, Person
from acompana.people.queries import who_holds
from acompana.portal.forms import CancelForm, RescheduleForm, WithdrawForm
from acompana.portal.history import told
from acompana.portal.promises import promises_about, promises_to
from acompana.portal.route_page import route_page as build_page
from acompana.portal.views.visit import Visit, visit
from acompana.questionnaires.pages import progress_of
from acompana.questionnaires.queries import draft_of, result_of
from acompana.shell.languages import speaking
from acompana.shell.typed import typed_rows
from acompana.shell.words import number

HISTORY_ROWS = 50


@signed_in
@require_safe
def route_page(request: ActorRequest, company_id: int) -> HttpResponse:
    """Where I am, what you need from me, what happens next (INT-5)."""
    seen = visit(request, company_id)
    if seen.is_limited:
        context = {
            "visit": seen,
            "company": seen.company,
            "by_link": verified_contacts(seen.company).exists(),
            "promise": promises_about([seen.mandate], request.now).get(seen.mandate.pk),
        }
        return render(request, "portal/limited.html", context)
    draft = (
        draft_of(instrument="export-test", company=seen.company, matter=seen.matter)
        if seen.state == "self_test"
        else None
    )
    sent_on = seen.intake is not None and was_referred_after_interview(seen.intake)
    derivation = derivation_of(seen.company) if seen.state in LEFT_STATES else None
    status = status_of(seen.company, timezone.localdate(request.now)).code
    last = _last_interview(seen)
    interview = last if last is not None and last.is_to_come else None
    attending, absence = _who_attends(seen.company, request.now)
    page = build_page(
        company=seen.company,
        intake=seen.intake,
        is_former=status == "former",
        promises=promises_to(seen.company, request.now, about=seen.matter),
        interview=interview,
        interview_is_over=interview is not None and interview.is_over(request.now),
        in_review=seen.intake is not None and bool(in_review([seen.intake])),
        called_off=last if last is not None and last.cancelled_at else None,
        missing=len(still_asked(seen.company, seen.intake, timezone.localdate(request.now))),
        begun=progress_of(draft) if draft else None,
        gaps=len(result_of(seen.intake.test).gaps) if seen.intake and seen.intake.test else 0,
        again_when=_what_must_change(seen, derivation, request.now)
        if sent_on or seen.state == "not_preadmitted"
        else "",
        why_no_start=why_no_intake(seen.intake, status=status),
        correction=asked_to_correct(seen.matter) if seen.matter and seen.state == "preadmissibility" else "",
        marked=marked_among(seen.intake.declarations, seen.intake.to_correct) if seen.intake else (),
        attends=attending,
    )
    entries = timeline(company=seen.company, actor=request.actor).exclude(kind=Entry.Kind.MESSAGE)[:6]
    context = {
        "visit": seen,
        "company": seen.company,
        "page": page,
        "attends": attending,
        "absence": absence,
        "interview_with": attends(interview)[0] if interview else None,
        "derivation": derivation,
        "asked": asked_for(seen.company),
        "follower": follower_of(derivation, seen.company) if derivation else None,
        "agreed": agreed_with(seen.company),
        "entries": told(entries, request.actor),
        "can_leave": seen.matter is not None and not seen.matter.closed_at and seen.state != "referred",
    }
    return render(request, "portal/route.html", context)


def _who_attends(company: Company, now: datetime) -> tuple[Person | None, Absence | None]:
    """The company's executive; while they are absent who stands in, and that absence (POR-10)."""
    return who_holds(company.executive, timezone.localdate(now)) if company.executive else (None, None)


def _what_must_change(seen: Visit, derivation: Referral | None, now: datetime) -> str:
    """Before a company that left the route begins again, by why it left: micro, without potential, or what it was told
    (INT-17, INT-18)."""
    standing = seen.company.standings.first() if derivation else None
    if standing is None:
        return "Cuando cambie lo que dice el motivo"
    if standing.colour:
        return "Cuando hayas reforzado lo que vimos en el test y en la entrevista"
    most = get_rule("DEF-6", timezone.localdate(now)).value["uf"]["micro"]
    return f"Cuando tu empresa deje de ser microempresa, con ventas de más de {number(most)} UF al año"


def asked_for(company: Company) -> list[Mandate]:
    """Who asks to act for the company and waits, each with its `term` (INT-24). Two queries, one while nobody does."""
    waiting = list(
        Mandate.objects.filter(company=company, state=Mandate.State.REQUESTED)
        .select_related("person")
        .order_by("requested_at", "pk")
    )
    terms = access_terms(mandate.pk for mandate in waiting) if waiting else {}
    for mandate in waiting:
        mandate.term = terms.get(mandate.pk)  # type: ignore[attr-defined]
    return waiting


@signed_in
@require_POST
def start(request: ActorRequest, company_id: int) -> HttpResponse:
    """Begins the route, or begins it again after the last time ended (INT-3, INT-13)."""
    seen = visit(request, company_id, fully=True)
    try:
        intake.open_intake(company=seen.company, actor=request.actor, now=request.now)
    except Refused as refusal:
        messages.error(request, refusal.reason)
        return redirect("portal:company", company_id)
    return redirect("portal:form", company_id)


def _last_interview(seen: Visit) -> Interview | None:
    if seen.matter is None:
        return None
    return seen.matter.interviews.select_related("executive", "arranged_by").order_by("-pk").first()


def _interview_to_come(seen: Visit) -> Interview | None:
    last = _last_interview(seen)
    return last if last is not None and last.is_to_come else None


@signed_in
@require_safe
def history(request: ActorRequest, company_id: int) -> HttpResponse:
    """What has happened, in the company's words (INT-25)."""
    seen = visit(request, company_id, fully=True)
    page = Paginator(timeline(company=seen.company, actor=request.actor), HISTORY_ROWS).get_page(
        request.GET.get("page")
    )
    entries = told(page.object_list, request.actor)
    return render(request, "portal/history.html", {"company": seen.company, "page": page, "entries": entries})


@signed_in
@require_safe
def interview_calendar(request: ActorRequest, company_id: int) -> HttpResponse:
    """The interview as a calendar file (FMT-5)."""
    seen = visit(request, company_id, fully=True)
    interview = _interview_to_come(seen)
    if interview is None:
        raise Http404
    assert request.actor.person is not None
    with speaking(request.actor.person.language):
        file = calendar_of_interview(interview, page=portal_page("interview", seen.company), now=request.now)
    return HttpResponse(
        file,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="entrevista.ics"'},
    )


@signed_in
@require_http_methods(["GET", "POST"])
def reschedule(request: ActorRequest, company_id: int) -> HttpResponse:
    """The company moves its interview, saying why (EXP-16)."""
    seen = visit(request, company_id, fully=True)
    interview = _interview_to_come(seen)
    calling_off = request.POST.get("verb") == "cancel"
    if interview is None and (request.method != "POST" or seen.matter is None):
        messages.info(request, "No hay una entrevista por venir que cambiar.")
        return redirect("portal:company", company_id)
    assert seen.matter is not None
    zone = ZoneInfo(seen.matter.office.time_zone)
    given = request.POST if request.method == "POST" and not calling_off else None
    form = RescheduleForm(given, matter=seen.matter, current=interview, now=request.now)
    ending = CancelForm(request.POST if calling_off else None)
    sent = ending if calling_off else form
    right = sent.is_valid()
    overtaken = _moved_meanwhile(request, seen.matter, interview) if request.method == "POST" else ""
    if overtaken:
        sent.add_error(None, overtaken)
    elif interview is not None and right:
        try:
            done = _change_interview(request, interview, sent, zone)
        except Refused as refusal:
            sent.add_error("why" if calling_off else "starts_at", refusal.reason)
        else:
            messages.success(request, done)
            return redirect("portal:company", company_id)
    context = {
        "company": seen.company,
        "interview": interview,
        "interview_at": moment_words(interview.starts_at, zone.key) if interview else "",
        "attending": attending_words(seen.matter, interview.executive, timezone.localdate(request.now))
        if interview
        else "",
        "form": form,
        "ending": ending,
        "wrong": sent,
        "overtaken": overtaken,
        "typed": typed_rows(sent) if interview is None else [],
    }
    return render(request, "portal/reschedule.html", context, status=422 if form.errors or ending.errors else 200)


def _change_interview(
    request: ActorRequest, interview: Interview, form: RescheduleForm | CancelForm, zone: ZoneInfo
) -> str:
    """Moves it or calls it off; what is said when it is done."""
    data = form.cleaned_data
    if isinstance(form, CancelForm):
        intake.cancel_interview(interview=interview, reason=data["why"], actor=request.actor, now=request.now)
        return "Cancelaste la entrevista. Te contactaremos para acordar otra."
    moved = intake.reschedule_interview(
        interview=interview,
        starts_at=data["starts_at"].replace(tzinfo=zone),
        reason=data["reason"],
        even_if_closed=data["even_if_closed"],
        even_if_late=data["even_if_late"],
        actor=request.actor,
        now=request.now,
    )
    if moved.executive != interview.executive:
        return f"Listo: cambiaste la fecha. Ese día te atiende {moved.executive}; ya le avisamos."
    return "Listo: cambiaste la fecha. Le avisamos a quien te atiende."


def _moved_meanwhile(request: ActorRequest, matter: Matter, current: Interview | None) -> str:
    """What became of the interview since the page that is sent was made; empty if nothing did (EXP-16)."""
    if current is None:
        return "Mientras tanto la entrevista se canceló, y no se cambió nada. Te contactaremos para acordar otra."
    if row_id(request.POST.get("seen")) in (None, current.pk):
        return ""
    when = moment_words(current.starts_at, matter.office.time_zone)
    return (
        f"Mientras tanto la entrevista cambió: ahora es el {when}, y lo decidió {current.arranged_by}. "
        "Lo tuyo no se guardó: si aún quieres cambiarla, revísalo y envíalo de nuevo."
    )


@signed_in
@require_http_methods(["GET", "POST"])
def withdraw(request: ActorRequest, company_id: int) -> HttpResponse:
    """Leaving the route, with the reason."""
    seen = visit(request, company_id, fully=True)
    if seen.matter is None or seen.matter.closed_at:
        return redirect("portal:company", company_id)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            intake.withdraw(
                matter=seen.matter, actor=request.actor, now=request.now, reason=form.cleaned_data["reason"]
            )
        except Refused as refusal:
            form.add_error("reason", refusal.reason)
        else:
            messages.success(request, "Saliste de la ruta. Puedes volver cuando quieras.")
            return redirect("portal:company", company_id)
    return render(
        request, "portal/withdraw.html", {"company": seen.company, "form": form}, status=422 if form.errors else 200
    )
