"""The order of the alphabet, the same in Python, in SQLite and in PostgreSQL, whatever the collation of the database.

Case and accents do not count, and ñ follows n: Bélgica before Brasil, Ñuñoa after Nueva Imperial.
"""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Expression, F, Func, Value
from django.db.models.functions import Lower, Replace
from django.db.models.sql.compiler import SQLCompiler

from acompana.kernel.search.text import normalise

AFTER_N = "nzz"  # as ñ is written for sorting: letters alone, which every collation compares in the same way
_LETTERS = [*zip("ÁÉÍÓÚÜáéíóúü", "aeiouuaeiouu", strict=True), ("Ñ", AFTER_N), ("ñ", AFTER_N)]


def alphabetical(text: str) -> str:
    """What a text is sorted by."""
    return normalise(text.replace("Ñ", AFTER_N).replace("ñ", AFTER_N))


def kept_alphabetical(expression: Expression | F) -> Expression:
    """`alphabetical`, but for punctuation and foreign letters, by functions that a generated column may use: for what
    a table of any size keeps, and an index orders."""
    for letter, plain in _LETTERS:
        expression = Replace(expression, Value(letter), Value(plain))
    return Lower(expression)


class Alphabetical(Func):
    """`alphabetical` of a column, to order rows by. It is worked out for every row: for tables of hundreds."""

    arity = 1
    output_field = CharField()
    template = f"acompana_normalise(replace(replace(%(expressions)s, 'Ñ', '{AFTER_N}'), 'ñ', '{AFTER_N}'))"

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **context: Any) -> tuple[str, Any]:
        return super().as_sql(compiler, connection, template=f'{self.template} COLLATE "C"', **context)
