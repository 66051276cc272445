"""`{% meaning "potencial" %}`: a word of the portal's glossary with its meaning at hand."""

from __future__ import annotations

from django import template

from acompana.portal.glossary import MEANINGS
from acompana.shell.templatetags.shell import term

register = template.Library()


@register.inclusion_tag("shell/components/term.html")
def meaning(word: str, shown: str = "", key: str = "") -> dict[str, object]:
    """The word, or `shown` in its place (a plural, say). `key`: an id, when it comes twice on a page."""
    return term(shown or word, MEANINGS[word], key)
