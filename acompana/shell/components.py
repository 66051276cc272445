"""What the components' templates need, worked out from what pages give them. No queries, no clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core import validators
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from acompana.kernel.rut import RutFormField
from acompana.shell import words

STATION_WORDS = {"done": _("Hecho"), "here": _("Ahora"), "ahead": _("Después"), "skipped": _("No corresponde")}
DayCount = Callable[[Any, date, datetime, MutableMapping[str, Any]], int | None]
_day_counts: list[DayCount] = []
TASK_WORDS = {
    "done": ("Listo", "good"),
    "started": ("A medias", "soon"),
    "todo": ("Por hacer", "blue"),
    "optional": ("Opcional", "plain"),
    "waiting": ("En revisión", "plain"),
    "locked": ("Todavía no", "plain"),
    "wrong": ("Por corregir", "late"),
}


def look(thing: Any, name: str, otherwise: Any = None) -> Any:
    """An attribute of an object or a key of a mapping; `otherwise` if there is none."""
    if isinstance(thing, Mapping):
        return thing.get(name, otherwise)
    try:
        return getattr(thing, name, otherwise)
    except ObjectDoesNotExist:
        return otherwise


# --- forms ------------------------------------------------------------------------------------------------------


def kind_of_field(field: BoundField) -> str:
    """Which control a field has: choices, checkbox, rut, money, date, file, select, textarea or text."""
    widget = field.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(field.field, RutFormField):
        return "rut"
    kind = getattr(widget, "component", "")
    if kind:
        return kind
    for cls, name in (
        (forms.FileInput, "file"),
        (forms.Select, "select"),
        (forms.Textarea, "textarea"),
        (forms.HiddenInput, "hidden"),
    ):
        if isinstance(widget, cls):
            return name
    return "text"


def control_attrs(field: BoundField, kind: str) -> dict[str, str | bool]:
    classes = {
        "select": "select",
        "checkbox": "choice__input",
        "choices": "choice__input",
        "file": "file-input",
        "textarea": "input input--area",
    }
    attrs: dict[str, str | bool] = {
        "class": f"{classes.get(kind, 'input')} {field.field.widget.attrs.get('class', '')}".strip()
    }
    if kind == "rut":
        attrs |= {"data-rut": "", "autocomplete": "off", "spellcheck": "false", "inputmode": "text"}
    longest = getattr(field.field, "max_length", None)
    if kind == "textarea" and longest:
        attrs["data-count"] = str(longest)
    return attrs


def was_sent(field: BoundField) -> bool:
    """Whether a file came with the form that is shown again. Browsers keep no file: it has to be chosen anew."""
    return field.form.is_bound and kind_of_field(field) == "file" and field.html_name in field.form.files


def sent_files(*sources: Any) -> bool:
    """Whether one of these forms came with a file."""
    return any(was_sent(field) for form in sources if isinstance(form, forms.BaseForm) for field in form)


def may_be_left_out(field: BoundField, kind: str) -> bool:
    """Whether to say "(opcional)": not where something is always chosen, nor in a form that says
    `mark_optional = False` because every field may be left as it is, nor for the fields that it names in `together`,
    of which one is enough, or in `conditional`, whose hint says when they are asked."""
    if field.field.required or kind == "checkbox" or not getattr(field.form, "mark_optional", True):
        return False
    if any(field.name in getattr(field.form, names, ()) for names in ("together", "conditional")):
        return False
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxSelectMultiple | forms.SelectMultiple):
        return True
    if isinstance(widget, forms.RadioSelect) and field.field.initial:
        return False
    if isinstance(widget, forms.RadioSelect | forms.Select):
        empty = any(value in ("", None) for value, _ in widget.choices)
        return empty != isinstance(widget, forms.RadioSelect)
    return True


def field_context(field: BoundField, label: str = "", hint: str = "", size: str = "") -> dict[str, object]:
    kind = kind_of_field(field)
    choice_hints = getattr(field.field, "choice_hints", {})
    options = []
    if kind == "choices":
        attrs = control_attrs(field, kind)
        for option in field.subwidgets:
            option.data["attrs"] = {**option.data["attrs"], **attrs}
            options.append({"option": option, "hint": choice_hints.get(str(option.data["value"]), "")})
        described = field.aria_describedby
        control = ""
    else:
        described = ""
        control = field.as_widget(attrs=control_attrs(field, kind))
        if kind == "select":  # Django's row of dashes says nothing
            nothing = gettext("Elige una opción") if field.field.required else gettext("Sin dato")
            control = mark_safe(control.replace(">---------<", f">{nothing}<"))
    return {
        "field": field,
        "kind": kind,
        "label": label or field.label,
        "wrong": error_sentences(field),
        "hint": hint or field.help_text,
        "again": gettext("Elige el archivo otra vez: el navegador no lo guarda.") if was_sent(field) else "",
        "optional": may_be_left_out(field, kind),
        "control": control,
        "options": options,
        "described": described,
        "size": size,
        "prefix": getattr(field.field.widget, "prefix", ""),
        "suffix": getattr(field.field.widget, "suffix", ""),
    }


def error_sentences(field: BoundField) -> list[str]:
    """What is wrong, naming the field: Django's own sentence for a missing answer names nothing. One sentence serves
    both the field and the summary that links to it."""
    usual = str(forms.Field.default_error_messages["required"])
    own = field.field.error_messages.get("required")
    named = _what_is_missing(field)
    return [named if str(text) == usual and str(own) == usual else str(text) for text in field.errors]


def _what_is_missing(field: BoundField) -> str:
    label = str(field.label).rstrip(": ")
    match kind_of_field(field):
        case "choices" | "select":
            named = gettext("Elige una respuesta: %(field)s.") % {"field": label}
        case "checkbox":
            named = gettext("Para seguir tienes que marcar: %(field)s.") % {"field": label}
        case "file":
            named = gettext("Adjunta un archivo: %(field)s.") % {"field": label}
        case _:
            named = gettext("Falta este dato: %(field)s.") % {"field": label}
    return named.removesuffix(".") if label.endswith("?") else named  # a question ends by itself


def summary_errors(*sources: Any) -> list[dict[str, str]]:
    """Every error of the forms, formsets or rows (`href`, `text`), each with the place of its field. A form whose
    error is about a group of fields says in `group_anchors` where the errors of a code lead. A sentence that several
    fields share («Elige una opción.»), or that Django says of any («Tiene que ser 0 o más.»), follows the name of the
    field; so does every one of a form that `names_fields`."""
    found = _errors_of(*sources)
    times = Counter(error["text"] for error in found)
    return [
        {
            "href": error["href"],
            "text": _named(error) if times[error["text"]] > 1 or error.get("of_any") else error["text"],
        }
        for error in found
    ]


def _djangos_sentences() -> set[str]:
    """What Django's own fields and validators say, in the language spoken now; those that count something are empty
    until they know the number, and so is what `str` makes of them in an error."""
    fields = [kind for kind in vars(forms).values() if isinstance(kind, type) and issubclass(kind, forms.Field)]
    checks = [check for check in vars(validators).values() if hasattr(check, "message")]
    return {str(text) for field in fields for text in field.default_error_messages.values()} | {
        str(check.message) for check in checks
    }


def _says_of_any(field: BoundField, text: str, error: ValidationError, djangos: set[str]) -> str:
    """Something if the sentence is Django's and does not name its field."""
    names_it = str(field.label).strip("¿?: ").lower() in text.lower()
    return "yes" if str(error.message) in djangos and not names_it else ""


def _named(error: Mapping[str, str]) -> str:
    label = error.get("label", "").rstrip(": ")
    if not label:
        return error["text"]
    return f"{label} {error['text']}" if label[-1] in "?.!" else f"{label}: {error['text']}"


def _errors_of(*sources: Any) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for source in sources:
        if not source:
            continue
        if isinstance(source, list | tuple):
            found += _errors_of(*source)
            continue
        if isinstance(source, forms.BaseFormSet):
            found += [{"href": "", "text": str(text)} for text in source.non_form_errors()]
            found += _errors_of(*source.forms)
            continue
        if not isinstance(source, forms.BaseForm):
            found.append({"href": look(source, "href", ""), "text": look(source, "text", str(source))})
            continue
        anchors, named = getattr(source, "group_anchors", {}), "yes" if getattr(source, "names_fields", False) else ""
        found += [
            {"href": anchors.get(error["code"], ""), "text": error["message"]}
            for error in source.non_field_errors().get_json_data()
        ]
        for field in source:
            if not field.errors:
                continue
            href = "" if field.is_hidden else f"#{_first_control(field)}"
            djangos = _djangos_sentences()
            found += [
                {
                    "href": href,
                    "text": text,
                    "label": str(field.label),
                    "of_any": named or _says_of_any(field, text, error, djangos),
                }
                for text, error in zip(error_sentences(field), field.errors.as_data(), strict=True)
            ]
    return found


def _first_control(field: BoundField) -> str:
    """The id that a link must lead to: of a group, its first option."""
    return f"{field.auto_id}_0" if kind_of_field(field) == "choices" else field.id_for_label or field.auto_id


# --- dates ------------------------------------------------------------------------------------------------------


def _zone_of(commitment: Any) -> ZoneInfo | None:
    """The zone of the office, if it is loaded already; this never asks the database."""
    state = look(commitment, "_state")
    office = state.fields_cache.get("office") if state is not None else look(commitment, "office")
    name = look(office, "time_zone", "") if office else ""
    return ZoneInfo(name) if name else None


def register_day_count(count: DayCount) -> None:
    """A room says how many business days are left until a day on which something is owed; None: it counts otherwise.

    The mapping that it gets is the page's: what it keeps there it need not read again for the next row.
    """
    _day_counts[:] = [count]


def due_context(
    commitment: Any, now: datetime | None, manner: str, kept: MutableMapping[str, Any] | None = None
) -> dict[str, object]:
    """Date, words, tone and explanation of something owed. Tone: plain, soon, late, good.

    `kept`: what the page keeps for all its dates (`register_day_count`).
    """
    due: datetime = look(commitment, "due_at")
    zone = _zone_of(commitment) or timezone.get_current_timezone()
    day = due.astimezone(zone).date() if isinstance(due, datetime) else due
    date_text = words.long_date(day) if manner == "portal" else words.short_date(day)
    tone, phrase = _due_words(commitment, day, now, zone, manner, {} if kept is None else kept)
    explanation = look(commitment, "explanation") or []
    explanation = [explanation] if isinstance(explanation, str) else list(explanation)
    if explanation and (began := look(commitment, "why_it_runs")):
        explanation.insert(0, began)
    if explanation and manner == "desk" and (rule := look(commitment, "rule")):
        explanation.append(f"Regla {rule}.")
    return {
        "iso": due.isoformat(),
        "date_text": date_text,
        "phrase": phrase,
        "tone": tone,
        "explanation": explanation,
        "manner": manner,
    }


def _due_words(
    commitment: Any, day: date, now: datetime | None, zone: Any, manner: str, kept: MutableMapping[str, Any]
) -> tuple[str, str]:
    if look(commitment, "cancelled_at"):
        return "plain", gettext("ya no corre")
    if fulfilled := look(commitment, "fulfilled_at"):
        on = fulfilled.astimezone(zone).date()
        said = gettext("cumplido el %(day)s, fuera de plazo") if on > day else gettext("cumplido el %(day)s")
        return "good", said % {"day": words.short_date(on)}
    if now is None:
        return "plain", ""
    left = look(commitment, "business_days_left")
    if left is None and manner == "desk":  # of a late one too: what a page asks does not hang on who is late
        left = next((count(commitment, day, now, kept) for count in _day_counts), None)
    due, today = look(commitment, "due_at"), now.astimezone(zone).date()
    overdue = due < now if isinstance(due, datetime) else day < today
    if overdue:
        return "late", gettext("venció %(when)s") % {"when": words.distance_in_days(day, today)}
    if day == today:
        return "soon", gettext("vence hoy")
    if (day - today).days == 1:
        return "soon", words.distance_in_days(day, today)
    if left:
        phrase = ngettext("en %(n)s día hábil", "en %(n)s días hábiles", left) % {"n": left}
        return ("soon" if left <= 1 else "plain"), phrase
    if manner == "desk":  # where most terms are counted in business days, what this counts is said
        return "plain", gettext("en %(n)s días corridos") % {"n": (day - today).days}
    return "plain", words.distance_in_days(day, today)


# --- lists ------------------------------------------------------------------------------------------------------


def route_stations(stations: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    shown = []
    for station in stations:
        state = station.get("state", "ahead")
        shown.append({**station, "state": state, "word": station.get("word", STATION_WORDS[state])})
    return shown


def where_on_route(stations: list[dict[str, Any]]) -> str:
    """Where a route stands, in words, where its drawing has no room for names: «4 de 5: Entrevista»."""
    number = max((n for n, station in enumerate(stations, 1) if station["state"] in ("done", "here")), default=0)
    return f"{number} de {len(stations)}: {stations[number - 1]['label']}" if number else ""


def task_rows(items: Iterable[Any]) -> list[dict[str, Any]]:
    """`label, href, state` (done, started, todo, optional, waiting, locked, wrong), `hint`, or words and tone of
    one's own."""
    rows = []
    for item in items:
        word, tone = TASK_WORDS[look(item, "state", "todo")]
        rows.append(
            {
                "label": look(item, "label"),
                "href": look(item, "href", ""),
                "hint": look(item, "hint", ""),
                "word": look(item, "word") or word,
                "tone": look(item, "tone") or tone,
                "locked": look(item, "state") == "locked",
            }
        )
    return rows


def timeline_days(entries: Iterable[Any]) -> list[dict[str, Any]]:
    """Entries, newest first as they come, under the day on which they happened."""
    rows = [_timeline_row(entry) for entry in entries]
    return [{"day": day, "rows": list(group)} for day, group in groupby(rows, key=lambda row: row["day"])]


def _timeline_row(entry: Any) -> dict[str, Any]:
    text = look(entry, "text")
    kind = look(entry, "get_kind_display")
    channel = look(entry, "get_channel_display")
    return {
        "entry": entry,
        "day": words.as_day(look(entry, "happened_at")),
        "time": words.clock_time(look(entry, "happened_at")),
        "kind": look(entry, "kind", ""),
        "kind_label": kind() if callable(kind) else look(entry, "kind_label", ""),
        "channel_label": channel() if callable(channel) else look(entry, "channel_label", ""),
        "author": look(entry, "author"),
        "fact": look(entry, "fact", ""),
        "body": text if isinstance(text, str) else look(text, "body", ""),
        "erased": bool(look(text, "erased_at")),
        "href": look(entry, "href", ""),
        "visibility": look(entry, "visibility", ""),
    }
