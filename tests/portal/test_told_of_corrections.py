"""What a company that corrects its form after a Low is told, and who owes it a look (INT-4, INT-12, INT-15)."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from acompana.commitments.models import Commitment
from acompana.companies.models import Company
from acompana.demonstration.cast import Cast, make_people
from acompana.demonstration.roads import answer_test, fill_form, register
from acompana.intake import operations as intake
from acompana.intake.models import Review
from acompana.intake.queries import latest_intake_of
from acompana.kernel.clock import read_clock
from acompana.logbook.models import Entry
from acompana.messages.models import Message
from acompana.people.models import Person
from acompana.reference.models import Country
from acompana.shell.words import long_date, reading_on
from tests.kept import made_once

pytestmark = pytest.mark.django_db
NOW = read_clock() - timedelta(hours=1)
TODAY = timezone.localdate(NOW)
NEEDS_NONE = (
    "Con exportaciones recientes no necesitas el test: tu oficina regional lo revisa y te responde a más tardar"
)

kept_cast = made_once(lambda: make_people(now=NOW))


@pytest.fixture
def cast(db, kept_cast) -> Cast:
    return deepcopy(kept_cast)


@pytest.fixture
def company(cast) -> Company:
    """One that its test referred elsewhere."""
    company = register(cast, "newcomer", rut_number=41_900_001, name="Aceites del Valle SpA", region="CL-VS", now=NOW)
    actor = cast.actor("newcomer", NOW)
    fill_form(company, actor=actor, now=NOW)
    intake.submit_characterization(matter=latest_intake_of(company).matter, actor=actor, now=NOW)
    answer_test(company, actor=actor, now=NOW, level="low")
    return Company.objects.get(pk=company.pk)


def entered_as(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def tell_of_exports(client: Client, company: Company, answer: str = "yes") -> str:
    """The form's page of exports, saved; what the next page says."""
    sent = {"exported_recently": answer, "version": Company.objects.get(pk=company.pk).version}
    if answer == "yes":
        sent |= {"year_1": TODAY.year - 1, "market_1": Country.objects.get(alpha2="PE").pk}
    answered = client.post(f"/mi-empresa/{company.pk}/ficha/exportaciones/", sent, follow=True)
    assert answered.redirect_chain, answered.context["form"].errors
    return answered.content.decode()


def test_exports_told_after_a_low_are_looked_at_by_a_date(cast, company):
    client = entered_as(cast["newcomer"])
    page = tell_of_exports(client, company)
    review = Review.objects.get(intake__matter__company=company)
    owed = Commitment.objects.get(matter=review.matter)
    assert (owed.rule, owed.debtor, owed.office.code) == ("DL-27", "office", "CL-VS")
    with reading_on(TODAY):
        day = long_date(owed.due_at.astimezone(ZoneInfo(owed.office.time_zone)).date())
    assert f"{NEEDS_NONE} el {day}." in page
    assert f"({TODAY.year - 1}, Perú)" in review.asked_because
    route = client.get(f"/mi-empresa/{company.pk}/").content.decode()
    assert "Ahora nos toca a nosotros: revisamos tu resultado" in route
    assert "Un plan para prepararte" not in route
    letters = {one.template: one for one in Message.objects.filter(matter=review.matter)}
    assert set(letters) == {"intake/review_asked", "intake/review_received"}
    assert letters["intake/review_asked"].subject == f"{company.name} ahora dice que exporta: revisar su resultado"
    assert "Con exportaciones recientes no necesita el test" in letters["intake/review_received"].body
    assert day in letters["intake/review_received"].body

    desk, decide = entered_as(cast["executive"]), f"/escritorio/revisiones/{review.matter.number}/"
    shown = desk.get(decide).content.decode()
    assert "ahora dice que exporta" in shown
    assert "Para atenderla elige potencial medio o alto" in shown
    assert desk.post(decide, {"potential": "medium", "because": "Exportó a Perú."}).status_code == 302
    found = latest_intake_of(company)
    assert (found.matter.state, found.is_exporter, found.supervised_by) == ("to_contact", True, "national-directorate")
    assert Commitment.objects.filter(matter=found.matter, rule="DL-1", fulfilled_at=None).count() == 1


def test_one_look_is_owed_however_often_it_is_saved(cast, company):
    client, owner = entered_as(cast["newcomer"]), cast.actor("newcomer", NOW)
    asked = intake.ask_review(intake=latest_intake_of(company), because="Tengo un pedido.", actor=owner, now=NOW)
    assert NEEDS_NONE in tell_of_exports(client, company)
    assert NEEDS_NONE not in tell_of_exports(client, company)  # nothing new was told
    assert Review.objects.filter(intake__matter__company=company).count() == 1
    told = Entry.objects.get(company=company, fact="La empresa corrigió su ficha: ahora dice que exporta")
    assert told.matter == asked
    executive = cast.actor("executive", NOW)
    intake.decide_review(review=asked.review, potential="low", because="No exportó.", actor=executive, now=NOW)
    assert NEEDS_NONE not in tell_of_exports(client, company)
    assert Review.objects.filter(intake__matter__company=company).count() == 1


@pytest.mark.parametrize(
    ("language", "decided", "says"),
    [
        ("es", "medium", "El test había dado potencial bajo; quedó en potencial medio."),
        ("es", "low", "Sigue en potencial bajo."),
        ("en", "medium", "The test had given low potential; it is now medium potential."),
    ],
)
def test_the_letter_of_a_review_names_both_results(cast, company, language, decided, says):
    company.contacts.update(language=language)
    asked = intake.ask_review(
        intake=latest_intake_of(company), because="Tengo un pedido.", actor=cast.actor("newcomer", NOW), now=NOW
    )
    desk = entered_as(cast["executive"])
    given = {"potential": decided, "because": "Lo vimos."}
    assert desk.post(f"/escritorio/revisiones/{asked.number}/", given).status_code == 302
    assert says in Message.objects.get(matter=asked, template="intake/review_decided").body


def test_who_did_not_export_is_promised_nothing(cast, company):
    assert NEEDS_NONE not in tell_of_exports(entered_as(cast["newcomer"]), company, "no")
    assert not Review.objects.exists()
