"""A page in Spanish is in Spanish throughout, also in a browser that asks for English."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en-GB,en;q=0.9"}


def test_the_browser_does_not_change_the_dates(client: Client) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = client.get("/oficinas/cl-vs/", headers=ENGLISH)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert '<html lang="es"' in page
    assert answer["Content-Language"] == "es-cl"
    assert "1 de enero" in page
    assert "January" not in page


def test_the_browser_does_not_change_the_refusals_of_a_form(client: Client) -> None:
    answer = client.post("/ayuda/solicitud/", {"asker_email": "no es un correo"}, headers=ENGLISH)
    page = answer.content.decode()
    assert "This field is required" not in page
    assert "Enter a valid" not in page
    assert "correo" in page
