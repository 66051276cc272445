"""A help request from any contact point: opened on behalf, derived with a note, answered, overdue shown (INT-6)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from acompana.cases.models import HelpRequest
from acompana.cases.operations import answer_help, ask_for_help, derive_help
from acompana.commitments.models import Commitment
from acompana.kernel.clock import read_clock
from acompana.kernel.refusals import Refused
from acompana.kernel.rulebook import amend_rule, get_rule
from acompana.messages.models import Message
from acompana.people.models import Office, StaffMember

QUEUE = "/escritorio/ayuda/"


def ask(cast, now, key="executive", company=None):
    return ask_for_help(
        about="characterization",
        what_went_wrong="No encuentra el código de su actividad.",
        asker_name="Berta Núñez",
        asker_email="berta.nunez@correo.example",
        company=company,
        actor=cast.actor(key, now),
        now=now,
        channel="phone",
    )


def test_any_contact_point_asks_for_somebody_without_a_company(cast, enter):
    client = enter(cast["other_executive"])
    data = {
        "about": "register",
        "what_went_wrong": "No puede entrar.",
        "asker_name": "Berta Núñez",
        "asker_email": "berta.nunez@correo.example",
        "channel": "phone",
    }
    wrong = client.post(QUEUE + "nueva/", {**data, "asker_email": ""})
    assert wrong.status_code == 422
    assert "No puede entrar." in wrong.content.decode()
    answer = client.post(QUEUE + "nueva/", data, follow=True)
    made = HelpRequest.objects.get()
    assert made.matter.number in answer.content.decode()
    assert Message.objects.get(template="cases/help_received").to_address == "berta.nunez@correo.example"
    assert Commitment.objects.get(matter=made.matter).rule == "DL-26"


def test_from_a_record_it_knows_the_company_and_its_contact(company, cast, enter):
    client = enter(cast["executive"])
    page = client.get(QUEUE + "nueva/", {"empresa": company.pk}).content.decode()
    assert "ana.rojas@altoroble.example" in page
    assert company.name in page


def test_client_management_derives_and_the_executive_answers(company, cast, enter, now):
    made = ask(cast, now, company=company)
    due = Commitment.objects.get(matter=made.matter).due_at
    manager = cast.actor("client_management", now)
    member = cast["executive"].staff_member
    with pytest.raises(Refused):
        answer_help(request=made, answer="Es el 104000.", actor=cast.actor("executive", now), now=now)
    derive_help(request=made, to=member, note="Es de tu cartera.", actor=manager, now=now)
    owed = Commitment.objects.open().get(matter=made.matter)
    assert (owed.owner, owed.office, owed.due_at) == (cast["executive"], member.office, due)
    assert Message.objects.get(template="cases/help_derived").to_address == cast["executive"].email
    client = enter(cast["executive"])
    assert "solicitud de ayuda" in client.get("/escritorio/", {"ver": "soon"}).content.decode()
    page = client.get(f"{QUEUE}{made.matter.number}/").content.decode()
    assert "Es de tu cartera." in page.split("Nota al derivarla")[1].split("</section>")[0]
    client.post(f"{QUEUE}{made.matter.number}/", {"answer": "Es el 104000."})
    made.refresh_from_db()
    made.matter.refresh_from_db()
    assert (made.matter.state, made.answered_by) == ("answered", cast["executive"])
    letter = Message.objects.get(template="cases/help_answered")
    assert "Es el 104000." in letter.body
    # Quoted, and with where to go on for who has no account (INT-6).
    assert "Lo que nos escribiste:\n\nNo encuentra el código de su actividad." in letter.body
    assert f"cuenta que es la {made.matter.number}:\nhttp" in letter.body
    assert "/ayuda/solicitud/\n" in letter.body
    assert "portal" not in letter.body
    assert Commitment.objects.get(matter=made.matter).fulfilled_at is not None


def test_the_page_derives(company, cast, enter, now):
    made = ask(cast, now, company=company)
    client = enter(cast["client_management"])
    address = f"{QUEUE}{made.matter.number}/derivar/"
    assert client.post(address, {"to": "", "note": ""}).status_code == 422
    answer = client.post(address, {"to": cast["executive"].staff_member.pk, "note": "Es tuya"}, follow=True)
    assert "La solicitud pasó a Carolina Soto" in answer.content.decode()


def test_a_request_is_derived_to_who_has_the_company_first_and_to_nobody_abroad(company, cast, enter, now):
    made = ask(cast, now, company=company)
    chile = cast["executive"].staff_member.office.country
    lima = Office(code="PE-LIM", kind="commercial", name="Lima", city="Lima", country=chile, time_zone="America/Lima")
    lima.save()
    StaffMember.objects.filter(person=cast["far_executive"]).update(office=lima)
    page = enter(cast["client_management"]).get(f"{QUEUE}{made.matter.number}/derivar/")
    offered = [
        (str(heading), [name for _, name in of]) for heading, of in page.context["form"].fields["to"].choices[1:]
    ]
    assert offered == [
        ("Tiene la empresa a su cargo", ["Carolina Soto Rivas"]),
        ("Oficina regional de Valparaíso", ["Marta Fuentes Leal"]),
        ("Oficina regional del Biobío", ["Pedro Lagos Muñoz"]),
    ]


@pytest.mark.one_database
def test_the_queue_shows_what_is_overdue_with_the_same_queries(cast, enter, now):
    client = enter(cast["client_management"])
    ask(cast, now - timedelta(days=20))
    client.get(QUEUE)
    with CaptureQueriesContext(connection) as one:
        page = client.get(QUEUE).content.decode()
    assert "venció hace" in page
    ask(cast, now)
    ask(cast, now)
    with CaptureQueriesContext(connection) as three:
        client.get(QUEUE)
    assert len(three) == len(one)


def test_one_passed_on_keeps_its_place_by_its_date(cast, enter, now):
    first, later = ask(cast, now - timedelta(days=20)), ask(cast, now - timedelta(days=1))
    by = {"note": "Es tuya.", "actor": cast.actor("client_management", now), "now": now}
    derive_help(request=first, to=cast["executive"].staff_member, **by)
    rows = enter(cast["client_management"]).get(QUEUE).context["page"].object_list
    assert list(rows) == [first, later]


def test_client_management_fills_and_sends_the_form_of_a_company(cast, enter, now):
    from acompana.demonstration.roads import fill_form, register

    company = register(cast, "owner", rut_number=41_915_000, name="Miel Rauco SpA", region="CL-VS", now=now)
    made = ask(cast, now, company=company)
    client = enter(cast["client_management"])
    page = client.get(f"{QUEUE}{made.matter.number}/").content.decode()
    matter = company.matters.get(kind="intake")
    assert f"/escritorio/ingresos/{matter.number}/enviar-ficha/" in page
    assert client.get(f"/escritorio/empresas/{company.pk}/datos/editar/").status_code == 200
    fill_form(company, actor=cast.actor("client_management", now), now=now)
    client.post(f"/escritorio/ingresos/{matter.number}/enviar-ficha/")
    matter.refresh_from_db()
    assert matter.state == "self_test"


def test_the_letter_and_the_page_promise_what_the_rule_says(cast, client):
    today = timezone.localdate(read_clock())
    rule = get_rule("DL-26", today)
    amend_rule(
        rule_id="DL-26",
        value={**rule.value, "amount": 1},
        valid_from=today,
        reason="Se responde antes.",
        actor_id=cast["administrator"].pk,
        now=read_clock(),
    )
    assert "en 1 día hábil o menos" in client.get("/ayuda/solicitud/").content.decode()
    asked = {
        "about": "test",
        "what_went_wrong": "No abre.",
        "asker_name": "Berta Núñez",
        "asker_email": "berta.nunez@correo.example",
    }
    client.post("/ayuda/solicitud/", asked)
    assert "en 1 día hábil o antes" in Message.objects.get(template="cases/help_received").body
