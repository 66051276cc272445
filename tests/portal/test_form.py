"""The form asks in each step for what its sending will demand: one rule for both (DEF-5)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from acompana.companies.forms import CharacterizationForm
from acompana.companies.models import Company
from acompana.companies.operations import update_characterization
from acompana.companies.queries import completeness, required_fields
from acompana.demonstration.roads import fill_form
from acompana.intake.operations import submit_characterization
from acompana.intake.queries import check_list, latest_intake_of
from acompana.kernel.refusals import Refused
from acompana.kernel.rulebook import amend_rule, get_rule
from acompana.people.models import Person
from acompana.portal.steps import STEPS, build_form, field_of
from acompana.reference.models import Activity, Country, SalesBracket, Sector
from tests.portal.filling_in import CONTACT, NOW

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOW)
# Without these a step cannot be kept, or the road not decided: they are asked for whatever the rule says.
ALWAYS = {"legal_name", "region", "contact_name", "sector", "offer", "exported_recently"}
NOT_YET = "Esa fecha todavía no llega. Revisa el año."


def asked_for(company: Company) -> set[str]:
    """The fields of DEF-5 that the pages of the form mark as required."""
    found = set()
    for step in STEPS:
        form = build_form(step, company=company, now=NOW)
        for name in step.fields:
            field = form.fields.get(field_of(step, name))
            if field and field.required:
                assert field.widget.is_required
                found.add(name)
    return found


def asks_what_completeness_asks(company: Company) -> None:
    rule = set(required_fields(company.kind, TODAY))
    in_a_step = {name for step in STEPS for name in step.fields}
    assert rule <= in_a_step
    assert asked_for(company) == (rule | ALWAYS) - {"rut"}


@pytest.mark.parametrize("kind", [Company.Kind.NATIONAL, Company.Kind.INSTITUTION])
def test_every_step_marks_what_completeness_asks(company, kind):
    company.kind = kind
    asks_what_completeness_asks(company)


def test_an_amendment_of_the_rule_reaches_the_steps(cast, company):
    value = dict(get_rule("DEF-5", TODAY).value)
    value["national"] = [name for name in value["national"] if name != "contact_position"] + ["website"]
    amend_rule(
        rule_id="DEF-5",
        value=value,
        valid_from=TODAY,
        reason="El cargo deja de pedirse y el sitio web pasa a pedirse.",
        actor_id=cast["administrator"].pk,
        now=NOW,
    )
    asked = asked_for(company)
    assert "website" in asked
    assert "contact_position" not in asked
    asks_what_completeness_asks(company)


def test_the_contact_step_does_not_let_pass_what_the_review_demands(cast, company, client):
    fill_form(company, actor=cast.actor("owner", NOW), now=NOW)
    company.contacts.update(position="")
    address = f"/mi-empresa/{company.pk}/ficha/contacto/"
    label = 'for="id_position">Cargo'
    assert f"{label}</label>" in client.get(address).content.decode()
    answer = client.post(address, CONTACT)
    assert answer.status_code == 422
    assert "Falta este dato: Cargo." in answer.content.decode()
    company = Company.objects.get(pk=company.pk)
    assert [item.field for item in completeness(company, TODAY)] == ["contact_position"]
    assert client.post(address, {**CONTACT, "position": "Gerenta"}).status_code == 302
    company = Company.objects.get(pk=company.pk)
    assert completeness(company, TODAY) == []
    review = client.get(f"/mi-empresa/{company.pk}/ficha/revisar/").content.decode()
    assert "Enviar" in review
    assert "+56 9 8123 4567" in review


def test_what_a_rule_no_longer_asks_may_be_left_empty(cast, company, client):
    value = dict(get_rule("DEF-5", TODAY).value)
    left = {"activity", "started_on", "tax_category", "commune", "address", "sales_bracket", "workers", "women_role"}
    value["national"] = [name for name in value["national"] if name not in left]
    amend_rule(
        rule_id="DEF-5",
        value=value,
        valid_from=TODAY,
        reason="Se piden menos datos.",
        actor_id=cast["administrator"].pk,
        now=NOW,
    )
    sent = {
        "identificacion": {"legal_name": "Conservas Alto Roble SpA"},
        "ubicacion": {"region": company.region_id},
        "tamano": {"commercial_year": TODAY.year - 1},
        "propiedad": {"origin": "direct"},
    }
    for slug, data in sent.items():
        assert client.post(f"/mi-empresa/{company.pk}/ficha/{slug}/", data).status_code == 302, slug


def test_a_start_of_activities_that_has_not_come_is_told_at_its_field_and_meets_no_condition(company, client):
    """Who may be a user has begun its activities (PUB-2): a year typed wrong is no beginning."""
    address, to_come = f"/mi-empresa/{company.pk}/ficha/identificacion/", TODAY + timedelta(days=2)  # so at midnight
    said = {"legal_name": "Conservas Alto Roble SpA", "tax_category": "first"}
    answer = client.post(address, {**said, "started_on": to_come})
    assert (answer.status_code, answer.context["form"].errors["started_on"]) == (422, [NOT_YET])
    assert CharacterizationForm({**said, "started_on": to_come}, instance=company, today=TODAY).has_error("started_on")
    assert "antes de 1900" in client.post(address, {**said, "started_on": "1800-01-01"}).content.decode()
    matter = latest_intake_of(company).matter
    for day, met in ((to_come, False), (TODAY, True)):
        Company.objects.filter(pk=company.pk).update(started_on=day, tax_category="first")
        matter.company.refresh_from_db()
        assert next(point.met for point in check_list(matter, NOW) if point.slug == "who_may") is met


def test_of_which_year_the_sales_are_is_asked_where_there_are_any(company, client):
    address = f"/mi-empresa/{company.pk}/ficha/tamano/"
    without, some = SalesBracket.objects.get(uf_min=None), SalesBracket.objects.get(number=5)
    assert "data-no-sales" in client.get(address).content.decode()
    answer = client.post(address, {"sales_bracket": some.pk, "workers": 3})
    assert answer.status_code == 422
    assert "Falta el año de esas ventas." in answer.content.decode()
    assert client.post(address, {"sales_bracket": without.pk, "commercial_year": "x", "workers": 3}).status_code == 302
    company.refresh_from_db()
    assert (company.sales_bracket, company.commercial_year) == (without, None)


@pytest.mark.parametrize("year", [TODAY.year + 5, TODAY.year, TODAY.year - 4, 10**9])
def test_sales_are_of_a_year_that_has_ended(company, client, year):
    address = f"/mi-empresa/{company.pk}/ficha/tamano/"
    sent = {"sales_bracket": SalesBracket.objects.get(number=5).pk, "workers": 3}
    answer = client.post(address, {**sent, "commercial_year": year})
    assert answer.status_code == 422
    bounds = f"tiene que haber terminado y ser de los últimos 3: entre {TODAY.year - 3} y {TODAY.year - 1}."
    assert bounds in answer.content.decode()
    assert client.post(address, {**sent, "commercial_year": TODAY.year - 1}).status_code == 302
    company.refresh_from_db()
    assert company.commercial_year == TODAY.year - 1


def test_no_sales_are_of_before_the_start_of_activities_and_the_last_year_is_there(cast, company, client):
    address, last = f"/mi-empresa/{company.pk}/ficha/tamano/", TODAY.year - 1
    shown = client.get(address).context["form"]
    assert shown["commercial_year"].value() == last
    review = client.get(f"/mi-empresa/{company.pk}/ficha/revisar/").content.decode()
    assert str(last) not in review  # it is no answer until it is sent
    Company.objects.filter(pk=company.pk).update(started_on=date(last, 3, 2))
    sent = {"sales_bracket": SalesBracket.objects.get(number=5).pk, "workers": 3}
    told = f"La empresa inició actividades en {last}: las ventas no son de antes."
    answer = client.post(address, {**sent, "commercial_year": last - 1})
    assert (answer.status_code, answer.context["form"].errors) == (422, {"commercial_year": [told]})
    company.refresh_from_db()
    with pytest.raises(Refused, match="no son de antes"):
        update_characterization(
            company=company,
            version=company.version,
            values={"commercial_year": last - 1},
            actor=cast.actor("executive", NOW),
            now=NOW,
        )
    Company.objects.filter(pk=company.pk).update(started_on=date(TODAY.year, 1, 2))
    answer = client.post(address, {**sent, "commercial_year": last})
    assert "ese año no ha terminado: en las ventas elige" in answer.content.decode()
    assert client.post(address, {**sent, "commercial_year": last - 1}).status_code == 422


def test_a_start_after_the_year_of_the_sales_is_told_at_its_field(cast, company, client):
    """DEF-6: what was corrected last is told; nothing stays that cannot be."""
    last, some = TODAY.year - 1, SalesBracket.objects.get(number=5)
    size, identity = (f"/mi-empresa/{company.pk}/ficha/{slug}/" for slug in ("tamano", "identificacion"))
    assert client.post(size, {"sales_bracket": some.pk, "commercial_year": last - 1, "workers": 3}).status_code == 302
    said = {"legal_name": "Conservas Alto Roble SpA", "tax_category": "first", "started_on": date(last, 3, 2)}
    answer = client.post(identity, said)
    told = f"Hay ventas anotadas del año {last - 1}, de antes de esa fecha."
    assert answer.status_code == 422
    assert answer.context["form"].errors["started_on"][0].startswith(told)
    company.refresh_from_db()
    version = company.version
    typed = said | {"version": version, "commercial_year": last - 1}
    desk = CharacterizationForm(typed, instance=company, today=TODAY)
    assert desk.errors["started_on"][0].startswith(told)
    company.refresh_from_db()
    with pytest.raises(Refused, match=told):
        update_characterization(
            company=company,
            version=version,
            values={"started_on": date(last, 3, 2)},
            actor=cast.actor("executive", NOW),
            now=NOW,
        )
    assert client.post(size, {"sales_bracket": some.pk, "commercial_year": last, "workers": 3}).status_code == 302
    activity = Activity.objects.first().code
    assert client.post(identity, said | {"activity": activity}).status_code == 302
    company.refresh_from_db()
    assert (company.started_on, company.commercial_year) == (date(last, 3, 2), last)


def test_a_heading_has_four_or_six_digits(company, client):
    address = f"/mi-empresa/{company.pk}/ficha/oferta/"
    sent = {"offer": "goods", "sector": Sector.objects.first().pk, "product_1": "Miel", "sells_online": "no"}
    answer = client.post(address, {**sent, "heading_1": "12"})
    told = "Una partida tiene 4 o 6 dígitos: búscala por palabras, o déjala en blanco si no estás seguro."
    assert (answer.status_code, answer.context["form"].errors) == (422, {"heading_1": [told]})
    assert client.post(address, {**sent, "heading_1": "0409"}).status_code == 302
    assert company.products.get().heading.code == "0409"


def test_the_sector_that_the_form_asks_is_among_what_is_missing(company):
    company.sector = None
    assert "sector" in [item.field for item in completeness(company, TODAY)]


def test_once_it_is_sent_nothing_of_the_form_is_asked_for(cast, company, client):
    address = f"/mi-empresa/{company.pk}/ficha/"
    assert "Seguir con:" in client.get(address).content.decode()
    actor = cast.actor("owner", NOW)
    fill_form(company, actor=actor, now=NOW)
    submit_characterization(matter=latest_intake_of(company), actor=actor, now=NOW)
    company.markets.all().delete()  # of its interests nothing is told: none is required
    shown = client.get(address)
    assert shown.status_code == 200
    assert "Seguir con:" not in shown.content.decode()
    assert "Puedes corregirla o completarla cuando quieras" in shown.content.decode()


def test_no_consent_is_demanded_and_none_is_missing(company, client, cast):
    """To be attended needs none: each is beyond it, and free (LAW-4, CHA-5)."""
    address = f"/mi-empresa/{company.pk}/ficha/"
    fill_form(company, actor=cast.actor("owner", NOW), now=NOW)
    page = client.get(f"{address}permisos/").content.decode()
    assert page.count("(opcional)") == page.count("<fieldset") == 3
    answer = client.post(f"{address}permisos/", {"version": company.version})
    assert (answer.status_code, answer["Location"]) == (302, f"{address}revisar/")
    assert client.post(f"/mi-empresa/{company.pk}/permisos/", {}).status_code == 302
    company.contacts.update(preferred_channel="")  # not of the list of what must be there (DEF-5)
    review = client.get(f"{address}revisar/").content.decode()
    assert ("Falta" in review, review.count("Sin respuesta"), "Enviar la ficha" in review) == (False, 1, True)
    overview = client.get(address).content.decode()
    assert "Opcional" in overview
    assert "Seguir con: Tus permisos" not in overview
    assert client.post(f"{address}revisar/").status_code == 302
    assert latest_intake_of(company).matter.state == "self_test"


def test_how_they_came_is_chosen_by_the_person(company, client):
    page = client.get(f"/mi-empresa/{company.pk}/ficha/propiedad/").content.decode()
    assert " checked" not in page
    answers = {"women_role": "none", "origin": "direct", "version": company.version}
    assert client.post(f"/mi-empresa/{company.pk}/ficha/propiedad/", answers).status_code == 302
    page = client.get(f"/mi-empresa/{company.pk}/ficha/propiedad/").content.decode()
    assert page.count(" checked") == 2


def test_ones_own_other_window_is_told_apart_from_somebody_else(company, client, cast):
    address = f"/mi-empresa/{company.pk}/ficha/ubicacion/"
    seen = Company.objects.get(pk=company.pk)
    place = {"region": seen.region_id, "commune": "", "address": "Calle Uno 1", "version": seen.version}
    place["commune"] = seen.region.communes.first().pk
    assert client.post(address, place).status_code == 302
    own = client.post(address, {**place, "address": "Calle Dos 2"})
    assert own.status_code == 422
    assert "En otra ventana guardaste cambios" in own.content.decode()
    update_characterization(
        company=company,
        version=Company.objects.get(pk=company.pk).version,
        values={"workers": 9},
        actor=cast.actor("executive", NOW),
        now=NOW,
    )
    assert "Otra persona guardó cambios" in client.post(address, place).content.decode()


def test_a_question_without_an_answer_keeps_its_marks(company, client):
    page = client.post(f"/mi-empresa/{company.pk}/ficha/exportaciones/", {"version": company.version})
    assert "Elige una respuesta: ¿Exportaste en los últimos 3 años?<" in page.content.decode()


def test_an_address_that_waits_for_its_link_is_not_asked_for_again(cast, company, client):
    Person.objects.filter(pk=cast["owner"].pk).update(email=None)
    company.contacts.update(email="")
    client.post("/mi-cuenta/correo/", {"email": "nuevo@correo.example"})
    page = client.get(f"/mi-empresa/{company.pk}/ficha/contacto/").content.decode()
    assert 'value="nuevo@correo.example"' in page


def test_exports_that_were_typed_are_not_dropped_by_a_no(company, client):
    """Which of the two is true, only the person knows: it is asked, and what was typed stays (INT-4)."""
    address = f"/mi-empresa/{company.pk}/ficha/exportaciones/"
    peru = Country.objects.get(alpha2="PE")
    sent = {"exported_recently": "no", "year_1": TODAY.year, "market_1": peru.pk, "amount_1": "1000"}
    answer = client.post(address, sent)
    asked = f"La respuesta es «No», pero está anotado: {TODAY.year}. ¿Cuál es?"
    assert (answer.status_code, answer.context["form"].errors) == (422, {"exported_recently": [asked]})
    page = client.get(address).content.decode()
    assert 'value="1000"' in page
    assert f'<option value="{peru.pk}" selected>' in page
    half = client.post(address, {"exported_recently": "no", "market_1": peru.pk})
    assert "pero está anotado: un país o un monto" in half.content.decode()
    assert client.post(address, {**sent, "exported_recently": "yes"}).status_code == 302
    kept = company.exports.get()
    assert (kept.year, kept.market, kept.amount_usd) == (TODAY.year, peru, 1000)
    assert client.post(address, {"exported_recently": "no"}).status_code == 302
    assert not company.exports.exists()


def test_a_topic_of_which_nothing_was_told_is_not_half_done_and_a_draft_is_kept(company, client):
    address = f"/mi-empresa/{company.pk}/ficha/"
    states = {item["label"]: item["state"] for item in client.get(address).context["items"]}
    assert (states["Tu empresa"], states["Qué ofreces"]) == ("started", "todo")
    client.post(f"{address}oferta/borrador/", {"certifications": "HACCP"})
    offer = next(item for item in client.get(address).context["items"] if item["label"] == "Qué ofreces")
    assert (offer["state"], offer["hint"]) == ("started", "Tienes un borrador guardado")


def test_who_does_not_know_its_activity_sends_its_form_and_the_office_reads_it(cast, company, client):
    address, actor = f"/mi-empresa/{company.pk}/ficha/", cast.actor("owner", NOW)
    fill_form(company, actor=actor, now=NOW)
    company.activities.all().delete()
    assert client.post(f"{address}revisar/").status_code == 422
    page = client.get(f"{address}identificacion/").content.decode()
    assert "No lo sé: que lo vea mi oficina" in page
    sent = {"legal_name": company.legal_name, "started_on": "2018-03-01", "tax_category": "first"}
    asked = client.post(f"{address}identificacion/", sent)
    assert list(asked.context["form"].errors) == ["activity"]
    unsure = {**sent, "activity": "no sé", "activity_left_to_office": "on"}
    assert client.post(f"{address}identificacion/", unsure).status_code == 302
    review = client.get(f"{address}revisar/").content.decode()
    assert "No lo sabes: lo ve tu oficina" in review
    assert "Falta completar" not in review
    assert client.post(f"{address}revisar/").status_code == 302
    assert latest_intake_of(company).matter.state == "self_test"
    company = Company.objects.get(pk=company.pk)
    assert [item.field for item in completeness(company, TODAY)] == ["activity"]
    assert "que falta en tu ficha" not in client.get(f"/mi-empresa/{company.pk}/").content.decode()
    desk = Client()
    desk.force_login(cast["executive"], backend="acompana.people.backends.Backend")
    record = desk.get(company.get_absolute_url()).content.decode()
    assert "<strong>Actividad económica</strong>" in record
    assert "La empresa no sabe su actividad del SII: la busca la oficina" in record


def test_an_activity_that_is_known_is_not_left_to_anybody(company, client):
    address = f"/mi-empresa/{company.pk}/ficha/identificacion/"
    sent = {"legal_name": company.legal_name, "started_on": "2018-03-01", "tax_category": "first"}
    both = {**sent, "activity": "014901", "activity_left_to_office": "on"}
    assert client.post(address, both).status_code == 302
    assert company.activities.get().activity.code == "014901"
    assert "No lo sé" not in client.get(address).content.decode()


def test_an_activity_is_searched_in_the_words_of_who_exports(company, client):
    address = f"/mi-empresa/{company.pk}/ficha/identificacion/buscar/actividad/"
    found = client.get(address, {"q": "aceite de oliva"})
    assert [row.code for row in found.context["found"]] == ["104000"]
    assert client.post(address, {"code": "104000"}).status_code == 302
    assert 'value="104000"' in client.get(f"/mi-empresa/{company.pk}/ficha/identificacion/").content.decode()
