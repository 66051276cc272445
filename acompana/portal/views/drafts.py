"""What is being typed, kept per company, person and step until it is saved (INT-23)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from acompana.intake.models import Draft
from acompana.people.access import ActorRequest
from acompana.portal.steps import FormStep
from acompana.portal.views.visit import Visit
from acompana.shell.whose import MARK

LIMIT = 40_000  # with what its page was opened with, by which a draft is known to be stale (EXP-13)
SKIPPED = ("csrfmiddlewaretoken", MARK, "next", "version", "search", "discard")


def drafts_of(request: ActorRequest, seen: Visit) -> QuerySet[Draft]:
    return Draft.objects.filter(company=seen.company, person=request.actor.person)


def keep_draft(request: ActorRequest, seen: Visit, step: FormStep, typed: Any = None) -> None:
    """Keeps what the form sent, or as it stands now (`typed`), right or wrong; nothing if it is out of all measure."""
    sent = (request.POST if typed is None else typed).lists()
    data = {name: values if len(values) > 1 else "".join(values) for name, values in sent if name not in SKIPPED}
    if sum(len(str(value)) for value in data.values()) <= LIMIT:
        _write(request, seen, step, data)


def put_in_draft(request: ActorRequest, seen: Visit, step: FormStep, field: str, value: str) -> None:
    """Puts one answer beside what was typed."""
    row = drafts_of(request, seen).filter(form=step.slug).first()
    _write(request, seen, step, {**(row.data if row else {}), field: value})


def _write(request: ActorRequest, seen: Visit, step: FormStep, data: dict[str, Any]) -> None:
    Draft.objects.update_or_create(
        company=seen.company,
        person=request.actor.person,
        form=step.slug,
        defaults={"data": data, "saved_at": request.now},
    )
