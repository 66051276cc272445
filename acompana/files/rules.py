"""What an upload has to be. Functions of a name and a file's content: no database, no clock."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

import puremagic

from acompana.kernel.refusals import Refused

MEGABYTE = 1024 * 1024
LONGEST_NAME = 120
HEAD = 8192  # bytes that are read to recognise a content

# Guards against archives that grow when opened (an xlsx or a docx is a zip archive).
MOST_ENTRIES = 2_000
MOST_UNPACKED = 150 * MEGABYTE
MOST_RATIO = 200  # unpacked to packed, of one entry
FREE_OF_RATIO = MEGABYTE  # repetitive small sheets compress very well; they do no harm


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that we take: its name for people, its media type, and how its content begins."""

    label: str
    media_type: str
    starts: tuple[bytes, ...] = ()
    member: str = ""  # of an archive: the part that makes it what it is


JPEG = Kind("imagen JPG", "image/jpeg", (b"\xff\xd8\xff",))
KINDS: dict[str, Kind] = {
    "pdf": Kind("PDF", "application/pdf", (b"%PDF-",)),
    "png": Kind("imagen PNG", "image/png", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": JPEG,
    "jpeg": JPEG,
    "xlsx": Kind(
        "planilla Excel",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        (b"PK\x03\x04",),
        "xl/workbook.xml",
    ),
    "docx": Kind(
        "documento Word",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        (b"PK\x03\x04",),
        "word/document.xml",
    ),
    "csv": Kind("tabla CSV", "text/csv"),
    "txt": Kind("texto", "text/plain"),
}
# Beginnings that many kinds of file share, of which a guess names the strangest.
SHARED_STARTS = (
    (b"MZ", "un programa de Windows (.exe)"),
    (b"PK\x03\x04", "un Word, un Excel o un archivo .zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "un Word o un Excel antiguo (.doc, .xls)"),
)
ACCEPT = ",".join(f".{extension}" for extension in KINDS)
ALLOWED = "PDF, imágenes PNG o JPG, Excel (xlsx), Word (docx), CSV o texto"


def clean_name(name: str) -> str:
    """The name without folders, control or reserved characters, at most 120 long, its extension kept.

    It is only shown and offered on download; where the file is kept never depends on it.
    """
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    name = "".join(" " if character in '<>:"|?*;' else character for character in name if is_printable(character))
    name = " ".join(name.split()).strip(". ")
    path = PurePosixPath(name or "archivo")
    suffix = path.suffix[:10]
    return f"{path.stem[: LONGEST_NAME - len(suffix)].rstrip()}{suffix}"


def is_printable(character: str) -> bool:
    """Neither a control nor a character that turns the direction of reading (used to disguise an extension)."""
    return not unicodedata.category(character).startswith("C")


def kind_of_name(name: str) -> Kind:
    """The kind that a name promises; refused if we do not take it."""
    extension = PurePosixPath(name).suffix.lstrip(".").lower()
    kind = KINDS.get(extension)
    if kind is None:
        what = f"un archivo .{extension}" if extension else "un archivo sin extensión"
        raise Refused(f"«{name}» es {what} y no lo podemos recibir. Sube {ALLOWED}.", "files:type")
    return kind


def check_size(name: str, size: int, limit: int) -> None:
    """Refuses an empty file and one over `limit` bytes."""
    if size == 0:
        raise Refused(f"«{name}» está vacío. Revisa que sea el archivo correcto y súbelo de nuevo.", "files:empty")
    if size > limit:
        raise Refused(
            f"«{name}» pesa {megabytes(size)} MB y el máximo es {megabytes(limit)} MB. "
            "Sube una versión más liviana o divídelo en partes.",
            "files:size",
        )


def megabytes(size: int) -> str:
    """Megabytes as read in Chile: 10485760 → "10", 12900000 → "12,3"."""
    return f"{size / MEGABYTE:.1f}".removesuffix(".0").replace(".", ",")


def check_content(name: str, file: BinaryIO) -> Kind:
    """The kind of a file whose content is what its name says; refused, with a sentence, if it is not."""
    kind = kind_of_name(name)
    file.seek(0)
    head = file.read(HEAD)
    if kind.starts and not head.startswith(kind.starts):
        raise unlike_its_name(name, kind, head)
    if kind.member:
        check_archive(name, kind, file)
    elif not kind.starts:
        check_text(name, kind, head)
    file.seek(0)
    return kind


def unlike_its_name(name: str, kind: Kind, head: bytes) -> Refused:
    seems = what_it_seems(head)
    seems = f" Por su contenido parece {seems}." if seems else ""
    return Refused(
        f"«{name}» dice ser {kind.label}, pero su contenido no lo es.{seems} "
        "Guárdalo de nuevo en su formato y súbelo otra vez.",
        "files:content",
    )


def what_it_seems(head: bytes) -> str:
    """What a content is taken for, in words («PNG»); empty if nothing recognises it."""
    for kind in KINDS.values():
        if kind.starts and head.startswith(kind.starts) and not kind.member:
            return kind.label
    for starts, words in SHARED_STARTS:
        if head.startswith(starts):
            return words
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return ""
    extension = found[0].extension.lstrip(".") if found else ""
    return f"un archivo .{extension}" if extension else ""


def check_text(name: str, kind: Kind, head: bytes) -> None:
    """Text has no zero bytes and does not begin as another kind of file does."""
    binary = b"\x00" in head or head.startswith(
        (b"MZ", b"\x7fELF", b"PK\x03\x04", b"%PDF-", b"\x89PNG", b"\xff\xd8\xff")
    )
    controls = sum(byte < 32 and byte not in (9, 10, 12, 13) for byte in head)
    utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))  # how Excel saves "Unicode text"
    if (binary or controls) and not utf16:
        raise unlike_its_name(name, kind, head)


def check_archive(name: str, kind: Kind, file: BinaryIO) -> None:
    """An xlsx or docx: a sound archive, of the kind that it says, without macros, that does not grow when opened."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise Refused(
            f"«{name}» está dañado y no se puede abrir. Guárdalo de nuevo y súbelo otra vez.", "files:content"
        ) from error
    members = {entry.filename for entry in entries}
    if kind.member not in members or "[Content_Types].xml" not in members:
        raise unlike_its_name(name, kind, b"")
    if any(member.lower().endswith("vbaproject.bin") for member in members):
        raise Refused(f"«{name}» contiene macros. Guárdalo sin macros y súbelo otra vez.", "files:macros")
    if grows_too_much(entries):
        raise Refused(
            f"«{name}» ocupa demasiado al abrirlo y no lo podemos recibir. Quita las hojas o imágenes que sobren.",
            "files:archive",
        )


def grows_too_much(entries: list[zipfile.ZipInfo]) -> bool:
    """Whether opening an archive would fill memory: too many entries, too much in all, or too dense an entry."""
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        return True
    return any(
        entry.file_size > FREE_OF_RATIO and entry.file_size > MOST_RATIO * max(entry.compress_size, 1)
        for entry in entries
    )
