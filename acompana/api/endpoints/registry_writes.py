"""Registering and changing companies and contacts, and looking for duplicates first (INT-1, INT-8, INT-24, EXP-1)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone, translation
from ninja import Path, Query

from acompana.api import schemas
from acompana.api.contract import Answer, endpoint
from acompana.api.door import ApiRequest
from acompana.api.endpoints.companies import full_company, router
from acompana.api.permissions import is_system, may_read_company, reads_as_staff
from acompana.api.problems import Problem, Said, about, wrong
from acompana.api.queries.codes import SOURCES, row_of
from acompana.api.queries.companies import contact_rows, contacts_of, readable_contacts
from acompana.api.queries.exports import LINES, exports_given
from acompana.api.queries.found import company_or_problem, company_to_change, version_to_change
from acompana.companies.models import Company, Contact
from acompana.companies.operations import (
    add_contact,
    end_contact,
    register_potential_account,
    update_characterization,
    update_contact,
)
from acompana.companies.permissions import may_add_contact, may_change_contact, may_end_contact
from acompana.companies.queries import find_by_rut, likely_duplicates, own_company_of
from acompana.intake.operations import register_own_company
from acompana.kernel.refusals import Refused
from acompana.kernel.rut import check_rut
from acompana.people.actors import Actor
from acompana.portal.forms.characterization import CONTACT_CHANNELS
from acompana.portal.steps import not_left_empty
from acompana.shell.widgets import has_number

CHANNEL = "api"
TAKEN = Said(
    "Ese RUT ya está registrado: pide acceso en el portal.",
    "That RUT is registered already: ask for access in the portal.",
)
ALREADY_THEIRS = Said(
    "Ya la tienes, y no se cambió nada: sus datos se cambian en «company_id».",
    "You have it already, and nothing was changed: its data are changed at “company_id”.",
)
NOTHING_TO_LOOK_FOR = Said(
    "Di un RUT, un correo, un teléfono o un nombre.", "Say a RUT, an e-mail, a telephone or a name."
)
OF_ITS_ACCOUNT = Said(
    "Quien registra su empresa es su contacto, con los datos de su cuenta: no lo mandes.",
    "Who registers their company is its contact, with the data of their account: leave it out.",
)
OF_ITS_MAIN_CONTACT = Said(
    "Quien representa a la empresa cambia los datos de su contacto principal, y lo agrega si no hay ninguno. De los "
    "demás se ocupa la agencia.",
    "Who represents the company changes the data of its main contact, and adds it if there is none. The agency keeps "
    "the others.",
)
NEEDED = Said("Hace falta: cámbialo, pero no lo dejes en blanco.", "It is needed: change it; it is not left empty.")
MISSING = Said("Falta.", "It is missing.")
NULLABLE = ("started_on", "region", "commune", "sector", "sales_bracket", "workers", "commercial_year",
            "exported_recently", "sells_online")  # fmt: skip
REACHED_BY: dict[str, Callable[[str], None]] = {"email": validate_email, "phone": has_number}
HELD_TO: dict[str, Callable[[str], object]] = {**REACHED_BY, "rut": check_rut}


@endpoint(
    router, "GET", "/companies/duplicates", scope="companies:read", answer=schemas.DuplicatesOut,
    summary="Empresas que pueden ser la misma, antes de registrar", refuses=("not-allowed",),
)  # fmt: skip
def find_duplicates(request: ApiRequest, filters: Query[schemas.DuplicateAsked]) -> Any:
    """Por RUT, correo, teléfono o nombre sin sufijo ni tildes, con lo que las delata. Un RUT, un correo o un teléfono
    que no puede ser se rechaza: que no tenga ninguna igual no dice nada. Solo para la agencia."""
    if not reads_as_staff(request.actor):
        raise Problem("not-allowed")
    if not (filters.name or filters.rut or filters.email or filters.phone):
        raise wrong("query", NOTHING_TO_LOOK_FOR)
    found = likely_duplicates(
        name=filters.name,
        phone=_checked("phone", filters.phone, at="query."),
        email=_checked("email", filters.email, at="query."),
        rut=_checked("rut", filters.rut, at="query."),
    )
    return {
        "items": [
            {"company_id": d.company.pk, "name": d.company.name, "rut": d.company.rut, "evidence": list(d.evidence)}
            for d in found
        ]
    }


@endpoint(
    router, "POST", "/companies", scope="companies:write", status=201, answer=schemas.CompanyOut,
    summary="Registrar una empresa", refuses=("refused", "not-allowed"), headers=("ETag", "Location"),
    body_example={"rut": "40.000.123-5", "legal_name": "Conservas del Sur SpA", "region": "CL-BI",
                  "contact": {"name": "Ana Rojas", "email": "ana@empresa.example"}},
)  # fmt: skip
def create_company(request: ApiRequest, data: schemas.CompanyIn) -> Any:
    """La agencia registra con los datos que tenga (un nombre, y con quién o el RUT). Una persona registra la suya,
    con RUT y razón social: queda con su mandato, como contacto con los datos de su cuenta, y su ingreso empieza.
    Un RUT con que la agencia ya trabaja se rechaza, y `company_id` le dice a ella de quién es; de uno del registro
    público queda su razón social. Una comuna dice su región."""
    actor, now = request.actor, request.now
    given = data.dict(exclude_unset=True, exclude={"rut", "kind", "met_at", "contact"})
    exports = exports_given(given, None, timezone.localdate(now))
    values = _values(given)
    _place(values, data.kind)
    register = _register_card if reads_as_staff(actor) else _register_own
    company = Company.objects.get(pk=register(request, data, values).pk)
    if values:
        update_characterization(
            company=company,
            version=company.version,
            values=values,
            exports=exports,
            actor=actor,
            now=now,
            channel=CHANNEL,
        )
    answer = full_company(request, company.pk)
    answer.status, answer.headers = 201, {**answer.headers, "Location": f"/api/v1/companies/{company.pk}"}
    return answer


def _register_card(request: ApiRequest, data: schemas.CompanyIn, values: dict[str, Any]) -> Company:
    """As the desk does; of a RUT with which the agency has a relation, which company it is (INT-24)."""
    contact = data.contact
    known = find_by_rut(data.rut)  # before: nothing is asked of the database once it refused
    try:
        return register_potential_account(
            actor=request.actor,
            now=request.now,
            channel=CHANNEL,
            name=values.pop("trade_name", ""),
            legal_name=values.pop("legal_name", ""),
            rut=data.rut,
            contact_name=contact.name if contact else "",
            position=(contact.position or "") if contact else "",
            email=_checked("email", contact.email, at="body.contact.") if contact else "",
            phone=_checked("phone", contact.phone, at="body.contact.") if contact else "",
            met_at=data.met_at,
            region=values.get("region"),
            country=values.get("country"),
            kind=data.kind,
        )
    except Refused as refusal:
        if refusal.rule != "INT-24" or known is None or not may_read_company(request.actor, known):
            raise
        raise Problem("refused", refusal.reason, company_id=known.pk, **about(refusal)) from refusal


def _place(values: dict[str, Any], kind: str) -> None:
    """A commune says its region from the start: the office, and what waits there, go by the region."""
    if values.get("commune") and not values.get("region") and kind != Company.Kind.FOREIGN:
        values["region"] = values["commune"].region


def _register_own(request: ApiRequest, data: schemas.CompanyIn, values: dict[str, Any]) -> Company:
    """As the portal does; but who asks for a RUT that is known does it there, where they see what became of it: here
    nothing of it stays (INT-24)."""
    assert request.actor.person is not None
    if data.contact is not None:
        raise wrong("body.contact", OF_ITS_ACCOUNT)
    if own := own_company_of(data.rut, request.actor.person):
        raise Problem("refused", ALREADY_THEIRS, company_id=own.pk)
    mandate = register_own_company(
        rut=data.rut,
        legal_name=values.pop("legal_name", ""),
        trade_name=values.pop("trade_name", ""),
        region=values.get("region"),
        kind=data.kind,
        person=request.actor.person,
        actor=request.actor,
        now=request.now,
        channel=CHANNEL,
    )
    if mandate.state != mandate.State.ACTIVE:
        raise Problem("not-allowed", TAKEN, rule="INT-24")
    return mandate.company


@endpoint(
    router, "PATCH", "/companies/{int:company_id}", scope="companies:write", answer=schemas.CompanyOut,
    summary="Cambiar los datos de una empresa", headers=("ETag",),
    refuses=("not-found", "not-allowed", "merged", "stale", "precondition", "needs-version", "refused"),
    body_example={"version": 1, "workers": 12},
)  # fmt: skip
def update_company(request: ApiRequest, company_id: Path[schemas.Id], data: schemas.CompanyChange) -> Any:
    """Lo que no se dice queda como está, y lo que ya es así no se escribe de nuevo. Una comuna dice su región; una
    región sola tiene que ser la de la comuna anotada. Hay que decir qué versión se cambia: `If-Match` (412 si ya no es
    esa) o `version` (409). Quien representa a la empresa cambia lo mismo que en el portal."""
    company = company_to_change(request, company_id)
    with version_to_change(request, company, data.version) as version:
        given = data.dict(exclude_unset=True, exclude={"version"})
        exports = exports_given(given, company, timezone.localdate(request.now))
        values = _values(given)
        _check_filled(request, company, [name for name, value in values.items() if value in (None, "")])
        update_characterization(
            company=company,
            version=version,
            values=values,
            exports=exports,
            actor=request.actor,
            now=request.now,
            channel=CHANNEL,
        )
    return full_company(request, company_id)


def _check_filled(request: ApiRequest, company: Company, emptied: Collection[str], prefix: str = "") -> None:
    """Its own people leave empty what the portal lets them, and no more; the agency has the data that it has."""
    if reads_as_staff(request.actor):
        return
    kept = not_left_empty([prefix + name for name in emptied], company=company, now=request.now)
    if kept:
        errors = [{"where": f"body.{name.removeprefix(prefix)}", "message": NEEDED} for name in sorted(kept)]
        raise Problem("invalid", errors=errors, rule="DEF-5")


def _values(given: dict[str, Any]) -> dict[str, Any]:
    """Rows for codes; an empty text for null where the column has no null."""
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name == LINES:
            continue  # rows of their own (`exports_given`)
        if name in SOURCES:
            if name == "country" and value in (None, ""):
                raise wrong("body.country", MISSING)
            values[name] = row_of(name, value)
        else:
            values[name] = "" if value is None and name not in NULLABLE else value
    return values


# --- contacts -----------------------------------------------------------------------------------------------------


@endpoint(
    router, "GET", "/companies/{int:company_id}/contacts", scope="companies:read", answer=schemas.ContactsOut,
    summary="Los contactos de una empresa", refuses=("not-found", "moved"),
)  # fmt: skip
def list_contacts(request: ApiRequest, company_id: Path[schemas.Id]) -> Any:
    """Quienes siguen en la empresa; el principal primero."""
    company = company_or_problem(request, company_id)
    return {"items": contacts_of(company.pk)}


@endpoint(
    router, "POST", "/companies/{int:company_id}/contacts", scope="companies:write", status=201,
    answer=schemas.ContactOut, summary="Agregar un contacto",
    refuses=("not-found", "not-allowed", "merged", "refused"), headers=("Location",),
    body_example={"name": "Ana Rojas", "email": "ana@empresa.example", "is_main": True},
)  # fmt: skip
def create_contact(request: ApiRequest, company_id: Path[schemas.Id], data: schemas.ContactIn) -> Any:
    """El primero de una empresa es el principal. Quien la representa agrega solo ese."""
    company = company_to_change(request, company_id)
    _check_as_in_portal(request, may_add_contact(request.actor, company))
    values = _contact_values(data)
    _check_channel(request, values)
    contact = add_contact(company=company, **values, actor=request.actor, now=request.now, channel=CHANNEL)
    row = contact_rows(Contact.objects.filter(pk=contact.pk))[0]
    return Answer(row, 201, {"Location": f"/api/v1/contacts/{contact.pk}"})


@endpoint(
    router, "GET", "/contacts/{int:contact_id}", scope="companies:read", answer=schemas.ContactOut,
    summary="Un contacto", refuses=("not-found",),
)  # fmt: skip
def get_contact(request: ApiRequest, contact_id: Path[schemas.Id]) -> Any:
    """La agencia lee también a quien dejó la empresa, con `ended_on`. Si su empresa se fusionó, `company_id` es la que
    quedó."""
    rows = contact_rows(readable_contacts(request.actor).filter(pk=contact_id))
    if not rows:
        raise Problem("not-found")
    return rows[0]


@endpoint(
    router, "PATCH", "/contacts/{int:contact_id}", scope="companies:write", answer=schemas.ContactOut,
    summary="Cambiar un contacto", refuses=("not-found", "not-allowed", "left", "refused"),
    body_example={"phone": "+56 9 5555 1234"},
)  # fmt: skip
def change_contact(request: ApiRequest, contact_id: Path[schemas.Id], data: schemas.ContactValues) -> Any:
    """Lo que no se dice queda como está. Un correo nuevo hay que verificarlo otra vez. Quien representa a la empresa
    cambia el contacto principal."""
    contact = _contact_to_change(request, contact_id)
    values = _contact_values(data)
    _check_channel(request, values)
    _check_filled(request, contact.company, [name for name, value in values.items() if value == ""], "contact_")
    update_contact(contact=contact, values=values, actor=request.actor, now=request.now, channel=CHANNEL)
    return contact_rows(Contact.objects.filter(pk=contact.pk))[0]


@endpoint(
    router, "DELETE", "/contacts/{int:contact_id}", scope="companies:write", answer=schemas.ContactOut,
    summary="Un contacto dejó la empresa", refuses=("not-found", "not-allowed", "left"),
)  # fmt: skip
def remove_contact(request: ApiRequest, contact_id: Path[schemas.Id]) -> Any:
    """Queda en la historia, con la fecha en que dejó la empresa, y no se le escribe más. Si era el principal, lo es
    el que sigue en la lista. Lo anota la agencia."""
    contact = _contact_to_change(request, contact_id, may_end_contact)
    end_contact(contact=contact, actor=request.actor, now=request.now, channel=CHANNEL)
    return contact_rows(Contact.objects.filter(pk=contact.pk))[0]


def _contact_to_change(
    request: ApiRequest, contact_id: int, may: Callable[[Actor, Contact], bool] = may_change_contact
) -> Contact:
    """Problem: left, for who may read that they did."""
    contact = Contact.objects.select_related("company").filter(pk=contact_id).first()
    if contact is None or (contact.ended_on is not None and not reads_as_staff(request.actor)):
        raise Problem("not-found")
    company_to_change(request, contact.company_id)
    if contact.ended_on is not None:
        raise Problem("left")
    _check_as_in_portal(request, may(request.actor, contact))
    return contact


def _check_channel(request: ApiRequest, values: dict[str, Any]) -> None:
    """Its own people choose among the ways in which the portal offers to reach them."""
    chosen = values.get("preferred_channel", "")
    if chosen and not reads_as_staff(request.actor) and chosen not in dict(CONTACT_CHANNELS):
        raise wrong(
            "body.preferred_channel", Said("El portal no ofrece ese canal.", "The portal offers no such channel.")
        )


def _check_as_in_portal(request: ApiRequest, allowed: bool) -> None:
    """What no screen of the portal lets a company's own people do, their programs do not either (POR-9)."""
    if not (allowed or is_system(request.actor)):
        raise Problem("not-allowed", OF_ITS_MAIN_CONTACT, rule="POR-9")


def _contact_values(data: schemas.ContactValues) -> dict[str, Any]:
    values = {name: value for name, value in data.dict(exclude_unset=True).items() if value is not None}
    return values | {name: _checked(name, values[name]) for name in REACHED_BY if name in values}


def _checked(name: str, value: str | None, at: str = "body.") -> str:
    """An address, a telephone or a RUT, held to the rule of the forms, in the same words."""
    if not value:
        return ""
    if fault := _fault(name, value, settings.LANGUAGE_CODE):
        raise wrong(f"{at}{name}", Said(fault, _fault(name, value, "en")))
    return value


def _fault(name: str, value: str, language: str) -> str:
    with translation.override(language):
        try:
            HELD_TO[name](value)
        except ValidationError as error:
            return " ".join(error.messages)
    return ""
