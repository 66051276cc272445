"""Error pages say what happened, what is safe and what to do, without asking the database."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from acompana.shell import errors
from acompana.shell.middleware import UnavailableMiddleware

REQUEST = RequestFactory().get("/")


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (lambda: errors.bad_request(REQUEST, Exception()), 400),
        (lambda: errors.permission_denied(REQUEST, Exception("")), 403),
        (lambda: errors.page_not_found(REQUEST, Exception()), 404),
        (lambda: errors.server_error(REQUEST), 500),
        (lambda: errors.unavailable(REQUEST), 503),
        (lambda: errors.trouble_page(errors.TOKEN, REQUEST), 403),
    ],
)
def test_each_page_says_three_things(answer, status):
    response = answer()
    text = response.content.decode()
    assert response.status_code == status
    assert "Qué está a salvo" in text
    assert "Qué puedes hacer" in text
    assert str(status) not in text.split("<body>")[1]


def test_a_reason_is_told():
    page = errors.permission_denied(REQUEST, Exception("Solo la jefatura puede asignar."))
    assert "Solo la jefatura puede asignar." in page.content.decode()


def test_a_database_that_does_not_answer_is_told_as_busy(caplog):
    middleware = UnavailableMiddleware(lambda request: errors.server_error(request))
    response = middleware.process_exception(REQUEST, OperationalError("database is locked"))
    assert response is not None
    assert response.status_code == 503
    assert response["Retry-After"]
    assert "database is locked" in caplog.text
    assert middleware.process_exception(REQUEST, ValueError()) is None


@pytest.mark.django_db
def test_an_address_that_does_not_exist(client):
    response = client.get("/no-existe/")
    assert response.status_code == 404
    assert "Aquí no hay ninguna página" in response.content.decode()
