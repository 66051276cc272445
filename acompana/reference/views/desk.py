"""The reference data, to be read by all staff; an administrator takes rows out of use and brings them back.

Who may come in is declared in `people.access`, a floor above.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from acompana.kernel.alphabet import Alphabetical
from acompana.kernel.refusals import Refused
from acompana.reference.administration import sections
from acompana.reference.models import (
    Activity,
    Commune,
    CommuneAlias,
    Country,
    Incoterm,
    Region,
    SalesBracket,
    Sector,
    TariffHeading,
    TariffSection,
)
from acompana.reference.operations import bring_back, retire
from acompana.reference.queries import find_activities, find_headings
from acompana.reference.rules import normalise_words

PAGE = 50
TABLES: dict[str, type[models.Model]] = {
    "comunas": Commune,
    "paises": Country,
    "actividades": Activity,
    "arancel": TariffHeading,
    "tramos": SalesBracket,
    "incoterms": Incoterm,
    "sectores": Sector,
}
PARTS = (
    ("Regiones y comunas", "reference:places"),
    ("Actividades económicas", "reference:activities"),
    ("Arancel", "reference:tariff"),
    ("Sectores", "reference:sectors"),
    ("Otras tablas", "reference:lists"),
)


def show(request: HttpRequest, template: str, current: str, *, status: int = 200, **context: Any) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    context |= {
        "sections": sections("reference:places", actor),
        "parts": [{"label": label, "href": reverse(name), "current": name == current} for label, name in PARTS],
        "may_administer": actor.has_role("administrator"),
    }
    return render(request, f"reference/desk/{template}.html", context, status=status)


@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """Regions from north to south; of the one asked for, its communes."""
    regions = list(Region.objects.annotate(commune_count=Count("communes")))
    code = request.GET.get("region", "")
    region = next((region for region in regions if region.code == code), None)
    communes: list[Commune] = []
    if region is not None:
        spellings = Prefetch("aliases", queryset=CommuneAlias.objects.order_by("spelling"))
        communes = sorted(
            region.communes.prefetch_related(spellings),
            key=lambda c: (normalise_words(c.province), normalise_words(c.name)),
        )
        for commune in communes:
            own = normalise_words(commune.name)
            commune.others = [a.spelling for a in commune.aliases.all() if a.spelling != own]  # type: ignore[attr-defined]
    return show(request, "places", "reference:places", regions=regions, region=region, communes=communes)


@require_safe
def activities(request: HttpRequest) -> HttpResponse:
    """Economic activities of the tax service, by code or words."""
    text = request.GET.get("q", "").strip()[:100]
    found = narrowed_by_line(find_activities(text, with_retired=True), request.GET.get("giro", ""))
    lines = Activity.objects.order_by("section").values_list("line_of_business", flat=True).distinct()
    return show(
        request,
        "activities",
        "reference:activities",
        text=text,
        line=request.GET.get("giro", ""),
        lines=list(dict.fromkeys(lines)),
        page=Paginator(found, PAGE).get_page(request.GET.get("page")),
    )


def narrowed_by_line(found: QuerySet[Activity], line: str) -> QuerySet[Activity]:
    return found.filter(line_of_business=line) if line else found


@require_safe
def tariff(request: HttpRequest) -> HttpResponse:
    """The Harmonized System: chapters, what is under a heading, or a search by digits or words."""
    text = request.GET.get("q", "").strip()[:100]
    code = request.GET.get("codigo", "")
    heading = TariffHeading.objects.select_related("parent__parent").filter(code=code).first() if code else None
    if text:
        found = find_headings(text, with_retired=True).annotate(below=Count("children"))
    elif heading is not None:
        found = heading.children.annotate(below=Count("children"))
    else:
        found = TariffHeading.objects.filter(level=2).annotate(below=Count("children"))
    return show(
        request,
        "tariff",
        "reference:tariff",
        text=text,
        heading=heading,
        path=path_to(heading),
        section_names=dict(TariffSection.objects.values_list("code", "name")),
        page=Paginator(found.order_by("code"), PAGE * 2).get_page(request.GET.get("page")),
    )


def path_to(heading: TariffHeading | None) -> list[TariffHeading]:
    """From its chapter down to the heading itself."""
    path: list[TariffHeading] = []
    while heading is not None:
        path.insert(0, heading)
        heading = heading.parent
    return path


@require_safe
def sector_list(request: HttpRequest) -> HttpResponse:
    return show(
        request, "sectors", "reference:sectors", rows=Sector.objects.order_by("-strategic", Alphabetical("name"))
    )


@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """Countries, sales brackets and Incoterms."""
    text = request.GET.get("q", "").strip()[:60]
    countries = Country.objects.all()
    if text:
        countries = countries.filter(Q(name__icontains=text) | Q(name_en__icontains=text) | Q(alpha2__iexact=text))
    return show(
        request,
        "lists",
        "reference:lists",
        text=text,
        brackets=SalesBracket.objects.all(),
        incoterms=Incoterm.objects.all(),
        page=Paginator(countries, PAGE).get_page(request.GET.get("page")),
    )


@require_POST
def toggle(request: HttpRequest, table: str, pk: int) -> HttpResponse:
    """Take a row out of use, or bring it back; return to the list that the person was reading."""
    model = TABLES.get(table)
    if model is None:
        raise Http404
    row = get_object_or_404(model, pk=pk)
    verb = bring_back if request.POST.get("do") == "bring-back" else retire
    try:
        verb(row=row, actor=request.actor, now=request.now)  # type: ignore[attr-defined]
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, f"«{row}» queda {'en uso' if verb is bring_back else 'fuera de uso'}.")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = reverse("reference:places")
    return HttpResponseRedirect(back)
