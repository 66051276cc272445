"""Potential accounts on the desk, referrals and reviews (INT-2, INT-19, INT-29)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from acompana.commitments.queries import open_of
from acompana.companies.accesses import accesses_of
from acompana.companies.middleware import refuse_merged
from acompana.companies.models import Company
from acompana.companies.permissions import ABOVE_OFFICES, may_assign
from acompana.intake import operations as intake
from acompana.intake.forms import MoveForm, ReasonForm, ReviewDecisionForm
from acompana.intake.mail import main_contact
from acompana.intake.models import PotentialAccount, Referral, Review
from acompana.intake.permissions import (
    may_act_on_account,
    may_attend,
    may_attend_company,
    may_decide_on_account,
    may_note_outcome,
)
from acompana.intake.queries import (
    added_to_review,
    derivation_of,
    invitations_of,
    is_for_exports,
    no_more_exports,
)
from acompana.intake.reaching import Letter
from acompana.intake.referral_forms import OutcomeForm, ReferralForm
from acompana.intake.states import EXECUTIVES
from acompana.intake.views.step_pages import closed, handle, intake_or_404, sent
from acompana.kernel.refusals import reason_against
from acompana.people.access import ActorRequest, deny_unless, staff, staff_with
from acompana.questionnaires import pages


@staff
@require_http_methods(["GET", "POST"])
def account(request: ActorRequest, number: str) -> HttpResponse:
    """Invite, derive to the director, or decide not to invite (INT-2)."""
    found = get_object_or_404(
        PotentialAccount.objects.select_related("matter__company", "matter__office", "matter__owner"),
        matter__number=number,
    )
    matter = found.matter
    assert matter.company is not None
    steps = ("invite", "invite_derived", "derive", "dismiss") if matter.closed_at else ()
    if page := closed(request, matter=matter, title="Cuenta potencial", steps=steps):
        return page
    verb = request.POST.get("verb", "invite")
    done = {
        "invite": "Quedó invitada.",
        "derive": "Quedó en la bandeja de la dirección regional.",
        "dismiss": "Quedó registrado que no se invita, y por qué.",
    }.get(verb, "")

    def act(data: dict[str, Any]) -> None:
        if verb == "derive":
            intake.derive_to_director(matter=matter, note=data["reason"], actor=request.actor, now=request.now)
        elif verb == "dismiss":
            intake.dismiss_account(matter=matter, reason=data["reason"], actor=request.actor, now=request.now)
        else:
            intake.invite_company(matter=matter, actor=request.actor, now=request.now)

    form = ReasonForm(sent(request))
    form.fields["reason"].required = verb == "dismiss"
    return handle(
        request,
        matter=matter,
        form=form,
        act=act,
        done=done,
        letter=Letter("invitation", "Le enviamos un enlace personal.") if verb == "invite" else None,
        template="intake/account.html",
        steps=("invite", "invite_derived", "derive", "dismiss"),
        context={
            "account": found,
            "owed": open_of(matter),
            "names": accesses_of(matter.company, request.actor).names,
            "invited": invitations_of([matter.pk], request.now).get(matter.pk),
            "contact": main_contact(matter.company),
            "may_decide": may_decide_on_account(request.actor, matter),
            "may_act": may_act_on_account(request.actor, matter),
        },
    )


@staff
@require_http_methods(["GET", "POST"])
def review(request: ActorRequest, number: str) -> HttpResponse:
    """Decide a review of an automatic result, points, answers and date at hand; later, the decision (INT-29)."""
    found = get_object_or_404(
        Review.objects.select_related("matter__company", "matter__office", "intake__test__version", "decided_by"),
        matter__number=number,
    )
    deny_unless(
        may_attend(request.actor, found.matter),
        reason="La revisión la resuelve el equipo de la oficina regional de la empresa.",
    )
    about = {
        "review": found,
        "added": added_to_review(found.matter),
        "for_exports": is_for_exports(found),
        "answers": pages.answers_context(found.intake.test) if found.intake.test else None,
        "result": pages.result_context(found.intake.test) if found.intake.test else None,
    }
    if found.decision and request.method == "GET":
        return render(request, "intake/review.html", about | {"matter": found.matter, "company": found.matter.company})
    if page := closed(request, matter=found.matter, title="Revisar un resultado", steps=("decide_review",)):
        return page
    return handle(
        request,
        matter=found.matter,
        form=ReviewDecisionForm(sent(request)),
        act=lambda data: intake.decide_review(review=found, **data, actor=request.actor, now=request.now),
        done="Revisión resuelta.",
        letter=Letter("review_decided", "La empresa recibe el resultado y el motivo."),
        template="intake/review.html",
        steps=("decide_review",),
        context={**about, "no_more_exports": no_more_exports(found.matter), "owed": open_of(found.matter)},
    )


@staff_with(*EXECUTIVES)
@require_http_methods(["GET", "POST"])
def refer(request: ActorRequest, company_id: int) -> HttpResponse:
    """Refer a company to another body, or note one that came from there (INT-19)."""
    company = refuse_merged(get_object_or_404(Company.objects.select_related("office"), pk=company_id))
    deny_unless(
        may_attend_company(request.actor, company),
        reason="La derivación la hace el equipo de la oficina regional de la empresa.",
    )
    matter = company.matters.filter(kind="intake").select_related("company", "office").order_by("-opened_at").first()

    def act(data: dict[str, Any]) -> None:
        if data.pop("direction") == Referral.Direction.IN:
            intake.receive_referral(company=company, **data, actor=request.actor, now=request.now)
        else:
            intake.refer_company(company=company, matter=matter, **data, actor=request.actor, now=request.now)

    return handle(
        request,
        company=company,
        form=ReferralForm(sent(request), company=company, today=timezone.localdate(request.now)),
        act=act,
        done="Derivación registrada.",
        template="intake/refer.html",
    )


@staff
@require_http_methods(["GET", "POST"])
def outcome(request: ActorRequest, pk: int) -> HttpResponse:
    """What came of a referral (INT-19); who is second at it reads what was noted first (EXP-13)."""
    referral = get_object_or_404(Referral.objects.select_related("company", "body", "outcome_by", "commitment"), pk=pk)
    deny_unless(may_note_outcome(request.actor, referral))
    if request.method == "GET" and (why := intake.why_no_outcome(referral)):
        messages.info(request, why)
        return redirect(referral.company.get_absolute_url())
    form = OutcomeForm(
        sent(request),
        referral=referral,
        today=timezone.localdate(request.now),
        initial={"outcome": referral.outcome, "note": referral.outcome_note},
    )
    there = referral.outcome_at.isoformat() if referral.outcome_at else ""
    unseen = request.method == "POST" and there and request.POST.get("seen", "") != there
    return handle(
        request,
        company=referral.company,
        form=form,
        act=lambda data: intake.record_outcome(referral=referral, **data, actor=request.actor, now=request.now),
        done="Resultado de la derivación registrado.",
        template="intake/outcome.html",
        overtaken=intake.outcome_meanwhile(referral) if unseen else "",
        context={"referral": referral, "seen": there, "moved_on": bool(intake.why_no_outcome(referral))},
    )


@staff_with(*EXECUTIVES)
@require_http_methods(["GET", "POST"])
def come_back(request: ActorRequest, number: str) -> HttpResponse:
    """Attend again who was referred after its interview and comes back prepared (INT-18)."""
    matter = intake_or_404(request, number).matter
    assert matter.company is not None
    why = reason_against(lambda: intake.check_can_return(matter, request.now))
    if page := closed(request, matter=matter, title="Volver a atenderla", why=why):
        return page
    form = ReasonForm(sent(request))
    form.fields["reason"].required = True
    return handle(
        request,
        matter=matter,
        form=form,
        act=lambda data: intake.return_prepared(matter=matter, **data, actor=request.actor, now=request.now),
        done="Vuelve a la ruta: toca contactarla.",
        letter=Letter("return_prepared", "Le avisamos por correo hasta cuándo."),
        template="intake/come_back.html",
        context={"referral": derivation_of(matter.company)},
    )


@staff_with("regional-director", *ABOVE_OFFICES)
@require_http_methods(["GET", "POST"])
def move(request: ActorRequest, company_id: int) -> HttpResponse:
    """Another regional office attends the company; what is under way and what is owed go along (ROL-2, EXP-5)."""
    company = refuse_merged(get_object_or_404(Company.objects.select_related("office"), pk=company_id))
    deny_unless(
        may_assign(request.actor, company),
        reason="El traslado lo hace la dirección de la oficina regional de la empresa.",
    )
    return handle(
        request,
        company=company,
        form=MoveForm(sent(request)),
        act=lambda data: intake.move_company(company=company, **data, actor=request.actor, now=request.now),
        done="La empresa cambió de oficina, con lo que se le debe.",
        template="intake/move.html",
    )
