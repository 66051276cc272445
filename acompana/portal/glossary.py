"""The words of the trade that people meet in the portal, each with its meaning in plain words."""

from __future__ import annotations

MEANINGS = {
    "potencial": "Qué tan lista está hoy una empresa para exportar, según el test: alto, medio o bajo.",
    "preadmisibilidad": "El último paso de la ruta: revisamos que cumples lo necesario para recibir apoyo.",
    "brecha": "Algo que conviene resolver antes de exportar. Cada una dice qué ayuda a cerrarla.",
    "días hábiles": "De lunes a viernes, sin contar los feriados del lugar de la oficina.",
    "días corridos": "Todos los días, también sábados, domingos y feriados.",
    "inicio de actividades": "El aviso al SII con que una empresa o persona empieza a trabajar formalmente.",
}
