"""Forms: any part of a questionnaire as fields, and the few forms with which instruments are shaped."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from acompana.kernel.refusals import Refused
from acompana.questionnaires.definition import Definition, Question
from acompana.questionnaires.rules import TEXT_LIMIT, clean_answer, visible_questions

REQUIRED = {
    "single": "Elige una opción.",
    "yes_no": "Elige sí o no.",
    "multiple": "Marca al menos una opción.",
    "number": "Escribe un número.",
    "text": "Escribe tu respuesta.",
    "scale": "Elige un valor de la escala.",
}


class AnswersForm(forms.Form):
    """Questions of a definition as fields named by their slug; `answers` are those kept so far.

    With `partial`, what is left blank is no error: a draft. Questions whose condition does not hold are not required.
    `show_points` adds the points of each option, for those who mark. `together`: beside many others, so that what is
    to be mended names its question, even where it is one alone.
    """

    use_required_attribute = False
    conditional: Collection[str] = ()
    """Fields that say when they are asked, in the place of being optional (`shell.components`)."""

    def __init__(
        self,
        definition: Definition,
        questions: Sequence[Question],
        answers: Mapping[str, object],
        data: Mapping[str, Any] | None = None,
        *,
        partial: bool = False,
        show_points: bool = False,
        together: bool = False,
        prefix: str | None = None,
    ) -> None:
        super().__init__(data, initial={q.slug: answers.get(q.slug) for q in questions}, prefix=prefix)
        self.names_fields = together
        self.definition, self.questions, self.answers, self.partial = definition, questions, answers, partial
        for question in questions:
            self.fields[question.slug] = field_of(question, show_points=show_points)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for question in self.questions:
            if question.slug not in cleaned:
                continue
            try:
                cleaned[question.slug] = clean_answer(question, cleaned[question.slug])
            except Refused as error:
                self.add_error(question.slug, ValidationError(error.reason, code="answer"))
        self._forgive_blanks({**self.answers, **cleaned})
        return cleaned

    def _forgive_blanks(self, answers: Mapping[str, object]) -> None:
        asked = {question.slug for question in visible_questions(self.definition, answers)}
        for slug, errors in list(self.errors.as_data().items()):
            if all(error.code == "required" for error in errors) and (self.partial or slug not in asked):
                del self._errors[slug]  # type: ignore[attr-defined]

    def asked(self) -> tuple[Question, ...]:
        """The questions that what is answered so far asks, kept and typed."""
        typed = getattr(self, "cleaned_data", {}) if self.is_bound else {}
        return visible_questions(self.definition, {**self.answers, **typed})

    def right(self) -> dict[str, object]:
        """The answers, without those that cannot be and without the blank ones that were asked for."""
        wrong = self.errors
        return {
            question.slug: self.cleaned_data.get(question.slug)
            for question in self.questions
            if question.slug not in wrong
        }

    def kept(self) -> dict[str, object]:
        """The answers to save; None takes one back."""
        return {question.slug: self.cleaned_data.get(question.slug) for question in self.questions}


def field_of(question: Question, *, show_points: bool = False) -> forms.Field:
    """The form field that asks a question."""
    shared: dict[str, Any] = {
        "label": question.text,
        "help_text": question.help,
        "required": question.required,
        "error_messages": {
            "required": REQUIRED[question.kind],
            "invalid_choice": "Elige una de las opciones.",
            "invalid_list": "Elige entre las opciones.",
        },
    }
    if question.kind in ("single", "yes_no"):
        field: forms.Field = forms.ChoiceField(choices=_choices(question), widget=forms.RadioSelect, **shared)
    elif question.kind == "multiple":
        field = forms.MultipleChoiceField(choices=_choices(question), widget=forms.CheckboxSelectMultiple, **shared)
    elif question.kind == "scale":
        field = forms.ChoiceField(choices=_scale(question), widget=forms.RadioSelect, **shared)
    elif question.kind == "text":
        field = forms.CharField(max_length=TEXT_LIMIT, widget=forms.Textarea(attrs={"rows": 4}), **shared)
    else:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        widget.suffix = question.unit  # type: ignore[attr-defined]
        field = forms.CharField(max_length=24, widget=widget, **shared)
    if show_points and question.is_scored:
        field.choice_hints = {option.value: points_text(option) for option in question.options}  # type: ignore[attr-defined]
    return field


def points_text(option: Any) -> str:
    """What an option is worth, in words."""
    if not option.counts:
        return "no cuenta"
    return "1 punto" if option.points == 1 else f"{plain(option.points)} puntos"


def plain(number: Decimal) -> str:
    """4 and not 4.00; 2,5 and not 2.50."""
    text = f"{number.normalize():f}"
    return text.replace(".", ",")


def _choices(question: Question) -> list[tuple[str, str]]:
    return [(option.value, option.label) for option in question.options]


def _scale(question: Question) -> list[tuple[str, str]]:
    low, high = int(question.minimum or 0), int(question.maximum or 0)
    ends = {low: question.low_label, high: question.high_label}
    return [(str(n), f"{n} · {ends[n]}" if ends.get(n) else str(n)) for n in range(low, high + 1)]


class ReplaceForm(forms.Form):
    reason = forms.CharField(
        label="¿Por qué se actualizan las respuestas?",
        help_text="Queda escrito junto a las respuestas anteriores, que se conservan.",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Escribe por qué se actualizan las respuestas."},
    )


class ReasonForm(forms.Form):
    """Publishing and retiring: why."""

    reason = forms.CharField(
        label="¿Por qué?",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Escribe por qué."},
    )


# --- shaping a draft --------------------------------------------------------------------------------------------


def _points(label: str, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_value=1000,
        max_digits=7,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        **more,
    )


def as_number(value: Decimal) -> int | float:
    """JSON knows no Decimal."""
    return int(value) if value == value.to_integral_value() else float(value)


class QuestionForm(forms.Form):
    """Text, points and gap of one question of a draft. What the question is (kind, options, conditions) stays."""

    text = forms.CharField(label="Pregunta", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    help = forms.CharField(label="Ayuda", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, row: Mapping[str, Any], data: Mapping[str, Any] | None = None) -> None:
        self.row = row
        gap = row.get("gap") or {}
        initial: dict[str, Any] = {"text": row["text"], "help": row.get("help", "")}
        super().__init__(data, initial=initial)
        self.option_names: list[tuple[str, str]] = []
        for index, option in enumerate(row.get("options", ())):
            self.fields[f"label_{index}"] = forms.CharField(
                label=f"Opción {index + 1}", max_length=200, initial=option["label"]
            )
            if option.get("counts", True):
                self.fields[f"points_{index}"] = _points("Puntos", initial=option.get("points", 0))
            self.option_names.append((f"label_{index}", f"points_{index}"))
        for index, step in enumerate(row.get("steps", ())):
            self.fields[f"step_{index}"] = _points(f"Puntos desde {step['at_least']}", initial=step["points"])
        if gap:
            self.fields["gap_text"] = forms.CharField(label="Brecha que muestra", max_length=300, initial=gap["text"])
            self.fields["gap_below"] = _points("Se muestra bajo estos puntos", initial=gap["below"])

    def option_fields(self) -> list[tuple[Any, Any]]:
        """Label and points of each option; no points where the option does not count."""
        return [(self[label], self[points] if points in self.fields else None) for label, points in self.option_names]

    def step_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("step_")]

    def changed_row(self) -> dict[str, Any]:
        """The question as it would be in the definition."""
        data, row = self.cleaned_data, copy.deepcopy(dict(self.row))
        row["text"], row["help"] = data["text"], data["help"]
        for index, option in enumerate(row.get("options", ())):
            option["label"] = data[f"label_{index}"]
            if f"points_{index}" in data:
                option["points"] = as_number(data[f"points_{index}"])
        for index, step in enumerate(row.get("steps", ())):
            step["points"] = as_number(data[f"step_{index}"])
        if row.get("gap"):
            row["gap"] = {**row["gap"], "text": data["gap_text"], "below": as_number(data["gap_below"])}
        return row


class MarksForm(forms.Form):
    """Title, notice, cut-offs of the bands and weights of the dimensions of a draft."""

    title = forms.CharField(label="Título", max_length=120)
    introduction = forms.CharField(
        label="Introducción", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    notice = forms.CharField(
        label="Advertencia",
        help_text="Se muestra junto al resultado.",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, definition: Mapping[str, Any], data: Mapping[str, Any] | None = None) -> None:
        self.definition = definition
        super().__init__(
            data, initial={name: definition.get(name, "") for name in ("title", "introduction", "notice")}
        )
        self.bands = sorted(definition.get("bands", ()), key=lambda band: -band["from"])
        for band in self.bands:
            self.fields[f"from_{band['slug']}"] = _points(f"{band['label']}: desde", initial=band["from"])
        self.final = sorted(definition.get("final", ()), key=lambda band: -band["from"])
        for band in self.final:
            self.fields[f"final_{band['slug']}"] = _points(f"{band['label']}: desde", initial=band["from"])
        for dimension in definition["dimensions"]:
            self.fields[f"weight_{dimension['slug']}"] = _points(
                f"Peso de «{dimension['label']}»", initial=dimension.get("weight", 1)
            )

    def band_fields(self) -> list[Any]:
        return [self[f"from_{band['slug']}"] for band in self.bands]

    def final_fields(self) -> list[Any]:
        return [self[f"final_{band['slug']}"] for band in self.final]

    def weight_fields(self) -> list[Any]:
        return [self[f"weight_{dimension['slug']}"] for dimension in self.definition["dimensions"]]

    def changed_definition(self) -> dict[str, Any]:
        data, definition = self.cleaned_data, copy.deepcopy(dict(self.definition))
        for name in ("title", "introduction", "notice"):
            definition[name] = data[name]
        for band in definition.get("bands", ()):
            band["from"] = as_number(data[f"from_{band['slug']}"])
        for band in definition.get("final", ()):
            band["from"] = as_number(data[f"final_{band['slug']}"])
        for dimension in definition["dimensions"]:
            dimension["weight"] = as_number(data[f"weight_{dimension['slug']}"])
        return definition
