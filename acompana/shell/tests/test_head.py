"""HEAD is GET without its body, also where a view serves GET and POST alone, and never does what a POST does."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/galeria/", "/entrar/", "/salir/"])
def test_answers_as_get_without_a_body(client, path):
    answer = client.head(path)
    assert (answer.status_code, answer.content) == (client.get(path).status_code, b"")
    assert answer.headers["Content-Type"].startswith("text/html")
