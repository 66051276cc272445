"""What is written in Python is what Django's templates would have written."""

from __future__ import annotations

import re

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates

from acompana.shell.form_renderer import FormRenderer

CHOICES = [
    ("", "---------"),
    ("1", "Ñuñoa & <b>más</b>"),
    ("Sur", [("2", "O'Higgins"), ('"3"', "Aysén")]),
]


class Sample(forms.Form):
    word = forms.CharField(
        initial="<\"Valle\"> & 'Sur'", widget=forms.TextInput(attrs={"data-x": 'a"b', "autofocus": True})
    )
    amount = forms.IntegerField(required=False, min_value=1)
    mail = forms.EmailField(disabled=True)
    place = forms.ChoiceField(choices=CHOICES, initial="2")
    places = forms.MultipleChoiceField(choices=CHOICES, initial=["1", "2"])
    yes = forms.BooleanField(required=False)
    way = forms.ChoiceField(choices=[("a", "Á"), ("b", "<B>")], widget=forms.RadioSelect, initial="b")
    secret = forms.CharField(widget=forms.PasswordInput)
    hidden = forms.CharField(widget=forms.HiddenInput, initial=7)
    note = forms.CharField(widget=forms.Textarea)


def flat(html: str) -> str:
    return re.sub(r"\s+", " ", html).replace("> <", "><").strip()


@pytest.mark.parametrize("data", [None, {"word": '\x27">', "place": "9", "places": ["1"], "amount": "x", "yes": "on"}])
@pytest.mark.parametrize("name", Sample.base_fields)
def test_a_control_is_as_django_writes_it(name, data):
    ours, theirs = (str(Sample(data, renderer=renderer)[name]) for renderer in (FormRenderer(), DjangoTemplates()))
    assert flat(ours) == flat(theirs)


def test_the_site_writes_its_forms_with_it():
    assert isinstance(Sample().renderer, FormRenderer)
