"""Asking for help, writing to one's executive, and answering both (INT-6, DL-26; CHA-4, DL-5)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazy
from django.utils.timezone import localdate
from django.utils.translation import gettext

from acompana.cases.models import HelpRequest
from acompana.cases.permissions import may_answer, who_answers
from acompana.cases.queries import next_to_answer, term_of_answer, term_of_executive, who_owes
from acompana.commitments.operations import transfer
from acompana.commitments.queries import open_of
from acompana.companies.models import Company
from acompana.companies.permissions import may_act_for
from acompana.files.operations import store_upload
from acompana.kernel.phones import normal_phone
from acompana.kernel.refusals import Refused
from acompana.kernel.rulebook import get_rule
from acompana.kernel.verbs import verb
from acompana.matters.models import Matter
from acompana.matters.operations import assign_owner
from acompana.messages.operations import write_message
from acompana.people.actors import Actor
from acompana.people.models import Language, Person, StaffMember
from acompana.people.queries import central_office, office_by_code, who_holds
from acompana.progress.operations import open_matter, take_step
from acompana.shell.words import later_date

later_term = lazy(term_of_answer, str)  # for a letter: in the language of who reads it
later_term_of_executive = lazy(term_of_executive, str)


@verb
def ask_for_help(
    *,
    about: str,
    what_went_wrong: str,
    asker_name: str,
    asker_email: str,
    actor: Actor,
    now: datetime,
    asker_phone: str = "",
    rut_given: str = "",
    language: str = Language.SPANISH,
    company: Company | None = None,
    channel: str = "portal",
) -> HelpRequest:
    """Opens a help request to Client management from any contact point; it has an owner and owes an answer (INT-6).

    `language`: in which the letters to the asker are written (CHA-5). Errors: Refused without the story or without an
    address to answer to.
    """
    if not what_went_wrong.strip():
        raise Refused(gettext("Cuéntanos qué pasó, con tus palabras."), "INT-6")
    if not asker_email.strip():
        raise Refused(gettext("Necesitamos un correo para responderte."), "INT-6")
    policy = get_rule("INT-6", localdate(now)).value
    matter = open_matter(
        kind="help_request",
        office=office_by_code(policy["office"]) or central_office(),
        company=company,
        person=None if actor.is_staff else actor.person,
        owner=next_to_answer(now),
        from_outside=actor.person is None or actor.is_staff,
        actor=actor,
        now=now,
        channel=channel,
    )
    request = HelpRequest.objects.create(
        matter=matter,
        about=about,
        what_went_wrong=what_went_wrong.strip(),
        asker_name=asker_name.strip(),
        asker_email=asker_email.strip(),
        asker_phone=normal_phone(asker_phone),
        language=language,
        rut_given=rut_given,
    )
    write_message(
        template="cases/help_asked",
        to_address=policy["mailbox"],
        context={
            "number": matter.number,
            "about": HelpRequest.About(request.about).label,
            "page": f"{settings.SITE_ADDRESS}/escritorio/ayuda/{matter.number}/",
        },
        key=f"help_asked:{matter.pk}",
        now=now,
        company=company,
        matter=matter,
        office=matter.office,
    )
    write_message(
        template="cases/help_received",
        to_address=request.asker_email,
        to_name=request.asker_name,
        language=request.language,
        context={
            "number": matter.number,
            "asked_at": later_date(localdate(now)),
            "term": later_term(day=localdate(now)),
        },
        key=f"help_received:{matter.pk}",
        now=now,
        company=company,
        matter=matter,
        person=actor.person,
        office=matter.office,
    )
    return request


def check_can_write_to_executive(*, company: Company, actor: Actor) -> Person:
    """Who attends the company; Refused for who does not act for it, and while nobody attends it."""
    if not may_act_for(actor, company) or actor.is_staff:
        raise Refused("Lo escribe quien representa a la empresa.", "INT-24")
    if company.executive is None:
        raise Refused("Tu empresa todavía no tiene quien la atienda. Pide ayuda a Gestión de clientes.", "CHA-4")
    return company.executive


@verb
def write_to_executive(
    *, company: Company, about: str, text: str, actor: Actor, now: datetime, upload: UploadedFile | None = None
) -> HelpRequest:
    """A company writes to its executive, who owes it an answer (CHA-4, DL-5).

    DL-5 speaks of user companies; whoever else has an executive is answered in the same term (project default). The
    entry in the logbook carries the text and the file. Who gave no address reads the answer in the portal. While the
    executive is absent, who stands in owes it, is written to and is named to the company (POR-10).
    Errors: Refused without words, for who does not act for the company, while nobody attends it, for the file.
    """
    executive = check_can_write_to_executive(company=company, actor=actor)
    person, text = actor.person, text.strip()
    assert person is not None
    if not text:
        raise Refused(gettext("Escribe lo que quieres preguntar o contar."), "CHA-4")
    post = getattr(executive, "staff_member", None)
    files = [store_upload(upload=upload, actor=actor, now=now)] if upload else []
    matter = open_matter(
        kind="enquiry",
        office=company.office or (post.office if post else central_office()),
        company=company,
        person=person,
        owner=executive,
        actor=actor,
        now=now,
        channel="portal",
        note=text,
        files=files,
    )
    request = HelpRequest.objects.create(
        matter=matter,
        about=about,
        what_went_wrong=text,
        asker_name=person.full_name,
        asker_email=person.email or "",
        asker_phone=person.phone,
        language=person.language,
        rut_given=company.rut or "",
    )
    holder = who_owes(request) or executive
    write_message(
        template="cases/enquiry_asked",
        to_address=holder.email or "",
        to_name=holder.full_name,
        context={
            "number": matter.number,
            "about": HelpRequest.About(request.about).label,
            "company": company.name,
            "page": f"{settings.SITE_ADDRESS}/escritorio/ayuda/{matter.number}/",
        },
        key=f"enquiry_asked:{matter.pk}",
        now=now,
        company=company,
        matter=matter,
        person=holder,
        office=matter.office,
    )
    write_message(
        template="cases/enquiry_received",
        to_address=request.asker_email,
        to_name=request.asker_name,
        language=request.language,
        context={
            "number": matter.number,
            "asked_at": later_date(localdate(now)),
            "executive": holder.full_name,
            "term": later_term_of_executive(day=localdate(now)),
            "office": matter.office.name,
        },
        key=f"enquiry_received:{matter.pk}",
        now=now,
        company=company,
        matter=matter,
        person=person,
        office=matter.office,
    )
    return request


@verb
def answer_help(*, request: HelpRequest, answer: str, actor: Actor, now: datetime) -> HelpRequest:
    """Who has to answer it does, in writing; the person gets it by mail, and reads it in the portal.

    Errors: Refused for others, without words, or when it was answered meanwhile (INT-6).
    """
    if not may_answer(actor, request):
        raise Refused(who_answers(request), "ROL-8")
    if not answer.strip():
        raise Refused("Escribe la respuesta.", "INT-6")
    request.answer, request.answered_at, request.answered_by = answer.strip(), now, actor.person
    request.save()
    take_step(matter=request.matter, transition="answer", actor=actor, now=now, note=answer.strip())
    context: dict[str, object] = {"number": request.matter.number, "answer": request.answer}
    if request.is_to_executive and actor.person is not None:
        context["executive"] = actor.person.full_name
    else:
        context |= how_to_go_on(request)
    write_message(
        template="cases/enquiry_answered" if request.is_to_executive else "cases/help_answered",
        to_address=request.asker_email,
        to_name=request.asker_name,
        language=request.language,
        context=context,
        key=f"help_answered:{request.matter.pk}:{now:%Y%m%d%H%M%S%f}",
        now=now,
        company=request.matter.company,
        matter=request.matter,
        person=request.matter.person,
        office=request.matter.office,
    )
    return request


def how_to_go_on(request: HelpRequest) -> dict[str, object]:
    """For the letter of an answer: what was asked, and where whoever asked tells that the problem goes on. Who has no
    account writes again, with the number; the page of the request opens to an account alone (INT-6)."""
    own = request.matter.person_id is not None
    page = f"{settings.SITE_ADDRESS}/ayuda/solicitud/" + (f"{request.matter.number}/" if own else "")
    return {"asked": request.what_went_wrong, "has_account": own, "page": page}


@verb
def insist(*, request: HelpRequest, actor: Actor, now: datetime, note: str = "") -> Matter:
    """The person still has the problem, or asks again: it is open, with a new term.

    What was answered stays with who had it; asked again, it is of the company's executive of today (CHA-4).
    """
    matter = request.matter
    executive = matter.company.executive if request.is_to_executive and matter.company else None
    if executive is not None and executive != matter.owner:
        assign_owner(matter=matter, owner=executive)
    take_step(matter=matter, transition="insist", actor=actor, now=now, note=note, channel="portal")
    return matter


@verb
def derive_help(*, request: HelpRequest, to: StaffMember, note: str, actor: Actor, now: datetime) -> Matter:
    """Client management passes the request, and the answer that is owed, to an executive with a note (INT-6).

    The date does not change. Of who is absent, the substitute owes it and is written to (POR-10).
    Errors: Refused without a note, or for who is not of Client management.
    """
    matter = request.matter
    take_step(matter=matter, transition="derive_help", actor=actor, now=now, note=note, reason=note)
    assign_owner(matter=matter, owner=to.person)
    holder, absence = who_holds(to.person, localdate(now))
    away = f" ({to} está ausente hasta el {absence.until_on:%d-%m-%Y})" if absence else ""
    transfer(
        commitments=open_of(matter),
        to_owner=holder,
        to_office=to.office,
        reason=f"Derivada por Gestión de clientes{away}: {note.strip()}",
        actor=actor,
        now=now,
        absence=absence,
    )
    if holder.email:
        write_message(
            template="cases/help_derived",
            to_address=holder.email,
            to_name=str(holder),
            context={
                "number": matter.number,
                "about": request.get_about_display(),
                "note": note.strip(),
                "page": f"{settings.SITE_ADDRESS}/escritorio/ayuda/{matter.number}/",
            },
            key=f"help_derived:{matter.pk}:{now:%Y%m%d%H%M%S%f}",
            now=now,
            company=matter.company,
            matter=matter,
            person=holder,
            office=to.office,
        )
    return matter
