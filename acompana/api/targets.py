"""Where a webhook may go: to the internet by https, never to this network (a request that we are made to send from
inside reaches what nobody outside does). In a demonstration also to this machine."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from acompana.kernel.refusals import Refused

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def what_is_taken() -> str:
    """Which addresses may be subscribed here, for who writes one."""
    here = " En esta demostración sirve también http:// de este mismo equipo." if settings.DEMO else ""
    return f"Empieza con https:// y está en internet.{here}"


def check_target(url: str) -> SplitResult:
    """The parts of an address that may be subscribed. Raises Refused with the reason. Looks nothing up."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise Refused("Esa dirección no se entiende.") from error
    if parts.username or parts.password:
        raise Refused("La dirección no lleva usuario ni contraseña: lo que se envía va firmado.")
    if settings.DEMO and host in LOOPBACK and parts.scheme in ("http", "https"):
        return parts
    if parts.scheme != "https" or not host:
        raise Refused("La dirección tiene que empezar con https://.")
    if host in LOOPBACK or host.endswith((".local", ".internal", ".localhost")) or _is_private(host):
        raise Refused("Esa dirección es de una red interna; solo se envía a internet.")
    return parts


def place_of(parts: SplitResult) -> tuple[str, int]:
    """The IP address and port to connect to, looked up now, every one of its addresses public. Raises Refused, or
    OSError when the name has none. Connect to this very address: a name may answer otherwise the next time."""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = parts.hostname or ""
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if settings.DEMO and host in LOOPBACK:
        return found[0], port
    if any(_is_private(address) for address in found):
        raise Refused("Esa dirección lleva a una red interna; no se envió.")
    return found[0], port


def _is_private(address: str) -> bool:
    """Whether it is an IP address that is not of the internet; False for a name."""
    try:
        ip = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return not ip.is_global or ip.is_multicast or (mapped is not None and not mapped.is_global)
