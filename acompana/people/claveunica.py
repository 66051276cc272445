"""ClaveÚnica, the Chilean State's OpenID Connect identity (IDN-1): the client's side of the conversation.

It differs from what a general library expects: the token call is form-encoded, userinfo is a POST, the person is in
`RolUnico`, and there is no e-mail. It proves a person, never authority over a company.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import jwt
import requests
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from jwt.types import Options

from acompana.kernel.rut import check_rut

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

log = logging.getLogger(__name__)

ATTEMPT_LIFE = timedelta(minutes=15)
CLOCK_SKEW = timedelta(minutes=2)

UNREACHABLE = _("ClaveÚnica no responde en este momento. Espera unos minutos y vuelve a intentarlo.")
UNREADABLE = _("ClaveÚnica respondió algo que no pudimos leer. Vuelve a intentarlo; si se repite, escríbenos.")
NOT_ACCEPTED = _("ClaveÚnica no aceptó este ingreso, quizás porque tardó demasiado. Vuelve a intentarlo.")
NO_RUN = _("ClaveÚnica no nos entregó tu RUN, así que no podemos saber quién eres. Vuelve a intentarlo.")
WRONG_RUN = _("ClaveÚnica nos entregó un RUN que no calza con su dígito verificador. No pudimos dejarte entrar.")
DECLINED = _("No autorizaste el ingreso en ClaveÚnica. Puedes intentarlo otra vez cuando quieras.")
EXPIRED = _("Este ingreso ya se usó o pasó demasiado tiempo. Vuelve a intentarlo.")


class ProviderFailure(Exception):
    """No identity came back. `reason` is a Spanish sentence for the person; `detail` is for the operator's log."""

    def __init__(self, reason: StrOrPromise, detail: str, status: int = 502) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.status = status


@dataclass(frozen=True, slots=True)
class Provider:
    """Where ClaveÚnica is and who we are to it. `issuer` and `jwks` may be empty: then they are not checked."""

    authorize: str
    token: str
    userinfo: str
    logout: str
    client_id: str
    client_secret: str
    scope: str = "openid run name"
    issuer: str = ""
    jwks: str = ""
    timeout: float = 10.0  # seconds, for each call


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way out to the provider and back: good once, for a quarter of an hour, in one session."""

    state: str
    nonce: str
    next: str
    expires_at: datetime

    @classmethod
    def begin(cls, *, next: str, now: datetime) -> Attempt:
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(32), next, now + ATTEMPT_LIFE)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who came: normalised RUN and names, as the Civil Registry has them."""

    rut: str
    given_names: str
    family_names: str


def authorize_address(provider: Provider, attempt: Attempt, redirect_uri: str) -> str:
    """Where the browser goes to identify itself."""
    query = {
        "client_id": provider.client_id,
        "response_type": "code",
        "scope": provider.scope,
        "redirect_uri": redirect_uri,
        "state": attempt.state,
        "nonce": attempt.nonce,
    }
    return f"{provider.authorize}?{urlencode(query)}"


def fetch_identity(provider: Provider, *, code: str, attempt: Attempt, redirect_uri: str, now: datetime) -> Identity:
    """Change the code for the person behind it; raises ProviderFailure."""
    tokens = _call(
        provider,
        provider.token,
        data={
            "client_id": provider.client_id,
            "client_secret": provider.client_secret,
            "redirect_uri": redirect_uri,
            "grant_type": "authorization_code",
            "code": code,
            "state": attempt.state,
        },
    )
    access_token = tokens.get("access_token")
    if not isinstance(access_token, str) or not access_token:
        raise ProviderFailure(UNREADABLE, "token answer without access_token")
    claims: dict[str, Any] = {}
    if id_token := tokens.get("id_token"):
        claims = check_id_token(provider, str(id_token), nonce=attempt.nonce, now=now)
    userinfo = _call(provider, provider.userinfo, headers={"Authorization": f"Bearer {access_token}"})
    if "sub" in claims and str(userinfo.get("sub", claims["sub"])) != str(claims["sub"]):
        raise ProviderFailure(UNREADABLE, "userinfo speaks of another subject than the id_token")
    return read_identity(userinfo)


def check_id_token(provider: Provider, token: str, *, nonce: str, now: datetime) -> dict[str, Any]:
    """The claims of an id_token for us, of this attempt, still in force; raises ProviderFailure.

    It comes from the token address itself, over TLS, so that a signature is checked where there is a key for it and
    may be missing where there is none (OpenID Connect Core 3.1.3.7, point 6).
    """
    try:
        algorithm = jwt.get_unverified_header(token).get("alg", "")
        if algorithm == "HS256":
            claims = jwt.decode(token, provider.client_secret, algorithms=["HS256"], options=_SIGNATURE_ONLY)
        elif provider.jwks:
            keys = jwt.PyJWKSet.from_dict(_call(provider, provider.jwks, method="GET"))
            kid = jwt.get_unverified_header(token).get("kid")
            key = next(key for key in keys.keys if kid in (None, key.key_id))
            claims = jwt.decode(token, key.key, algorithms=["RS256", "ES256"], options=_SIGNATURE_ONLY)
        else:
            claims = jwt.decode(token, options=_NOTHING)
        audience = claims.get("aud")
        expires = float(claims.get("exp", 0))
    except (jwt.PyJWTError, StopIteration, TypeError, ValueError) as error:
        raise ProviderFailure(UNREADABLE, f"id_token: {type(error).__name__}: {error}") from error
    wrong = [
        name
        for name, right in {
            "iss": not provider.issuer or claims.get("iss") == provider.issuer,
            "aud": provider.client_id in (audience if isinstance(audience, list) else [audience]),
            "exp": expires > (now - CLOCK_SKEW).timestamp(),
            "nonce": claims.get("nonce") == nonce,
        }.items()
        if not right
    ]
    if wrong:
        raise ProviderFailure(NOT_ACCEPTED, f"id_token with wrong {', '.join(wrong)}", status=400)
    return claims


# The claims are compared by us, with the request's clock.
_SIGNATURE_ONLY: Options = {"verify_aud": False, "verify_exp": False, "verify_iat": False, "verify_nbf": False}
_NOTHING: Options = {"verify_signature": False}


def read_identity(userinfo: dict[str, Any]) -> Identity:
    """The person of a userinfo answer; raises ProviderFailure when its RUN is missing or wrong (IDN-1, IDN-3)."""
    run = userinfo.get("RolUnico")
    if not isinstance(run, dict) or not str(run.get("numero", "")).strip().isdigit():
        raise ProviderFailure(NO_RUN, "userinfo without RolUnico.numero")
    if run.get("tipo", "RUN") != "RUN":
        raise ProviderFailure(NO_RUN, "RolUnico of a type that is not RUN")
    try:
        rut = check_rut(f"{int(run['numero'])}-{run.get('DV', '')}")
    except ValidationError as error:
        raise ProviderFailure(WRONG_RUN, "RolUnico whose DV does not match its number") from error
    name = userinfo.get("name")
    name = name if isinstance(name, dict) else {}
    return Identity(rut, _joined(name.get("nombres")), _joined(name.get("apellidos")))


def _joined(parts: object) -> str:
    words = parts if isinstance(parts, list) else [parts] if isinstance(parts, str) else []
    return " ".join(" ".join(str(word).split()) for word in words if word)[:80].strip()


def _call(provider: Provider, address: str, method: str = "POST", **arguments: Any) -> dict[str, Any]:
    try:
        answer = requests.request(method, address, timeout=provider.timeout, allow_redirects=False, **arguments)
    except requests.RequestException as error:
        raise ProviderFailure(UNREACHABLE, f"{address}: {type(error).__name__}", status=503) from error
    if answer.status_code >= 500:
        raise ProviderFailure(UNREACHABLE, f"{address} answered {answer.status_code}", status=503)
    if answer.status_code in (400, 401, 403):
        raise ProviderFailure(NOT_ACCEPTED, f"{address} answered {answer.status_code}", status=400)
    try:
        body = answer.json()
    except requests.JSONDecodeError as error:
        raise ProviderFailure(UNREADABLE, f"{address} answered {answer.status_code} without JSON") from error
    if answer.status_code != 200 or not isinstance(body, dict):
        raise ProviderFailure(UNREADABLE, f"{address} answered {answer.status_code}, {type(body).__name__}")
    return body
