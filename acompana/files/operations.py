"""The verbs that write files."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast
from uuid import uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from acompana.files.models import StoredFile
from acompana.files.rules import MEGABYTE, check_content, check_size, clean_name
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb

log = logging.getLogger(__name__)
DEFAULT_LIMIT = 10 * MEGABYTE  # project default


def upload_limit() -> int:
    """The largest file that is taken, in bytes."""
    return getattr(settings, "UPLOAD_LIMIT", DEFAULT_LIMIT)


def log_refused(refusal: Refused, upload: UploadedFile) -> None:
    """The operator's line about an upload that was refused; its name may be personal and stays out, but its suffix."""
    suffix = PurePosixPath(clean_name(upload.name or "")).suffix or "no suffix"
    log.info("upload refused (%s): %s bytes, %s", refusal.rule, upload.size, suffix)


@verb
def store_upload(*, upload: UploadedFile, actor: Any, now: datetime) -> StoredFile:
    """Check an upload and keep it. Refused, with a sentence, for its type, size or content.

    `actor` is a `people.actors.Actor`; who may read the file is decided by the room that attaches it.
    """
    name = clean_name(upload.name or "")
    try:
        check_size(name, upload.size or 0, upload_limit())
        kind = check_content(name, cast(BinaryIO, upload.file))
    except Refused as refusal:
        log_refused(refusal, upload)
        raise
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    stored = StoredFile(
        name=name,
        media_type=kind.media_type,
        size=upload.size or 0,
        sha256=digest.hexdigest(),
        uploaded_by=actor.person,
        uploaded_at=now,
    )
    # Kept under a name that nobody chose, so that no name can lead out of the folder or over another file.
    stored.content.save(f"{now:%Y/%m}/{uuid4().hex}{PurePosixPath(name).suffix.lower()}", upload, save=False)
    stored.save()
    return stored
