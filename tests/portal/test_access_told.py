"""Who is told of an access: by which address, in which words, and what stays of what was typed (INT-24)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from acompana.companies import operations as companies
from acompana.companies.models import Contact, Mandate
from acompana.demonstration.cast import Cast
from acompana.intake import operations as intake
from acompana.kernel.rut import format_rut, rut_with_check_digit
from acompana.logbook.models import Entry
from acompana.messages.models import Message
from acompana.people.models import Person
from acompana.portal.promises import promises_about
from acompana.reference.models import Region
from tests.portal.filling_in import NOW

pytestmark = pytest.mark.django_db
KNOWN = rut_with_check_digit(42_500_333)


def of(cast: Cast, key: str) -> Client:
    client = Client()
    client.force_login(cast[key], backend="acompana.people.backends.Backend")
    return client


def ask(cast: Cast, key: str, rut: str, now=NOW) -> Mandate:
    mandate = companies.register_company(
        rut=rut, legal_name="Quesos SpA", person=cast[key], actor=cast.actor(key, now), now=now, channel="portal"
    )
    intake.announce_claim(mandate=mandate, now=now)
    return mandate


def asked_letters() -> list[tuple[str, str]]:
    rows = Message.objects.filter(template="intake/access_asked").order_by("id")
    return list(rows.values_list("to_address", "to_name"))


def without_address(cast: Cast, key: str) -> None:
    Person.objects.filter(pk=cast[key].pk).update(email=None, email_verified_at=None)


def test_who_confirmed_no_address_is_written_to_as_the_contact_that_they_are(cast, company):
    without_address(cast, "owner")
    Contact.objects.filter(company=company).update(email="camila@altoroble.example", name="Camila Rojas")
    asked = ask(cast, "citizen", company.rut)
    assert asked_letters() == [("camila@altoroble.example", "Camila Rojas")]
    assert asked.terms.get().commitment.debtor == "company"
    words = promises_about([asked], NOW)[asked.pk].words
    assert words == "Lo decide quien representa a la empresa; también puede hacerlo la agencia. A más tardar el"


def test_else_the_main_contact_is_written_to_but_never_who_asks(cast, company):
    without_address(cast, "owner")
    Contact.objects.filter(company=company).update(email="ventas@altoroble.example", person=None)
    ask(cast, "citizen", company.rut)
    assert [address for address, _ in asked_letters()] == ["ventas@altoroble.example"]
    Contact.objects.filter(company=company).update(person=cast["rival"])
    asked = ask(cast, "rival", company.rut)
    assert len(asked_letters()) == 1
    assert asked.terms.get().commitment.debtor == "office"


def test_who_asks_reads_that_a_representative_may_decide_whom_no_letter_reaches(cast, company):
    without_address(cast, "owner")
    Contact.objects.filter(company=company).update(email="")
    asked = ask(cast, "citizen", company.rut)
    page = of(cast, "citizen").get("/mi-empresa/").content.decode()
    assert asked_letters() == []
    assert "Lo decide la agencia; también puede hacerlo quien representa a la empresa." in page
    companies.end_mandate(
        mandate=company.mandates.get(state="active"), actor=cast.actor("owner", NOW), now=NOW, reason=""
    )
    assert promises_about([asked], NOW)[asked.pk].words == "La agencia decide si te da acceso, a más tardar el"


def test_a_request_that_is_taken_back_is_not_an_access_given_back(cast, company):
    asked = ask(cast, "citizen", company.rut)
    of(cast, "citizen").post("/mi-empresa/", {"mandate": asked.pk})
    assert Entry.objects.filter(
        company=company, fact="Retiraron su pedido de acceso para actuar por la empresa"
    ).exists()
    page = of(cast, "owner").get(f"/mi-empresa/{company.pk}/historia/").content.decode()
    assert "Retiraron su pedido de acceso" in page
    assert "Dejaron su acceso" not in page
    late = of(cast, "owner").post(f"/mi-empresa/{company.pk}/accesos/", {"mandate": asked.pk, "verb": "grant"})
    assert f"{asked.person} retiró su pedido el" in late.content.decode()


@pytest.fixture
def claim(cast) -> Mandate:
    companies.register_potential_account(
        actor=cast.actor("executive", NOW),
        now=NOW,
        channel="event",
        name="Secreto",
        rut=KNOWN,
        email="eva@secreto.example",
        region=Region.objects.get(iso="CL-VS"),
    )
    return ask(cast, "limited", KNOWN)


def test_who_claims_first_takes_it_back_and_finds_what_they_typed_when_they_ask_again(cast, claim):
    rosa, own = of(cast, "limited"), f"/mi-empresa/{claim.company_id}/"
    rosa.post(f"{own}ficha/permisos/", {"consent_news": "yes"})
    claim.refresh_from_db()
    typed = claim.entered
    assert typed["consents"] == {"news": True}
    page = rosa.get(own).content.decode()
    assert f'name="mandate" value="{claim.pk}"' in page
    assert "Retirar mi pedido" in page
    assert "Retiraste tu pedido." in rosa.post("/mi-empresa/", {"mandate": claim.pk}, follow=True).content.decode()
    other = ask(cast, "citizen", KNOWN)
    assert (other.state, "consents" in other.entered) == ("limited", False), "what another typed is theirs alone"
    companies.end_mandate(mandate=other, actor=cast.actor("citizen", NOW), now=NOW, reason="")
    assert ask(cast, "limited", KNOWN, NOW + timedelta(minutes=1)).entered == typed


def test_what_was_typed_is_kept_after_a_refusal_too_and_nothing_once_it_was_granted(cast, claim):
    companies.keep_entered(mandate=claim, contact={"name": "Rosa Miranda"})
    no = {"granted": False, "reason": "No lo conocemos.", "actor": cast.actor("director", NOW), "now": NOW}
    companies.decide_mandate(mandate=claim, **no)
    again = ask(cast, "limited", KNOWN)
    assert again.entered["contact"] == {"name": "Rosa Miranda"}
    companies.decide_mandate(mandate=again, granted=True, actor=cast.actor("director", NOW), now=NOW)
    again.refresh_from_db()
    assert again.entered == {}


def test_its_office_learns_who_took_the_access_of_whom_away(cast, company):
    asked = ask(cast, "citizen", company.rut)
    companies.decide_mandate(mandate=asked, granted=True, actor=cast.actor("owner", NOW), now=NOW)
    founder = company.mandates.get(basis="founder")
    accesses = f"/mi-empresa/{company.pk}/accesos/"
    page = of(cast, "citizen").get(accesses).content.decode()
    assert f"{cast['owner'].given_names} registró esta empresa" in page
    assert "registró esta empresa" not in of(cast, "owner").get(accesses).content.decode()
    of(cast, "citizen").post(accesses, {"mandate": founder.pk, "verb": "end", "reason": "Ya no trabaja aquí."})
    letter = Message.objects.get(template="intake/access_ended_office")
    assert letter.to_address == company.office.mailbox
    assert letter.subject == f"{cast['citizen']} le quitó a {cast['owner'].full_name} el acceso a {company.name}"
    assert f"{cast['owner'].full_name} es quien registró la empresa." in letter.body
    assert "Ya no trabaja aquí." in letter.body


def test_nobody_is_told_of_an_end_by_the_office_itself_nor_of_ones_own(cast, company):
    asked = ask(cast, "citizen", company.rut)
    companies.decide_mandate(mandate=asked, granted=True, actor=cast.actor("owner", NOW), now=NOW)
    companies.end_mandate(mandate=asked, actor=cast.actor("director", NOW), now=NOW, reason="Lo pidió la empresa.")
    founder = company.mandates.get(basis="founder")
    companies.end_mandate(mandate=founder, actor=cast.actor("owner", NOW), now=NOW, reason="")
    assert not Message.objects.filter(template="intake/access_ended_office").exists()


def test_how_a_second_person_gets_access_is_said(cast, company):
    page = of(cast, "owner").get(f"/mi-empresa/{company.pk}/accesos/").content.decode()
    assert "Pídele que entre con su ClaveÚnica y registre la empresa con el mismo RUT" in page
    assert format_rut(company.rut) in page


def test_two_windows_under_a_limited_mandate_are_told_apart_from_nobody(cast, claim):
    """What they typed elsewhere is theirs: nothing is said of anybody else, who may be working on the company."""
    rosa, address = of(cast, "limited"), f"/mi-empresa/{claim.company_id}/ficha/permisos/"
    opened = {"opened": rosa.get(address).context["opened"]}
    assert rosa.post(address, {**opened, "consent_news": "yes"}).status_code == 302
    stale = rosa.post(address, {**opened, "consent_news": "no"})
    assert stale.status_code == 422
    assert "En otra ventana guardaste cambios" in stale.content.decode()
    assert [(one.stored, one.typed) for one in stale.context["meanwhile"].both] == [("Sí", "No")]
