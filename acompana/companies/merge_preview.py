"""What the pages of a pair show: two companies side by side, and what a merge of them would do (EXP-1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from acompana.companies.merge_contacts import Meeting, who_meet
from acompana.companies.merge_relations import Manner, MergeRelation, relations
from acompana.companies.merge_rules import GONE, GROUPS, KEPT, LABELS, choices_between
from acompana.companies.models import Company, CompanyPair, Mandate
from acompana.companies.operations.merged_rows import OPEN_MANDATES, clashing
from acompana.companies.presenting import label_of, readable
from acompana.kernel.changes import snapshot
from acompana.kernel.phones import shown_phone
from acompana.kernel.rut import format_rut
from acompana.shell.words import before_full_stop

SHOWN = ("region", "commune", "country", "sector", "sales_bracket", "office", "executive")
NAMED = 6  # open things of each side that are named; the rest is counted
NOT_SHOWN = ("companies.company", "companies.companypair", "companies.waitingmatch", "matters.presence")


def two_companies(pair: CompanyPair) -> tuple[Company, Company]:
    """Both with what their page shows: one query, and one for their contacts."""
    rows = Company.objects.select_related(*SHOWN).prefetch_related("contacts")
    found = rows.in_bulk([pair.first_id, pair.second_id])
    return found[pair.first_id], found[pair.second_id]


# --- side by side -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """One thing of both: `agrees` is None where only one of them says it."""

    label: str
    one: tuple[str, ...]
    other: tuple[str, ...]
    agrees: bool | None


def side_by_side(one: Company, other: Company) -> list[Row]:
    """What two companies say of themselves, row by row; what neither says is left out."""
    rows = [_row("RUT", _rut(one), _rut(other))]
    for name in ("legal_name", "trade_name", "region", "commune", "address", "website", "sector", "started_on"):
        rows.append(_row(label_of(name), readable(one, name), readable(other, name)))
    for label, of in (("Correos", "email"), ("Teléfonos", "phone"), ("Contactos", "name")):
        rows.append(_row_of_many(label, _of_contacts(one, of), _of_contacts(other, of)))
    for name in ("related_on", "last_worked_on", "office", "executive", "origin"):
        rows.append(_row(label_of(name), readable(one, name), readable(other, name)))
    return [row for row in rows if row.one or row.other]


def _rut(company: Company) -> str:
    return format_rut(company.rut) if company.rut else company.foreign_tax_id


def _row(label: str, one: str, other: str) -> Row:
    return Row(label, (one,) if one else (), (other,) if other else (), one == other if one and other else None)


def _row_of_many(label: str, one: list[str], other: list[str]) -> Row:
    agrees = bool(set(one) & set(other)) if one and other else None
    return Row(label, tuple(one), tuple(other), agrees)


def _of_contacts(company: Company, name: str) -> list[str]:
    active = [contact for contact in company.contacts.all() if contact.ended_on is None]
    told = (getattr(contact, name) for contact in active)
    return list(dict.fromkeys(shown_phone(value) if name == "phone" else value for value in told if value))


# --- the merge --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Field:
    """A group of fields: what each side has, which stays unless somebody chooses otherwise, whether to ask."""

    group: str
    label: str
    kept: str
    gone: str
    default: str
    asks: bool

    @property
    def stays(self) -> str:
        return self.gone if self.default == GONE else self.kept


def fields_of(kept: Company, gone: Company) -> list[Field]:
    return [
        Field(
            choice.group,
            LABELS.get(choice.group) or label_of(choice.fields[0]),
            _words(kept, choice.fields),
            _words(gone, choice.fields),
            choice.default,
            choice.differs,
        )
        for choice in choices_between(snapshot(kept), snapshot(gone))
    ]


def _words(company: Company, fields: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(value for name in fields if (value := readable(company, name))))


@dataclass(frozen=True, slots=True)
class Hanging:
    """What hangs on both of one table: how many each has, how many of them are under way, and what happens."""

    label: str
    kept: int
    gone: int
    open_kept: int
    open_gone: int
    named: tuple[str, ...]
    what_happens: str

    @property
    def both_open(self) -> bool:
        return bool(self.open_kept and self.open_gone)


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything that a merge would do, before it does it."""

    fields: tuple[Field, ...]
    hanging: tuple[Hanging, ...]
    contacts: tuple[Meeting, ...]  # known on both sides
    warnings: tuple[str, ...]
    versions: str

    @property
    def to_choose(self) -> list[Field]:
        return [field for field in self.fields if field.asks]

    @property
    def arriving(self) -> list[Hanging]:
        """What comes with the one that goes."""
        return [shown for shown in self.hanging if shown.gone]

    @property
    def settled(self) -> list[Field]:
        return [field for field in self.fields if not field.asks]


def preview_of(kept: Company, gone: Company) -> Preview:
    """What merging `gone` into `kept` would do. Queries: a constant number for each kind of thing that may hang."""
    hanging = [shown for relation in relations() if (shown := _hanging(relation, kept, gone)) is not None]
    return Preview(
        fields=tuple(fields_of(kept, gone)),
        hanging=tuple(hanging),
        contacts=tuple(_contacts_on_both(kept, gone)),
        warnings=tuple(_warnings(kept, gone, hanging)),
        versions=f"{kept.version}-{gone.version}",
    )


def _contacts_on_both(kept: Company, gone: Company) -> list[Meeting]:
    """In the order in which the merge looks at them, which decides who joins whom."""
    theirs, mine = (
        sorted((one for one in side.contacts.all() if one.ended_on is None), key=lambda one: one.pk)
        for side in (kept, gone)
    )
    return who_meet(mine, theirs)


def _hanging(relation: MergeRelation, kept: Company, gone: Company) -> Hanging | None:
    column: Any = relation.table._meta.get_field(relation.field)
    if relation.manner == Manner.PASSES or relation.model in NOT_SHOWN or column.related_model is not Company:
        return None
    rows = relation.table._base_manager.filter(**{f"{relation.field}__in": [kept.pk, gone.pk]}).order_by()
    counts = dict(rows.values_list(relation.field).annotate(Count("pk")))
    if not counts:
        return None
    under_way: dict[int, int] = {}
    named: list[str] = []
    if relation.open is not None:
        open_rows = rows.filter(relation.open)
        under_way = dict(open_rows.values_list(relation.field).annotate(Count("pk")))
        for side in (kept, gone):
            some = open_rows.filter(**{relation.field: side.pk}).order_by("pk")[:NAMED]
            named += [f"{relation.tell(row)} ({side})" for row in some]
    behind = len(clashing(relation, kept_id=kept.pk, gone_id=gone.pk))
    return Hanging(
        label=relation.many,
        kept=counts.get(kept.pk, 0),
        gone=counts.get(gone.pk, 0),
        open_kept=under_way.get(kept.pk, 0),
        open_gone=under_way.get(gone.pk, 0),
        named=tuple(named),
        what_happens=_happens(relation, counts.get(gone.pk, 0), behind),
    )


def _happens(relation: MergeRelation, count: int, behind: int) -> str:
    if relation.manner == Manner.STAYS:
        return "Se leen juntas; ninguna se toca"
    if behind == count:
        return "Ya los tiene la ficha que queda: se guardan aparte"
    if behind:
        return f"Pasan {count - behind}; {behind} ya están en la que queda y se guardan aparte"
    return "Pasan a la ficha que queda"


def _warnings(kept: Company, gone: Company, hanging: list[Hanging]) -> Iterable[str]:
    if kept.rut and gone.rut:
        yield (
            f"Tienen RUT distintos: para el SII son dos personas. Queda el {format_rut(kept.rut)}; "
            f"quien busque el {format_rut(gone.rut)} llegará a la misma ficha."
        )
    yield from _who_sees_more(kept, gone)
    for shown in hanging:
        if shown.both_open:
            yield f"Quedarán {shown.open_kept + shown.open_gone} {shown.label} en curso de los dos lados: revísalos."


def _who_sees_more(kept: Company, gone: Company) -> Iterable[str]:
    open_ones = Mandate.objects.filter(company__in=[kept.pk, gone.pk], state__in=OPEN_MANDATES).select_related(
        "person"
    )
    of_side: dict[int, dict[int, Mandate]] = {kept.pk: {}, gone.pk: {}}
    for mandate in open_ones.order_by("pk"):
        of_side[mandate.company_id][mandate.person_id] = mandate
    for side, other in ((gone, kept), (kept, gone)):
        for person_id, mandate in of_side[side.pk].items():
            if mandate.state == Mandate.State.ACTIVE and person_id not in of_side[other.pk]:
                seen = before_full_stop(other)
                yield f"{mandate.person} actúa por {side} y podrá ver y cambiar también lo de {seen}."


def chosen_from(data: Any) -> dict[str, str]:
    """The choices of a sent preview: one for each group that it asked for."""
    return {group: side for group in GROUPS if (side := data.get(f"choice_{group}", "")) in (KEPT, GONE)}
