"""Every road of the intake to its end, both sides in their browsers; a high result's from a stranger on is that of
test_portal_high.py. What each page looks like is tried elsewhere."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from acompana.companies.models import Company
from acompana.demonstration import roads
from acompana.demonstration.cast import Cast
from acompana.intake.models import Rise, Standing
from acompana.intake.queries import latest_intake_of
from acompana.matters.models import Matter
from acompana.messages.models import Attachment, Message
from acompana.people.models import Role, RoleGrant, StaffMember
from tests.browser import assert_accessible, assert_says
from tests.journeys.desk_steps import choose_first_of_each
from tests.journeys.portal_walk import Walk, follow, pick, press, state_of
from tests.journeys.road_steps import send_form, take_test, walk_to_the_end
from tests.journeys.test_desk_office import card
from tests.journeys.test_portal_results import make_former


@pytest.fixture
def walk(ground, site, quick_passwords, watch) -> Walk:
    watch.expect("422")  # pages that say what is wrong
    return Walk(site)


@pytest.mark.parametrize(
    ("level", "region", "executive"),
    [("medium", "CL-VS", "executive"), ("low", "CL-MA", "far_executive")],
    ids=["medium", "low in a region that interviews"],
)
def test_a_result_that_is_attended(open_page, walk, level, region, executive):
    company = walk.company(region=region)
    page, staff = walk.enter(open_page(), "newcomer"), walk.enter(open_page(), executive)
    send_form(page, company)
    take_test(page, walk, company, level)
    assert latest_intake_of(company).potential == level
    assert state_of(company) == "to_contact"
    walk_to_the_end(page, staff, walk, company)
    assert state_of(company) == "preadmitted"
    sent = set(Attachment.objects.values_list("message__template", flat=True))
    # Held years before its hour: both calendars get it, and then lose it.
    assert sent == {
        "intake/interview",
        "intake/interview_yours",
        "intake/interview_held",
        "intake/interview_held_yours",
    }


def test_a_low_is_referred_and_its_outcome_comes_back(open_page, walk):
    company = walk.company()
    page, staff = walk.enter(open_page(), "newcomer"), walk.enter(open_page(), "executive")
    send_form(page, company)
    take_test(page, walk, company, "low")
    assert_says(page, "Los pasos que siguen")
    assert Message.objects.filter(template="intake/result_low", company=company).exists()
    staff.goto(company.get_absolute_url())
    staff.get_by_role("link", name="Registrar el resultado").click()
    staff.get_by_label("La atendieron", exact=True).check(force=True)
    press(staff, "Registrar el resultado")
    expect(staff.get_by_text("La atendieron").first).to_be_visible()
    assert state_of(company) == "referred"
    assert company.referrals.get().outcome == "attended"


def test_an_exporter(open_page, walk):
    company = walk.company(exporter=True)
    page, staff = walk.enter(open_page(), "newcomer"), walk.enter(open_page(), "executive")
    send_form(page, company)
    assert_says(page, "Exportas: no lo necesitas")
    walk_to_the_end(page, staff, walk, company)
    assert state_of(company) == "preadmitted"


def test_a_former_user(open_page, walk):
    company = walk.tested("low")
    make_former(company, walk)
    page, staff = walk.enter(open_page(), "newcomer"), walk.enter(open_page(), "executive")
    page.goto(f"/mi-empresa/{company.pk}/")
    press(page, "Actualizar mi ficha y empezar de nuevo")
    send_form(page, company)
    take_test(page, walk, company, "high")
    walk_to_the_end(page, staff, walk, company)
    assert company.matters.filter(kind="intake").count() == 2
    assert state_of(company) == "preadmitted"


def test_a_review_of_a_low(open_page, walk):
    company = walk.company()
    page, staff = walk.enter(open_page(), "newcomer"), walk.enter(open_page(), "executive")
    send_form(page, company)
    take_test(page, walk, company, "low")
    follow(page, "Pedir que lo revise una persona")
    page.get_by_label("¿Por qué no estás de acuerdo?").fill("Ya tengo un comprador en Perú.")
    press(page, "Pedir la revisión")
    staff.goto(company.get_absolute_url())
    staff.get_by_role("link", name="Revisar", exact=True).click()
    staff.get_by_label("Medio", exact=True).check(force=True)
    staff.get_by_label("Motivo").fill("Mostró un pedido firmado.")
    press(staff, "Resolver la revisión")
    expect(staff.get_by_text("Por contactar").first).to_be_visible()
    page.goto(f"/mi-empresa/{company.pk}/")
    assert_says(page, "te contactará")
    assert state_of(company) == "to_contact"  # from here on it is the road of a medium


def test_a_potential_account_from_a_card(open_page, walk):
    page, staff = walk.enter(open_page(), "newcomer"), walk.enter(open_page(), "executive")
    card(staff, "Oliva de Quillota", "Invitarla por correo")
    expect(staff.get_by_text("enlace personal").first).to_be_visible()
    letter = Message.objects.get(template="intake/invitation")
    page.goto(re.search(r"http\S+/invitacion/\S+", letter.body).group(0))
    page.get_by_role("button", name="Aceptar y completar mi ficha").click()
    expect(page.get_by_text("Ya puedes completar la ficha de tu empresa").first).to_be_visible()
    assert Matter.objects.get(kind="potential_account").state == "joined"
    company = Company.objects.get(trade_name="Oliva de Quillota")
    complete_the_card(company, walk)
    send_form(page, company)
    take_test(page, walk, company, "high")
    walk_to_the_end(page, staff, walk, company)
    assert state_of(company) == "preadmitted"


def complete_the_card(company: Company, walk: Walk) -> None:
    """What a card does not say. The form itself is filled in the browser in `test_portal_high`."""
    from acompana.kernel.rut import rut_with_check_digit
    from acompana.reference.models import Region

    values = {"rut": rut_with_check_digit(41_900_077), "legal_name": "Oliva de Quillota SpA"}
    Company.objects.filter(pk=company.pk).update(**values, region=Region.objects.get(iso="CL-VS"))
    company.refresh_from_db()
    roads.fill_form(company, actor=walk.actor("newcomer"), now=walk.now)


def test_help_with_the_test(open_page, walk):
    """A company asks for help; Client management takes the test with it by telephone and answers; it sees so."""
    company = walk.sent()
    page, jorge = walk.enter(open_page(), "newcomer"), walk.enter(open_page(), "client_management")
    page.goto("/ayuda/solicitud/")
    pick(page, "¿Con qué necesitas ayuda?", "No puedo hacer o terminar el test")
    page.get_by_label("¿Qué pasó?").fill("No veo bien la pantalla.")
    expect(page.get_by_role("radio", name=company.legal_name)).to_be_checked()  # the only one of hers
    press(page, "Enviar la solicitud")
    jorge.goto("/escritorio/")
    jorge.get_by_role("link", name=re.compile(r"^Responder ?:")).click()
    follow(jorge, "Hacer el test con la empresa")
    assert_accessible(jorge, "who answers the test")
    jorge.get_by_label("Quién responde").select_option(index=1)
    press(jorge, "Ver las preguntas")
    assert_accessible(jorge, "the test with the company")
    choose_first_of_each(jorge)
    for number in jorge.locator("main input[type=number], main input[inputmode]").all():
        number.fill("5")
    jorge.get_by_role("button", name="Terminar el test").click()
    expect(jorge.get_by_text("La empresa ve el resultado y que lo respondió con ayuda").first).to_be_visible()
    request = Matter.objects.get(kind="help_request")
    assert request.owner == walk.cast["client_management"]
    jorge.goto(f"/escritorio/ayuda/{request.number}/")
    jorge.get_by_label("Respuesta").fill("Ya está hecho tu test.")
    jorge.get_by_role("button", name="Enviar la respuesta").click()
    expect(jorge.get_by_text("Respuesta enviada").first).to_be_visible()
    page.goto(f"/mi-empresa/{company.pk}/resultado/")
    assert_says(page, "Lo respondiste con la ayuda de Jorge Pinto Salas")


def into_the_programme(cast: Cast) -> None:
    """Carolina attends for the programme; Pedro becomes a regional executive of her office."""
    member = cast["executive"].staff_member
    RoleGrant.objects.filter(staff_member=member).delete()
    RoleGrant.objects.create(
        staff_member=member, role=Role.objects.get(slug="cpe-executive"), since_on=member.since_on
    )
    StaffMember.objects.filter(pk=member.pk).update(capacity=50)
    StaffMember.objects.filter(person=cast["other_executive"]).update(office=member.office)


def test_green_leaves_the_programme_by_one_click(open_page, walk):
    into_the_programme(walk.cast)
    company = walk.tested("high")
    from acompana.intake import operations as intake

    matter = latest_intake_of(company).matter
    executive = walk.actor("executive")
    intake.record_contact(matter=matter, contact=None, channel="phone", text="", actor=executive, now=walk.now)
    roads.hold_interview(matter, executive=executive, now=walk.now, share=1.0)
    assert Standing.objects.get(company=company).colour == "green"
    marta = walk.enter(open_page(), "director")
    marta.goto("/escritorio/")
    marta.get_by_role("link", name="Empresa en verde por pasar").click()
    marta.get_by_role("button", name=re.compile("^Pasarla")).click()
    expect(marta.get_by_text("Se liberó un cupo del programa").first).to_be_visible()
    assert Rise.objects.get(company=company).passed_to == walk.cast["other_executive"]
    page = walk.enter(open_page(phone=True), "newcomer")
    page.goto(f"/mi-empresa/{company.pk}/")
    assert_says(page, "Te atiende Pedro Lagos Muñoz")
