"""`{% meaning "potencial" %}`: a word of the portal's glossary with its meaning at hand."""

from __future__ import annotations

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from acompana.portal.glossary import MEANINGS
from acompana.shell.templatetags.shell import term

register = template.Library()


@register.simple_tag
def meaning(word: str, shown: str = "", key: str = "") -> SafeString:
    """The word, or `shown` in its place (a plural, say). `key`: an id, when it comes twice on a page. For a sentence
    that is translated, `{% meaning "potencial" as potential %}` keeps it under a name."""
    return render_to_string("shell/components/term.html", term(shown or gettext(word), str(MEANINGS[word]), key))
