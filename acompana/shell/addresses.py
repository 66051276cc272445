"""Names that the code has in English, as Spanish words in addresses.

    register_converter(spoken_as({"intake": "ingreso"}), "process")
    path("escritorio/procesos/<process:kind>/", …)      # the view gets «intake»

What has no word stands in the address as it is. Who asks by the name of the code finds nothing: a page has one
address.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.urls.converters import SlugConverter


def spoken_as(words: Mapping[str, str]) -> type[SlugConverter]:
    """A converter of paths. `words`: the word of each name; no two names have the same."""
    names = {word: name for name, word in words.items()}
    if len(names) != len(words):
        raise ValueError("two names have the same word")

    class Spoken(SlugConverter):
        def to_python(self, value: str) -> str:
            if value in words and value not in names:
                raise ValueError(value)
            return names.get(value, value)

        def to_url(self, value: str) -> str:
            return words.get(value, value)

    return Spoken
