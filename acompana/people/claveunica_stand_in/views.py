"""The four addresses of the stand-in. What it hands out is signed and carries its content: nothing is stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

import jwt
from django import forms
from django.conf import settings
from django.core import signing
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from acompana.kernel.rut import RutFormField, check_rut
from acompana.people.access import ActorRequest, deny_unless, public
from acompana.people.models import Person

CODE_LIFE = timedelta(minutes=1)
TOKEN_LIFE = timedelta(minutes=10)
INVENTED = range(40_000_000, 45_000_000)  # IDN-3: numbers that nobody has
# People without a past here, to walk the road from its beginning.
STRANGERS = (
    ("421837465", "Camila Andrea", "Vergara Ortiz"),
    ("435510280", "Hernán", "Quilodrán Paz"),
    ("440032176", "Isidora", "Llanos Peralta"),
)


class OtherPersonForm(forms.Form):
    """Somebody made up on the spot."""

    rut = RutFormField(label="RUN", help_text="Inventado: entre 40.000.000 y 44.999.999, con su dígito verificador.")
    given_names = forms.CharField(label="Nombres", max_length=80)
    family_names = forms.CharField(label="Apellidos", max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, sentence in (
            ("rut", "Escribe un RUN inventado."),
            ("given_names", "Escribe los nombres."),
            ("family_names", "Escribe los apellidos."),
        ):
            self.fields[name].error_messages["required"] = sentence

    def clean_rut(self) -> str:
        rut = self.cleaned_data["rut"]
        if int(rut[:-1]) not in INVENTED:
            raise forms.ValidationError("Usa un RUN entre 40.000.000 y 44.999.999: los demás pueden ser de alguien.")
        return rut


def only_in_demonstration(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def guarded(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        deny_unless(settings.DEMO, known=False)
        return view(request, *args, **kwargs)

    return guarded


@public
@only_in_demonstration
@require_http_methods(["GET", "POST"])
def authorize(request: ActorRequest) -> HttpResponse:
    """Choose who to be; go back with a code, or without one."""
    asked = request.GET
    back = asked.get("redirect_uri", "")
    ours = request.build_absolute_uri(reverse("people:claveunica-callback"))
    if asked.get("client_id") != settings.STAND_IN["client_id"] or back != ours:
        return HttpResponseBadRequest(
            "client_id o redirect_uri desconocido.", content_type="text/plain; charset=utf-8"
        )
    if asked.get("response_type") != "code" or "openid" not in asked.get("scope", "").split():
        return _back(back, error="invalid_request", state=asked.get("state", ""))
    form = OtherPersonForm(request.POST if "other" in request.POST else None)
    if request.method == "POST":
        if "decline" in request.POST:
            return _back(back, error="access_denied", state=asked.get("state", ""))
        if chosen := _chosen(request, form):
            grant = {
                "person": chosen,
                "nonce": asked.get("nonce", ""),
                "back": back,
                "until": (request.now + CODE_LIFE).timestamp(),
            }
            return _back(back, code=signing.dumps(grant, salt="stand-in.code"), state=asked.get("state", ""))
    context = {"people": people_to_be(), "form": form}
    return render(request, "people/stand_in/authorize.html", context)


@csrf_exempt
@public
@only_in_demonstration
@require_POST
def token(request: ActorRequest) -> HttpResponse:
    """A code for an access token and an id_token."""
    known = settings.STAND_IN
    posted = request.POST
    if (posted.get("client_id"), posted.get("client_secret")) != (known["client_id"], known["client_secret"]):
        return JsonResponse({"error": "invalid_client"}, status=401)
    grant = _opened(posted.get("code", ""), "stand-in.code", request.now)
    if posted.get("grant_type") != "authorization_code" or not grant or grant["back"] != posted.get("redirect_uri"):
        return JsonResponse({"error": "invalid_grant"}, status=400)
    until = (request.now + TOKEN_LIFE).timestamp()
    access = signing.dumps({"person": grant["person"], "until": until}, salt="stand-in.access")
    claims = {
        "iss": known["issuer"],
        "aud": known["client_id"],
        "sub": _subject(grant["person"]),
        "iat": int(request.now.timestamp()),
        "exp": int(until),
        "nonce": grant["nonce"],
    }
    return JsonResponse(
        {
            "access_token": access,
            "token_type": "bearer",
            "expires_in": int(TOKEN_LIFE.total_seconds()),
            "id_token": jwt.encode(claims, known["client_secret"], algorithm="HS256"),
        }
    )


@csrf_exempt
@public
@only_in_demonstration
@require_POST
def userinfo(request: ActorRequest) -> HttpResponse:
    """Who holds the token, in ClaveÚnica's shape."""
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    held = _opened(bearer, "stand-in.access", request.now) if scheme.lower() == "bearer" else None
    if not held:
        return JsonResponse({"error": "invalid_token"}, status=401)
    person = held["person"]
    return JsonResponse(
        {
            "sub": _subject(person),
            "RolUnico": {"numero": int(person["rut"][:-1]), "DV": person["rut"][-1], "tipo": "RUN"},
            "name": {"nombres": person["given_names"].split(), "apellidos": person["family_names"].split()},
        }
    )


@public
@only_in_demonstration
@require_GET
def leave(request: ActorRequest) -> HttpResponse:
    """As the real one: an answer without a way back."""
    return render(request, "people/stand_in/left.html")


def people_to_be() -> list[dict[str, str]]:
    """The demonstration's company people and citizens, then strangers; numbers of the invented range only."""
    cast = Person.objects.exclude(demonstration_role="").filter(staff_member=None, is_active=True).exclude(rut=None)
    cast = cast.order_by("id")
    rows = [_row(p.rut or "", p.given_names, p.family_names, p.demonstration_role) for p in cast]
    taken = {row["rut"] for row in rows}
    known = set(Person.objects.filter(rut__in=[rut for rut, *_ in STRANGERS]).values_list("rut", flat=True))
    return rows + [
        _row(rut, given, family, "Ya entró alguna vez" if rut in known else "Nunca ha entrado")
        for rut, given, family in STRANGERS
        if rut not in taken
    ]


def _row(rut: str, given_names: str, family_names: str, role: str) -> dict[str, str]:
    return {"rut": rut, "given_names": given_names, "family_names": family_names, "role": role}


def _chosen(request: ActorRequest, form: OtherPersonForm) -> dict[str, str] | None:
    if form.is_bound:
        return dict(form.cleaned_data) if form.is_valid() else None
    wanted = request.POST.get("rut", "")
    row = next((row for row in people_to_be() if row["rut"] == wanted), None)
    return {key: row[key] for key in ("rut", "given_names", "family_names")} if row else None


def _opened(text: str, salt: str, now: datetime) -> dict[str, Any] | None:
    try:
        content = signing.loads(text, salt=salt)
    except signing.BadSignature:
        return None
    return content if content["until"] >= now.timestamp() else None


def _subject(person: dict[str, str]) -> str:
    return f"prueba-{check_rut(person['rut'])}"


def _back(address: str, **query: str) -> HttpResponse:
    return HttpResponseRedirect(f"{address}?{urlencode(query)}")
