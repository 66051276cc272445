"""One commitment on its page, and what may be done there."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from acompana.commitments.dates import explain
from acompana.commitments.models import Commitment
from acompana.commitments.operations import pause, resume
from acompana.companies.models import Company
from acompana.kernel.clock import read_clock
from acompana.logbook.operations import record_entry
from acompana.people.models import Person


@pytest.fixture
def officer(client, cast):
    client.force_login(cast.carolina, backend="acompana.people.backends.Backend")
    return client


@pytest.fixture
def owed(owe):
    """Of today, so that it runs."""
    return owe(starts_at=read_clock(), now=read_clock())


def address(commitment, verb=""):
    return f"/escritorio/compromisos/{commitment.pk}/" + (f"{verb}/" if verb else "")


def test_the_page_tells_what_why_and_which_days_counted(officer, cast, owe):
    commitment = owe()
    pause(commitment=commitment, reason="Esperamos antecedentes", actor=cast.actor, now=cast.now)
    resume(commitment=commitment, actor=cast.actor, now=cast.now + timedelta(days=1))
    page = officer.get(address(commitment)).content.decode()
    for words in ("Conservas Alto Roble", "Esperamos antecedentes", "El día del inicio no se cuenta", "DL-1"):
        assert words in page


def test_each_verb_does_its_work_and_comes_back(officer, cast, owed):
    def act(verb, **typed):
        response = officer.post(address(owed, verb), {f"{verb}-{name}": value for name, value in typed.items()})
        assert (response.status_code, response.headers.get("Location")) == (302, address(owed)), verb
        return Commitment.objects.get(pk=owed.pk)

    act("pausar", reason="Esperamos antecedentes")
    assert owed.pauses.get().resumed_at is None
    assert "Reanudar" in officer.get(address(owed)).content.decode()
    act("reanudar")
    assert owed.pauses.get().resumed_at
    assert act("traspasar", to=cast.hugo.staff_member.pk, reason="Cambio de cartera").owner == cast.hugo
    assert act("cumplir", reason="Se habló por teléfono").fulfilled_because == "Se habló por teléfono"
    assert "Qué hacer" not in officer.get(address(owed)).content.decode()


@pytest.mark.parametrize(
    ("verb", "typed", "sentence"),
    [
        ("pausar", {"reason": ""}, "Falta este dato"),
        ("anular", {"reason": ""}, "Falta este dato"),
        ("reanudar", {}, "El plazo no está en pausa."),
        ("traspasar", {"to": "0", "reason": "Porque sí"}, "opción"),
    ],
)
def test_a_refusal_is_shown_with_what_was_typed(officer, owed, verb, typed, sentence):
    response = officer.post(address(owed, verb), {f"{verb}-{name}": value for name, value in typed.items()})
    assert response.status_code == 422
    errors = response.context["typed"][verb].errors
    assert errors
    assert sentence in response.content.decode() or sentence in str(errors)


def test_off_3_the_page_says_why_a_clock_may_not_stop(officer, owe):
    commitment = owe("DL-7", starts_at=read_clock(), now=read_clock())
    assert "El plazo DL-7 corre sin pausas" in officer.get(address(commitment)).content.decode()


def test_another_office_reads_and_does_not_act(client, cast, owed):
    cast.hugo.staff_member.office = cast.biobio
    cast.hugo.staff_member.save()
    client.force_login(cast.hugo, backend="acompana.people.backends.Backend")
    assert client.get(address(owed)).status_code == 200
    for verb in ("cumplir", "anular", "pausar", "reanudar", "traspasar"):
        assert client.post(address(owed, verb), {}).status_code == 403
    assert client.post(address(owed, "borrar"), {}).status_code == 404
    assert client.get(address(owed, "cumplir")).status_code == 405
    stranger = Person.objects.create(given_names="Berta", family_names="Núñez", joined_at=read_clock())
    client.force_login(stranger, backend="acompana.people.backends.Backend")
    assert client.get(address(owed)).status_code == 403


@pytest.mark.one_database
def test_the_page_takes_as_many_queries_for_one_pause_as_for_three(officer, cast, owed):
    def count():
        with CaptureQueriesContext(connection) as queries:
            officer.get(address(owed))
        return len(queries)

    def stop_and_go():
        pause(commitment=owed, reason="Esperamos antecedentes", actor=cast.actor, now=read_clock())
        resume(commitment=owed, actor=cast.actor, now=read_clock())

    stop_and_go()
    one = count()
    stop_and_go()
    stop_and_go()
    assert count() == one


def test_a_pause_names_the_entry_that_shows_it_and_the_answer_that_ended_it(officer, cast, owed):
    now = read_clock()
    entry = {"actor": cast.actor, "channel": "email", "company": cast.company}
    asked = record_entry(kind="mail", fact="Se pidió la cotización", now=now, direction="out", **entry)
    assert "Correo · Se pidió la cotización" in officer.get(address(owed)).content.decode()
    typed = {"pausar-reason": "La cotización", "pausar-evidence": asked.pk}
    assert officer.post(address(owed, "pausar"), typed).status_code == 302
    page = officer.get(address(owed)).content.decode()
    assert "Lo respalda: Correo, Se pidió la cotización" in page
    assert "Sigue en pausa" in page
    record_entry(kind="mail", fact="Llegó la cotización", now=read_clock(), direction="in", **entry)
    assert "al haber respuesta: Llegó la cotización" in officer.get(address(owed)).content.decode()


def test_evidence_that_is_not_offered_is_refused(officer, cast, owed):
    other = Company.objects.create(legal_name="Cerro Pardo", country=cast.office.country, created_at=read_clock())
    entry = record_entry(kind="mail", fact="Otra", now=read_clock(), actor=cast.actor, channel="email", company=other)
    response = officer.post(address(owed, "pausar"), {"pausar-reason": "La cotización", "pausar-evidence": entry.pk})
    assert response.status_code == 422
    assert response.context["typed"]["pausar"].errors["evidence"]
    assert not owed.pauses.exists()


def test_exp_9_the_explanation_is_there_in_english_too(officer, owed):
    page = officer.get(address(owed)).content.decode()
    assert "Why this date?" in page
    for sentence in explain(owed, "en"):
        assert escape(sentence) in page
