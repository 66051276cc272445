"""The record on one page: three clicks to note, tabs, and a number of queries that does not grow."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from acompana.commitments.models import Commitment
from acompana.companies.operations import record_counting_action
from acompana.demonstration.roads import fill_form, register
from acompana.intake import operations as intake
from acompana.intake.models import Intake, ReferralBody
from acompana.intake.queries import latest_intake_of
from acompana.logbook.models import Entry
from acompana.logbook.operations import record_entry

TABS = ("", "bitacora/", "compromisos/", "resultados/", "mensajes/", "permisos/")


@pytest.fixture
def client(enter, cast):
    return enter(cast["executive"])


def note(company, cast, now, text="Conversamos"):
    return record_entry(
        kind="call",
        fact="Se habló con la empresa",
        text=text,
        company=company,
        channel="phone",
        outcome="reached",
        actor=cast.actor("executive", now),
        now=now,
    )


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.one_database  # how many there are, no database decides
def test_a_tab_takes_the_same_queries_for_one_and_three_rows(client, company, cast, now, tab):
    def add():
        note(company, cast, now)
        intake.refer_company(
            company=company,
            body=ReferralBody.objects.first(),
            reason="Capital de trabajo",
            actor=cast.actor("executive", now),
            now=now,
        )

    add()
    address = company.get_absolute_url() + tab
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        assert client.get(address).status_code == 200
    add()
    add()
    with CaptureQueriesContext(connection) as three:
        client.get(address)
    assert len(three) == len(one)
    assert len(one) <= 48


@pytest.mark.parametrize(("kind", "fact"), [("call", "Se habló con la empresa"), ("note", "Apunte del equipo")])
def test_a_button_opens_its_form_and_saving_writes_it(client, company, kind, fact):
    shown = client.get(company.get_absolute_url(), {"anotar": kind}).content.decode()
    assert f'name="noting" value="{kind}"' in shown
    answer = client.post(
        company.get_absolute_url(), {"noting": kind, "kind": kind, "outcome": "reached", "text": "Piden catálogo"}
    )
    entry = Entry.objects.filter(company=company, kind=kind).latest("id")
    assert answer["Location"].endswith(f"#anotacion-{entry.pk}")
    assert (entry.kind, entry.fact, entry.text.body) == (kind, fact, "Piden catálogo")


@pytest.mark.parametrize("kind", ["call", "visit", "mail"])
def test_whether_the_company_was_reached_is_never_chosen_before(client, company, kind):
    """That it was settles the contact that is owed (INT-10); a note says nothing of it."""
    shown = client.get(company.get_absolute_url(), {"anotar": kind}).content.decode()
    assert re.search(r'name="outcome" value="reached"[^>]* checked', shown) is None
    answer = client.post(company.get_absolute_url(), {"noting": kind, "kind": kind, "text": "Piden catálogo"})
    assert answer.status_code == 422
    assert "Elige una respuesta: Resultado." in answer.content.decode()
    assert not Entry.objects.filter(company=company, kind=kind, text__body="Piden catálogo").exists()
    note = {"noting": kind, "kind": "note", "text": "Piden catálogo"}
    assert client.post(company.get_absolute_url(), note).status_code == 302


def test_a_commitment_by_hand_has_owner_date_and_a_line_in_the_logbook(client, company, cast, now):
    due = timezone.localdate(now) + timedelta(days=6)
    data = {"noting": "commitment", "what": "Enviar el folleto", "debtor": "person", "due_on": due.isoformat()}
    assert client.post(company.get_absolute_url(), data).status_code == 302
    made = Commitment.objects.get(what="Enviar el folleto")
    assert made.owner == cast["executive"]
    assert timezone.localtime(made.due_at).date() == due
    assert Entry.objects.filter(company=company, kind="commitment", text__body="Enviar el folleto").exists()


def test_a_refused_commitment_keeps_what_was_typed(client, company, now):
    past = (timezone.localdate(now) - timedelta(days=2)).isoformat()
    data = {"noting": "commitment", "what": "Enviar el folleto", "debtor": "person", "due_on": past}
    answer = client.post(company.get_absolute_url(), data)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="Enviar el folleto"' in page
    assert "tiene que ser futura" in page
    assert not Commitment.objects.filter(what="Enviar el folleto").exists()


def test_the_side_panel_gets_the_record_in_short(client, company):
    page = client.get(company.get_absolute_url(), headers={"X-Panel": "1"})
    assert "data-panel-content" in page.content.decode()
    assert "X-Panel" in page["Vary"]


def test_the_logbook_is_filtered_by_kind(client, company, cast, now):
    note(company, cast, now, text="Solo esta llamada")
    page = client.get(company.get_absolute_url() + "bitacora/", {"ver": "contactos"}).content.decode()
    assert "Solo esta llamada" in page
    assert "Test terminado" not in page


def test_the_page_of_a_matter_offers_no_bare_button_for_a_step_with_a_page(client, company):
    matter = company.matters.get(kind="intake")
    page = client.get(f"/escritorio/asuntos/{matter.number}/").content.decode()
    assert f"/escritorio/ingresos/{matter.number}/contacto/" in page
    assert 'value="record_contact"' not in page


@pytest.mark.parametrize(("way_in", "words"), [("new", "Exporta: no"), ("former", "Antigua usuaria que exporta: no")])
def test_why_an_exporter_skips_the_test_is_told_to_staff_as_staff(cast, enter, now, way_in, words):
    owner = cast.actor("owner", now)
    company = register(cast, "owner", rut_number=41_910_060, name="Nueces SpA", region="CL-VS", now=now)
    fill_form(company, actor=owner, now=now, exporter=True)
    found = latest_intake_of(company)
    Intake.objects.filter(pk=found.pk).update(way_in=way_in)
    intake.submit_characterization(matter=found.matter, actor=owner, now=now)
    page = enter(cast["executive"]).get(company.get_absolute_url()).content.decode()
    assert f"{words} necesita el test" in page
    assert "te contacta" not in page


def test_a_status_says_what_counted_and_leads_to_where_it_is_told(client, company, cast, now):
    """DEF-3: the kinds that count, those of its year, and the logbook of their day; calls are not among them."""
    note(company, cast, now)
    page = client.get(company.get_absolute_url()).content.decode()
    assert "aún no tiene acciones que cuenten" in page
    assert "llamadas, visitas, correos, mensajes y notas de su bitácora no cuentan" in page
    then = now - timedelta(days=1)
    on = timezone.localdate(then)
    by = cast.actor("executive", now)
    record_counting_action(company=company, kind="business-agenda", done_on=on, actor=by, now=now)
    record_entry(kind="action", fact="Rueda en Lima", company=company, channel="system", actor=by, now=then)
    page = client.get(company.get_absolute_url()).content.decode()
    link = f'href="{company.get_absolute_url()}bitacora/?dia={on}">agenda de negocios del {on:%d-%m-%Y}</a>'
    assert link in page
    log = client.get(f"{company.get_absolute_url()}bitacora/?dia={on}").content.decode()
    assert "Rueda en Lima" in log
    assert "Conversamos" not in log
    assert client.get(f"{company.get_absolute_url()}bitacora/?dia=2026-02-31").status_code == 200


def test_who_has_no_name_is_shown_once(company, cast, enter):
    """By their address, which stands for the name where none was told."""
    company.contacts.update(name="ines@cosa.example", email="ines@cosa.example")
    page = enter(cast["executive"]).get(company.get_absolute_url()).content.decode()
    contacts = page.split('id="contactos"')[1].split("</section>")[0].replace(" los datos de ines@", "")
    assert re.sub("<[^>]+>", "", contacts).count("ines@") == 1
    assert "Sin nombre" in contacts
