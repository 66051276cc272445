"""Who may come in by the portal's addresses: anybody by the public ones, and into a company its representatives.

A limited mandate opens the route's page and the form, where it sees what it typed (INT-24).
"""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from acompana.cases.operations import ask_for_help
from acompana.companies.models import Contact, Mandate
from acompana.companies.operations import make_confirmation_token
from acompana.intake.models import Invitation
from acompana.intake.operations.accounts import digest_of
from tests.permissions import EVERYBODY, LIMITED, OUTSIDERS, OWNER, SIGNED_IN, Row


def furnish(side: SimpleNamespace, world: Any) -> None:
    """A help request, an invitation, and a request for access that a verified contact may confirm."""
    now, cast = world.now, world.cast
    person = side.mandate.person
    key = "owner" if person == cast["owner"] else "rival"
    side.help = ask_for_help(
        about="test",
        what_went_wrong="No avanza.",
        asker_name=person.full_name,
        asker_email=person.email,
        actor=cast.actor(key, now),
        now=now,
    )
    side.invitation_token = f"invitation-{side.company.pk}"
    Invitation.objects.create(
        company=side.company,
        contact=side.contact,
        digest=digest_of(side.invitation_token),
        invited_at=now,
        invited_by=cast["executive"],
        expires_at=now + timedelta(days=60),
    )
    asked = Mandate.objects.create(
        company=side.company, person=cast["newcomer"], state=Mandate.State.REQUESTED, requested_at=now
    )
    Contact.objects.filter(pk=side.contact.pk).update(verified_at=now)
    side.contact.refresh_from_db()
    side.access_token = make_confirmation_token(mandate=asked, contact=side.contact, now=now)


def company(side: Any) -> dict[str, Any]:
    return {"company_id": side.company.pk}


def step(side: Any) -> dict[str, Any]:
    return {**company(side), "step": "identificacion"}


def search(side: Any) -> dict[str, Any]:
    return {**step(side), "field": "activity"}


def question(slug: str) -> Any:
    return lambda side: {**company(side), "question": slug}


def number(side: Any) -> dict[str, Any]:
    return {"number": side.help.matter.number}


WITH_LIMITED = OWNER | LIMITED

MANUAL = [
    Row("portal:manual", get=EVERYBODY),
    Row("portal:manual_page", lambda side: {"slug": "glosario"}, get=EVERYBODY),
    Row("portal:manual_picture", lambda side: {"name": "mi-dia.png"}, get=EVERYBODY),
]
ROWS = [
    *MANUAL,
    Row("portal:home", get=EVERYBODY),
    Row("portal:route_explained", get=EVERYBODY),
    Row("portal:who_may", get=EVERYBODY),
    Row("portal:materials", get=EVERYBODY),
    Row("portal:help", get=EVERYBODY),
    Row("portal:help_request", get=EVERYBODY, post=EVERYBODY),
    Row("portal:help_asked", number, get=OWNER),
    Row("portal:help_insist", number, post=OWNER),
    Row("portal:invitation", lambda side: {"token": side.invitation_token}, get=EVERYBODY, post=OUTSIDERS),
    Row("portal:confirm_access", lambda side: {"token": side.access_token}, get=EVERYBODY, post=EVERYBODY),
    Row("portal:mine", get=SIGNED_IN, post=SIGNED_IN),
    Row("portal:register", get=OUTSIDERS, post=OUTSIDERS),
    Row("portal:company", company, get=WITH_LIMITED),
    Row("portal:start", company, post=OWNER),
    Row("portal:write", company, get=OWNER, post=OWNER),
    Row("portal:history", company, get=OWNER),
    Row("portal:form", company, get=WITH_LIMITED),
    Row("portal:form_check", company, get=WITH_LIMITED, post=WITH_LIMITED),
    Row("portal:form_step", step, get=WITH_LIMITED, post=WITH_LIMITED),
    Row("portal:form_draft", step, post=WITH_LIMITED),
    Row("portal:form_search", search, get=WITH_LIMITED, post=WITH_LIMITED),
    Row("portal:consents", company, get=WITH_LIMITED, post=WITH_LIMITED),
    Row("portal:test", company, get=OWNER, post=OWNER),
    Row("portal:test_check", company, get=OWNER, post=OWNER),
    Row("portal:test_question", question("commitment"), get=OWNER, post=OWNER),
    Row("portal:result", company, get=OWNER),
    Row("portal:review", company, get=OWNER, post=OWNER),
    Row("portal:interview_calendar", company, get=OWNER),
    Row("portal:reschedule", company, get=OWNER, post=OWNER),
    Row("portal:preadmissibility", company, get=OWNER, post=OWNER),
    Row("portal:declarations_check", company, get=OWNER, post=OWNER),
    Row("portal:declaration", question("truthful"), get=OWNER, post=OWNER),
    Row("portal:withdraw", company, get=OWNER, post=OWNER),
    Row("portal:mandates", company, get=OWNER, post=OWNER, data=lambda side: {"mandate": side.mandate.pk}),
]
