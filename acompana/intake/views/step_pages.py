"""What the pages of a step have in common: whose intake it is, its form, and why it cannot be taken now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import CharField
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from acompana.companies.models import Company
from acompana.companies.queries import size_of
from acompana.intake.models import Intake
from acompana.intake.permissions import may_attend
from acompana.intake.queries import sent_elsewhere_by, steps_on_road
from acompana.intake.reaching import Letter, why_unreached
from acompana.intake.rules import why_not_to_enter
from acompana.kernel.refusals import Refused
from acompana.kernel.statements import Given, Statement
from acompana.matters.models import Matter
from acompana.matters.queries import last_move_words, lifecycle_of, what_happened_meanwhile
from acompana.people.access import ActorRequest, deny_unless
from acompana.progress.operations import StepOption, why_no_step
from acompana.shell.typed import typed_rows

REFERS = "intake:refer_interviewed"
# Every page of a step begins with it.
_OF_A_NUMBER = Statement(
    lambda: Intake.objects.select_related(
        "matter__company__executive",
        "matter__office",
        "matter__owner",
        "test__version",
        "interview_response__version",
        "declarations__version",
    ).filter(matter__number=Given("number", CharField()), matter__kind="intake")
)


def intake_or_404(request: ActorRequest, number: str) -> Intake:
    """The intake of a number; 403 for those who do not attend it."""
    if (found := next(iter(_OF_A_NUMBER.objects(number=number)), None)) is None:
        raise Http404
    deny_unless(
        may_attend(request.actor, found.matter),
        reason="Este ingreso lo atiende el equipo de la oficina regional de la empresa.",
    )
    request.about = str(found.matter.company)
    return found


def record_of(matter: Matter) -> str:
    """The company's record, where every step ends."""
    assert matter.company is not None
    return matter.company.get_absolute_url()


def sent(request: ActorRequest) -> QueryDict | None:
    """What was sent, for the form of a page; None where the page is only opened. An empty form is sent too."""
    return request.POST if request.method == "POST" else None


def notice_of_size(company: Company, now: datetime) -> dict[str, str]:
    """The notice that its size sends a company elsewhere, for the pages before the interview; empty without it."""
    text = why_not_to_enter(size=size_of(company, timezone.localdate(now)).code)
    href = reverse("companies:edit_data", args=[company.pk])
    return {"text": text, "href": href, "action": "Ver sus datos"} if text else {}


def handle(
    request: ActorRequest,
    *,
    form: forms.Form,
    act: Callable[[dict[str, Any]], object],
    done: str,
    template: str,
    matter: Matter | None = None,
    company: Company | None = None,
    context: dict[str, Any] | None = None,
    steps: tuple[str, ...] = (),
    overtaken: str = "",
    letter: Letter | None = None,
) -> HttpResponse:
    """Shows a form of one step; acts when it is right, and shows a refusal with nothing typed lost.

    `steps`: those that the form takes. Who was second is told who moved the matter first, and reads what they typed
    in the place of a form that could not be sent (EXP-13); the templates draw it with `parts/moved_on.html`.
    `overtaken`: what another person did meanwhile that moves no matter, in words; the form stays, to be sent again.
    `letter`: what it writes to the company. Where that will not arrive, the page says so before
    (`parts/unreached.html`) and after, in the place of the promise that it would.
    """
    company = company or (matter.company if matter else None)
    assert company is not None
    unreached = why_unreached(company, letter.template, matter) if letter else ""
    moved_on = request.method == "POST" and matter is not None and _has_left(matter, steps)
    if request.method == "POST" and form.is_valid() and not moved_on and not overtaken:
        try:
            act(form.cleaned_data)
        except Refused as refusal:
            moved_on = matter is not None and _has_left(matter, steps)
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"{done} {letter.told}".strip() if letter and not unreached else done)
            if unreached:
                messages.warning(request, unreached)
            return HttpResponseRedirect(company.get_absolute_url())
    if moved_on and matter is not None:
        say_who_was_first(form, f"{what_happened_meanwhile(matter=matter)} Lo tuyo no quedó registrado.")
    elif overtaken:
        say_who_was_first(form, overtaken)
    shown: dict[str, Any] = {"matter": matter, "company": company, "form": form, "wrong": form, "moved_on": moved_on}
    shown |= {"typed": typed_rows(form) if form.is_bound else [], "unreached": unreached}
    shown |= context or {}
    return render(request, template, shown, status=422 if form.errors else 200)


def say_who_was_first(form: forms.Form, words: str) -> None:
    """Who was first, in the place of what may be wrong in a form that cannot be taken as it is."""
    form.errors.clear()
    form.add_error(None, words)


def _has_left(matter: Matter, steps: tuple[str, ...]) -> bool:
    """Whether a matter, as it is now, stands where none of these steps begins; no step, no."""
    if not steps:
        return False
    matter.refresh_from_db(fields=["state", "state_since"])
    lifecycle = lifecycle_of(matter)
    return not any(matter.state in lifecycle.transition(step).source for step in steps)


def closed(
    request: ActorRequest, *, matter: Matter, title: str, steps: tuple[str, ...] = (), why: str = ""
) -> HttpResponse | None:
    """Before a step's time or after it: the page that says why, and what comes now, in the place of its form.

    `steps`: those that the form takes, which refuse in their own words; `why`: what a verb of the room would say.
    None where one of them can be taken, and for what is sent: its verb refuses that, with nothing typed lost.
    """
    if request.method == "POST":
        return None
    against = [why_no_step(matter=matter, transition=step, actor=request.actor, now=request.now) for step in steps]
    why = against[0] if against and all(against) else why
    if not why:
        return None
    if _has_left(matter, steps) and (moved := last_move_words(matter=matter)):
        why = f"{why} {moved[:1].upper()}{moved[1:]}."
    options = steps_on_road(matter, request.actor, request.now)
    onward = _due_first(options, elsewhere=sent_elsewhere_by(matter, request.now) is not None)
    context = {
        "matter": matter,
        "company": matter.company,
        "title": title,
        "why": why,
        "onward": [{"href": reverse(page, args=[matter.number]), "label": label} for page, label in onward.items()],
    }
    return render(request, "intake/closed.html", context)


def _due_first(options: list[StepOption], *, elsewhere: bool) -> dict[str, str]:
    """The pages where a matter goes on, each called by its first step, which is what is due: also one that still lacks
    something, where its page says what. To refer it after its interview comes first where its classification sends it
    elsewhere, and is not offered where it does not (INT-17)."""
    onward: dict[str, str] = {}
    for option in sorted(options, key=lambda option: option.page != REFERS):
        if option.page and option.advances and (elsewhere or option.page != REFERS):
            onward.setdefault(option.page, option.label)
    open_pages = {option.page for option in options if option.allowed}
    return {page: label for page, label in onward.items() if page in open_pages}
