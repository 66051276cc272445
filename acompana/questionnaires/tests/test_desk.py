from __future__ import annotations

import copy

import pytest
from django.test import Client
from django.urls import reverse

from acompana.questionnaires.models import Response, Version
from acompana.questionnaires.operations import copy_to_draft, finish_response, mark_of, save_answers, start_response

from .conftest import FULL, make_staff

pytestmark = pytest.mark.django_db


def enter(client: Client, actor) -> Client:
    client.force_login(actor.person, backend="acompana.people.backends.Backend")
    return client


@pytest.fixture
def admin(client: Client, raul) -> Client:
    from datetime import date

    from acompana.people.models import Role, RoleGrant

    role = Role.objects.get_or_create(
        slug="administrator", defaults={"code": "ROL-15", "name": "Administrador", "summary": "Configura"}
    )[0]
    RoleGrant.objects.create(staff_member=raul.staff_member, role=role, since_on=date(2024, 1, 2))
    return enter(client, raul)


@pytest.fixture
def draft(small_version, raul, now) -> Version:
    return copy_to_draft(version=small_version, actor=raul, now=now)


def at(name: str, *args) -> str:
    return reverse(f"questionnaires:{name}", args=args)


def page(response) -> str:
    return response.content.decode()


def test_the_list_shows_each_instrument_with_what_is_in_force(admin, shipped, draft):
    text = page(admin.get(at("instruments")))
    assert "Test de autodiagnóstico: bienes" in text
    assert at("version", "small", 1) in text
    assert at("version", "small", 2) in text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_and_the_history_make_the_same_number_of_queries(
    admin, raul, now, small_version, count, django_assert_num_queries
):
    for number in range(2, count + 1):
        Version.objects.create(
            instrument="small",
            number=number,
            title="Pequeño",
            definition=small_version.definition,
            based_on=small_version,
            published_at=now,
            retired_at=now,
            published_by=raul.person,
        )
        Version.objects.create(
            instrument=f"other-{number}", number=1, title="Otro", definition=small_version.definition, published_at=now
        )
    admin.get(at("instruments"))
    with django_assert_num_queries(5):  # session, person, staff, roles, the list
        admin.get(at("instruments"))
    with django_assert_num_queries(5):
        admin.get(at("history", "small"))


def test_a_version_is_read_with_points_conditions_and_bands(admin, small_version):
    text = page(admin.get(at("version", "small", 1)))
    for part in (
        "4 puntos",
        "no cuenta",
        "Se pregunta si en",
        "desde 65 de 100",
        "Falta un plan escrito.",
        "Opcional.",
    ):
        assert part in text
    assert admin.get(at("version", "small", 9)).status_code == 404
    assert admin.get(at("history", "nothing")).status_code == 404


def test_copy_edit_and_publish(admin, small_version):
    assert admin.post(at("copy", "small", 1)).url == at("version", "small", 2)
    draft = Version.objects.get(number=2)
    form = {
        "seen": mark_of(draft),
        "text": "¿Tienes un plan por escrito?",
        "help": "Da lo mismo su largo.",
        "label_0": "Sí",
        "points_0": "5",
        "label_1": "Una idea",
        "points_1": "2,5",
        "label_2": "No",
        "points_2": "0",
        "label_3": "No aplica",
        "gap_text": "Falta un plan.",
        "gap_below": "5",
    }
    saved = admin.post(at("edit_question", "small", 2, "plan"), form)
    assert saved.url == at("version", "small", 2)
    draft.refresh_from_db()
    row = draft.definition["questions"][0]
    assert (row["text"], row["options"][0]["points"], row["options"][1]["points"]) == (
        "¿Tienes un plan por escrito?",
        5,
        2.5,
    )
    assert row["gap"]["closes"] == ["export-business-plan"]
    text = page(admin.get(at("publish", "small", 2)))
    assert "La pregunta «¿Tienes un plan?» pasa a decir «¿Tienes un plan por escrito?»." in text
    assert "«Una idea» da 2.5 puntos y no 2." in text or "«Una idea» da 2,5 puntos y no 2." in text
    assert "Escribe por qué." in page(admin.post(at("publish", "small", 2), {"reason": ""}))
    assert admin.post(at("publish", "small", 2), {"reason": "Más claro."}).url == at("history", "small")
    draft.refresh_from_db()
    assert draft.is_in_force
    history = page(admin.get(at("history", "small")))
    assert "Más claro." in history
    assert "La reemplaza la versión 2." in history


def marks(draft: Version, **changes) -> dict[str, str]:
    form = {
        "seen": mark_of(draft),
        "title": "Pequeño",
        "introduction": "",
        "notice": "No oficial.",
        "from_high": "65",
        "from_medium": "40",
        "from_low": "0",
        "weight_one": "1",
        "weight_two": "1",
    }
    return {**form, **changes}


def test_cut_offs_are_simulated_on_past_results_before_they_are_saved(admin, draft, company, ana, now):
    response = start_response(instrument="small", company=company, actor=ana, now=now)
    save_answers(response=response, answers={**FULL, "plan": "idea"}, actor=ana, now=now)
    finish_response(response=response, actor=ana, now=now)
    text = page(admin.post(at("edit_marks", "small", 2), marks(draft, from_high="90", simulate="")))
    assert "De 1 resultado, 1 cambiaría de tramo." in text
    draft.refresh_from_db()
    assert draft.definition["bands"][1]["from"] == 65
    admin.post(at("edit_marks", "small", 2), marks(draft, from_high="90"))
    draft.refresh_from_db()
    assert draft.definition["bands"][1]["from"] == 90
    assert "«Alto» parte en 90 puntos y no en 65." in page(admin.get(at("publish", "small", 2)))
    assert Response.objects.get().band == "high"


def test_a_faulty_cut_off_is_told_and_not_saved(admin, draft):
    text = page(admin.post(at("edit_marks", "small", 2), marks(draft, from_low="10")))
    assert "El tramo más bajo debe partir en 0." in text
    draft.refresh_from_db()
    assert draft.definition["bands"][0]["from"] == 0


def test_a_stale_save_is_refused_and_nothing_typed_is_lost(admin, draft):
    admin.post(at("edit_marks", "small", 2), marks(draft, from_high="80"))
    text = page(admin.post(at("edit_marks", "small", 2), marks(draft, from_high="70")))
    assert "Alguien más guardó este borrador" in text
    assert 'value="70"' in text


def test_what_is_published_is_not_edited(admin, small_version):
    for name in ("edit_marks", "publish"):
        assert admin.get(at(name, "small", 1)).status_code == 404
    assert admin.get(at("edit_question", "small", 1, "plan")).status_code == 404
    assert admin.post(at("discard", "small", 1)).status_code == 404


def test_discard_and_retire(admin, draft, small_version):
    assert admin.post(at("discard", "small", 2)).url == at("history", "small")
    assert not Version.objects.filter(number=2, instrument="small").exists()
    assert admin.post(at("retire", "small", 1), {"reason": "Ya no se usa."}).url == at("history", "small")
    small_version.refresh_from_db()
    assert small_version.retired_because == "Ya no se usa."
    assert admin.get(at("retire", "small", 1)).status_code == 404


ADDRESSES = [
    ("get", "instruments", ()),
    ("get", "history", ("small",)),
    ("get", "version", ("small", 2)),
    ("post", "copy", ("small", 1)),
    ("get", "edit_question", ("small", 2, "plan")),
    ("post", "edit_question", ("small", 2, "plan")),
    ("get", "edit_marks", ("small", 2)),
    ("post", "edit_marks", ("small", 2)),
    ("get", "publish", ("small", 2)),
    ("post", "publish", ("small", 2)),
    ("get", "retire", ("small", 1)),
    ("post", "retire", ("small", 1)),
    ("post", "discard", ("small", 2)),
]


@pytest.mark.parametrize(("method", "name", "args"), ADDRESSES)
def test_all_staff_read_and_few_change(client, draft, chile, ana, method, name, args):
    reading = name in ("instruments", "history", "version")
    before = copy.deepcopy(list(Version.objects.values("number", "definition", "published_at", "retired_at")))
    call = getattr(client, method)
    assert call(at(name, *args)).status_code == 302  # nobody: to the entrance
    enter(client, ana)
    assert call(at(name, *args)).status_code == 403
    enter(client, make_staff(chile, "Pedro Lagos"))
    assert call(at(name, *args)).status_code == (200 if reading else 403)
    assert list(Version.objects.values("number", "definition", "published_at", "retired_at")) == before
