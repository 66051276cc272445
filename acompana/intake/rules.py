"""What the intake decides. Pure: facts come in, a decision comes out with its reason and the id of its rule."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

ACCESS_RULE = "PD-3"  # by when a request to act for a company is decided (INT-24)
OUTCOME_RULE = "PD-5"  # by when somebody asks what came of a referral (INT-19)
PASSING_RULE = "INT-20"  # by when a company that came to green leaves the programme


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, why (a sentence for people), and by which rule."""

    value: str
    reason: str
    rule: str


def next_after_characterization(*, exported_recently: bool, is_former_user: bool) -> Decision:
    """The transition that a characterisation calls for (INT-4, INT-12, INT-13)."""
    if not exported_recently:
        return Decision(
            "submit_to_test", "No has exportado en los últimos 3 años: sigue el test de autodiagnóstico.", "INT-4"
        )
    if is_former_user:
        return Decision(
            "submit_former_exporter", "Ya trabajaste con la agencia y exportas: te contacta tu oficina.", "INT-13"
        )
    return Decision("submit_exporter", "Exportas: no necesitas el test; te contacta tu oficina.", "INT-12")


AT_TEST = {"submit_exporter": "leave_test_exporter", "submit_former_exporter": "leave_test_former_exporter"}


def leave_test(*, is_former_user: bool) -> Decision:
    """The transition of who says that it exports while its test waits: its road is that of who said so in its form,
    for the same reason (INT-4, INT-12, INT-13)."""
    told_at_once = next_after_characterization(exported_recently=True, is_former_user=is_former_user)
    return replace(told_at_once, value=AT_TEST[told_at_once.value])


def back_to_test(*, is_former_user: bool) -> Decision:
    """The transition of who says that it does not export after all, before anybody contacted it (INT-4, INT-13)."""
    told_at_once = next_after_characterization(exported_recently=False, is_former_user=is_former_user)
    return replace(told_at_once, value="back_to_test")


WHY_ROUTED = {
    "INT-4": "No exportó en los últimos 3 años: le toca el test de autodiagnóstico.",
    "INT-12": "Exporta: no necesita el test, pasa a la entrevista.",
    "INT-13": "Antigua usuaria que exporta: no necesita el test, pasa a la entrevista.",
}
"""What staff read of why a company without a result is on its road, by the rule that routed it; the reason of a
`Decision` is told to the company."""

TESTS = {"goods": "export-test-goods", "services": "export-test-services"}


def test_for(offer: str) -> str:
    """The self-test that a company answers by what it offers; who offers both answers that of goods (INT-22)."""
    return TESTS.get(offer, TESTS["goods"])


def route_result(*, potential: str, region: str, exempt_regions: Collection[str]) -> Decision:
    """Where a finished test leads (INT-10, INT-11): to be contacted, or referred with an explanation.

    `region` and `exempt_regions` are ISO 3166-2 codes.
    """
    if potential in ("high", "medium"):
        word = "alto" if potential == "high" else "medio"
        return Decision(
            f"finish_test_{potential}",
            f"Potencial {word}: tu oficina regional te contacta para una entrevista.",
            "INT-10",
        )
    if region in exempt_regions:
        return Decision(
            "finish_test_low_attended",
            "Potencial bajo, pero en tu región la oficina entrevista a todas las empresas.",
            "INT-11",
        )
    return Decision(
        "finish_test_low", "Potencial bajo: te contamos los pasos antes de exportar y quién puede ayudarte.", "INT-11"
    )


def supervising_role(*, potential: str, is_exporter: bool, units: Mapping[str, str]) -> str:
    """The role that supervises this intake (INT-7). `units` maps high, medium, low, exporter to role slugs."""
    return units["exporter" if is_exporter else potential or "medium"]


def final_score(*, test_points: Decimal | None, interview_points: Decimal | None) -> Decimal | None:
    """The points of the interview added to those of the test, 0–200 (INT-16); of the test alone before the interview.
    None without a test: who exports has its segment from its exports (INT-26), and no half of a sum."""
    if test_points is None:
        return None
    return (test_points + (interview_points or Decimal(0))).quantize(Decimal("0.01"))


def made_of(*, test_points: Decimal | None, interview_points: Decimal | None) -> str:
    """How a final score is made: «test 68 + entrevista 74»."""
    parts = (("test", test_points), ("entrevista", interview_points))
    return " + ".join(f"{name} {_points(points)}" for name, points in parts if points is not None)


@dataclass(frozen=True, slots=True)
class CutOffs:
    """From which final score a company has potential, and from which it is green; of the instrument's version."""

    potential: Decimal
    green: Decimal


BEFORE_VERSIONS = CutOffs(Decimal(80), Decimal(130))
"""What held for interviews marked before their version carried cut-offs: 40 and 65 of the mean of both."""


def cut_offs(final: Mapping[str, Decimal]) -> CutOffs:
    """The cut-offs of an interview's version, from where each of its final bands begins (INT-26)."""
    return CutOffs(
        potential=final.get("with_potential", BEFORE_VERSIONS.potential),
        green=final.get("with_potential_high", BEFORE_VERSIONS.green),
    )


@dataclass(frozen=True, slots=True)
class Classification:
    """Segment and colour with the sentences that say why (INT-17, INT-26). An empty colour: a micro company."""

    segment: str
    colour: str
    reasons: tuple[str, ...]


def segment_of_exporter(*, export_years: Collection[int], this_year: int) -> tuple[str, str]:
    """The segment of a company on the exporter's way, from its declared years (INT-26)."""
    if not export_years:
        return "occasional", "No consta que exporte: su ficha no tiene exportaciones declaradas."
    last_three = {this_year - 3, this_year - 2, this_year - 1}
    if last_three <= set(export_years):
        return "regular", "Declaró exportaciones en cada uno de los últimos 3 años."
    return "occasional", "Declaró exportaciones, pero no en cada uno de los últimos 3 años."


def classify(
    *,
    score: Decimal | None,
    cuts: CutOffs,
    is_exporter: bool,
    export_years: Collection[int],
    this_year: int,
    size: str,
    over_ceiling: bool,
    colours: Mapping[str, str],
    parts: str = "",
) -> Classification:
    """Segment from score or exports, then colour by the rulebook's mapping (INT-26). `parts`: what the score adds.

    Errors: ValueError if neither a score nor exports are given. `size` is micro, small, medium, large or unknown.
    """
    if is_exporter:
        segment, why = segment_of_exporter(export_years=export_years, this_year=this_year)
    elif score is None:
        raise ValueError("a company that does not export is classified by its score")
    else:
        total = f"Puntaje final {_points(score)} de 200" + (f" ({parts})" if parts else "")
        if score >= cuts.potential:
            segment, why = "with_potential", f"{total}: desde {_points(cuts.potential)} hay potencial."
        else:
            segment, why = "without_potential", f"{total}: bajo {_points(cuts.potential)} no hay potencial aún."
    reasons = [why]
    if size == "micro":
        return Classification(segment, "", (*reasons, "Las microempresas no entran al programa: se derivan."))
    if over_ceiling or size == "large" or segment == "regular":
        reasons.append(_why_beyond(over_ceiling=over_ceiling, size=size))
        return Classification(segment, colours["regular"], tuple(reasons))
    if segment == "with_potential" and score is not None:
        above = score >= cuts.green
        reasons.append(f"Verde desde {_points(cuts.green)} puntos; bajo eso, amarillo.")
        return Classification(segment, colours["with_potential_high" if above else "with_potential"], tuple(reasons))
    if segment == "occasional" and size == "unknown":
        return Classification(segment, "", (*reasons, "Falta conocer su tamaño para asignarle un color."))
    return Classification(segment, colours[segment], tuple(reasons))


def must_be_referred(*, colour: str, size: str) -> bool:
    """Whether a classification sends a company elsewhere: red, or micro and so without colour (INT-17, INT-26)."""
    return colour == "red" or (not colour and size == "micro")


def why_not_to_enter(*, size: str) -> str:
    """What is known before the interview: that whatever its score a company of that size will be referred (INT-18,
    INT-26). Empty where its interview decides."""
    if not must_be_referred(colour="", size=size):
        return ""
    return (
        "Según su ficha es una microempresa: no puede entrar al programa. Con cualquier puntaje, después de la "
        "entrevista corresponde derivarla. Si ya no lo es, corrige antes sus ventas."
    )


def why_elsewhere(colour: str) -> str:
    """The reason of a classification that sends a company elsewhere, in words that the company may read."""
    if colour:
        return "Por ahora no vemos potencial exportador: conviene prepararse antes."
    return "El programa es para empresas pequeñas y medianas, y la tuya es una microempresa."


def agreed_otherwise(*, agreed_at: datetime, agreed_mode: str, held_at: datetime, mode: str) -> tuple[str, ...]:
    """In what an interview that is noted as held is not the one agreed: «early», «late», «mode» (INT-10, INT-25)."""
    found = (("early", held_at < agreed_at), ("late", held_at > agreed_at), ("mode", mode != agreed_mode))
    return tuple(name for name, differs in found if differs)


def _why_beyond(*, over_ceiling: bool, size: str) -> str:
    if over_ceiling:
        return "Sus ventas superan el tope del programa: la atiende quien atiende a empresas mayores."
    if size == "large":
        return "Es una empresa grande: la atiende quien atiende a empresas mayores."
    return "Exporta habitualmente."


def _points(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")


@dataclass(frozen=True, slots=True)
class ChecklistPoint:
    """A point of pre-admissibility: met or not, and the sentence for people."""

    slug: str
    label: str
    met: bool
    own: bool = False  # of the agency: the executive confirms it


def check_preadmissibility(points: Sequence[ChecklistPoint]) -> str | None:
    """None if everything is met; else the sentence that says what is missing (INT-27)."""
    missing = [f"«{point.label}»" for point in points if not point.met]
    if not missing:
        return None
    return "Falta para preadmitir que se cumpla " + "; ".join(missing) + "."


WAY_BACK = ("withdrawn", "not_preadmitted")


def check_can_open(
    *, last_state: str, status: str, came_back_prepared: bool, was_interviewed: bool = False
) -> str | None:
    """None if a company may begin an intake; else the sentence that says why not (INT-3, INT-13, INT-15, DEF-4).

    `last_state` is where its newest intake stands, empty if it had none, and `was_interviewed` whether it came as far
    as that; `status` is that of DEF-1 to DEF-7. Who left its route, was told no, or was referred after its interview
    may come back whatever its status: the interview alone made it a user (INT-17, INT-18).
    """
    sent_on = last_state == "referred" and was_interviewed
    if status == "former" or came_back_prepared or sent_on or last_state in WAY_BACK:
        return None
    if status in ("user", "lapsed"):
        return "Tu empresa ya trabaja con la agencia: escribe a tu ejecutivo o ejecutiva, no necesitas otro ingreso."
    if last_state == "preadmitted":
        return "Tu empresa ya está preadmitida: pide a tu ejecutivo o ejecutiva lo que necesites."
    if last_state == "referred":
        return "Ya tienes un resultado y un plan. Si no estás de acuerdo, pide que lo revise una persona."
    return None
