"""The desk's administration: all staff read, an administrator writes (ROL-15)."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from acompana.kernel.clock import read_clock
from acompana.people.models import Absence, ExtraHoliday, Office, Person, Role, StaffMember
from acompana.people.operations.history import today
from acompana.people.queries import office_by_code
from acompana.people.tests.desk_people import NOW, enter, staff
from acompana.shell.meanwhile import Both
from acompana.shell.words import short_date

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"administration:{name}", args=args)


def soon(days):
    return today(read_clock()) + timedelta(days=days)


READING = [("staff",), ("offices",), ("office", "CL-VS"), ("holidays",)]


@pytest.mark.parametrize("address", READING)
def test_all_staff_read_and_see_no_forms_to_write(client, carolina, address):
    page = enter(client, carolina).get(url(*address))
    assert page.status_code == 200
    written = [form for form in page.content.decode().split("<form")[1:] if 'action="/escritorio' in form]
    assert written == []


def test_staff_who_are_no_administrators_write_nothing(client, carolina):
    enter(client, carolina)
    closure = ExtraHoliday.objects.create(
        day=soon(9), name="x", office=carolina.office, added_by=carolina.person, added_at=NOW
    )
    grant = carolina.grants.get()
    writing = [
        url("appoint"),
        url("grant", carolina.pk),
        url("revoke", carolina.pk, grant.pk),
        url("post", carolina.pk),
        url("leave", carolina.pk),
        url("absence", carolina.pk),
        url("back", carolina.pk, 1),
        url("reach", "CL-VS"),
        url("hours", "CL-VS"),
        url("close-day", "CL-VS"),
        url("reopen-day", "CL-VS", closure.pk),
        url("add-holiday"),
        url("withdraw-holiday", closure.pk),
    ]
    assert [client.post(address).status_code for address in writing] == [403] * len(writing)


def test_people_from_outside_are_kept_out(client):
    citizen = Person.objects.create_user("berta@correo.example", None, joined_at=NOW)
    client.force_login(citizen, backend="acompana.people.backends.Backend")
    assert client.get(url("staff")).status_code == 403


def test_the_list_is_narrowed_by_office_role_and_name(admin, carolina):
    staff("Pedro", "Lagos", "CL-BI", "regional-executive")
    for query, shown in [
        ({"office": "CL-BI"}, {"Pedro"}),
        ({"role": "regional-executive"}, {"Pedro", "Carolina"}),
        ({"q": "soto caro"}, {"Carolina"}),
        ({"q": "nadie"}, set()),
        ({"role": "no-such"}, {"Raul", "Pedro", "Carolina"}),
    ]:
        page = admin.get(url("staff"), query)
        assert {member.person.given_names for member in page.context["page"]} == shown, query


def test_who_left_and_who_is_to_begin_are_found_in_the_list(admin, carolina):
    pedro = staff("Pedro", "Lagos", "CL-BI", "mentor")
    StaffMember.objects.filter(pk=pedro.pk).update(since_on=soon(9))
    admin.post(url("leave", carolina.pk), {"leave-last_day": soon(-1), "confirmado": "1"})
    for query, shown in [
        ({}, {"Raul"}),
        ({"when": "left"}, {"Carolina"}),
        ({"when": "left", "q": "soto", "role": "regional-executive"}, {"Carolina"}),
        ({"when": "left", "role": "mentor"}, set()),
        ({"when": "coming"}, {"Pedro"}),
        ({"when": "nunca"}, {"Raul"}),
    ]:
        page = admin.get(url("staff"), query)
        assert {member.person.given_names for member in page.context["page"]} == shown, query
    told = admin.get(url("staff"), {"when": "left"}).content.decode()
    assert "Último día" in told
    assert f'<td data-label="Funciones">{carolina.grants.get().role.name}' in told


def test_the_list_asks_the_same_of_one_person_and_of_many(admin, django_assert_num_queries):
    def ask():
        with django_assert_num_queries(10):
            assert admin.get(url("staff")).status_code == 200

    ask()
    for number in range(3):
        member = staff(f"Persona{number}", "Nueva", "CL-BI", "regional-executive", "mentor")
        Absence.objects.create(
            staff_member=member,
            substitute=StaffMember.objects.first(),
            from_on=soon(-1),
            until_on=soon(1),
            recorded_by=member.person,
            recorded_at=NOW,
        )
    ask()


def test_somebody_new_is_appointed(admin):
    answers = {
        "given_names": "Iris",
        "family_names": "Vera",
        "email": "Iris.Vera@agencia.example",
        "office": office_by_code("CL-ML").pk,
        "title": "Ejecutiva regional",
        "capacity": "50",
        "since_on": "2026-11-02",
    }
    response = admin.post(url("appoint"), answers)
    member = StaffMember.objects.get(person__email="iris.vera@agencia.example")
    assert response["Location"] == url("person", member.pk)
    assert not member.person.has_usable_password()
    again = admin.post(url("appoint"), answers)
    assert "ya trabaja en Oficina regional del Maule" in again.content.decode()
    assert 'value="Iris"' in again.content.decode()


def appoint(admin, **changes):
    answers = {
        "given_names": "Iris",
        "family_names": "Vera",
        "email": "iris.vera@agencia.example",
        "office": office_by_code("CL-ML").pk,
        "since_on": soon(0),
    }
    return admin.post(url("appoint"), answers | changes, follow=True).content.decode()


def test_somebody_new_is_written_how_to_enter(admin, client, settings):
    told = appoint(admin)
    assert "Le escribimos a iris.vera@agencia.example cómo entrar." in told
    assert "Todavía no entra. Le escribimos cómo hacerlo el" in told
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["iris.vera@agencia.example"], "Tu cuenta en Acompaña")
    assert "Oficina regional del Maule" in letter.body
    link = re.search(rf"{settings.SITE_ADDRESS}(/clave/nueva/\S+)", letter.body)[1]
    member = StaffMember.objects.get(person__email="iris.vera@agencia.example")
    again = admin.post(url("welcome", member.pk), follow=True).content.decode()
    assert "hace menos de 10 minutos" in again
    StaffMember.objects.update(welcomed_at=read_clock() - timedelta(hours=1))
    admin.post(url("welcome", member.pk))
    assert len(mail.outbox) == 2
    fresh = Client()
    page = fresh.get(link, follow=True)
    new = {"password1": "una mesa y cuatro sillas", "password2": "una mesa y cuatro sillas"}
    assert fresh.post(page.redirect_chain[-1][0], new).url == "/clave/nueva/lista/"
    entered = {"login": "iris.vera@agencia.example", "password": "una mesa y cuatro sillas"}
    assert fresh.post("/entrar/", entered).status_code == 302
    assert "Todavía no entra" not in admin.get(url("person", member.pk)).content.decode()
    assert "no hace falta escribirle" in admin.post(url("welcome", member.pk), follow=True).content.decode()


def test_with_an_institution_the_letter_tells_of_its_entrance(admin, settings):
    app = {"provider_id": "cuenta", "name": "Cuenta institucional", "client_id": "acompana", "secret": "secreto"}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    appoint(admin)
    (letter,) = mail.outbox
    assert "Entra con «Cuenta institucional» y este correo, iris.vera@agencia.example" in letter.body


def test_a_letter_that_did_not_go_is_told(admin, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 9
    told = appoint(admin)
    assert "No pudimos enviar el correo que dice cómo entrar" in told
    assert "Nadie le ha escrito cómo hacerlo" in told


def test_roles_are_given_and_taken_on_the_page(admin, carolina):
    role = Role.objects.get(slug="mentor")
    admin.post(url("grant", carolina.pk), {"grant-role": role.pk})
    grant = carolina.grants.get(role=role)
    assert "Mentora o mentor" in admin.get(url("person", carolina.pk)).content.decode()
    asked = admin.post(url("revoke", carolina.pk, grant.pk)).content.decode()
    assert "Quitar «Mentora o mentor» a" in asked
    assert "Hoy no lleva empresas ni debe compromisos" in asked
    grant.refresh_from_db()
    assert grant.until_on is None
    admin.post(url("revoke", carolina.pk, grant.pk), {"confirmado": "1"})
    grant.refresh_from_db()
    assert grant.until_on is not None


def test_the_last_administrator_is_told_why_they_stay(admin, raul):
    page = admin.post(url("revoke", raul.pk, raul.grants.get().pk), follow=True)
    assert "única persona que administra" in page.content.decode()


def test_an_absence_needs_a_substitute_and_loses_nothing_typed(admin, carolina):
    address = url("absence", carolina.pk)
    days = {"absence-from_on": soon(1), "absence-until_on": soon(5)}
    refused = admin.post(address, days | {"absence-reason": "Vacaciones"})
    page = refused.content.decode()
    assert "Elige quién reemplaza" in page
    assert 'value="Vacaciones"' in page
    marta = staff("Marta", "Fuentes", "CL-VS", "regional-director")
    assert admin.post(address, days | {"absence-substitute": marta.pk}).status_code == 302
    absence = carolina.absences.get()
    assert absence.substitute == marta
    admin.post(url("back", carolina.pk, absence.pk))
    assert carolina.absences.get().withdrawn_at is not None
    assert "No hay ausencias anotadas" in admin.get(url("person", carolina.pk)).content.decode()


def test_every_fault_of_an_absence_is_told_at_its_field_at_once(admin, carolina):
    marta = staff("Marta", "Fuentes", "CL-VS", "regional-director")
    days = {"absence-from_on": soon(1), "absence-until_on": soon(5)}
    admin.post(url("absence", marta.pk), days | {"absence-substitute": staff("Sara", "Sur").pk})
    address = url("absence", carolina.pk)
    admin.post(address, days | {"absence-substitute": staff("Ana", "Norte").pk})
    form = admin.post(address, days | {"absence-substitute": marta.pk}).context["absence_form"]
    assert set(form.errors) == {"from_on", "substitute"}
    assert "ya tiene anotada una ausencia" in form.errors["from_on"][0]
    assert "también estará ausente" in form.errors["substitute"][0]


def test_an_absence_that_is_over_stays_listed_also_one_of_some_hours(admin, carolina, raul):
    marta = staff("Marta", "Fuentes", "CL-VS", "regional-director")
    days = {"absence-from_on": soon(0), "absence-until_on": soon(2), "absence-substitute": marta.pk}
    admin.post(url("absence", carolina.pk), days | {"absence-reason": "Médico"})
    admin.post(url("back", carolina.pk, carolina.absences.get().pk))
    Absence.objects.create(
        staff_member=carolina, substitute=marta, from_on=soon(-9), until_on=soon(-5), recorded_by=raul.person,
        recorded_at=NOW,
    )  # fmt: skip
    page = admin.get(url("person", carolina.pk)).content.decode()
    assert f"El {short_date(soon(0))}, unas horas: volvió ese día a las" in page
    assert f"Desde el {short_date(soon(-9))} hasta el {short_date(soon(-5))}" in page
    assert "Médico" in page
    assert "Vuelve de su ausencia el mismo día" in page


def test_who_stands_in_is_of_the_own_office_first_and_from_another_only_if_so_said(admin, carolina):
    """Grouped by office; the sentence says the days, which may be to come (POR-10)."""
    marta = staff("Marta", "Fuentes", "CL-VS", "regional-director")
    north, south = staff("Ana", "Norte", "CL-AP"), staff("Sara", "Sur", "CL-MA")
    address = url("absence", carolina.pk)
    groups = admin.get(url("person", carolina.pk)).context["absence_form"].fields["substitute"].choices
    offered = [(label, [str(name) for _, name in members]) for label, members in list(groups)[1:]]
    assert offered[0] == ("Oficina regional de Valparaíso", [str(marta)])
    assert [label for label, _ in offered[1:]].index(north.office.name) == 0
    assert offered[1] == (north.office.name, [str(north)])
    days = {"absence-from_on": soon(10), "absence-until_on": soon(15), "absence-substitute": south.pk}
    asked = admin.post(address, days)
    assert asked.status_code == 200
    assert "es de la oficina regional de Magallanes" in asked.content.decode()
    assert "absence-from_elsewhere" in asked.content.decode()
    assert not carolina.absences.exists()
    told = admin.post(address, days | {"absence-from_elsewhere": "on"}, follow=True).content.decode()
    absence = carolina.absences.get()
    span = f"Desde el {absence.from_on:%d-%m-%Y} hasta el {absence.until_on:%d-%m-%Y}"
    assert f"Ausencia anotada. {span}, {south} recibirá lo que debe {carolina}." in told
    assert "Por venir" in told
    standing_in = admin.get(url("person", south.pk)).content.decode().split("<h2>Reemplaza a</h2>")[1]
    assert f"{carolina}</a>, {span[0].lower()}{span[1:]}" in standing_in.split("</section>")[0]
    absence.delete()
    days |= {"absence-from_on": soon(0), "absence-substitute": marta.pk}
    told = f"{marta} recibe lo que debe {carolina}. Hoy no tiene compromisos que pasar."
    assert told in admin.post(address, days, follow=True).content.decode()


def test_the_absence_of_another_is_not_ended_by_this_address(admin, carolina, raul):
    marta = staff("Marta", "Fuentes")
    admin.post(
        url("absence", carolina.pk),
        {"absence-from_on": soon(1), "absence-until_on": soon(5), "absence-substitute": marta.pk},
    )
    assert admin.post(url("back", raul.pk, carolina.absences.get().pk)).status_code == 404


def test_an_office_changes_its_hours_and_closes_a_day(admin):
    fields = {"hours-d0a_from": "10:00", "hours-d0a_to": "13:00", "hours-d5a_from": "10:00"}
    half = admin.post(url("hours", "CL-VS"), fields)
    assert "Falta una de las dos horas del sábado" in half.content.decode()
    assert admin.post(url("hours", "CL-VS"), fields | {"hours-d5a_to": "12:00"}).status_code == 302
    assert [hours.weekday for hours in office_by_code("CL-VS").hours.all()] == [0, 5]
    admin.post(url("close-day", "CL-VS"), {"closure-day": soon(20), "closure-name": "Capacitación"})
    closure = ExtraHoliday.objects.get(office__code="CL-VS")
    assert "Capacitación" in admin.get(url("office", "CL-VS")).content.decode()
    assert admin.post(url("reopen-day", "CL-BI", closure.pk)).status_code == 404
    admin.post(url("reopen-day", "CL-VS", closure.pk))
    closure.refresh_from_db()
    assert closure.withdrawn_at is not None


def seen(page, form):
    return page.context[form]["seen"].value()


def test_the_data_of_an_office_are_not_overwritten_unseen(admin):
    """Two windows: the second save is refused, keeps what was typed and says what changed (EXP-13)."""
    here = url("office", "CL-VS")
    first = seen(admin.get(here), "reach_form")
    typed = {"reach-seen": first, "reach-mailbox": "uno@agencia.example", "reach-phone": "", "reach-address": "Uno 1"}
    assert admin.post(url("reach", "CL-VS"), typed).status_code == 302
    page = admin.post(url("reach", "CL-VS"), typed | {"reach-address": "Dos 2"})
    told = page.content.decode()
    assert "Guardaste estos datos en otra ventana" in told
    assert 'value="Dos 2"' in told
    assert page.context["meanwhile"].both == (Both("Dirección", "Uno 1", "Dos 2"),)
    assert Office.objects.get(code="CL-VS").address == "Uno 1"
    chosen = typed | {"reach-address": "Dos 2", "reach-seen": seen(page, "reach_form")}
    assert admin.post(url("reach", "CL-VS"), chosen).status_code == 302
    assert Office.objects.get(code="CL-VS").address == "Dos 2"


def test_the_hours_of_an_office_are_not_overwritten_unseen(admin):
    typed = {"hours-seen": seen(admin.get(url("office", "CL-VS")), "hours_form"), "hours-d0a_from": "10:00"}
    admin.post(url("hours", "CL-VS"), typed | {"hours-d0a_to": "13:00"})
    page = admin.post(url("hours", "CL-VS"), typed | {"hours-d0a_to": "12:00"})
    assert "en otra ventana" in page.content.decode()
    assert [f"{row.closes_at:%H}" for row in office_by_code("CL-VS").hours.all()] == ["13"]


def test_a_post_is_not_overwritten_unseen(admin, carolina, client):
    before = seen(admin.get(url("person", carolina.pk)), "post_form")
    typed = {"post-seen": before, "post-office": carolina.office_id, "post-title": "Ejecutiva", "post-capacity": "40"}
    assert admin.post(url("post", carolina.pk), typed).status_code == 302
    other = staff("Olga", "Ruz", "CL-CENTRAL", "administrator")
    page = enter(client, other).post(url("post", carolina.pk), typed | {"post-title": "Mentora"})
    assert "guardó estos datos" in page.content.decode()
    assert [(row.stored, row.typed) for row in page.context["meanwhile"].both] == [("Ejecutiva", "Mentora")]
    carolina.refresh_from_db()
    assert carolina.title == "Ejecutiva"


def test_a_wrong_mailbox_is_told_at_its_field(admin):
    page = admin.post(url("reach", "CL-VS"), {"reach-mailbox": "", "reach-phone": "+56 2 1234", "reach-address": ""})
    assert "necesita un correo" in page.content.decode()
    assert Office.objects.get(code="CL-VS").phone == ""


def test_the_year_tells_where_each_holiday_holds(admin):
    page = admin.get(url("holidays"), {"anio": "2026"})
    where = {day.name: [office.code for office in day.offices] for day in page.context["days"] if not day.everywhere}
    assert where["Nacimiento de Bernardo O'Higgins, en Chillán y Chillán Viejo"] == ["CL-NB"]
    assert admin.get(url("holidays"), {"anio": "abcd"}).status_code == 200


def test_a_holiday_is_added_shown_and_withdrawn(admin):
    day = soon(30)
    admin.post(url("add-holiday"), {"day": day, "name": "Elecciones"})
    shown = admin.get(url("holidays"), {"anio": day.year}).context["days"]
    assert [(d.everywhere, d.added) for d in shown if d.name == "Elecciones"] == [(True, True)]
    again = admin.post(url("add-holiday"), {"day": day, "name": "Elecciones"})
    assert "ya no se trabaja ahí: Elecciones" in again.content.decode()
    admin.post(url("withdraw-holiday", ExtraHoliday.objects.get().pk))
    shown = admin.get(url("holidays"), {"anio": day.year}).context["days"]
    assert "Elecciones" not in [d.name for d in shown]


def test_two_holidays_of_different_reach_on_a_day_both_stay_in_the_table(admin):
    day = soon(30)
    region = Office.objects.get(code="CL-BI").region
    admin.post(url("add-holiday"), {"day": day, "name": "Aniversario", "region": region.pk})
    admin.post(url("add-holiday"), {"day": day, "name": "Elecciones"})
    shown = admin.get(url("holidays"), {"anio": day.year}).context["days"]
    where = {row.name: [office.code for office in row.offices] for row in shown if row.day == day}
    assert where["Aniversario"] == ["CL-BI"]
    assert [row.everywhere for row in shown if row.name == "Elecciones"] == [True]


def test_an_unknown_person_or_office_is_not_found(admin):
    assert admin.get(url("person", 999)).status_code == 404
    assert admin.get(url("office", "CL-XX")).status_code == 404
