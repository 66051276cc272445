"""Forms of this room."""

from __future__ import annotations

from typing import Any

from django import forms


class TextForm(forms.Form):
    """The amended words of a mail template."""

    subject = forms.CharField(label="Asunto", max_length=200)
    body = forms.CharField(
        label="Texto",
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text="Los datos van entre llaves dobles, por ejemplo {{ name }}. Una línea en blanco separa párrafos.",
    )
    reason = forms.CharField(
        label="Por qué lo cambias",
        max_length=200,
        help_text="Queda en el historial del texto.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def what_is_said(self) -> dict[str, Any]:
        """The reason, and the version on which the person worked."""
        return {"reason": self.cleaned_data["reason"].strip(), "version": self.cleaned_data["version"]}
