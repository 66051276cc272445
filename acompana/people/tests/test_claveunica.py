"""The shapes of ClaveÚnica's answers, without a network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from acompana.people import claveunica
from acompana.people.claveunica import Attempt, Identity, Provider, ProviderFailure

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
RUN = {"numero": 41203876, "DV": "2", "tipo": "RUN"}
NAME = {"nombres": ["Ana", "María"], "apellidos": ["Rojas", "Peña"]}
PROVIDER = Provider(
    authorize="https://p.invalid/openid/authorize/",
    token="https://p.invalid/openid/token/",
    userinfo="https://p.invalid/openid/userinfo/",
    logout="https://p.invalid/logout",
    client_id="nosotros",
    client_secret="un-secreto-de-prueba-de-treinta-y-dos-letras",
    issuer="https://p.invalid/openid",
)


def test_the_way_out_carries_what_the_provider_asks():
    attempt = Attempt.begin(next="/mi-empresa/", now=NOW)
    address = claveunica.authorize_address(PROVIDER, attempt, "https://nosotros.example/vuelta/")
    assert address.startswith("https://p.invalid/openid/authorize/?")
    for part in ("response_type=code", "scope=openid+run+name", f"state={attempt.state}", f"nonce={attempt.nonce}"):
        assert part in address


def test_states_are_long_and_never_the_same():
    states = {Attempt.begin(next="", now=NOW).state for _ in range(200)}
    assert len(states) == 200
    assert min(map(len, states)) >= 30


@pytest.mark.parametrize(
    ("userinfo", "identity"),
    [
        ({"RolUnico": RUN, "name": NAME}, Identity("412038762", "Ana María", "Rojas Peña")),
        ({"RolUnico": {**RUN, "numero": "41203876"}, "name": NAME}, Identity("412038762", "Ana María", "Rojas Peña")),
        ({"RolUnico": {"numero": 40000000, "DV": "k"}, "name": {}}, Identity("40000000K", "", "")),
        ({"RolUnico": RUN, "name": {"nombres": "Ana", "apellidos": None}}, Identity("412038762", "Ana", "")),
        ({"RolUnico": RUN, "name": "Ana"}, Identity("412038762", "", "")),
        ({"RolUnico": RUN}, Identity("412038762", "", "")),
    ],
)
def test_a_person_is_read(userinfo, identity):
    assert claveunica.read_identity(userinfo) == identity


@pytest.mark.parametrize(
    ("userinfo", "reason"),
    [
        ({"name": NAME}, claveunica.NO_RUN),
        ({"RolUnico": None}, claveunica.NO_RUN),
        ({"RolUnico": "41203876-2"}, claveunica.NO_RUN),
        ({"RolUnico": {"DV": "2"}}, claveunica.NO_RUN),
        ({"RolUnico": {**RUN, "numero": "4120x"}}, claveunica.NO_RUN),
        ({"RolUnico": {**RUN, "tipo": "PASAPORTE"}}, claveunica.NO_RUN),
        ({"RolUnico": {**RUN, "DV": "3"}}, claveunica.WRONG_RUN),
        ({"RolUnico": {"numero": 41203876}}, claveunica.WRONG_RUN),
        ({"RolUnico": {**RUN, "numero": 10**20}}, claveunica.WRONG_RUN),
    ],
)
def test_who_cannot_be_known_does_not_enter(userinfo, reason):
    with pytest.raises(ProviderFailure) as failure:
        claveunica.read_identity(userinfo)
    assert failure.value.reason == reason


def id_token(key: object = PROVIDER.client_secret, algorithm: str = "HS256", **changes: object) -> str:
    claims = {
        "iss": PROVIDER.issuer,
        "aud": PROVIDER.client_id,
        "sub": "2594",
        "nonce": "esta-vez",
        "exp": int((NOW + timedelta(minutes=5)).timestamp()),
        **changes,
    }
    return jwt.encode(claims, key, algorithm=algorithm)


class TestIdToken:
    def test_of_this_attempt_is_taken(self):
        assert claveunica.check_id_token(PROVIDER, id_token(), nonce="esta-vez", now=NOW)["sub"] == "2594"
        assert claveunica.check_id_token(PROVIDER, id_token(aud=["otro", "nosotros"]), nonce="esta-vez", now=NOW)

    @pytest.mark.parametrize(
        ("changes", "wrong"),
        [
            ({"iss": "https://otro.invalid"}, "iss"),
            ({"aud": "otro"}, "aud"),
            ({"nonce": "otra-vez"}, "nonce"),
            ({"exp": int((NOW - timedelta(minutes=5)).timestamp())}, "exp"),
            ({"exp": "nunca"}, "ValueError"),
        ],
    )
    def test_of_another_is_not(self, changes, wrong):
        with pytest.raises(ProviderFailure, match=wrong):
            claveunica.check_id_token(PROVIDER, id_token(**changes), nonce="esta-vez", now=NOW)

    def test_with_a_false_signature_is_not(self):
        with pytest.raises(ProviderFailure, match="InvalidSignatureError"):
            claveunica.check_id_token(PROVIDER, id_token("x" * 40), nonce="esta-vez", now=NOW)

    @pytest.mark.parametrize("token", ["", "nada", "a.b.c", "e30.e30.e30"])
    def test_that_is_none_is_not(self, token):
        with pytest.raises(ProviderFailure, match="id_token"):
            claveunica.check_id_token(PROVIDER, token, nonce="esta-vez", now=NOW)

    def test_signed_by_a_key_that_we_were_not_given_is_believed_for_its_connection_only(self):
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        assert claveunica.check_id_token(PROVIDER, id_token(key, "RS256"), nonce="esta-vez", now=NOW)
        with pytest.raises(ProviderFailure, match="nonce"):
            claveunica.check_id_token(PROVIDER, id_token(key, "RS256", nonce="otra"), nonce="esta-vez", now=NOW)
