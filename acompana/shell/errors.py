"""Pages for when something is wrong: what happened, what is safe, what to do. They ask nothing of the database, of
the session or of other rooms, because any of those may be what failed."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from acompana.shell.stylesheet import stylesheet

log = logging.getLogger(__name__)
RETRY_AFTER = "30"


@dataclass(frozen=True, slots=True)
class Trouble:
    status: int
    title: str
    happened: str
    safe: str
    todo: tuple[str, ...]


NOT_UNDERSTOOD = Trouble(
    400,
    "No entendimos lo que llegó",
    "La página recibió algo incompleto o en una forma que no esperaba.",
    "No se guardó ni se cambió nada.",
    ("Vuelve atrás y envía de nuevo.", "Si llegaste por un enlace de un correo, ábrelo otra vez desde el correo."),
)
NOT_ALLOWED = Trouble(
    403,
    "No puedes entrar aquí",
    "Tu cuenta no tiene permiso para ver esta página o hacer esto.",
    "Tus datos siguen como estaban.",
    (
        "Si entraste con otra cuenta, sal y entra con la que corresponde.",
        "Si crees que deberías poder, pídelo a tu oficina.",
    ),
)
NOT_HERE = Trouble(
    404,
    "Aquí no hay ninguna página",
    "La dirección está mal escrita, la página cambió de lugar o el enlace venció.",
    "Nada de lo tuyo se perdió.",
    ("Revisa la dirección.", "Vuelve al inicio y llega desde ahí."),
)
FAILED = Trouble(
    500,
    "Algo falló de nuestro lado",
    "El sistema no pudo terminar lo que pediste. Ya quedó anotado para quienes lo cuidan.",
    "Lo que habías guardado antes sigue guardado. Lo último que enviaste quizá no se guardó.",
    ("Vuelve atrás: lo que escribiste suele seguir en el formulario.", "Espera un minuto y envíalo otra vez."),
)
UNAVAILABLE = Trouble(
    503,
    "El sistema está ocupado: inténtalo de nuevo",
    "En este momento no podemos leer ni guardar datos.",
    "No se perdió nada: lo que ya estaba guardado está a salvo. Lo último que enviaste no se guardó.",
    ("Espera medio minuto.", "Vuelve atrás y envíalo otra vez: no quedará repetido."),
)
STILL_SAVING = Trouble(
    503,
    "Todavía estamos guardando lo que enviaste",
    "Enviaste dos veces el mismo formulario, y el primer envío no ha terminado.",
    "El primer envío sigue su curso. El segundo no cuenta: no quedará repetido.",
    ("Espera medio minuto.", "Vuelve al inicio y revisa si ya quedó."),
)
TOKEN = Trouble(
    403,
    "La página estuvo abierta demasiado tiempo",
    "Por seguridad, un formulario deja de servir si entras o sales de tu cuenta en otra pestaña, o si tu navegador no "
    "guarda cookies.",
    "No se guardó ni se cambió nada.",
    ("Vuelve atrás, recarga la página y envía de nuevo.", "Copia antes lo que escribiste, si es largo."),
)


def trouble_page(trouble: Trouble, happened: str = "") -> HttpResponse:
    """The page of a trouble; `happened`, when somebody said why, stands in place of the usual sentence."""
    html = render_to_string(
        "shell/trouble.html",
        {"trouble": trouble, "happened": happened or trouble.happened, "stylesheet_url": stylesheet().url},
    )
    response = HttpResponse(html, status=trouble.status)
    if trouble.status == 503:
        response["Retry-After"] = RETRY_AFTER
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return trouble_page(NOT_UNDERSTOOD)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return trouble_page(NOT_ALLOWED, str(exception))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return trouble_page(NOT_HERE)


def server_error(request: HttpRequest) -> HttpResponse:
    """What was raised where no view could answer for it: also a database that fails before or after the view, when
    the session or the person is read or kept."""
    failure = sys.exc_info()[1]
    if isinstance(failure, OperationalError | InterfaceError):
        return database_silent(request, failure)
    return trouble_page(FAILED)


def database_silent(request: HttpRequest, failure: Exception) -> HttpResponse:
    """The database is down, locked or out of connections: a line for the operator, a page for the person."""
    log.error("the database did not answer at %s %s: %s", request.method, request.path, failure)
    return unavailable(request)


def unavailable(request: HttpRequest) -> HttpResponse:
    return trouble_page(UNAVAILABLE)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return trouble_page(TOKEN)
