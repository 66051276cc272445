"""What was made and is not yet in the database, kept by table and written in sets.

Objects refer to each other before they are saved; each table is written after those that it refers to, so that
Django finds the keys. Numbers are given last, in the order in which matters were opened, and the series follow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models

from acompana.cases.models import HelpRequest
from acompana.commitments.models import Commitment
from acompana.companies.models import (
    Assignment,
    Company,
    CompanyActivity,
    Consent,
    Contact,
    CountingAction,
    DeclaredExport,
    Mandate,
    MarketInterest,
    Product,
    Validation,
)
from acompana.intake.models import (
    AccessTerm,
    Intake,
    Interview,
    Invitation,
    PotentialAccount,
    Referral,
    Review,
    Rise,
    Standing,
)
from acompana.kernel.lifecycle import Lifecycle
from acompana.logbook.models import Entry, EntryText
from acompana.matters.models import Matter, NumberSeries, Step
from acompana.people.models import Person
from acompana.questionnaires.models import Answer, Response

# A table after all that it refers to.
ORDER: tuple[type[models.Model], ...] = (
    Person,
    Company,
    CompanyActivity,
    Product,
    DeclaredExport,
    MarketInterest,
    Contact,
    Consent,
    Mandate,
    Assignment,
    Validation,
    CountingAction,
    Matter,
    Step,
    Entry,
    EntryText,
    Commitment,
    AccessTerm,
    Response,
    Answer,
    Intake,
    Interview,
    Referral,
    Invitation,
    PotentialAccount,
    Review,
    Standing,
    Rise,
    HelpRequest,
)
SAID = {
    Company: "empresas",
    Contact: "contactos",
    Matter: "asuntos",
    Step: "pasos",
    Entry: "anotaciones en la bitácora",
    Commitment: "compromisos",
    Answer: "respuestas a cuestionarios",
}
BATCH = 2000


@dataclass(slots=True)
class Opened:
    """A matter that waits for its number, and the entry that will quote it."""

    matter: Matter
    lifecycle: Lifecycle
    entry: Entry


@dataclass(slots=True)
class Letter:
    """A message to write once its matter has a number. `kind`: «company» or «office» as `intake.mail`, or «person»."""

    template: str
    kind: str
    at: datetime
    matter: Matter
    company: Company | None
    contact: Contact | None = None
    to_address: str = ""
    to_name: str = ""
    person: Person | None = None
    context: Callable[[], dict[str, Any]] = dict


@dataclass(slots=True)
class Rows:
    """Everything made so far."""

    by_model: dict[type[models.Model], list[Any]] = field(default_factory=lambda: defaultdict(list))
    opened: list[Opened] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)

    def add(self, row: Any) -> Any:
        self.by_model[type(row)].append(row)
        return row

    def of(self, model: type[models.Model]) -> list[Any]:
        return self.by_model[model]

    def number_matters(self) -> None:
        """Gives each matter its number, the oldest first, after those that the series gave already."""
        last = {(row.prefix, row.year): row.last for row in NumberSeries.objects.all()}
        for opened in sorted(self.opened, key=lambda one: one.matter.opened_at):
            matter, prefix = opened.matter, opened.lifecycle.prefix
            year = matter.opened_at.astimezone(ZoneInfo(matter.office.time_zone)).year
            number = last[prefix, year] = last.get((prefix, year), 0) + 1
            matter.number = f"{prefix}-{year}-{number:06d}"
            opened.entry.fact = f"{opened.entry.fact}: {opened.lifecycle.title} {matter.number}"[:200]
        for (prefix, year), number in last.items():
            NumberSeries.objects.update_or_create(prefix=prefix, year=year, defaults={"last": number})

    def write(self, told: Callable[[str], None]) -> None:
        """Writes every table, the oldest rows of the logbook first; says each one."""
        self.number_matters()
        # Ids follow time where lists break ties by id.
        self.by_model[Entry].sort(key=lambda entry: entry.happened_at)
        for model in ORDER:
            rows = self.by_model[model]
            # A matter may have been opened by another: those that stand alone go first.
            first = [row for row in rows if getattr(row, "parent", None) is None]
            model._default_manager.bulk_create(first, batch_size=BATCH)
            model._default_manager.bulk_create([row for row in rows if getattr(row, "parent", None)], batch_size=BATCH)
            if model in SAID:
                told(f"{len(rows):>9} {SAID[model]}")
