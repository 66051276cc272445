"""Who a session belongs to: each request asks, by words that are written once."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend

from acompana.kernel.statements import Statement, given_id
from acompana.people.models import Person

_OF_AN_ID = Statement(lambda: Person.objects.filter(pk=given_id("person")).order_by())


class Backend(ModelBackend):
    """Django's own, but for that."""

    def get_user(self, user_id: int) -> Person | None:
        """The person of an id, if they may enter. One query."""
        person: Person | None = next(iter(_OF_AN_ID.objects(person=user_id)), None)
        return person if person is not None and self.user_can_authenticate(person) else None
