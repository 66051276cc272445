"""Who may act for a company: a taken RUT, the first claim on a known RUT, links that confirm, and ends (INT-24)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from acompana.companies import operations as companies
from acompana.companies.models import Company, Contact, Mandate
from acompana.kernel.rut import rut_with_check_digit
from acompana.messages.models import Message
from acompana.reference.models import Region
from tests.browser import assert_says
from tests.journeys.portal_walk import Walk, follow, look, pick, press

KNOWN = rut_with_check_digit(42_500_111)


@pytest.fixture
def walk(ground, site, quick_passwords, watch) -> Walk:
    watch.expect("422")  # pages that say what is wrong
    return Walk(site)


def claim(page, rut: str, name: str) -> None:
    page.goto("/mi-empresa/registrar/")
    page.get_by_label("RUT de la empresa").fill(rut)
    page.get_by_label("Razón social").fill(name)
    page.get_by_label("Región").select_option(label="Valparaíso")
    press(page, "Registrar mi empresa")


def test_a_taken_rut_is_asked_for_and_granted(page, phone, walk, watch):
    watch.expect("404")
    company = walk.company()
    claim(walk.enter(page, "rival"), company.rut, "Aceites")
    assert_says(page, "Acceso pedido")
    expect(page.locator("main")).not_to_contain_text(company.legal_name)  # a stranger learns nothing of it
    look(page, "access asked for")
    assert page.goto(f"/mi-empresa/{company.pk}/").status == 404
    walk.enter(phone, "newcomer").goto(f"/mi-empresa/{company.pk}/accesos/")
    press(phone, "Rechazar a Luis")
    look(phone, "refusing without a reason")
    assert_says(phone, "Escribe por qué")
    press(phone, "Dar acceso a Luis")
    look(phone, "who has access")
    assert Message.objects.filter(template="intake/access_granted", to_address=walk.cast["rival"].email).exists()
    page.goto("/mi-empresa/")
    assert_says(page, "Tu ruta exportadora")


def test_a_refused_request_says_why(page, walk):
    company = walk.company()
    mandate = companies.request_mandate(company=company, person=walk.cast["rival"], now=walk.now)
    companies.decide_mandate(
        mandate=mandate, granted=False, reason="No trabaja aquí.", actor=walk.actor("newcomer"), now=walk.now
    )
    walk.enter(page, "rival").goto("/mi-empresa/")
    assert_says(page, "No trabaja aquí.")
    look(page, "access refused")
    letter = Message.objects.get(template="intake/access_refused")
    assert "No trabaja aquí." in letter.body


def known_company(walk: Walk) -> Company:
    """A company that an officer met: with a contact whose mailbox was verified, and data of its own."""
    company = companies.register_potential_account(
        actor=walk.actor("executive"),
        now=walk.now,
        channel="event",
        name="Secreto Comercial",
        legal_name="Secreto Comercial SpA",
        rut=KNOWN,
        contact_name="Eva Prado",
        email="eva.prado@secreto.example",
        phone="+56 9 1111 2222",
        region=Region.objects.get(iso="CL-BI"),
    )
    Contact.objects.filter(company=company).update(verified_at=walk.now)
    return company


def test_the_first_claim_on_a_known_rut_sees_only_what_it_types_until_a_link_confirms(page, phone, walk, watch):
    watch.expect("403", "410")
    company = known_company(walk)
    walk.enter(page, "limited")
    claim(page, KNOWN, "Quesos del Sur SpA")
    assert_says(page, "Falta confirmar que la representas")
    look(page, "limited mandate")
    follow(page, "Llenar la ficha mientras tanto")
    look(page, "list of steps under a limited mandate")
    type_a_contact(page, company)
    secrets = ("Secreto", "Eva Prado", "eva.prado", "1111 2222", "Biobío")
    for address in ("", "ficha/", "ficha/revisar/", "ficha/identificacion/", "ficha/contacto/", "ficha/oferta/"):
        page.goto(f"/mi-empresa/{company.pk}/{address}")
        told = page.locator("main").inner_text() + " ".join(
            field.input_value() for field in page.locator("main input.input").all()
        )
        assert not [secret for secret in secrets if secret in told], address
    page.goto(f"/mi-empresa/{company.pk}/ficha/revisar/")
    assert_says(page, "Rosa del Carmen")
    look(page, "check your answers under a limited mandate")
    page.goto(f"/mi-empresa/{company.pk}/historia/")
    assert_says(page, "Podrás entrar aquí")
    confirm_by_link(phone, company)
    page.goto(f"/mi-empresa/{company.pk}/")
    assert_says(page, "Tu ruta exportadora")
    typed = company.contacts.get(name="Rosa del Carmen Miranda")
    assert not typed.is_main
    assert Message.objects.filter(template="intake/access_granted", to_address=walk.cast["limited"].email).exists()


def type_a_contact(page, company: Company) -> None:
    page.goto(f"/mi-empresa/{company.pk}/ficha/contacto/")
    page.get_by_label("Nombre y apellido").fill("Rosa del Carmen Miranda")
    page.get_by_label("Cargo").fill("Gerenta")
    page.get_by_role("textbox", name="Correo electrónico").fill("rosa@quesos.example")
    page.get_by_label("Teléfono", exact=False).first.fill("+56 9 3333 4444")
    pick(page, "¿Cómo prefieres que te contactemos?", "Teléfono")
    press(page, "Guardar y seguir")
    assert Contact.objects.filter(company=company).count() == 1  # nothing of the registry moved


def confirm_by_link(page, company: Company) -> None:
    letter = Message.objects.get(template="intake/access_confirm")
    assert letter.to_address == "eva.prado@secreto.example"
    page.goto(re.search(r"https?://\S+/confirmar-acceso/\S+", letter.body)[0])
    look(page, "confirming an access")
    press(page, "Sí, la representa")
    assert_says(page, "Acceso confirmado")
    look(page, "access confirmed")
    assert Mandate.objects.get(company=company).state == Mandate.State.ACTIVE
    assert page.goto("/confirmar-acceso/esto-no-sirve/").status == 410
    look(page, "a broken link")


def test_the_office_confirms_a_first_claim(page, walk):
    company = known_company(walk)
    mandate = companies.register_company(
        rut=KNOWN,
        legal_name="Quesos del Sur SpA",
        person=walk.cast["limited"],
        actor=walk.actor("limited"),
        now=walk.now,
        channel="portal",
    )
    companies.decide_mandate(mandate=mandate, granted=True, actor=walk.actor("other_executive"), now=walk.now)
    walk.enter(page, "limited").goto(f"/mi-empresa/{company.pk}/")
    press(page, "Empezar con la ficha")
    assert_says(page, "Tu ficha")
    company.refresh_from_db()
    assert company.legal_name == "Secreto Comercial SpA"  # the known one: whoever granted did not take the other
