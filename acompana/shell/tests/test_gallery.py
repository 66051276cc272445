"""Every component is shown, and every file that pages link exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from acompana.shell.templatetags import shell as tags

NOT_COMPONENTS = {"wrong_mark"}


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "?manera=escritorio", "?manera=escritorio&tema=dark"])
def test_gallery_shows_every_component(client, query):
    page = client.get(f"/galeria/{query}")
    assert page.status_code == 200
    text = page.content.decode()
    template = (Path(tags.__file__).parents[1] / "templates/shell/gallery.html").read_text()
    components = {p.stem for p in (Path(tags.__file__).parents[1] / "templates/shell/components").glob("*.html")}
    missing = {name for name in components - NOT_COMPONENTS if f"{{% {name} " not in template}
    assert not missing
    for address in re.findall(r'(?:src|href)="/static/([^"]+)"', text):
        assert finders.find(address), address


@pytest.mark.django_db
def test_nothing_is_inline(client):
    text = client.get("/galeria/").content.decode()
    assert not re.search(r"\s(style|on[a-z]+)=\"", text)
    assert not re.search(r"<script(?![^>]*src=)|<style", text)
