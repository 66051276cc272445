"""Whoever opens a page of a company that was merged comes to the same page of the one that stayed."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from acompana.companies.models import Company
from acompana.companies.queries import canonical_company


class MergedAway(Exception):
    """The company of the address is part of another now."""

    def __init__(self, company: Company) -> None:
        super().__init__(company.pk)
        self.company, self.canonical = company, canonical_company(company)


def refuse_merged(company: Company) -> Company:
    """The company, if it stands for itself; a view that asks so needs to know nothing of merges."""
    if company.merged_into_id is not None:
        raise MergedAway(company)
    return company


class MergedMiddleware:
    """Turns `MergedAway` into a redirect: the same page of the other company; after a form, its record, with a word
    that nothing was written."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, MergedAway):
            return None
        match = request.resolver_match
        assert match is not None
        names = [name for name in ("company_id", "pk") if match.kwargs.get(name) == exception.company.pk]
        kwargs = {**match.kwargs, **{name: exception.canonical.pk for name in names[:1]}}
        if request.method in ("GET", "HEAD") and names:
            query = request.META.get("QUERY_STRING", "")
            address = reverse(match.view_name, kwargs=kwargs)
            return HttpResponseRedirect(f"{address}?{query}" if query else address)
        messages.warning(
            request,
            f"{exception.company} se fusionó con {exception.canonical}. No se guardó lo que enviaste: "
            "hazlo de nuevo en esta ficha.",
        )
        if names and "/escritorio/" not in request.path:
            return HttpResponseRedirect(reverse("portal:company", args=[exception.canonical.pk]))
        return HttpResponseRedirect(exception.canonical.get_absolute_url())
