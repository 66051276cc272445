"""What is told when an access is asked for and decided, and what a limited mandate brings (INT-24)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from acompana.commitments.queries import open_for
from acompana.companies import operations as companies
from acompana.companies.models import Company, Consent, Contact, Mandate
from acompana.companies.permissions import mandates_to_decide
from acompana.companies.presenting import entered_rows
from acompana.demonstration.cast import Cast
from acompana.intake import operations as intake
from acompana.kernel.clock import read_clock
from acompana.kernel.refusals import Refused
from acompana.kernel.rut import format_rut, rut_with_check_digit
from acompana.logbook.models import Entry
from acompana.messages.models import Message
from acompana.people.actors import SYSTEM
from acompana.people.calendars import calendar_of
from acompana.people.models import Person
from acompana.people.queries import central_office
from acompana.reference.models import Region
from tests.portal.filling_in import NOW

pytestmark = pytest.mark.django_db
RUT = rut_with_check_digit(42_500_111)


@pytest.fixture
def claim(cast) -> Mandate:
    company = companies.register_potential_account(
        actor=cast.actor("executive", NOW),
        now=NOW,
        channel="event",
        name="Secreto",
        rut=RUT,
        contact_name="Eva Prado",
        email="eva@secreto.example",
        region=Region.objects.get(iso="CL-VS"),
    )
    Contact.objects.filter(company=company).update(verified_at=NOW)
    mandate = companies.register_company(
        rut=RUT,
        legal_name="Quesos SpA",
        person=cast["limited"],
        actor=cast.actor("limited", NOW),
        now=NOW,
        channel="portal",
    )
    intake.announce_claim(mandate=mandate, now=NOW)
    return mandate


def link_of(claim: Mandate) -> str:
    body = Message.objects.get(template="intake/access_confirm", company=claim.company).body
    return re.search(r"/confirmar-acceso/(\S+)/", body)[1]


def test_a_verified_contact_confirms_by_its_link_once(claim):
    token = link_of(claim)
    companies.confirm_mandate_by_link(token=token, actor=SYSTEM, now=NOW)
    companies.confirm_mandate_by_link(token=token, actor=SYSTEM, now=NOW)
    claim.refresh_from_db()
    assert (claim.state, claim.basis) == ("active", "verified_contact")
    assert Message.objects.filter(template="intake/access_granted").count() == 1


def test_the_link_ends_after_seven_days(claim):
    with pytest.raises(Refused, match="siete días"):
        companies.mandate_of_link(token=link_of(claim), now=NOW + timedelta(days=8))


def test_an_unverified_contact_gets_no_link(cast, claim):
    Contact.objects.filter(company=claim.company).update(verified_at=None)
    Message.objects.all().delete()
    intake.announce_claim(mandate=claim, now=NOW)
    assert not Message.objects.filter(template="intake/access_confirm").exists()


def test_what_was_typed_waits_and_enters_when_confirmed(cast, claim):
    typed = {
        "name": "Rosa Miranda",
        "position": "Dueña",
        "email": "rosa@quesos.example",
        "phone": "+56 9 3333 4444",
        "preferred_channel": "phone",
        "language": "es",
        "gender": "",
    }
    companies.keep_entered(mandate=claim, contact=typed)
    companies.keep_entered(mandate=claim, consents={"news": True})
    company = Company.objects.get(pk=claim.company_id)
    assert company.contacts.count() == 1
    shown = {row.label: row.typed for row in entered_rows(claim)}
    assert shown["Contacto nuevo"] == "Rosa Miranda, Dueña, rosa@quesos.example, +56 9 3333 4444"
    companies.decide_mandate(mandate=claim, granted=True, actor=cast.actor("director", NOW), now=NOW)
    asked = ask_too(cast, "citizen")
    companies.decide_mandate(mandate=asked, granted=True, actor=cast.actor("director", NOW), now=NOW)
    granted = Message.objects.filter(template="intake/access_granted").order_by("pk")
    kept = "Lo que alcanzaste a escribir quedó en su ficha"
    assert [kept in letter.body for letter in granted] == [True, False], "who only asked could write nothing"
    rosa = company.contacts.get(name="Rosa Miranda")
    assert (rosa.person, rosa.is_main, rosa.verified_at) == (cast["limited"], False, None)
    assert Consent.objects.get(contact=rosa).purpose == "news"
    company.refresh_from_db()
    assert company.legal_name == "Quesos SpA"


def test_a_refusal_is_told_with_its_reason_and_without_the_name(cast, claim):
    companies.decide_mandate(
        mandate=claim, granted=False, reason="No lo conocemos.", actor=cast.actor("director", NOW), now=NOW
    )
    letter = Message.objects.get(template="intake/access_refused")
    assert letter.to_address == cast["limited"].email
    assert "No lo conocemos." in letter.body
    assert "Secreto" not in letter.body + letter.subject


def test_giving_back_ones_own_access_writes_to_nobody(cast, claim):
    companies.end_mandate(mandate=claim, actor=cast.actor("limited", NOW), now=NOW, reason="")
    assert not Message.objects.filter(template__startswith="intake/access_refused").exists()


def of(cast: Cast, key: str) -> Client:
    client = Client()
    client.force_login(cast[key], backend="acompana.people.backends.Backend")
    return client


def ask_too(cast, key: str) -> Mandate:
    mandate = companies.register_company(
        rut=RUT, legal_name="Quesos SpA", person=cast[key], actor=cast.actor(key, NOW), now=NOW, channel="portal"
    )
    intake.announce_claim(mandate=mandate, now=NOW)
    return mandate


def test_the_office_owes_the_decision_about_a_first_claim_by_a_date(cast, claim):
    owed = claim.terms.get().commitment
    assert (owed.rule, owed.debtor, owed.office.code, owed.owner) == ("PD-3", "office", "CL-VS", None)
    calendar = calendar_of(owed.office)
    first, last = (instant.astimezone(calendar.zone).date() for instant in (NOW, owed.due_at))
    assert sum(calendar.is_business_day(first + timedelta(days)) for days in range(1, (last - first).days + 1)) == 3
    for key, count in {"executive": 1, "director": 1, "other_executive": 0, "limited": 0}.items():
        assert open_for(cast.actor(key, NOW)).count() == count, key
    page = of(cast, "limited").get(f"/mi-empresa/{claim.company_id}/").content.decode()
    assert "decide si te da acceso, a más tardar el" in page
    assert owed.office.name not in page
    assert "¿Por qué esa fecha?" in page
    row = of(cast, "executive").get("/escritorio/", {"ver": "soon"}).context["rows"][0]
    assert (row.href, row.action) == (f"/escritorio/empresas/accesos/{claim.pk}/", "Decidir")
    assert "Regla PD-3." in of(cast, "executive").get(row.href).content.decode()
    companies.decide_mandate(mandate=claim, granted=True, actor=cast.actor("director", NOW), now=NOW)
    owed.refresh_from_db()
    assert (owed.fulfilled_at, owed.fulfilled_by) == (NOW, cast["director"])


def test_who_represents_the_company_owes_the_decision_about_the_next_and_its_office_if_they_leave(cast, claim):
    companies.decide_mandate(mandate=claim, granted=True, actor=cast.actor("director", NOW), now=NOW)
    asked = ask_too(cast, "citizen")
    owed = asked.terms.get().commitment
    assert (asked.state, owed.debtor) == ("requested", "company")
    # Its office may decide beside them, and sees it in Mi día before it is late.
    for key, count in {"executive": 1, "director": 1, "other_executive": 0, "limited": 0}.items():
        assert open_for(cast.actor(key, NOW)).count() == count, key
    row = of(cast, "director").get("/escritorio/", {"ver": "soon"}).context["rows"][0]
    assert (row.href, row.action) == (f"/escritorio/empresas/accesos/{asked.pk}/", "Decidir")
    assert "de quien la representa, o de la oficina" in row.notes
    route = of(cast, "limited").get(f"/mi-empresa/{claim.company_id}/").content.decode()
    assert "Berta Núñez Soto pide acceso a tu empresa" in route
    assert "Decídelo a más tardar el" in route
    accesses = of(cast, "limited").get(f"/mi-empresa/{claim.company_id}/accesos/")
    assert "Decídelo a más tardar el" in accesses.content.decode()
    letters = Message.objects.filter(template="intake/access_asked").values_list("body", flat=True)
    assert ["a más tardar el" in body for body in letters] == [True]
    mine = of(cast, "citizen").get("/mi-empresa/").content.decode()
    assert "Lo decide quien representa a la empresa" in mine
    assert "Secreto" not in mine

    claim.refresh_from_db()
    companies.end_mandate(mandate=claim, actor=cast.actor("limited", NOW), now=NOW, reason="")
    newest, first = asked.terms.all()
    assert first.commitment.cancelled_because == "Ya nadie de la empresa recibe el aviso: lo decide su oficina"
    assert (newest.commitment.debtor, newest.commitment.is_open) == ("office", True)
    companies.end_mandate(mandate=asked, actor=cast.actor("citizen", NOW), now=NOW, reason="")
    newest.commitment.refresh_from_db()
    assert newest.commitment.cancelled_because == "Ya no se pide el acceso"


def test_a_request_that_nobody_of_the_company_is_told_of_falls_to_the_agency(cast):
    """Who represents it gave no e-mail, nor has it one, nor an office yet: the central one is written to, and owes
    it."""
    Person.objects.filter(pk=cast["limited"].pk).update(email=None)
    first = companies.register_company(
        rut=RUT, legal_name="Quesos SpA", person=cast["limited"], actor=cast.actor("limited", NOW), now=NOW,
        channel="portal",
    )  # fmt: skip
    assert (first.state, first.company.office) == ("active", None)
    Contact.objects.filter(company=first.company).update(email="")
    asked = ask_too(cast, "citizen")
    owed = asked.terms.get().commitment
    assert (owed.debtor, owed.office) == ("office", central_office())
    letter = Message.objects.get(company=first.company, template__startswith="intake/access_asked")
    assert (letter.template, letter.to_address) == ("intake/access_asked_office", central_office().mailbox)
    assert list(mandates_to_decide(cast.actor("client_management", NOW))) == [asked]
    assert "pide acceso a tu empresa" in of(cast, "limited").get(f"/mi-empresa/{first.company_id}/").content.decode()


def noted(company_id: int) -> list[tuple[str, str, str]]:
    rows = Entry.objects.filter(company=company_id, fact__contains="acceso").order_by("happened_at", "id")
    return [(row.fact, row.author.full_name if row.author else "", row.text.body) for row in rows]


def test_each_turn_of_an_access_is_in_the_companys_history(cast, claim):
    director, limited = cast.actor("director", NOW), cast.actor("limited", NOW)
    companies.decide_mandate(mandate=claim, granted=True, actor=director, now=NOW)
    refused = ask_too(cast, "citizen")
    companies.decide_mandate(mandate=refused, granted=False, reason="No trabaja aquí.", actor=limited, now=NOW)
    asked = ask_too(cast, "citizen")
    companies.decide_mandate(mandate=asked, granted=True, actor=limited, now=NOW)
    companies.end_mandate(mandate=asked, actor=limited, now=NOW, reason="Se fue.")
    claim.refresh_from_db()
    page = of(cast, "limited").get(f"/mi-empresa/{claim.company_id}/historia/").content.decode()
    companies.end_mandate(mandate=claim, actor=limited, now=NOW, reason="")
    owner, other = str(cast["limited"].full_name), str(cast["citizen"].full_name)
    head = cast["director"].full_name
    assert noted(claim.company_id) == [
        ("Pidieron acceso para actuar por la empresa", owner, f"{owner}."),
        ("Se dio acceso para actuar por la empresa", head, f"{owner}."),
        ("Pidieron acceso para actuar por la empresa", other, f"{other}."),
        ("Se rechazó un acceso para actuar por la empresa", owner, f"{other}. Motivo: No trabaja aquí."),
        ("Pidieron acceso para actuar por la empresa", other, f"{other}."),
        ("Se dio acceso para actuar por la empresa", owner, f"{other}."),
        ("Se quitó un acceso para actuar por la empresa", owner, f"{other}. Motivo: Se fue."),
        ("Dejaron su acceso para actuar por la empresa", owner, f"{owner}."),
    ]
    for words in ("Pidieron acceso a tu empresa", "Se rechazó un acceso a tu empresa", "Se quitó un acceso"):
        assert words in page


def test_a_confirmation_by_link_is_noted_without_an_author(claim):
    companies.confirm_mandate_by_link(token=link_of(claim), actor=SYSTEM, now=NOW)
    (_, author, words) = noted(claim.company_id)[-1]
    assert (author, "Lo confirmó el enlace" in words) == ("", True)


def test_no_mail_is_promised_to_who_gave_no_address(cast, claim):
    for key in ("limited", "citizen"):
        Person.objects.filter(pk=cast[key].pk).update(email=None)
    own = f"/mi-empresa/{claim.company_id}/"
    waiting = of(cast, "limited").get(own).content.decode()
    assert "lo verás al entrar aquí" in waiting
    assert "por correo" not in waiting
    decide = f"/escritorio/empresas/accesos/{claim.pk}/"
    told = of(cast, "director").post(decide, {"decision": "grant"}, follow=True).content.decode()
    assert "No tiene un correo confirmado: lo verá cuando entre." in told
    asked = ask_too(cast, "citizen")
    assert "lo verás al entrar aquí" in of(cast, "citizen").get("/mi-empresa/").content.decode()
    given = {"mandate": asked.pk, "verb": "grant"}
    told = of(cast, "limited").post(f"{own}accesos/", given, follow=True).content.decode()
    assert "No tenemos su correo: lo verá cuando entre aquí." in told
    taken = {"mandate": asked.pk, "verb": "end", "reason": "Se fue."}
    of(cast, "limited").post(f"{own}accesos/", taken)
    mine = of(cast, "citizen").get("/mi-empresa/").content.decode()
    assert "Ya no tienes acceso a la empresa" in mine
    assert "Se fue." in mine


def test_what_cannot_be_decided_says_so_in_words(cast, claim):
    """A reason that lacks leads to its field; what was decided in another window says who decided what, and when."""
    companies.decide_mandate(mandate=claim, granted=True, actor=cast.actor("director", NOW), now=NOW)
    asked, owner = ask_too(cast, "citizen"), of(cast, "limited")
    address = f"/mi-empresa/{claim.company_id}/accesos/"
    refused = owner.post(address, {"mandate": asked.pk, "verb": "refuse", "reason": " "})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert f'<a href="#motivo-{asked.pk}">Escribe por qué se rechaza: la persona lo leerá.</a>' in page
    assert f'id="motivo-{asked.pk}"' in page
    assert "{&#x27;" not in page
    companies.decide_mandate(mandate=asked, granted=True, actor=cast.actor("director", NOW), now=NOW)
    late = owner.post(address, {"mandate": asked.pk, "verb": "refuse", "reason": "No trabaja acá."})
    told = late.content.decode()
    assert late.status_code == 422
    assert f"{cast['director'].full_name} dio acceso a {cast['citizen'].full_name} el" in told
    assert "No trabaja acá." in told, "what was typed is there to copy"
    assert "field__error" not in told, "the field of «Quitar el acceso» is another question"
    owner.post(address, {"mandate": asked.pk, "verb": "end", "reason": "Se fue."})
    again = owner.post(address, {"mandate": asked.pk, "verb": "end", "reason": "Se fue, dije."}).content.decode()
    assert f"Tú le quitaste el acceso a {cast['citizen'].full_name} el" in again


def test_who_loses_the_access_while_writing_is_told_why_and_keeps_the_words(cast, claim):
    companies.decide_mandate(mandate=claim, granted=True, actor=cast.actor("director", NOW), now=NOW)
    asked, own = ask_too(cast, "citizen"), f"/mi-empresa/{claim.company_id}/"
    citizen = of(cast, "citizen")
    assert citizen.get(own).status_code == 404, "who only asks is not told of the company"
    companies.decide_mandate(mandate=asked, granted=True, actor=cast.actor("limited", NOW), now=NOW)
    assert citizen.get(f"{own}ficha/ubicacion/").status_code == 200
    ended_at = read_clock()
    companies.end_mandate(mandate=asked, actor=cast.actor("limited", NOW), now=ended_at, reason="Ya no trabaja acá.")
    typed = {"region": "", "address": "Camino Largo 12"}
    draft = citizen.post(f"{own}ficha/ubicacion/borrador/", typed, headers={"X-Autosave": "1"})
    assert draft.status_code == 403
    assert draft.json()["reason"].startswith("Ya no tienes acceso a esta empresa: Ya no trabaja acá.")
    for step, words in (("ficha/ubicacion/", typed), ("escribir/", {"about": "other", "text": "Camino Largo 12"})):
        sent = citizen.post(f"{own}{step}", words)
        page = sent.content.decode()
        assert sent.status_code == 403
        assert "Ya no tienes acceso a esta empresa" in page
        assert "Ya no trabaja acá." in page
        assert "Camino Largo 12" in page
        assert "Secreto" not in page
    assert of(cast, "rival").get(own).status_code == 404


def test_who_was_refused_is_not_told_of_an_access_that_they_never_had(cast, claim):
    decided = {"granted": False, "reason": "No lo conocemos.", "actor": cast.actor("director", NOW)}
    companies.decide_mandate(mandate=claim, **decided, now=read_clock())
    page = of(cast, "limited").get(f"/mi-empresa/{claim.company_id}/").content.decode()
    assert "<h1>No se aprobó tu acceso a esta empresa</h1>" in page
    assert "Ya no tienes acceso" not in page


def test_nobody_decides_on_a_name_alone(cast, claim):
    companies.decide_mandate(mandate=claim, granted=True, actor=cast.actor("director", NOW), now=NOW)
    given = {"rut": RUT, "legal_name": "Quesos SpA", "region": Region.objects.get(iso="CL-VS").pk}
    of(cast, "citizen").post("/mi-empresa/registrar/", given | {"reason": "Soy la contadora"})
    asked = Mandate.objects.get(person=cast["citizen"], company=claim.company_id)
    run = format_rut(cast["citizen"].rut)
    letters = Message.objects.filter(template__in=("intake/access_asked", "intake/access_asked_office"))
    bodies = [letter.body for letter in letters.filter(body__contains=cast["citizen"].full_name)]
    desk = of(cast, "director").get(f"/escritorio/empresas/accesos/{asked.pk}/").content.decode()
    owner = of(cast, "limited").get(f"/mi-empresa/{claim.company_id}/accesos/").content.decode()
    assert len(bodies) == 2
    for told in (*bodies, desk, owner):
        assert f"RUN {run}, comprobado con ClaveÚnica" in told
        assert f"{cast['citizen'].email}, correo confirmado" in told
        assert "«Soy la contadora»" in told


def test_an_address_that_is_not_confirmed_proves_nothing(cast, claim):
    Person.objects.filter(pk=cast["citizen"].pk).update(email_verified_at=None)
    companies.decide_mandate(mandate=claim, granted=True, actor=cast.actor("director", NOW), now=NOW)
    ask_too(cast, "citizen")
    owner = of(cast, "limited").get(f"/mi-empresa/{claim.company_id}/accesos/").content.decode()
    assert "Sin correo confirmado" in owner
    assert f"{cast['citizen'].email}, correo confirmado" not in owner


def test_who_asked_takes_it_back_and_nobody_else_does(cast, claim):
    asked, address = ask_too(cast, "citizen"), "/mi-empresa/"
    assert "Retirar mi pedido" in of(cast, "citizen").get(address).content.decode()
    of(cast, "rival").post(address, {"mandate": asked.pk})
    asked.refresh_from_db()
    assert asked.state == "requested"
    told = of(cast, "citizen").post(address, {"mandate": asked.pk}, follow=True).content.decode()
    assert "Retiraste tu pedido." in told
    assert "Acceso pedido" not in told
    asked.refresh_from_db()
    assert (asked.state, asked.decided_by) == ("ended", cast["citizen"])
    assert asked.terms.get().commitment.cancelled_because == "Ya no se pide el acceso"


def test_a_company_among_several_says_where_it_stands_and_whose_turn_it_is(cast, claim):
    companies.decide_mandate(mandate=claim, granted=True, actor=cast.actor("director", NOW), now=NOW)
    mine = of(cast, "limited")
    assert mine.get("/mi-empresa/").status_code == 302  # one alone
    given = {"rut": rut_with_check_digit(42_500_222), "legal_name": "Miel SpA", "region": claim.company.region_id}
    mine.post("/mi-empresa/registrar/", given)
    page = mine.get("/mi-empresa/").content.decode()
    assert f"RUT {format_rut(RUT)}" in page
    assert "Todavía no empieza la ruta." in page
    assert "Paso 2 de 5: ficha. Te toca a ti." in page
