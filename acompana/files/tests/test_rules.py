"""What an upload has to be: its name, size and content."""

import io
import zipfile

import pytest

from acompana.files.rules import MEGABYTE, MOST_ENTRIES, check_content, check_size, clean_name, megabytes
from acompana.kernel.refusals import Refused

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


def archive(*members, content=b"<x/>"):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for member in members:
            packed.writestr(member, content)
    return file.getvalue()


WORKBOOK = archive("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml")
LETTER = archive("[Content_Types].xml", "word/document.xml")


def refusal(name, content):
    with pytest.raises(Refused) as caught:
        check_content(name, io.BytesIO(content))
    return caught.value


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("factura.pdf", "factura.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Mis documentos\\Ficha 2026.xlsx", "Ficha 2026.xlsx"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("foto\u202egnp.exe", "fotognp.exe"),
        ('"; filename="x.pdf', "filename= x.pdf"),
        ("", "archivo"),
        ("...", "archivo"),
        ("Certificado.pdf ", "Certificado.pdf"),
        ("n\u0303andu.pdf", "ñandu.pdf"),
    ],
)
def test_names_are_cleaned(given, cleaned):
    assert clean_name(given) == cleaned


def test_a_long_name_keeps_its_extension():
    name = clean_name("a" * 400 + ".xlsx")
    assert (len(name), name[-5:]) == (120, ".xlsx")


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("a.PNG", PNG, "image/png"),
        ("a.jpeg", b"\xff\xd8\xff\xe0" + b"\x00" * 20, "image/jpeg"),
        ("a.xlsx", WORKBOOK, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a.docx", LETTER, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.csv", "rut;razón\n".encode(), "text/csv"),
        ("a.csv", "rut;razón\n".encode("latin-1"), "text/csv"),
        ("a.txt", "hola".encode("utf-16"), "text/plain"),
    ],
)
def test_a_file_that_is_what_it_says_is_taken(name, content, media_type):
    assert check_content(name, io.BytesIO(content)).media_type == media_type


@pytest.mark.parametrize("name", ["virus.exe", "pagina.html", "dibujo.svg", "macro.xlsm", "sin-extension"])
def test_kinds_that_we_do_not_take_are_refused_with_what_we_do(name):
    refused = refusal(name, b"MZ")
    assert refused.rule == "files:type"
    assert "Sube PDF, imágenes PNG o JPG" in refused.reason


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PNG),
        ("a.png", PDF),
        ("a.jpg", b"<html></html>"),
        ("a.xlsx", LETTER),
        ("a.docx", WORKBOOK),
        ("a.docx", archive("hola.txt")),
        ("a.xlsx", b"PK\x03\x04 y poco"),
        ("a.csv", PNG),
        ("a.txt", b"MZ\x90\x00\x03"),
        ("a.txt", b"hola\x00"),
    ],
)
def test_a_content_unlike_its_name_is_refused(name, content):
    assert refusal(name, content).rule == "files:content"


def test_the_sentence_says_what_it_seems():
    assert "parece imagen PNG" in refusal("contrato.pdf", PNG).reason


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + b"\x00" * 200, "un programa de Windows (.exe)"),
        (archive("hola.txt"), "un Word, un Excel o un archivo .zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500, "un Word o un Excel antiguo (.doc, .xls)"),
    ],
)
def test_what_begins_like_many_is_called_by_what_people_know(content, said):
    assert f"parece {said}." in refusal("empresas.csv", content).reason


def test_macros_are_refused():
    book = archive("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin")
    assert refusal("a.xlsx", book).rule == "files:macros"


def test_an_archive_that_grows_is_refused():
    bomb = archive("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml", content=b"0" * 5 * MEGABYTE)
    assert len(bomb) < MEGABYTE
    assert refusal("a.xlsx", bomb).rule == "files:archive"


def test_an_archive_of_very_many_parts_is_refused():
    many = archive("[Content_Types].xml", "xl/workbook.xml", *(f"xl/media/{n}" for n in range(MOST_ENTRIES)))
    assert refusal("a.xlsx", many).rule == "files:archive"


def test_sizes():
    check_size("a.pdf", 10, 10)
    with pytest.raises(Refused, match="está vacío"):
        check_size("a.pdf", 0, 10)
    with pytest.raises(Refused, match="pesa 12,3 MB y el máximo es 10 MB"):
        check_size("a.pdf", int(12.3 * MEGABYTE), 10 * MEGABYTE)
    assert megabytes(10 * MEGABYTE) == "10"
