"""The processes as tables and pictures: what everybody of the agency may look up (CHA-3)."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from acompana.kernel.bpmn import to_bpmn
from acompana.kernel.lifecycle import Lifecycle, all_lifecycles, get_lifecycle, versions_of
from acompana.kernel.row_ids import row_id
from acompana.matters.queries import open_counts, open_counts_by_kind
from acompana.people.access import ActorRequest, staff
from acompana.progress import pages


@staff
@require_safe
def lifecycle_list(request: ActorRequest) -> HttpResponse:
    """Every process, with how many matters are open."""
    counts = open_counts_by_kind()
    rows = []
    for table in all_lifecycles():
        many, resting = counts.get(table.kind, (0, 0))
        href = pages.matters_address(table.kind)
        rows.append({"lifecycle": table, "open": many, "resting": resting, "href": href})
    return render(request, "progress/lifecycles.html", {"rows": rows})


@staff
@require_safe
def lifecycle_page(request: ActorRequest, kind: str) -> HttpResponse:
    """A version of a process, the newest unless another is asked: its picture, and the table of which it is drawn."""
    lifecycle = lifecycle_or_404(kind, request.GET.get("version"))
    of_versions = open_counts(kind)
    counts = of_versions.get(lifecycle.version, {})
    versions = [
        {"number": table.version, "open": sum(of_versions.get(table.version, {}).values())}
        for table in versions_of(kind)
    ]
    context = {
        "lifecycle": lifecycle,
        "picture": pages.picture(lifecycle, counts),
        "states": pages.state_rows(lifecycle, counts),
        "transitions": pages.transition_rows(lifecycle),
        "open_total": sum(counts.values()),
        "all_href": pages.matters_address(kind, version=lifecycle.version),
        "off_the_road": pages.off_the_road(lifecycle, counts),
        "newest": versions[0]["number"],
        "older": versions[1:],
        "older_open": sum(version["open"] for version in versions[1:]),
    }
    return render(request, "progress/lifecycle.html", context)


@staff
@require_safe
def lifecycle_bpmn(request: ActorRequest, kind: str) -> HttpResponse:
    """The process as a BPMN 2.0 file to download, named as people name it, in letters that any system takes."""
    lifecycle = lifecycle_or_404(kind, request.GET.get("version"))
    response = HttpResponse(to_bpmn(lifecycle, pages.who_names()), content_type="application/xml; charset=utf-8")
    name = f"{slugify(lifecycle.title)}-version-{lifecycle.version}.bpmn"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def lifecycle_or_404(kind: str, version: str | None = None) -> Lifecycle:
    """The table of a kind, in the version that an address names; the newest where it names none."""
    try:
        return get_lifecycle(kind, None if version is None else row_id(version) or 0)
    except LookupError as error:
        raise Http404(f"No hay un proceso «{kind}».") from error
