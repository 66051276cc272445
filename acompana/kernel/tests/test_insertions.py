"""What is inserted by words written once is what Django would have saved."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from acompana.kernel.insertions import insert
from acompana.kernel.models import ChangeSet

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 16, 15, tzinfo=UTC)


def test_a_row_is_the_one_that_django_saves(django_assert_num_queries):
    first = ChangeSet.objects.create(kind="edit", title="Antes", made_at=NOW)
    values = {"kind": "edit", "title": "Con %s y ' comillas", "made_at": NOW, "undoes": first}
    inserted, saved = ChangeSet(**values), ChangeSet(**values | {"undoes": None})
    with django_assert_num_queries(1):
        insert(inserted)
    saved.save()
    assert not inserted._state.adding
    names = [field.attname for field in ChangeSet._meta.concrete_fields if field.name not in ("id", "undoes")]
    found = ChangeSet.objects.values_list(*names)
    assert found.get(pk=inserted.pk) == found.get(pk=saved.pk)
    assert ChangeSet.objects.get(pk=inserted.pk).undoes == first
    inserted.title = "Después"
    inserted.save()
    assert ChangeSet.objects.count() == 3


def test_what_the_table_refuses_is_refused():
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(ChangeSet(kind=None, title="Sin clase", made_at=NOW))
