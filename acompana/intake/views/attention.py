"""The executive's pages along the road: contact, interview, validation, pre-admissibility.

Whoever attends the matter comes in, which `intake_or_404` asks: that may be who stands in for somebody (POR-10).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from acompana.companies.permissions import may_take
from acompana.companies.presenting import data_sections
from acompana.companies.queries import completeness
from acompana.intake import operations as intake
from acompana.intake.declarations import read_declarations
from acompana.intake.forms import ContactAttemptForm, HeldForm, PreadmissionForm, ReasonForm, told_of_meeting
from acompana.intake.interview_hours import held_by_another, held_words
from acompana.intake.mail import moment_words
from acompana.intake.models import Intake, Interview
from acompana.intake.operations.attention import MODE_OF_CHANNEL
from acompana.intake.permissions import why_not_decide
from acompana.intake.queries import check_list, sent_elsewhere_by, step_that_refers, usual_body, who_keeps
from acompana.intake.reaching import Letter
from acompana.intake.referral_forms import ReferralForm
from acompana.intake.rules import check_preadmissibility, why_elsewhere
from acompana.intake.views.step_pages import closed, handle, intake_or_404, notice_of_size, record_of, sent
from acompana.kernel.refusals import reason_against
from acompana.matters.models import Matter
from acompana.matters.queries import lifecycle_of, what_happened_meanwhile
from acompana.people.access import ActorRequest, staff
from acompana.questionnaires import pages
from acompana.questionnaires.models import Response
from acompana.questionnaires.operations import finish_response, start_response
from acompana.questionnaires.queries import current_version, draft_of
from acompana.shell.words import within_sentence


@staff
@require_http_methods(["GET", "POST"])
def contact(request: ActorRequest, number: str) -> HttpResponse:
    """Log an attempt or a contact; only a contact ends the term (INT-10)."""
    matter = intake_or_404(request, number).matter
    assert matter.company is not None
    if page := closed(request, matter=matter, title="Registrar el contacto", steps=("record_contact",)):
        return page
    form = ContactAttemptForm(sent(request), company=matter.company, matter=matter, now=request.now)
    reached = request.POST.get("outcome") == "reached"

    def act(data: dict[str, Any]) -> None:
        verb = intake.record_contact if data.pop("outcome") == "reached" else intake.record_attempt
        verb(matter=matter, **data, actor=request.actor, now=request.now)

    keeps = who_keeps(matter, request.actor, request.now)
    taken = " La empresa quedó a tu cargo." if may_take(request.actor, matter.company) else ""
    return handle(
        request,
        matter=matter,
        form=form,
        act=act,
        done=f"Contacto registrado.{taken} Ahora acuerda la entrevista."
        if reached
        else "Intento registrado. El plazo para contactarla sigue corriendo.",
        template="intake/contact.html",
        steps=("record_contact",),
        context={
            "size": notice_of_size(matter.company, request.now),
            "contacts": matter.company.contacts.filter(ended_on=None).order_by("-is_main", "id"),
            "who_keeps": keeps,
            "attempts": matter.entries.filter(outcome="not_reached").select_related("author").order_by("-happened_at"),
        },
    )


@staff
@require_http_methods(["GET", "POST"])
def interview(request: ActorRequest, number: str) -> HttpResponse:
    """Score the interview beside the company's answers (INT-16, INT-22)."""
    found = intake_or_404(request, number)
    matter = found.matter
    if page := closed(request, matter=matter, title="Registrar la entrevista", steps=("hold_interview",)):
        return page
    if matter.state != "to_interview":
        return _interviewed_meanwhile(request, found)
    response = draft_of(instrument="interview", company=matter.company, matter=matter) or start_response(
        instrument="interview", company=matter.company, matter=matter, again=True, actor=request.actor, now=request.now
    )

    agreed = matter.interviews.filter(cancelled_at=None, held_at=None).select_related("executive").first()

    def meeting(data: Mapping[str, Any] | None, kept: Mapping[str, str]) -> HeldForm:
        return HeldForm(data, initial=kept, agreed=agreed, matter=matter, now=request.now)

    def finish() -> HttpResponse:
        held = meeting(request.POST, {})
        assert held.is_valid()  # the page asked it
        with transaction.atomic():
            finish_response(response=response, actor=request.actor, now=request.now)
            intake.hold_interview(
                matter=matter, response=response, **held.cleaned_data, actor=request.actor, now=request.now
            )
        found.refresh_from_db()
        elsewhere = sent_elsewhere_by(found.matter, request.now)
        following = "Corresponde derivarla a otro organismo." if elsewhere else "Ahora valida la empresa."
        told = held_words(matter, held.cleaned_data["happened_at"], request.now)
        messages.success(request, f"{told} {classification_words(found)} {following}")
        return redirect(record_of(matter))

    return pages.desk_page(
        request,
        response=response,
        finish=finish,
        leave=record_of(matter),
        beside=[found.test] if found.test else [],
        declared=[] if found.test else _declared(matter, request.now),
        added_to=found.test,
        title="Entrevista",
        warning=notice_of_size(found.matter.company, request.now) if found.matter.company else None,
        beside_form=meeting,
        besides=told_of_meeting(request.POST, agreed) if request.method == "POST" else None,
        beside_note=_with_whom(agreed) if agreed else "No había una fecha acordada en el sistema.",
        place="interview",
    )


DECLARED = ("Qué hace", "Exportaciones e intereses")


def _declared(matter: Matter, now: datetime) -> list[dict[str, Any]]:
    """What an exporter's form says of what it does and exports, to be compared where there is no test (INT-16)."""
    return data_sections(matter.company, timezone.localdate(now), DECLARED) if matter.company else []


def _with_whom(agreed: Interview) -> str:
    return held_by_another(agreed) or f"Quedó acordada con {agreed.executive}."


def _interviewed_meanwhile(request: ActorRequest, found: Intake) -> HttpResponse:
    """Somebody registered it first, or the road moved on: what was answered, beside what is kept (EXP-13)."""
    matter = found.matter
    kept = found.interview_response or draft_of(instrument="interview", company=matter.company, matter=matter)
    return pages.too_late_page(
        request,
        response=kept or Response(version=current_version("interview"), company=matter.company, matter=matter),
        why=f"{what_happened_meanwhile(matter=matter)} Lo tuyo no quedó registrado.",
        leave=record_of(matter),
        title="Entrevista",
        beside_form=HeldForm(request.POST, agreed=None, matter=matter, now=request.now),
        beside_stored=as_registered(matter),
        onward=(reverse("intake:update_interview", args=[matter.number]), "actualiza la entrevista")
        if found.interview_response
        else None,
    )


def as_registered(matter: Matter) -> dict[str, str]:
    """How and when the interview was held, as it is registered, by the names of the fields of `HeldForm`."""
    step = matter.steps.filter(transition="hold_interview").order_by("taken_at", "id").last()
    if step is None:
        return {}
    at = step.taken_at.astimezone(ZoneInfo(matter.office.time_zone))
    mode = MODE_OF_CHANNEL.get(step.channel)
    return {"mode": str(Interview.Mode(mode).label) if mode else "", "happened_at": f"{at:%d-%m-%Y %H:%M}"}


def held_by_words(matter: Matter) -> str:
    """Who registered the interview, when it was and how; empty before it was."""
    step = (
        matter.steps.filter(transition="hold_interview").select_related("taken_by").order_by("taken_at", "id").last()
    )
    if step is None:
        return ""
    at = moment_words(step.taken_at, matter.office.time_zone)
    who = f"La registró {step.taken_by.full_name}: fue" if step.taken_by else "Fue"
    mode = MODE_OF_CHANNEL.get(step.channel)
    how = f" ({within_sentence(str(Interview.Mode(mode).label))})" if mode else ""
    return f"{who} el {at}{how}."


def classification_words(found: Intake) -> str:
    """Potential, segment with final score, and colour, as they stand."""
    parts = [f"Potencial {found.get_potential_display().lower()}"] if found.potential else []
    standing = found.matter.standings.first()
    if standing is not None:
        score = "sin puntaje final, porque no hizo el test"
        if standing.final_score is not None:
            score = f"puntaje final {standing.final_score.normalize():f}".replace(".", ",")
        parts.append(f"{standing.get_segment_display()}, {score}")
        if standing.colour:
            parts.append(f"Color {standing.get_colour_display().lower()}")
    return ". ".join(parts) + "." if parts else ""


@staff
@require_http_methods(["GET", "POST"])
def validate(request: ActorRequest, number: str) -> HttpResponse:
    """Validate the company, seeing what is missing when it cannot be done (DEF-2, POR-11); where its classification
    sends it elsewhere, that comes first, and validating asks why (INT-26)."""
    matter = intake_or_404(request, number).matter
    assert matter.company is not None
    why = why_not_decide(request.actor, matter, timezone.localdate(request.now))
    if page := closed(request, matter=matter, title="Validar la empresa", steps=("validate", "decline"), why=why):
        return page
    missing = completeness(matter.company, timezone.localdate(request.now))
    declining = request.POST.get("verb") == "decline"
    no = ReasonForm(request.POST if declining else None)
    no.fields["reason"].required = True
    anyway = ReasonForm(None if declining else sent(request), prefix="anyway")
    anyway.fields["reason"].required = sent_elsewhere_by(matter, request.now) is not None

    def act(data: dict[str, Any]) -> None:
        verb = intake.decline if declining else intake.validate
        verb(matter=matter, reason=data["reason"], actor=request.actor, now=request.now)

    return handle(
        request,
        matter=matter,
        form=no if declining else anyway,
        act=act,
        done="Quedó registrado que no se valida."
        if declining
        else "Empresa validada. Le toca completar la preadmisibilidad.",
        letter=Letter("declined", "Le escribimos el motivo.") if declining else Letter("preadmissibility_open"),
        template="intake/validate.html",
        steps=("validate", "decline"),
        context={
            "missing": missing,
            "why_not": reason_against(lambda: intake.check_can_validate(matter, request.actor, request.now)),
            "standing": matter.standings.first(),
            "held": held_by_words(matter),
            "elsewhere": sent_elsewhere_by(matter, request.now),
            "no": no,
            "anyway": anyway,
        },
    )


@staff
@require_http_methods(["GET", "POST"])
def refer_interviewed(request: ActorRequest, number: str) -> HttpResponse:
    """Refer a company whose classification after the interview sends it to another body (INT-17, INT-26)."""
    matter = intake_or_404(request, number).matter
    assert matter.company is not None
    standing = sent_elsewhere_by(matter, request.now)
    why = reason_against(lambda: intake.check_is_sent_elsewhere(matter, request.now))
    why = why or why_not_decide(request.actor, matter, timezone.localdate(request.now))
    step = step_that_refers(matter)
    steps: tuple[str, ...] = (step,)
    if matter.state != "to_validate":
        steps = ()
        where = lifecycle_of(matter).state(matter.state).label
        why = f"No se puede «Derivar a otro organismo» porque el asunto está en «{where}»."
    if page := closed(request, matter=matter, title="Derivar a otro organismo", steps=steps, why=why):
        return page
    today, usual = timezone.localdate(request.now), {}
    if standing is not None:
        usual = {"body": usual_body(matter.company, request.now), "reason": why_elsewhere(standing.colour)}
    form = ReferralForm(sent(request), company=matter.company, today=today, initial=usual)
    del form.fields["direction"], form.fields["referred_on"]  # it is a step of its road, taken now
    return handle(
        request,
        matter=matter,
        form=form,
        act=lambda data: intake.refer_after_interview(matter=matter, **data, actor=request.actor, now=request.now),
        done="Derivada. Cuando vuelva preparada, se la atiende otra vez.",
        letter=Letter("declined", "Le escribimos el motivo y a quién acudir."),
        template="intake/refer.html",
        steps=(step,),
        context={"ends_intake": True},
    )


@staff
@require_http_methods(["GET", "POST"])
def preadmission(request: ActorRequest, number: str) -> HttpResponse:
    """Decide the pre-admissibility: pre-admit, ask for a correction, or refuse with the reason (INT-27, CHA-6)."""
    found = intake_or_404(request, number)
    matter = found.matter
    steps = ("preadmit", "return_preadmissibility", "refuse_preadmission")
    why = why_not_decide(request.actor, matter, timezone.localdate(request.now))
    if page := closed(request, matter=matter, title="Decidir la preadmisibilidad", steps=steps, why=why):
        return page
    points = check_list(matter, request.now)
    verb = request.POST.get("verb", "preadmit")
    verbs: dict[str, tuple[Callable[..., Matter], str, Letter]] = {
        "preadmit": (
            intake.preadmit,
            "Empresa preadmitida.",
            Letter("preadmitted", "Le avisamos por correo."),
        ),
        "return": (
            intake.return_preadmissibility,
            "Quedó registrado qué tiene que corregir.",
            Letter("preadmissibility_returned", "Se lo pedimos por correo."),
        ),
        "refuse": (
            intake.refuse_preadmission,
            "Quedó registrada la decisión y su motivo.",
            Letter("not_preadmitted", "Le escribimos el motivo."),
        ),
    }
    act, done, letter = verbs.get(verb, verbs["preadmit"])

    def decide(given: dict[str, Any]) -> None:
        own: dict[str, Any] = {}
        if act is intake.preadmit:
            own = {"confirmed": request.POST.getlist("confirmed")}
        elif act is intake.return_preadmissibility:
            own = {"parts": given.get("parts", ())}
        act(matter=matter, reason=given["reason"], actor=request.actor, now=request.now, **own)

    return handle(
        request,
        matter=matter,
        form=PreadmissionForm(sent(request), declarations=found.declarations),
        act=decide,
        done=done,
        letter=letter,
        template="intake/preadmission.html",
        steps=steps,
        context={
            "points": points,
            "unmet": check_preadmissibility([point for point in points if not point.own]),
            "missing": completeness(matter.company, timezone.localdate(request.now)) if matter.company else [],
            "answers": pages.answers_context(found.declarations) if found.declarations else None,
            "said": read_declarations(found.declarations) if found.declarations else None,
        },
    )
