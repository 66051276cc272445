"""Giving tokens and taking them back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from acompana.api.models import ApiToken, WrittenOnce
from acompana.api.permissions import may_give_system_tokens
from acompana.api.rules import LONGEST_LIFE, SHOWN, USUAL_RATE, digest_of, known_scopes, new_secret
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.people.actors import SYSTEM, Actor
from acompana.people.models import Person

KEYS_KEPT = timedelta(hours=24)


@verb
def give_token(
    *,
    name: str,
    scopes: Collection[str],
    person: Person | None,
    life: timedelta,
    actor: Actor,
    now: datetime,
    rate: int = USUAL_RATE,
) -> tuple[ApiToken, str]:
    """A new token and its secret, which is kept nowhere: show it once. Without a person it is a system's.

    Refused: without a name or a scope, no life or one beyond a year, for another person, or of a system without being
    an administrator. `SYSTEM` is who has the machine at hand.
    """
    if actor is not SYSTEM:
        if person is None and not may_give_system_tokens(actor):
            raise Refused("Solo la administración entrega claves a sistemas.", "ROL-15")
        if person is not None and (actor.person is None or actor.person.pk != person.pk):
            raise Refused("Cada persona crea sus propias claves.", "EXP-3")
    if not name.strip():
        raise Refused("Escribe para qué es la clave.")
    if not timedelta(0) < life <= LONGEST_LIFE:
        raise Refused("Una clave dura al menos un día y a lo más un año.")
    try:
        granted = known_scopes(scopes)
    except ValueError as error:
        raise Refused(f"No existe el permiso «{error}».") from error
    if not granted:
        raise Refused("Elige al menos un permiso.")
    secret = new_secret()
    token = ApiToken.objects.create(
        name=name.strip()[:80],
        person=person,
        shown=secret[:SHOWN],
        digest=digest_of(secret),
        scopes=" ".join(granted),
        rate=rate,
        created_at=now,
        created_by=actor.person,
        expires_at=now + life,
    )
    return token, secret


@verb
def revoke_token(*, token: ApiToken, actor: Actor, now: datetime) -> ApiToken:
    """It opens nothing from the next request on. Again: nothing more. Refused for a token of somebody else, unless an
    administrator asks: a key that leaked cannot wait for its owner."""
    own = token.person_id is not None and actor.person is not None and token.person_id == actor.person.pk
    if not own and not may_give_system_tokens(actor) and actor is not SYSTEM:
        raise Refused("Esa clave es de otra persona.", "EXP-3")
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now, revoked_by=actor.person)
    token.refresh_from_db()
    return token


@verb
def forget_old_keys(*, now: datetime) -> int:
    """Delete what was remembered of writes of more than a day ago; how many."""
    return WrittenOnce.objects.filter(written_at__lt=now - KEYS_KEPT).delete()[0]
