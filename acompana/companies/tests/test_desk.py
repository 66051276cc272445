from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from acompana.companies import next_steps
from acompana.companies.models import Company
from acompana.companies.next_steps import NextStep, register_next_step
from acompana.companies.operations import (
    add_contact,
    assign_executive,
    update_characterization,
)
from acompana.companies.tests.conftest import NOW, make_company, text_of
from acompana.kernel.models import ChangeSet
from acompana.reference.models import Country, Region, Sector
from acompana.shell.meanwhile import opened_with

LIST = "/escritorio/empresas/"


# --- list -------------------------------------------------------------------------------------------------------


def test_the_list_leaves_out_what_is_registry_only_unless_asked(as_carolina, alto_roble):
    make_company("Maderas Raulí S.A.", related_on=None, origin="register")
    assert "Raulí" not in text_of(as_carolina.get(LIST))
    assert "Raulí" in text_of(as_carolina.get(LIST, {"registro": "1"}))
    assert "Raulí" in text_of(as_carolina.get(LIST, {"estado": "registry"}))
    assert "1 empresa" in text_of(as_carolina.get(LIST))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "roble"}, True),
        ({"q": "41.203.875"}, True),
        ({"q": "ana rojas"}, True),
        ({"q": "raulí"}, False),
        ({"region": "CL-VS"}, True),
        ({"region": "CL-BI"}, False),
        ({"region": "nonsense"}, False),
        ({"oficina": "CL-VS", "q": "alto"}, True),
        ({"oficina": "CL-BI"}, False),
        ({"estado": "registered"}, True),
        ({"estado": "user"}, False),
        ({"ejecutivo": "nadie"}, True),
        ({"page": "99"}, True),
        ({"page": "x"}, True),
    ],
)
def test_filters(as_carolina, alto_roble, query, found):
    page = text_of(as_carolina.get(LIST, query))
    assert ("Conservas Alto Roble SpA</a>" in page) == found


def test_each_filter_can_be_taken_off(as_carolina, alto_roble):
    page = text_of(as_carolina.get(LIST, {"region": "CL-VS", "q": "roble", "page": "2"}))
    assert 'href="?region=CL-VS"' in page
    assert 'href="?q=roble"' in page


def test_searching_as_one_types_gets_the_list_alone(as_carolina, alto_roble):
    page = text_of(as_carolina.get(LIST, {"q": "alt"}, headers={"HX-Request": "true"}))
    assert page.lstrip().startswith('<div id="lista"')
    assert "<html" not in page


@pytest.mark.parametrize("query", [{}, {"q": "empresa", "estado": "registered"}])
def test_the_list_costs_the_same_for_one_and_three(
    as_carolina, carolina, valparaiso, query, django_assert_num_queries
):
    def fill(number):
        company = make_company(f"Empresa {number}", region=valparaiso, sector=Sector.objects.first())
        Company.objects.filter(pk=company.pk).update(executive=carolina.person, commune=valparaiso.communes.first())

    fill(1)
    as_carolina.get(LIST, query)
    with django_assert_num_queries(QUERIES_OF_LIST):
        as_carolina.get(LIST, query)
    fill(2)
    fill(3)
    with django_assert_num_queries(QUERIES_OF_LIST):
        as_carolina.get(LIST, query)


QUERIES_OF_LIST = 13  # four of who asks, one of saved views, four of choices, one of rules; count, page, status


# --- card -------------------------------------------------------------------------------------------------------

NEW = "/escritorio/empresas/nueva/"


def test_a_card_in_one_page(as_carolina):
    page = text_of(as_carolina.get(NEW))
    assert "Registrar una empresa" in page
    assert "autofocus" in page.split('name="name"')[1].split(">")[0]
    assert "autofocus" not in text_of(as_carolina.post(NEW, {"name": ""}))
    data = {"name": "Mermeladas Ñielol", "phone": "987654321", "contact_name": "Rosa", "met_at": "Feria"}
    response = as_carolina.post(NEW, data)
    company = Company.objects.get()
    assert response["Location"] == f"/escritorio/empresas/{company.pk}/"
    assert company.origin_detail == "Feria"


def test_what_was_typed_stays_when_it_is_refused(as_carolina, alto_roble):
    page = text_of(as_carolina.post(NEW, {"name": "Otra", "rut": "41.203.875-4"}))
    assert "La agencia ya conoce ese RUT" in page
    assert page.count("Abrir su ficha") == 1
    assert "Abre su ficha" not in page
    assert 'value="Otra"' in page
    assert "¿Es una de estas?" not in page  # the RUT says which it is
    assert "Anotar la tarjeta en su ficha" in page


def test_a_card_of_a_company_that_is_known_goes_to_its_record(as_carolina, alto_roble):
    typed = {"name": "Otra", "rut": "41.203.875-4", "contact_name": "Rosa Lagos", "email": "rosa@roble.example"}
    typed |= {"met_at": "Feria de Osorno", "keep": "1"}
    for _ in range(2):  # again, and there is still one Rosa
        answer = as_carolina.post(NEW, typed)
        assert answer["Location"] == f"/escritorio/empresas/{alto_roble.pk}/"
    assert Company.objects.count() == 1
    assert alto_roble.contacts.filter(name="Rosa Lagos", email="rosa@roble.example").count() == 1
    note = alto_roble.entries.filter(fact="Tarjeta recibida").first().text.body
    assert note == "Empresa: Otra\nPersona: Rosa Lagos\nCorreo: rosa@roble.example\nDónde se conoció: Feria de Osorno"


def test_a_card_of_a_company_only_registered_is_kept_and_told_with_the_office_of_its_region(as_carolina):
    region = Region.objects.get(iso="CL-BI")
    known = make_company("Aceites del Aconcagua SpA", related_on=None, origin="register", region=region)
    answer = as_carolina.post(NEW, {"name": "Aceites Andinos", "rut": known.rut, "email": "eva@aceites.example"})
    page = text_of(as_carolina.get(answer["Location"]))
    assert "La tarjeta quedó en la bitácora de Aceites del Aconcagua SpA." in page
    assert "La atiende la oficina regional del Biobío, por su región." in page
    known.refresh_from_db()
    assert (known.legal_name, known.office.code) == ("Aceites del Aconcagua SpA", "CL-BI")
    assert "Empresa: Aceites Andinos" in known.entries.get(fact="Tarjeta recibida").text.body


def test_one_that_is_like_others_is_asked_about_before_it_is_registered(as_carolina, alto_roble):
    """By the rule of what is told while typing: same phone, same words in another order; ticked, it is registered."""
    typed = {"name": "Roble Alto Conservas", "phone": "987654321"}
    page = text_of(as_carolina.post(NEW, typed))
    assert '<a href="#es-otra-name">Se parece a Conservas Alto Roble SpA: ¿es otra?</a>' in page
    assert f'href="/escritorio/empresas/{alto_roble.pk}/"' in page
    assert Company.objects.count() == 1
    as_carolina.post(NEW, typed | {"another": f"{alto_roble.pk} "})
    assert Company.objects.count() == 2
    page = text_of(as_carolina.post(NEW, {"name": "Otra cosa", "phone": "987654321", "another": f"{alto_roble.pk} "}))
    assert '<a href="#es-otra-phone">' in page, "what was ticked says nothing of the rest"


def test_one_way_to_reach_it_is_asked_of_the_group(as_carolina):
    page = text_of(as_carolina.get(NEW))
    assert "Anota al menos uno de los tres: teléfono, correo o RUT." in page
    assert [name for name in ("phone", "email", "rut") if f'id="id_{name}"' in page] == ["phone", "email", "rut"]
    assert page.count("(opcional)") == 3  # person, region, where it was met
    page = text_of(as_carolina.post(NEW, {"name": "Otra"}))
    assert '<a href="#id_phone">Anota un teléfono, un correo o el RUT' in page
    assert 'aria-describedby="medios-que medios-falta"' in page
    assert page.count("sin eso no hay cómo encontrarla después") == 2
    assert 'id="id_phone_error"' not in page
    assert "medios-falta" not in text_of(as_carolina.post(NEW, {"name": "Otra", "rut": "41.203.875-5"}))


def test_what_has_no_number_is_no_telephone(as_carolina):
    page = text_of(as_carolina.post(NEW, {"name": "Otra", "phone": "abc"}))
    assert "Escribe el teléfono con sus números" in page.split('id="id_phone_error"')[1].split("</p>")[0]
    assert not Company.objects.exists()


def test_a_card_has_the_region_of_the_office(as_carolina, valparaiso):
    assert "La de mi oficina: Valparaíso" in text_of(as_carolina.get(NEW))
    as_carolina.post(NEW, {"name": "Mermeladas Ñielol", "phone": "987654321"})
    company = Company.objects.get()
    assert (company.region, company.office.region) == (valparaiso, valparaiso)


def test_what_comes_next_is_registered_by_processes_above(as_carolina, monkeypatch):
    monkeypatch.setattr(next_steps, "_steps", {})
    taken = []

    def invite(company, actor, now):
        taken.append(company.name)
        return "Se envió la invitación."

    register_next_step(NextStep("invite", "Invitar por correo", "Le llega un enlace.", take=invite))
    assert "Invitar por correo" in text_of(as_carolina.get(NEW))
    data = {"name": "Sal de Cáhuil", "email": "a@cahuil.example", "next_step": "invite"}
    as_carolina.post(NEW, data)
    assert taken == ["Sal de Cáhuil"]


def test_likely_duplicates_while_typing(as_carolina, alto_roble):
    assert under_fields(as_carolina, name="xyz") == {}
    page = under_fields(as_carolina, name="alto roble conservas")
    assert list(page) == ["name"]
    assert "Tiene las mismas palabras en otro orden" in page["name"]
    assert "41.203.875-4" in page["name"]
    assert list(under_fields(as_carolina, name="Otra cosa", rut="41.203.875-4")) == ["rut"]
    ticked = under_fields(as_carolina, name="alto roble conservas", another=str(alto_roble.pk))["name"]
    assert ("checked" in ticked, "checked" in page["name"]) == (True, False)


def under_fields(client, **typed):
    """What is told under each field while typing; each piece goes to a place of the page that is read aloud."""
    page = text_of(client.get("/escritorio/empresas/parecidas/", typed))
    card = text_of(client.get(NEW))
    told = {}
    for piece in page.split('<div class="alike" id="parecidas-')[1:]:
        name, _, rest = piece.partition('"')
        assert f'<div class="alike" id="parecidas-{name}" aria-live="polite">' in card
        if "¿Es una de estas?" in rest:
            told[name] = rest
    return told


# --- record -----------------------------------------------------------------------------------------------------


def address(company, name="data", *more):
    return reverse(f"companies:{name}", args=[company.pk, *more])


def test_the_data_page_shows_what_is_missing(as_carolina, alto_roble):
    page = text_of(as_carolina.get(address(alto_roble)))
    assert "Falta en la ficha" in page
    assert "Ana Rojas" in page
    assert "¿Por qué este estado?" in page


def form_of(page):
    form = page.context["form"]
    data = {"opened": opened_with(form)}
    for name in form.fields:
        value = form[name].value()
        data[name] = "" if value is None else value
    return data


def test_the_form_saves_and_a_stale_save_loses_nothing(as_carolina, ana, alto_roble, valparaiso):
    edit = address(alto_roble, "edit_data")
    data = form_of(as_carolina.get(edit))
    data |= {
        "address": "Lo que escribí",
        "product_lines": "200870 Duraznos en conserva\nServicio: envases\nMermelada",
        "activity_codes": "011101",
        "started_on": "2015-03-01",
    }
    alto_roble.refresh_from_db()
    update_characterization(
        company=alto_roble,
        version=alto_roble.version,
        values={"address": "Otra", "workers": 33},
        actor=ana,
        now=NOW,
        exports=[{"year": 2025, "market": Country.objects.get(alpha2="PE"), "amount_usd": 1000}],
    )
    answer = as_carolina.post(edit, data)
    page = text_of(answer)
    assert f"{ana.person} guardó esta ficha" in page
    meanwhile = answer.context["meanwhile"]
    assert [both.stored for both in meanwhile.both] == ["Otra"]
    assert meanwhile.taken == ("Trabajadores", "Exportaciones declaradas")
    assert page.count("Lo que escribí") == 2
    assert "Otra</td>" in page
    alto_roble.refresh_from_db()
    assert alto_roble.address == "Otra"

    data = form_of(answer)
    assert as_carolina.post(edit, data).status_code == 302
    own = text_of(as_carolina.post(edit, data | {"address": "En otra ventana"}))
    assert "Guardaste esta ficha en otra ventana" in own
    assert "Otra persona" not in own
    alto_roble.refresh_from_db()
    assert (alto_roble.address, alto_roble.started_on) == ("Lo que escribí", date(2015, 3, 1))
    assert (alto_roble.workers, alto_roble.exports.count()) == (33, 1)
    kinds = {(p.description, p.is_service, p.heading_id is not None) for p in alto_roble.products.all()}
    assert kinds == {("Duraznos en conserva", False, True), ("envases", True, False), ("Mermelada", False, False)}
    again = form_of(as_carolina.get(edit))
    assert "200870 Duraznos en conserva" in again["product_lines"]
    assert "Servicio: envases" in again["product_lines"]


def test_what_is_wrong_and_what_was_saved_meanwhile_are_told_at_once(as_carolina, ana, alto_roble):
    edit = address(alto_roble, "edit_data")
    data = form_of(as_carolina.get(edit)) | {"address": "Lo que escribí", "activity_codes": "999999"}
    saved = {"address": "Otra", "workers": 33}
    update_characterization(company=alto_roble, version=alto_roble.version, values=saved, actor=ana, now=NOW)
    answer = as_carolina.post(edit, data)
    page = text_of(answer)
    assert "No existe la actividad 999999" in page
    assert f"{ana.person} guardó esta ficha" in page
    assert [both.stored for both in answer.context["meanwhile"].both] == ["Otra"]
    assert answer.context["meanwhile"].taken == ("Trabajadores",)
    assert as_carolina.post(edit, form_of(answer) | {"activity_codes": "011101"}).status_code == 302
    alto_roble.refresh_from_db()
    assert (alto_roble.address, alto_roble.workers) == ("Lo que escribí", 33)


def test_wrong_data_is_told_at_the_field(as_carolina, alto_roble):
    edit = address(alto_roble, "edit_data")
    data = form_of(as_carolina.get(edit)) | {"activity_codes": "999999", "legal_name": "", "started_on": "ayer"}
    page = text_of(as_carolina.post(edit, data))
    assert "No existe la actividad 999999" in page
    assert "Escribe la razón social" in page


def test_history_shows_from_what_to_what_and_undoes(as_carolina, ana, alto_roble):
    saved = update_characterization(
        company=alto_roble, version=alto_roble.version, values={"workers": 12}, actor=ana, now=NOW
    )
    changed = {"workers": 1500, "commercial_year": 2025}
    update_characterization(company=saved, version=saved.version, values=changed, actor=ana, now=NOW)
    page = as_carolina.get(address(alto_roble, "history"))
    assert "de «12» a «1.500»" in text_of(page)
    assert "«2025»" in text_of(page)
    newest = page.context["rows"][0][0].change_set
    as_carolina.post(address(alto_roble, "undo", newest.pk))
    alto_roble.refresh_from_db()
    assert alto_roble.workers == 12
    assert "Deshecho" in text_of(as_carolina.get(address(alto_roble, "history")))


def test_history_costs_the_same_for_one_and_three(
    as_carolina, carolina, marta, ana, alto_roble, django_assert_num_queries
):
    assign_executive(company=alto_roble, executive=carolina.person, actor=marta, now=NOW)
    alto_roble.refresh_from_db()
    as_carolina.get(address(alto_roble, "history"))
    with django_assert_num_queries(QUERIES_OF_HISTORY):
        as_carolina.get(address(alto_roble, "history"))
    for workers in (1, 2):
        alto_roble = update_characterization(
            company=alto_roble, version=alto_roble.version, values={"workers": workers}, actor=ana, now=NOW
        )
    with django_assert_num_queries(QUERIES_OF_HISTORY):
        as_carolina.get(address(alto_roble, "history"))


QUERIES_OF_HISTORY = 15


def test_contacts_are_added_changed_and_leave(as_carolina, alto_roble):
    new = address(alto_roble, "new_contact")
    as_carolina.get(new)
    data = {"name": "Beto Díaz", "phone": "9 1111-2222", "language": "es", "is_main": "on"}
    assert as_carolina.post(new, data).status_code == 302
    beto = alto_roble.contacts.get(name="Beto Díaz")
    assert (beto.is_main, beto.phone) == (True, "+56911112222")
    assert ChangeSet.objects.get(title="Nuevo contacto: Beto Díaz").channel == "system"
    edit = address(alto_roble, "edit_contact", beto.pk)
    assert 'value="+56 9 1111 2222"' in as_carolina.get(edit).content.decode()
    assert '<a href="tel:+56911112222">+56 9 1111 2222</a>' in as_carolina.get(address(alto_roble)).content.decode()
    as_carolina.post(edit, {**data, "position": "Gerente"})
    beto.refresh_from_db()
    assert beto.position == "Gerente"
    as_carolina.post(address(alto_roble, "remove_contact", beto.pk))
    assert as_carolina.get(edit).status_code == 404


def test_what_is_not_there_or_not_theirs_is_told_within_the_desk(as_pedro, client, alto_roble):
    for path, status, word in (
        ("/escritorio/no-existe/", 404, "Aquí no hay ninguna página"),
        (address(alto_roble, "edit_data"), 403, "No puedes entrar aquí"),
    ):
        answer = as_pedro.get(path)
        page = answer.content.decode()
        assert (answer.status_code, word in page, 'class="rail__nav"' in page) == (status, True, True)
        assert 'href="/escritorio/">Ir a Mi día</a>' in page
    client.logout()
    assert "rail__nav" not in client.get("/escritorio/no-existe/").content.decode()


def test_who_may_not_change_reads_and_is_refused(as_pedro, carolina, alto_roble):
    assert "Cambiar los datos" not in text_of(as_pedro.get(address(alto_roble)))
    for name in ("edit_data", "new_contact"):
        assert as_pedro.get(address(alto_roble, name)).status_code == 403
    contact = alto_roble.contacts.get()
    assert as_pedro.post(address(alto_roble, "remove_contact", contact.pk)).status_code == 403


def test_a_company_representative_does_not_come_in(client, ana, alto_roble):
    client.force_login(ana.person, backend="acompana.people.backends.Backend")
    for path in (LIST, NEW, address(alto_roble), address(alto_roble, "history")):
        assert client.get(path).status_code == 403


def test_contacts_on_the_record_are_escaped(as_carolina, ana, alto_roble):
    add_contact(company=alto_roble, name="<b>Eva</b>", actor=ana, now=NOW)
    assert "<b>Eva" not in text_of(as_carolina.get(address(alto_roble)))


def test_what_is_pasted_into_a_field_of_one_line_is_kept_in_one(as_carolina, alto_roble):
    as_carolina.post(NEW, {"name": "Viña\r\nDoña \u202easeT", "phone": "+56 9 8765 4321", "contact_name": "Eva\nPaz"})
    made = Company.objects.get(trade_name="Viña Doña aseT")
    assert made.contacts.get().name == "Eva Paz"
