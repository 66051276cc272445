"""What follows where a form that said that its company exports says again that it does not (INT-4)."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps

from acompana.commitments.models import Commitment
from acompana.companies.models import Company, DeclaredExport
from acompana.demonstration.cast import Cast, make_people
from acompana.demonstration.roads import answer_test, fill_form, register
from acompana.intake import operations as intake
from acompana.intake.models import Intake, Review
from acompana.intake.queries import latest_intake_of
from acompana.kernel.clock import read_clock
from acompana.kernel.models import ChangeSet
from acompana.logbook.models import Entry
from acompana.matters.models import Matter
from acompana.messages.models import Message
from acompana.people.models import StaffMember
from acompana.reference.models import Country
from tests.kept import made_once
from tests.portal.corrections import (
    NOW,
    TODAY,
    begun_test,
    correct_at_desk,
    correct_by_api,
    entered_as,
    tell_of_exports,
    with_a_low_result,
    with_its_form_sent,
)

pytestmark = pytest.mark.django_db

kept_cast = made_once(lambda: make_people(now=NOW))
kept_at_test = made_once(lambda kept_cast: with_its_form_sent(deepcopy(kept_cast)), upon="kept_cast")


@pytest.fixture
def cast(db, kept_cast) -> Cast:
    return deepcopy(kept_cast)


@pytest.fixture
def at_test(cast, kept_at_test) -> Company:
    return deepcopy(kept_at_test)


@pytest.fixture
def company(cast, at_test) -> Company:
    return with_a_low_result(cast, at_test)


def name_executive(cast, company: Company) -> None:
    """The head of its region names the executive to contact the companies of its office."""
    member = StaffMember.objects.get(person=cast["executive"])
    intake.name_contact_person(
        office=member.office, sector=None, member=member, actor=cast.actor("director", NOW), now=NOW
    )


@pytest.mark.parametrize("way_in", ["new", "former"])
def test_who_says_no_again_goes_back_to_its_test_where_it_left_it(cast, at_test, way_in):
    company, draft, client = at_test, begun_test(cast, at_test), entered_as(cast["newcomer"])
    name_executive(cast, company)
    Intake.objects.filter(matter__company=company).update(way_in=way_in)
    tell_of_exports(client, company)
    page = tell_of_exports(client, company, "no")
    assert "Como no exportas, lo que sigue es el test: no tiene plazo, hazlo cuando quieras." in page
    found = latest_intake_of(company)
    assert (found.matter.state, found.is_exporter, found.routing_rule) == ("self_test", False, "INT-4")
    assert found.matter.owner is None
    assert not Commitment.objects.open().filter(matter=found.matter).exists()
    assert Commitment.objects.get(matter=found.matter).cancelled_at is not None
    told = Message.objects.filter(matter=found.matter, template__startswith="intake/back_to_test")
    assert {one.to_address for one in told.filter(template="intake/back_to_test_office")} == {
        found.matter.office.mailbox,
        cast["executive"].email,
    }
    assert "lo que sigue es el test de autodiagnóstico" in told.get(template="intake/back_to_test").body
    assert "Tu ficha dice que no exportas: volviste al test" in client.get(f"/mi-empresa/{company.pk}/historia/").text
    draft.refresh_from_db()
    assert draft.finished_at is None
    assert client.get(f"/mi-empresa/{company.pk}/test/").context["progress"] is not None
    tell_of_exports(client, company)  # and again, as often as it says so
    assert latest_intake_of(company).matter.state == "to_contact"


@pytest.mark.parametrize("who", ["desk", "token", "system"])
def test_the_agency_takes_back_an_exporter_from_the_start(cast, who):
    company = register(cast, "newcomer", rut_number=41_900_003, name="Sal SpA", region="CL-VS", now=NOW)
    actor = cast.actor("newcomer", NOW)
    fill_form(company, actor=actor, now=NOW, exporter=True)
    intake.submit_characterization(matter=latest_intake_of(company).matter, actor=actor, now=NOW)
    company.contacts.update(language="en")
    if who == "desk":
        page = correct_at_desk(entered_as(cast["director"]), company, "False")
        assert "Como no exporta, volvió al test: ya no hay que contactarla." in page
    else:
        correct_by_api(cast["director"] if who == "token" else None, company, exports=False)
    matter = latest_intake_of(company).matter
    assert matter.state == "self_test"
    assert not Commitment.objects.open().filter(matter=matter).exists()
    letter = Message.objects.get(matter=matter, template="intake/back_to_test")
    assert "the next step is the self-assessment test" in letter.body


@pytest.mark.parametrize(("level", "state", "who"), [("low", "referred", "system"), ("high", "to_contact", "company")])
def test_one_with_a_result_of_before_goes_on_with_it(cast, at_test, level, state, who):
    company, client = at_test, entered_as(cast["newcomer"])
    actor = cast.actor("newcomer", NOW)
    answer_test(company, actor=actor, now=NOW, level=level)
    intake.withdraw(matter=latest_intake_of(company).matter, actor=actor, now=NOW, reason="Más adelante")
    Company.objects.filter(pk=company.pk).update(exported_recently=True)
    to_brazil = Country.objects.get(alpha2="BR")
    DeclaredExport.objects.create(company=company, year=TODAY.year - 1, market=to_brazil, declared_at=NOW)
    company.refresh_from_db()
    later = NOW + timedelta(minutes=1)
    again = intake.open_intake(company=company, actor=actor, now=later)
    intake.submit_characterization(matter=again, actor=actor, now=later)
    if who == "company":
        page = tell_of_exports(client, company, "no")
        assert "Como no exportas, seguimos con el resultado de tu test." in page
    else:
        correct_by_api(None, company, exports=False)
    found = latest_intake_of(company)
    assert (found.matter, found.matter.state, found.potential, found.is_exporter) == (again, state, level, False)
    assert not Message.objects.filter(template="intake/back_to_test").exists()


def test_after_the_contact_a_no_moves_nothing(cast, at_test):
    company, client = at_test, entered_as(cast["newcomer"])
    tell_of_exports(client, company)
    matter, now = latest_intake_of(company).matter, read_clock()
    intake.record_contact(
        matter=matter, contact=None, channel="phone", text="", actor=cast.actor("executive", now), now=now
    )
    assert "lo que sigue es el test" not in tell_of_exports(client, company, "no")
    found = latest_intake_of(company)
    assert (found.matter.state, found.is_exporter) == ("to_interview", True)


def test_a_review_that_waits_says_that_the_form_says_no_again(cast, company):
    client, desk = entered_as(cast["newcomer"]), entered_as(cast["executive"])
    tell_of_exports(client, company)
    review = Review.objects.get(intake__matter__company=company)
    decide = f"/escritorio/revisiones/{review.matter.number}/"
    assert "La ficha ahora dice que no exporta" not in desk.get(decide).text
    said = tell_of_exports(client, company, "no")
    assert "quien lo revisa ve que tu ficha ahora dice que no exportas" in said
    assert Entry.objects.get(fact="La ficha ahora dice que no exporta").matter == review.matter
    assert "La ficha ahora dice que no exporta: se corrigió el" in desk.get(decide).text
    assert "quien lo revisa" not in tell_of_exports(client, company, "no")  # nothing new was told
    tell_of_exports(client, company)
    assert "La ficha ahora dice que no exporta" not in desk.get(decide).text


def test_an_exporter_that_waited_under_an_earlier_table_goes_back_too(cast, at_test):
    move = import_module("acompana.intake.migrations.0015_exporters_before_their_contact_may_go_back")
    client = entered_as(cast["newcomer"])
    tell_of_exports(client, at_test)
    Matter.objects.filter(company=at_test).update(lifecycle_version=2)
    move.go_on_under_the_newest(apps, None)
    tell_of_exports(client, at_test, "no")
    assert latest_intake_of(at_test).matter.state == "self_test"


def test_undoing_the_edit_that_said_yes_goes_back_to_the_test_and_undoing_the_no_leaves_it_again(cast, at_test):
    """The desk's «Deshacer» is the same as correcting the form by hand, with the same sentence (EXP-5)."""
    company, desk = at_test, entered_as(cast["director"])

    def undo_newest() -> str:
        edit = ChangeSet.objects.filter(kind="edit", changes__record_id=company.pk).latest("pk")
        address = f"/escritorio/empresas/{company.pk}/historial/{edit.pk}/deshacer/"
        return desk.post(address, follow=True).content.decode()

    correct_at_desk(desk, company)
    assert latest_intake_of(company).matter.state == "to_contact"
    assert "Se deshizo el cambio. Como no exporta, volvió al test" in undo_newest()
    found = latest_intake_of(company)
    assert (found.matter.state, found.is_exporter) == ("self_test", False)
    assert not company.exports.exists()
    correct_at_desk(desk, company)
    correct_at_desk(desk, company, "False")
    assert latest_intake_of(company).matter.state == "self_test"
    assert "Como exporta, dejó el test" in undo_newest()
    assert latest_intake_of(company).matter.state == "to_contact"
