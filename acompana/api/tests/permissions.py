"""Sessions open no operation of the API (`test_permissions.py` walks them with tokens); its screens are as below."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.urls import URLPattern

from acompana.api.models import Delivery, Subscription
from acompana.api.operations import give_token
from acompana.api.urls import urlpatterns
from acompana.commitments.models import Commitment
from acompana.logbook.models import Entry
from acompana.people.actors import SYSTEM
from tests.permissions import ADMINISTRATOR, EVERYBODY, OWNER, SIGNED_IN, STAFF, Row


def furnish(side: SimpleNamespace, world: Any) -> None:
    now = world.now
    side.token, _ = give_token(
        name="Planilla",
        scopes=["companies:read"],
        person=side.person,
        life=timedelta(days=30),
        actor=SYSTEM,
        now=now,
    )
    side.subscription = Subscription.objects.create(
        name="Tablero",
        url="https://tablero.example/",
        secret="no se muestra",
        kinds="company",
        position=0,
        created_at=now,
        created_by=world.cast["administrator"],
    )
    side.delivery = Delivery.objects.create(
        subscription=side.subscription, body="{}", changes=1, state="failed", send_after=now, written_at=now
    )


ARGUMENTS = {
    "company_id": lambda side: side.company.pk,
    "contact_id": lambda side: side.contact.pk,
    "entry_id": lambda side: Entry.objects.filter(company=side.company, visibility="company").first().pk,
    # One that is open: a company reads what is promised it no longer once it is kept.
    "commitment_id": lambda side: Commitment.objects.open().filter(company=side.company).first().pk,
    "response_id": lambda side: side.company.responses.first().pk,
    "message_id": lambda side: side.message.pk,
    "number": lambda side: side.matter.number,
    "instrument": lambda side: "interview",
    "rule_id": lambda side: "DL-1",
    "name": lambda side: "regions",
}


def arguments_of(pattern: URLPattern, side: Any) -> dict[str, Any]:
    """The arguments of an operation's address, with the objects of a side."""
    return {name: ARGUMENTS[name](side) for name in pattern.pattern.converters}


def _operation(pattern: URLPattern) -> Row:
    has_arguments = bool(pattern.pattern.converters)
    return Row(f"api-v1:{pattern.name}", (lambda side: arguments_of(pattern, side)) if has_arguments else None)


OPERATIONS: list[URLPattern] = urlpatterns[1].url_patterns


def subscription(side: SimpleNamespace) -> dict[str, int]:
    return {"pk": side.subscription.pk}


ROWS = [
    Row("api:openapi", get=EVERYBODY),
    Row("api:docs", get=EVERYBODY),
    Row("api:tokens", get=SIGNED_IN, post=SIGNED_IN),
    Row("api:revoke", lambda side: {"pk": side.token.pk}, post=OWNER | ADMINISTRATOR),
    Row("api:system-tokens", get=STAFF, post=ADMINISTRATOR),
    Row("api:subscriptions", get=ADMINISTRATOR, post=ADMINISTRATOR),
    Row("api:subscription", subscription, get=ADMINISTRATOR),
    Row("api:end-subscription", subscription, post=ADMINISTRATOR),
    Row("api:resend", lambda side: {**subscription(side), "delivery": side.delivery.pk}, post=ADMINISTRATOR),
    *(_operation(pattern) for pattern in OPERATIONS),
]
