"""The manual says nothing that is not there: pages, pictures, addresses and views that it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from acompana.portal import manual
from acompana.portal.manual import CONTENTS, FOLDER, PICTURES, Page, as_html, guide_for, pages, tokens_of

FILES = sorted(FOLDER.glob("*.md"))
SLUGS = [page.slug for page in pages()]
LARGEST = 150 * 1024  # bytes of a picture: a manual is read on a phone
PATH = re.compile(r"^/[^#?]*")


def addresses(path: Path, kind: str) -> list[str]:
    attribute = "src" if kind == "image" else "href"
    return [str(found[attribute]) for found in tokens_of(path.read_text("utf-8"), kind)]


def all_views(resolver: URLResolver, namespace: str = "") -> set[str]:
    found = set()
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            found.add(f"{namespace}{entry.name}")
        else:
            found |= all_views(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
    return found


def test_every_file_is_in_the_contents_once() -> None:
    assert sorted(SLUGS) == sorted(path.stem for path in FILES if path.name != CONTENTS)


def test_every_page_has_a_reader_and_a_title_of_its_own() -> None:
    assert all(page.reader and page.text.startswith("# ") for page in pages())
    assert len({page.title for page in pages()}) == len(pages())


@pytest.mark.django_db
@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_renders(client: Client, slug: str) -> None:
    answer = client.get(f"/manual/{slug}/")
    assert answer.status_code == 200
    page = manual.page_by_slug(slug)
    assert page is not None
    assert page.title in answer.content.decode()
    assert 'aria-current="page"' in answer.content.decode()


@pytest.mark.django_db
def test_the_contents_render_and_an_unknown_page_does_not(client: Client) -> None:
    answer = client.get("/manual/")
    assert answer.status_code == 200
    assert f'href="/manual/{SLUGS[0]}/"' in answer.content.decode()
    assert client.get("/manual/no-existe/").status_code == 404
    assert client.get("/manual/imagenes/no-existe.png").status_code == 404
    assert client.get("/manual/imagenes/..%2Foperating.md").status_code == 404


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_link_leads_somewhere(path: Path) -> None:
    for href in addresses(path, "link_open"):
        if href.startswith(("http://", "https://", "mailto:")):
            continue
        if href.startswith("/"):
            asked = PATH.match(href)
            assert asked is not None
            try:
                resolve(asked.group())
            except Resolver404:
                pytest.fail(f"{path.name} names {href}, which is no address of the application")
            continue
        name, _, fragment = href.partition("#")
        target = FOLDER / name if name else path
        assert target.is_file(), f"{path.name} links to {href}"
        if fragment:
            assert f'id="{fragment}"' in as_html(target.read_text("utf-8")), f"{path.name} links to {href}"


@pytest.mark.django_db
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_picture_exists_is_light_and_is_described(client: Client, path: Path) -> None:
    text = path.read_text("utf-8")
    for image in tokens_of(text, "image"):
        file = (FOLDER / str(image["src"])).resolve()
        assert file.parent == PICTURES.resolve()
        assert file.is_file(), f"{path.name} shows {image['src']}"
        assert file.stat().st_size <= LARGEST, f"{file.name} is too heavy"
        answer = client.get(manual.address(str(image["src"])))
        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/png"
    assert "![](" not in text, f"{path.name} has a picture without words"


def test_the_screens_that_pages_explain_exist() -> None:
    views = all_views(get_resolver())
    rooms = {f"{name.partition(':')[0]}:" for name in views if ":" in name}
    rooms |= {"logbook:"}  # shown inside other rooms' pages
    for page in pages():
        for screen in page.screens:
            assert screen in (rooms if screen.endswith(":") else views), f"{page.slug} explains {screen}"


def test_html_and_scripts_in_a_page_are_shown_as_text() -> None:
    shown = as_html('# Hola\n\n<script>alert("no")</script>\n\n[x](javascript:alert(1))\n')
    assert "<script" not in shown
    assert 'href="javascript' not in shown


def asking(path: str) -> HttpRequest:
    request = HttpRequest()
    request.path = path
    request.resolver_match = resolve(path)
    return request


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("/escritorio/", "ejecutivos-mi-dia"),
        ("/escritorio/empresas/7/", "ejecutivos-empresa"),
        ("/escritorio/ingresos/por-asignar/", "direcciones-asignar"),
        ("/mi-empresa/7/ficha/", "empresas-ficha"),
        ("/escritorio/mensajes/", "administracion-mensajes"),
    ],
)
def test_a_screen_leads_to_the_page_that_explains_it(path: str, slug: str) -> None:
    assert guide_for(asking(path)) == f"/manual/{slug}/"


def test_a_screen_without_page_leads_to_the_contents() -> None:
    assert guide_for(asking("/galeria/")) == "/manual/"


def test_a_page_knows_its_neighbours_of_the_same_reader() -> None:
    first, second = (page for page in pages()[:2])
    assert manual.neighbours(first) == (None, second)
    alone = Page("x", "X", "Nadie más", "# X", ())
    assert manual.neighbours(pages()[-1])[1] is None
    assert alone.reader not in dict(manual.by_reader())


def test_a_picture_leads_to_itself_in_full_size() -> None:
    shown = as_html("![La portada](../images/portada.png)")
    assert '<a href="/manual/imagenes/portada.png"><img src="/manual/imagenes/portada.png"' in shown
    assert 'alt="La portada"' in shown
