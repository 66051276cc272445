"""How a company's form is corrected, by whom, and what stands before it: for the tests of what follows."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from acompana.api.operations import give_token
from acompana.companies.models import Company
from acompana.demonstration.cast import Cast
from acompana.demonstration.roads import answer_test, fill_form, register
from acompana.intake import operations as intake
from acompana.intake.queries import latest_intake_of
from acompana.kernel.clock import read_clock
from acompana.people.actors import SYSTEM
from acompana.people.models import Person
from acompana.questionnaires.models import Response
from acompana.questionnaires.operations import save_answers, start_response
from acompana.questionnaires.queries import definition_of
from acompana.questionnaires.rules import visible_questions
from acompana.reference.models import Country

NOW = read_clock() - timedelta(hours=1)
TODAY = timezone.localdate(NOW)


def with_its_form_sent(cast: Cast) -> Company:
    """One that sent its form and stands at its test."""
    company = register(cast, "newcomer", rut_number=41_900_001, name="Aceites del Valle SpA", region="CL-VS", now=NOW)
    actor = cast.actor("newcomer", NOW)
    fill_form(company, actor=actor, now=NOW)
    intake.submit_characterization(matter=latest_intake_of(company).matter, actor=actor, now=NOW)
    return Company.objects.get(pk=company.pk)


def with_a_low_result(cast: Cast, company: Company) -> Company:
    """The same, referred elsewhere by its test."""
    answer_test(company, actor=cast.actor("newcomer", NOW), now=NOW, level="low")
    return Company.objects.get(pk=company.pk)


def correct_at_desk(client: Client, company: Company, answer: str = "True") -> str:
    """The desk's form, saved as it was but for the exports; what the next page says."""
    address = f"/escritorio/empresas/{company.pk}/datos/editar/"
    form = client.get(address).context["form"]
    sent = {name: "" if (value := form[name].value()) is None else value for name in form.fields}
    sent |= {bound.name: "" for line in form.export_lines() for bound in line}
    if answer == "True":
        sent |= {"year_1": TODAY.year - 1, "market_1": Country.objects.get(alpha2="PE").pk}
    answered = client.post(address, sent | {"exported_recently": answer}, follow=True)
    assert answered.redirect_chain, answered.context["form"].errors
    return answered.content.decode()


def correct_by_api(person: Person | None, company: Company, exports: bool = True) -> None:
    """The same by a program with a token: of a person, or of a system, which is nobody."""
    given = {"name": "Prueba", "life": timedelta(days=1), "rate": 1_000, "scopes": ("companies:write",)}
    _, secret = give_token(person=person, actor=SYSTEM, now=read_clock(), **given)
    version = Company.objects.get(pk=company.pk).version
    lines = [{"year": TODAY.year - 1, "market": "PE"}] if exports else []
    answered = Client().patch(
        f"/api/v1/companies/{company.pk}",
        {"version": version, "exported_recently": exports, "exports": lines},
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert answered.status_code == 200, answered.content.decode()


def entered_as(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="acompana.people.backends.Backend")
    return client


def tell_of_exports(client: Client, company: Company, answer: str = "yes") -> str:
    """The form's page of exports, saved; what the next page says."""
    sent = {"exported_recently": answer, "version": Company.objects.get(pk=company.pk).version}
    if answer == "yes":
        sent |= {"year_1": TODAY.year - 1, "market_1": Country.objects.get(alpha2="PE").pk}
    answered = client.post(f"/mi-empresa/{company.pk}/ficha/exportaciones/", sent, follow=True)
    assert answered.redirect_chain, answered.context["form"].errors
    return answered.content.decode()


def station_of_test(client: Client, company: Company) -> dict[str, str]:
    """The test among the stations of the company's route, as its portal shows them."""
    return client.get(f"/mi-empresa/{company.pk}/").context["page"].stations[2]


def begun_test(cast, company: Company) -> Response:
    """The test, with its first question answered."""
    matter, actor = latest_intake_of(company).matter, cast.actor("newcomer", NOW)
    draft = start_response(instrument="export-test-goods", company=company, matter=matter, actor=actor, now=NOW)
    first = next(question for question in visible_questions(definition_of(draft), {}) if question.options)
    save_answers(response=draft, answers={first.slug: first.options[0].value}, actor=actor, now=NOW)
    return draft
