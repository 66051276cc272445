"""Who brought what a company has, as its history tells it: a run of a source, or a person (EXP-2).

What a merge brought here keeps the history that it had where it came from: whoever made it there is credited.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Model, QuerySet

from acompana.companies.models import Company, CompanyActivity, Contact
from acompana.kernel.models import Change
from acompana.kernel.phones import shown_phone
from acompana.sources.fields import Field
from acompana.sources.mapping import ACTIVITIES
from acompana.sources.models import Provenance, Run, Source

OF_COMPANY = Company._meta.label_lower
# What a run may give to somebody who is there already, and how the page calls it.
GIVEN = (("position", "Cargo de contacto"), ("email", "Correo de contacto"), ("phone", "Teléfono de contacto"))
CAME_WITH_NAME = ("email", "phone")  # by which a person is told from a namesake


@dataclass(frozen=True, slots=True)
class Credit:
    """Who brought the value that a field has: a run of a source, or a person; and which sources agree with it.

    `line`: of the run's file, where it is still known. `run` is None where a person took the source's word.
    `company_id`: as which company the run knew it, another one where a merge brought it here.
    """

    label: str
    value: str
    source: Source | None
    run: Run | None
    line: int | None
    person: str
    at: datetime | None
    also: tuple[str, ...]
    company_id: int
    activity_id: int | None = None


@dataclass(frozen=True, slots=True)
class Last:
    """The last change of something that still holds."""

    change: Change | None = None

    @property
    def run(self) -> Run | None:
        return getattr(self.change.change_set, "import_run", None) if self.change is not None else None

    @property
    def slug(self) -> str:
        if self.run is not None:
            return self.run.source.slug
        return self.change.source if self.change and self.change.action == Change.Action.UPDATED else ""

    def leaves(self, provenance: Provenance) -> bool:
        """Whether a source that held the value still does: an import takes it from those that it overwrites, a person
        who writes another one does not."""
        if self.change is None or self.run is not None or provenance.source.slug == self.slug:
            return True
        return (provenance.run.change_set_id or 0) > self.change.change_set_id


class History:
    """What changed a company and some of its rows and was not undone for it, newest first.

    Queries: one, one more where there are rows, and another where a merge brought some of them here.
    """

    def __init__(self, company: Company, rows: Sequence[Model] = ()) -> None:
        self.company = company
        told = {change.pk: change for change in _told().filter(record_model=OF_COMPANY, record_id=company.pk)}
        if rows:
            # By the rows themselves: of those that a merge brought here, the company's own history has no beginning.
            ids, models = {row.pk for row in rows}, {row._meta.label_lower for row in rows}
            told |= {change.pk: change for change in _told().filter(model__in=models, object_id__in=ids)}
        self.changes = _that_hold(told[pk] for pk in sorted(told, reverse=True))
        self.made_in = self._where_rows_were_made()
        if elsewhere := {pk for pk in self.made_in.values() if pk != company.pk}:
            self.changes += _told().filter(model=OF_COMPANY, object_id__in=elsewhere, action=Change.Action.CREATED)

    def _where_rows_were_made(self) -> dict[tuple[str, int], int]:
        """By row that a merge moved: the company that had it first."""
        moved = [
            change for change in self.changes if change.model != OF_COMPANY and "company" in (change.before or {})
        ]
        return {(change.model, change.object_id): (change.before or {})["company"] for change in moved}

    def last_of_field(self, field: Field) -> Last:
        names = {column.removesuffix("_id") for column, _ in field.columns} - {"office"}
        for change in self.changes:
            is_own = change.model == OF_COMPANY and change.object_id == self.company.pk
            if is_own and (change.action == Change.Action.CREATED or names & set(change.after or {})):
                return Last(change)
        return Last()

    def made(self, row: Model) -> Last:
        """Who made a row, by the row's own history."""
        label = row._meta.label_lower
        own = (c for c in self.changes if c.model == label and c.object_id == row.pk)
        return Last(next((c for c in own if c.action == Change.Action.CREATED), None))

    def made_with_company(self, row: Model) -> Last:
        """The same of an activity: those of a company that an import creates are told with the company alone."""
        if (last := self.made(row)).change is not None:
            return last
        home = self.made_in.get((row._meta.label_lower, row.pk), self.company.pk)
        created = (c for c in self.changes if c.model == OF_COMPANY and c.action == Change.Action.CREATED)
        return Last(next((c for c in created if c.object_id == home), None))

    def last_of_column(self, row: Model, name: str) -> Last:
        """The last change of a row that wrote a column anew after the row was made."""
        label = row._meta.label_lower
        own = (c for c in self.changes if c.model == label and c.object_id == row.pk)
        return Last(next((c for c in own if c.action == Change.Action.UPDATED and name in (c.after or {})), None))


def _told() -> QuerySet[Change]:
    return Change.objects.select_related("change_set__made_by", "change_set__import_run__source").order_by("-id")


def _that_hold(changes: Iterable[Change]) -> list[Change]:
    """What a run did is undone object by object: it may have taken its activity away and left the company as it is."""
    undone: set[int | tuple[int, str, int]] = set()
    holding = []
    for change in changes:
        of_import, set_id = change.change_set.kind == "import", change.change_set_id
        if ((set_id, change.model, change.object_id) if of_import else set_id) in undone:
            continue
        if (undoes := change.change_set.undoes_id) is not None:
            undone |= {undoes, (undoes, change.model, change.object_id)}
        else:
            holding.append(change)
    return holding


# --- credits ----------------------------------------------------------------------------------------------------


def credit(company: Company, label: str, value: str, last: Last, agreeing: Sequence[Provenance]) -> Credit:
    """`agreeing`: who holds the same, newest run first; of a company without history, the first of them brought it."""
    teller = next((p for p in agreeing if p.source.slug == last.slug), None)
    if last.change is None:
        teller = agreeing[-1]
    run = last.run or (teller.run if teller else None)
    source = teller.source if teller else (last.run.source if last.run else None)
    made = last.change.change_set if last.change is not None else None
    home = last.change.record_id if last.change is not None else company.pk
    is_its_line = teller is not None and run is not None and teller.run_id == run.pk and home == company.pk
    return Credit(
        label=label,
        value=value,
        source=source,
        run=run,
        line=teller.line if teller is not None and is_its_line else None,
        person=(str(made.made_by) if made.made_by else "El sistema") if made is not None and last.run is None else "",
        at=made.made_at if made is not None else None,
        also=tuple(dict.fromkeys(p.source.name for p in agreeing if source is None or p.source_id != source.pk)),
        company_id=home,
    )


def credit_row(company: Company, label: str, value: str, last: Last, spoken: Sequence[Provenance]) -> Credit | None:
    """Of something beside the company: a credit where a run brought it, and none where a person did."""
    if last.run is None:
        return None
    return credit(company, label, value, last, [p for p in spoken if p.source_id == last.run.source_id])


def credit_activity(history: History, row: CompanyActivity, spoken: Sequence[Provenance]) -> Credit | None:
    """An activity, without the line where the file has one for each activity: provenance keeps one of a company."""
    found = credit_row(history.company, "Actividad del SII", str(row), history.made_with_company(row), spoken)
    if found is None or found.run is None:
        return None
    is_of_activities = found.run.mapping.get("subject") == ACTIVITIES
    return replace(found, line=None if is_of_activities else found.line, activity_id=row.activity_id)


def credit_person(history: History, person: Contact, spoken: Sequence[Provenance]) -> list[Credit]:
    """A contact that a run made, with what came with it; and, apart, what a run gave to whom it found there."""
    given = {name: history.last_of_column(person, name) for name, _ in GIVEN}
    came = [_shown(person, name) for name in CAME_WITH_NAME if given[name].change is None]
    value = ", ".join(dict.fromkeys(part for part in (str(person), *came) if part))
    found = [credit_row(history.company, "Contacto", value, history.made(person), spoken)]
    for name, label in GIVEN:
        if shown := _shown(person, name):
            found.append(credit_row(history.company, label, f"{person}: {shown}", given[name], spoken))
    return [one for one in found if one is not None]


def _shown(person: Contact, name: str) -> str:
    return shown_phone(person.phone) if name == "phone" else str(getattr(person, name))
