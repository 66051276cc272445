"""Offices to choose from: regional ones from north to south, the central one, and those abroad under their heading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator

from acompana.people.models import Office
from acompana.people.queries import in_place_order, offices_in_service

ABROAD = "En el exterior"


def office_choices(offices: Iterable[Office], key: str = "code") -> list[tuple[Any, Any]]:
    """Choices of a list, grouped as Django groups them. `key`: the attribute that the choice sends."""
    chosen = in_place_order(offices)
    home = [(getattr(office, key), office.name) for office in chosen if office.kind != Office.Kind.COMMERCIAL]
    abroad = [(getattr(office, key), office.name) for office in chosen if office.kind == Office.Kind.COMMERCIAL]
    return [*home, (ABROAD, abroad)] if abroad else home


class _InPlaceOrder(ModelChoiceIterator):
    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        offices = in_place_order(self.queryset)
        yield from (self.choice(office) for office in offices if office.kind != Office.Kind.COMMERCIAL)
        if abroad := [self.choice(office) for office in offices if office.kind == Office.Kind.COMMERCIAL]:
            yield (ABROAD, abroad)


class OfficeChoice(forms.ModelChoiceField):
    """An office: one in service, unless another set is given."""

    iterator = _InPlaceOrder

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Oficina")
        kwargs.setdefault("empty_label", "Elige una oficina")
        kwargs.setdefault("queryset", offices_in_service())
        super().__init__(**kwargs)
