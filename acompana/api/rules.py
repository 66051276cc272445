"""What decides without database or clock: scopes, tokens, the share of a minute, when to try again, where to send."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection, Mapping
from datetime import timedelta

# What a token may be given, in the words of who gives it.
SCOPES: Mapping[str, str] = {
    "companies:read": "Leer empresas y sus contactos",
    "companies:write": "Registrar y cambiar empresas y contactos",
    "logbook:read": "Leer la bitácora",
    "logbook:write": "Anotar en la bitácora",
    "commitments:read": "Leer compromisos",
    "commitments:write": "Dar compromisos por cumplidos",
    "matters:read": "Leer asuntos e ingresos",
    "questionnaires:read": "Leer cuestionarios y respuestas",
    "messages:read": "Leer los correos escritos",
    "rulebook:read": "Leer las reglas y calcular plazos",
    "reference:read": "Leer los datos de referencia",
    "figures:read": "Leer las cifras",
}
READ_SCOPES = tuple(scope for scope in SCOPES if scope.endswith(":read"))
# What is of the agency alone, whatever the scopes of a token: not offered to who would be told no each time.
OF_THE_AGENCY = frozenset({"logbook:write", "commitments:write", "messages:read", "rulebook:read", "figures:read"})

TOKEN_MARK = "aco_"
SHOWN = 12  # characters by which its owner recognises a token
LONGEST_LIFE = timedelta(days=365)
USUAL_RATE = 6_000  # requests a minute of a token made on screen: a hundred a second
OPERATOR_RATE = 60_000  # of one made by who has the machine at hand
LEASES_IN_A_MINUTE = 20


def new_secret() -> str:
    """A token as its owner gets it, once."""
    return TOKEN_MARK + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """What is kept of a token. It has 256 bits of chance, so that a plain digest cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def known_scopes(scopes: Collection[str]) -> list[str]:
    """The scopes in their order; raises ValueError for one that does not exist."""
    if unknown := sorted(set(scopes) - set(SCOPES)):
        raise ValueError(unknown[0])
    return [scope for scope in SCOPES if scope in scopes]


def lease_of(rate: int) -> int:
    """How many requests a process takes at once from the minute of a token."""
    return max(1, rate // LEASES_IN_A_MINUTE)


# --- webhooks -----------------------------------------------------------------------------------------------------

ATTEMPTS = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30),
            timedelta(hours=2), timedelta(hours=6), timedelta(hours=12))  # fmt: skip


def next_attempt_after(attempts: int) -> timedelta | None:
    """How long to wait after the attempt of that number (1 the first); None: it is given up. Attempts are counted on
    when somebody sends again by hand what was given up: another round of the same waits."""
    in_round = (attempts - 1) % (len(ATTEMPTS) + 1)
    return ATTEMPTS[in_round] if in_round < len(ATTEMPTS) else None


def signature_of(secret: str, timestamp: int, body: bytes) -> str:
    """What the receiver computes too: HMAC-SHA256 over "timestamp.body"."""
    signed = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={signed}"
