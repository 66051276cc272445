"""Matters are found by their number, with or without dashes; what their company is called finds the company."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Lower, Replace

from acompana.kernel.lifecycle import get_lifecycle
from acompana.kernel.models import SearchRow
from acompana.kernel.search.engine import Presented, SearchSource, register
from acompana.kernel.search.keeping import index_rows
from acompana.matters.models import Matter
from acompana.matters.queries import state_label


def matter_rows() -> QuerySet[Matter]:
    return Matter.objects.annotate(
        row_tier=Value(int(SearchRow.Tier.OTHER)),
        row_audience=Value("staff", output_field=CharField()),
        row_company=F("company_id"),
        row_text=F("number"),
        row_code=Lower(Replace("number", Value("-"), Value("")), output_field=CharField()),
    )


def present_matters(ids: Sequence[int]) -> Mapping[int, Presented]:
    shown = {}
    for matter in Matter.objects.filter(pk__in=ids).select_related("company", "person"):
        title = get_lifecycle(matter.kind, matter.lifecycle_version).title
        about = matter.company or matter.person or ""
        detail = " · ".join(str(fact) for fact in (title, about, state_label(matter)) if fact)
        # The page of a matter is made above this floor.
        shown[matter.pk] = Presented(matter.number, detail, f"/escritorio/asuntos/{matter.number}/")
    return shown


def index_matters(matter_ids: Sequence[int]) -> None:
    index_rows("matter", matter_ids)


def register_sources() -> None:
    register(SearchSource("matter", "Asuntos", matter_rows, present_matters, order=30))
