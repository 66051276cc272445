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

# No process of the agency here gives them a term either; what they do is told by the summary of their role.
READERS = frozenset(
    {
        "administration-department",
        "calls",
        "capacity-building",
        "citizen-attention",
        "contest-supervisor",
        "geographic-officer",
        "help-centre",
        "information-management",
        "information-technology",
        "instrument-design",
        "internal-communication",
        "investment-attache",
        "legal",
        "macrozone-coordinator",
        "market-intelligence",
        "marketing-and-fairs",
        "mentor",
        "oci-coordinator",
        "people-management",
        "purchasing",
        "sector-head",
        "sector-officer",
        "strategic-planning",
    }
)


def owes_nothing_by_role(actor: Actor) -> bool:
    """Whether no duty reaches them but what somebody hands over by hand; they have no portfolio either. So is who has
    no role yet."""
    return actor.is_staff and actor.roles <= WITHOUT_DUTIES.keys() | READERS


def only_reads(actor: Actor) -> bool:
    """Whether what they have here is the registry and the road of its companies, to read."""
    return actor.is_staff and actor.roles <= READERS


def what_they_do(actor: Actor) -> list[str]:
    """What those without duties do here, in a sentence for each of their roles."""
    return [words for role, words in WITHOUT_DUTIES.items() if role in actor.roles]
