from __future__ import annotations

from django import forms


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label="Respuesta",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="La persona la recibe por correo.",
    )
