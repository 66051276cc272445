"""What anybody reads: home, the route explained, who may work with the agency, where to turn (CHA-4)."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from acompana.cases.models import HelpRequest
from acompana.intake.rules import TESTS
from acompana.kernel.calendars import USUAL_HOURS
from acompana.kernel.rulebook import get_rule
from acompana.people.access import ActorRequest, public
from acompana.people.calendars import calendar_of
from acompana.people.queries import central_office
from acompana.people.rules import Stretch, hours_in_words
from acompana.questionnaires.content import materials
from acompana.questionnaires.queries import most_questions_of
from acompana.reference.models import Sector
from acompana.shell.languages import in_english


@public
@in_english
@require_safe
def home(request: ActorRequest) -> HttpResponse:
    """The public home; staff go on to their desk."""
    if request.actor.is_staff:
        return redirect("/escritorio/")
    return render(request, "portal/home.html", {"stations": _plain_stations(explained=True)})


STATIONS = (
    (_("Cuenta"), _("Entras con tu ClaveÚnica")),
    (_("Ficha"), _("Nos cuentas qué haces y qué vendes")),
    (_("Test"), _("Ves qué tan lista está tu empresa")),
    (_("Entrevista"), _("Conversamos y miramos lo que falta")),
    (_("Preadmisibilidad"), _("Quedas lista para recibir apoyo")),
)


def _plain_stations(*, explained: bool = False) -> list[dict[str, object]]:
    return [
        {"label": label, "state": "ahead", "word": "", "detail": detail if explained else ""}
        for label, detail in STATIONS
    ]


@public
@in_english
@require_safe
def route_explained(request: ActorRequest) -> HttpResponse:
    """The five steps, who does each and by when, with the figures of the rulebook in force (CHA-3)."""
    today = timezone.localdate(request.now)
    terms = {
        name: get_rule(rule, today).value["amount"] for name, rule in (("contact", "DL-1"), ("interview", "DL-2"))
    }
    context = {"stations": _plain_stations(), "terms": terms, "questions": most_questions_of(*TESTS.values())}
    return render(request, "portal/route_explained.html", context)


@public
@in_english
@require_safe
def who_may(request: ActorRequest) -> HttpResponse:
    """Who may work with the agency, with the sectors of the strategy (PUB-1, PUB-2, PUB-5)."""
    return render(request, "portal/who_may.html", {"sectors": Sector.objects.filter(strategic=True, retired_on=None)})


@public
@require_safe
def preparation(request: ActorRequest) -> HttpResponse:
    """What a company may read to prepare, by topic (INT-11, INT-22)."""
    return render(request, "portal/materials.html", {"materials": list(materials().values())})


@public
@in_english
@require_safe
def help_page(request: ActorRequest) -> HttpResponse:
    """Where to turn: do you belong to a company, does it have an account (CHA-4, INT-14)."""
    person = request.actor.person
    asked = (
        HelpRequest.objects.filter(matter__person=person).select_related("matter").order_by("-matter__opened_at")[:10]
        if person is not None and not request.actor.is_staff
        else []
    )
    context: dict[str, object] = {
        "belongs": request.GET.get("empresa", ""),
        "has_account": request.GET.get("cuenta", ""),
        "asked": asked,
    }
    if context["belongs"] == "no":
        context |= _without_company(request.now)
    return render(request, "portal/help.html", context)


def _without_company(now: datetime) -> dict[str, object]:
    """To whom a person without a company writes, and when that is read: as long as nobody amended the rule, both
    mailboxes are the project's own (CHA-4)."""
    units = get_rule("CHA-4", timezone.localdate(now))
    hours = calendar_of(central_office()).hours or USUAL_HOURS
    return {
        "units": units.value,
        "unconfirmed": units.status == "project_default" and not units.version,
        "attends": hours_in_words(Stretch(row.weekday, row.opens_at, row.closes_at) for row in hours),
    }
