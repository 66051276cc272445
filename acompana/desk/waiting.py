"""What a company asked and waits for, on its record: the button for who may give it; for the others who gives it, and
by when. The one place that knows, so that no button leads to a page that says no."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.urls import reverse

from acompana.cases.permissions import may_answer, who_answers
from acompana.commitments.models import Commitment
from acompana.companies.models import Company
from acompana.intake.permissions import may_attend
from acompana.matters.models import Matter
from acompana.people.actors import Actor
from acompana.shell.words import long_date, within_sentence


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notice of the record; without `href` there is nothing that its reader does."""

    tone: str
    text: str
    href: str = ""
    action: str = ""


def waiting_at(company: Company, actor: Actor) -> list[Waiting]:
    """Reviews of its result (INT-29), what it wrote to its executive (CHA-4), help asked of Client management (INT-6).
    Two queries, however many; one while nothing waits."""
    matters = list(
        Matter.objects.filter(company=company, kind__in=("review", "help_request", "enquiry"), closed_at=None)
        .select_related("office", "help_request__matter")
        .order_by("-kind", "opened_at", "id")
    )
    due = _due(matters) if matters else {}
    found = []
    for matter in matters:
        matter.company = company
        if matter.kind == "review":
            found.append(_review(matter, actor, due.get(matter.pk, "")))
        elif matter.kind == "help_request":
            href = reverse("cases:help_request", args=[matter.number])
            found.append(Waiting("info", "Hay una solicitud de ayuda abierta.", href, "Ver la solicitud"))
        elif matter.state == "received":
            found.append(_enquiry(matter, actor, due.get(matter.pk, "")))
    return found


def _review(matter: Matter, actor: Actor, due: str) -> Waiting:
    text = "El resultado de su test espera que lo revise una persona."
    if may_attend(actor, matter):
        return Waiting("warn", text, reverse("intake:review", args=[matter.number]), "Revisar")
    return Waiting("info", f"{text} Lo hace el equipo de la {within_sentence(matter.office.name)}{due}.")


def _enquiry(matter: Matter, actor: Actor, due: str) -> Waiting:
    text, href = "La empresa escribió y espera respuesta.", reverse("cases:help_request", args=[matter.number])
    request = matter.help_request
    request.matter = matter
    if may_answer(actor, request):
        return Waiting("warn", text, href, "Leer y responder")
    return Waiting("info", f"{text} {who_answers(request).rstrip('.')}{due}.", href, "Leer")


def _due(matters: Collection[Matter]) -> dict[int, str]:
    """Until when each is answered, as it goes on in a sentence."""
    owed = Commitment.objects.open().filter(matter__in=matters).select_related("office").order_by("-due_at", "-id")
    found = {}
    for one in owed:
        if one.matter_id is not None:
            day = long_date(one.due_at.astimezone(ZoneInfo(one.office.time_zone)).date())
            found[one.matter_id] = f", con plazo hasta el {day}"
    return found
