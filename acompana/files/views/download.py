"""The one way out of a stored file."""

from __future__ import annotations

import logging

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from acompana.files.models import StoredFile
from acompana.files.permissions import may_read

log = logging.getLogger(__name__)


@require_safe
def download(request: HttpRequest, pk: int) -> FileResponse:
    """The file as a download, never shown in the page; 404 for whoever may not read it."""
    stored = get_object_or_404(StoredFile, pk=pk)
    if not may_read(request.actor, stored):  # type: ignore[attr-defined]
        raise Http404
    try:
        content = stored.content.open("rb")
    except FileNotFoundError as error:
        log.error("file %s is in the database and not on the disk", stored.pk)
        raise Http404 from error
    response = FileResponse(content, as_attachment=True, filename=stored.name, content_type=stored.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
