"""Reads of the registry that more than one caller needs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from acompana.companies import rules
from acompana.companies.likeness import same_name_words
from acompana.companies.models import Company, CompanyActivity, CompanyTally, Consent, Contact, Mandate, Product
from acompana.companies.sales_rules import EARLY_SALES, start_fault
from acompana.kernel.rulebook import get_rule
from acompana.kernel.rut import normalise_rut
from acompana.kernel.search.engine import SearchScope, closest
from acompana.kernel.search.text import words_of
from acompana.kernel.statements import Given, Statement
from acompana.people.models import Person

HANGING: dict[str, Any] = {"activity": CompanyActivity, "product": Product}


# --- completeness (DEF-5) ---------------------------------------------------------------------------------------


def required_fields(kind: str, today: date) -> tuple[str, ...]:
    """The fields that make the form of a kind of company complete on a day (DEF-5), from the rulebook."""
    return tuple(get_rule("DEF-5", today).value[kind])


def contacts_in_service(company: Company) -> list[Contact]:
    """Contacts who are still at the company, the main one first; no query if they were prefetched."""
    return sorted(
        (contact for contact in company.contacts.all() if contact.ended_on is None),
        key=lambda contact: (not contact.is_main, contact.name),
    )


def main_contact_of(company: Company) -> Contact | None:
    """With whom one speaks unless told otherwise: the main contact, else the first."""
    return next(iter(contacts_in_service(company)), None)


def present_values(company: Company, required: tuple[str, ...]) -> Mapping[str, object]:
    """What the company has of the required fields, by their names in the rulebook."""
    values: dict[str, object] = {}
    contacts = contacts_in_service(company) if set(required) & set(rules.CONTACT_FIELDS) else []
    for name in required:
        if name == "activity":
            values[name] = bool(company.activities.all()) or None
        elif name == "product":
            values[name] = bool(company.products.all()) or None
        elif name in rules.CONTACT_FIELDS:
            part = name.removeprefix("contact_")
            values[name] = next((value for contact in contacts if (value := getattr(contact, part))), "")
        elif name == "sales_bracket" and start_fault(company.started_on, company.commercial_year):
            values[name] = None
        elif name == "legal_name" and company.kind != Company.Kind.NATIONAL:
            values[name] = company.name
        else:
            field = Company._meta.get_field(name)
            values[name] = getattr(company, field.attname)  # type: ignore[union-attr]
    return values


def completeness(company: Company, today: date) -> list[rules.Missing]:
    """What is missing for the form to be complete on a day (DEF-5), in the order in which it is asked. Sales of a year
    before it began its activities are none, wherever the two came from (DEF-6)."""
    required = required_fields(company.kind, today)
    missing = rules.missing_fields(required, present_values(company, required))
    early = company.sales_bracket_id is not None
    return [
        replace(one, why=EARLY_SALES, answered=True) if early and one.field == "sales_bracket" else one
        for one in missing
    ]


def _told(required: tuple[str, ...]) -> Q:
    """`completeness` as a condition in SQL, of what stands with the company itself: nothing of the list is missing."""
    condition = Q()
    for name in required:
        if name not in (*HANGING, "legal_name", *rules.CONTACT_FIELDS):
            field: Any = Company._meta.get_field(name)
            if field.null:
                condition &= Q(**{f"{name}__isnull": False})
            if isinstance(field, CharField):
                condition &= ~Q(**{name: ""})
    if "sales_bracket" in required:
        condition &= Q(started_on=None) | Q(commercial_year=None) | Q(started_on__year__lte=F("commercial_year"))
    if "legal_name" in required:
        condition &= ~Q(kind=Company.Kind.NATIONAL) | ~Q(legal_name="")
    return condition


def _listed(required: tuple[str, ...]) -> Q:
    """The same of what hangs on it: activities, products, contacts."""
    asked: list[Any] = [HANGING[name].objects.filter(company=OuterRef("pk")) for name in required if name in HANGING]
    contacts = Contact.objects.filter(company=OuterRef("pk"), ended_on=None)
    parts = [name.removeprefix("contact_") for name in required if name in rules.CONTACT_FIELDS]
    return Q(*map(Exists, [*asked, *(contacts.exclude(**{part: ""}) for part in parts)]))


Required = tuple[tuple[str, tuple[str, ...]], ...]


def required_of_each_kind(today: date) -> Required:
    """Each kind of company with its `required_fields`."""
    return tuple((kind, required_fields(kind, today)) for kind in Company.Kind.values)


def has_all_of(required: Required) -> Q:
    """Companies with nothing missing of what their kind requires. What stands with them is asked first, by itself: in
    one condition with what hangs on them, contacts would be looked up for each company of the registry."""
    told = listed = Q(pk__in=[])
    for kind, fields in required:
        told |= Q(kind=kind) & _told(fields)
        listed |= Q(kind=kind) & _listed(fields)
    return told & listed


def is_complete(today: date) -> Q:
    """Companies with nothing missing on a day, whatever their kind."""
    return has_all_of(required_of_each_kind(today))


# --- status (DEF-1 to DEF-4, DEF-7) -----------------------------------------------------------------------------


def status_of(company: Company, today: date, *, complete: bool | None = None) -> rules.Status:
    """The status of a company on a day, with the reason to show. Give `complete` when it is known already."""
    if complete is None:
        worked = company.related_on is None or company.last_worked_on is not None
        complete = worked or not completeness(company, today)
    facts = rules.Standing(
        kind=company.kind,
        registered_by_officer=company.registered_by_officer_on is not None,
        related_on=company.related_on,
        started_on=company.started_on,
        last_worked_on=company.last_worked_on,
        user_until=company.user_until,
        former_from=company.former_from,
        complete=complete,
    )
    return rules.status_on(facts, today)


def status_condition(today: date) -> dict[str, Q]:
    """What each status asks, in the order in which they are tried; the same decisions as `rules.status_on`."""
    started = ~Q(kind=Company.Kind.NATIONAL) | Q(started_on__lte=today)
    return {
        "registry": Q(related_on=None),
        "user": Q(user_until__gte=today) & started,
        "former": Q(last_worked_on__isnull=False, former_from__lte=today),
        "lapsed": Q(last_worked_on__isnull=False),
        "potential": Q(registered_by_officer_on__isnull=False) & ~is_complete(today),
    }


def with_status(companies: QuerySet[Company], today: date) -> QuerySet[Company]:
    """Companies annotated with `status_code`, so that lists filter and count by status in the database."""
    cases = [When(condition, then=Value(code)) for code, condition in status_condition(today).items()]
    return companies.annotate(status_code=Case(*cases, default=Value("registered"), output_field=CharField()))


def of_status(companies: QuerySet[Company], code: str, today: date) -> QuerySet[Company]:
    """Companies of one status; asks the database for no more than that status needs."""
    conditions = status_condition(today)
    excluded = Q()
    for name, condition in conditions.items():
        if name == code:
            return companies.filter(~excluded & condition if excluded else condition)
        excluded |= condition
    return companies.filter(~excluded) if code == "registered" else companies.none()


def count_by_region_and_status(today: date) -> dict[tuple[int | None, str], int]:
    """How many companies stand for themselves, by id of region and status; two statements, and
    one more where officers registered companies from partial data.

    From the tally, which knows nothing of days before a company related. Only of what officers registered from
    partial data is completeness looked at, company by company.
    """
    started = Q(starts_on=None) | Q(starts_on__lte=today)
    status = Case(
        When(is_related=False, then=Value("registry")),
        When(Q(user_until__gte=today) & started, then=Value("user")),
        When(has_worked=True, former_from__lte=today, then=Value("former")),
        When(has_worked=True, then=Value("lapsed")),
        default=Value("registered"),
        output_field=CharField(),
    )
    tally = CompanyTally.objects.annotate(status_code=status).values_list("region_id", "status_code")
    parts: list[Any] = [tally.annotate(total=Sum("many"))]
    # Nothing but a way to say « related » by which SQLite does not choose the index of all who are.
    related = Coalesce("related_on", "related_on")
    partial = (
        known_companies().order_by().alias(related=related)
        .filter(related__isnull=False, registered_by_officer_on__isnull=False, last_worked_on=None)
    )  # fmt: skip
    if partial.exists():
        with_code: Any = with_status(partial, today)
        parts.append(with_code.values_list("region", "status_code").annotate(total=Count("*")))
    counts: dict[tuple[int | None, str], int] = {}
    for rows in parts:
        for region, code, total in rows:
            if total:
                counts[region, code] = counts.get((region, code), 0) + total
    return counts


# --- size (DEF-6) -----------------------------------------------------------------------------------------------


def size_of(company: Company, today: date) -> rules.Size:
    """Micro, small, medium or large, and by what it is known (DEF-6)."""
    value = get_rule("DEF-6", today).value
    bracket = company.sales_bracket
    return rules.size_of(
        uf_min=bracket.uf_min if bracket else None,
        uf_max=bracket.uf_max if bracket else None,
        workers=company.workers,
        commercial_year=company.commercial_year,
        by_sales=value["uf"],
        by_workers=value["workers"],
    )


# --- finding ----------------------------------------------------------------------------------------------------


def known_companies() -> QuerySet[Company]:
    """Companies that stand for themselves: merged ones resolve to their canonical one and are not listed."""
    return Company.objects.filter(merged_into=None)


_OF_A_RUT = Statement(
    lambda: Company.objects.select_related("merged_into").filter(rut=Given("rut", CharField())).order_by("pk")[:1]
)


def find_by_rut(rut: str) -> Company | None:
    """The company of a RUT, with or without dots; the canonical one if it was merged."""
    value = normalise_rut(rut)
    if not value:
        return None
    found = _OF_A_RUT.objects(rut=value)
    return canonical_company(found[0]) if found else None


def own_company_of(rut: str, person: Person) -> Company | None:
    """The company of a RUT, where the person represents it already: nobody registers it again (INT-24)."""
    found = find_by_rut(rut)
    mine = Mandate.objects.filter(company=found, person=person, state=Mandate.State.ACTIVE)
    return found if found is not None and mine.exists() else None


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A company that may be the one being typed, why, and by which of the fields typed it was found first."""

    company: Company
    evidence: tuple[str, ...]
    raised_by: str


def likely_duplicates(
    *, name: str = "", phone: str = "", email: str = "", rut: str = "", exclude: int | None = None, limit: int = 5
) -> list[Duplicate]:
    """Companies that may be the same as what is being typed, strongest evidence first (EXP-1).

    Fires on the same RUT, e-mail or phone, on the same name but for suffix, accents, case and order of the words, and
    on a name that contains every word typed. Queries: five at most, each by an index.
    """
    evidence: dict[int, list[tuple[int, str]]] = {}

    def add(ids: Any, weight: int, sentence: str) -> None:
        for pk in ids:
            evidence.setdefault(pk, []).append((weight, sentence))

    companies = known_companies()
    if value := normalise_rut(rut):
        stays = Coalesce("merged_into", "pk")  # of one that was merged, the one that stayed
        add(Company.objects.filter(rut=value).values_list(stays, flat=True), 0, "Tiene el mismo RUT")
    contacts = Contact.objects.filter(ended_on=None, company__merged_into=None)
    if email := email.strip().lower():
        add(contacts.filter(email=email).values_list("company", flat=True)[:limit], 1, "Usa el mismo correo")
    if digits := rules.phone_digits(phone):
        add(contacts.filter(phone_digits=digits).values_list("company", flat=True)[:limit], 2, "Usa el mismo teléfono")
    if key := rules.match_key(name):
        same = Q(match_name=key) | Q(match_trade_name=key)
        for pk, *names in companies.filter(same).values_list("pk", "legal_name", "trade_name")[:limit]:
            add([pk], 3, f"Tiene {same_name_words([name], names)}")
        add(_alike(name, limit), 4, "Tiene un nombre parecido")
    evidence.pop(exclude, None)  # type: ignore[arg-type]
    order = sorted(evidence, key=lambda pk: (min(evidence[pk])[0], -len(evidence[pk]), pk))[:limit]
    found = Company.objects.select_related("region", "executive").in_bulk(order)
    return [
        Duplicate(found[pk], _sentences(evidence[pk]), _FIELD_OF_WEIGHT[min(evidence[pk])[0]])
        for pk in order
        if pk in found
    ]


_FIELD_OF_WEIGHT = ("rut", "email", "phone", "name", "name")  # what weighs most, first


def _sentences(evidence: list[tuple[int, str]]) -> tuple[str, ...]:
    weights = {weight for weight, _ in evidence}
    # The same name says more than a similar one.
    return tuple(dict.fromkeys(text for weight, text in sorted(evidence) if not (weight == 4 and 3 in weights)))


def _alike(name: str, limit: int) -> list[int]:
    core = rules.name_without_suffix(name)
    if max((len(word) for word in words_of(core)), default=0) < 4:
        return []
    scope = SearchScope(frozenset({"all", "staff"}), None, with_registry=True)
    return closest(core, scope=scope, kinds=("company",), limit=limit)


def portfolio_load(executive_id: int) -> int:
    """How many companies an executive has."""
    return known_companies().filter(executive_id=executive_id).count()


def portfolio_loads(executive_ids: Collection[int]) -> dict[int, int]:
    """How many companies each of these has, in one query; who has none is there with 0."""
    counted = known_companies().filter(executive__in=executive_ids).order_by().values_list("executive")
    return dict.fromkeys(executive_ids, 0) | dict(counted.annotate(Count("pk")))


def visible_values(company: Company, entered: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """What a person may read of the characterisation: all of it, or under a limited mandate what they typed (INT-24).

    Give `mandate.entered` for a limited mandate, None otherwise.
    """
    if entered is not None:
        return dict(entered.get("values", {}))
    return {name: getattr(company, name) for name in rules.CHARACTERIZATION_FIELDS}


def latest_consents(contact: Contact) -> dict[str, bool]:
    """What a contact agreed to, by purpose: the newest row holds (LAW-4), also of rows that a merge found for the same
    human."""
    rows = consents_of(contact).order_by("recorded_at", "id").values_list("purpose", "given")
    return dict(rows)


def consents_of(contact: Contact) -> QuerySet[Consent]:
    """Everything that a human agreed to, whichever of their rows it was written on."""
    return Consent.objects.filter(Q(contact=contact) | Q(contact__same_as=contact))


def canonical_company(company: Company) -> Company:
    """The company into which this one was merged, or itself."""
    seen = {company.pk}
    while company.merged_into is not None and company.merged_into_id not in seen:
        company = company.merged_into
        seen.add(company.pk)
    return company


# --- requests for access (INT-24) -----------------------------------------------------------------------------------

TermsOf = Callable[[Iterable[int]], Mapping[int, Any]]
_terms_of: dict[str, TermsOf] = {}


def register_terms_of_mandates(room: str, terms: TermsOf) -> None:
    """A room above says by when requests for access are decided, by their ids: each with `due_at`, `explanation`,
    `office` and `debtor` (INT-24)."""
    _terms_of[room] = terms


def terms_of_mandates(ids: Iterable[int]) -> dict[int, Any]:
    """By when each of these requests is decided, by whom; nothing for one that is not owed by a date."""
    asked = list(ids)
    return {pk: term for terms in _terms_of.values() for pk, term in terms(asked).items()}
