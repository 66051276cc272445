"""How Django's controls are written: as its templates do, without them.

By template, each option of a list costs two inclusions; a form with the communes and the countries has six hundred.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

WIDGETS = "django/forms/widgets/"
SELECT = WIDGETS + "select.html"
INPUTS = frozenset(
    WIDGETS + name
    for name in (
        "checkbox.html", "checkbox_option.html", "date.html", "datetime.html", "email.html", "hidden.html",
        "input.html", "number.html", "password.html", "radio_option.html", "tel.html", "text.html", "url.html",
    )
)  # fmt: skip


class FormRenderer(DjangoTemplates):
    """Django's own, with lists of options and plain inputs written in Python."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        widget = context.get("widget", {})
        if template_name == SELECT:
            return select(widget)
        if template_name in INPUTS and not widget.get("wrap_label"):
            return control(widget)
        return super().render(template_name, context, request)


def attributes(attrs: Mapping[str, Any]) -> SafeString:
    """What follows the name in a tag: False is left out, True stands alone."""
    return mark_safe(
        "".join(
            f" {escape(name)}" if value is True else f' {escape(name)}="{escape(str(value))}"'
            for name, value in attrs.items()
            if value is not False
        )
    )


def control(widget: Mapping[str, Any]) -> SafeString:
    """An `<input>`."""
    value = mark_safe("") if widget["value"] is None else format_html(' value="{}"', str(widget["value"]))
    return format_html(
        '<input type="{}" name="{}"{}{}>', widget["type"], widget["name"], value, attributes(widget["attrs"])
    )


def select(widget: Mapping[str, Any]) -> SafeString:
    """A `<select>` with its options, in their groups if they have any."""
    groups = format_html_join(
        "\n",
        "{}",
        (
            (
                format_html('<optgroup label="{}">\n{}\n</optgroup>', name, options(choices))
                if name
                else options(choices),
            )
            for name, choices, _ in widget["optgroups"]
        ),
    )
    return format_html('<select name="{}"{}>\n{}\n</select>', widget["name"], attributes(widget["attrs"]), groups)


def options(choices: Iterable[Mapping[str, Any]]) -> SafeString:
    return format_html_join(
        "\n",
        '<option value="{}"{}>{}</option>',
        ((str(choice["value"]), attributes(choice["attrs"]), choice["label"]) for choice in choices),
    )
