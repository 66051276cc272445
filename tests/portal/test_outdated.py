"""A company that comes back is asked again what its form would not take any more as it is (INT-13, DEF-5)."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta

import pytest

from acompana.companies.models import Company, DeclaredExport
from acompana.companies.operations import update_characterization
from acompana.demonstration.cast import Cast, make_people
from acompana.demonstration.roads import fill_form, register
from acompana.intake.operations import submit_characterization
from acompana.intake.queries import latest_intake_of, missing_to_send
from acompana.kernel.refusals import Refused
from acompana.portal.steps import STEPS, build_form
from acompana.reference.models import Country, Sector
from tests.kept import made_once
from tests.portal.corrections import NOW, TODAY, entered_as

pytestmark = pytest.mark.django_db
kept_cast = made_once(lambda: make_people(now=NOW))


@pytest.fixture
def cast(db, kept_cast) -> Cast:
    return deepcopy(kept_cast)


@pytest.fixture
def company(cast) -> Company:
    company = register(cast, "owner", rut_number=41_203_875, name="Conservas Alto Roble SpA", region="CL-VS", now=NOW)
    fill_form(company, actor=cast.actor("owner", NOW), now=NOW, exporter=True)
    return Company.objects.get(pk=company.pk)


def sales_of_long_ago(company: Company) -> None:
    Company.objects.filter(pk=company.pk).update(commercial_year=TODAY.year - 5)


def sales_of_no_year(company: Company) -> None:
    Company.objects.filter(pk=company.pk).update(commercial_year=None)


def exports_of_long_ago(company: Company) -> None:
    DeclaredExport.objects.filter(company=company).delete()
    DeclaredExport.objects.create(
        company=company, year=TODAY.year - 6, market=Country.objects.get(alpha2="BR"), declared_at=NOW
    )


def exports_beside_a_no(company: Company) -> None:
    Company.objects.filter(pk=company.pk).update(exported_recently=False)


def sector_that_is_no_more(company: Company) -> None:
    Sector.objects.filter(pk=company.sector_id).update(retired_on=TODAY - timedelta(days=1))


def saves_as_it_is(company: Company, slug: str) -> bool:
    """Whether the page of a step takes what it starts with."""
    step = next(one for one in STEPS if one.slug == slug)
    form = build_form(step, company=company, now=NOW)
    sent = {bound.html_name: bound.value() for bound in form if bound.value() is not None}
    return build_form(step, company=company, now=NOW, data=sent).is_valid()


@pytest.mark.parametrize(
    ("grow_old", "slug", "field"),
    [
        (sales_of_long_ago, "tamano", "sales_bracket"),
        (sales_of_no_year, "tamano", "sales_bracket"),
        (exports_of_long_ago, "exportaciones", "exported_recently"),
        (exports_beside_a_no, "exportaciones", "exported_recently"),
        (sector_that_is_no_more, "oferta", "sector"),
    ],
)
def test_what_its_own_page_would_refuse_is_missing(cast, company, grow_old, slug, field):
    assert missing_to_send(company, TODAY) == []
    assert saves_as_it_is(company, slug)
    grow_old(company)
    company = Company.objects.get(pk=company.pk)
    assert not saves_as_it_is(company, slug)
    (missing,) = missing_to_send(company, TODAY)
    assert (missing.field, missing.answered) == (field, True)
    client = entered_as(cast["owner"])
    overview = client.get(f"/mi-empresa/{company.pk}/ficha/")
    part = next(item for item in overview.context["items"] if item["href"].endswith(f"/{slug}/"))
    assert (part["state"], part["hint"]) == ("wrong", f"{missing.label}: {missing.why}")
    assert "Cuando corrijas lo que se te pide" in overview.content.decode()
    assert not client.get(f"/mi-empresa/{company.pk}/ficha/revisar/").context["can_send"]
    with pytest.raises(Refused, match=missing.label):
        submit_characterization(matter=latest_intake_of(company).matter, actor=cast.actor("owner", NOW), now=NOW)


def test_answered_again_it_is_sent(cast, company):
    exports_of_long_ago(company)
    sales_of_long_ago(company)
    update_characterization(
        company=company,
        version=Company.objects.get(pk=company.pk).version,
        values={"commercial_year": TODAY.year - 1, "exported_recently": False},
        actor=cast.actor("owner", NOW),
        now=NOW,
    )
    matter = submit_characterization(matter=latest_intake_of(company).matter, actor=cast.actor("owner", NOW), now=NOW)
    assert matter.state == "self_test"
