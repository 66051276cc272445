"""The tags that a message template knows: conditions and loops, nothing that loads or includes."""

from __future__ import annotations

from django import template
from django.template.defaulttags import comment, do_for, do_if

register = template.Library()
register.tag("if", do_if)
register.tag("for", do_for)
register.tag("comment", comment)
