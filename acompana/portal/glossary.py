"""The words of the trade that people meet in the portal, each with its meaning in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from acompana.reference.amending import Moved
from acompana.reference.models import Sector

MEANINGS = {
    "potencial": _("Qué tan lista está hoy una empresa para exportar, según el test: alto, medio o bajo."),
    "preadmisibilidad": _("El último paso de la ruta: revisamos que cumples lo necesario para recibir apoyo."),
    "brecha": _("Algo que conviene resolver antes de exportar. Cada una dice qué ayuda a cerrarla."),
    "días hábiles": _("De lunes a viernes, sin contar los feriados del lugar de la oficina."),
    "días corridos": _("Todos los días, también sábados, domingos y feriados."),
    "inicio de actividades": _("El aviso al SII con que una empresa o persona empieza a trabajar formalmente."),
}

# The words themselves, for the catalogue: what is shown is the key above, in the language of the page.
WORDS = (
    gettext_noop("potencial"),
    gettext_noop("preadmisibilidad"),
    gettext_noop("brecha"),
    gettext_noop("días hábiles"),
    gettext_noop("días corridos"),
    gettext_noop("inicio de actividades"),
)

# The shipped sectors of the strategy (PUB-5), for the catalogue; one that the agency adds is shown as it was written.
SECTORS = (
    gettext_noop("Alimentos procesados"),
    gettext_noop("Frutas y hortalizas"),
    gettext_noop("Vinos y otras bebidas"),
    gettext_noop("Pesca y acuicultura"),
    gettext_noop("Carnes y lácteos"),
    gettext_noop("Productos forestales y de madera"),
    gettext_noop("Proveedores de la minería"),
    gettext_noop("Manufacturas"),
    gettext_noop("Tecnologías de la información"),
    gettext_noop("Industrias creativas"),
    gettext_noop("Servicios profesionales"),
    gettext_noop("Ingeniería y construcción"),
    gettext_noop("Turismo"),
    gettext_noop("Salud y cosmética"),
    gettext_noop("Energía"),
)


def moved_of_who_may(row: Model, values: Mapping[str, Any], today: date) -> Iterator[Moved]:
    """What the public page of who may work with the agency names otherwise once a sector is changed."""
    if not isinstance(row, Sector):
        return
    covered, was = values.get("strategic", row.strategic), row.strategic and row.retired_on is None
    shown = covered and row.retired_on is None and "retired_on" not in values
    if was and not shown:
        yield Moved("La página pública «Quiénes pueden» dejará de nombrarlo.")
    elif shown and not was:
        yield Moved("La página pública «Quiénes pueden» lo nombrará.")
    elif shown and "name" in values:
        yield Moved("La página pública «Quiénes pueden» lo nombrará así, también en inglés.")
