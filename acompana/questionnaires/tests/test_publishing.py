from __future__ import annotations

import copy
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from acompana.kernel.refusals import Refused
from acompana.questionnaires.content import shipped_definitions
from acompana.questionnaires.definition import DefinitionError
from acompana.questionnaires.models import Version
from acompana.questionnaires.operations import (
    copy_to_draft,
    discard_draft,
    publish_shipped,
    publish_version,
    retire_version,
    save_draft,
)
from acompana.questionnaires.operations import publishing as publishing_module
from acompana.questionnaires.queries import current_version

from .conftest import small_definition

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(small_version, raul, now) -> Version:
    return copy_to_draft(version=small_version, actor=raul, now=now)


def with_cut_off(points: int) -> dict:
    definition = small_definition()
    definition["bands"][1]["from"] = points
    return definition


def test_a_copy_is_a_draft_that_nobody_answers(draft, small_version):
    assert (draft.number, draft.is_draft, draft.based_on) == (2, True, small_version)
    assert current_version("small") == small_version


def test_only_few_may_shape_an_instrument(small_version, carolina, now):
    with pytest.raises(Refused, match="administra"):
        copy_to_draft(version=small_version, actor=carolina, now=now)


def test_an_instrument_has_one_draft_at_a_time(draft, small_version, raul, now):
    with pytest.raises(Refused, match="ya tiene un borrador"):
        copy_to_draft(version=small_version, actor=raul, now=now)


def test_publishing_puts_the_draft_in_force_and_retires_the_one_before(draft, small_version, raul, now):
    save_draft(version=draft, definition=with_cut_off(70), actor=raul, now=now)
    publish_version(version=draft, reason="Demasiadas altas.", actor=raul, now=now + timedelta(days=1))
    small_version.refresh_from_db()
    assert current_version("small").number == 2
    assert small_version.retired_because == "La reemplaza la versión 2."
    again = publish_version(version=draft, reason="Otra vez", actor=raul, now=now + timedelta(days=2))
    assert again.reason == "Demasiadas altas."


def test_publishing_needs_a_reason_and_a_change(draft, raul, now):
    with pytest.raises(Refused, match="por qué"):
        publish_version(version=draft, reason="", actor=raul, now=now)
    with pytest.raises(Refused, match="igual a la versión vigente"):
        publish_version(version=draft, reason="Porque sí", actor=raul, now=now)


def test_a_faulty_draft_is_refused_with_its_faults(draft, raul, now):
    with pytest.raises(DefinitionError, match="más bajo debe partir en 0"):
        save_draft(
            version=draft, definition=small_definition(bands=with_cut_off(70)["bands"][1:]), actor=raul, now=now
        )


def test_a_published_version_is_neither_saved_nor_discarded(small_version, raul, now):
    with pytest.raises(Refused, match="no se cambia"):
        save_draft(version=small_version, definition=with_cut_off(70), actor=raul, now=now)
    with pytest.raises(Refused, match="no se borra"):
        discard_draft(version=small_version, actor=raul)


def test_a_discarded_draft_is_gone(draft, small_version, raul, now):
    discard_draft(version=draft, actor=raul)
    assert copy_to_draft(version=small_version, actor=raul, now=now).number == 2


def test_a_retired_instrument_is_not_offered(small_version, raul, now):
    retire_version(version=small_version, reason="Ya no se usa.", actor=raul, now=now)
    with pytest.raises(Refused, match="no está disponible"):
        current_version("small")
    with pytest.raises(Refused, match="vigente"):
        retire_version(version=small_version, reason="Otra vez.", actor=raul, now=now)


def test_the_shipped_instruments_are_in_force_once(shipped, now):
    assert set(shipped_definitions()) <= set(
        Version.objects.filter(number=1, retired_at=None, published_at__isnull=False).values_list(
            "instrument", flat=True
        )
    )
    assert publish_shipped(now=now) == []


def test_changed_content_becomes_a_draft_beside_what_is_in_force(shipped, now, monkeypatch):
    changed = copy.deepcopy(shipped_definitions()["interview"])
    changed["bands"][0]["from"] = 70
    monkeypatch.setattr(publishing_module, "shipped_definitions", lambda: {"interview": changed})
    out = StringIO()
    call_command("publish_instruments", stdout=out)
    assert "v2: draft" in out.getvalue()
    assert current_version("interview").number == 1
    call_command("publish_instruments", stdout=out)
    assert "Nothing new." in out.getvalue()


def test_changed_content_can_be_put_in_force_at_once(shipped, now, monkeypatch):
    changed = copy.deepcopy(shipped_definitions()["interview"])
    changed["bands"][0]["from"] = 70
    monkeypatch.setattr(publishing_module, "shipped_definitions", lambda: {"interview": changed})
    call_command("publish_instruments", "--in-force", stdout=StringIO())
    assert current_version("interview").number == 2
