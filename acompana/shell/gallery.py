"""The gallery: every component in its states, with the name that pages call it by. Invented data, a fixed day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from acompana.kernel.rut import RutFormField
from acompana.shell.navigation import ShownEntry
from acompana.shell.theme import THEMES, theme_of
from acompana.shell.widgets import AmountField, DayField

RAIL = [
    ShownEntry("Mi día", "#type", True, "7", "get", ""),
    *(ShownEntry(label, "#type", False, "", "get", "") for label in ("Cartera", "Empresas", "Casos", "Indicadores")),
]
NOW = datetime(2026, 9, 17, 13, 42, tzinfo=UTC)


class ShownForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Nombre de la empresa", help_text="Como aparece en la escritura.", max_length=120)
    rut = RutFormField(label="RUT de la empresa", help_text="Con dígito verificador, por ejemplo 41.203.875-4.")
    region = forms.ChoiceField(
        label="Región", choices=[("", "Elige una región"), ("05", "Valparaíso"), ("08", "Biobío")]
    )
    exports = forms.ChoiceField(
        label="¿Tu empresa exportó en los últimos tres años?",
        choices=[("yes", "Sí, con su propio RUT"), ("third", "Sí, a través de otra empresa"), ("no", "No")],
        widget=forms.RadioSelect,
        help_text="Cuenta desde el 1 de enero de 2023.",
    )
    since = DayField(label="Inicio de actividades")
    sales = AmountField(label="Ventas del último año", help_text="En pesos, sin IVA.", required=False)
    markets = forms.MultipleChoiceField(
        label="Mercados que te interesan",
        choices=[("ar", "Argentina"), ("br", "Brasil"), ("us", "Estados Unidos")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    offer = forms.CharField(
        label="Qué ofreces", widget=forms.Textarea(attrs={"rows": 3}), max_length=200, required=False
    )
    paper = forms.FileField(label="Documento que acredita tu poder", help_text="PDF o JPG, hasta 10 MB.")
    agrees = forms.BooleanField(label="Quiero recibir invitaciones de mi región por correo", required=False)


ShownForm.base_fields["exports"].choice_hints = {"third": "Por ejemplo, una comercializadora."}  # type: ignore[attr-defined]

ROUTE = [
    {"label": "Cuenta", "state": "done", "detail": "1 de septiembre"},
    {"label": "Ficha", "state": "done", "detail": "10 de septiembre"},
    {"label": "Test", "state": "done", "detail": "Potencial alto", "href": "#route"},
    {"label": "Entrevista", "state": "here", "detail": "Nos toca a nosotros"},
    {"label": "Preadmisibilidad", "state": "ahead"},
]
ROUTE_SKIPPED = [
    {"label": "Cuenta", "state": "done"},
    {"label": "Ficha", "state": "done"},
    {"label": "Test", "state": "skipped", "detail": "Ya exportas"},
    {"label": "Entrevista", "state": "here"},
    {"label": "Preadmisibilidad", "state": "ahead"},
]
WHY = ["3 días hábiles desde el miércoles 16 de septiembre.", "El viernes 18 y el sábado 19 son feriados."]


def _owed() -> list[dict[str, Any]]:
    def at(day: int) -> datetime:
        return datetime(2026, 9, day, 23, 59, 59, tzinfo=UTC)

    return [
        {"due_at": at(22), "explanation": WHY, "business_days_left": 3},
        {"due_at": at(17), "explanation": ["15 días corridos desde el miércoles 2 de septiembre."]},
        {"due_at": at(16), "explanation": []},
        {"due_at": at(15), "fulfilled_at": at(14), "explanation": []},
    ]


def _entries() -> list[dict[str, Any]]:
    def at(day: int, hour: int, minute: int) -> datetime:
        return datetime(2026, 9, day, hour + 3, minute, tzinfo=UTC)

    return [
        {
            "happened_at": at(17, 10, 42),
            "kind": "call",
            "kind_label": "Llamada",
            "channel_label": "Teléfono",
            "author": "Carolina Soto",
            "fact": "Se habló con la empresa",
            "text": "Ana Rojas confirma que asiste a la entrevista y pide hablar de certificaciones.",
        },
        {
            "happened_at": at(17, 9, 5),
            "kind": "message",
            "kind_label": "Mensaje",
            "channel_label": "Correo electrónico",
            "fact": "Se envió el aviso de la entrevista",
        },
        {
            "happened_at": at(16, 16, 20),
            "kind": "step",
            "kind_label": "Paso",
            "channel_label": "Portal",
            "author": "Ana Rojas",
            "fact": "Terminó el test: potencial alto",
            "href": "#timeline",
        },
    ]


def _shown() -> dict[str, Any]:
    wrong = ShownForm(
        {"name": "", "rut": "41.203.875-9", "exports": "", "since": "31-02-2020", "offer": "Conservas de mariscos"}
    )
    return {
        "form": ShownForm(
            auto_id="bueno_%s", initial={"name": "Conservas Alto Roble SpA", "exports": "no", "sales": 184000000}
        ),
        "wrong": wrong,
        "route_stations": ROUTE,
        "route_skipped": ROUTE_SKIPPED,
        "owed": _owed(),
        "entries": _entries(),
        "tasks": [
            {"label": "Datos de la empresa", "href": "#task_list", "state": "done"},
            {"label": "Productos y mercados", "href": "#task_list", "state": "started", "hint": "Faltan 2 datos"},
            {"label": "Personas de contacto", "href": "#task_list", "state": "todo"},
            {"label": "Documentos", "href": "#task_list", "state": "wrong", "hint": "El archivo no se puede abrir"},
            {"label": "Tus permisos", "state": "optional"},
            {"label": "Revisar y enviar", "state": "locked"},
        ],
        "answers": [
            {"label": "Nombre", "value": "Conservas Alto Roble SpA", "href": "#summary_list"},
            {"label": "Mercados", "many": ["Argentina", "Brasil"], "href": "#summary_list"},
            {"label": "Teléfono", "missing": "Falta este dato", "href": "#summary_list", "action": "Completar"},
        ],
        "page": Paginator(range(1284), 50).page(4),
        "bars": [
            {"label": "Valparaíso", "value": 412, "href": "#bar_chart"},
            {"label": "Biobío", "value": 288, "href": "#bar_chart"},
            {"label": "Los Lagos", "value": 190},
            {"label": "Arica y Parinacota", "value": 31},
        ],
        "kept": [
            {"label": "DL-1 Contactar", "value": 92, "display": "92 %", "tone": "good"},
            {"label": "DL-2 Entrevistar", "value": 71, "display": "71 %", "tone": "soon"},
            {"label": "DL-4 Derivar", "value": 38, "display": "38 %", "tone": "late"},
        ],
        "funnel_rows": [
            {"label": "Cuenta", "value": 1840, "href": "#funnel"},
            {"label": "Ficha", "value": 1312, "href": "#funnel", "note": "2 días"},
            {"label": "Test", "value": 1104, "note": "mismo día"},
            {"label": "Entrevista", "value": 486, "note": "9 días"},
            {"label": "Preadmisibilidad", "value": 301, "note": "21 días"},
        ],
        "months": ["Abr", "May", "Jun", "Jul", "Ago", "Sep"],
        "lacking": ["", "", "", "", "", "en curso"],
        "series": [
            {"label": "Valparaíso", "values": [42, 55, 51, 68, 74, 81]},
            {"label": "Todo el país", "values": [38, 40, 47, 46, 52, 55], "tone": "plain"},
        ],
        "past": [31, 28, 35, 41, 39, 47],
        "sections": [
            {"label": "Resumen", "href": "#tabs", "current": True},
            {"label": "Bitácora", "href": "#tabs", "count": 84},
            {"label": "Compromisos", "href": "#tabs", "count": 3},
            {"label": "Datos", "href": "#tabs"},
        ],
        "buckets": [
            {"label": "Atrasado", "href": "#buckets", "count": 2, "tone": "late", "current": True},
            {"label": "Hoy", "href": "#buckets", "count": 5, "tone": "soon"},
            {"label": "Próximo", "href": "#buckets", "count": 11},
            {"label": "Sin seguimiento", "href": "#buckets", "count": 4},
            {"label": "Respuestas", "href": "#buckets", "count": 3},
        ],
        "chips": [
            {"label": "Región", "value": "Valparaíso", "remove_href": "#filter_chips"},
            {"label": "Estado", "value": "En entrevista", "remove_href": "#filter_chips"},
        ],
        "crumbs": [
            {"label": "Empresas", "href": "#breadcrumbs"},
            {"label": "Conservas Alto Roble SpA", "href": "#breadcrumbs"},
            {"label": "Compromisos"},
        ],
        "companies": [
            ("Conservas Alto Roble SpA", "412038754", "Valparaíso", "En entrevista", "blue", 184000000, NOW),
            ("Viña Cerro Pardo Ltda.", "401112223", "Valparaíso", "Preadmitida", "good", 1420500000, NOW),
            ("Aceites del Aconcagua SA", "423334445", "Valparaíso", "Por contactar", "late", 96300000, NOW),
        ],
        "today": date(2026, 9, 17),
    }


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """`?manera=escritorio` shows the same in the desk's manner; `?tema=` (auto, light, dark) tries a theme."""
    desk = request.GET.get("manera") == "escritorio"
    theme = request.GET.get("tema", "")
    context = {
        **_shown(),
        "now": NOW,
        "theme": theme if theme in THEMES else theme_of(request),
        "frame": "shell/desk.html" if desk else "shell/portal.html",
        "manner": "desk" if desk else "portal",
        "rail_entries": RAIL,
    }
    return render(request, "shell/gallery.html", context)
