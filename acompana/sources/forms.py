"""Forms of sources: a new one from a file, how its files are read, and a file to import."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from acompana.files.rules import clean_name
from acompana.kernel.refusals import Refused
from acompana.sources.fields import TARGETS
from acompana.sources.mapping import ACTIVITIES, COMPANIES, Column, SourceMapping, columns_to_offer
from acompana.sources.rules import KINDS, LARGEST, check_upload

DELIMITERS = (
    ("", "Lo que muestre cada archivo"),
    ("\t", "Tabulador"),
    (";", "Punto y coma"),
    (",", "Coma"),
    ("|", "Barra"),
)
NOT_READ = ("", "No se lee")


class TableField(forms.FileField):
    """A file of rows: CSV, text or a workbook, checked for size, kind and content."""

    default_error_messages = {
        "required": "Elige el archivo.",
        "empty": "El archivo está vacío. Revisa que sea el correcto.",
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", f"CSV, TXT o Excel (xlsx). Máximo {LARGEST // 1024 // 1024} MB.")
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "accept": ",".join(f".{kind}" for kind in KINDS)}

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        try:
            check_upload(clean_name(upload.name), upload)
        except Refused as refusal:
            raise ValidationError(refusal.reason, code=refusal.rule) from refusal
        return upload


class FileForm(forms.Form):
    """A file of a source."""

    file = TableField(label="Archivo")


class UnreadForm(forms.Form):
    """That whoever imports a file knows which of its columns will not be read (FMT-1)."""

    understood = forms.BooleanField(
        error_messages={"required": "Marca que lo entiendes, o corrige el archivo y ensáyalo de nuevo."}
    )

    def __init__(self, data: Any = None, *, unread: Sequence[str]) -> None:
        """`unread`: in words, as `unread_as_told` gives them."""
        super().__init__(data)
        self.fields["understood"].label = f"Entiendo que {', y que '.join(unread)}"


class NewSourceForm(forms.Form):
    """A source of one's own, from one of its files."""

    name = forms.CharField(
        label="Nombre de la fuente",
        max_length=80,
        help_text="Como la llaman ustedes: «Asistencia a talleres», «Empresas de CORFO».",
        error_messages={"required": "Escribe un nombre para la fuente."},
    )
    is_register = forms.BooleanField(
        label="Es un registro público",
        required=False,
        help_text="Lo que traiga queda como «solo registro», sin relación con la agencia.",
    )
    file = TableField(label="Un archivo de muestra")


class MappingForm(forms.Form):
    """How the files of a source are read: one choice for each column of the file."""

    about = forms.CharField(label="Qué trae", max_length=300, required=False)
    is_register = NewSourceForm.base_fields["is_register"]
    subject = forms.ChoiceField(
        label="Cada fila es",
        choices=((COMPANIES, "Una empresa"), (ACTIVITIES, "Una actividad de una empresa que ya está en el registro")),
        widget=forms.RadioSelect,
    )
    delimiter = forms.ChoiceField(
        label="Qué separa las columnas",
        choices=DELIMITERS,
        required=False,
        help_text="Si un archivo trae otro separador, se reconoce por su encabezado.",
    )
    quoted = forms.BooleanField(label="Las comillas encierran textos", required=False)
    rut_without_digit = forms.BooleanField(
        label="Los RUT vienen sin dígito verificador",
        required=False,
        help_text="Se calcula. Márcalo solo si ninguno lo trae: sin él, un número mal escrito no se nota.",
    )

    def __init__(self, data: Any = None, *, mapping: SourceMapping, head: list[str], **kwargs: Any) -> None:
        """`head`: of the sample; without one, the columns of the mapping are those to choose from."""
        initial = {
            "subject": mapping.subject,
            "delimiter": mapping.delimiter,
            "quoted": mapping.quoted,
            "rut_without_digit": mapping.rut_without_digit,
            **kwargs.pop("initial", {}),
        }
        super().__init__(data, initial=initial, **kwargs)
        offered, missing = columns_to_offer(mapping, head) if head else (list(mapping.columns), [])
        self.heads = [column.column for column in (*offered, *missing)]
        self.missing = {column.column for column in missing}
        choices = [NOT_READ, *((t.slug, f"{t.label} ({t.hint})" if t.hint else t.label) for t in TARGETS)]
        for number, column in enumerate((*offered, *missing)):
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=column.column,
                choices=choices,
                required=False,
                initial=column.field,
                widget=forms.Select(attrs={"class": "select"}),
            )
            self.fields[f"only_empty_{number}"] = forms.BooleanField(
                label=f"{column.column}: solo si falta",
                required=False,
                initial=column.only_empty,
                widget=forms.CheckboxInput(attrs={"class": "choice__input"}),
            )

    def columns(self) -> list[dict[str, Any]]:
        """The rows of the page: a head with its two controls."""
        return [
            {
                "head": head,
                "field": self[f"column_{number}"],
                "only_empty": self[f"only_empty_{number}"],
                "is_missing": head in self.missing,
            }
            for number, head in enumerate(self.heads)
        ]

    def mapping(self) -> SourceMapping:
        """What was chosen; call it when the form is valid."""
        data = self.cleaned_data
        return SourceMapping(
            columns=tuple(
                Column(head, data[f"column_{number}"], bool(data[f"column_{number}"] and data[f"only_empty_{number}"]))
                for number, head in enumerate(self.heads)
                if data[f"column_{number}"] or head not in self.missing
            ),
            subject=data["subject"],
            delimiter=data["delimiter"],
            quoted=data["quoted"],
            rut_without_digit=data["rut_without_digit"],
        )
