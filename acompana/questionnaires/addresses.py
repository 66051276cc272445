"""Instruments and their questions as addresses say them."""

from __future__ import annotations

from django.urls import register_converter

from acompana.shell.addresses import spoken_as

INSTRUMENTS = {
    "export-test-goods": "test-de-bienes",
    "export-test-services": "test-de-servicios",
    "interview": "entrevista",
    "preadmissibility": "preadmisibilidad",
}
QUESTIONS = {
    "activities": "actividades",
    "adaptation": "adaptacion",
    "brand": "marca",
    "capacity": "capacidad",
    "certification": "certificacion",
    "clients": "clientes",
    "commitment": "compromiso",
    "conduct": "conducta",
    "contract": "contrato",
    "credit": "credito",
    "culture": "cultura",
    "differences": "diferencias",
    "differentiation": "diferenciacion",
    "experience": "experiencia",
    "exported": "exportado",
    "finance": "finanzas",
    "growth": "crecimiento",
    "heading": "partida",
    "honesty": "franqueza",
    "innovation": "innovacion",
    "interest": "interes",
    "knowledge": "conocimiento",
    "language": "idioma",
    "margins": "margenes",
    "market": "mercado",
    "material": "material",
    "message": "mensaje",
    "model": "modelo",
    "networks": "redes",
    "next_steps": "proximos-pasos",
    "online": "en-linea",
    "packaged": "paquete",
    "payment": "pago",
    "plan": "plan",
    "price": "precio",
    "procedures": "tramites",
    "protection": "proteccion",
    "punctuality": "puntualidad",
    "quality": "calidad",
    "quality_control": "control-de-calidad",
    "reach": "alcance",
    "references": "referencias",
    "remote": "a-distancia",
    "represent": "representacion",
    "requirements": "requisitos",
    "results": "resultados",
    "risk": "riesgo",
    "seen": "visto",
    "staff": "personal",
    "supply": "abastecimiento",
    "target": "mercado-elegido",
    "taxes": "impuestos",
    "team": "equipo",
    "training": "capacitacion",
    "transport": "transporte",
    "true_data": "datos-verdaderos",
    "uniqueness": "lo-propio",
    "working_capital": "capital-de-trabajo",
    "years": "anos",
}

register_converter(spoken_as(INSTRUMENTS), "instrument")
register_converter(spoken_as(QUESTIONS), "question")
