"""The entrance and the way out."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView
from allauth.socialaccount.adapter import get_adapter
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from acompana.kernel.row_ids import row_id
from acompana.people.access import ActorRequest, deny_unless, public
from acompana.people.entering import ENTERED_WITH, begin_session, home_of, safe_next
from acompana.people.interrupted import is_kept
from acompana.people.models import Person
from acompana.people.views.claveunica import is_offered, provider_of
from acompana.shell.languages import in_english


class Entrance(LoginView):
    """One page for everybody: ClaveÚnica, institutional sign-on, e-mail and password; in a demonstration, the cast."""

    template_name = "people/entrance.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        kept = is_kept(self.request)
        wanted = safe_next(self.request) or (reverse("people:resume") if kept else "")
        return context | {
            "next": wanted,
            "kept": kept,
            "claveunica": is_offered(),
            "institutions": [
                {"name": provider.name, "address": provider.get_login_url(self.request, next=wanted)}
                for provider in get_adapter().list_providers(self.request)
            ],
            "cast": cast() if settings.DEMO else [],
        }


entrance = public(in_english(Entrance.as_view()))


def cast() -> list[tuple[str, list[Person]]]:
    """The named people of the demonstration: of the agency, and of the companies."""
    people = (
        Person.objects.exclude(demonstration_role="")
        .filter(is_active=True)
        .select_related("staff_member__office")
        .order_by("id")
    )
    agency = [person for person in people if hasattr(person, "staff_member")]
    outside = [person for person in people if not hasattr(person, "staff_member")]
    return [
        (title, group)
        for title, group in ((gettext("De la agencia"), agency), (gettext("De fuera"), outside))
        if group
    ]


@public
@never_cache
@require_POST
def enter_as(request: ActorRequest) -> HttpResponse:
    """Enter as one of the demonstration's people, without a password. There is no such address elsewhere."""
    deny_unless(settings.DEMO, known=False)
    chosen = request.POST.get("person", "")
    people = Person.objects.exclude(demonstration_role="").filter(is_active=True)
    person = get_object_or_404(people, pk=row_id(chosen))
    begin_session(request, person, entered_with="demonstration")
    return HttpResponseRedirect(safe_next(request) or home_of(person))


@public
@in_english
@never_cache
@require_http_methods(["GET", "POST"])
def leave(request: ActorRequest) -> HttpResponse:
    """Close the session; who entered with ClaveÚnica goes on to the page that closes that one too (IDN-1)."""
    if request.method == "GET":
        return render(request, "people/leave.html")
    with_claveunica = request.session.get(ENTERED_WITH) == "claveunica"
    logout(request)
    return redirect("people:claveunica-left" if with_claveunica else settings.LOGOUT_REDIRECT_URL)


@public
@in_english
@require_GET
def left_claveunica(request: ActorRequest) -> HttpResponse:
    """The transit page: ClaveÚnica's own session is still open, and its way out never sends anybody back (IDN-1)."""
    deny_unless(is_offered(), known=False)
    return render(request, "people/claveunica_left.html", {"address": provider_of(request).logout})
