"""Asking Client management for help, with or without an account (INT-6), and writing to one's executive (CHA-4)."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from acompana.cases.models import OF_EXECUTIVE, OF_EXECUTIVE_ON_THE_ROAD, HelpRequest
from acompana.cases.operations import ask_for_help, write_to_executive
from acompana.cases.operations import insist as insist_on_help
from acompana.cases.queries import files_of, said_since, term_of_answer, term_of_executive, written_by
from acompana.companies.models import Company, Mandate
from acompana.companies.permissions import may_act_for
from acompana.companies.queries import find_by_rut
from acompana.intake.mail import moment_words
from acompana.intake.queries import preadmitted_among
from acompana.kernel.refusals import Refused
from acompana.people.access import ActorRequest, deny_unless, public, signed_in
from acompana.people.queries import who_holds
from acompana.portal.forms import HelpForm, InsistForm, WriteForm
from acompana.portal.permissions import mandate_of, mandates_of, shown_name
from acompana.portal.promises import promise_of
from acompana.portal.views.visit import visit
from acompana.shell.languages import in_english, spoken

JUST_ASKED = "help_asked"
WRITTEN_ROWS = 10


@public
@in_english
@require_http_methods(["GET", "POST"])
def ask(request: ActorRequest) -> HttpResponse:
    """The form; whoever is signed in has name and e-mail filled in."""
    person = request.actor.person
    initial = (
        {"asker_name": person.full_name, "asker_email": person.email or "", "asker_phone": person.phone}
        if person
        else {}
    )
    own = {str(mandate.company_id): mandate for mandate in mandates_of(request.actor)}
    companies = [(pk, shown_name(mandate)) for pk, mandate in own.items()]
    form = HelpForm(
        request.POST or None,
        initial=initial | _chosen(request, own),
        companies=companies,
        finished=preadmitted_among(int(pk) for pk, mandate in own.items() if mandate.state == Mandate.State.ACTIVE),
        registering=request.GET.get("tema") == "registrar",
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = own.get(data.pop("company", ""))
        company = chosen.company if chosen else _own_company(request, data["rut_given"])
        if company is not None:
            data["rut_given"] = company.rut or ""
        try:
            asked_request = ask_for_help(
                **data,
                company=company,
                actor=request.actor,
                now=request.now,
                channel="portal" if person else "form",
                language=spoken(),  # of the page on which it was asked
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            request.session[JUST_ASKED] = asked_request.matter.number
            return redirect("portal:help_asked", asked_request.matter.number)
    attended = [one for one in own.values() if one.state == Mandate.State.ACTIVE and one.company.executive_id]
    context = {
        "form": form,
        "term": term_of_answer(day=timezone.localdate(request.now)),
        "attended": attended,  # whose question is rather one for who attends it (CHA-4)
    }
    return render(request, "portal/help_request.html", context, status=422 if form.errors else 200)


def _chosen(request: ActorRequest, own: Mapping[str, Mandate]) -> dict[str, str]:
    """The company from whose page one comes."""
    given = request.GET.get("empresa", "")
    return {"company": given} if given in own else {}


@signed_in
@require_http_methods(["GET", "POST"])
def write(request: ActorRequest, company_id: int) -> HttpResponse:
    """A company writes to its executive, and sees what it wrote before; without one, Client management helps."""
    seen = visit(request, company_id, fully=True)
    executive = seen.company.executive
    if executive is None:
        return redirect(f"{reverse('portal:help_request')}?empresa={company_id}")
    topics = OF_EXECUTIVE if seen.state == "preadmitted" else OF_EXECUTIVE_ON_THE_ROAD
    form = WriteForm(request.POST or None, request.FILES or None, topics=topics)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            written = write_to_executive(
                company=seen.company,
                about=data["about"],
                text=data["text"],
                upload=data["file"],
                actor=request.actor,
                now=request.now,
            )
        except Refused as refusal:
            form.add_error("file" if refusal.rule.startswith("files:") else None, refusal.reason)
        else:
            return redirect("portal:help_asked", written.matter.number)
    attends, absence = who_holds(executive, timezone.localdate(request.now))
    context = {
        "form": form,
        "company": seen.company,
        "executive": executive,
        "attends": attends,
        "absence": absence,
        "term": term_of_executive(day=timezone.localdate(request.now)),
        "address": request.actor.person.email if request.actor.person else "",
        "written": written_by(seen.company)[:WRITTEN_ROWS],
    }
    return render(request, "portal/write.html", context, status=422 if form.errors else 200)


def _own_company(request: ActorRequest, rut: str) -> Company | None:
    """The company of a typed RUT, for who acts for it: nobody else learns whether it is here (INT-24)."""
    company = find_by_rut(rut) if rut else None
    return company if company is not None and mandate_of(request.actor, company) is not None else None


def _found(request: ActorRequest, number: str) -> HelpRequest:
    """The request, for who asked: in this visit, or with their account. Nobody else knows of it, but of what was
    written to an executive, who acts for the company."""
    found = (
        HelpRequest.objects.select_related("matter__office", "matter__company", "matter__owner")
        .filter(matter__number=number)
        .first()
    )
    if found is None:
        raise Http404
    person = request.actor.person
    own = person is not None and found.matter.person_id == person.pk
    if found.is_to_executive and found.matter.company is not None and not request.actor.is_staff:
        own = may_act_for(request.actor, found.matter.company)
    deny_unless(own or request.session.get(JUST_ASKED) == number, known=False)
    return found


@public
@in_english
@require_safe
def asked(request: ActorRequest, number: str) -> HttpResponse:
    """What was asked, by when it is answered, and the answer: for who asked, in this visit or with their account."""
    found = _found(request, number)
    return _show(request, found, InsistForm(to_executive=found.is_to_executive))


def _show(request: ActorRequest, found: HelpRequest, form: InsistForm) -> HttpResponse:
    matter = found.matter
    open_ones = matter.commitments.filter(fulfilled_at=None, cancelled_at=None)
    owed = open_ones.select_related("office", "owner").first()
    context = {
        "help": found,
        "matter": matter,
        "received": gettext("El %(moment)s.") % {"moment": moment_words(matter.opened_at, matter.office.time_zone)},
        "answers": (owed.owner if owed else None) or matter.owner,
        "promise": promise_of(owed, request.now) if owed else None,
        "form": form,
        "files": files_of(found),
        "said_since": said_since(found),
        "may_insist": matter.state == "answered" and request.actor.person is not None,
    }
    return render(request, "portal/help_asked.html", context, status=422 if form.errors else 200)


@signed_in
@in_english
@require_POST
def insist(request: ActorRequest, number: str) -> HttpResponse:
    """«Sigo con el problema»: it is open again, with a new term (INT-6)."""
    found = _found(request, number)
    form = InsistForm(request.POST, to_executive=found.is_to_executive)
    if not form.is_valid():
        return _show(request, found, form)
    try:
        insist_on_help(request=found, actor=request.actor, now=request.now, note=form.cleaned_data["note"])
    except Refused as refusal:
        form.add_error(None, refusal.reason)
        return _show(request, found, form)
    told = gettext("Enviamos tu pregunta.") if found.is_to_executive else gettext("Abrimos tu solicitud de nuevo.")
    messages.success(request, told)
    return redirect("portal:help_asked", number)
