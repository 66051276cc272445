"""Staff who enter with a password have a second factor, outside a demonstration (IDN-2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from acompana.people.access import PUBLIC, ActorRequest, access_of

SECURED = "second_factor"


class SecondFactorMiddleware:
    """Takes staff who have none to the page where they set it up; until then they reach nothing else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: ActorRequest, view: Callable[..., Any], args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        if not settings.SECOND_FACTOR_REQUIRED or access_of(view, request.resolver_match) == PUBLIC:
            return None
        if not _lacks_it(request) or not request.actor.is_staff or _leads_to_it(request):
            return None
        query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
        return HttpResponseRedirect(f"{reverse('mfa_index')}?{query}")


def _lacks_it(request: ActorRequest) -> bool:
    """Whether the session was opened with a password alone, and its person has no second factor yet."""
    methods = {record.get("method") for record in get_authentication_records(request, request.actor.person)}
    if "password" not in methods or "mfa" in methods or request.session.get(SECURED):
        return False
    has_one = (
        Authenticator.objects.filter(user_id=request.user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
    )
    if has_one:
        request.session[SECURED] = True
    return not has_one


def _leads_to_it(request: ActorRequest) -> bool:
    name = request.resolver_match.view_name if request.resolver_match else ""
    return name.startswith("mfa_") or name in ("account_reauthenticate", "people:account")
