"""A step opened by its address before its time says so at once, in the place of a form that would be refused."""

from __future__ import annotations

import re

import pytest

from acompana.companies.models import Company
from acompana.demonstration.roads import answer as answer_all
from acompana.demonstration.roads import hold_interview, walk_to_preadmission
from acompana.intake import operations as intake
from acompana.intake.queries import latest_intake_of
from acompana.people.models import StaffMember
from acompana.questionnaires.models import Response
from acompana.questionnaires.operations import start_response
from acompana.reference.models import SalesBracket

PAGES = ("entrevista", "acordar", "validar", "derivar", "volver", "preadmisibilidad", "enviar-ficha", "test")


def page_of(company, page):
    return f"/escritorio/ingresos/{latest_intake_of(company).matter.number}/{page}/"


@pytest.mark.parametrize("page", PAGES)
def test_before_its_time_it_says_why_and_has_no_form(enter, cast, company, page):
    answer = enter(cast["executive"]).get(page_of(company, page))
    main = answer.content.decode().split("<main")[1]
    assert answer.status_code == 200
    assert "<form" not in main
    assert 'class="notice' in main
    assert f'href="{page_of(company, "contacto")}">Registrar el contacto' in main
    assert not Response.objects.filter(company=company, version__instrument="interview").exists()


def test_after_its_time_too(enter, cast, company, now):
    actor, matter = cast.actor("executive", now), latest_intake_of(company).matter
    intake.record_contact(matter=matter, contact=None, channel="phone", text="", actor=actor, now=now)
    page = enter(cast["executive"]).get(page_of(company, "contacto")).content.decode()
    assert "porque el asunto está en «Por entrevistar»" in page
    assert "Qué conversaron" not in page


def test_the_second_of_two_reads_who_decided_and_gets_no_button_again(enter, cast, company, now):
    executive, owner = cast.actor("executive", now), cast.actor("owner", now)
    walk_to_preadmission(latest_intake_of(company).matter, executive=executive, owner=owner, now=now)
    director = enter(cast["director"])
    answer = director.post(page_of(company, "preadmisibilidad"), {"verb": "return", "reason": "Falta un certificado."})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"Mientras tanto {cast['executive']} lo pasó a «Preadmitida»" in page
    assert "Falta un certificado." in page
    assert 'name="verb"' not in page
    later = director.get(page_of(company, "preadmisibilidad")).content.decode()
    assert f"{cast['executive']} lo pasó a «Preadmitida»" in later


def interviewed(company, cast, now):
    actor, matter = cast.actor("executive", now), latest_intake_of(company).matter
    intake.record_contact(matter=matter, contact=None, channel="phone", text="", actor=actor, now=now)
    hold_interview(matter, executive=actor, now=now, share=1.0)
    return enter_page(company)


def enter_page(company):
    return page_of(company, "validar")


def test_what_the_company_lacks_takes_the_button_away_and_leaves_the_other_answer(enter, cast, company, now):
    address = interviewed(company, cast, now)
    client = enter(cast["executive"])
    assert 'value="validate"' in client.get(address).content.decode()
    Company.objects.filter(pk=company.pk).update(sector=None)
    page = client.get(address).content.decode()
    assert 'value="validate"' not in page
    assert 'value="decline"' in page
    assert "Falta completar la ficha" in page
    assert client.post(address, {"verb": "validate"}).status_code == 422


def test_opened_again_it_offers_first_what_is_due_also_while_something_is_missing(enter, cast, company, now):
    interviewed(company, cast, now)
    Company.objects.filter(pk=company.pk).update(sector=None)
    page = enter(cast["executive"]).get(page_of(company, "contacto")).content.decode()
    offered = re.findall(
        r'class="button" href="[^"]*/([^/"]+)/">([^<]+)', page.split("Ahora toca")[1].split("</ul>")[0]
    )
    assert offered == [("validar", "Validar la empresa")]


def test_a_company_that_goes_elsewhere_is_referred_first(enter, cast, company, now):
    Company.objects.filter(pk=company.pk).update(sales_bracket=SalesBracket.objects.get(number=2))
    interviewed(company, cast, now)
    page = enter(cast["executive"]).get(page_of(company, "contacto")).content.decode()
    offered = re.findall(r'class="button" href="[^"]*/([^/"]+)/">', page.split("Ahora toca")[1].split("</ul>")[0])
    assert offered == ["derivar", "validar"]


def test_it_says_whose_act_it_is(enter, cast, company, now):
    address = interviewed(company, cast, now)
    Company.objects.filter(pk=company.pk).update(executive=cast["director"])
    page = enter(cast["executive"]).get(address).content.decode()
    assert "La valida su ejecutivo o ejecutiva regional" in page
    assert 'value="validate"' not in page


@pytest.mark.parametrize(("bracket", "is_told"), [(2, True), (5, False)])
def test_before_the_interview_three_pages_say_that_a_micro_company_will_be_referred(
    enter, cast, company, now, bracket, is_told
):
    Company.objects.filter(pk=company.pk).update(sales_bracket=SalesBracket.objects.get(number=bracket))
    client, told = enter(cast["executive"]), "es una microempresa: no puede entrar al programa"
    assert (told in client.get(page_of(company, "contacto")).content.decode()) is is_told
    intake.record_contact(
        matter=latest_intake_of(company).matter, contact=None, channel="phone", text="",
        actor=cast.actor("executive", now), now=now,
    )  # fmt: skip
    assert (told in client.get(page_of(company, "acordar")).content.decode()) is is_told
    assert (told in client.get(page_of(company, "entrevista")).content.decode()) is is_told


DECIDED_BY = (
    "Lo decide Carolina Soto Rivas, que tiene a su cargo la empresa, quien le reemplaza, o la dirección de su oficina."
)


def test_a_colleague_decides_neither_yes_nor_no_and_reads_who_does(enter, cast, company, now):
    address, matter = interviewed(company, cast, now), latest_intake_of(company).matter
    StaffMember.objects.filter(person=cast["other_executive"]).update(office=matter.office)
    colleague, executive, owner = (
        enter(cast["other_executive"]),
        cast.actor("executive", now),
        cast.actor("owner", now),
    )

    def is_told_who(address):
        for shown in (address, company.get_absolute_url()):
            page = colleague.get(shown).content.decode()
            assert DECIDED_BY in page
            assert 'name="verb"' not in page
            assert f'href="{address}"' not in page
        for verb in ("validate", "decline", "preadmit", "return", "refuse"):
            answer = colleague.post(address, {"verb": verb, "reason": "No exporta.", "anyway-reason": "Exporta."})
            assert (answer.status_code, DECIDED_BY in answer.content.decode()) == (422, True)

    is_told_who(address)
    intake.validate(matter=matter, actor=executive, now=now)
    response = start_response(
        instrument="preadmissibility", company=company, matter=matter, again=True, actor=owner, now=now
    )
    answer_all(response, share=1.0, actor=owner, now=now)
    intake.submit_preadmissibility(matter=matter, response=response, actor=owner, now=now)
    is_told_who(page_of(company, "preadmisibilidad"))
    assert 'value="refuse"' in enter(cast["director"]).get(page_of(company, "preadmisibilidad")).content.decode()
