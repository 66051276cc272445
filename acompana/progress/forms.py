"""Taking a step from the page of a matter."""

from __future__ import annotations

from django import forms


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
