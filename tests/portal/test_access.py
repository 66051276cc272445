"""What is told when an access is asked for and decided, and what a limited mandate brings (INT-24)."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import timedelta

import pytest

from acompana.companies import operations as companies
from acompana.companies.models import Company, Consent, Contact, Mandate
from acompana.companies.presenting import entered_rows
from acompana.demonstration.cast import Cast, make_people
from acompana.intake import operations as intake
from acompana.kernel.clock import read_clock
from acompana.kernel.refusals import Refused
from acompana.kernel.rut import rut_with_check_digit
from acompana.messages.models import Message
from acompana.people.actors import SYSTEM
from acompana.reference.models import Region
from tests.kept import made_once

pytestmark = pytest.mark.django_db
NOW = read_clock() - timedelta(hours=1)
RUT = rut_with_check_digit(42_500_111)


kept_cast = made_once(lambda: make_people(now=NOW))


@pytest.fixture
def cast(db, kept_cast) -> Cast:
    return deepcopy(kept_cast)


@pytest.fixture
def claim(cast) -> Mandate:
    company = companies.register_potential_account(
        actor=cast.actor("executive", NOW),
        now=NOW,
        channel="event",
        name="Secreto",
        rut=RUT,
        contact_name="Eva Prado",
        email="eva@secreto.example",
        region=Region.objects.get(iso="CL-VS"),
    )
    Contact.objects.filter(company=company).update(verified_at=NOW)
    mandate = companies.register_company(
        rut=RUT,
        legal_name="Quesos SpA",
        person=cast["limited"],
        actor=cast.actor("limited", NOW),
        now=NOW,
        channel="portal",
    )
    intake.announce_claim(mandate=mandate, now=NOW)
    return mandate


def link_of(claim: Mandate) -> str:
    body = Message.objects.get(template="intake/access_confirm", company=claim.company).body
    return re.search(r"/confirmar-acceso/(\S+)/", body)[1]


def test_a_verified_contact_confirms_by_its_link_once(claim):
    token = link_of(claim)
    companies.confirm_mandate_by_link(token=token, actor=SYSTEM, now=NOW)
    companies.confirm_mandate_by_link(token=token, actor=SYSTEM, now=NOW)
    claim.refresh_from_db()
    assert (claim.state, claim.basis) == ("active", "verified_contact")
    assert Message.objects.filter(template="intake/access_granted").count() == 1


def test_the_link_ends_after_seven_days(claim):
    with pytest.raises(Refused, match="siete días"):
        companies.mandate_of_link(token=link_of(claim), now=NOW + timedelta(days=8))


def test_an_unverified_contact_gets_no_link(cast, claim):
    Contact.objects.filter(company=claim.company).update(verified_at=None)
    Message.objects.all().delete()
    intake.announce_claim(mandate=claim, now=NOW)
    assert not Message.objects.filter(template="intake/access_confirm").exists()


def test_what_was_typed_waits_and_enters_when_confirmed(cast, claim):
    typed = {
        "name": "Rosa Miranda",
        "position": "Dueña",
        "email": "rosa@quesos.example",
        "phone": "+56 9 3333 4444",
        "preferred_channel": "phone",
        "language": "es",
        "gender": "",
    }
    companies.keep_entered(mandate=claim, contact=typed)
    companies.keep_entered(mandate=claim, consents={"news": True})
    company = Company.objects.get(pk=claim.company_id)
    assert company.contacts.count() == 1
    shown = {row.label: row.typed for row in entered_rows(claim)}
    assert shown["Contacto nuevo"] == "Rosa Miranda, Dueña, rosa@quesos.example, +56 9 3333 4444"
    companies.decide_mandate(mandate=claim, granted=True, actor=cast.actor("director", NOW), now=NOW)
    rosa = company.contacts.get(name="Rosa Miranda")
    assert (rosa.person, rosa.is_main, rosa.verified_at) == (cast["limited"], False, None)
    assert Consent.objects.get(contact=rosa).purpose == "news"
    company.refresh_from_db()
    assert company.legal_name == "Quesos SpA"


def test_a_refusal_is_told_with_its_reason_and_without_the_name(cast, claim):
    companies.decide_mandate(
        mandate=claim, granted=False, reason="No lo conocemos.", actor=cast.actor("director", NOW), now=NOW
    )
    letter = Message.objects.get(template="intake/access_refused")
    assert letter.to_address == cast["limited"].email
    assert "No lo conocemos." in letter.body
    assert "Secreto" not in letter.body + letter.subject


def test_giving_back_ones_own_access_writes_to_nobody(cast, claim):
    companies.end_mandate(mandate=claim, actor=cast.actor("limited", NOW), now=NOW, reason="")
    assert not Message.objects.filter(template__startswith="intake/access_refused").exists()
