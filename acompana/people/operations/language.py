"""The language in which a person reads our pages and letters (CHA-5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext

from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.people.actors import Actor
from acompana.people.models import Language, Person

Follower = Callable[[Person, Actor, datetime], None]
_followers: list[Follower] = []


def follow_language(follower: Follower) -> None:
    """What a room above keeps of somebody's language goes along with it; once, however often `ready` runs."""
    if follower not in _followers:
        _followers.append(follower)


@verb
def choose_language(*, person: Person, language: str, actor: Actor, now: datetime) -> Person:
    """From now on pages and letters speak to this person so. Refused: another person, a language that is not ours."""
    if actor.person is None or actor.person.pk != person.pk:
        raise Refused(gettext("Cada persona elige su propio idioma."), "CHA-5")
    if language not in Language.values:
        raise Refused(gettext("Elige uno de los idiomas de la lista."), "CHA-5")
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.language != language:
        person.language = language
        person.save(update_fields=["language"])
    for follow in _followers:
        follow(person, actor, now)
    return person
