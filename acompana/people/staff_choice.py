"""People of the agency to choose from: who is away says until when, and those of many offices stand under theirs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.models import ModelChoiceIterator

from acompana.people.models import Office, StaffMember
from acompana.people.queries import in_place_order, staying, with_absences

CHOSEN_FIRST = "Primero"


class _UnderTheirOffice(ModelChoiceIterator):
    """Who is offered first by name, then the own office, then regional ones from north to south, the central one and
    those abroad. Of one office alone: no headings."""

    field: StaffChoice

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        by_office: dict[Office, list[Any]] = {}
        first: list[Any] = []
        for member in self.queryset:
            if member.person_id == self.field.first_person_id:
                first.append(self.choice(member))
            else:
                by_office.setdefault(member.office, []).append(self.choice(member))
        if len(by_office) < 2 and not first:
            yield from (choice for choices in by_office.values() for choice in choices)
            return
        if first:
            yield (self.field.first_label, first)
        for office in sorted(in_place_order(by_office), key=lambda office: office.pk != self.field.own_office_id):
            yield (office.name, by_office[office])


class StaffChoice(forms.ModelChoiceField):
    """A member of staff. The form says who is offered, with `offer`."""

    iterator = _UnderTheirOffice
    own_office_id: int | None = None
    first_person_id: int | None = None
    first_label = CHOSEN_FIRST

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("queryset", StaffMember.objects.none())
        kwargs.setdefault("empty_label", "Elige a una persona")
        super().__init__(**kwargs)

    def offer(
        self,
        members: QuerySet[StaffMember],
        *,
        on: date,
        own_office_id: int | None = None,
        first_person_id: int | None = None,
        first_label: str = CHOSEN_FIRST,
    ) -> None:
        """These people but who leaves by then, as they are on a day; of them one person first and those of one office
        before the others."""
        self.own_office_id, self.first_person_id, self.first_label = own_office_id, first_person_id, first_label
        placed = members.select_related("person", "office__region", "office__country")
        self.queryset = with_absences(staying(placed, on), on)

    def label_from_instance(self, obj: Any) -> str:
        """The name, and until when they are away or here."""
        return f"{obj} · {obj.away_words}" if obj.away_words else str(obj)
