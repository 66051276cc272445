"""Statements that Django writes once and that run many times.

Django writes a queryset as SQL anew each time: one to three milliseconds of processor for what runs in a tenth of one.
What every request asks is written once in a process, with marks where the values go. Only the words are kept, never a
row: the database is asked each time.

    POST = Statement(lambda: StaffMember.objects.filter(person=given_id("person")).values_list("pk"))
    POST.rows(person=7)
    MEMBER = Statement(lambda: StaffMember.objects.filter(person=given_id("person")).select_related("office"))
    MEMBER.objects(person=7)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigAutoField, Expression, Field, Model, QuerySet
from django.db.models.query import get_related_populators

from acompana.kernel.planned import planned_cursor
from acompana.kernel.row_ids import LARGEST

Row = tuple[Any, ...]
NOBODYS = -1
"""In the place of an id that no database holds: it is of no row, and no reason to fail."""


class Given(Expression):
    """A value that is said when the statement runs, of the kind of a field; never None, which equals nothing."""

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def __repr__(self) -> str:
        return f"Given({self.name!r})"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [self]


class AmongIds(Expression):
    """Some ids that are said when the statement runs: `pk__in=AmongIds("company", 3)`, then `rows(company=[1, 2, 3])`.

    Their number is part of the words; a place that is not needed repeats an id.
    """

    def __init__(self, name: str, places: int) -> None:
        super().__init__(output_field=BigAutoField())
        self.name, self.places = name, places

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return f"({', '.join(['%s'] * self.places)})", [_Place(self, place) for place in range(self.places)]


@dataclass(frozen=True, slots=True)
class _Place:
    among: AmongIds
    place: int


@cache
def columns_of(model: type[Model], path: str = "") -> tuple[str, ...]:
    """All columns of a model, for `values_list`, in the order in which its `from_db` takes them."""
    return tuple(f"{path}{field.attname}" for field in model._meta.concrete_fields)


def given_id(name: str) -> Given:
    """The id of a row, said when the statement runs."""
    return Given(name, BigAutoField())


@dataclass(frozen=True, slots=True)
class _Written:
    """A statement as one database reads it; `sql` is empty when it can match nothing."""

    sql: str
    params: tuple[Any, ...] = ()
    converters: tuple[tuple[int, tuple[Callable[..., Any], ...], Any], ...] = ()
    read: Callable[[Row], Any] = lambda row: row


class Statement:
    """A queryset of `values_list`, or of objects with what `select_related` brings, written when it first runs."""

    def __init__(self, write: Callable[[], QuerySet[Any, Any]], *, planned_once: bool = False) -> None:
        """`planned_once`: the database plans it once too, as for `kernel.planned` (which says for what)."""
        self._write = write
        self._is_planned_once = planned_once
        self._written: dict[str, _Written] = {}

    def rows(self, **values: Any) -> list[Row]:
        """The rows for these values. One statement; raises ValueError for a value that is missing or None."""
        return self._rows("", values)

    def first_rows(self, most: int, **values: Any) -> list[Row]:
        """As `rows`, but no more than so many, of a queryset that is not cut.

        The database plans it without knowing how many, and then expects that few are wanted: what is planned once and
        asked in the order of an index is read in that order, be there ten rows or ten thousand.
        """
        return self._rows(" LIMIT %s", values, most)

    def objects(self, **values: Any) -> list[Any]:
        """The rows as objects, as the queryset would give them: each time new ones."""
        read = self._as_written().read
        return [read(row) for row in self.rows(**values)]

    def column(self, **values: Any) -> list[Any]:
        """The first column of the rows."""
        return [row[0] for row in self.rows(**values)]

    def count(self, **values: Any) -> int:
        """How many rows there are, counted by the database."""
        written = self._as_written()
        found = self._asked(f"SELECT count(*) FROM ({written.sql}) AS counted", written, values)
        return int(found[0][0]) if found else 0

    def within(self, **values: Any) -> tuple[str, list[Any]]:
        """The words and what stands in their places, to be a part of another statement; raises ValueError as `rows`.
        Of what can match nothing there are no words."""
        written = self._as_written()
        return written.sql, _said_of(written, values)

    def _rows(self, end: str, values: dict[str, Any], *more: Any) -> list[Row]:
        written = self._as_written()
        found = self._asked(f"{written.sql}{end}", written, values, *more)
        return [_converted(row, written) for row in found] if written.converters else found

    def _asked(self, sql: str, written: _Written, values: dict[str, Any], *more: Any) -> list[Row]:
        if not written.sql:
            return []
        said = _said_of(written, values)
        with planned_cursor() if self._is_planned_once else connection.cursor() as cursor:
            cursor.execute(sql, [*said, *more])
            found: list[Row] = cursor.fetchall()
        return found

    def _as_written(self) -> _Written:
        if (written := self._written.get(connection.alias)) is None:
            written = self._written[connection.alias] = _write(self._write())
        return written


def _write(queryset: QuerySet[Any, Any]) -> _Written:
    compiler = queryset.query.get_compiler(connection=connection)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return _Written("")
    columns = [column for column, _, _ in compiler.select[: compiler.col_count]]
    found = compiler.get_converters(columns)
    converters = tuple((place, tuple(convs), column) for place, (convs, column) in found.items())
    return _Written(sql, tuple(params), converters, _reader(compiler) if compiler.klass_info else lambda row: row)


def _reader(compiler: Any) -> Callable[[Row], Model]:
    """What makes an object of a row of whole objects, as Django does of its own: by columns, then what is joined."""
    told, select = compiler.klass_info, compiler.select
    first, end = told["select_fields"][0], told["select_fields"][-1] + 1
    names = [column.target.attname for column, _, _ in select[first:end]]
    joined = get_related_populators(told, select, connection.alias)  # type: ignore[call-arg]  # of a later Django

    def read(row: Row) -> Model:
        made: Model = told["model"].from_db(connection.alias, names, row[first:end])
        for each in joined:
            each.populate(row, made)
        return made

    return read


def _said_of(written: _Written, values: dict[str, Any]) -> list[Any]:
    database = connections[DEFAULT_DB_ALIAS]  # once: `connection` looks for it at each word
    return [_said(param, values, database) for param in written.params]


def _said(param: Any, values: dict[str, Any], database: BaseDatabaseWrapper) -> Any:
    """What stands in a place of the statement: what was said for it, or what was written with it."""
    if isinstance(param, Given):
        if (value := values.get(param.name)) is None:
            raise ValueError(f"The statement wants a value for {param.name}.")
        if isinstance(param.output_field, BigAutoField):
            return _id(value, database)
        return param.output_field.get_db_prep_value(value, database)
    if isinstance(param, _Place):
        said, among = values.get(param.among.name), param.among
        if said is None or len(said) != among.places:
            raise ValueError(f"The statement wants {among.places} values for {among.name}.")
        return _id(int(said[param.place]), database)
    return param


def _id(value: int, database: BaseDatabaseWrapper) -> Any:
    """An id in its own size: by the number's, a statement would be another one for small numbers."""
    known = value if value <= LARGEST else NOBODYS
    return database.ops.adapt_integerfield_value(known, "BigIntegerField")


def _converted(row: Row, written: _Written) -> Row:
    values = list(row)
    for place, converters, column in written.converters:
        for convert in converters:
            values[place] = convert(values[place], column, connection)
    return tuple(values)
