"""The characterisation, one topic a page: its steps, what each starts with, and how each is saved (INT-8, INT-23)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone

from acompana.companies import operations as companies
from acompana.companies.export_forms import EXPORT_LINES, YEARS_ASKED, known_lines, of_earlier_years
from acompana.companies.market_forms import MARKET_LINES, known_markets
from acompana.companies.models import Company, Contact
from acompana.companies.permissions import limited_mandate
from acompana.companies.queries import contacts_in_service, latest_consents, required_fields
from acompana.intake import operations as intake
from acompana.intake.queries import is_activity_left
from acompana.people.actors import Actor
from acompana.portal import forms as portal_forms
from acompana.portal.entered import Entered, entered_initial
from acompana.reference.models import Activity

CONSENTS = {"consent_programmes": "programmes", "consent_news": "news", "consent_stories": "stories"}
Saver = Callable[[Company, Mapping[str, Any], Actor, datetime], str | None]
"""Saves what a step asks; what the company must be told of it, where something follows."""


@dataclass(frozen=True, slots=True)
class FormStep:
    """A page of the form."""

    slug: str
    title: str
    intro: str
    form: type[forms.Form]
    initial: Callable[[Company], dict[str, Any]]
    save: Saver
    fields: tuple[str, ...]  # required fields (DEF-5) that this step fills
    columns: tuple[str, ...] = ()  # columns of the company that it asks for


def _columns(*names: str) -> Callable[[Company], dict[str, Any]]:
    return lambda company: {name: getattr(company, name) for name in names}


def _save_columns(company: Company, data: Mapping[str, Any], actor: Actor, now: datetime, **rows: Any) -> str | None:
    saved = companies.update_characterization(
        company=company, version=company.version, values=dict(data), actor=actor, now=now, channel="portal", **rows
    )
    return " ".join(saved.followed) or None


def _identity(company: Company) -> dict[str, Any]:
    main = company.activities.select_related("activity").order_by("-is_main").first()
    names = ("legal_name", "trade_name", "started_on", "tax_category")
    left = None if main else is_activity_left(company)
    offered = {} if left is None else {portal_forms.LEFT_TO_OFFICE: left}
    return {**_columns(*names)(company), "activity": main.activity.code if main else "", **offered}


def _save_identity(company: Company, data: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    left = data.get(portal_forms.LEFT_TO_OFFICE)
    values = {key: value for key, value in data.items() if key not in ("activity", portal_forms.LEFT_TO_OFFICE)}
    main = Activity.objects.get(code=data["activity"]) if data["activity"] else None
    rows = [{"activity": main, "is_main": True}] if main else []
    if limited_mandate(actor, company) is None:
        others = company.activities.select_related("activity").exclude(is_main=True)
        others = others.exclude(activity=main) if main else others
        rows += [{"activity": other.activity, "is_main": False} for other in others]
    _save_columns(company, values, actor, now, activities=rows)
    if left is not None:
        intake.leave_activity(company=company, left=left, actor=actor, now=now)


def main_contact(company: Company) -> Contact | None:
    """Whom the form is about: the main contact."""
    return next(iter(contacts_in_service(company)), None)


CONTACT_FIELDS = ("name", "position", "email", "phone", "preferred_channel", "language", "gender")


def _contact(company: Company) -> dict[str, Any]:
    contact = main_contact(company)
    return {name: getattr(contact, name) for name in CONTACT_FIELDS} if contact else {"language": "es"}


def _save_contact(company: Company, data: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    if mandate := limited_mandate(actor, company):
        companies.keep_entered(mandate=mandate, contact=data)
        return
    contact = main_contact(company)
    if contact:
        companies.update_contact(contact=contact, values=dict(data), actor=actor, now=now)
    else:
        companies.add_contact(company=company, **data, is_main=True, person=actor.person, actor=actor, now=now)


def _offer(company: Company) -> dict[str, Any]:
    values = _columns("offer", "sector", "certifications", "website", "sells_online")(company)
    for number, product in enumerate(company.products.select_related("heading").order_by("id"), start=1):
        values[f"product_{number}"] = product.description
        values[f"heading_{number}"] = product.heading.code if product.heading else ""
    return values


def _save_offer(company: Company, data: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    names = ("offer", "sector", "certifications", "website", "sells_online")
    _save_columns(company, {name: data[name] for name in names}, actor, now, products=data["products"])


def _exports(company: Company) -> dict[str, Any]:
    rows = company.exports.order_by("-year", "market")
    return {"exported_recently": company.exported_recently, **known_lines(rows)}


def _save_exports(company: Company, data: Mapping[str, Any], actor: Actor, now: datetime) -> str | None:
    """Who tells of exports at its test, or after a Low, is told what follows of it (INT-4, INT-12)."""
    exports = list(data["exports"])
    if limited_mandate(actor, company) is None:
        exports += of_earlier_years(company, timezone.localdate(now).year)
    return _save_columns(company, {"exported_recently": data["exported_recently"]}, actor, now, exports=exports)


def _interest(company: Company) -> dict[str, Any]:
    chosen = company.markets.order_by("id").values_list("country_id", flat=True)
    return {**known_markets(chosen), "programme_interest": company.programme_interest}


def _save_interest(company: Company, data: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    values = {"programme_interest": data["programme_interest"]}
    _save_columns(company, values, actor, now, markets=list(data["markets"]))


def _consents(company: Company) -> dict[str, Any]:
    contact = main_contact(company)
    given = latest_consents(contact) if contact else {}
    return {name: given.get(purpose) for name, purpose in CONSENTS.items()}


def _save_consents(company: Company, data: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    if mandate := limited_mandate(actor, company):
        given = {purpose: data[name] for name, purpose in CONSENTS.items() if data[name] is not None}
        companies.keep_entered(mandate=mandate, consents=given)
        return
    contact = main_contact(company)
    if contact is None:
        return
    before = latest_consents(contact)
    for name, purpose in CONSENTS.items():
        if data[name] is not None and before.get(purpose) != data[name]:
            companies.record_consent(contact=contact, purpose=purpose, given=data[name], actor=actor, now=now)


def _ownership(company: Company) -> dict[str, Any]:
    """`origin` starts from what registering supposes: until the step is answered nothing is chosen for the person."""
    values = _columns("women_role", "origin")(company)
    if not values["women_role"] and values["origin"] == Company.Origin.DIRECT:
        del values["origin"]
    return values


STEPS: tuple[FormStep, ...] = (
    FormStep(
        "identificacion",
        "Tu empresa",
        "Cómo se llama y a qué se dedica.",
        portal_forms.IdentityForm,
        _identity,
        _save_identity,
        ("legal_name", "trade_name", "started_on", "tax_category", "activity", "rut"),
        ("legal_name", "trade_name", "started_on", "tax_category"),
    ),
    FormStep(
        "ubicacion",
        "Dónde está",
        "Así sabemos qué oficina te atiende.",
        portal_forms.PlaceForm,
        _columns("region", "commune", "address"),
        _save_columns,
        ("region", "commune", "address"),
        ("region", "commune", "address"),
    ),
    FormStep(
        "contacto",
        "Con quién hablamos",
        "La persona a la que escribimos y llamamos.",
        portal_forms.ContactForm,
        _contact,
        _save_contact,
        ("contact_name", "contact_position", "contact_email", "contact_phone"),
    ),
    FormStep(
        "tamano",
        "Tamaño",
        "Sirve para saber qué programas te corresponden.",
        portal_forms.SizeForm,
        _columns("sales_bracket", "commercial_year", "workers"),
        _save_columns,
        ("sales_bracket", "workers"),
        ("sales_bracket", "commercial_year", "workers"),
    ),
    FormStep(
        "oferta",
        "Qué ofreces",
        "Los productos o servicios que quieres llevar a otro país.",
        portal_forms.OfferForm,
        _offer,
        _save_offer,
        ("offer", "product", "sector", "website"),
        ("offer", "sector", "certifications", "website", "sells_online"),
    ),
    FormStep(
        "exportaciones",
        "Exportaciones",
        "Si exportaste hace poco, no necesitas hacer el test.",
        portal_forms.ExportsForm,
        _exports,
        _save_exports,
        ("exported_recently",),
        ("exported_recently",),
    ),
    FormStep(
        "intereses",
        "Qué te interesa",
        "Puedes dejarlo en blanco y decidirlo después.",
        portal_forms.InterestForm,
        _interest,
        _save_interest,
        (),
        ("programme_interest",),
    ),
    FormStep(
        "propiedad",
        "Propiedad y origen",
        "Hay programas especiales según quién dirige la empresa.",
        portal_forms.OwnershipForm,
        _ownership,
        _save_columns,
        ("women_role",),
        ("women_role", "origin"),
    ),
    FormStep(
        "permisos",
        "Tus permisos",
        "Para qué más podemos usar tus datos. Es opcional: te atendemos igual, y puedes cambiarlo cuando quieras.",
        portal_forms.ConsentForm,
        _consents,
        _save_consents,
        (),
    ),
)


def step_of(slug: str) -> FormStep | None:
    """The step of that slug."""
    return next((step for step in STEPS if step.slug == slug), None)


def values_of(step: FormStep, *, company: Company, entered: Entered | None) -> dict[str, Any]:
    """What is known of a step: from the registry, or only what was entered under a limited mandate (INT-24)."""
    return step.initial(company) if entered is None else entered_initial(step.slug, step.columns, entered)


def build_form(
    step: FormStep,
    *,
    company: Company,
    now: datetime,
    data: Any = None,
    typed: Mapping[str, Any] | None = None,
    entered: Entered | None = None,
) -> forms.Form:
    """The form of a step: bound to what was sent, or starting from the registry and what was typed before.

    Under a limited mandate give what was `entered` with it: then nothing of the registry is shown (INT-24).
    """
    known = values_of(step, company=company, entered=entered)
    initial = {**known, **(typed or {})}
    extra: dict[str, Any] = {}
    if step.form is portal_forms.ExportsForm:
        this_year = timezone.localdate(now).year
        initial = _without_early_years(initial, this_year)
        extra = {"this_year": this_year, "lines": _lines(initial, "year_", EXPORT_LINES)}
    elif step.form is portal_forms.SizeForm:
        extra = {"today": timezone.localdate(now), "started_on": _started_on(company, entered)}
    elif step.form is portal_forms.IdentityForm:
        extra = {"year_of_sales": _year_of_sales(company, entered)}
    elif step.form is portal_forms.InterestForm:
        extra = {"lines": _lines(initial, "market_", MARKET_LINES)}
    elif step.form is portal_forms.OfferForm:
        extra = {"lines": _lines(initial, "product_", portal_forms.PRODUCT_LINES)}
    form = step.form(data, initial=initial, **extra)
    if step.form is portal_forms.IdentityForm and portal_forms.LEFT_TO_OFFICE not in known:
        del form.fields[portal_forms.LEFT_TO_OFFICE]
    # Who may see nothing of the registry is asked as any national company is (INT-24).
    kind = company.kind if entered is None else Company.Kind.NATIONAL
    _mark_required(form, step, required_fields(kind, timezone.localdate(now)))
    return form


def suggested(step: FormStep, *, company: Company, now: datetime, entered: Entered | None = None) -> dict[str, Any]:
    """What the page of a step starts with where nothing is known yet; it is no answer until it is sent."""
    if step.form is not portal_forms.SizeForm or _year_of_sales(company, entered):
        return {}
    last = timezone.localdate(now).year - 1
    started_on = _started_on(company, entered)
    return {"commercial_year": last} if started_on is None or started_on.year <= last else {}


def _started_on(company: Company, entered: Entered | None) -> date | None:
    """When it began its activities; under a limited mandate, what was typed of it (INT-24)."""
    if entered is None:
        return company.started_on
    found: date | None = entered_initial(STEPS[0].slug, STEPS[0].columns, entered).get("started_on")
    return found


def _year_of_sales(company: Company, entered: Entered | None) -> int | None:
    step = next(one for one in STEPS if one.form is portal_forms.SizeForm)
    found: int | None = values_of(step, company=company, entered=entered).get("commercial_year")
    return found


def field_of(step: FormStep, name: str) -> str:
    """The field of the step's form in which a field of DEF-5 is asked."""
    return "product_1" if name == "product" else name.removeprefix("contact_") if step.slug == "contacto" else name


def _mark_required(form: forms.Form, step: FormStep, required: tuple[str, ...]) -> None:
    """What completeness will ask for is asked for here, in the step (DEF-5): one rule for the page and the sending."""
    for name in step.fields:
        if name in required and (field := form.fields.get(field_of(step, name))):
            field.required = field.widget.is_required = True


def not_left_empty(names: Collection[str], *, company: Company, now: datetime) -> set[str]:
    """Of these columns of a company, or of its main contact with `contact_` before them, those that its form does not
    let its people leave empty: for programs of theirs, which no form holds."""
    found = set()
    for step in STEPS:
        columns = [f"contact_{name}" for name in CONTACT_FIELDS] if step.slug == "contacto" else step.columns
        if asked := set(names) & set(columns):
            form = build_form(step, company=company, now=now)
            found |= {name for name in asked if form.fields[field_of(step, name)].required}
    return found


def _lines(initial: Mapping[str, Any], prefix: str, usual: int) -> int:
    """Room for everything that there is: a line left out of the page would be lost when it is saved."""
    return max(usual, sum(1 for name in initial if name.startswith(prefix)))


def _without_early_years(initial: Mapping[str, Any], this_year: int) -> dict[str, Any]:
    """The page asks for the last years; earlier ones come last, are not shown, and stay as they are."""
    early = [
        name.removeprefix("year_")
        for name, value in initial.items()
        if name.startswith("year_") and str(value).isdigit() and int(value) <= this_year - YEARS_ASKED
    ]
    dropped = {f"{kind}_{number}" for number in early for kind in ("year", "market", "amount")}
    return {name: value for name, value in initial.items() if name not in dropped}
