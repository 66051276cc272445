"""What the record, its side panel, the account and the list say of a company that somebody represents from now on, or
that was invited (INT-2, INT-24)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from acompana.companies.models import Contact
from acompana.companies.operations import register_company, register_potential_account
from acompana.intake import operations as intake
from acompana.kernel.rut import rut_with_check_digit
from acompana.shell.words import long_date, short_date

RUT = rut_with_check_digit(41_930_777)


@pytest.fixture
def card(cast, now):
    """A company that Carolina met, with its account."""
    officer = cast.actor("executive", now)
    company = register_potential_account(
        name="Tejidos Cerro Alegre", rut=RUT, contact_name="Marcela Ibáñez", email="marcela@tejidos.example",
        region=cast["executive"].staff_member.office.region, met_at="Feria", actor=officer, now=now, channel="event",
    )  # fmt: skip
    intake.register_account(company=company, actor=officer, now=now, met_at="Feria")
    return company


@pytest.fixture
def claim(cast, card, now):
    """Rosa asks to act for it."""
    mandate = register_company(
        rut=RUT, legal_name="Tejidos SpA", person=cast["limited"], actor=cast.actor("limited", now), now=now,
        channel="portal",
    )  # fmt: skip
    intake.announce_claim(mandate=mandate, now=now)
    return mandate


def invite(cast, card, now):
    matter = card.matters.get(kind="potential_account")
    return intake.invite_company(matter=matter, actor=cast.actor("executive", now), now=now)


def test_once_access_is_given_the_record_says_that_it_is_the_companys_turn(cast, enter, card, claim):
    client, rosa = enter(cast["director"]), cast["limited"]
    address = card.get_absolute_url()
    assert "Le toca a la empresa" not in client.get(address).content.decode()
    client.post(f"/escritorio/empresas/accesos/{claim.pk}/", {"decision": "grant"})
    page = client.get(address).content.decode()
    assert "<strong>Le toca a la empresa:</strong> completar su ficha en el portal." in page
    assert f"Entra por ella: {rosa.full_name}." in page
    assert "Todavía no entra al portal" not in page
    assert "Invitar o derivar" not in page
    contacts = page.partition('id="contactos"')[2].partition("</section>")[0]
    assert rosa.full_name in contacts
    assert rosa.email in contacts.replace("<wbr>", "")
    assert rosa.full_name in page.partition('id="accesos"')[2].partition("</section>")[0]
    account = read(client, reverse("intake:account", args=[card.matters.get(kind="potential_account").number]))
    assert f"Entra por ella: {rosa.full_name}. No hace falta invitarla." in account
    card.refresh_from_db()
    intake.open_intake(company=card, actor=cast.actor("limited", claim.requested_at), now=claim.requested_at)
    assert "Todavía no empieza" not in client.get(address).content.decode()


def test_the_panel_of_a_duty_has_its_own_button_first(cast, enter, card, claim):
    panel = enter(cast["director"]).get(card.get_absolute_url(), headers={"X-Panel": "1"}).content.decode()
    button = f'<a class="button button--small" href="/escritorio/empresas/accesos/{claim.pk}/">Decidir'
    assert 0 < panel.find(button) < panel.find("Cuenta potencial</h2>")
    assert 'class="button button--quiet"' in panel.partition(">Invitar o derivar<")[0].rpartition("<")[2]
    # Who owes nothing of it is offered nothing of it.
    assert (
        button
        not in enter(cast["far_executive"]).get(card.get_absolute_url(), headers={"X-Panel": "1"}).content.decode()
    )


def test_record_account_and_list_say_the_same_of_an_invitation(cast, enter, card, now):
    client, account = enter(cast["executive"]), card.matters.get(kind="potential_account")
    pages = [card.get_absolute_url(), reverse("intake:account", args=[account.number])]
    for page in pages:
        assert "Invitada el" not in read(client, page)
    invitation = invite(cast, card, now)
    # The letter went where it went, whatever its contact's address is by now.
    Contact.objects.filter(pk=invitation.contact_id).update(email="otra@tejidos.example")
    who, day, until = cast["executive"].full_name, day_and_month(now), day_and_month(invitation.expires_at)
    said = f"por {who}, a marcela@tejidos.example. Todavía no entra al portal; su enlace sirve hasta el {until}"
    for page in pages:
        shown = read(client, page)
        assert f"Invitada el {day} " in shown
        assert said in shown
        tag = shown.partition(">Invitar de nuevo<")[0].rpartition("<")[2]
        assert 'class="button button--quiet"' in tag
        assert "Invitar o derivar" not in shown
        assert "Invitar a completar su ficha" not in shown
    row = read(client, reverse("intake:accounts"))
    assert f"el {short_date(now)} a marcela@tejidos.example, por {who}" in row
    invitation.invited_at, invitation.expires_at = now - timedelta(days=60), now - timedelta(days=1)
    invitation.save()
    assert "y su enlace venció el" in read(client, pages[0])


def day_and_month(at) -> str:
    return long_date(at).rpartition(" de ")[0]


def read(client, page) -> str:
    return client.get(page).content.decode().replace("<wbr>", "")
