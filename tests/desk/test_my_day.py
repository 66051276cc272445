"""Mi día shows what matters, each figure equals its rows, and its queries do not grow with them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from acompana.commitments.jobs import follow_absences
from acompana.commitments.models import Commitment
from acompana.commitments.operations import fulfil, pause, promise_by_hand, transfer
from acompana.desk.duties import PAGES
from acompana.desk.queries import latest_expired_start, loads_of, owed_by, without_contact
from acompana.intake.states import INTAKE
from acompana.logbook.operations import record_entry
from acompana.people.models import Absence, Office
from acompana.people.operations import record_absence
from acompana.people.tests.desk_people import staff

DAY = "/escritorio/"


def owe(cast, company, now, what="Enviar el folleto", owner="executive", ago=0):
    return promise_by_hand(
        what=what,
        due_at=now - timedelta(days=ago) + timedelta(days=2),
        debtor="person",
        office=company.office,
        owner=cast[owner],
        company=company,
        actor=cast.actor(owner, now),
        now=now - timedelta(days=ago),
    )


def test_a_row_has_shape_word_potential_phone_and_place_of_work(road, cast, enter, now):
    company = road(1, "high", days=20)
    page = enter(cast["executive"]).get(DAY).content.decode()
    assert "●" in page
    assert "Atrasado: " in page
    assert "potencial alto" in page
    assert 'href="tel:+56981234567"' in page
    assert "+56 9 8123 4567" in page
    number = company.matters.get(kind="intake").number
    assert f"/escritorio/ingresos/{number}/contacto/" in page
    assert "¿Por qué" in page


def test_each_deadline_of_the_road_opens_where_it_is_done():
    owed = {owes.rule for step in INTAKE.transitions for owes in step.starts}
    assert len(owed) > 4
    assert owed <= set(PAGES)


@pytest.mark.parametrize("bucket", ["late", "soon", "silent", "news"])
@pytest.mark.one_database  # how many there are, no database decides
def test_the_queries_do_not_grow_with_the_rows(road, cast, enter, now, bucket):
    client = enter(cast["executive"])

    def add(number):
        company = road(number, "high", days={"silent": 120, "news": 1}.get(bucket, 3))
        owe(cast, company, now, ago=8 if bucket == "late" else 0)

    add(1)
    client.get(DAY, {"ver": bucket})
    with CaptureQueriesContext(connection) as one:
        first = client.get(DAY, {"ver": bucket})
    add(2)
    add(3)
    with CaptureQueriesContext(connection) as three:
        second = client.get(DAY, {"ver": bucket})
    assert len(first.context["rows"]) < len(second.context["rows"])
    assert len(three) == len(one)
    assert len(one) <= 28


def test_each_count_equals_its_rows(road, cast, enter, now):
    company = road(1, "high", days=120)
    owe(cast, company, now)
    client = enter(cast["executive"])
    for tab in client.get(DAY).context["tabs"]:
        slug = tab["href"].removeprefix("?ver=")
        assert len(client.get(DAY, {"ver": slug}).context["rows"]) == tab["count"], slug


def test_who_has_not_heard_from_us_within_the_term(road, cast, now):
    executive = cast.actor("executive", now)
    silent, spoken, tried = road(1, days=100), road(2, days=100), road(3, days=100)
    for company, outcome in ((spoken, "reached"), (tried, "not_reached")):
        record_entry(
            kind="call",
            fact="Llamada",
            company=company,
            channel="phone",
            outcome=outcome,
            actor=executive,
            now=now - timedelta(days=5),
        )
    assert {company.pk for company in without_contact(executive, now, [cast["executive"].pk])} == {silent.pk, tried.pk}


def test_the_term_without_contact_is_that_of_the_rulebook(cast, now):
    start = latest_expired_start(cast.actor("executive", now), now)
    assert 58 <= (now - start).days <= 63  # two months


def test_cover_of_an_absence_is_visible(company, cast, enter, now):
    owe(cast, company, now)
    today = timezone.localdate(now)
    record_absence(
        staff_member=cast["executive"].staff_member,
        substitute=cast["director"].staff_member,
        from_on=today,
        until_on=today + timedelta(days=7),
        actor=cast.actor("director", now),
        now=now,
    )
    assert follow_absences(now) == 0  # what began today was passed on when it was noted
    page = enter(cast["director"]).get(DAY, {"ver": "soon"}).content.decode()
    assert "Reemplazas a Carolina Soto" in page
    assert "era de Carolina Soto" in page
    own = enter(cast["executive"]).get(DAY).content.decode()
    assert "Figuras ausente hasta" in own


def test_por_10_who_is_back_on_the_first_day_gets_back_what_had_moved(company, road, cast, enter, now):
    mine, handed_on = owe(cast, company, now), owe(cast, road(2), now)
    today = timezone.localdate(now)
    member, substitute = cast["executive"].staff_member, cast["director"].staff_member
    absence = record_absence(
        staff_member=member,
        substitute=substitute,
        from_on=today,
        until_on=today + timedelta(days=7),
        actor=cast.actor("director", now),
        now=now,
    )
    assert set(Commitment.objects.filter(what__startswith="Enviar").values_list("owner", flat=True)) == {
        cast["director"].pk
    }
    transfer(
        commitments=Commitment.objects.filter(pk=handed_on.pk),
        to_owner=cast["other_executive"],
        reason="Lo ve mejor",
        actor=cast.actor("director", now),
        now=now,
    )
    back = reverse("administration:back", args=[member.pk, absence.pk])
    told = enter(cast["administrator"]).post(back, follow=True).content.decode()
    assert "1 compromiso vuelve a Carolina Soto Rivas." in told
    assert follow_absences(now) == 0
    mine.refresh_from_db()
    handed_on.refresh_from_db()
    assert (mine.owner, handed_on.owner) == (cast["executive"], cast["other_executive"])
    assert "era de" not in enter(cast["executive"]).get(DAY, {"ver": "soon"}).content.decode()


def test_por_10_what_is_passed_on_is_listed_and_comes_back_in_one_number(company, cast, enter, now):
    """What the company owes goes along, and is no commitment of the agency's."""
    for number in range(3):
        owe(cast, company, now, f"Enviar el folleto {number}")
    theirs = promise_by_hand(
        what="Mandar la ficha",
        due_at=now + timedelta(days=2),
        debtor="company",
        office=company.office,
        owner=cast["executive"],
        company=company,
        actor=cast.actor("executive", now),
        now=now,
    )
    today, member = timezone.localdate(now), cast["executive"].staff_member
    many, admin = owed_by(cast["executive"]).count(), enter(cast["administrator"])
    days = {"absence-from_on": today, "absence-until_on": today + timedelta(days=7)}
    told = admin.post(
        reverse("administration:absence", args=[member.pk]),
        days | {"absence-substitute": cast["director"].staff_member.pk},
        follow=True,
    ).content.decode()
    assert f"En otras manos desde ahora: {many} compromisos." in told
    absence = Absence.objects.get()
    address = reverse("desk:member", args=[member.pk])
    assert f'href="{address}?ausencia={absence.pk}">{many} compromisos</a>' in told
    for key in ("administrator", "director"):
        listed = enter(cast[key]).get(address, {"ausencia": absence.pk})
        assert listed.context["page"].paginator.count == many
        assert f"Lo tiene {cast['director']}" in listed.content.decode()
    assert admin.get(address, {"ausencia": "otra"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.owner == cast["director"]
    back = reverse("administration:back", args=[member.pk, absence.pk])
    told = admin.post(back, follow=True).content.decode()
    assert f"{many} compromisos vuelven a {member}." in told
    theirs.refresh_from_db()
    assert theirs.owner == cast["executive"]


def test_what_stands_in_pause_is_open_for_the_head_of_an_office_as_in_its_list(company, cast, enter, now):
    matter = company.matters.get(kind="intake")
    owed = Commitment.objects.open().get(matter=matter)
    transfer(
        commitments=Commitment.objects.filter(pk=owed.pk),
        to_owner=cast["executive"],
        reason="Te toca",
        actor=cast.actor("director", now),
        now=now,
    )
    pause(commitment=owed, reason="Esperamos el poder", actor=cast.actor("executive", now), now=now)
    office, member = cast["executive"].staff_member.office, cast["executive"].staff_member
    load = next(load for load in loads_of(office, now + timedelta(days=30)) if load.member == member)
    listed = enter(cast["director"]).get(reverse("desk:member", args=[member.pk])).context["page"].paginator.count
    assert (load.open, load.late, load.oldest_due_at) == (listed, 0, None) == (1, 0, None)


def test_a_director_sees_who_is_late_and_passes_on_in_bulk(company, cast, enter, now):
    late = [owe(cast, company, now, what=f"Enviar el folleto {n}", ago=9) for n in range(3)]
    owe(cast, company, now, what="Enviar el catálogo")
    client = enter(cast["director"])
    for where in (DAY, "/escritorio/equipo/"):  # each figure is the rows of its list
        shown = client.get(where).content.decode().split("Atrasos de tu equipo")[-1]
        figures = re.findall(r'href="([^"]+\?ver=atrasado)">(?:<strong>)?(\d+)', shown)
        assert len(figures) == 1, where
        for href, value in figures:
            assert client.get(href).context["page"].paginator.count == int(value) == len(late)
    member = cast["executive"].staff_member
    address = f"/escritorio/equipo/{member.pk}/"
    refused = client.post(address, {"to": "", "reason": "", "commitments": [late[0].pk]})
    assert refused.status_code == 422
    assert f'value="{late[0].pk}"' in refused.content.decode()
    director = cast["director"].staff_member
    answer = client.post(
        address, {"to": director.pk, "reason": "Vacaciones", "commitments": [late[0].pk, late[1].pk]}, follow=True
    )
    assert "2 compromisos pasaron a Marta Fuentes" in answer.content.decode()
    assert Commitment.objects.open().filter(owner=cast["director"]).count() == 2
    assert Commitment.objects.get(pk=late[0].pk).due_at == late[0].due_at


def test_what_passed_on_or_was_kept_meanwhile_is_told_and_the_rest_passes(company, cast, enter, now):
    passed, kept, mine = (owe(cast, company, now, what=f"Enviar el folleto {n}", ago=9) for n in range(3))
    client, director = enter(cast["director"]), cast.actor("director", now)
    address = f"/escritorio/equipo/{cast['executive'].staff_member.pk}/"
    assert "Elegir los" in client.get(address).content.decode()
    transfer(
        commitments=Commitment.objects.filter(pk=passed.pk), to_owner=cast["other_executive"], reason="Feria",
        actor=director, now=now,
    )  # fmt: skip
    fulfil(commitment=kept, actor=director, now=now)
    data = {"to": cast["director"].staff_member.pk, "reason": "Vacaciones"}
    data["commitments"] = [passed.pk, kept.pk, mine.pk, 999_999_999]
    page = client.post(address, data, follow=True).content.decode()
    assert "1 compromiso pasó a Marta Fuentes" in page
    assert f"«Enviar el folleto 0, {company.name}» ya pasó a {cast['other_executive']}" in page
    assert f"«Enviar el folleto 1, {company.name}» ya se cumplió" in page
    owners = dict(Commitment.objects.values_list("pk", "owner"))
    assert [owners[row.pk] for row in (passed, mine)] == [cast["other_executive"].pk, cast["director"].pk]
    again = client.post(address, data | {"commitments": [mine.pk]}, follow=True)
    assert again.redirect_chain[-1][0] == address
    assert f"«Enviar el folleto 2, {company.name}» ya pasó a Marta Fuentes" in again.content.decode()
    assert mine.transfers.count() == 1


@pytest.mark.one_database
def test_what_people_of_an_office_owe_takes_the_same_queries(company, cast, now, django_assert_num_queries):
    office = Office.objects.get(code="CL-VS")
    owe(cast, company, now)
    with django_assert_num_queries(4):
        loads_of(office, now)
    owe(cast, company, now, owner="director")
    with django_assert_num_queries(4):
        loads = loads_of(office, now)
    assert {load.name: load.open for load in loads}["Marta Fuentes Leal"] == 1


def test_what_nobody_has_taken_gets_somebody(waiting, cast, enter, now):
    owed = Commitment.objects.get(company=waiting, rule="DL-1")
    client = enter(cast["director"])
    assert "sin responsable" in client.get("/escritorio/equipo/sin-responsable/").content.decode()
    client.post(
        "/escritorio/equipo/sin-responsable/",
        {"to": cast["executive"].staff_member.pk, "reason": "Te toca", "commitments": [owed.pk]},
    )
    owed.refresh_from_db()
    assert owed.owner == cast["executive"]


def test_they_say_what_the_pages_to_which_they_lead_count(company, road, cast, enter):
    road(2, days=30)
    client = enter(cast["control"])
    page = client.get(DAY).content.decode().split("Tus indicadores")[1].split("</section>")[0]
    assert "2 siguen en la ruta, de los ingresos iniciados en los últimos 12 meses" in page
    assert "1 vencido hoy" in page
    assert "<strong>1</strong> Valparaíso</a>" in page
    listed = client.get(re.search(r'href="(/indicadores/lista/[^"]+)"', page)[1].replace("&amp;", "&"))
    assert listed.context["page"].paginator.count == 1
    assert "Aceites 2 SpA" in listed.content.decode()
    figures = {card["title"]: card["shown"].value for card in client.get("/indicadores/").context["cards"]}
    assert figures["Siguen en la ruta"] == 2
    figures = {card["title"]: card["shown"].value for card in client.get("/indicadores/plazos/").context["cards"]}
    assert figures["Vencidos hoy"] == 1


def test_who_works_with_figures_finds_them_on_the_first_page(cast, enter):
    page = enter(cast["control"]).get("/escritorio/").content.decode().split("<main")[1]
    assert 'href="/indicadores/"' in page
    assert 'href="/indicadores/plazos/"' in page
    assert 'href="/escritorio/calidad/"' in page
    assert "Tus indicadores" not in enter(cast["executive"]).get("/escritorio/").content.decode()


@pytest.mark.parametrize(
    ("key", "place", "what"),
    [
        ("administrator", "/escritorio/administracion/feriados/", "feriados, plazos y textos."),
        ("control", "/indicadores/", "para hacérselo ver a cada oficina."),
        ("directorate", "/indicadores/plazos/", "y qué plazos se vencen."),
    ],
)
def test_whom_no_duty_reaches_is_told_so_and_led_to_their_work(company, cast, enter, now, key, place, what):
    """A strip of zeros says nothing to who sets up the system or looks at its figures (ROL-11, ROL-15, ROL-17)."""
    client = enter(cast[key])
    page = client.get(DAY).content.decode()
    assert f"{what} A tu función no le llegan plazos ni empresas." in page
    assert f'<a href="{place}"' in page[page.index("A tu función") :]
    assert "Nada vence hoy" not in page
    assert 'aria-label="Lo que debes"' not in page
    owe(cast, company, now, owner=key)
    page = client.get(DAY).content.decode()
    assert "A tu función" not in page
    assert "Enviar el folleto" in page
    assert "A tu función" not in enter(cast["other_executive"]).get(DAY).content.decode()


@pytest.mark.parametrize(
    ("roles", "told"),
    [
        ((), "Todavía no tienes funciones: pídelas a quien administra el sistema."),
        (("mentor",), "Mentora o mentor: acompaña a empresas en su preparación. A tu función no le llegan plazos"),
    ],
)
def test_who_only_reads_is_told_so_and_led_to_the_registry(cast, enter, roles, told):
    member = staff("Nora", "Luz", "CL-VS", *roles)
    page = enter(member.person).get(DAY).content.decode()
    assert told in page
    assert "Nada vence hoy" not in page
    main = page.split("<main")[1]
    assert 'href="/escritorio/empresas/"' in main
    assert 'href="/escritorio/ingresos/"' in main
    assert "Lo que puedes leer" not in enter(cast["executive"]).get(DAY).content.decode()
