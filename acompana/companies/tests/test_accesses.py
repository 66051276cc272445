"""Requests of access as the desk decides them (INT-25)."""

from __future__ import annotations

import pytest
from django.utils import timezone

from acompana.companies.accesses import accesses_of
from acompana.companies.models import Company, Mandate
from acompana.companies.operations import (
    add_contact,
    decide_mandate,
    end_mandate,
    register_company,
    request_mandate,
    update_characterization,
)
from acompana.companies.tests.conftest import NOW, make_company, text_of
from acompana.kernel.changes import history_of


def test_accesses_are_resolved_with_what_was_typed_in_sight(as_carolina, luis, valparaiso):
    known = make_company("Viña Cerro Pardo Ltda.", address="Antes 1", region=valparaiso)
    mandate = register_company(
        rut=known.rut, legal_name="Viña Cerro Pardo SpA", person=luis.person, actor=luis, now=NOW, channel="portal"
    )
    update_characterization(company=known, version=known.version, values={"region": valparaiso}, actor=luis, now=NOW)
    assert "Luis Tapia" in text_of(as_carolina.get("/escritorio/empresas/accesos/"))
    page = f"/escritorio/empresas/accesos/{mandate.pk}/"
    shown = text_of(as_carolina.get(page))
    assert "Viña Cerro Pardo SpA" in shown
    assert "Valparaíso" in shown
    assert "Cambiar también la razón social a «Viña Cerro Pardo SpA»" in shown
    assert "Escribe por qué se rechaza" in text_of(as_carolina.post(page, {"decision": "refuse"}))
    as_carolina.post(page, {"decision": "grant"})
    assert Mandate.objects.get().state == "active"
    known.refresh_from_db()
    assert known.legal_name == "Viña Cerro Pardo Ltda."
    given = known.entries.get(fact="Se dio acceso para actuar por la empresa")
    assert given.channel == "system"  # at the desk, not in the portal (INT-25)
    # Who comes late reads what was decided, by whom and when, and not what would follow from a decision.
    late = text_of(as_carolina.post(page, {"decision": "refuse", "reason": "No trabaja ahí"}))
    assert "Mientras tanto otra persona lo decidió" in late
    assert "Escribiste: «No trabaja ahí»" in late
    assert Mandate.objects.get().state == "active"
    mandate.refresh_from_db()
    at = timezone.localtime(mandate.decided_at)
    for told in (late, text_of(as_carolina.get(page))):
        assert f"{mandate.decided_by} le dio acceso el " in told
        assert f" a las {at:%H:%M}." in told
        assert "Mientras tanto ve" not in told
        assert "no ve nada" not in told
        assert 'name="decision"' not in told


def test_who_else_decides_an_access_is_seen(as_carolina, luis, alto_roble):
    mandate = request_mandate(company=alto_roble, person=luis.person, now=NOW)
    shown = text_of(as_carolina.get(f"/escritorio/empresas/accesos/{mandate.pk}/"))
    assert f'data-presence="/escritorio/empresas/{alto_roble.pk}/presencia/"' in shown
    assert '{"place": "access"}' in shown


def test_accesses_of_another_office_are_not_his(as_pedro, luis, alto_roble):
    mandate = request_mandate(company=alto_roble, person=luis.person, now=NOW)
    assert "Luis Tapia" not in text_of(as_pedro.get("/escritorio/empresas/accesos/"))
    assert as_pedro.get(f"/escritorio/empresas/accesos/{mandate.pk}/").status_code == 403


# --- who enters for a company -----------------------------------------------------------------------------------


def test_the_record_lists_who_enters_since_when_and_by_whom(as_carolina, carolina, luis, alto_roble):
    mandate = request_mandate(company=alto_roble, person=luis.person, now=NOW)
    card = who_enters(as_carolina, alto_roble)
    page = f"/escritorio/empresas/accesos/{mandate.pk}/"
    assert "Ana Rojas" in card
    assert "Desde el 16-09-2026. Registró la empresa." in card
    assert "Lo pidió el 16-09-2026. Mientras tanto no ve nada de la empresa." in card
    assert f'<a class="small" href="{page}">Decidir<' in card
    as_carolina.post(page, {"decision": "grant"})
    today = f"{timezone.localdate(Mandate.objects.get(pk=mandate.pk).decided_at):%d-%m-%Y}"
    given = who_enters(as_carolina, alto_roble)
    assert f"Desde el {today}. Lo confirmó la oficina regional: Carolina Soto." in given
    assert f'<a class="small" href="{page}">Ver o quitar<' in given
    assert "Los da y los quita" not in given


def test_who_does_not_decide_reads_who_does(as_pedro, luis, alto_roble):
    mandate = request_mandate(company=alto_roble, person=luis.person, now=NOW)
    card = who_enters(as_pedro, alto_roble)
    assert "Luis Tapia" in card
    assert "/accesos/" not in card
    sentence = "Los da y los quita quien representa a la empresa, o la oficina regional de Valparaíso."
    assert sentence.lower() in card.lower()
    end = f"/escritorio/empresas/accesos/{mandate.pk}/quitar/"
    refused = as_pedro.post(end, {"reason": "No"})
    assert refused.status_code == 403
    assert sentence.lower() in refused.content.decode().lower()


def test_the_office_takes_an_access_away_with_its_reason(as_carolina, ana, alto_roble):
    mandate = Mandate.objects.get(company=alto_roble)
    page = f"/escritorio/empresas/accesos/{mandate.pk}/"
    shown = text_of(as_carolina.get(page))
    assert "Quitar el acceso y avisarle" in shown
    assert f'action="{page}quitar/"' in shown
    asked = text_of(as_carolina.post(f"{page}quitar/", {"reason": " "}))
    assert "Escribe por qué termina: la persona lo leerá." in asked
    assert '<details class="ask" open>' in asked
    assert Mandate.objects.get().state == "active"
    answer = as_carolina.post(f"{page}quitar/", {"reason": "Dejó la empresa"}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/escritorio/empresas/{alto_roble.pk}/datos/#accesos"
    told = text_of(answer)
    assert "Ana Rojas ya no tiene acceso a Conservas Alto Roble SpA. Le avisamos por correo." in told
    assert "Nadie todavía." in who_enters(as_carolina, alto_roble)
    mandate = Mandate.objects.get()
    assert (mandate.state, mandate.reason) == ("ended", "Dejó la empresa")
    noted = alto_roble.entries.get(fact="Se quitó un acceso para actuar por la empresa")
    assert (noted.text.body, noted.channel) == ("Ana Rojas. Motivo: Dejó la empresa", "system")
    letter = alto_roble.messages.get(person=ana.person, template="intake/access_refused")
    assert "Dejó la empresa" in letter.body
    late = text_of(as_carolina.post(f"{page}quitar/", {"reason": "Otra vez"}))
    assert "Mientras tanto otra persona lo decidió" in late
    assert "Escribiste: «Otra vez»" in late
    assert "le quitó el acceso el" in late
    assert "Quitar el acceso y avisarle" not in late


@pytest.mark.one_database
def test_the_list_costs_the_same_for_one_and_three(carolina, ana, luis, pedro, alto_roble, django_assert_num_queries):
    company = Company.objects.select_related("office").get(pk=alto_roble.pk)
    with django_assert_num_queries(1):
        assert accesses_of(company, carolina).names == ["Ana Rojas"]
    for person in (luis.person, pedro.person):
        decide_mandate(
            mandate=request_mandate(company=alto_roble, person=person, now=NOW), granted=True, actor=carolina, now=NOW
        )
    with django_assert_num_queries(1):
        assert len(accesses_of(company, carolina).names) == 3


def who_enters(client, company) -> str:
    page = text_of(client.get(f"/escritorio/empresas/{company.pk}/datos/"))
    return page.partition('id="accesos"')[2].partition("</section>")[0]


# --- who gets it is a contact -----------------------------------------------------------------------------------


def test_who_is_given_access_is_a_contact_once(carolina, luis):
    company = make_company("Tejidos Cerro Alegre SpA")
    add_contact(company=company, name="Gerencia", phone="912345678", actor=carolina, now=NOW)
    for _ in range(2):
        mandate = request_mandate(company=company, person=luis.person, now=NOW)
        decide_mandate(mandate=mandate, granted=True, actor=carolina, now=NOW)
        end_mandate(mandate=mandate, actor=carolina, now=NOW, reason="Se equivocó")
    contact = company.contacts.get(person=luis.person)
    assert (contact.name, contact.email, contact.verified_at) == ("Luis Tapia", luis.person.email, NOW)
    assert not contact.is_main  # who was there stays first
    turn = history_of(company)[0].change_set
    assert (turn.title, turn.made_by) == ("Nuevo contacto: Luis Tapia", carolina.person)


def test_who_was_a_contact_by_the_address_that_they_confirmed_is_that_contact(carolina, luis):
    company = make_company("Tejidos Cerro Alegre SpA")
    known = add_contact(company=company, name="L. Tapia", email=luis.person.email, actor=carolina, now=NOW)
    decide_mandate(
        mandate=request_mandate(company=company, person=luis.person, now=NOW), granted=True, actor=carolina, now=NOW
    )
    contact = company.contacts.get()
    assert (contact, contact.name, contact.person, contact.verified_at) == (known, "L. Tapia", luis.person, NOW)
