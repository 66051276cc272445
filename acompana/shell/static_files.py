"""Static files under names that change with their content, compressed once, kept by browsers for good.

`collectstatic` (part of `dev.py run`) writes them and their list. Where it was not run, as in the tests, or while
debugging, files have their own names and are served as they lie in their rooms.
"""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Django's list of hashed names with WhiteNoise's compression; modules of JavaScript import each other by them."""

    manifest_strict = False
    support_js_module_import_aggregation = True

    def hashed_name(self, name: str, content: object = None, filename: str | None = None) -> str:
        """The name with its content's hash; a file that was not collected keeps its own."""
        try:
            return super().hashed_name(name, content, filename)
        except ValueError:
            return name
