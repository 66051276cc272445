"""What was typed, read back where it can be sent no more."""

from __future__ import annotations

from django import forms

from acompana.shell.typed import Typed, typed_rows
from acompana.shell.widgets import MomentField


class Card(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    how = forms.ChoiceField(label="Cómo", choices=[("phone", "Llamada telefónica"), ("visit", "Visita")])
    many = forms.MultipleChoiceField(label="Cuáles", choices=[("a", "Uno"), ("b", "Dos"), ("c", "Tres")])
    at = MomentField(label="Cuándo")
    sure = forms.BooleanField(label="Seguro", required=False)
    other = forms.BooleanField(label="Otro", required=False)
    text = forms.CharField(label="Motivo", max_length=5)
    blank = forms.CharField(label="Nada", required=False)


def test_what_was_typed_is_read_as_people_read_it_valid_or_not():
    form = Card(
        {
            "seen": "7",
            "how": "phone",
            "many": ["a", "c"],
            "at": "2026-12-03T11:30",
            "sure": "on",
            "text": "Más de cinco letras",
            "blank": "",
        }
    )
    assert not form.is_valid()
    assert typed_rows(form) == [
        Typed("how", "Cómo", "Llamada telefónica"),
        Typed("many", "Cuáles", "Uno; Tres"),
        Typed("at", "Cuándo", "03-12-2026 11:30"),
        Typed("sure", "Seguro", "Sí"),
        Typed("text", "Motivo", "Más de cinco letras"),
    ]
    assert [row.value for row in typed_rows(Card({"at": "ayer", "how": "nadie"}))] == ["ayer"]
