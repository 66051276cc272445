"""With whom companies speak at another body: shipped as examples, and written by who administers (INT-19)."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from acompana.intake.models import ReferralBody, ReferralDesk
from acompana.intake.operations import refer_company
from acompana.intake.operations.bodies import update_body
from acompana.kernel.changes import history_of
from acompana.kernel.refusals import Refused
from acompana.messages.models import Message
from acompana.reference.models import Region

LIST = "/escritorio/administracion/organismos/"


def test_each_that_is_shipped_is_an_example_with_a_desk_an_address_a_telephone_and_a_mail(cast):
    bodies = list(ReferralBody.objects.all())
    assert len(bodies) == 5
    assert all(body.is_default and body.contact_address.endswith(".example") for body in bodies)
    assert all(" · +56 " in body.contact_address and body.contact_name for body in bodies)


def test_each_that_is_shipped_has_an_example_of_a_desk_in_every_region(cast):
    regions = dict(Region.objects.filter(retired_on=None).values_list("iso", "capital"))
    assert len(regions) == 16
    for body in ReferralBody.objects.all():
        desks = list(body.desks.select_related("region"))
        assert {desk.region.iso for desk in desks} == set(regions)
        assert all(desk.is_default and desk.contact_address.endswith(".example") for desk in desks)
        assert all(f", {regions[desk.region.iso]} · +56 2 5550 " in desk.contact_address for desk in desks)
    assert ReferralDesk.objects.values("contact_address").distinct().count() == 5 * 16


def test_the_migration_leaves_what_the_agency_wrote(cast):
    """Run again where one region's desk and one body's own contact are the agency's."""
    add_desks = import_module("acompana.intake.migrations.0013_regional_desks_of_every_body").add_desks
    centre, chamber = (ReferralBody.objects.get(slug=slug) for slug in ("centro-de-negocios", "camara-de-comercio"))
    centre.desks.exclude(region__iso="CL-VS").delete()
    centre.desks.update(contact_name="Mesa Porteña", is_default=False)
    chamber.desks.all().delete()
    ReferralBody.objects.filter(pk=chamber.pk).update(contact_name="Casa central", is_default=False)
    add_desks(apps, None)
    assert (centre.desks.count(), centre.desks.get(region__iso="CL-VS").contact_name) == (16, "Mesa Porteña")
    assert chamber.desks.count() == 0


def test_who_administers_confirms_one_and_a_low_is_sent_there(road, cast, enter):
    client = enter(cast["administrator"])
    assert "De ejemplo, por confirmar" in client.get(LIST).content.decode()
    data = {"contact_name": "Mesa Exporta", "contact_address": "Calle Uno 1 · mesa@uno.example", "website": ""}
    assert client.post(f"{LIST}sercotec/", {**data, "contact_name": ""}).status_code == 422
    assert client.post(f"{LIST}sercotec/", data).status_code == 302
    body = ReferralBody.objects.get(slug="sercotec")
    assert not body.is_default
    assert len(history_of(body)) == 1
    referral = road(5, "low").referrals.get()  # of Valparaíso, where that body has a desk
    assert referral.body == body
    assert referral.contact_name.endswith(" en Valparaíso")
    assert ", Valparaíso · " in referral.contact_address
    assert (referral.is_nationwide, referral.is_default_contact) == (False, True)
    assert client.post(f"{LIST}sercotec/CL-VS/", {"contact_name": "Mesa"}).status_code == 422
    assert client.post(f"{LIST}sercotec/CL-VS/", {}).status_code == 302
    referral = road(6, "low").referrals.get()  # whose desk there was taken out
    assert referral.contact_name == "Mesa Exporta"
    assert (referral.is_nationwide, referral.is_default_contact) == (True, False)
    here = {"contact_name": "Mesa Porteña", "contact_address": "Calle Dos 2 · mesa@dos.example"}
    assert client.post(f"{LIST}sercotec/CL-VS/", here).status_code == 302
    referral = road(7, "low").referrals.get()
    assert (referral.contact_name, referral.contact_note) == ("Mesa Porteña", "")
    assert "Mesa Porteña" in client.get(f"{LIST}sercotec/").content.decode()
    assert len(history_of(body)) == 3


def test_the_company_reads_what_to_know_of_its_contact(road, cast, enter):
    ReferralDesk.objects.filter(body__slug="sercotec").delete()
    company = road(8, "low")
    pages = [
        enter(cast["owner"]).get(f"/mi-empresa/{company.pk}/{page}").content.decode() for page in ("", "resultado/")
    ]
    letter = Message.objects.get(template="intake/result_low", company=company).body
    for told in (*pages, letter):
        assert "Atiende a todo el país." in told
        assert "por defecto del proyecto" not in told  # that is for who keeps the list
    assert "De ejemplo, por confirmar" in enter(cast["administrator"]).get(LIST).content.decode()


def test_a_contact_given_by_hand_is_nobodys_default(road, cast, now):
    referral = refer_company(
        company=road(9, "high"), body=ReferralBody.objects.get(slug="corfo"), reason="Crédito", contact_name="Iris",
        contact_address="iris@corfo.example", actor=cast.actor("executive", now), now=now,
    )  # fmt: skip
    assert referral.contact_note == ""


def test_nobody_else_does(cast, now):
    body = ReferralBody.objects.get(slug="sercotec")
    with pytest.raises(Refused, match="administra"):
        update_body(
            body=body,
            contact_name="Yo",
            contact_address="Aquí",
            website="",
            actor=cast.actor("director", now),
            now=now,
        )


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_however_many(cast, enter, rows):
    client, ids = enter(cast["executive"]), list(ReferralBody.objects.values_list("pk", flat=True))
    ReferralBody.objects.filter(pk__in=ids[rows:]).update(retired_on="2026-01-01")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(LIST).content.decode().count("por confirmar</span>") == rows
    assert len(asked) == 5


def test_beside_each_body_stands_the_contact_that_its_company_is_told(road, cast, enter, now):
    company = road(8, "high")
    ReferralDesk.objects.filter(body__slug="centro-de-negocios").delete()
    client, address = enter(cast["executive"]), f"/escritorio/empresas/{company.pk}/derivar/"
    with CaptureQueriesContext(connection) as asked:
        page = client.get(address).content.decode()
    assert sum("intake_referraldesk" in query["sql"] for query in asked) == 1  # however many bodies
    desk = ReferralDesk.objects.get(body__slug="sercotec", region__iso="CL-VS")
    national = ReferralBody.objects.get(slug="centro-de-negocios")
    assert f"{desk.contact_name}, {desk.contact_address}." in page
    assert f"{national.contact_address}. No tiene mesa en la región: atiende a todo el país." in page
    for body, told in ((desk.body, desk), (national, national)):
        sent = {
            "direction": "out",
            "body": body.pk,
            "referred_on": f"{timezone.localdate(now):%Y-%m-%d}",
            "reason": "Redes",
        }
        client.post(address, sent)
        assert company.referrals.get(body=body).contact_address == told.contact_address
