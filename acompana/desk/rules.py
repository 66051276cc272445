"""What a role has at the desk."""

from __future__ import annotations

from acompana.people.actors import Actor

# They set up the system or look at its figures: no rule gives them a term (ROL-11, ROL-15, ROL-17).
# What each does here instead.
WITHOUT_DUTIES = {
    "administrator": "Preparas el sistema: personas y funciones, oficinas, feriados, plazos y textos.",
    "management-control": "Sigues, en todo el país, dónde se pierden empresas en la ruta, qué plazos se vencen "
    "y qué falta en las fichas, para hacérselo ver a cada oficina.",
    "national-directorate": "Supervisas cómo las empresas llegan a ser preadmitidas y qué plazos se vencen.",
    "strategic-development": "Supervisas cómo avanza la ruta y si los plazos del protocolo se cumplen.",
}


def owes_nothing_by_role(actor: Actor) -> bool:
    """Whether no duty reaches them but what somebody hands over by hand; they have no portfolio either."""
    return bool(actor.roles) and actor.roles <= WITHOUT_DUTIES.keys()


def what_they_do(actor: Actor) -> list[str]:
    """What those without duties do here, in a sentence for each of their roles."""
    return [words for role, words in WITHOUT_DUTIES.items() if role in actor.roles]
