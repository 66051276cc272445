from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template

from acompana.kernel.rut import RutFormField
from acompana.shell import components
from acompana.shell.widgets import AmountField, DayField, MomentField


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1.250.000", Decimal(1250000)),
        ("1250000", Decimal(1250000)),
        ("$ 1.250.000,50", Decimal("1250000.50")),
        ("12,5", Decimal("12.5")),
        ("12.5", Decimal("12.5")),
        ("1.250", Decimal(1250)),
    ],
)
def test_amounts_as_people_write_them(typed, amount):
    assert AmountField().clean(typed) == amount


def test_a_wrong_amount_is_said_plainly():
    with pytest.raises(forms.ValidationError, match="solo con números"):
        AmountField().clean("mucho")


@pytest.mark.parametrize("typed", ["2026-09-24", "24-09-2026", "24/09/2026"])
def test_days(typed):
    assert DayField().clean(typed) == date(2026, 9, 24)


def test_the_calendar_gets_iso():
    class DayForm(forms.Form):
        day = DayField(initial=date(2026, 9, 24))

    assert 'value="2026-09-24"' in str(DayForm()["day"])


class Everything(forms.Form):
    name = forms.CharField(label="Nombre")
    rut = RutFormField(label="RUT")
    exports = forms.ChoiceField(label="¿Exportó?", choices=[("s", "Sí")], widget=forms.RadioSelect)
    paper = forms.FileField(label="Poder")
    own = forms.CharField(label="Otro", error_messages={"required": "Cuéntanos algo."})


def test_every_missing_answer_is_named_at_the_field_and_in_the_summary():
    form = Everything({})
    found = components.summary_errors(form)
    assert [error["text"] for error in found] == [
        "Falta este dato: Nombre.",
        "Falta este dato: RUT.",
        "Elige una respuesta: ¿Exportó?",
        "Adjunta un archivo: Poder.",
        "Cuéntanos algo.",
    ]
    assert [error["href"] for error in found] == ["#id_name", "#id_rut", "#id_exports_0", "#id_paper", "#id_own"]
    for bound, error in zip(form, found, strict=True):
        assert components.field_context(bound)["wrong"] == [error["text"]]


def test_form_wide_errors_come_first_and_without_a_link():
    form = Everything({"name": "a"})
    form.add_error(None, "Las fechas no calzan.")
    assert components.summary_errors(form)[0] == {"href": "", "text": "Las fechas no calzan."}


@pytest.mark.parametrize("moment", ["2026-09-06T00:30", "2027-04-03T23:30"])
def test_an_hour_that_the_change_of_clock_takes_or_repeats_is_told(moment):
    with pytest.raises(forms.ValidationError, match="cambia la hora"):
        MomentField().clean(moment)


@pytest.mark.parametrize(
    ("moment", "offset"), [("2026-09-05T23:30", -4), ("2026-09-06T01:30", -3), ("2027-04-04T00:30", -4)]
)
def test_the_hours_around_it_are_taken(moment, offset):
    assert MomentField().clean(moment).utcoffset() == timedelta(hours=offset)


def test_what_django_says_of_any_field_follows_its_name_in_the_summary() -> None:
    class Places(forms.Form):
        places = forms.IntegerField(label="Cupos", min_value=0)
        name = forms.CharField(label="¿Cómo se llama?", max_length=2)
        word = forms.CharField(label="Palabra")

        def clean_word(self) -> str:
            raise forms.ValidationError("Esa no sirve.")

    form = Places({"places": "-1", "name": "Ana", "word": "x"})
    assert [error["text"] for error in components.summary_errors(form)] == [
        "Cupos: Tiene que ser 0 o más.",
        "¿Cómo se llama? Puede tener hasta 2 caracteres (tiene 3).",
        "Esa no sirve.",
    ]
    assert components.error_sentences(form["places"]) == ["Tiene que ser 0 o más."]


def test_a_file_that_came_has_to_be_chosen_again_and_that_is_said():
    class Letter(forms.Form):
        name = forms.CharField(label="Nombre")
        paper = forms.FileField(label="Carta", required=False)

    page = Template("{% error_summary form %}{% field form.paper %}")
    sent = page.render(Context({"form": Letter({}, {"paper": SimpleUploadedFile("a.pdf", b"x")})}))
    assert "Nada de lo que escribiste se perdió. El archivo tienes que elegirlo otra vez." in sent
    assert "Elige el archivo otra vez: el navegador no lo guarda." in sent
    assert "otra vez" not in page.render(Context({"form": Letter({}, {})}))
    assert "otra vez" not in page.render(Context({"form": Letter()}))
