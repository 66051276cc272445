"""Arranging and noting an interview: where it is held, who is spoken with, and what was agreed (INT-10, INT-16)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone
from icalendar import Calendar

from acompana.demonstration.roads import give_answers, hold_interview, open_hour, register
from acompana.intake import operations as intake
from acompana.intake.models import Interview
from acompana.intake.operations.contacts import TAKEN_OVER
from acompana.intake.queries import latest_intake_of
from acompana.kernel.phones import shown_phone
from acompana.kernel.refusals import Refused
from acompana.kernel.rulebook import amend_rule, get_rule
from acompana.logbook.models import Entry
from acompana.messages.models import Message
from acompana.people.models import Office
from acompana.progress.moments import NOT_YET
from acompana.questionnaires.operations import finish_response, start_response
from acompana.questionnaires.queries import draft_of
from tests.desk.interview_steps import arrange, page_of, video_call


@pytest.fixture
def client(enter, cast):
    return enter(cast["executive"])


# --- contact --------------------------------------------------------------------------------------------------------


def test_the_main_contact_is_who_one_speaks_with(client, company, matter):
    main = company.contacts.get()
    assert client.get(page_of(matter, "contacto")).context["form"]["contact"].value() == main.pk
    shown = client.get(company.get_absolute_url(), {"anotar": "call"}).content.decode()
    assert f'<option value="{main.pk}" selected' in shown


def test_one_call_is_one_line_of_the_log(client, company, matter, now):
    client.post(page_of(matter, "contacto"), {"outcome": "reached", "channel": "phone", "text": "Quedamos el jueves."})
    page = client.get(company.get_absolute_url()).content.decode()
    assert page.count("Se contactó a la empresa") == 1
    assert f"de {now.year}</h3>" in page  # a log goes back years: each day says its own
    assert page.count('class="timeline__entry timeline__entry--call"') == 1
    line = page.split('class="timeline__entry timeline__entry--call"')[1].split("</li>")[0]
    assert "Se contactó a la empresa" in line
    assert "Quedamos el jueves." in line


def test_who_contacts_a_company_without_executive_is_told_before_and_the_log_says_it_after(enter, road, cast):
    company = road(2, "high", assigned=False)
    matter, executive = latest_intake_of(company).matter, enter(cast["executive"])
    assert "si hablas con ella, quedará a tu cargo" in executive.get(page_of(matter, "contacto")).content.decode()
    assert "quedará a tu cargo" in executive.get(company.get_absolute_url(), {"anotar": "call"}).content.decode()
    assert "falta asignarla" in enter(cast["director"]).get(page_of(matter, "contacto")).content.decode()
    sent = executive.post(page_of(matter, "contacto"), {"outcome": "reached", "channel": "phone"}, follow=True)
    assert "La empresa quedó a tu cargo." in sent.content.decode()
    company.refresh_from_db()
    assert company.executive == cast["executive"]
    line = Entry.objects.get(company=company, fact=TAKEN_OVER)
    assert (line.author, line.visibility) == (cast["executive"], "company")


def test_a_company_with_an_executive_stays_with_them(enter, company, matter, cast):
    director = enter(cast["director"])
    assert f"Está a cargo de {cast['executive']}" in director.get(page_of(matter, "contacto")).content.decode()
    director.post(page_of(matter, "contacto"), {"outcome": "reached", "channel": "phone"})
    company.refresh_from_db()
    matter.refresh_from_db()
    assert (company.executive, matter.owner) == (cast["executive"], cast["executive"])
    assert not Entry.objects.filter(company=company, fact=TAKEN_OVER).exists()


def test_a_message_is_no_mail(contacted):
    assert Entry.objects.get(matter=contacted, outcome="reached").kind == "chat"


def test_a_call_by_video_is_told_by_its_own_word_and_drawing(client, company, matter):
    client.post(page_of(matter, "contacto"), {"outcome": "reached", "channel": "video"})
    page = client.get(company.get_absolute_url()).content.decode()
    line = page.split('class="timeline__entry timeline__entry--call"')[1].split("</li>")[0]
    assert '<span class="timeline__kind">Videollamada</span>' in line
    assert render_to_string("shell/components/icon.html", {"name": "video"}).strip() in line


# --- arranging ------------------------------------------------------------------------------------------------------


def test_after_the_contact_the_interview_is_arranged_first(client, company, contacted):
    page = client.get(company.get_absolute_url()).content.decode()
    assert f'class="button" href="{page_of(contacted, "acordar")}"' in page
    assert f'class="button button--quiet" href="{page_of(contacted, "entrevista")}"' in page


def test_once_arranged_it_is_noted(client, company, contacted, cast, now):
    arrange(contacted, cast, now)
    page = client.get(company.get_absolute_url()).content.decode()
    assert f'class="button" href="{page_of(contacted, "entrevista")}"' in page


def test_each_way_asks_for_its_own_place(client, company, contacted, now):
    form = client.get(page_of(contacted, "acordar")).context["form"]
    places = [form[f"place_{mode}"].value() for mode in ("video", "phone", "visit", "office")]
    theirs = f"{company.address}, {company.commune.name}"
    assert places == [None, shown_phone(company.contacts.get().phone), theirs, contacted.office.address]
    day = open_hour(contacted.office, now + timedelta(days=5)).strftime("%Y-%m-%dT10:30")
    data = {"mode": "video", "starts_at": day, "minutes": "60", "place_visit": company.address}
    refused = client.post(page_of(contacted, "acordar"), data)
    assert refused.status_code == 422
    assert "Falta el enlace de la videollamada." in refused.content.decode()
    client.post(page_of(contacted, "acordar"), data | {"mode": "phone", "place_phone": "+56 9 8123 4567"})
    made = Interview.objects.get(matter=contacted)
    assert (made.mode, made.place) == ("phone", "+56 9 8123 4567")
    body = Message.objects.get(template="intake/interview").body
    assert "Teléfono: +56 9 8123 4567" in body
    assert "Dónde" not in body


@pytest.mark.parametrize(
    ("channel", "mode"),
    [("video", "video"), ("phone", "phone"), ("visit", "visit"), ("counter", "office"), ("whatsapp", ""), ("", "")],
)
def test_the_way_that_the_contact_prefers_is_chosen(client, company, contacted, channel, mode):
    company.contacts.update(preferred_channel=channel)
    assert client.get(page_of(contacted, "acordar")).context["form"]["mode"].value() == mode


def test_a_link_without_its_scheme_is_completed_and_opened_from_the_route(client, enter, cast, contacted, now):
    assert client.post(page_of(contacted, "acordar"), video_call(now, "meet.example/abc")).status_code == 302
    assert Interview.objects.get(matter=contacted).place == "https://meet.example/abc"
    link = '<a href="https://meet.example/abc" rel="noopener">https://meet.example/abc</a>'
    assert link in enter(cast["owner"]).get(f"/mi-empresa/{contacted.company_id}/").content.decode()
    assert link in client.get(contacted.company.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    "link", ["la sala de siempre", "ana@empresa.example", "javascript:alert(1)", "ftp://x.example/a"]
)
def test_what_is_no_web_address_is_refused_with_a_sentence_and_with_all_else_that_is_wrong(
    client, contacted, now, link
):
    past = {"starts_at": (now - timedelta(days=1)).strftime("%Y-%m-%dT10:30")}
    refused = client.post(page_of(contacted, "acordar"), video_call(now, link) | past)
    assert refused.status_code == 422
    assert "Eso no es una dirección web." in refused.content.decode()
    assert "La fecha de la entrevista ya pasó. Elige una futura." in refused.content.decode()  # both at once
    assert not Interview.objects.filter(matter=contacted).exists()


def test_what_stands_in_the_place_of_another_way_is_left_out(client, contacted, now):
    data = video_call(now, "ninguno") | {"mode": "visit", "place_visit": "Camino Viejo 4"}
    assert client.post(page_of(contacted, "acordar"), data).status_code == 302


def test_a_visit_is_told_with_its_commune_wherever_it_is_told(client, enter, cast, company, contacted, now):
    """As the form has it, and also where somebody typed the street alone."""
    data = video_call(now, "ninguno") | {"mode": "visit", "place_visit": company.address}
    assert client.post(page_of(contacted, "acordar"), data).status_code == 302
    there = f"{company.address}, {company.commune.name}"
    owner, address = enter(cast["owner"]), f"/mi-empresa/{company.pk}/"
    calendar = Calendar.from_ical(owner.get(f"{address}entrevista/calendario/").content)
    assert calendar.walk("VEVENT")[0]["LOCATION"] == there
    for told in (
        Message.objects.get(template="intake/interview").body,
        owner.get(address).content.decode(),
        client.get(company.get_absolute_url()).content.decode(),
    ):
        assert there in told


def test_once_agreed_the_route_tells_the_date_and_not_the_limit(enter, cast, contacted, now):
    owner, address = enter(cast["owner"]), f"/mi-empresa/{contacted.company_id}/"
    assert "será a más tardar" in owner.get(address).content.decode()
    arrange(contacted, cast, now)
    callout = owner.get(address).content.decode().split('class="callout')[1].split("</section>")[0]
    assert "a más tardar" not in callout
    assert "Lo que sigue es una entrevista" not in callout
    assert callout.split("<p>")[1].startswith("<strong>Tu entrevista:</strong>")


def test_an_interview_whose_hour_passed_is_not_told_as_still_to_come(client, company, enter, cast, contacted, now):
    arrange(contacted, cast, now)
    here, theirs, waits = company.get_absolute_url(), f"/mi-empresa/{company.pk}/", "Falta registrarla"
    owner = enter(cast["owner"])
    assert waits not in client.get(here).content.decode()
    assert "Tu entrevista está acordada" in owner.get(theirs).content.decode()
    contacted.interviews.update(starts_at=now - timedelta(hours=2))
    assert waits in client.get(here).content.decode()
    page = owner.get(theirs).content.decode()
    assert "La hora de tu entrevista ya pasó" in page
    assert "Tu entrevista está acordada" not in page
    assert f'class="button" href="{theirs}entrevista/cambiar/"' in page
    assert "Agregar a mi calendario" not in page


def test_a_place_that_is_no_link_is_only_told(enter, cast, contacted, now):
    arrange(contacted, cast, now)
    Interview.objects.filter(matter=contacted).update(place="javascript:alert(1)")
    shown = enter(cast["owner"]).get(f"/mi-empresa/{contacted.company_id}/").content.decode()
    assert "javascript:alert(1)" in shown
    assert 'href="javascript' not in shown


# --- noting it as held ----------------------------------------------------------------------------------------------


def scored(client, matter, cast, now):
    """What the page of the interview sends with every question answered, and nothing told of when it was."""
    client.get(page_of(matter, "entrevista"))
    response = draft_of(instrument="interview", company=matter.company, matter=matter)
    give_answers(response, share=1.0, actor=cast.actor("executive", now), now=now)
    form = client.get(page_of(matter, "entrevista")).context["form"]
    answers = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in answers.items() if value is not None} | {"mode": "video", "finish": "1"}


def local(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def test_before_the_agreed_hour_it_was_not_then_and_when_it_was_is_told(client, contacted, cast, now):
    agreed = arrange(contacted, cast, now)
    assert "Esa hora todavía no llega" in client.get(page_of(contacted, "entrevista")).content.decode()
    data = scored(client, contacted, cast, now)
    refused = client.post(page_of(contacted, "entrevista"), data | {"on_agreed": str(agreed.pk)})
    assert refused.status_code == 422
    assert NOT_YET in refused.content.decode()
    contacted.refresh_from_db()
    assert contacted.state == "to_interview"
    told = {"on_agreed": "no", "happened_at": local(now)}
    assert client.post(page_of(contacted, "entrevista"), data | told).status_code == 302
    contacted.refresh_from_db()
    assert contacted.state == "to_validate"
    assert Entry.objects.filter(matter=contacted, text__body__contains="La entrevista estaba acordada para").exists()


def test_how_it_was_is_chosen_where_no_date_was_agreed(client, contacted):
    page = client.get(page_of(contacted, "entrevista"))
    assert page.context["beside_form"]["mode"].value() is None
    boxes = re.findall(r'<input[^>]*name="mode"[^>]*>', page.content.decode())
    assert [("checked" in box) for box in boxes] == [False] * 4


def test_whether_it_was_then_is_asked_together_with_the_answers_that_lack(client, contacted, cast, now):
    arrange(contacted, cast, now)
    refused = client.post(page_of(contacted, "entrevista"), {"mode": "video", "finish": "1"})
    assert refused.status_code == 422
    assert "Di si se hizo en la fecha acordada." in refused.content.decode()
    assert refused.context["form"].errors


def test_another_way_than_the_agreed_one_is_asked_and_kept(contacted, cast, now):
    arrange(contacted, cast, now)
    later, executive = now + timedelta(days=9), cast.actor("executive", now)
    response = start_response(
        instrument="interview", company=contacted.company, matter=contacted, actor=executive, now=later, again=True
    )
    give_answers(response, share=1.0, actor=executive, now=later)
    finish_response(response=response, actor=executive, now=later)
    with pytest.raises(Refused, match="Estaba acordada así: Videollamada"):
        intake.hold_interview(matter=contacted, response=response, mode="visit", actor=executive, now=later)
    intake.hold_interview(
        matter=contacted, response=response, mode="visit", otherwise=True, actor=executive, now=later
    )
    assert contacted.steps.get(transition="hold_interview").channel == "visit"


def test_the_one_agreed_needs_no_tick(contacted, cast, now):
    arrange(contacted, cast, now)
    hold_interview(contacted, executive=cast.actor("executive", now), now=now + timedelta(days=9))
    assert contacted.steps.get(transition="hold_interview").channel == "video"


def test_an_interview_that_does_not_count_is_registered_all_the_same(contacted, cast, now):
    value = {"types": [kind for kind in get_rule("DEF-3", now.date()).value["types"] if kind != "interview"]}
    amend_rule(
        rule_id="DEF-3", value=value, valid_from=timezone.localdate(now), reason="La entrevista ya no suma",
        actor_id=cast["administrator"].pk, now=now,
    )  # fmt: skip
    hold_interview(contacted, executive=cast.actor("executive", now), now=now)
    assert contacted.steps.filter(transition="hold_interview").exists()
    assert not contacted.company.counting_actions.exists()


def test_how_it_was_is_asked_once(client, contacted):
    page = client.get(page_of(contacted, "entrevista")).content.decode()
    assert page.count("Visita a la empresa") == 1
    assert page.count("¿Cómo fue la reunión?") == 1


# --- in the log -----------------------------------------------------------------------------------------------------


def test_an_interview_is_logged_by_the_way_agreed_and_acts_of_officers_under_their_name_alone(
    client, company, contacted, cast, now
):
    arrange(contacted, cast, now)
    assert Entry.objects.get(matter=contacted, fact__startswith="Entrevista acordada para el ").channel == "video"
    page = client.get(company.get_absolute_url()).content.decode()
    lines = [line.split("</p>")[0] for line in page.split('<p class="timeline__by">')[1:]]
    assert f"{cast['executive'].full_name} · Videollamada" in lines
    assert not [line for line in lines if "Sistema" in line]


def test_the_route_says_that_an_interview_was_cancelled_and_what_comes(enter, company, contacted, cast, now):
    owner, executive = enter(cast["owner"]), cast.actor("executive", now)
    route, came_to_nothing = f"/mi-empresa/{company.pk}/", "se canceló. Te contactaremos para acordar otra."
    agreed = arrange(contacted, cast, now)
    assert came_to_nothing not in owner.get(route).content.decode()
    intake.cancel_interview(interview=agreed, reason="Viaja", actor=executive, now=now)
    shown = owner.get(route).content.decode()
    assert "acordar otra fecha" in shown
    assert came_to_nothing in shown
    arrange(contacted, cast, now)
    again = owner.get(route).content.decode()
    assert "Tu entrevista está acordada" in again
    assert came_to_nothing not in again


def test_the_step_of_a_person_is_theirs_when_its_card_is_joined(cast, now):
    executive, owner = cast.actor("executive", now), cast.actor("owner", now)
    company = register(cast, "owner", rut_number=41_910_099, name="Miel Clara SpA", region="CL-VS", now=now)
    opened = latest_intake_of(company).matter
    card = intake.register_account(company=company, actor=executive, now=now, met_at="Feria")
    intake.withdraw(matter=opened, actor=owner, now=now, reason="Más tarde")
    intake.open_intake(company=company, actor=owner, now=now)
    assert card.steps.get(transition="join").taken_by == owner.person


def test_the_place_where_a_company_was_received_last_is_proposed_where_the_office_has_no_address(
    client, contacted, cast, now
):
    Office.objects.update(address="")
    assert client.get(page_of(contacted, "acordar")).context["form"]["place_office"].value() == ""
    intake.cancel_interview(
        interview=arrange(contacted, cast, now, mode="office"), reason="Viaja", actor=cast.actor("executive", now),
        now=now,
    )  # fmt: skip
    proposed = client.get(page_of(contacted, "acordar")).context["form"]["place_office"].value()
    assert proposed == "https://reunion.example/1"  # what `arrange` gave as the place


# --- who holds it ---------------------------------------------------------------------------------------------------


def test_an_agreed_interview_names_who_holds_it_and_says_where_another_owes_it(client, contacted, cast, now):
    agreed = arrange(contacted, cast, now)
    record = contacted.company.get_absolute_url()
    addresses = (record, page_of(contacted, "entrevista"), page_of(contacted, "acordar"))
    for address in addresses:
        page = client.get(address).content.decode()
        assert f"con {cast['executive']}" in page, address
        assert "pero la debe" not in page, address
    Interview.objects.filter(pk=agreed.pk).update(executive=cast["director"])
    told = f"Quedó acordada con {cast['director']}, pero la debe {cast['executive']}."
    assert [told in client.get(address).content.decode() for address in addresses] == [True, True, True]
    assert f", con {cast['director']} · Videollamada" in client.get(record).content.decode()
