"""Taking a step from the page of a matter."""

from __future__ import annotations

from collections.abc import Collection

from django import forms

from acompana.kernel.lifecycle import INPUTS


class StepForm(forms.Form):
    """Which step, what it needs, and the instant since when the matter stood where the person saw it."""

    transition = forms.SlugField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label="Motivo", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}), empty_value=""
    )
    note = forms.CharField(
        label="Nota", required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}), empty_value=""
    )

    def __init__(self, *args, needs: Collection[str] = (), **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, sentence in INPUTS.items():
            self.fields[name].required = name in needs
            self.fields[name].error_messages["required"] = sentence
