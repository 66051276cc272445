"""Static files: compressed, kept for good under a name that changes with their content, plain before."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.management import call_command
from django.http import HttpResponse
from django.templatetags.static import static
from django.test import override_settings
from whitenoise.middleware import WhiteNoiseMiddleware

FONT = "shell/vendor/roboto/roboto-latin-wght-normal.woff2"
pytestmark = pytest.mark.one_database  # no row of it is asked for
SERVED = ("shell/js/portal.js", "django_htmx/htmx-2.min.js", FONT, "shell/img/mark.svg")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=folder):
        call_command("collectstatic", interactive=False, verbosity=0)
    return folder


@pytest.fixture
def collected(kept: Path, settings) -> Path:
    settings.STATIC_ROOT = kept
    return kept


def fetch(rf, address: str) -> HttpResponse:
    nothing = WhiteNoiseMiddleware(lambda request: HttpResponse(status=404))
    return nothing(rf.get(address, headers={"Accept-Encoding": "gzip"}))


def test_before_collecting_files_have_their_own_names(tmp_path: Path, settings) -> None:
    settings.STATIC_ROOT = tmp_path
    assert static(FONT) == f"/static/{FONT}"


@pytest.mark.parametrize("name", SERVED)
def test_a_collected_file_is_kept_for_good(name: str, collected: Path, rf) -> None:
    address = static(name)
    assert re.search(r"\.[0-9a-f]{12}\.\w+$", address)
    answer = fetch(rf, address)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "max-age=315360000, public, immutable"
    body = b"".join(answer.streaming_content)
    if name.endswith((".js", ".svg")):
        assert answer["Content-Encoding"] == "gzip"
        assert gzip.decompress(body)


def test_modules_import_each_other_by_the_names_that_are_kept(collected: Path) -> None:
    plain = re.compile(r"""(?:from|import)\s*["']\./(?P<name>[\w-]+)\.js["']""")
    for path in sorted((project.PACKAGE / "shell" / "static" / "shell" / "js").glob("*.js")):
        written = (collected / static(f"shell/js/{path.name}").removeprefix("/static/")).read_text()
        assert plain.findall(path.read_text()) == [] or plain.findall(written) == [], path.name


def test_a_plain_name_is_asked_for_again(collected: Path, rf) -> None:
    assert fetch(rf, f"/static/{FONT}")["Cache-Control"] == "max-age=60, public"
