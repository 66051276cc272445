"""The stretch that comes next, planned by the second pair of hands while the first applies the one before.

What was planned is looked at again when it is applied, as if it had just been: a company of the plan that changed
since, or that somebody registered, has the whole stretch planned anew.
"""

from __future__ import annotations

import threading

from django.db import transaction

from acompana.kernel import sets
from acompana.sources.mapping import ACTIVITIES
from acompana.sources.planning import Plan

Stretch = tuple[int, int]  # after this line, up to that one


class Ahead:
    """What is to be planned and what is, for one who asks and takes and one who does."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.at_work = threading.Lock()
        self.wanted: Stretch | None = None
        self.planned: Stretch | None = None

    def take(self, after: int, upto: int) -> bool:
        """Whether the stretch was planned; waits for one that is being planned. If not, the caller does it."""
        with self.at_work:
            found = self.planned == (after, upto)
            self.planned = self.wanted = None
        return found

    def ask(self, after: int, upto: int) -> None:
        """To plan a stretch. Not of a file that has several rows of one company: each looks at what the ones before
        brought."""
        if after < upto and self.plan.mapping.subject != ACTIVITIES:
            self.wanted = (after, upto)

    def do(self) -> bool:
        """Plans what was asked for, in a transaction of its own; whether there was anything."""
        with self.at_work:
            if self.wanted is None:
                return False
            stretch, self.wanted = self.wanted, None
            with transaction.atomic():
                sets.look_up_by_index()
                self.plan.judge(*stretch, only_looking=False)
            self.planned = stretch
        return True
