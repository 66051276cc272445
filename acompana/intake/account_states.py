"""The lifecycle of a potential account, one table (INT-1, INT-2)."""

from __future__ import annotations

from acompana.intake.states import DECISION_RULE
from acompana.kernel.lifecycle import Lifecycle, Owes, State, Transition, next_version, register

FIRST_POTENTIAL_ACCOUNT = register(
    Lifecycle(
        kind="potential_account",
        version=1,
        title="Cuenta potencial",
        prefix="CTA",
        initial="registered",
        states=(
            State("registered", "Registrada", turn="agency"),
            State("derived", "En manos de la dirección regional", turn="agency"),
            State("invited", "Invitada a completar su ficha", turn="company"),
            State("joined", "Entró al portal", turn="nobody", final=True),
            State("dismissed", "Descartada", turn="nobody", final=True),
        ),
        transitions=(
            Transition(
                "derive",
                "Derivar a la dirección regional",
                source=("registered",),
                target="derived",
                who=("staff",),
                fact="Se derivó la cuenta potencial a la dirección regional",
                page="intake:account",
            ),
            Transition(
                "invite",
                "Invitar a completar la ficha",
                source=("registered", "invited"),
                target="invited",
                who=("staff",),
                fact="Se invitó a la empresa a completar su ficha",
                page="intake:account",
            ),
            Transition(
                "invite_derived",
                "Invitar a completar la ficha",
                source=("derived",),
                target="invited",
                who=("regional-director",),
                fact="La dirección regional invitó a la empresa a completar su ficha",
                page="intake:account",
            ),
            Transition(
                "dismiss",
                "No invitar",
                source=("derived", "registered"),
                target="dismissed",
                who=("regional-director",),
                needs=("reason",),
                fact="La dirección regional decidió no invitar a la empresa",
                page="intake:account",
            ),
            Transition(
                "join",
                "Entrar al portal",
                source=("registered", "derived", "invited"),
                target="joined",
                who=("company", "system"),
                mode="computed",
                fact="La empresa entró al portal y empezó su ficha",
            ),
        ),
    )
)

# What is left with the head of region is decided by a date (INT-2).
POTENTIAL_ACCOUNT = next_version(
    FIRST_POTENTIAL_ACCOUNT,
    derive={"starts": (Owes(DECISION_RULE, "head"),)},
    invite_derived={"fulfils": (DECISION_RULE,)},
    dismiss={"fulfils": (DECISION_RULE,)},
)
