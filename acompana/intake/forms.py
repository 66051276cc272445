"""What executives fill in along the road."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import URLValidator
from django.utils import timezone

from acompana.companies.models import Company, Contact
from acompana.companies.queries import main_contact_of
from acompana.intake.attending import would_attend
from acompana.intake.declarations import questions_of, read_declarations
from acompana.intake.hour_forms import OpenHourForm
from acompana.intake.interview_hours import LONGEST, is_address, is_as_agreed, taken_by, taken_words
from acompana.intake.models import Interview, Potential
from acompana.intake.states import EXECUTIVES
from acompana.matters.models import Matter
from acompana.people.models import Channel, Office, Person
from acompana.people.office_choice import OfficeChoice
from acompana.people.queries import offices_in_service, staff_with_role
from acompana.people.rules import clock
from acompana.people.staff_choice import StaffChoice
from acompana.progress.moments import moment_of, why_not_then
from acompana.questionnaires.models import Response
from acompana.reference.models import Region, Sector
from acompana.shell.widgets import DayField, MomentField
from acompana.shell.words import long_date

CONTACT_CHANNELS = [
    (channel.value, channel.label)
    for channel in (
        Channel.PHONE,
        Channel.EMAIL,
        Channel.WHATSAPP,
        Channel.VIDEO,
        Channel.VISIT,
        Channel.COUNTER,
        Channel.EVENT,
    )
]
PLACE_MISSING = {
    "video": "Falta el enlace de la videollamada.",
    "phone": "Falta el número al que vas a llamar.",
    "visit": "Falta la dirección de la visita.",
    "office": "Falta la dirección de la oficina.",
}
PLACE_LENGTH = 200
NO_LINK = "Eso no es una dirección web. Pega el enlace completo, como https://reunion.example/abc."
NOT_THEN = "no"
NO_STREET = "Escribe la calle y el número: con eso la empresa sabe adónde ir."
REACHED = [("reached", "Sí, hablé con la empresa"), ("not_reached", "No contestó")]


MOMENT = "%Y-%m-%dT%H:%M"


class ToldMomentForm(forms.Form):
    """A form that asks when something on the road of a company was: now, unless who registers it later says it
    (INT-7, INT-25). Its hour is that of the office; not ahead, nor before the stage where the company stands."""

    happened_at = MomentField(
        label="¿Cuándo fue?",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        help_text="Si no fue recién, corrígelo: con esta fecha se cuenta el plazo.",
    )

    def __init__(self, *args: Any, matter: Matter, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.matter, self.now, self.zone = matter, now, ZoneInfo(matter.office.time_zone)
        field = self.fields["happened_at"]
        field.initial = now.astimezone(self.zone).replace(tzinfo=None)
        field.widget.attrs |= {
            "min": f"{matter.state_since.astimezone(self.zone):{MOMENT}}",
            "max": f"{now.astimezone(self.zone):{MOMENT}}",
        }
        # What is sent without asking it was just now; a date that was left empty is asked for.
        field.required = not self.is_bound or self.add_prefix("happened_at") in self.data

    def clean_happened_at(self) -> datetime:
        """When it was; now, where it was not asked."""
        told = self.cleaned_data["happened_at"]
        told = told.replace(tzinfo=self.zone) if told else None
        if told and (text := why_not_then(matter=self.matter, told=told, now=self.now)):
            raise forms.ValidationError(text)
        return moment_of(matter=self.matter, told=told, now=self.now)


class ContactAttemptForm(ToldMomentForm):
    """An attempt or a contact (INT-10)."""

    outcome = forms.ChoiceField(label="¿Hablaste con la empresa?", choices=REACHED, widget=forms.RadioSelect)
    channel = forms.ChoiceField(label="Canal", choices=CONTACT_CHANNELS, initial="phone")
    contact = forms.ModelChoiceField(
        label="Con quién", queryset=Contact.objects.none(), required=False, empty_label="Otra persona"
    )
    text = forms.CharField(
        label="Qué conversaron", required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 4})
    )

    field_order = ("outcome", "happened_at")

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["contact"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Contact.objects.filter(company=company, ended_on=None).order_by("-is_main", "id")
        field.initial = main_contact_of(company)


def link_of(text: str) -> str:
    """The web address that was pasted, with the `https://` that it lacks; empty where it is none."""
    link = text if "://" in text else f"https://{text}"
    try:
        URLValidator(schemes=("http", "https"))(link)
    except forms.ValidationError:
        return ""
    is_mail = "@" in urlsplit(link).netloc
    return "" if is_mail or len(link) > PLACE_LENGTH else link


class InterviewForm(OpenHourForm):
    """Date and place of an interview (INT-10). The hour is that of the office."""

    mode = forms.ChoiceField(label="Modalidad", choices=Interview.Mode.choices, widget=forms.RadioSelect)
    starts_at = MomentField(
        label="Fecha y hora",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )
    minutes = forms.IntegerField(label="Duración en minutos", min_value=15, max_value=LONGEST, initial=60)
    place_video = forms.CharField(
        label="Enlace de la videollamada",
        max_length=PLACE_LENGTH,
        required=False,
        help_text="Pégalo como lo abrirá la empresa: va en su correo.",
    )
    place_phone = forms.CharField(
        label="Número al que vas a llamar",
        max_length=PLACE_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    place_visit = forms.CharField(label="Dirección de la visita", max_length=PLACE_LENGTH, required=False)
    place_office = forms.CharField(
        label="Dirección de la oficina",
        max_length=PLACE_LENGTH,
        required=False,
        help_text="Calle y número: la empresa la lee en su correo y en su calendario.",
    )
    reason = forms.CharField(label="Por qué cambia la fecha", max_length=300, required=False)
    even_if_taken = forms.BooleanField(label="Sí, son las dos a esa hora", required=False)

    def __init__(self, *args: Any, executive: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.executive = executive

    def is_as_agreed(self, current: Interview, given: dict[str, Any], starts_at: datetime, minutes: int) -> bool:
        mode = given.get("mode") or ""
        place = given.get(f"place_{mode}", "")
        place = link_of(place) if mode == "video" else place
        today = timezone.localdate(self.now)
        return is_as_agreed(current, today, starts_at=starts_at, minutes=minutes, mode=mode, place=place)

    def clean(self) -> dict[str, Any]:
        """The place is the one of the chosen way; it is asked for, and what stands in the others is left out."""
        given = super().clean()
        mode = given.get("mode")
        if mode and not given.get(f"place_{mode}"):
            self.add_error(f"place_{mode}", PLACE_MISSING[mode])
        elif mode == "office" and not is_address(given["place_office"]):
            self.add_error("place_office", NO_STREET)
        given["place"] = given.get(f"place_{mode}", "")
        if given.get("starts_at") and given.get("minutes") and not given.get("even_if_taken"):
            starts_at = given["starts_at"].replace(tzinfo=ZoneInfo(self.matter.office.time_zone))
            attends = would_attend(self.matter, self.executive, starts_at)
            if other := taken_by(attends, starts_at, given["minutes"], moving=self.current):
                self.add_error("even_if_taken", f"{taken_words(other)} Si son las dos a esa hora, marca la casilla.")
        if mode == "video" and given["place"]:
            given["place"] = link_of(given["place"])
            if not given["place"]:
                self.add_error("place_video", NO_LINK)
        return given


class HeldForm(ToldMomentForm):
    """When and how an interview took place (INT-10, INT-25). Where it was agreed, whether it was then comes first, and
    nothing is marked: a date that nobody confirmed would move the terms (DL-2). Where it was not, no way is."""

    on_agreed = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={
            "required": "Di si se hizo en la fecha acordada.",
            "invalid_choice": "La fecha acordada cambió mientras tanto: mira cuál es y elige otra vez.",
        },
    )
    mode = forms.ChoiceField(label="¿Cómo fue la reunión?", choices=Interview.Mode.choices, widget=forms.RadioSelect)

    field_order = ("on_agreed", "happened_at", "mode")
    mark_optional = False

    def __init__(self, *args: Any, agreed: Interview | None, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, now=now, **kwargs)
        self.agreed = agreed
        self.fields["mode"].initial = agreed.mode if agreed else None
        if agreed is None:
            del self.fields["on_agreed"]
            return
        local = agreed.starts_at.astimezone(self.zone)
        asked = self.fields["on_agreed"]
        assert isinstance(asked, forms.ChoiceField)
        asked.label = f"¿Se hizo en la fecha acordada ({long_date(local.date())}, {clock(local.time())})?"
        # «Yes» names the date that was shown: one that the company moved meanwhile is not taken for it.
        asked.choices = [(str(agreed.pk), "Sí"), (NOT_THEN, "No, fue el …")]
        if now < agreed.starts_at:
            asked.help_text = "Esa hora todavía no llega: si se adelantó, di cuándo fue."
        self.fields["mode"].help_text = f"Se acordó así: {agreed.get_mode_display()}."
        self.fields["happened_at"].required = self.data.get(self.add_prefix("on_agreed")) == NOT_THEN

    def clean(self) -> dict[str, Any]:
        """The moment is the one agreed, or the one told; what `hold_interview` would refuse of it is said here."""
        given = super().clean() or {}
        answer = given.pop("on_agreed", "")
        if self.agreed is None or not answer:
            return given
        given["otherwise"] = True
        if answer != NOT_THEN:
            self.errors.pop("happened_at", None)  # the other date was not asked
            given["happened_at"] = self.agreed.starts_at
            if text := why_not_then(matter=self.matter, told=self.agreed.starts_at, now=self.now):
                self.add_error("on_agreed", text)
        return given


def told_of_meeting(data: Mapping[str, str], agreed: Interview | None) -> dict[str, str]:
    """What was typed in a `HeldForm`, to be kept with a draft; no date where the one agreed is confirmed, or nothing
    is: the form then shows the moment at which it was opened, which nobody told."""
    told = {name: data[name] for name in HeldForm.field_order if data.get(name)}
    if agreed is not None and told.get("on_agreed") != NOT_THEN:
        told.pop("happened_at", None)
    return told


class HelpedTestForm(forms.Form):
    """Who of the company answers its test, and by which channel (INT-6)."""

    channel = forms.ChoiceField(label="Por dónde responde", choices=CONTACT_CHANNELS, initial="phone")
    told_by = forms.ModelChoiceField(
        label="Quién responde por la empresa",
        queryset=Contact.objects.none(),
        required=False,
        empty_label="Otra persona",
    )

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["told_by"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Contact.objects.filter(company=company, ended_on=None).order_by("-is_main", "id")
        field.initial = main_contact_of(company)


class ContactDutyForm(forms.Form):
    """Whom the head of region names to contact companies with a result (INT-10)."""

    member = StaffChoice(label="Quién contacta")
    sector = forms.ModelChoiceField(
        label="A qué empresas",
        queryset=Sector.objects.filter(retired_on=None),
        required=False,
        empty_label="Todas las que no tengan a alguien por su sector",
    )
    reason = forms.CharField(label="Por qué", max_length=200, required=False)

    def __init__(self, *args: Any, office: Office, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["member"]
        assert isinstance(field, StaffChoice)
        field.offer(staff_with_role(*EXECUTIVES, on=on, office=office), on=on)


class WaitingFilter(forms.Form):
    """Which of the companies without an executive are shown (ROL-2); the region, for who sees all of them."""

    region = forms.ModelChoiceField(label="Región", queryset=Region.objects.all(), required=False, empty_label="Todas")
    sector = forms.ModelChoiceField(
        label="Sector", queryset=Sector.objects.filter(retired_on=None), required=False, empty_label="Todos"
    )
    potential = forms.ChoiceField(label="Potencial", choices=[("", "Todos"), *Potential.choices], required=False)
    since = DayField(label="Esperan desde antes del", required=False)

    mark_optional = False

    def __init__(self, *args: Any, everywhere: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not everywhere:
            del self.fields["region"]

    def chosen(self) -> dict[str, Any]:
        """What narrows the list, as conditions on companies; a date that does not exist narrows nothing."""
        self.is_valid()
        names = {"region": "region", "sector": "sector", "potential": "potential", "since": "waits_since__lt"}
        given = {name: value for name, value in self.cleaned_data.items() if value}
        if "since" in given:
            given["since"] = timezone.make_aware(datetime.combine(given["since"], time.min))
        return {names[name]: value for name, value in given.items()}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Motivo",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="La empresa lo va a leer.",
        error_messages={"required": "Escribe el motivo."},
    )


class PreadmissionForm(ReasonForm):
    """The decision on a pre-admissibility: why, and what of the declarations is to be corrected (INT-27)."""

    parts = forms.MultipleChoiceField(
        label="Qué debe corregir, si se lo pides",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="La empresa las ve marcadas en su página; lo demás queda como lo respondió.",
    )

    mark_optional = False
    field_order = ("parts", "reason")

    def __init__(self, *args: Any, declarations: Response | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if declarations is None:
            del self.fields["parts"]
            return
        parts = self.fields["parts"]
        assert isinstance(parts, forms.MultipleChoiceField)
        parts.choices = questions_of(declarations)
        parts.initial = [slug for slug, _ in read_declarations(declarations).declined]


class ReviewDecisionForm(forms.Form):
    """The decision of a review (INT-29)."""

    potential = forms.ChoiceField(
        label="Resultado que corresponde", choices=Potential.choices, widget=forms.RadioSelect
    )
    because = forms.CharField(
        label="Motivo", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}), help_text="La empresa lo va a leer."
    )


class MoveForm(forms.Form):
    """Another regional office attends the company from now on (ROL-2)."""

    office = OfficeChoice(
        label="Oficina que la atenderá", queryset=offices_in_service().filter(kind=Office.Kind.REGIONAL)
    )
    reason = forms.CharField(label="Por qué cambia", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))
