"""The figures in a browser: accessible when full, in both themes and widths, and each leads to its list. Empty they
are looked at in test_every_page.py."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from tests.browser import assert_accessible_everywhere
from tests.evaluation.world import NOW, build

# The same roads are walked on both databases in test_whole_roads.py and test_portal_high.py.
pytestmark = pytest.mark.one_database

BACKEND = "acompana.people.backends.Backend"
FULL = [
    "/indicadores/?periodo=fechas&desde=2024-01-01&hasta=2026-09-16",
    "/indicadores/plazos/?periodo=fechas&desde=2024-01-01&hasta=2026-09-16&por=oficina",
    "/indicadores/lista/?figura=llegaron&estacion=por-contactar&periodo=fechas&desde=2024-01-01&hasta=2026-09-16",
    "/indicadores/lista/?figura=vencidos&periodo=fechas&desde=2024-01-01&hasta=2026-09-16",
]
WRONG = "/indicadores/?periodo=fechas&desde=2026-05-01&hasta=2026-04-01"


@pytest.fixture
def people(ground, settings, clock):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    clock.set(NOW)
    return build(bulk=24).cast


def enter(page: Page, people, key: str, site: str) -> None:
    client = Client()
    client.force_login(people[key], backend=BACKEND)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])


def test_figures_are_accessible(page, people, site):
    enter(page, people, "control", site)
    for address in [*FULL, WRONG]:
        page.goto(address)
        assert_accessible_everywhere(page, address)


def test_a_head_of_region_goes_from_a_number_to_its_companies(page, people, site):
    enter(page, people, "director", site)
    page.goto("/indicadores/")
    expect(page.locator("#id_region")).to_have_value("CL-VS")
    row = page.get_by_role("region", name="Dónde están y dónde salieron").get_by_role("row", name="Por contactar")
    number = row.get_by_role("link").first
    told = number.inner_text()
    number.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Llegaron · Entrevista: por contactar {told}")
    expect(page.locator("main tbody tr")).to_have_count(int(told))
    with page.expect_download() as download:
        page.get_by_role("link", name="Descargar la lista").click()
    assert download.value.suggested_filename == "lista-llegaron-entrevista-por-contactar.csv"
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) - 1 == int(told)
    page.get_by_role("link", name="Volver a los indicadores").click()
    page.get_by_role("link", name="Plazos").click()
    page.locator("#id_periodo").select_option("2026")
    page.get_by_role("button", name="Ver", exact=True).click()
    expect(page.get_by_role("heading", name="Por plazo")).to_be_visible()
