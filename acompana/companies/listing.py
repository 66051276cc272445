"""The registry's list: filters from the address, chips that take them off, pages counted up to a thousand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import QueryDict

from acompana.companies.columns import COLUMNS, Column, chosen_columns, columns_of_file, hanging_of, needs_of
from acompana.companies.filters import COMPUTED, Filter, condition_of, filters_left, read_filters
from acompana.companies.models import Company
from acompana.companies.permissions import search_scope
from acompana.companies.queries import known_companies, of_status, with_status
from acompana.companies.rules import STATUS_LABELS, lapsed_label
from acompana.companies.typed_filters import DAY_RANGES, narrows
from acompana.kernel.search.engine import COUNT_CAP, matching_companies
from acompana.kernel.search.walking import company_matches
from acompana.people.actors import Actor
from acompana.shell.words import count_of

PER_PAGE = 25
CHUNK = 1000
COUNTED = 10 * COUNT_CAP  # rows that filters alone give, read by an index; those of a text cost more to count
CANDIDATES = 5 * COUNT_CAP  # a company may be found by itself and by several contacts
FOUND_BY = ("company", "contact")
SHOWN = ("region", "commune", "country")  # of every row, whatever its columns


@dataclass(frozen=True, slots=True)
class Order:
    """An order that an index gives; `key` is compared to go on from a row."""

    slug: str
    label: str
    by: tuple[str, ...]


ORDERS = (
    Order("nombre", "Razón social, A–Z", ("sort_name", "id")),
    Order("-nombre", "Razón social, Z–A", ("-sort_name", "-id")),
    Order("nuevas", "Registradas hace menos", ("-id",)),
    Order("antiguas", "Registradas hace más", ("id",)),
)


class CappedPaginator(Paginator):
    """Counts no further than the cap: at a million rows a whole count costs more than the page. `words`: what it
    counts, one and many."""

    words = ("empresa", "empresas")

    def __init__(self, rows: QuerySet[Any], per_page: int, *, cap: int = COUNTED) -> None:
        super().__init__(rows, per_page)
        self.cap = cap

    @cached_property
    def real_count(self) -> int:
        rows: Any = self.object_list
        return rows.order_by()[: self.cap + 1].count()

    @cached_property
    def count(self) -> int:
        return min(self.real_count, self.cap)

    @property
    def is_capped(self) -> bool:
        return self.real_count > self.cap

    @property
    def count_text(self) -> str:
        return ("Más de " if self.is_capped else "") + count_of(self.count, *self.words)


class FoundPaginator(CappedPaginator):
    """Keeps what it counted, for what takes longer to find than to put in order."""

    @cached_property
    def found(self) -> list[int]:
        rows: Any = self.object_list
        return list(rows.order_by().values_list("pk", flat=True)[: self.cap + 1])

    @cached_property
    def real_count(self) -> int:
        return len(self.found)


class CompanyList:
    """The companies that an address asks for, for one actor on one day."""

    def __init__(self, query: QueryDict, *, actor: Actor, today: date) -> None:
        self.query, self.actor, self.today = query, actor, today
        self.text = query.get("q", "").strip()[:100]
        self.with_registry = query.get("registro") == "1"
        self.order = next((order for order in ORDERS if order.slug == query.get("orden")), ORDERS[0])
        self.columns = chosen_columns(query.get("columnas", "")[:800].split(","))

    # --- what is asked ------------------------------------------------------------------------------------------

    @cached_property
    def filters(self) -> list[Filter]:
        return read_filters(self.query)

    @cached_property
    def chosen(self) -> Mapping[str, str]:
        return {item.name: item.chosen for item in self.filters if item.chosen}

    @property
    def unknown(self) -> list[str]:
        """A sentence for each filter whose value names nothing. Nothing matches then, on the page, in its file and in
        what is done with all that match: who asked for something must not get everything (EXP-4)."""
        return [item.unknown_text for item in self.filters if item.unknown]

    @cached_property
    def _conditions(self) -> list[Q]:
        return [condition_of(item, self.today) for item in self.filters if item.chosen and item.name != COMPUTED]

    @property
    def with_registry_too(self) -> bool:
        """Whether those of the registry alone are asked for."""
        return self.with_registry or self.chosen.get(COMPUTED) == "registry"

    @cached_property
    def bounded(self) -> bool:
        """Whether they are left out all the same: a filter that no index helps would read a million rows, since no
        other narrows the list."""
        reads_all = any(item.chosen and item.kind.reads_all for item in self.filters)
        return self.with_registry_too and reads_all and not narrows(self.chosen)

    def reversed_days(self) -> list[str]:
        """Ranges of days that end before they begin, in which nothing is."""
        labels = {item.name: f"{item.label} {item.asked_text}" for item in self.filters}
        return [
            f"«{labels[first]}» es posterior a «{labels[last]}»: ninguna empresa cabe entre los dos días."
            for first, last in DAY_RANGES
            if first in self.chosen and last in self.chosen and self.chosen[first] > self.chosen[last]
        ]

    def companies(self) -> QuerySet[Company]:
        """All that match, in the order of the list. Filters are applied in the database."""
        return self._found().order_by(*self.order.by)

    def _found(self, *, walking: bool = False, cap: int | None = None) -> QuerySet[Company]:
        """What matches. `walking`: read in the order of the list, for a text that very many match; `cap`: so many of
        what matches the text are looked at, for who counts."""
        if self.unknown:
            return Company.objects.none()
        found = known_companies()
        for condition in self._conditions:
            found = found.filter(condition)
        if COMPUTED in self.chosen:
            found = of_status(found, self.chosen[COMPUTED], self.today)
        with_registry = self.with_registry_too and not self.bounded
        if not with_registry:
            found = found.filter(related_on__isnull=False)
        scope = search_scope(self.actor, with_registry=with_registry)
        if self.text and walking:
            column = '"companies_company"."id"'
            return found.filter(company_matches(self.text, scope=scope, kinds=FOUND_BY, column=column))
        if self.text:
            found = found.filter(pk__in=matching_companies(self.text, scope=scope, kinds=FOUND_BY, cap=cap) or [])
        return found

    # --- rows ---------------------------------------------------------------------------------------------------

    @cached_property
    def page(self) -> Page:
        """The page asked for, or the nearest; its companies carry their status. Queries: count, ids, companies."""
        # Without other filters a few thousand that match the text are enough to know that there are more than a page
        # may reach.
        cap = CANDIDATES if self.text and not self.chosen else None
        found = self._found(cap=cap).order_by("id")
        reads_all = any(item.chosen and item.kind.reads_once for item in self.filters)
        make = FoundPaginator if reads_all else CappedPaginator
        paginator = make(found, PER_PAGE, cap=COUNT_CAP if self.text else COUNTED)
        page = paginator.get_page(self.query.get("page"))
        if isinstance(paginator, FoundPaginator) and not paginator.is_capped:
            matching = Company.objects.filter(pk__in=paginator.found)
        else:
            matching = self._found(walking=paginator.is_capped)
        ids = matching.order_by(*self.order.by).values_list("pk", flat=True)
        start = PER_PAGE * (page.number - 1)
        page.object_list = self._fetch(list(ids[start : min(start + PER_PAGE, paginator.count)]))
        return page

    def rows(self) -> Iterator[list[Any]]:
        """The cells of all that match, in the columns of a file: read in chunks, each from the last row of the one
        before, so that memory does not grow with the file."""
        after, columns = Q(), self.file_columns
        while ids := list(self.companies().filter(after).values_list("pk", flat=True)[:CHUNK]):
            chunk = self._fetch(ids)
            for company in chunk:
                yield [column.value(company) for column in columns]
            after = self._after(chunk[-1])

    @cached_property
    def file_columns(self) -> list[Column]:
        """What is beneath another is fetched for every row of a page, so that a file asks for no more."""
        return columns_of_file(self.columns)

    def _fetch(self, ids: list[int]) -> list[Company]:
        """These companies in this order, with their status and all that their columns show. It is a statement of its
        own, so that nothing is joined and no status worked out for companies that are not shown."""
        found = with_status(Company.objects.filter(pk__in=ids), self.today)
        found = found.select_related(*dict.fromkeys((*SHOWN, *needs_of(self.columns))))
        rows = {row.pk: row for row in found.prefetch_related(*hanging_of(self.columns))}
        for row in rows.values():
            row.seen_on = self.today  # type: ignore[attr-defined]
            row.status = status_tag(row, row.status_code, self.today)  # type: ignore[attr-defined]
        return [rows[pk] for pk in ids if pk in rows]

    def _after(self, last: Company) -> Q:
        way = "lt" if self.order.by[0].startswith("-") else "gt"
        if len(self.order.by) == 1:
            return Q(**{f"id__{way}": last.pk})
        # The first bound alone is what the index understands.
        same_or_after = Q(**{f"sort_name__{way}e": last.sort_name})
        return same_or_after & (
            Q(**{f"sort_name__{way}": last.sort_name}) | Q(sort_name=last.sort_name, **{f"id__{way}": last.pk})
        )

    # --- what is around the rows ---------------------------------------------------------------------------------

    def chips(self) -> list[dict[str, str]]:
        chips = [
            {"label": item.label, "value": item.asked_text, "remove_href": self.address(**{item.name: ""})}
            for item in self.filters
            if item.asked
        ]
        if self.text:
            chips.insert(0, {"label": "Contiene", "value": self.text, "remove_href": self.address(q="")})
        if self.with_registry:
            chips.append(
                {"label": "Incluye", "value": "las de solo registro", "remove_href": self.address(registro="")}
            )
        return chips

    def clear_href(self) -> str:
        kept = {name: value for name in ("columnas", "orden") if (value := self.query.get(name))}
        query = QueryDict(mutable=True)
        query.update({"vista": "todas", **kept})
        return f"?{query.urlencode()}"

    def more_filters(self) -> list[dict[str, str]]:
        return [
            {"label": label, "href": f"{self.address(mas=name)}#id_{name}"}
            for name, label in filters_left(self.filters)
        ]

    def kept(self) -> list[tuple[str, str]]:
        """What a new search keeps of the address beside its filters."""
        return [(name, value) for name in ("columnas", "orden", "vista") if (value := self.query.get(name))]

    def orders(self) -> list[dict[str, Any]]:
        return [
            {"label": order.label, "href": self.address(orden=order.slug), "current": order == self.order}
            for order in ORDERS
        ]

    def column_places(self) -> list[dict[str, str]]:
        """The columns shown, each with the addresses that move it or take it away."""
        slugs = [column.slug for column in self.columns]
        places = []
        for at, column in enumerate(self.columns):
            swapped = [*slugs]
            if at > 1:
                swapped[at - 1], swapped[at] = swapped[at], swapped[at - 1]
            without = [slug for slug in slugs if slug != column.slug]
            places.append(
                {
                    "slug": column.slug,
                    "label": column.label,
                    "earlier": self._columns_address(swapped) if at > 1 else "",
                    "remove": self._columns_address(without) if at and len(slugs) > 2 else "",
                }
            )
        return places

    def columns_left(self) -> list[dict[str, str]]:
        slugs = [column.slug for column in self.columns]
        return [
            {"slug": column.slug, "label": column.label, "href": self._columns_address([*slugs, column.slug])}
            for column in COLUMNS.values()
            if column.slug not in slugs
        ]

    def _columns_address(self, slugs: Sequence[str]) -> str:
        return self.address(columnas=",".join(slugs[1:]))

    def address(self, **changed: str) -> str:
        """The list's address with some of its query changed; an empty value takes it off."""
        return f"?{self.query_text(**changed)}"

    def query_text(self, **changed: str) -> str:
        query = self.query.copy()
        for name in ("page", "mas"):
            query.pop(name, None)
        for name, value in changed.items():
            query[name] = value
        for name in [name for name, value in query.items() if not value]:
            query.pop(name)
        return query.urlencode(safe=",")

    def own_query(self) -> str:
        """What a saved view keeps: the question, without the page and without which view it came from."""
        return self.query_text(vista="")


def cells(company: Company, columns: Sequence[Column]) -> list[tuple[Column, Any]]:
    """What a row of the page shows, but for its name."""
    return [(column, column.value(company)) for column in columns[1:]]


TONES = {"user": "good", "lapsed": "soon", "potential": "blue", "former": "plain", "registry": "plain"}


def status_tag(company: Company, code: str, today: date) -> dict[str, Any]:
    """Label and tone of a status, for lists."""
    label = STATUS_LABELS[code]
    if code == "lapsed":
        label = lapsed_label(
            kind=company.kind, started_on=company.started_on, user_until=company.user_until, today=today
        )
    if code == "user" and company.user_until:
        label = f"{label} {company.user_until.year}"
    return {"code": code, "label": label, "tone": TONES.get(code, "plain")}
