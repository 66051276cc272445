"""One style sheet out of many small files, in layers, under an address that changes with its content.

A file's folder is its layer; the order of LAYERS decides, never the order of files. Any room may bring sheets for
its own pages in `<room>/static/<room>/css/pages/*.css`. One request per visitor and release, kept for a year.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

LAYERS = ("reset", "tokens", "base", "layout", "components", "pages", "utilities")
SHELL = Path(__file__).parent / "static" / "shell" / "css"
DARK = SHELL / "dark.css"
_ADDRESS = re.compile(r"url\(\"?\.\./(?P<path>[^\")]+)\"?\)")
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_INDENT = re.compile(r"\n\s*")


@dataclass(frozen=True, slots=True)
class Stylesheet:
    text: bytes
    compressed: bytes
    mark: str

    @property
    def url(self) -> str:
        return reverse("shell:stylesheet", args=[self.mark])


def _files(layer: str) -> list[Path]:
    own = SHELL / f"{layer}.css"
    files = [own] if own.exists() else sorted((SHELL / layer).glob("*.css"))
    if layer == "pages":
        for app in apps.get_app_configs():
            if app.name.startswith("acompana.") and app.label != "shell":
                room = app.name.rpartition(".")[2]
                files += sorted((Path(app.path) / "static" / room / "css" / "pages").glob("*.css"))
    return files


def _shorten(text: str) -> str:
    return _INDENT.sub("\n", _COMMENT.sub("", text)).strip()


def _with_addresses(text: str) -> str:
    """`url("../vendor/x.woff2")`, as seen from `shell/css`, becomes the address under which static files are served."""  # noqa: E501
    return _ADDRESS.sub(lambda match: f'url("{static("shell/" + match["path"])}")', text)


def build_stylesheet() -> Stylesheet:
    """Read all files anew."""
    parts = [f"@layer {', '.join(LAYERS)};"]
    for layer in LAYERS:
        for file in _files(layer):
            parts.append(f"@layer {layer} {{\n{_shorten(_with_addresses(file.read_text()))}\n}}")
    text = "\n".join(parts).encode()
    return Stylesheet(text, gzip.compress(text, mtime=0), hashlib.sha256(text).hexdigest()[:12])


_kept = lru_cache(maxsize=1)(build_stylesheet)


def stylesheet() -> Stylesheet:
    """The sheet of this process; read anew at each request while debugging."""
    return build_stylesheet() if settings.DEBUG else _kept()


@require_safe
def serve_stylesheet(request: HttpRequest, mark: str) -> HttpResponse:
    """The sheet. An older mark gets the present one, but is not told to keep it."""
    sheet = stylesheet()
    if len(mark) != len(sheet.mark):
        raise Http404
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(sheet.compressed if zipped else sheet.text, content_type="text/css; charset=utf-8")
    if zipped:
        response["Content-Encoding"] = "gzip"
    response["Vary"] = "Accept-Encoding"
    response["Cache-Control"] = "public, max-age=31536000, immutable" if mark == sheet.mark else "no-cache"
    return response
