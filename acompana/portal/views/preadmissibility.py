"""The last station: the declarations of the company (INT-27)."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from acompana.intake import operations as intake
from acompana.intake.declarations import (
    answered_again,
    left_to_correct,
    marked_among,
    old_reason_at,
    read_declarations,
)
from acompana.intake.queries import asked_to_correct, check_list
from acompana.kernel.refusals import Refused
from acompana.people.access import ActorRequest, signed_in
from acompana.portal.not_now import why_no_preadmissibility
from acompana.portal.views.visit import Visit, visit
from acompana.questionnaires import pages
from acompana.questionnaires.models import Response
from acompana.questionnaires.operations import finish_response
from acompana.questionnaires.queries import draft_of

INSTRUMENT = "preadmissibility"
ASKED = "Te pedimos corregir algo"
TO_CORRECT = "Te pedimos corregir esto"
OLD_REASON = "Lo escribiste antes de cambiar tus respuestas. Si explicaba un No que ya no está, cámbialo o bórralo."
AS_IT_IS = "as_it_is"  # declarations that were to be corrected and go as they were, by question
ANY = "any"  # what was to be corrected, where no declaration was marked


def _addresses(company_id: int) -> pages.Addresses:
    return pages.Addresses(
        question=lambda slug: reverse("portal:declaration", args=[company_id, slug]),
        check=reverse("portal:declarations_check", args=[company_id]),
        leave=reverse("portal:company", args=[company_id]),
    )


def _draft(seen: Visit) -> Response | None:
    return draft_of(instrument=INSTRUMENT, company=seen.company, matter=seen.matter) if seen.matter else None


@signed_in
@require_http_methods(["GET", "POST"])
def start(request: ActorRequest, company_id: int) -> HttpResponse:
    """The checklist with what is met, and the way to the declarations; once they are sent, what was sent."""
    seen = visit(request, company_id, fully=True)
    if seen.matter is None or seen.state != "preadmissibility":
        if request.method == "GET" and seen.intake is not None and seen.intake.declarations is not None:
            return _show_sent(request, seen, seen.intake.declarations)
        messages.info(request, why_no_preadmissibility(seen.intake))
        return redirect("portal:company", company_id)
    if request.method == "POST":
        try:
            draft = intake.begin_declarations(matter=seen.matter, actor=request.actor, now=request.now)
        except Refused as refusal:
            messages.error(request, refusal.reason)
            return redirect("portal:company", company_id)
        return redirect(pages.resume_address(draft, _addresses(company_id)))
    context = {
        "company": seen.company,
        "points": check_list(seen.matter, request.now),
        "returned": asked_to_correct(seen.matter),
        "marked": marked_among(seen.intake.declarations, seen.intake.to_correct) if seen.intake else [],
        "begun": _draft(seen) is not None,
    }
    return render(request, "portal/preadmissibility.html", context)


def _show_sent(request: ActorRequest, seen: Visit, sent: Response) -> HttpResponse:
    """The declarations as they were sent, by whom and when: what a company declared, it may read again."""
    context = {
        "company": seen.company,
        "why": why_no_preadmissibility(seen.intake),
        "answers": pages.answers_context(sent),
        "own": sent.finished_by is not None and sent.finished_by == request.actor.person,
    }
    return render(request, "portal/preadmissibility_sent.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def declaration(request: ActorRequest, company_id: int, question: str) -> HttpResponse:
    """One declaration."""
    seen = visit(request, company_id, fully=True)
    if (draft := _draft(seen)) is None:
        return redirect("portal:preadmissibility", company_id)
    asked = _asked(seen, draft)
    return pages.answer_page(
        request,
        response=draft,
        question=question,
        addresses=_addresses(company_id),
        reminder={"title": TO_CORRECT, "text": asked.reason} if question in asked.parts else None,
    )


@signed_in
@require_http_methods(["GET", "POST"])
def check(request: ActorRequest, company_id: int) -> HttpResponse:
    """All declarations, and the button that sends them; of one that was to be corrected and is as it was, and where
    nothing is changed, it asks once whether they go so (INT-27)."""
    seen = visit(request, company_id, fully=True)
    draft, matter = _draft(seen), seen.matter
    if draft is None or matter is None:
        return redirect("portal:company", company_id)

    asked = _asked(seen, draft)
    kept = sorted(asked.parts)

    def finish() -> HttpResponse:
        try:
            with transaction.atomic():
                finish_response(response=draft, actor=request.actor, now=request.now)
                if not asked.parts <= set(request.POST.getlist(AS_IT_IS)):
                    raise Refused(_untouched(draft, asked.parts), "INT-27")
                intake.submit_preadmissibility(matter=matter, response=draft, actor=request.actor, now=request.now)
        except Refused:
            draft.refresh_from_db()  # it is a draft still, and the page says so
            raise
        messages.success(request, "Enviaste tu preadmisibilidad: ahora la revisamos.")
        return redirect("portal:company", company_id)

    again = request.method == "POST" and bool(kept)
    return pages.check_page(
        request,
        response=draft,
        addresses=_addresses(company_id),
        finish=finish,
        send_label="Enviar igual" if again else "Enviar mi preadmisibilidad",
        hidden=[(AS_IT_IS, slug) for slug in kept] if again else (),
        warnings=[
            *([{"title": ASKED, "text": asked.reason}] if asked.reason else []),
            *_declined(draft, _addresses(company_id)),
        ],
        notes={old_reason_at(draft): OLD_REASON} | dict.fromkeys(asked.parts, TO_CORRECT),
    )


class Asked(NamedTuple):
    """What the company was asked to correct: why, in the words of who decides, and what it has not touched yet."""

    reason: str
    parts: set[str]


def _asked(seen: Visit, draft: Response) -> Asked:
    assert seen.intake is not None
    reason, marked = asked_to_correct(seen.intake.matter), seen.intake.to_correct
    if reason and not marked:
        return Asked(reason, set() if answered_again(draft) else {ANY})
    return Asked(reason, left_to_correct(draft, marked))


def _untouched(draft: Response, parts: Collection[str]) -> str:
    """The question about what was to be corrected and was not answered again."""
    texts = [f"«{text}»" for text in marked_among(draft, parts)]
    if not texts:
        return "No cambiaste ninguna respuesta. ¿Las envías igual?"
    if len(texts) == 1:
        return f"No cambiaste tu respuesta a {texts[0]}. ¿La envías igual?"
    return f"No cambiaste tus respuestas a {', '.join(texts[:-1])} y {texts[-1]}. ¿Las envías igual?"


def _declined(draft: Response, addresses: pages.Addresses) -> list[dict[str, str]]:
    """What each No means, and where it is changed or explained (INT-27)."""
    said = read_declarations(draft)
    if said.reason:
        text, slug, action = "Con este No no podremos preadmitirte. Leeremos por qué.", "", "Cambiar mi respuesta"
    else:
        text = "Con este No no podremos preadmitirte: cuéntanos por qué, o cámbialo."
        slug, action = said.reason_at, "Contar por qué" if said.reason_at else "Cambiar mi respuesta"
    return [
        {"title": declaration, "text": text, "href": pages.from_check(addresses, slug or own), "action": action}
        for own, declaration in said.declined
    ]
