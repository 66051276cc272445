"""With whom companies speak at another body: shipped as examples, and written by who administers (INT-19)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acompana.intake.models import ReferralBody
from acompana.intake.operations.bodies import update_body
from acompana.kernel.changes import history_of
from acompana.kernel.refusals import Refused

LIST = "/escritorio/administracion/organismos/"


def test_each_that_is_shipped_is_an_example_with_a_desk_an_address_a_telephone_and_a_mail(cast):
    bodies = list(ReferralBody.objects.all())
    assert len(bodies) == 5
    assert all(body.is_default and body.contact_address.endswith(".example") for body in bodies)
    assert all(" · +56 " in body.contact_address and body.contact_name for body in bodies)


def test_who_administers_confirms_one_and_a_low_is_sent_there(road, cast, enter):
    client = enter(cast["administrator"])
    assert "De ejemplo, por confirmar" in client.get(LIST).content.decode()
    data = {"contact_name": "Mesa Exporta", "contact_address": "Calle Uno 1 · mesa@uno.example", "website": ""}
    assert client.post(f"{LIST}sercotec/", {**data, "contact_name": ""}).status_code == 422
    assert client.post(f"{LIST}sercotec/", data).status_code == 302
    body = ReferralBody.objects.get(slug="sercotec")
    assert not body.is_default
    assert len(history_of(body)) == 1
    referral = road(5, "low").referrals.get()
    assert (referral.body.slug, referral.contact_name) == ("sercotec", "Mesa Exporta")


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
