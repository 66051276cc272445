"""What every answer carries, and what an installation under https decides by itself."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = pytest.mark.one_database
PAGES = ("/entrar/", "/clave/olvidada/", "/mi-cuenta/", "/no-hay-nada-aqui/")


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES)
def test_every_answer_carries_the_policies(client, address):
    answer = client.get(address)
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert policy["script-src"] == policy["style-src"] == policy["default-src"] == "'self'"
    assert policy["object-src"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
def test_the_entrance_has_nothing_that_the_policy_would_stop(client):
    page = client.get("/entrar/").content.decode()
    for forbidden in ("style=", "onclick", "<style", "javascript:"):
        assert forbidden not in page
    for script in page.split("<script")[1:]:
        assert "src=" in script.split(">")[0] or 'type="application/json"' in script.split(">")[0]


def test_the_session_is_out_of_reach_of_scripts_and_of_other_sites():
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Lax"


DECIDED = """
from django.conf import settings as s
print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS, s.DEBUG,
      s.SECOND_FACTOR_REQUIRED, s.DEMO)
"""


def decided(command: list[str], folder, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=settings.ROOT,
        env={**os.environ, "ACOMPANA_DATA": str(folder), "DATABASE_URL": "", "ACOMPANA_DEMO": "0", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout + done.stderr


def test_under_https_everything_is_closed_without_being_asked(tmp_path):
    said = decided(["shell", "-v0", "-c", DECIDED], tmp_path, ACOMPANA_SITE="https://acompana.example")
    assert "True True True 31536000 False True False" in said


def test_the_framework_has_nothing_to_add_but_what_an_installation_must_decide(tmp_path):
    said = decided(["check", "--deploy"], tmp_path, ACOMPANA_SITE="https://acompana.example")
    warnings = {word.strip("():") for word in said.split() if word.startswith(("(security.", "(people."))}
    # W005 and W021, subdomains and preload lists: other systems may live under the same name.
    assert warnings <= {"security.W005", "security.W021"}, said
