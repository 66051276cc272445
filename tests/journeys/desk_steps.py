"""What the desk's journeys share: the cast, companies on the road, and entering as somebody."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import override_settings
from playwright.sync_api import Page

from acompana.companies.models import Company
from acompana.demonstration.cast import Cast, make_people
from acompana.demonstration.roads import answer, answer_test, fill_form, register
from acompana.intake import operations as intake
from acompana.intake.queries import latest_intake_of
from acompana.kernel.clock import read_clock
from acompana.matters.models import Matter
from acompana.people.models import Person
from acompana.questionnaires.operations import start_response


def make_cast() -> Cast:
    """The named people; their passwords are not used here."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        return make_people(now=read_clock() - timedelta(days=200))


def enter(page: Page, person: Person) -> Page:
    """The page, with somebody's session."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "acompana.people.backends.Backend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": settings.SITE_ADDRESS}
    page.context.add_cookies([cookie])
    return page


def company_with_result(cast: Cast, level: str, *, days: int = 0, name: str = "Aceites del Valle SpA") -> Company:
    """Valentina's company in Valparaíso, with its test finished some days ago."""
    now = read_clock() - timedelta(days=days)
    actor = cast.actor("newcomer", now)
    company = register(cast, "newcomer", rut_number=41_900_001, name=name, region="CL-VS", now=now)
    fill_form(company, actor=actor, now=now)
    intake.submit_characterization(matter=intake_of(company), actor=actor, now=now)
    answer_test(company, actor=actor, now=now, level=level)
    return Company.objects.get(pk=company.pk)


def intake_of(company: Company) -> Matter:
    found = latest_intake_of(company)
    assert found is not None
    return found.matter


def send_preadmissibility(cast: Cast, company: Company, now: datetime) -> None:
    """The company's part of the pre-admissibility."""
    actor, matter = cast.actor("newcomer", now), intake_of(company)
    response = start_response(
        instrument="preadmissibility", company=company, matter=matter, actor=actor, now=now, again=True
    )
    answer(response, share=1.0, actor=actor, now=now)
    intake.submit_preadmissibility(matter=matter, response=response, actor=actor, now=now)


def choose_first_of_each(page: Page) -> None:
    """The first option of every question that is not answered."""
    page.evaluate(
        """() => { const done = new Set();
        for (const box of document.querySelectorAll("main input[type=radio], main input[type=checkbox]")) {
          if (done.has(box.name)) continue; done.add(box.name);
          if (!box.checked) { box.checked = true; box.dispatchEvent(new Event("change", {bubbles: true})); } } }"""
    )


def say_it_was_just_now(page: Page) -> None:
    """Of an interview that was agreed for later: it was not then, and the date that is proposed holds."""
    page.get_by_label("No, fue el").check(force=True)
