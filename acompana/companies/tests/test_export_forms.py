"""What a company exported, in lines at the desk; those of its portal are tested with its form."""

from __future__ import annotations

from django.utils import timezone

from acompana.companies.models import DeclaredExport
from acompana.companies.tests.conftest import NOW
from acompana.reference.models import Country


def typed_in(page):
    """What the form of a page would send as it stands."""
    form = page.context["form"]
    return {name: "" if (value := form[name].value()) is None else value for name in form.fields}


def test_a_yes_to_exports_asks_for_a_year_and_a_country_as_the_portal_does(client, carolina, alto_roble):
    """INT-8: the same rule and sentence; years that are not asked for any more stay."""
    client.force_login(carolina.person, backend="acompana.people.backends.Backend")
    edit, peru, year = (
        f"/escritorio/empresas/{alto_roble.pk}/datos/editar/",
        Country.objects.get(alpha2="PE"),
        timezone.localdate().year,
    )
    before = {"company": alto_roble, "declared_by": None, "declared_at": NOW}
    DeclaredExport.objects.create(year=year - 6, market=peru, **before)
    data = typed_in(client.get(edit)) | {"exported_recently": "True"}
    page = client.post(edit, data)
    assert page.context["form"].errors == {"year_1": ["Anota al menos un año y un país."]}
    lines = {"year_1": year, "market_1": peru.pk, "amount_1": "1.000"}
    half = client.post(edit, data | lines | {"market_1": ""})
    assert half.context["form"].errors == {"market_1": ["Completa el año y el país."]}
    other = client.post(edit, data | lines | {"exported_recently": "False"})
    assert other.context["form"].errors == {
        "exported_recently": [f"La respuesta es «No», pero está anotado: {year}. ¿Cuál es?"]
    }
    assert client.post(edit, data | lines).status_code == 302
    kept = alto_roble.exports.order_by("-year").values_list("year", "market", "amount_usd")
    assert list(kept) == [(year, peru.pk, 1000), (year - 6, peru.pk, None)]
    again = typed_in(client.get(edit)) | {"address": "Calle Nueva 1"}
    assert client.post(edit, again).status_code == 302
    assert alto_roble.exports.count() == 2
    DeclaredExport.objects.all().delete()  # as a file brings it: a «Yes» alone does not stop who changes the rest
    assert client.post(edit, typed_in(client.get(edit)) | {"address": "Calle 2"}).status_code == 302
