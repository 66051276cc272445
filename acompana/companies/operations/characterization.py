"""The characterisation form (INT-8): typed columns, rows of their own, history on change, stale saves refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models

from acompana.companies.models import Company, CompanyActivity, DeclaredExport, Mandate, MarketInterest, Product
from acompana.companies.operations.abroad import check_abroad, check_at_home
from acompana.companies.operations.contacts import add_contact, record_consent
from acompana.companies.operations.facts import relate_by_edit
from acompana.companies.operations.keeping import (
    HISTORY_OF_COMPANY,
    day_of,
    lock_company,
    open_set,
    person_id,
    save_company,
)
from acompana.companies.operations.news import heed_exports
from acompana.companies.permissions import limited_mandate
from acompana.companies.rules import CHARACTERIZATION_FIELDS, OF_ITS_PEOPLE
from acompana.companies.sales_rules import commercial_year_fault, start_fault, workers_fault, year_missing_fault
from acompana.kernel.changes import record_change, snapshot, undo_change_set
from acompana.kernel.models import ChangeSet
from acompana.kernel.one_line import one_line_each
from acompana.kernel.past_days import past_day_fault
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.people.actors import Actor
from acompana.people.queries import regional_office_of
from acompana.reference.models import Country, SalesBracket

Rows = Sequence[Mapping[str, Any]]


@verb
def update_characterization(
    *,
    company: Company,
    version: int,
    values: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    channel: str = "portal",
    products: Rows | None = None,
    exports: Rows | None = None,
    markets: Iterable[Country] | None = None,
    activities: Rows | None = None,
    source: str = "",
) -> Company:
    """Saves part or all of the form; what is not given stays as it is.

    `values`: fields of `rules.CHARACTERIZATION_FIELDS`. `products`: {description, is_service, heading};
    `exports`: {year, market, amount_usd}; `activities`: {activity, is_main}: each replaces all rows of its kind.
    `source`: the slug of the source whose word is taken, for the history.
    Raises Stale if somebody saved since `version` (the caller keeps what was typed), Refused for a commune of another
    region or of a foreign company, another country of a national one, a start that is yet to come, a row of reference
    that is out of use, sales without their year or of one that cannot be theirs, more workers than there can be, what
    the company's own people are not asked, or a company left without a name. What says nothing new writes nothing,
    and what was so already may stay.
    Under a limited mandate nothing of the registry is touched: what was typed waits in the mandate (INT-24).

    Where it says something of its exports, what follows on its road follows here, whoever saves it and wherever
    (INT-4): `followed` of what is given back says what, in sentences for who saved.
    """
    if unknown := set(values) - set(CHARACTERIZATION_FIELDS):
        raise ValueError(f"not a field of the form: {sorted(unknown)}")
    values = one_line_each(values)
    products = None if products is None else [one_line_each(row) for row in products]
    mandate = limited_mandate(actor, company)
    _check_who_says_it(values, company, actor)
    _check_reference(values, company)
    _check_start(values, _known(company, mandate), now)
    _check_year_of_sales(values, _known(company, mandate), now)
    _check_workers(values, company)
    if mandate:
        _keep_in_mandate(mandate, values, products=products, exports=exports, markets=markets, activities=activities)
        return company
    stored = lock_company(company, version, actor)
    before = snapshot(stored, HISTORY_OF_COMPANY)
    for name, value in values.items():
        setattr(stored, name, value)
    _check_place(stored, values)
    _check_country(stored, before)
    if not stored.legal_name and not stored.trade_name:
        raise Refused("La empresa necesita una razón social o un nombre.", "INT-8", "legal_name")
    change_set = open_set(kind="edit", title=f"Ficha de {stored}", actor=actor, now=now, channel=channel)
    replace = _Replacer(stored, change_set)
    if products is not None:
        replace(Product, products, ("description", "is_service", "heading"))
    if activities is not None:
        replace(CompanyActivity, activities, ("activity", "is_main"))
    if markets is not None:
        replace(MarketInterest, [{"country": country} for country in markets], ("country",))
    if exports is not None:
        extra = {"declared_by_id": person_id(actor), "declared_at": now}
        replace(DeclaredExport, exports, ("year", "market", "amount_usd"), lambda: extra)
    after = snapshot(stored, HISTORY_OF_COMPANY)
    if before != after or replace.has_replaced:
        save_company(stored, before, after, change_set, source)
        stored = relate_by_edit(company=stored, actor=actor, now=now, channel=channel)
    else:
        change_set.delete()
    if "exported_recently" in values:
        told = bool(before["exported_recently"])
        stored.followed = heed_exports(stored, told_before=told, actor=actor, now=now, channel=channel)
    return stored


@verb
def undo_edit(*, company: Company, change_set: ChangeSet, actor: Actor, now: datetime, channel: str) -> Company:
    """Puts back what an edit of the company changed, and of its road what follows of what its form says then: the
    same as correcting it by hand (INT-4). `followed` says what. Refused: see `undo_change_set` (EXP-5)."""
    stored = lock_company(company)
    told = stored.exported_recently
    undo_change_set(change_set=change_set, person_id=person_id(actor), now=now, channel=channel)
    stored.refresh_from_db()
    if stored.exported_recently != told:
        stored.followed = heed_exports(stored, told_before=bool(told), actor=actor, now=now, channel=channel)
    return stored


def _known(company: Company, mandate: Mandate | None) -> dict[str, Any]:
    """What is kept of when it began and of its sales and their year; under a limited mandate, what was typed."""
    names = ("started_on", "commercial_year")
    if mandate is None:
        return {name: getattr(company, name) for name in (*names, "sales_bracket")}
    typed = mandate.entered.get("values", {})
    known = {name: Company._meta.get_field(name).to_python(typed.get(name) or None) for name in names}  # type: ignore[union-attr]
    return known | {"sales_bracket": SalesBracket.objects.filter(pk=typed.get("sales_bracket")).first()}


def _check_who_says_it(values: Mapping[str, Any], company: Company, actor: Actor) -> None:
    """Its own people say of a company what the portal asks them; the rest is the agency's (POR-9)."""
    if actor.is_staff or actor.person is None:
        return
    for name in values.keys() - OF_ITS_PEOPLE:
        if values[name] != getattr(company, name):
            raise Refused("Ese dato lo cambia la agencia.", "POR-9", name)


def _check_reference(values: Mapping[str, Any], company: Company) -> None:
    """What is out of use is not chosen anew; where it stands already it may stay."""
    for name, row in values.items():
        if getattr(row, "retired_on", None) is not None and getattr(company, f"{name}_id") != row.pk:
            raise Refused(f"«{row}» ya no se usa: elige otra opción.", "INT-8", name)


def _check_start(values: Mapping[str, Any], known: Mapping[str, Any], now: datetime) -> None:
    started_on = values.get("started_on")
    if started_on is None or started_on == known["started_on"]:
        return
    if fault := past_day_fault(started_on, day_of(now)):
        raise Refused(fault, "INT-8", "started_on")


def _check_year_of_sales(values: Mapping[str, Any], known: Mapping[str, Any], now: datetime) -> None:
    """Refused where the year of the sales and the start of activities do not go together, whichever is changed, and
    sales without their year."""
    given = {name: values.get(name, kept) for name, kept in known.items()}
    year, started_on, bracket = given["commercial_year"], given["started_on"], given["sales_bracket"]
    fault, field = "", "commercial_year"
    if year is not None and year != known["commercial_year"]:
        fault = commercial_year_fault(year, day_of(now), started_on)
    elif started_on != known["started_on"]:
        fault, field = start_fault(started_on, year), "started_on"
    if not fault and (year, bracket) != (known["commercial_year"], known["sales_bracket"]):
        fault, field = year_missing_fault(_has_sales(bracket), year), "commercial_year"
    if fault:
        raise Refused(fault, "DEF-6", field)


def _has_sales(bracket: SalesBracket | None) -> bool:
    return bracket is not None and bracket.has_sales


def _check_workers(values: Mapping[str, Any], company: Company) -> None:
    workers = values.get("workers", company.workers)
    if workers != company.workers and (fault := workers_fault(workers)):
        raise Refused(fault, "DEF-6", "workers")


def _check_place(company: Company, values: Mapping[str, Any]) -> None:
    """A commune says its region. A region alone keeps the commune, which has to lie in it: nothing that was not said
    is changed."""
    commune = company.commune
    if commune is not None and "commune" in values:
        if values.get("region") is None:
            company.region = commune.region
        elif company.region_id != commune.region_id:
            raise Refused(f"La comuna {commune} no es de la región {company.region}.", "INT-8", "commune")
    elif commune is not None and "region" in values and company.region_id != commune.region_id:
        raise Refused(
            f"La comuna anotada, {commune}, es de la región {commune.region}. Di también la comuna.", "INT-8", "region"
        )
    if company.region is not None and company.office_id is None:
        # Later it changes office by an act (`settle_office`, `move_to_office`), with what is owed to it.
        company.office = regional_office_of(company.region)


def _check_country(company: Company, before: Mapping[str, Any]) -> None:
    """In which country it is, and whether in Chile, go by its kind; what was so already may stay."""
    if before["country"] != company.country_id:
        check_at_home(company.kind, company.country)
    if any(before[name] != getattr(company, f"{name}_id") for name in ("country", "region", "commune")):
        check_abroad(company.kind, country=company.country, region=company.region, commune=company.commune)


class _Replacer:
    """Makes the rows of one kind be those given: adds what is new, removes what is gone, keeps what is equal."""

    def __init__(self, company: Company, change_set: ChangeSet) -> None:
        self.company, self.change_set = company, change_set
        self.has_replaced = False

    def __call__(
        self,
        model: type[models.Model],
        rows: Rows,
        fields: tuple[str, ...],
        extra: Callable[[], Mapping[str, Any]] = dict,
    ) -> None:
        names = [model._meta.get_field(name).attname for name in fields]  # type: ignore[union-attr]
        stored = {
            tuple(getattr(row, name) for name in names): row
            for row in model._base_manager.filter(company=self.company)
        }
        wanted = {}
        for row in rows:
            obj = model(company=self.company, **{name: row[name] for name in fields if name in row}, **extra())
            wanted[tuple(getattr(obj, name) for name in names)] = obj
        self.has_replaced = self.has_replaced or stored.keys() != wanted.keys()
        for key in stored.keys() - wanted.keys():
            gone = stored[key]
            record_change(gone, change_set=self.change_set, before=snapshot(gone), record=self.company)
            gone.delete()
        for key, obj in wanted.items():
            if key not in stored:
                obj.save()
                record_change(obj, change_set=self.change_set, record=self.company)


# --- limited mandates (INT-24) ----------------------------------------------------------------------------------


def _keep_in_mandate(mandate: Mandate, values: Mapping[str, Any], **rows: Any) -> None:
    entered = dict(mandate.entered)
    entered["values"] = {**entered.get("values", {}), **{name: _plain(value) for name, value in values.items()}}
    for name, given in rows.items():
        if given is not None:
            entered[name] = [
                {key: _plain(value) for key, value in row.items()} if isinstance(row, Mapping) else _plain(row)
                for row in given
            ]
    mandate.entered = entered
    mandate.save(update_fields=["entered"])


@verb
def keep_entered(*, mandate: Mandate, **parts: Mapping[str, Any]) -> Mandate:
    """Keeps in a limited mandate what its person typed beside the characterisation: `contact` (fields of a contact)
    and `consents` (purpose to yes or no). It enters the registry when the mandate is confirmed (INT-24)."""
    entered = dict(mandate.entered)
    for name, values in parts.items():
        entered[name] = {key: _plain(value) for key, value in one_line_each(values).items()}
    mandate.entered = entered
    mandate.save(update_fields=["entered"])
    return mandate


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return value.pk
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def apply_entered(*, mandate: Mandate, actor: Actor, now: datetime, channel: str, takes_name: bool = False) -> Company:
    """Brings what was typed under a limited mandate into the registry, once it is confirmed. What is empty there
    does not empty the registry, and a legal name that is known stays unless whoever grants `takes_name` (INT-24)."""
    entered, company = mandate.entered, mandate.company
    if not entered:
        return company
    values: dict[str, Any] = {}
    for name, raw in entered.get("values", {}).items():
        if raw in (None, "") or (name == "legal_name" and company.legal_name and not takes_name):
            continue
        field = Company._meta.get_field(name)
        if field.is_relation:
            values[name] = field.related_model._base_manager.filter(pk=raw).first()  # type: ignore[union-attr]
        else:
            values[name] = field.to_python(raw)  # type: ignore[union-attr]
    if (region := values.get("region")) and "commune" not in values:
        commune = company.commune
        if commune is not None and commune.region_id != region.pk:
            values["commune"] = None  # where it is was typed anew, and its commune not yet
    year = values.get("commercial_year", company.commercial_year)
    if start_fault(values.get("started_on"), year):
        # Sales of before it began are of nobody: they are missing, and the form asks for them (DEF-5, DEF-6).
        values |= {"sales_bracket": None, "commercial_year": None}
    elif year_missing_fault(_has_sales(values.get("sales_bracket")), year):
        values.pop("sales_bracket")  # sales of nobody knows which year are missing too
    company = update_characterization(
        company=company,
        version=Company.objects.values_list("version", flat=True).get(pk=company.pk),
        values=values,
        products=_rows(Product, entered.get("products")),
        exports=_rows(DeclaredExport, entered.get("exports")),
        activities=_rows(CompanyActivity, entered.get("activities")),
        markets=list(Country.objects.filter(pk__in=entered["markets"])) if entered.get("markets") else None,
        actor=actor,
        now=now,
        channel=channel,
    )
    _apply_contact(mandate, company, entered, actor=actor, now=now, channel=channel)
    mandate.entered = {}
    mandate.save(update_fields=["entered"])
    return company


def _apply_contact(
    mandate: Mandate, company: Company, entered: Mapping[str, Any], *, actor: Actor, now: datetime, channel: str
) -> None:
    """The person becomes a contact beside those that were known; nobody loses their place."""
    if not (typed := entered.get("contact")):
        return
    contact = add_contact(
        company=company, **typed, person=mandate.person, is_main=False, actor=actor, now=now, channel=channel
    )
    for purpose, given in entered.get("consents", {}).items():
        record_consent(contact=contact, purpose=purpose, given=bool(given), actor=actor, now=now)


def _rows(model: type[models.Model], entered: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
    if not entered:
        return None
    rows = []
    for row in entered:
        made: dict[str, Any] = {}
        for name, raw in row.items():
            field: Any = model._meta.get_field(name)
            if field.is_relation:
                made[name] = field.related_model._base_manager.filter(pk=raw).first() if raw is not None else None
            else:
                made[name] = field.to_python(raw)
        rows.append(made)
    return rows
