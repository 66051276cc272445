"""Subscribing to changes, ending it, sending again by hand; and making the batches that are due."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q

from acompana.api.feed import KINDS, changes_after
from acompana.api.models import BEING_RETRIED, Delivery, Subscription
from acompana.api.permissions import may_give_system_tokens
from acompana.api.queries.tokens import SYSTEM_ROLES
from acompana.api.targets import check_target
from acompana.kernel import feed
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.people.actors import Actor

BATCH = 200
DELIVERIES_KEPT = timedelta(days=90)
FEED_KEPT = timedelta(days=90)
RECEIVER = Actor(person=None, roles=SYSTEM_ROLES)
"""Whoever subscribed gets what a system may know of: ids and kinds, and asks for values with a token."""


@verb
def subscribe(*, name: str, url: str, kinds: Collection[str], actor: Actor, now: datetime) -> Subscription:
    """Send changes of some kinds to an address, from now on. Its secret signs them; show it to who receives.

    Refused: for who is not an administrator, without a name or a kind, an address that is not https or is inside.
    """
    if not may_give_system_tokens(actor) or actor.person is None:
        raise Refused("Solo la administración suscribe a otros sistemas.", "ROL-15")
    if not name.strip():
        raise Refused("Escribe quién recibe.")
    check_target(url)
    wanted = [kind for kind in KINDS if kind in kinds]
    if not wanted:
        raise Refused("Elige al menos una clase de cambios.")
    feed.settle()
    return Subscription.objects.create(
        name=name.strip()[:80],
        url=url,
        secret=secrets.token_urlsafe(32),
        kinds=" ".join(wanted),
        position=feed.newest(),
        created_at=now,
        created_by=actor.person,
    )


@verb
def end_subscription(*, subscription: Subscription, actor: Actor, now: datetime) -> None:
    """Nothing more is sent; what waited is given up. Again: nothing more."""
    if not may_give_system_tokens(actor):
        raise Refused("Solo la administración termina una suscripción.", "ROL-15")
    Subscription.objects.filter(pk=subscription.pk, ended_at=None).update(ended_at=now, ended_by=actor.person)
    Delivery.objects.filter(subscription=subscription, state=Delivery.State.WAITING).update(
        state=Delivery.State.FAILED, settled_at=now, last_answer="La suscripción terminó."
    )


@verb
def send_again(*, delivery: Delivery, actor: Actor, now: datetime) -> None:
    """Send a batch now, by decision of a person: one given up, one that arrived, or one that waits to be tried again;
    its attempts are counted on. Refused while it is on its way."""
    if not may_give_system_tokens(actor):
        raise Refused("Solo la administración reenvía.", "ROL-15")
    if delivery.subscription.ended_at is not None:
        raise Refused("La suscripción terminó; no se envía más.")
    settled = Q(state__in=(Delivery.State.FAILED, Delivery.State.SENT))
    changed = Delivery.objects.filter(settled | BEING_RETRIED, pk=delivery.pk).update(
        state=Delivery.State.WAITING, last_answer="", send_after=now, settled_at=None, resent_by=actor.person
    )
    if not changed:
        raise Refused("Ese envío ya está en camino.")


def make_batches(*, now: datetime) -> int:
    """The next batch of each subscriber who has none on its way, so that batches arrive in order; how many.

    A subscriber who does not answer holds back only its own: after the last attempt the batch is given up, seen on
    its page, and the next one is made.
    """
    busy = (Delivery.State.WAITING, Delivery.State.SENDING)
    free = Subscription.objects.filter(ended_at=None).exclude(deliveries__state__in=busy)
    return sum(_make_batch(subscription, now) for subscription in list(free))


@verb
def _make_batch(subscription: Subscription, now: datetime) -> bool:
    locked = Subscription.objects.select_for_update().get(pk=subscription.pk)
    start = max(locked.position, feed.forgotten())
    items, position, _ = changes_after(start, actor=RECEIVER, kinds=locked.kind_list, limit=BATCH)
    if position == locked.position:
        return False
    # Two workers at once: the second finds the position moved, and makes nothing.
    moved = Subscription.objects.filter(pk=locked.pk, position=locked.position, ended_at=None)
    if not moved.update(position=position) or not items:
        return False
    body = json.dumps({"subscription": locked.pk, "changes": items}, cls=DjangoJSONEncoder, ensure_ascii=False)
    Delivery.objects.create(subscription=locked, body=body, changes=len(items), send_after=now, written_at=now)
    return True


@verb
def forget_old_changes(*, now: datetime) -> None:
    """Forget the feed and the deliveries of more than 90 days."""
    feed.forget_before(now - FEED_KEPT)
    Delivery.objects.filter(written_at__lt=now - DELIVERIES_KEPT, state__in=("sent", "failed")).delete()
