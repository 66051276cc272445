"""Who may take a file out: whoever may read the entry that carries it (here, one that the company reads too)."""

from __future__ import annotations

from types import SimpleNamespace

from django.core.files.uploadedfile import SimpleUploadedFile

from acompana.files.operations import store_upload
from acompana.logbook.operations import record_entry
from tests.permissions import OWNER, STAFF, Row
from tests.permissions.world import World


def furnish(side: SimpleNamespace, world: World) -> None:
    officer = world.cast.actor("administrator", world.now)
    upload = SimpleUploadedFile("ficha técnica.txt", b"Aceite de oliva, 500 ml")
    side.file = store_upload(upload=upload, actor=officer, now=world.now)
    record_entry(
        kind="note",
        fact="Se guardó la ficha técnica",
        company=side.company,
        channel="email",
        visibility="company",
        files=[side.file],
        actor=officer,
        now=world.now,
    )


ROWS = [Row("files:download", lambda side: {"pk": side.file.pk}, get=STAFF | OWNER)]
