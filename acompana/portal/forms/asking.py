"""What a company asks for: another date, a review, help, to leave the route."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from acompana.cases.models import OF_CLIENT_MANAGEMENT, HelpRequest
from acompana.files.forms import UploadField
from acompana.intake.hour_forms import OpenHourForm
from acompana.kernel.rut import RutFormField
from acompana.shell.widgets import MomentField, PhoneField, PhoneInput


class RescheduleForm(OpenHourForm):
    """Another date for the interview, told as to the company (EXP-16, DL-2)."""

    hint = "En la hora de la oficina, que atiende {hours}."
    hint_last_day = "Nos comprometimos a hacerla a más tardar el {day}."
    asks_closed = "{text} Elige otra hora; si ya lo conversaste con quien te atiende, marca la casilla."
    asks_late = "Nos comprometimos a hacerla a más tardar el {day}, y esa fecha es después. ¿La cambias igual?"

    starts_at = MomentField(
        label="Nueva fecha y hora",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    reason = forms.CharField(label="¿Por qué cambia?", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class CancelForm(forms.Form):
    why = forms.CharField(label="¿Por qué la cancelas?", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class ReviewForm(forms.Form):
    because = forms.CharField(
        label="¿Por qué no estás de acuerdo?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Cuéntanos qué no vio el test: lo leerá una persona de tu oficina regional.",
    )


OTHER_COMPANY = "otra"
OF_THE_ROAD = ("register", "characterization", "test")  # what a pre-admitted company has behind it


class WriteForm(forms.Form):
    """What a company writes to its executive (CHA-4). `topics`: what fits where it stands."""

    about = forms.ChoiceField(label="¿De qué se trata?", widget=forms.RadioSelect)
    text = forms.CharField(label="Tu mensaje", max_length=4000, widget=forms.Textarea(attrs={"rows": 7}))
    file = UploadField(label="Archivo", required=False)

    def __init__(self, *args: Any, topics: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = [(slug, HelpRequest.About(slug).label) for slug in topics]  # type: ignore[attr-defined]


class HelpForm(forms.Form):
    """A help request to Client management (INT-6). `companies`: ids and names of those for which who asks acts; with
    one or more they choose, and the RUT is asked for another company alone. `finished`: ids of those that are
    pre-admitted, which have nothing to register or to fill in; `registering`: who asks is about to register one."""

    about = forms.ChoiceField(label=_("¿Con qué necesitas ayuda?"), widget=forms.RadioSelect)
    what_went_wrong = forms.CharField(label=_("¿Qué pasó?"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}))
    asker_name = forms.CharField(label=_("Tu nombre"), max_length=120)
    asker_email = forms.EmailField(label=_("Tu correo electrónico"), help_text=_("Ahí te respondemos."))
    asker_phone = PhoneField(label=_("Tu teléfono"), required=False, widget=PhoneInput({"autocomplete": "tel"}))
    company = forms.ChoiceField(label=_("¿De qué empresa se trata?"), widget=forms.RadioSelect)
    rut_given = RutFormField(label=_("RUT de la empresa"), required=False)

    def __init__(
        self,
        *args: Any,
        companies: Sequence[tuple[str, str]] = (),
        finished: Collection[str] = (),
        registering: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.finished = finished
        done = companies and all(pk in finished for pk, _name in companies)
        unfit = set(OF_THE_ROAD) - ({"register"} if registering else set()) if done else set()
        topics = [(slug, HelpRequest.About(slug).label) for slug in OF_CLIENT_MANAGEMENT if slug not in unfit]
        self.fields["about"].choices = topics  # type: ignore[attr-defined]
        if not companies:
            del self.fields["company"]
            return
        self.fields["company"].choices = [*companies, (OTHER_COMPANY, _("Otra, o ninguna"))]  # type: ignore[attr-defined]
        if registering:
            self.initial = {**self.initial, "about": "register", "company": OTHER_COMPANY}
        elif len(companies) == 1:
            self.fields["company"].initial = companies[0][0]
        self.fields["rut_given"].label = _("RUT de la otra empresa")

    def clean(self) -> dict[str, Any]:
        """The RUT of another company counts only where another one was chosen."""
        data = super().clean() or {}
        if data.get("company") in self.finished and data.get("about") in OF_THE_ROAD:
            self.add_error("about", _("Esa empresa ya está preadmitida: elige otro tema, u otra empresa."))
        if data.get("company", OTHER_COMPANY) != OTHER_COMPANY:
            data["rut_given"] = ""
            self.errors.pop("rut_given", None)
        return data


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label="¿Por qué dejas la ruta?",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Nos ayuda a mejorar.",
    )


class InsistForm(forms.Form):
    """The problem goes on (INT-6), or there is something else to ask of one's executive (CHA-4)."""

    note = forms.CharField(
        label=_("¿Qué sigue pasando?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Lo lee la misma unidad que te respondió."),
    )

    def __init__(self, *args: Any, to_executive: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if to_executive:
            self.fields["note"].label = _("¿Qué más quieres preguntar?")
            self.fields["note"].help_text = _("Lo lee la misma persona que te respondió.")
