"""The lifecycles of a help request and of what a company writes to its executive."""

from __future__ import annotations

from acompana.kernel.lifecycle import Lifecycle, Owes, State, Transition, register

EXECUTIVES = (
    "regional-executive",
    "regional-director",
    "regional-sector-lead",
    "commercial-executive",
    "cpe-executive",
)

HELP_REQUEST = register(
    Lifecycle(
        kind="help_request",
        version=1,
        title="Solicitud de ayuda",
        prefix="AYU",
        initial="received",
        summary="Una empresa no puede registrarse, completar su ficha o hacer el test, o no está de acuerdo.",
        states=(
            State("received", "Recibida", turn="agency", advice="Responder a la empresa"),
            State("answered", "Respondida", turn="company", advice="La empresa puede decir que sigue con el problema"),
            State("closed", "Cerrada", turn="nobody", final=True),
        ),
        transitions=(
            Transition(
                "open_help",
                "Pedir ayuda",
                source=(),
                target="received",
                who=("company", "staff", "system"),
                starts=(Owes("DL-26", "owner"),),
                fact="Se pidió ayuda a Gestión de clientes",
                visibility="company",
            ),
            Transition(
                "answer",
                "Responder",
                source=("received",),
                target="answered",
                who=("client-management", *EXECUTIVES),
                fulfils=("DL-26",),
                fact="Gestión de clientes respondió la solicitud de ayuda",
                visibility="company",
                page="cases:help_request",
            ),
            Transition(
                "derive_help",
                "Derivar a un ejecutivo",
                source=("received",),
                target="received",
                who=("client-management",),
                needs=("reason",),
                fact="Gestión de clientes derivó la solicitud de ayuda",
                page="cases:derive",
            ),
            Transition(
                "insist",
                "Sigo con el problema",
                source=("answered",),
                target="received",
                who=("company", "staff"),
                starts=(Owes("DL-26", "owner"),),
                fact="La empresa sigue con el problema",
                visibility="company",
            ),
            Transition(
                "close",
                "Cerrar",
                source=("answered",),
                target="closed",
                who=("company", "client-management"),
                fact="Se cerró la solicitud de ayuda",
                visibility="company",
            ),
        ),
    )
)

ENQUIRY = register(
    Lifecycle(
        kind="enquiry",
        version=1,
        title="Consulta",
        prefix="CON",
        initial="received",
        summary="Una empresa le escribe desde el portal a quien la atiende.",
        states=(
            State("received", "Recibida", turn="agency", advice="Responder a la empresa"),
            State("answered", "Respondida", turn="company", advice="La empresa puede volver a preguntar"),
            State("closed", "Cerrada", turn="nobody", final=True),
        ),
        transitions=(
            Transition(
                "open_enquiry",
                "Escribir a quien la atiende",
                source=(),
                target="received",
                who=("company",),
                starts=(Owes("DL-5", "owner"),),
                fact="La empresa escribió a quien la atiende",
                visibility="company",
            ),
            Transition(
                "answer",
                "Responder",
                source=("received",),
                target="answered",
                who=(*EXECUTIVES, "sector-officer", "sector-head"),
                fulfils=("DL-5",),
                fact="Se respondió a la empresa",
                visibility="company",
                page="cases:help_request",
            ),
            Transition(
                "insist",
                "Volver a preguntar",
                source=("answered",),
                target="received",
                who=("company",),
                starts=(Owes("DL-5", "owner"),),
                fact="La empresa volvió a preguntar",
                visibility="company",
            ),
            Transition(
                "close",
                "Cerrar",
                source=("answered",),
                target="closed",
                who=("company", *EXECUTIVES, "sector-officer", "sector-head"),
                fact="Se cerró la consulta",
                visibility="company",
            ),
        ),
    )
)
