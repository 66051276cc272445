"""A matter walked over its lifecycle's table in memory, leaving what `progress.operations` would leave.

Steps, entries and commitments come from the table itself: what it starts, fulfils and cancels, and by when.
"""

from __future__ import annotations

from datetime import datetime

from acompana.commitments.models import Commitment
from acompana.companies.models import Company
from acompana.demonstration.bulk.ground import Ground
from acompana.demonstration.bulk.rows import Opened, Rows
from acompana.kernel.lifecycle import Lifecycle, Transition, get_lifecycle
from acompana.logbook.models import Entry, EntryText
from acompana.matters.models import Matter, Step
from acompana.people.models import Office, Person


class Walk:
    """One matter on its way. `take` refuses what the table does not allow, so that no history can be impossible."""

    def __init__(
        self,
        rows: Rows,
        ground: Ground,
        *,
        kind: str,
        office: Office,
        at: datetime,
        by: Person | None,
        company: Company | None,
        person: Person | None = None,
        owner: Person | None = None,
        parent: Matter | None = None,
        channel: str = "portal",
    ) -> None:
        self.rows, self.ground = rows, ground
        self.lifecycle: Lifecycle = get_lifecycle(kind)
        self.open_commitments: list[Commitment] = []
        self.head: Person | None = None  # who heads its office, where a step makes them owe something
        initial = self.lifecycle.state(self.lifecycle.initial)
        self.matter: Matter = rows.add(
            Matter(
                kind=kind,
                number="",
                lifecycle_version=self.lifecycle.version,
                state=initial.slug,
                state_since=at,
                turn=initial.turn,
                company=company,
                person=person,
                office=office,
                owner=owner,
                parent=parent,
                opened_at=at,
                opened_by=by,
                is_demonstration=True,
            )
        )
        opening = self.lifecycle.opening
        self._step(opening.name, "", at, by, channel, "")
        entry = self._log(opening, opening.fact or opening.label, at, by, channel, "")
        rows.opened.append(Opened(self.matter, self.lifecycle, entry))
        self._promise(opening, at, by)

    @property
    def state(self) -> str:
        return self.matter.state

    @property
    def since(self) -> datetime:
        return self.matter.state_since

    def take(
        self,
        name: str,
        *,
        at: datetime,
        by: Person | None,
        channel: str = "system",
        reason: str = "",
        note: str = "",
    ) -> None:
        """One step, with all that it settles and starts. ValueError where the table has no such step from here."""
        row = self.lifecycle.transition(name)
        if self.matter.state not in row.source:
            raise ValueError(f"{name} does not leave {self.matter.state}")
        if at < self.matter.state_since:
            raise ValueError(f"{name} at {at}, before the matter came to {self.matter.state}")
        source, target = self.matter.state, self.lifecycle.state(row.target)
        self.matter.state, self.matter.state_since, self.matter.turn = target.slug, at, target.turn
        self.matter.closed_at = at if target.final else None
        self._step(name, source, at, by, channel, reason)
        self._log(row, row.fact or row.label, at, by, channel, note or reason)
        self._settle(row, at, by)
        self._promise(row, at, by)

    # --- what a step leaves -------------------------------------------------------------------------------------

    def _step(self, name: str, source: str, at: datetime, by: Person | None, channel: str, reason: str) -> None:
        self.rows.add(
            Step(
                matter=self.matter,
                transition=name,
                from_state=source,
                to_state=self.matter.state,
                taken_at=at,
                taken_by=by,
                channel=channel,
                reason=reason[:500],
            )
        )

    def _log(self, row: Transition, fact: str, at: datetime, by: Person | None, channel: str, text: str) -> Entry:
        return self.log(kind="step", fact=fact, at=at, by=by, channel=channel, visibility=row.visibility, text=text)

    def log(
        self,
        *,
        kind: str,
        fact: str,
        at: datetime,
        by: Person | None,
        channel: str,
        visibility: str = "staff",
        direction: str = "none",
        outcome: str = "none",
        text: str = "",
    ) -> Entry:
        """An entry about the matter, as `logbook.operations.record_entry` writes it."""
        matter = self.matter
        entry = Entry(
            kind=kind,
            company=matter.company,
            person=matter.person if matter.company is None else None,
            matter=matter,
            office=matter.office,
            author=by,
            channel=channel,
            direction=direction,
            outcome=outcome,
            visibility=visibility,
            fact=fact[:200],
            happened_at=at,
            recorded_at=at,
        )
        self.rows.add(entry)
        if text:
            self.rows.add(EntryText(entry=entry, body=text))
        return entry

    def _settle(self, row: Transition, at: datetime, by: Person | None) -> None:
        target = self.lifecycle.state(row.target)
        for commitment in self.open_commitments:
            if commitment.rule in row.fulfils:
                commitment.fulfilled_at, commitment.fulfilled_by = at, by
            elif commitment.rule in row.cancels:
                commitment.cancelled_at, commitment.cancelled_because = at, row.label
            elif target.final:
                commitment.cancelled_at = at
                commitment.cancelled_because = f"El asunto terminó: {target.label}"
            else:
                continue
            note_clock(commitment, at)
        self.open_commitments = [one for one in self.open_commitments if one.is_open]

    def _promise(self, row: Transition, at: datetime, by: Person | None) -> None:
        matter = self.matter
        for owes in row.starts:
            due = self.ground.due(owes.rule, matter.office, at)
            debtor = owes.debtor
            owner = self.head if debtor == "head" else matter.owner
            if debtor in ("owner", "head"):
                debtor = "person" if owner else "office"
            commitment = Commitment(
                rule=owes.rule,
                rule_version=due.rule_version,
                what=due.what,
                company=matter.company,
                matter=matter,
                debtor=debtor,
                office=matter.office,
                owner=owner if debtor != "company" else None,
                starts_at=at,
                due_at=due.due_at,
                explanation=list(due.explanation),
                warn_at=due.warn_at,
                created_by=by,
            )
            self.open_commitments.append(self.rows.add(commitment))


def note_clock(commitment: Commitment, until: datetime) -> None:
    """What the clock did by itself up to an instant: the warning and the breach, claimed as they fell due."""
    if commitment.warn_at and commitment.warn_at <= until:
        commitment.warned_at = commitment.warn_at
    if commitment.due_at < until:
        commitment.breached_at = commitment.due_at
