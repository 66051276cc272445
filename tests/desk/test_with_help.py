"""Client management takes the test with a company, and mends a registration that failed (INT-6, ROL-8)."""

from __future__ import annotations

import pytest

from acompana.cases.operations import ask_for_help
from acompana.cases.registration import correct_registration, register_for_asker
from acompana.commitments.models import Commitment
from acompana.companies.models import Company
from acompana.demonstration.roads import fill_form, give_answers, register
from acompana.intake import operations as intake
from acompana.intake.queries import latest_intake_of
from acompana.kernel.refusals import Refused
from acompana.kernel.rut import rut_with_check_digit
from acompana.logbook.models import Entry
from acompana.messages.models import Message
from acompana.questionnaires.operations import finish_response
from acompana.reference.models import Region


def at_its_test(cast, now, number=41_915_000):
    company = register(cast, "owner", rut_number=number, name="Miel Rauco SpA", region="CL-VS", now=now)
    fill_form(company, actor=cast.actor("owner", now), now=now)
    matter = latest_intake_of(company).matter
    intake.submit_characterization(matter=matter, actor=cast.actor("owner", now), now=now)
    return company, matter


def ask(cast, now, *, company=None, key="owner", about="register", **more):
    return ask_for_help(
        about=about,
        what_went_wrong="El sitio dice que mi RUT no es válido.",
        asker_name="Ana Rojas Pérez",
        asker_email="ana.rojas@altoroble.example",
        company=company,
        actor=cast.actor(key, now),
        now=now,
        **more,
    )


def test_a_help_request_has_an_owner(cast, now):
    made = ask(cast, now)
    assert made.matter.owner == cast["client_management"]
    assert Commitment.objects.get(matter=made.matter).owner == cast["client_management"]


def test_the_test_is_taken_with_the_company_and_it_sees_so(cast, enter, now):
    company, matter = at_its_test(cast, now)
    made = ask(cast, now, company=company, about="test")
    client = enter(cast["client_management"])
    address = f"/escritorio/ingresos/{matter.number}/test/"
    assert address in client.get(f"/escritorio/ayuda/{made.matter.number}/").content.decode()
    contact = company.contacts.first()
    assert "Ver las preguntas" in client.get(address).content.decode()
    client.post(address, {"channel": "phone", "told_by": contact.pk})
    page = client.get(address).content.decode()
    assert f"Responde {contact.name}, por teléfono" in page
    draft = matter.responses.get()
    give_answers(draft, share=1.0, actor=cast.actor("client_management", now), now=now)
    answers = {row.question: row.value for row in draft.answers.all()}
    assert client.post(address, {**answers, "finish": ""}).status_code == 302
    matter.refresh_from_db()
    draft.refresh_from_db()
    assert matter.state == "to_contact"
    assert (draft.finished_by, draft.told_by, draft.channel) == (cast["client_management"], contact, "phone")
    step = Entry.objects.filter(matter=matter, fact__startswith="Test terminado").get()
    assert (step.channel, step.visibility) == ("phone", "company")
    assert Commitment.objects.filter(matter=matter, rule="DL-1").exists()
    owner = enter(cast["owner"])
    seen = owner.get(f"/mi-empresa/{company.pk}/resultado/").content.decode()
    assert "Lo respondiste con la ayuda de Jorge Pinto Salas" in seen


def test_a_draft_that_the_company_began_is_gone_on_with(cast, now):
    from acompana.questionnaires.operations import start_response

    company, matter = at_its_test(cast, now)
    begun = start_response(
        instrument="export-test-goods", company=company, matter=matter, actor=cast.actor("owner", now), now=now
    )
    manager = cast.actor("client_management", now)
    draft = intake.take_test_with(matter=matter, channel="visit", told_by=None, actor=manager, now=now)
    assert draft == begun
    give_answers(draft, share=0.0, actor=manager, now=now)
    finish_response(response=draft, actor=manager, now=now)
    intake.finish_test(matter=matter, response=draft, actor=manager, now=now)
    assert latest_intake_of(company).matter.state == "referred"


@pytest.mark.parametrize("key", ["other_executive", "control", "rival"])
def test_others_may_not_take_it(cast, now, key):
    _, matter = at_its_test(cast, now)
    with pytest.raises(Refused):
        intake.take_test_with(matter=matter, channel="phone", told_by=None, actor=cast.actor(key, now), now=now)


def test_a_contact_of_another_company_does_not_answer(cast, now, company):
    _, matter = at_its_test(cast, now)
    stranger = company.contacts.first()
    with pytest.raises(Refused):
        intake.take_test_with(
            matter=matter, channel="phone", told_by=stranger, actor=cast.actor("client_management", now), now=now
        )


RUT = rut_with_check_digit(41_915_777)


def mend(made, cast, now, key="client_management", **more):
    return register_for_asker(
        request=made,
        rut=more.pop("rut", RUT),
        legal_name="Quesos Rauco SpA",
        region=Region.objects.get(iso="CL-ML"),
        seen=more.pop("seen", "Mostró su e-RUT por video."),
        actor=cast.actor(key, now),
        now=now,
    )


def test_a_registration_that_failed_is_made_for_who_asked(cast, enter, now):
    made = ask(cast, now)
    client = enter(cast["client_management"])
    address = f"/escritorio/ayuda/{made.matter.number}/registro/"
    data = {"rut": "41.915.777-0", "legal_name": "Quesos Rauco SpA", "seen": "Mostró su e-RUT."}
    data["region"] = Region.objects.get(iso="CL-ML").pk
    assert client.post(address, data).status_code == 422  # a wrong check digit is told at the field
    client.post(address, {**data, "rut": RUT})
    company = Company.objects.get(rut=RUT)
    mandate = company.mandates.get()
    assert (mandate.person, mandate.state) == (cast["owner"], "active")
    made.matter.refresh_from_db()
    assert made.matter.company == company
    assert enter(cast["owner"]).get(f"/mi-empresa/{company.pk}/").status_code == 200


def test_who_has_no_account_gets_a_link(cast, now):
    made = ask(cast, now, key="executive")
    assert made.matter.person is None  # the officer who wrote it down does not become who represents the company
    told = mend(made, cast, now)
    assert "un enlace" in told
    assert Message.objects.get(template="intake/invitation").to_address == "ana.rojas@altoroble.example"
    assert not Company.objects.get(rut=RUT).mandates.exists()


def test_a_rut_that_somebody_represents_is_only_asked_for(cast, now):
    register(cast, "rival", rut_number=41_915_777, name="Quesos Rauco SpA", region="CL-ML", now=now)
    told = mend(ask(cast, now), cast, now)
    assert "quedó pedido el acceso" in told
    assert Company.objects.get(rut=RUT).mandates.get(person=cast["owner"]).state == "requested"


@pytest.mark.parametrize(("key", "seen"), [("executive", "Vi"), ("client_management", " ")])
def test_not_everybody_mends_nor_without_saying_what_was_seen(cast, now, key, seen):
    with pytest.raises(Refused):
        mend(ask(cast, now), cast, now, key=key, seen=seen)
    assert not Company.objects.filter(rut=RUT).exists()


def test_a_wrong_rut_is_corrected_and_the_history_keeps_it(cast, now, company):
    before = company.rut
    made = ask(cast, now, company=company)
    manager = cast.actor("client_management", now)
    for wrong in (before, "41915777-0", "1-8"):
        with pytest.raises(Refused):
            correct_registration(request=made, rut=wrong, reason="Era otro", actor=manager, now=now)
    correct_registration(request=made, rut=RUT, reason="Anotó el RUT de su socio.", actor=manager, now=now)
    company.refresh_from_db()
    assert company.rut == RUT
    assert Entry.objects.filter(company=company, fact__contains="corrigió el RUT").exists()
