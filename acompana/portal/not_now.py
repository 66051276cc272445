"""Why a page of the route is not open now, in a sentence: the test, its result, the last step (INT-5)."""

from __future__ import annotations

from acompana.intake.models import Intake

LEFT = "Dejaste la ruta: para seguir, vuelve a empezar."


def why_no_test(intake: Intake | None) -> str:
    """Why the test cannot be answered now."""
    state = _state(intake)
    if state == "characterization" or intake is None:
        return "El test viene después de la ficha: primero complétala y envíala."
    if state == "withdrawn":
        return LEFT
    if intake.test_id:
        return "Ya hiciste el test: puedes ver tu resultado."
    if intake.is_exporter:
        return "No necesitas el test: como exportas, pasas directo a la entrevista."
    return "Tu ruta ya pasó la etapa del test."


def why_no_result(intake: Intake | None) -> str:
    """Why there is no result of the test to see."""
    state = _state(intake)
    if state == "characterization":
        return "Todavía no tienes un resultado: primero envía tu ficha y haz el test."
    if state == "self_test":
        return "Todavía no tienes un resultado: primero haz el test."
    if state == "withdrawn":
        return "No tienes un resultado: dejaste la ruta sin hacer el test."
    if intake is not None and intake.is_exporter:
        return "No tienes un resultado del test: como exportas, no lo necesitas."
    return "No tienes un resultado del test en esta ruta."


def why_no_preadmissibility(intake: Intake | None) -> str:
    """Why the declarations of the last step cannot be given now (INT-27)."""
    match _state(intake):
        case "preadmissibility_review":
            return "Ya enviaste tu preadmisibilidad: la estamos revisando."
        case "preadmitted":
            return "Tu empresa ya está preadmitida."
        case "withdrawn":
            return LEFT
        case "not_preadmitted" if intake is not None and intake.declarations_id:
            return "Tu preadmisibilidad ya se resolvió: aquí está el motivo."
        case "not_preadmitted" | "referred":
            return "Esta vez tu ruta terminó antes de la preadmisibilidad."
        case _:
            return (
                "La preadmisibilidad es el último paso: se abre después de la entrevista, cuando validemos tu empresa."
            )


def _state(intake: Intake | None) -> str:
    return intake.matter.state if intake else "characterization"
