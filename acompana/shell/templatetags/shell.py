"""Components and filters for every page. This library is a builtin: pages use it without loading it.

Each component is a template under `shell/components/` and is shown with its states at /galeria/.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django import template
from django.core.paginator import Page
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from acompana.kernel import phones
from acompana.kernel.rut import format_rut
from acompana.shell import charts, components, words
from acompana.shell.meanwhile import OPENED, opened_with
from acompana.shell.whose import MARK, mark_of

log = logging.getLogger(__name__)
register = template.Library()
register.filter("rut", format_rut)
register.filter("dialled", phones.dialled)
register.filter("short_date", words.short_date)
register.filter("clock_time", words.clock_time)
register.filter("thousands", words.number)
register.filter("money", words.money)
register.filter("within_sentence", words.within_sentence)
register.filter("before_full_stop", words.before_full_stop)


@register.simple_tag(takes_context=True)
def csrf_token(context: Context) -> SafeString:
    """Django's, and beside it whose page this is (`shell.whose`)."""
    token = SafeString(CsrfTokenNode().render(context))
    request = context.get("request")
    mark = mark_of(request) if token and request is not None else ""
    return format_html('{}<input type="hidden" name="{}" value="{}">', token, MARK, mark) if mark else token


@register.simple_tag
def opened(form: BaseForm) -> SafeString:
    """What a form was opened with, beside its fields: a stale save undoes nobody's work (`shell.meanwhile`)."""
    return format_html('<input type="hidden" name="{}" value="{}">', form.add_prefix(OPENED), opened_with(form))


@register.filter
def phone(value: str | None) -> str:
    """A telephone number in groups, also one that was kept as it was typed."""
    return phones.shown_phone(phones.normal_phone(value or ""))


@register.filter
def breakable(email: str | None) -> SafeString:
    """An e-mail that breaks after its @ or a dot where a line is too narrow for it, not before its last letter."""
    return mark_safe(re.sub(r"([@.])(?!$)", r"\1<wbr>", escape(email or "")))


@register.filter
def counted(value: Any, forms: str) -> str:
    """`|counted:"empresa,empresas"`: 1 empresa, 1.234 empresas."""
    one, _, many = forms.partition(",")
    return words.count_of(value, one, many)


@register.filter
def long_date(value: Any, argument: str = "") -> str:
    """`|long_date` jueves 24 de septiembre; `|long_date:"year"` adds the year."""
    return words.long_date(value, with_year=argument == "year")


@register.inclusion_tag("shell/components/field.html")
def field(bound: BoundField, label: str = "", hint: str = "", size: str = "") -> dict[str, object]:
    """Label, hint, control and error. `size`: "short" or "medium" for answers of known length."""
    return components.field_context(bound, label, hint, size)


@register.inclusion_tag("shell/components/error_summary.html", takes_context=True)
def error_summary(context: Context, *forms: Any) -> dict[str, object]:
    """What must be mended, each linking to its field; nothing if there is nothing. Takes forms and formsets.

    The operator gets a line with the names of the fields, without what was typed in them."""
    errors = components.summary_errors(*forms)
    request = context.get("request")
    if errors and request is not None and request.resolver_match:
        fields = ", ".join(error["href"].removeprefix("#") or "the whole form" for error in errors)
        log.info("a form was refused at %s: %s", request.resolver_match.view_name, fields)
    return {"errors": errors, "sent_files": bool(errors) and components.sent_files(*forms)}


@register.inclusion_tag("shell/components/notice.html")
def notice(tone: str, text: Any, title: str = "", href: str = "", action: str = "") -> dict[str, object]:
    """`tone`: info, good, warn or bad. Django's message levels are understood too."""
    tone = {"success": "good", "warning": "warn", "error": "bad", "debug": "info"}.get(tone, tone)
    word = {
        "info": gettext("Para saber"),
        "good": gettext("Hecho"),
        "warn": gettext("Atención"),
        "bad": gettext("No se pudo"),
    }[tone]
    return {"tone": tone, "text": text, "title": title, "word": word, "href": href, "action": action}


@register.inclusion_tag("shell/components/tag.html")
def tag(text: Any, tone: str = "plain", icon: str = "") -> dict[str, object]:
    """`tone`: plain, blue, good, soon or late. `icon`: where the text alone does not say what the colour does."""
    return {"text": text, "tone": tone, "icon": icon}


@register.inclusion_tag("shell/components/route.html")
def route(stations: Iterable[Mapping[str, Any]], size: str = "", label: str = "") -> dict[str, object]:
    """Stations: `label, state (done|here|ahead|skipped), detail, href`, and `word` where the state's own does not fit
    (empty: none, for a route that is nobody's yet). `size="small"` for cards: where one is narrow, the
    line alone, and where it stands in words."""
    shown = components.route_stations(stations)
    where = components.where_on_route(shown) if size == "small" else ""
    return {"stations": shown, "size": size, "label": label or gettext("Ruta"), "where": where}


@register.inclusion_tag("shell/components/due_date.html", takes_context=True)
def due_date(context: Context, commitment: Any, label: str = "") -> dict[str, object]:
    """Date, words, and «¿por qué?» with the explanation (EXP-9). Long date in the portal, short one on the desk."""
    manner, request = str(context.get("manner") or "desk"), context.get("request")
    kept = request.__dict__.setdefault("kept_for_dates", {}) if request is not None else None
    shown = components.due_context(commitment, context.get("now"), manner, kept)
    return {**shown, "label": label}


@register.inclusion_tag("shell/components/empty.html")
def empty(text: str, action_label: str = "", action_href: str = "", title: str = "") -> dict[str, object]:
    """What will appear here, and what to do first."""
    return {"text": text, "action_label": action_label, "action_href": action_href, "title": title}


@register.inclusion_tag("shell/components/task_list.html")
def task_list(items: Iterable[Any]) -> dict[str, object]:
    return {"rows": components.task_rows(items)}


@register.inclusion_tag("shell/components/summary_list.html")
def summary_list(rows: Iterable[Any]) -> dict[str, object]:
    """Check your answers. Rows: `label, value` (or `many`, a list), optionally `href, action, missing, note`."""
    return {"rows": rows}


@register.inclusion_tag("shell/components/pager.html", takes_context=True)
def pager(context: Context, page: Page, noun: str = "") -> dict[str, object]:
    """Earlier and later pages; keeps the rest of the address's query."""
    request = context.get("request")
    query = request.GET.copy() if request is not None else None

    def address(number: int) -> str:
        if query is None:
            return "?" + urlencode({"page": number})
        query["page"] = str(number)
        return "?" + query.urlencode()

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "noun": noun,
        "previous": address(page.previous_page_number()) if page.has_previous() else "",
        "next": address(page.next_page_number()) if page.has_next() else "",
        "pages": [(n, address(n) if isinstance(n, int) else "") for n in numbers],
    }


@register.inclusion_tag("shell/components/timeline.html")
def timeline(entries: Iterable[Any]) -> dict[str, object]:
    """Logbook entries (or dicts of the same names), newest first, by day. Nothing more is asked of the database if
    `author` and `text` came with them."""
    return {"days": components.timeline_days(entries)}


@register.inclusion_tag("shell/components/bar_chart.html")
def bar_chart(
    rows: Iterable[Any], title: str = "", unit: str = "", head: str = "", download: str = "", maximum: float = 0
) -> dict[str, object]:
    """A table whose second column is drawn: it is its own text alternative."""
    return {
        "rows": charts.bar_rows(rows, maximum or None),
        "title": title,
        "unit": unit,
        "head": head,
        "download": download,
    }


@register.inclusion_tag("shell/components/funnel.html")
def funnel(rows: Iterable[Any], title: str = "", head: str = "Estación", download: str = "") -> dict[str, object]:
    """The route as a funnel: `label, value`, optionally `href, note` (median time)."""
    return {"rows": charts.funnel_rows(rows), "title": title, "head": head, "download": download}


@register.inclusion_tag("shell/components/line_chart.html")
def line_chart(
    labels: Sequence[str],
    series: Iterable[Any],
    title: str = "",
    unit: str = "",
    download: str = "",
    lacking: Sequence[str] = (),
) -> dict[str, object]:
    """Lines with their names at their ends, and the same figures in a table below. `lacking`: of each label what it
    lacks to be whole («en curso»), or nothing; the line to it is cut."""
    return {**charts.line_chart(labels, series, lacking), "title": title, "unit": unit, "download": download}


@register.inclusion_tag("shell/components/figure.html")
def figure(
    title: str,
    value: Any,
    definition: str = "",
    on: Any = None,
    href: str = "",
    past: Sequence[float] = (),
    unit: str = "",
    tone: str = "",
    grade: Any = None,
    unit_href: str = "",
) -> dict[str, object]:
    """A number with what it means, its date, a small line of its past; opens its list, and so does its unit.

    `grade` has `word, icon, tone`: how good it is."""
    shown = value if isinstance(value, str) else words.number(value)
    return {
        "title": title,
        "value": shown,
        "definition": definition,
        "on": on,
        "href": href,
        "past": charts.sparkline(past) if past else None,
        "past_count": len(past),
        "unit": unit,
        "tone": tone,
        "grade": grade,
        "unit_href": unit_href,
    }


@register.inclusion_tag("shell/components/term.html")
def term(word: str, definition: str, key: str = "") -> dict[str, object]:
    """A word of the trade, with its meaning at hand. `key`: an id, when the same word comes twice on a page."""
    plain = "".join(c if c.isalnum() else "-" for c in word.lower())
    return {"word": word, "definition": definition, "key": f"termino-{key or plain}"}


@register.inclusion_tag("shell/components/tabs.html")
def tabs(items: Iterable[Any], label: str = "Secciones", kind: str = "") -> dict[str, object]:
    """Links that look like tabs: `label, href, current, count`. `kind`: "views" for saved views, "buckets"."""
    return {"items": items, "label": label, "kind": kind}


@register.inclusion_tag("shell/components/filter_chips.html")
def filter_chips(chips: Iterable[Any], clear_href: str = "") -> dict[str, object]:
    """What the list is filtered by: `label, value, remove_href`."""
    return {"chips": chips, "clear_href": clear_href}


@register.inclusion_tag("shell/components/breadcrumbs.html")
def breadcrumbs(items: Iterable[Any]) -> dict[str, object]:
    """`label, href`; the last one is this page and has no link."""
    return {"items": items}


@register.inclusion_tag("shell/components/confirmation.html")
def confirmation(title: str, number: str = "", text: str = "", level: int = 1) -> dict[str, object]:
    """The panel at the top of the page that says it is done; its title is the page's heading."""
    return {"title": title, "number": number, "text": text, "level": level}


@register.inclusion_tag("shell/components/progress.html")
def progress(label: str, value: int, maximum: int, detail: str = "") -> dict[str, object]:
    """How far a long work is."""
    return {"label": label, "value": value, "maximum": maximum, "detail": detail}


@register.inclusion_tag("shell/components/icon.html")
def icon(name: str) -> dict[str, object]:
    """A small drawing beside a word; never alone."""
    return {"name": name}


@register.simple_tag
def options(choices: Iterable[tuple[Any, Any]], chosen: object = "") -> SafeString:
    """The options of a `<select>` written by hand; a choice whose label is a list of choices is a group of them."""

    def one(value: Any, label: Any) -> SafeString:
        if isinstance(label, list):
            return format_html('<optgroup label="{}">{}</optgroup>', value, options(label, chosen))
        selected = mark_safe(" selected") if str(value) == str(chosen) else ""
        return format_html('<option value="{}"{}>{}</option>', value, selected, label)

    return format_html_join("", "{}", ((one(value, label),) for value, label in choices))
