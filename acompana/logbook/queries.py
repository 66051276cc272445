"""The timeline. Who may see which entry is part of the query, never a filter on its rows."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When

from acompana.companies.models import Company, Mandate
from acompana.companies.queries import canonical_company
from acompana.kernel.hands import program_of
from acompana.kernel.models import Change, ChangeSet
from acompana.kernel.statements import Statement, given_id
from acompana.logbook.models import Entry
from acompana.matters.models import Matter
from acompana.people.actors import Actor

HEADS = ("regional-director",)
OF_NOBODY = ("import", "undo", "merge")  # change sets that are no act with a company (DEF-7)


def merged_ids(company: Company) -> list[int]:
    """The ids of the canonical company and of every company merged into it."""
    return ids_merged_into(canonical_company(company).pk)


def ids_merged_into(canonical_id: int) -> list[int]:
    """The id of a company and of every company merged into it, by the index of the few that were merged. One step is
    enough: a merged company points straight to the one that stayed, and the database refuses chains."""
    return sorted({canonical_id, *_MERGED.column(into=canonical_id)})


_MERGED = Statement(
    lambda: Company.objects.filter(merged_into=given_id("into"), merged_into__isnull=False).values_list("pk"),
    planned_once=True,
)


def acted_since(companies: Collection[int], change_set: int) -> set[int]:
    """Of these companies, those with whom somebody of the agency did anything after a change set: wrote of them in the
    log, opened a matter, agreed on something, changed their data. Two queries; none for nobody."""
    if not companies:
        return set()
    made_at = ChangeSet.objects.filter(pk=change_set).values("made_at")
    noted = Entry.objects.filter(company__in=companies, recorded_at__gt=Subquery(made_at))
    noted = noted.exclude(kind__in=(Entry.Kind.CHANGE, Entry.Kind.MESSAGE))
    changed = Change.objects.filter(record_model="companies.company", record_id__in=companies)
    changed = changed.filter(change_set__gt=change_set).exclude(change_set__kind__in=OF_NOBODY)
    return {*noted.values_list("company_id", flat=True), *changed.values_list("record_id", flat=True)}


def visible_to(actor: Actor) -> Q:
    """Which entries an actor may read.

    Staff: all that is not for the responsible only; of that, what they wrote and what concerns companies whose
    executive they are, whose office they head, or matters that they own. Others: what is also for the company, where
    they hold an active mandate or it is about themselves; with a limited mandate, what they wrote (INT-24).
    """
    if actor.is_staff:
        return ~Q(visibility=Entry.Visibility.RESPONSIBLE) | _responsible(actor)
    if actor.person is None:
        return Q(pk__in=[])
    mandate = Mandate.objects.filter(
        Q(company=OuterRef("company")) | Q(company__merged=OuterRef("company")),
        person=actor.person,
        state=Mandate.State.ACTIVE,
    )
    own = Q(author=actor.person) | Q(person=actor.person) | Q(company=None, matter__person=actor.person)
    return Q(visibility=Entry.Visibility.COMPANY) & (Exists(mandate) | own)


def _responsible(actor: Actor) -> Q:
    mine = (
        Q(author=actor.person)
        | Q(company__executive=actor.person)
        | Q(company__merged_into__executive=actor.person)
        | Q(matter__owner=actor.person)
    )
    if actor.has_role(*HEADS):
        mine |= Q(company__office=actor.office_id) | Q(company=None, matter__office=actor.office_id)
    return mine


def asked_of_each(seen: Q) -> Case:
    """A rule of who reads what, as a condition that is asked of each entry as it is met.

    Planners take nearly every entry to be hidden by it, gather all of a company and sort them; a company of thirty
    thousand has fifty that are wanted. Of a case they expect nothing, and go by the index until the page is full.
    """
    return Case(When(seen, then=Value(True)), default=Value(False), output_field=BooleanField())


def is_responsible(actor: Actor, entry: Entry) -> bool:
    """Whether an entry for the responsible only is for this actor."""
    return Entry.objects.filter(_responsible(actor), pk=entry.pk).exists()


def timeline(
    *,
    actor: Actor,
    company: Company | None = None,
    matter: Matter | None = None,
    kinds: tuple[str, ...] = (),
) -> QuerySet[Entry]:
    """What happened with a company or in a matter, newest first, as far as the actor may read it (EXP-6).

    A merged company shares the timeline of the one it was merged into.
    """
    entries = Entry.objects.filter(asked_of_each(visible_to(actor)))
    if company is not None:
        entries = entries.filter(company__in=merged_ids(company))
    if matter is not None:
        entries = entries.filter(matter=matter)
    if kinds:
        entries = entries.filter(kind__in=kinds)
    return (
        entries.select_related("text", "author", "contact", "office", "matter")
        .prefetch_related("attachments__file")
        .annotate(program=program_of("logbook.entry"))
        .order_by("-happened_at", "-id")
    )


def may_read_attachment(actor: Actor, file_id: int) -> bool:
    """Whether some entry that the actor may read carries the file."""
    return Entry.objects.filter(visible_to(actor), attachments__file=file_id).exists()
