from __future__ import annotations

import gzip

import pytest

from acompana.shell.stylesheet import LAYERS, build_stylesheet

MOST = 20_000


def test_layers_come_in_order_and_the_sheet_is_small():
    sheet = build_stylesheet()
    text = sheet.text.decode()
    assert text.startswith(f"@layer {', '.join(LAYERS)};")
    assert text.count("{") == text.count("}")
    assert "../vendor" not in text
    assert "orientation" not in text, "axe-core is not asked about turned screens (tests/browser)"
    assert len(sheet.compressed) < MOST, "the sheet grew: is a component written twice?"


@pytest.mark.django_db
def test_the_sheet_is_kept_by_its_mark_only(client):
    sheet = build_stylesheet()
    kept = client.get(sheet.url, headers={"accept-encoding": "gzip"})
    assert gzip.decompress(kept.content) == sheet.text
    assert "immutable" in kept["Cache-Control"]
    old = client.get("/estilos/000000000000.css")
    assert old.status_code == 200
    assert old["Cache-Control"] == "no-cache"
    assert client.get("/estilos/otra.css").status_code == 404
