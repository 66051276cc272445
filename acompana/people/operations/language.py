"""The language in which a person reads our pages (CHA-5).

It is not the one that a company's contact declares in its data form: that one is changed there, and letters follow it.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext

from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.people.actors import Actor
from acompana.people.models import Language, Person


@verb
def choose_language(*, person: Person, language: str, actor: Actor, now: datetime) -> Person:
    """From now on pages speak to this person so, and letters where no contact of theirs declares another language.
    Refused: another person, a language that is not ours."""
    if actor.person is None or actor.person.pk != person.pk:
        raise Refused(gettext("Cada persona elige su propio idioma."), "CHA-5")
    if language not in Language.values:
        raise Refused(gettext("Elige uno de los idiomas de la lista."), "CHA-5")
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.language != language:
        person.language = language
        person.save(update_fields=["language"])
    return person
