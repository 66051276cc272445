"""Message templates: files of the rooms, amended texts over them, and a strict engine that never leaves a hole.

A template is `acompana/<room>/templates/<room>/mail/<name>.<language>.txt`, called "<room>/<name>": lines
"category: …" and "subject: …", a blank line, the body in plain text. It knows `{{ field }}`, `{% if %}`, `{% for %}`
and Django's filters. A field that is missing, None or empty stops the message (FUP-8); what is optional says so
with `{% if %}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path

from django.apps import apps
from django.template import Context, Engine, Template, TemplateSyntaxError
from django.template.base import Node, NodeList, TextNode, VariableNode
from django.template.defaulttags import ForNode, IfNode
from django.utils.html import escape, urlize

from acompana.kernel.refusals import Refused
from acompana.messages.rules import categories
from acompana.shell.words import before_full_stop, is_a_name

NAME, SUBJECT = 60, 199  # characters of a name within a subject, and of the whole, without the «…»
PLAIN = (str, int, float, bool, Decimal, date, datetime, type(None))


class EmptyField(Refused):
    """A field of the template is empty: the message is not written."""

    def __init__(self, template: str, field: str) -> None:
        super().__init__(
            f"El correo no se escribió porque falta un dato que su texto necesita: «{field}» (plantilla {template}).",
            "FUP-8",
        )
        self.template = template
        self.field = field


class BrokenTemplate(Refused):
    """The text of a template cannot be used; the reason says what to mend."""


@dataclass(frozen=True, slots=True)
class MailText:
    """The words of a message before its fields are filled."""

    name: str
    language: str
    category: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Composed:
    subject: str
    body: str


class MailEngine(Engine):
    """Only conditions, loops and filters: a text amended by a person cannot load or include anything."""

    default_builtins = [
        "acompana.messages.words",
        "django.template.defaultfilters",
        "acompana.shell.templatetags.shell",
    ]


class FilledNode(VariableNode):
    """A variable that must have something to say, and says it with one full stop where it ends a sentence."""

    ends_sentence = False

    def render(self, context: Context) -> str:
        value = self.filter_expression.resolve(context, ignore_failures=True)
        if value is None or not str(value).strip():
            raise EmptyField(str(context.get("template_name", "")), self.filter_expression.token)
        text = super().render(context)
        return before_full_stop(text) if self.ends_sentence else text


@cache
def mail_engine() -> MailEngine:
    return MailEngine(autoescape=False)


# --- files ------------------------------------------------------------------------------------------------------


@cache
def mail_files() -> dict[tuple[str, str], Path]:
    """Every template file by ("room/name", language)."""
    found: dict[tuple[str, str], Path] = {}
    for config in apps.get_app_configs():
        if not config.name.startswith("acompana."):
            continue
        room = config.name.split(".")[1]
        for path in sorted(Path(config.path).glob(f"templates/{room}/mail/*.*.txt")):
            name, language, _ = path.name.rsplit(".", 2)
            found[f"{room}/{name}", language] = path
    return found


@cache
def file_text(name: str, language: str = "es") -> MailText:
    """Version 0 of a template, in the language or else in Spanish. Raises BrokenTemplate if there is none."""
    path = mail_files().get((name, language))
    if path is None:
        if language != "es":
            return file_text(name, "es")
        raise BrokenTemplate(f"No existe la plantilla de correo «{name}».")
    head, _, body = path.read_text().partition("\n\n")
    fields = dict(line.split(":", 1) for line in head.splitlines())
    category, subject = fields.get("category", "").strip(), fields.get("subject", "").strip()
    if category not in categories() or not subject or not body.strip():
        raise BrokenTemplate(f"La plantilla «{name}» necesita una categoría conocida, un asunto y un texto.")
    return MailText(name, language, category, subject, body.strip() + "\n")


# --- filling ----------------------------------------------------------------------------------------------------


def compile_strict(text: str) -> Template:
    """The text as a template whose every variable must be filled. Raises BrokenTemplate."""
    try:
        template = Template(text, engine=mail_engine())
    except TemplateSyntaxError as error:
        raise BrokenTemplate(f"El texto no se puede usar: {error}.") from error
    for node in template.nodelist.get_nodes_by_type(VariableNode):
        node.__class__ = FilledNode
    _mark_ends(template.nodelist)
    return template


def _mark_ends(nodes: NodeList) -> None:
    """The variables that a full stop follows: a name that has its own («Ltda.») lends it to the sentence."""
    for node, after in pairwise([*nodes, None]):
        if isinstance(node, FilledNode):
            node.ends_sentence = isinstance(after, TextNode) and after.s.startswith(".")
        for attribute in node.child_nodelists if node else ():
            _mark_ends(getattr(node, attribute, None) or NodeList())


GREETED = re.compile(r"^(Hola|Hello),? \{\{ *name *\}\}(?=[:,])", re.MULTILINE)
"""The beginning of a letter: it greets nobody by an address."""


def compose(text: MailText, context: Mapping[str, object]) -> Composed:
    """Subject and body with their fields filled. Raises EmptyField, BrokenTemplate."""
    values = {**context, "template_name": text.name}
    short = {name: shortened(value, NAME) if isinstance(value, str) else value for name, value in values.items()}
    subject = compile_strict(text.subject).render(Context(short, autoescape=False))
    name = context.get("name")
    greeting = text.body if not name or is_a_name(name) else GREETED.sub(r"\1", text.body)
    body = compile_strict(greeting).render(Context(values, autoescape=False))
    return Composed(shortened(subject, SUBJECT), re.sub(r"\n{3,}", "\n\n", body).strip() + "\n")


def shortened(text: str, most: int) -> str:
    """A line of at most so many characters, cut at a word: a long name leaves in a subject what it is about."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    kept = line[:most].rsplit(" ", 1)[0]
    return kept.rstrip(" ,;:.-") + "…"


def fields_of(text: MailText) -> set[str]:
    """The names that a text takes from its context (`company.name` counts as `company`)."""
    return set(_names(compile_strict(text.subject).nodelist)) | set(_names(compile_strict(text.body).nodelist))


def _names(nodes: NodeList, bound: frozenset[str] = frozenset()) -> Iterator[str]:
    for node in nodes:
        inner = bound
        if isinstance(node, ForNode):
            yield from _roots(str(node.sequence), bound)
            inner = bound | {"forloop", *node.loopvars}
        elif isinstance(node, IfNode):
            for condition, _ in node.conditions_nodelists:
                yield from _condition_names(condition, bound)
        elif isinstance(node, VariableNode):
            yield from _roots(node.filter_expression.token, bound)
        yield from _inside(node, inner)


def _inside(node: Node, bound: frozenset[str]) -> Iterator[str]:
    for attribute in node.child_nodelists:
        if nodes := getattr(node, attribute, None):
            yield from _names(nodes, bound)


def _condition_names(condition: object, bound: frozenset[str]) -> Iterator[str]:
    if condition is None:
        return
    if (token := getattr(condition, "text", None)) is not None:
        yield from _roots(token, bound)
    yield from _condition_names(getattr(condition, "first", None), bound)
    yield from _condition_names(getattr(condition, "second", None), bound)


def _roots(token: str, bound: frozenset[str]) -> Iterator[str]:
    root = re.split(r"[.|]", token.strip(), maxsplit=1)[0]
    if root.isidentifier() and root not in bound and root not in ("True", "False", "None"):
        yield root


# --- what a context may hold --------------------------------------------------------------------------------------


def pack(value: object) -> object:
    """A context value as JSON that `unpack` gives back. Raises TypeError for what is not plain (a model, say)."""
    match value:
        case datetime():
            return {"$at": value.isoformat()}
        case date():
            return {"$on": value.isoformat()}
        case Decimal():
            return {"$number": str(value)}
        case Mapping():
            return {str(key): pack(item) for key, item in value.items()}
        case list() | tuple():
            return [pack(item) for item in value]
        case _ if value is None or isinstance(value, PLAIN):
            return value
        case _ if type(value).__name__ == "__proxy__":
            return str(value)
    raise TypeError(
        f"A message's context holds plain values (text, numbers, dates, lists of them), not {type(value).__name__}."
    )


def unpack(value: object) -> object:
    """The inverse of `pack`."""
    match value:
        case {"$at": str(text)}:
            return datetime.fromisoformat(text)
        case {"$on": str(text)}:
            return date.fromisoformat(text)
        case {"$number": str(text)}:
            return Decimal(text)
        case dict():
            return {key: unpack(item) for key, item in value.items()}
        case list():
            return [unpack(item) for item in value]
    return value


# --- the HTML alternative -------------------------------------------------------------------------------------------


def as_html(body: str, language: str = "es") -> str:
    """The plain text as simple HTML: paragraphs, lists of lines that begin with a dash, links."""
    blocks = [_block(block) for block in re.split(r"\n\s*\n", body.strip())]
    return (
        f'<!doctype html><html lang="{language}"><body style="font-family:Roboto,Arial,sans-serif;font-size:16px;'
        'line-height:1.5;color:#111;max-width:36em">' + "".join(blocks) + "</body></html>"
    )


def _block(block: str) -> str:
    lines = block.splitlines()
    if all(line.startswith("- ") for line in lines):
        return "<ul>" + "".join(f"<li>{_linked(line[2:])}</li>" for line in lines) + "</ul>"
    return "<p>" + "<br>".join(_linked(line) for line in lines) + "</p>"


def _linked(line: str) -> str:
    return urlize(escape(line), nofollow=False)
