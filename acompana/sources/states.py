"""Where a run can stand. It is no matter of the agency: nobody owes anything for it, and no company sees it."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class State:
    slug: str
    label: str
    tone: str
    next: tuple[str, ...]
    detail: str = ""


QUEUED, READING, APPLYING, INDEXING = "queued", "reading", "applying", "indexing"
TRIED, DONE, FAILED, CANCELLED, UNDOING, UNDONE = "tried", "done", "failed", "cancelled", "undoing", "undone"

STATES = {
    state.slug: state
    for state in (
        State(QUEUED, "En espera", "plain", (READING, CANCELLED)),
        State(READING, "Leyendo el archivo", "blue", (APPLYING, TRIED, FAILED, CANCELLED)),
        State(APPLYING, "Comparando con el registro", "blue", (INDEXING, TRIED, FAILED, CANCELLED)),
        State(INDEXING, "Actualizando la búsqueda", "blue", (DONE, FAILED)),
        State(TRIED, "Ensayo listo", "good", (), "No se cambió nada."),
        State(DONE, "Lista", "good", (UNDOING,)),
        State(FAILED, "Se detuvo", "late", (READING, APPLYING, INDEXING, CANCELLED)),
        State(CANCELLED, "Cancelada", "plain", (UNDOING,)),
        State(UNDOING, "Deshaciendo", "blue", (UNDONE,)),
        State(UNDONE, "Deshecha", "plain", (UNDOING,)),
    )
}
CHOICES = [(state.slug, state.label) for state in STATES.values()]
WORKING = (READING, APPLYING, INDEXING, UNDOING)  # in some process's hands
OPEN = (QUEUED, *WORKING, FAILED)  # one of these for each source


def shown(slug: str, *, is_trial: bool) -> State:
    """The state as it is told of a load, or of a trial."""
    state = STATES[slug]
    return replace(state, label="Cancelado") if is_trial and slug == CANCELLED else state


def may_go(source: str, target: str) -> bool:
    return target in STATES[source].next
