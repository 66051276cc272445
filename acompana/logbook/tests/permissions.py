"""Who may take a file out: whoever may read the entry that carries it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

from django.core.files.uploadedfile import SimpleUploadedFile

from acompana.files.operations import store_upload
from acompana.logbook.models import Entry
from acompana.logbook.operations import record_entry
from tests.permissions import ADMINISTRATOR, DIRECTOR, EXECUTIVE, OWNER, STAFF, Row
from tests.permissions.world import World


def furnish(side: SimpleNamespace, world: World) -> None:
    """One file with an entry for each kind of reader, all written by the administrator."""
    officer = world.cast.actor("administrator", world.now)
    side.files = {}
    for visibility in Entry.Visibility.values:
        upload = SimpleUploadedFile("ficha técnica.txt", f"Aceite de oliva, {visibility}".encode())
        side.files[visibility] = store_upload(upload=upload, actor=officer, now=world.now)
        record_entry(
            kind="note",
            fact="Se guardó la ficha técnica",
            company=side.company,
            channel="email",
            visibility=visibility,
            files=[side.files[visibility]],
            actor=officer,
            now=world.now,
        )


READERS = {
    "company": STAFF | OWNER,
    "staff": STAFF,
    "responsible": EXECUTIVE | DIRECTOR | ADMINISTRATOR,  # who wrote it, whose company it is, and who heads the office
}


def file(visibility: str) -> Callable[[SimpleNamespace], dict[str, int]]:
    return lambda side: {"pk": side.files[visibility].pk}


ROWS = [Row("files:download", file(case), get=readers, case=case) for case, readers in READERS.items()]
