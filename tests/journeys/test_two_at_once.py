"""Two officers at one interview, each in a browser of their own: nothing is lost, and who leaves is gone (EXP-13)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from acompana.demonstration.roads import hold_interview
from acompana.intake import operations as intake
from acompana.kernel.clock import read_clock
from acompana.matters.models import Matter
from acompana.questionnaires.queries import answers_of, draft_of
from tests.browser import assert_accessible
from tests.journeys.desk_steps import company_with_result, enter, intake_of, make_cast

pytestmark = [pytest.mark.usefixtures("ground"), pytest.mark.one_database]

HERS, MINE = "Traer la lista de precios.", "La planta estaba detenida"
NOT_KEPT = "Lo tuyo no quedó guardado"


@pytest.fixture
def cast(ground, site):
    return make_cast()


@pytest.fixture
def matter(cast) -> Matter:
    matter = intake_of(company_with_result(cast, "high"))
    now = read_clock()
    intake.record_contact(
        matter=matter, contact=None, channel="phone", text="", actor=cast.actor("executive", now), now=now
    )
    return matter


def kept(matter: Matter) -> dict[str, object]:
    draft = draft_of(instrument="interview", company=matter.company, matter=matter)
    assert draft is not None
    return answers_of(draft)


def test_a_colleague_s_draft_is_merged_by_a_button_alone(open_page, watch, cast, matter):
    watch.expect("409", "422")
    address = f"/escritorio/ingresos/{matter.number}/entrevista/"
    carolina, marta = enter(open_page(), cast["executive"]), enter(open_page(), cast["director"])
    for page in (marta, carolina):
        page.goto(address)
    carolina.get_by_label("Próximos pasos").fill(HERS)
    carolina.get_by_label("Hay diferencias menores").check(force=True)
    expect(carolina.locator("[data-saved]")).to_contain_text("Guardado")
    seen, told = marta.get_by_label("Lo que vi y oí"), marta.locator("[data-saved]")
    seen.fill(MINE)
    expect(told).to_contain_text(f"{NOT_KEPT}: presiona «Guardar borrador»")
    assert_accessible(marta, "a draft that is not kept")
    marta.get_by_role("button", name="Guardar borrador").click()
    expect(marta.get_by_role("heading", name="Lo guardado y lo tuyo")).to_be_visible()
    expect(marta.get_by_label("Próximos pasos")).to_have_value(HERS)
    expect(seen).to_have_value(MINE)
    # One more character: it says so where she types, and nothing is written.
    seen.press("End")
    seen.type(".")
    expect(told).to_contain_text(NOT_KEPT)
    expect(told).to_be_in_viewport()
    expect(told).to_have_attribute("role", "status")
    assert "seen" not in kept(matter)
    marta.get_by_role("button", name="Guardar borrador").click()
    expect(marta.get_by_text("Borrador guardado.")).to_be_visible()
    found = kept(matter)
    assert (found["next_steps"], found["honesty"], found["seen"]) == (HERS, "differences", f"{MINE}.")


def test_who_leaves_is_gone_and_what_is_done_nobody_is_doing(open_page, cast, matter):
    assert matter.company is not None
    record = matter.company.get_absolute_url()
    carolina, marta = enter(open_page(), cast["executive"]), enter(open_page(), cast["director"])
    doing = "Marta Fuentes Leal está registrando la entrevista ahora."
    with marta.expect_response("**/presencia/"):
        marta.goto(f"/escritorio/ingresos/{matter.number}/entrevista/")
    carolina.goto(record)
    expect(carolina.get_by_text(doing)).to_be_visible()
    # What is done meanwhile she does no more, though her page is open still.
    now = read_clock()
    hold_interview(matter, executive=cast.actor("executive", now), now=now)
    carolina.reload()
    expect(carolina.locator("#quien-mas")).to_contain_text("Marta Fuentes Leal también tiene abierta esta ficha.")
    with marta.expect_response("**/presencia/"):
        marta.evaluate("window.htmx.trigger('#quien-mas', 'load')")
    carolina.reload()
    expect(carolina.locator("#quien-mas")).to_contain_text("Marta Fuentes Leal también tiene abierta esta ficha.")
    # And once she leaves, by whatever way, she is there no more.
    with marta.expect_request("**/presencia/"):
        marta.goto("/escritorio/")
    expect(marta.get_by_role("heading", level=1)).to_be_visible()
    marta.wait_for_load_state("networkidle")
    with carolina.expect_response("**/presencia/"):
        carolina.reload()
    expect(carolina.locator("#quien-mas")).to_be_empty()
