"""Two officers on a page of a company's road: the second reads who was first, and keeps what they typed (EXP-13)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from acompana.cases.operations import answer_help, ask_for_help
from acompana.companies.models import Company
from acompana.companies.operations import register_potential_account
from acompana.demonstration.roads import answer as answer_all
from acompana.demonstration.roads import hold_interview, open_hour
from acompana.intake import operations as intake
from acompana.intake.models import ReferralBody
from acompana.intake.queries import latest_intake_of
from acompana.questionnaires.operations import start_response
from acompana.reference.models import SalesBracket
from tests.desk.conftest import road_of
from tests.desk.interview_steps import meant

NOTE = "Exporta mermeladas a su hermana en Mendoza."


def page_of(matter, page):
    return f"/escritorio/ingresos/{matter.number}/{page}/"


# --- every page of a step -------------------------------------------------------------------------------------------


class Road:
    """A company's road with both officers on it: `first` acts by its operations, the other one sends a page."""

    def __init__(self, company, cast, now):
        self.company, self.cast, self.now, self.first = company, cast, now, cast.actor("executive", now)
        self.by = {"actor": self.first, "now": now}

    def tested(self, micro=False):
        if micro:
            Company.objects.filter(pk=self.company.pk).update(sales_bracket=SalesBracket.objects.get(number=2))
        self.matter = latest_intake_of(self.company).matter

    def contacted(self, micro=False):
        self.tested(micro=micro)
        intake.record_contact(matter=self.matter, contact=None, channel="phone", text="", **self.by)

    def interviewed(self, micro=False):
        self.contacted(micro)
        hold_interview(self.matter, executive=self.first, now=self.now)

    def declared(self):
        self.interviewed()
        intake.validate(matter=self.matter, **self.by)
        owner = self.cast.actor("owner", self.now)
        given = {"company": self.company, "matter": self.matter, "actor": owner, "now": self.now}
        response = start_response(instrument="preadmissibility", again=True, **given)
        answer_all(response, share=1.0, actor=owner, now=self.now)
        intake.submit_preadmissibility(matter=self.matter, response=response, actor=owner, now=self.now)

    def page(self, name):
        return page_of(self.matter, name)


def at_the_contact(road):
    road.tested()
    intake.record_contact(matter=road.matter, contact=None, channel="phone", text="", **road.by)
    return road.page("contacto"), {"outcome": "reached", "channel": "phone", "text": NOTE}, "«Por entrevistar»"


def at_the_contact_with_something_wrong(road):
    address, data, where = at_the_contact(road)
    return address, data | {"outcome": ""}, where


def at_the_date(road):
    road.interviewed()
    data = {"mode": "visit", "place_visit": NOTE, "starts_at": "2031-03-05T10:00", "minutes": "60"}
    return road.page("acordar"), data, "«Por validar»"


def at_calling_off(road):
    road.interviewed()
    return road.page("acordar"), {"verb": "cancel", "cancel-reason": NOTE}, "«Por validar»"


def at_the_interview(road):
    road.interviewed()
    return road.page("entrevista"), {"mode": "visit", "next_steps": NOTE, "finish": ""}, "«Por validar»"


def at_the_validation(road):
    road.interviewed()
    intake.validate(matter=road.matter, **road.by)
    return road.page("validar"), {"verb": "decline", "reason": NOTE}, "«Preadmisibilidad por completar»"


def at_validating_anyway(road):
    road.interviewed(micro=True)
    intake.decline(matter=road.matter, reason="Sin modelo probado.", **road.by)
    return road.page("validar"), {"verb": "validate", "anyway-reason": NOTE}, "«No preadmitida»"


def at_the_referral(road):
    road.interviewed(micro=True)
    body = ReferralBody.objects.first()
    intake.refer_after_interview(matter=road.matter, body=body, reason="Prepararse antes.", **road.by)
    data = {"body": body.pk, "contact_name": "", "contact_address": "", "reason": NOTE}
    return road.page("derivar"), data, "«Derivada a otro organismo»"


def at_the_preadmission(road):
    road.declared()
    intake.preadmit(matter=road.matter, **road.by)
    return road.page("preadmisibilidad"), {"verb": "refuse", "reason": NOTE}, "«Preadmitida»"


def at_the_review(road):
    road.company = road_of(road.cast, road.now, 2, "low")
    owner = road.cast.actor("owner", road.now)
    review = intake.ask_review(
        intake=latest_intake_of(road.company), because="Tengo un pedido.", actor=owner, now=road.now
    )
    intake.decide_review(review=review.review, potential="low", because="Falta el pedido firmado.", **road.by)
    return f"/escritorio/revisiones/{review.number}/", {"potential": "medium", "because": NOTE}, "«Resuelta»"


def at_the_card(road):
    road.tested()
    card = register_potential_account(
        name="Quesos del Valle", contact_name="Mario Leiva", phone="912345678", email="mario@quesos.example",
        region=road.company.region, met_at="Feria", channel="event", **road.by,
    )  # fmt: skip
    account = intake.register_account(company=card, **road.by)
    director = road.cast.actor("director", road.now)
    intake.dismiss_account(matter=account, reason="Cerró.", actor=director, now=road.now)
    return f"/escritorio/cuentas/{account.number}/", {"verb": "derive", "reason": NOTE}, "«Descartada»"


@pytest.mark.parametrize(
    "place",
    [
        at_the_contact,
        at_the_contact_with_something_wrong,
        at_the_date,
        at_calling_off,
        at_the_interview,
        at_the_validation,
        at_validating_anyway,
        at_the_referral,
        at_the_preadmission,
        at_the_review,
        at_the_card,
    ],
)
def test_a_step_that_another_took_first_is_refused_with_what_was_typed(place, company, enter, cast, now):
    address, data, where = place(Road(company, cast, now))
    answer = enter(cast["director"]).post(address, data)
    page = answer.content.decode().split("<main")[1]
    assert answer.status_code == 422
    assert f" lo pasó a {where}" in page
    assert "Mientras tanto" in page
    assert "Lo tuyo no quedó registrado." in page
    assert NOTE in page
    assert "<form" not in page


def test_an_answer_that_another_gave_first_is_refused_with_what_was_typed(enter, cast, now):
    manager = cast.actor("client_management", now)
    asked = ask_for_help(
        about="characterization", what_went_wrong="No encuentra su actividad.", asker_name="Berta Núñez",
        asker_email="berta.nunez@correo.example", actor=manager, now=now, channel="phone",
    )  # fmt: skip
    answer_help(request=asked, answer="Es el 104000.", actor=manager, now=now)
    answer = enter(cast["client_management"]).post(f"/escritorio/ayuda/{asked.matter.number}/", {"answer": NOTE})
    page = answer.content.decode().split("<main")[1]
    assert answer.status_code == 422
    assert f"Mientras tanto {cast['client_management']} lo pasó a «Respondida»" in page
    assert page.count(NOTE) == 1
    assert NOTE in page.split("Lo que escribiste")[1]
    assert "Es el 104000." in page.split('aria-label="Respuesta"')[1]
    asked.refresh_from_db()
    assert asked.answer == "Es el 104000."


# --- the date of the interview --------------------------------------------------------------------------------------


def test_who_agrees_a_date_second_reads_who_agreed_which(enter, cast, contacted, now):
    second, address = enter(cast["director"]), page_of(contacted, "acordar")
    assert 'name="seen" value="0"' in second.get(address).content.decode()
    at, place = open_hour(contacted.office, now + timedelta(days=3)), "Avenida Errázuriz 1250"
    agreed = intake.arrange_interview(
        matter=contacted, mode="visit", place="Camino Los Aromos 1250", minutes=60, starts_at=at,
        actor=cast.actor("executive", now), now=now,
    )  # fmt: skip
    mine = {"seen": "0", "mode": "office", "place_office": place, "starts_at": f"{at:%Y-%m-%dT%H:%M}", "minutes": "60"}
    for data in (mine, {name: value for name, value in mine.items() if name != "seen"}):
        answer = second.post(address, data)
        page = answer.content.decode().split("<main")[1]
        assert answer.status_code == 422
        assert f"Mientras tanto {cast['executive']} acordó la entrevista para el" in page
        assert "(visita a la empresa)" in page
        assert place in page
        assert f'name="seen" value="{agreed.pk}"' in page
        assert contacted.interviews.get() == agreed
    # Having read it, the same date may be asked for with a reason.
    with_reason = mine | {"seen": agreed.pk, "reason": "Vienen ellos."}
    decided = meant(answer, with_reason, "even_if_late", "even_if_closed")
    assert second.post(address, decided).status_code == 302
    assert contacted.interviews.get(cancelled_at=None).place == place


def test_a_date_that_was_called_off_meanwhile_is_told(enter, cast, contacted, now):
    second, address, by = enter(cast["director"]), page_of(contacted, "acordar"), cast.actor("executive", now)
    agreed = intake.arrange_interview(
        matter=contacted, mode="visit", place="Planta", minutes=60, actor=by, now=now,
        starts_at=open_hour(contacted.office, now + timedelta(days=3)),
    )  # fmt: skip
    intake.cancel_interview(interview=agreed, reason="No pueden.", actor=by, now=now)
    answer = second.post(address, {"seen": agreed.pk, "verb": "cancel", "cancel-reason": NOTE})
    page = answer.content.decode().split("<main")[1]
    assert answer.status_code == 422
    assert f"Mientras tanto {cast['executive']} canceló la entrevista." in page
    assert NOTE in page


# --- who else is there ----------------------------------------------------------------------------------------------


def ask_help(road, company=None):
    return ask_for_help(
        about="characterization", what_went_wrong="No encuentra su actividad.", asker_name="Berta Núñez",
        asker_email="berta.nunez@correo.example", company=company, channel="phone", **road.by,
    ).matter  # fmt: skip


def test_each_page_of_the_road_tells_who_else_is_there_and_what_they_do(company, enter, cast, now):
    walk = Road(company, cast, now)
    client, manager = enter(cast["director"]), enter(cast["client_management"])
    walk.tested(micro=True)
    assert_tells(client, manager, walk.page("contacto"), "está registrando el contacto ahora")
    assert_tells(
        manager, client, f"/escritorio/ayuda/{ask_help(walk, walk.company).number}/", "está respondiendo una solicitud"
    )
    intake.record_contact(matter=walk.matter, contact=None, channel="phone", text="", **walk.by)
    assert_tells(client, manager, walk.page("acordar"), "está acordando la entrevista ahora")
    assert_tells(client, manager, walk.page("entrevista"), "está registrando la entrevista ahora")
    hold_interview(walk.matter, executive=walk.first, now=now)
    assert_tells(client, manager, walk.page("validar"), "está decidiendo si la valida ahora")
    assert_tells(client, manager, walk.page("derivar"), "está derivando a esta empresa ahora")
    refer = {"company": walk.company, "body": ReferralBody.objects.first(), "reason": "Prepararse.", **walk.by}
    outcome = f"/escritorio/derivaciones/{intake.refer_company(**refer).pk}/resultado/"
    assert_tells(client, manager, outcome, "está anotando el resultado de una derivación ahora")


def test_so_do_the_pages_that_decide(company, road, enter, cast, now):
    walk = Road(company, cast, now)
    client, manager = enter(cast["director"]), enter(cast["client_management"])
    walk.declared()
    assert_tells(client, manager, walk.page("preadmisibilidad"), "está decidiendo su preadmisibilidad ahora")
    low = latest_intake_of(road(2, "low"))
    review = intake.ask_review(intake=low, because="Tengo un pedido.", actor=cast.actor("owner", now), now=now)
    assert_tells(client, manager, f"/escritorio/revisiones/{review.number}/", "está revisando su resultado ahora")


def test_at_a_request_of_no_company_too(enter, cast, now):
    number = ask_help(Road(None, cast, now)).number
    client, manager = enter(cast["executive"]), enter(cast["client_management"])
    address = f"/escritorio/ayuda/{number}/"
    assert_tells(manager, client, address, "está respondiendo esta solicitud ahora")
    assert_tells(client, manager, address, "también tiene abierta esta solicitud")


def assert_tells(here, other, address, words):
    """Who opens the page says so as its piece does, and another person who has the company open reads it."""
    page = here.get(address).content.decode()
    piece = page.split('<div class="who-else"')
    assert len(piece) == 2
    where, place = re.search(r'data-presence="([^"]+)".*"place": "(\w*)"', piece[1].split("</div>")[0]).groups()
    mine = here.post(where, {"place": place}, headers={"HX-Request": "true"})
    others = other.post(where, {"place": ""}, headers={"HX-Request": "true"})
    assert f"{mine.wsgi_request.user} {words}" in others.content.decode()
