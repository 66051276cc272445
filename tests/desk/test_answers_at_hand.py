"""Whoever decides on what a company answered reads its answers on that very page (INT-27, INT-29)."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from acompana.companies.models import Company
from acompana.demonstration.roads import answer as answer_all
from acompana.demonstration.roads import fill_form, hold_interview, register
from acompana.intake import operations as intake
from acompana.intake.models import Standing
from acompana.intake.queries import latest_intake_of
from acompana.questionnaires.operations import start_response
from acompana.questionnaires.queries import answer_rows


def assert_reads(page, response):
    """Each question that was asked stands in the page with its answer, in the list of that dimension."""
    shown = page.split('<section class="answers">', 1)[1]
    rows = answer_rows(response)
    assert len(rows) > 3
    for row in rows:
        assert row.text in shown
        assert row.answer in shown


def test_what_the_company_declared_is_read_where_its_preadmissibility_is_decided(company, enter, cast, now):
    matter = latest_intake_of(company).matter
    executive, owner = cast.actor("executive", now), cast.actor("owner", now)
    intake.record_contact(matter=matter, contact=None, channel="phone", text="", actor=executive, now=now)
    hold_interview(matter, executive=executive, now=now, share=1.0)
    intake.validate(matter=matter, actor=executive, now=now)
    declared = start_response(
        instrument="preadmissibility", company=company, matter=matter, actor=owner, now=now, again=True
    )
    answer_all(declared, share=1.0, actor=owner, now=now)
    intake.submit_preadmissibility(matter=matter, response=declared, actor=owner, now=now)
    client, address = enter(cast["executive"]), f"/escritorio/ingresos/{matter.number}/preadmisibilidad/"
    page = client.get(address).content.decode()
    assert_reads(page.split("Lo que declaró la empresa")[1], declared)
    assert "Completar los datos" not in page
    # What the form lacks meanwhile is named, with the way to it, and nobody preadmits.
    Company.objects.filter(pk=company.pk).update(sector=None)
    page = client.get(address).content.decode()
    assert "Falta para preadmitir que se cumpla «La ficha está completa»" in page
    assert "<strong>Sector</strong>" in page
    assert f'<a href="/escritorio/empresas/{company.pk}/datos/editar/">Completar los datos</a>' in page
    assert 'value="preadmit"' not in page


def test_what_the_company_answered_is_read_where_its_result_is_reviewed(low, enter, cast, now):
    found = latest_intake_of(low)
    review = intake.ask_review(intake=found, because="Tengo un pedido.", actor=cast.actor("owner", now), now=now)
    page = enter(cast["executive"]).get(f"/escritorio/revisiones/{review.number}/").content.decode()
    assert_reads(page.split("Ver sus respuestas")[1], found.test)


def contacted_exporter(cast, now) -> Company:
    """One that exports, took no test, and was contacted: its interview comes."""
    owner, executive = cast.actor("owner", now), cast.actor("executive", now)
    company = register(cast, "owner", rut_number=41_910_001, name="Aceites 1 SpA", region="CL-VS", now=now)
    fill_form(company, actor=owner, now=now, exporter=True)
    matter = latest_intake_of(company).matter
    intake.submit_characterization(matter=matter, actor=owner, now=now)
    matter.refresh_from_db()
    intake.record_contact(matter=matter, contact=None, channel="phone", text="", actor=executive, now=now)
    return company


def test_what_an_exporter_declared_is_read_where_its_interview_is_marked(enter, cast, now):
    """It took no test: nothing is added to one, and what it said in its form stands beside instead (INT-16)."""
    matter = latest_intake_of(contacted_exporter(cast, now)).matter
    page = enter(cast["executive"]).get(f"/escritorio/ingresos/{matter.number}/entrevista/").content.decode()
    beside = page.split("Lo que dijo en su ficha")[1]
    assert "Brasil · US$ 40.000" in beside
    assert "Aceite de oliva extra virgen" in beside
    assert "se suman" not in page
    assert "data-autosave" in page, "what is marked is kept as it goes (INT-23)"


def test_an_exporter_has_its_segment_from_its_exports_and_no_final_score(enter, cast, now):
    """A final score is test and interview: of one that took no test none is shown, and the page says why (INT-26)."""
    company, executive = contacted_exporter(cast, now), cast.actor("executive", now)
    matter = latest_intake_of(company).matter
    hold_interview(matter, executive=executive, now=now, share=0.0)
    standing = company.standings.get()
    assert (standing.segment, standing.final_score, latest_intake_of(company).final_score) == (
        "occasional",
        None,
        None,
    )
    client, record = enter(cast["executive"]), company.get_absolute_url()
    for address in (record, f"{record}resultados/", f"/escritorio/ingresos/{matter.number}/validar/"):
        page = client.get(address).content.decode()
        assert "Sin puntaje final: exporta y no hizo el test." in page, address
        assert "suma de ambos" not in page
        assert "puntaje final 0" not in page
    # One that was kept before with the points of its interview alone loses them, and nothing else.
    kept = Standing.objects.create(
        **{field: getattr(standing, field) for field in ("company", "matter", "segment", "colour", "reasons")},
        final_score=40, since_at=now,
    )  # fmt: skip
    move = import_module("acompana.intake.migrations.0018_no_test_no_final_score").forwards
    move(apps, connection.SchemaEditorClass(connection))
    kept.refresh_from_db()
    assert kept.final_score is None
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Standing.objects.filter(pk=kept.pk).update(final_score=40)


def test_the_results_speak_to_the_officer_who_reads_them(company, enter, cast, now):
    matter, executive = latest_intake_of(company).matter, cast.actor("executive", now)
    intake.record_contact(matter=matter, contact=None, channel="phone", text="", actor=executive, now=now)
    hold_interview(matter, executive=executive, now=now, share=0.2)
    page = enter(cast["executive"]).get(f"{company.get_absolute_url()}resultados/").content.decode()
    assert page.count("Las brechas y qué las cierra") == 2
    assert "La empresa lee: «Tu empresa" in page
    for of_company in ("Tus brechas", "tus puntos", "tu puntaje", "puedes pedir"):
        assert of_company not in page
