"""What an uploaded file of companies has to be. Pure: a name and a content come in."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast

from acompana.files.rules import MEGABYTE, check_content, check_size
from acompana.kernel.refusals import Refused

LARGEST = 600 * MEGABYTE  # the tax service's largest file has some 300
KINDS = ("csv", "txt", "xlsx")


def check_upload(name: str, upload: Any) -> None:
    """Refused, with a sentence, for its size, its kind, or a content unlike its name."""
    extension = PurePosixPath(name).suffix.lstrip(".").lower()
    if extension not in KINDS:
        raise Refused(f"«{name}» no se puede importar. Sube un archivo CSV, TXT o Excel (xlsx).", "files:type")
    check_size(name, upload.size or 0, LARGEST)
    check_content(name, cast(BinaryIO, upload.file))
    upload.file.seek(0)
