"""The directory of offices, for anybody."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby

from babel import Locale
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from acompana.kernel.alphabet import alphabetical
from acompana.kernel.phones import dialled, shown_phone
from acompana.people.access import ActorRequest, public
from acompana.people.models import Office
from acompana.people.queries import OfficeEntry, closed_days, office_by_code, offices_directory, offices_in_service
from acompana.people.rules import clock
from acompana.reference.models import Country
from acompana.shell.languages import in_english, spoken

HALF_A_YEAR = timedelta(days=182)
MOST_DAYS = 10


def regional_of(entries: list[OfficeEntry]) -> list[OfficeEntry]:
    return [entry for entry in entries if entry.office.kind == Office.Kind.REGIONAL]


@public
@in_english
@require_safe
def directory(request: ActorRequest) -> HttpResponse:
    """Every office: the regions on the map and in a list, the central office, those abroad."""
    entries = offices_directory(request.now)
    regional = regional_of(entries)
    central = [entry for entry in entries if entry.office.kind == Office.Kind.CENTRAL]
    abroad = [entry for entry in entries if entry.office.kind == Office.Kind.COMMERCIAL]
    abroad.sort(key=lambda entry: alphabetical(country_name(entry.office.country)))  # of the page's language
    groups = [{"name": zone, "entries": list(rows)} for zone, rows in groupby(regional, lambda e: e.region.macro_zone)]
    context = {
        "regional": regional,
        "groups": [*groups, {"name": gettext("Nivel central"), "entries": central}],
        "abroad": [
            {"name": country_name(country), "entries": list(rows)}
            for country, rows in groupby(abroad, lambda e: e.office.country)
        ],
    }
    return render(request, "people/directory.html", context)


@public
@in_english
@require_safe
def office(request: ActorRequest, code: str) -> HttpResponse:
    """One office: how to reach it, when it attends, what days it does not."""
    found = office_by_code(code)
    if found is None:
        raise Http404
    regional = found.kind == Office.Kind.REGIONAL
    shown = offices_in_service().filter(kind=Office.Kind.REGIONAL) if regional else [found]
    entries = offices_directory(request.now, shown)
    entry = next(entry for entry in entries if entry.office.pk == found.pk)
    today = request.now.astimezone(entry.calendar.zone).date()
    opens = entry.calendar.next_open(request.now)
    context = {
        "entry": entry,
        "regional": entries if regional else [],
        "reach": reach_of(found),
        "opens_next": opens.date(),
        "opens_at": clock(opens.time()),
        "closed_days": closed_days(entry.calendar, today, today + HALF_A_YEAR, spoken())[:MOST_DAYS],
        "crumbs": [{"label": gettext("Oficinas"), "href": reverse("offices:directory")}, {"label": entry.title}],
    }
    return render(request, "people/office.html", context)


def country_name(country: Country) -> str:
    """The country's name in the language of the page."""
    if spoken() == "es":
        return country.name
    return Locale("en").territories.get(country.alpha2, country.name_en)


def reach_of(office: Office) -> list[dict[str, str]]:
    """How an office is reached, as rows of a summary list."""
    rows = [
        {"label": gettext("Correo"), "value": office.mailbox, "missing": gettext("Todavía sin correo publicado")},
        {
            "label": gettext("Teléfono"),
            "value": shown_phone(office.phone),
            "missing": gettext("Todavía sin teléfono publicado"),
        },
        {
            "label": gettext("En persona"),
            "value": f"{office.address}, {office.spoken_city}" if office.address else "",
            "missing": gettext("En %(city)s. La dirección todavía no está publicada: pregúntala por correo")
            % {"city": office.spoken_city},
        },
    ]
    if office.mailbox:
        rows[0] |= {"href": f"mailto:{office.mailbox}", "action": gettext("Escribir")}
    if office.phone:
        rows[1] |= {"href": f"tel:{dialled(office.phone)}", "action": gettext("Llamar")}
    return rows
