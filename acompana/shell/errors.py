"""Pages for when something is wrong: what happened, what is safe, what to do. They ask nothing of the database, of
the session or of other rooms, because any of those may be what failed."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from acompana.shell.languages import speaking, switch, wanted_language
from acompana.shell.navigation import entries_for_anybody
from acompana.shell.stylesheet import stylesheet

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

log = logging.getLogger(__name__)
RETRY_AFTER = "30"


@dataclass(frozen=True, slots=True)
class Trouble:
    status: int
    title: StrOrPromise
    happened: StrOrPromise
    safe: StrOrPromise
    todo: tuple[StrOrPromise, ...]


NOT_UNDERSTOOD = Trouble(
    400,
    _("No entendimos lo que llegó"),
    _("La página recibió algo incompleto o en una forma que no esperaba."),
    _("No se guardó ni se cambió nada."),
    (
        _("Vuelve atrás y envía de nuevo."),
        _("Si llegaste por un enlace de un correo, ábrelo otra vez desde el correo."),
    ),
)
NOT_ALLOWED = Trouble(
    403,
    _("No puedes entrar aquí"),
    _("Tu cuenta no tiene permiso para ver esta página o hacer esto."),
    _("Tus datos siguen como estaban."),
    (
        _("Si entraste con otra cuenta, sal y entra con la que corresponde."),
        _("Si crees que deberías poder, pídelo a tu oficina."),
    ),
)
NOT_HERE = Trouble(
    404,
    _("Aquí no hay ninguna página"),
    _("La dirección está mal escrita, la página cambió de lugar o el enlace venció."),
    _("Nada de lo tuyo se perdió."),
    (_("Revisa la dirección."), _("Vuelve al inicio y llega desde ahí.")),
)
FAILED = Trouble(
    500,
    _("Algo falló de nuestro lado"),
    _("El sistema no pudo terminar lo que pediste. Ya quedó anotado para quienes lo cuidan."),
    _("Lo que habías guardado antes sigue guardado. Lo último que enviaste quizá no se guardó."),
    (_("Vuelve atrás: lo que escribiste suele seguir en el formulario."), _("Espera un minuto y envíalo otra vez.")),
)
UNAVAILABLE = Trouble(
    503,
    _("El sistema está ocupado: inténtalo de nuevo"),
    _("En este momento no podemos leer ni guardar datos."),
    _("No se perdió nada: lo que ya estaba guardado está a salvo. Lo último que enviaste no se guardó."),
    (_("Espera medio minuto."), _("Vuelve atrás y envíalo otra vez: no quedará repetido.")),
)
STILL_SAVING = Trouble(
    503,
    _("Todavía estamos guardando lo que enviaste"),
    _("Enviaste dos veces el mismo formulario, y el primer envío no ha terminado."),
    _("El primer envío sigue su curso. El segundo no cuenta: no quedará repetido."),
    (_("Espera medio minuto."), _("Vuelve al inicio y revisa si ya quedó.")),
)
TOKEN = Trouble(
    403,
    _("La página estuvo abierta demasiado tiempo"),
    _(
        "Por seguridad, un formulario deja de servir si entras o sales de tu cuenta en otra pestaña, o si tu "
        "navegador no guarda cookies."
    ),
    _("No se guardó ni se cambió nada."),
    (_("Vuelve atrás, recarga la página y envía de nuevo."), _("Copia antes lo que escribiste, si es largo.")),
)

OF_ANOTHER = Trouble(
    403,
    _("Esta página era de otra persona"),
    _("La abrió alguien que había entrado antes en este navegador. Ahora entraste tú, y no se envió nada."),
    _("No se guardó ni se cambió nada."),
    (_("Si lo escribiste tú con otra cuenta, entra con esa cuenta."), _("Si no, sigue desde el inicio.")),
)


def trouble_page(trouble: Trouble, request: HttpRequest, happened: str = "") -> HttpResponse:
    """The page of a trouble, in the language that the person chose; `happened`, when somebody said why, stands in
    place of the usual sentence (whoever says why says it in Spanish)."""
    language = wanted_language(request)
    with speaking(language):
        context = {
            "trouble": trouble,
            "happened": (language == "es" and happened) or trouble.happened,
            "stylesheet_url": stylesheet().url,
            "language": language,
            "public_entries": entries_for_anybody(request.path),
            "language_switch": switch(request) if request.method == "GET" else None,
        }
        html = render_to_string("shell/trouble.html", context)
    response = HttpResponse(html, status=trouble.status, headers={"Content-Language": language})
    if trouble.status == 503:
        response["Retry-After"] = RETRY_AFTER
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return trouble_page(NOT_UNDERSTOOD, request)


def _on_the_desk(trouble: Trouble, request: HttpRequest, happened: str = "") -> HttpResponse:
    """What is wrong with an address alone, told to staff within the desk wherever they stand: with its menu, and the
    command box, which leads away. Where the desk itself cannot be drawn, as to anybody."""
    if hasattr(request, "actor"):
        context = {"trouble": trouble, "happened": happened or trouble.happened}
        try:
            if request.actor.is_staff:
                return render(request, "shell/desk_trouble.html", context, status=trouble.status)
        except Exception:
            log.exception("the desk could not be drawn around a trouble at %s %s", request.method, request.path)
    return trouble_page(trouble, request, happened)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _on_the_desk(NOT_ALLOWED, request, str(exception))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _on_the_desk(NOT_HERE, request)


def server_error(request: HttpRequest) -> HttpResponse:
    """What was raised where no view could answer for it: also a database that fails before or after the view, when
    the session or the person is read or kept."""
    failure = sys.exc_info()[1]
    if isinstance(failure, OperationalError | InterfaceError):
        return database_silent(request, failure)
    return trouble_page(FAILED, request)


def database_silent(request: HttpRequest, failure: Exception) -> HttpResponse:
    """The database is down, locked or out of connections: a line for the operator, a page for the person."""
    log.error("the database did not answer at %s %s: %s", request.method, request.path, failure)
    return unavailable(request)


def unavailable(request: HttpRequest) -> HttpResponse:
    return trouble_page(UNAVAILABLE, request)
