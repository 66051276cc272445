"""The page where an interview is agreed, moved or called off (INT-10, EXP-16)."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from acompana.companies.queries import main_contact_of
from acompana.intake import operations as intake
from acompana.intake.attending import attending_words
from acompana.intake.forms import InterviewForm, ReasonForm
from acompana.intake.interview_hours import held_by_another, is_address
from acompana.intake.mail import moment_words
from acompana.intake.models import Interview
from acompana.intake.operations.attention import MODE_OF_CHANNEL
from acompana.intake.reaching import Letter
from acompana.intake.views.step_pages import closed, handle, intake_or_404, notice_of_size, sent
from acompana.kernel.phones import shown_phone
from acompana.kernel.refusals import Refused, reason_against
from acompana.kernel.row_ids import row_id
from acompana.matters.models import Matter
from acompana.people.access import ActorRequest, staff
from acompana.shell.words import within_sentence


@staff
@require_http_methods(["GET", "POST"])
def arrange(request: ActorRequest, number: str) -> HttpResponse:
    """Arrange the interview, or move the one arranged (EXP-16)."""
    matter = intake_or_404(request, number).matter
    why = reason_against(lambda: intake.check_can_arrange(matter))
    if page := closed(request, matter=matter, title="Acordar la entrevista", why=why):
        return page
    zone = ZoneInfo(matter.office.time_zone)
    current = matter.interviews.filter(cancelled_at=None, held_at=None).select_related("executive").first()
    initial = usual_places(matter) | {"mode": usual_mode(matter)}
    if current:
        initial |= {
            "mode": current.mode,
            f"place_{current.mode}": current.place,
            "minutes": current.minutes,
            "starts_at": current.starts_at.astimezone(zone).replace(tzinfo=None),
        }
    calling_off = request.POST.get("verb") == "cancel"
    overtaken = overtaken_words(request.POST, matter, current) if request.method == "POST" else ""
    ending = ReasonForm(request.POST if calling_off else None, prefix="cancel")
    given = None if calling_off else sent(request)
    holder = current.executive if current else request.actor.person
    assert holder is not None
    form = InterviewForm(given, executive=holder, current=current, matter=matter, now=request.now, initial=initial)
    form.fields["reason"].required = current is not None
    assert matter.company is not None
    context = {
        "current": current,
        "of_another": held_by_another(current) if current else "",
        "attending": attending_words(
            matter,
            holder,
            timezone.localdate(request.now),
            colleague=request.actor.person,
            is_said=current is not None,
        ),
        "form": form,
        "ending": ending,
        "calling_off": calling_off,
        "size": notice_of_size(matter.company, request.now),
    }

    def call_off(data: dict[str, Any]) -> None:
        if current is None:
            raise Refused("No hay una entrevista acordada que cancelar.", "EXP-16")
        intake.cancel_interview(interview=current, reason=data["reason"], actor=request.actor, now=request.now)

    if calling_off:
        return handle(
            request,
            matter=matter,
            form=ending,
            act=call_off,
            done="Entrevista cancelada. Sigue pendiente hacer otra.",
            letter=Letter("interview_cancelled", "Le avisamos a la empresa."),
            template="intake/arrange.html",
            steps=("hold_interview",),
            overtaken=overtaken,
            context=context,
        )

    def act(data: dict[str, Any]) -> None:
        ticks = ("even_if_closed", "even_if_late", "even_if_taken")
        common = {name: data[name] for name in ("mode", "place", "minutes", *ticks)}
        common["starts_at"] = data["starts_at"].replace(tzinfo=zone)
        if current:
            agreed = intake.reschedule_interview(
                interview=current,
                reason=data["reason"],
                actor=request.actor,
                now=request.now,
                **common,
            )
        else:
            agreed = intake.arrange_interview(matter=matter, actor=request.actor, now=request.now, **common)
        if agreed.executive != holder:
            messages.info(request, f"Ese día la atiende {agreed.executive}: le llega el correo con la fecha.")

    return handle(
        request,
        matter=matter,
        form=form,
        act=act,
        done="Entrevista acordada.",
        letter=Letter("interview", "La empresa recibe el correo con la fecha, que puede agregar a su calendario."),
        template="intake/arrange.html",
        steps=("hold_interview",),
        overtaken=overtaken,
        context=context,
    )


def overtaken_words(sent: QueryDict, matter: Matter, current: Interview | None) -> str:
    """Who agreed, moved or called off the interview since the page that is sent was made; empty if nobody did.

    A page made before there was any asks for no reason, by which it is known even where it does not say what it saw.
    """
    now_there = current.pk if current else 0
    seen = row_id(sent.get("seen"))
    if seen is None:
        seen = 0 if "reason" not in sent and sent.get("verb") != "cancel" else now_there
    if seen == now_there:
        return ""
    if current is not None:
        what = "cambió la entrevista para" if seen else "acordó la entrevista para"
        when = moment_words(current.starts_at, matter.office.time_zone)
        how = within_sentence(current.get_mode_display())
        return (
            f"Mientras tanto {current.arranged_by} {what} el {when} ({how}). Lo tuyo no quedó registrado: si hay que "
            "cambiarla, revísalo, escribe por qué y guárdalo."
        )
    last = matter.entries.filter(fact="Entrevista cancelada").select_related("author").order_by("-id").first()
    who = f"{last.author} canceló la entrevista" if last and last.author else "se canceló la entrevista"
    return f"Mientras tanto {who}. Lo tuyo no quedó registrado: si hay que acordar otra, revísalo y guárdalo."


def usual_mode(matter: Matter) -> str:
    """The way that the contact prefers, where an interview can be held so; empty otherwise, and it is chosen."""
    assert matter.company is not None
    contact = main_contact_of(matter.company)
    return MODE_OF_CHANNEL.get(contact.preferred_channel, "") if contact else ""


def usual_places(matter: Matter) -> dict[str, Any]:
    """What is known of where one speaks with a company: its telephone and address, and the office's, or where
    somebody of that office last received a company. No link."""
    company = matter.company
    assert company is not None
    contact = company.contacts.filter(ended_on=None).exclude(phone="").order_by("-is_main", "id").first()
    last = Interview.objects.filter(matter__office=matter.office_id, mode=Interview.Mode.OFFICE).order_by("-pk")
    before = last.values_list("place", flat=True).first() or ""
    return {
        "place_phone": shown_phone(contact.phone) if contact else "",
        "place_visit": Interview(matter=matter, mode=Interview.Mode.VISIT, place=company.address).whereabouts,
        "place_office": matter.office.address or (before if is_address(before) else ""),
    }
