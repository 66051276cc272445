"""The lifecycles of the road, each one table: the intake, and the review of its result. That of a potential account
stands in `account_states`."""

from __future__ import annotations

from acompana.kernel.lifecycle import Lifecycle, Owes, State, Transition, next_version, register

CONTACT = "Contactar a la empresa para acordar una entrevista o visita"
INTERVIEW = "Realizar la entrevista o visita"
VALIDATION = "Validar la empresa, o decirle por escrito por qué no"
PREADMISSION = "Resolver la preadmisibilidad"
CONTACT_RULES = ("DL-1", "DL-3", "DL-4")
INTERVIEW_RULE = "DL-2"
ROAD_RULES = (*CONTACT_RULES, INTERVIEW_RULE, "PD-1", "PD-2")  # what is owed on the road itself
DECISION_RULE = "PD-4"  # whether a potential account that was derived is invited
EXECUTIVES = ("regional-executive", "regional-director", "regional-sector-lead", "cpe-executive")

OUTSIDE = "Sigue si vuelve preparada; la oficina debe preguntar cómo le fue (PD-5)"
FIRST_INTAKE = register(
    Lifecycle(
        kind="intake",
        version=1,
        title="Ingreso de una empresa",
        prefix="ING",
        initial="characterization",
        before=("Cuenta",),
        summary="De una empresa que no conoce a la agencia a una empresa preadmitida con ejecutivo.",
        states=(
            State("characterization", "Ficha de caracterización", turn="company", station="Ficha"),
            State("self_test", "Test de autodiagnóstico", turn="company", station="Test"),
            State("to_contact", "Por contactar", turn="agency", station="Entrevista"),
            State("to_interview", "Por entrevistar", turn="agency", station="Entrevista"),
            State("to_validate", "Por validar", turn="agency", station="Entrevista"),
            State("preadmissibility", "Preadmisibilidad por completar", turn="company", station="Preadmisibilidad"),
            State(
                "preadmissibility_review", "Preadmisibilidad en revisión", turn="agency", station="Preadmisibilidad"
            ),
            State("preadmitted", "Preadmitida", turn="nobody", station="Preadmisibilidad", final=True),
            State("not_preadmitted", "No preadmitida", turn="nobody", station="Preadmisibilidad", final=True),
            # What the office owes there, how it went (PD-5), is of the referral: told or not, the matter stays.
            State("referred", "Derivada a otro organismo", turn="nobody", station="Test", advice=OUTSIDE),
            State("withdrawn", "Desistida", turn="nobody", final=True),
        ),
        transitions=(
            Transition(
                "submit_to_test",
                "Enviar la ficha",
                source=("characterization",),
                target="self_test",
                who=("company", "client-management", *EXECUTIVES),
                fact="La empresa envió su ficha: sigue el test de autodiagnóstico",
                visibility="company",
                page="intake:submit",
            ),
            Transition(
                "submit_exporter",
                "Enviar la ficha (exporta)",
                source=("characterization",),
                target="to_contact",
                who=("company", "client-management", *EXECUTIVES),
                starts=(Owes("DL-3", "office", CONTACT),),
                fact="La empresa envió su ficha y exporta: la oficina debe contactarla",
                visibility="company",
                page="intake:submit",
            ),
            Transition(
                "submit_former_exporter",
                "Enviar la ficha (antigua usuaria que exporta)",
                source=("characterization",),
                target="to_contact",
                who=("company", "client-management", *EXECUTIVES),
                starts=(Owes("DL-4", "office", CONTACT),),
                fact="Una antigua usuaria que exporta actualizó su ficha: la oficina debe contactarla",
                visibility="company",
                page="intake:submit",
            ),
            Transition(
                "finish_test_high",
                "Terminar el test: potencial alto",
                source=("self_test",),
                target="to_contact",
                who=("company", "client-management", *EXECUTIVES),
                mode="computed",
                starts=(Owes("DL-1", "owner", CONTACT),),
                fact="Test terminado: potencial alto",
                visibility="company",
            ),
            Transition(
                "finish_test_medium",
                "Terminar el test: potencial medio",
                source=("self_test",),
                target="to_contact",
                who=("company", "client-management", *EXECUTIVES),
                mode="computed",
                starts=(Owes("DL-1", "owner", CONTACT),),
                fact="Test terminado: potencial medio",
                visibility="company",
            ),
            Transition(
                "finish_test_low_attended",
                "Terminar el test: potencial bajo en una región que entrevista",
                source=("self_test",),
                target="to_contact",
                who=("company", "client-management", *EXECUTIVES),
                mode="computed",
                starts=(Owes("DL-1", "owner", CONTACT),),
                fact="Test terminado: potencial bajo, en una región donde igual se entrevista",
                visibility="company",
            ),
            Transition(
                "finish_test_low",
                "Terminar el test: potencial bajo",
                source=("self_test",),
                target="referred",
                who=("company", "client-management", *EXECUTIVES),
                mode="computed",
                fact="Test terminado: potencial bajo; se le explicaron los pasos y se derivó",
                visibility="company",
            ),
            Transition(
                "overturn_low",
                "Atender tras la revisión",
                source=("referred",),
                target="to_contact",
                who=EXECUTIVES,
                mode="computed",
                starts=(Owes("DL-1", "owner", CONTACT),),
                fact="La revisión cambió el resultado: la derivación queda sin efecto y la oficina debe contactarla",
                visibility="company",
            ),
            Transition(
                "return_prepared",
                "Volver preparada",
                source=("referred",),
                target="to_contact",
                who=EXECUTIVES,
                mode="computed",
                starts=(Owes("DL-1", "owner", CONTACT),),
                fact="La empresa volvió preparada: la oficina debe contactarla",
                visibility="company",
            ),
            Transition(
                "record_contact",
                "Registrar el contacto",
                source=("to_contact",),
                target="to_interview",
                who=EXECUTIVES,
                fulfils=CONTACT_RULES,
                starts=(Owes("DL-2", "owner", INTERVIEW),),
                fact="Se contactó a la empresa",
                visibility="company",
                page="intake:contact",
            ),
            Transition(
                "hold_interview",
                "Registrar la entrevista",
                source=("to_interview",),
                target="to_validate",
                who=EXECUTIVES,
                fulfils=("DL-2",),
                starts=(Owes("PD-1", "owner", VALIDATION),),
                fact="Se realizó la entrevista",
                visibility="company",
                page="intake:interview",
            ),
            Transition(
                "validate",
                "Validar la empresa",
                source=("to_validate",),
                target="preadmissibility",
                who=EXECUTIVES,
                fulfils=("PD-1",),
                fact="Se validó la empresa",
                visibility="company",
                page="intake:validate",
            ),
            Transition(
                "decline",
                "No validar",
                source=("to_validate",),
                target="not_preadmitted",
                who=EXECUTIVES,
                needs=("reason",),
                fulfils=("PD-1",),
                fact="La empresa no fue validada después de la entrevista",
                visibility="company",
                page="intake:validate",
            ),
            Transition(
                "submit_preadmissibility",
                "Enviar la preadmisibilidad",
                source=("preadmissibility",),
                target="preadmissibility_review",
                who=("company",),
                starts=(Owes("PD-2", "owner", PREADMISSION),),
                fact="La empresa completó la preadmisibilidad",
                visibility="company",
            ),
            Transition(
                "return_preadmissibility",
                "Pedir que corrija",
                source=("preadmissibility_review",),
                target="preadmissibility",
                who=EXECUTIVES,
                fulfils=("PD-2",),
                needs=("reason",),
                fact="Se pidió a la empresa corregir su preadmisibilidad",
                visibility="company",
                page="intake:preadmission",
            ),
            Transition(
                "preadmit",
                "Preadmitir",
                source=("preadmissibility_review",),
                target="preadmitted",
                who=EXECUTIVES,
                fulfils=("PD-2",),
                fact="La empresa quedó preadmitida",
                visibility="company",
                page="intake:preadmission",
            ),
            Transition(
                "refuse_preadmission",
                "No preadmitir",
                source=("preadmissibility_review",),
                target="not_preadmitted",
                who=EXECUTIVES,
                fulfils=("PD-2",),
                needs=("reason",),
                fact="La empresa no fue preadmitida",
                visibility="company",
                page="intake:preadmission",
            ),
            Transition(
                "withdraw",
                "Desistir",
                source=(
                    "characterization",
                    "self_test",
                    "to_contact",
                    "to_interview",
                    "to_validate",
                    "preadmissibility",
                    "preadmissibility_review",
                    "referred",
                ),
                target="withdrawn",
                who=("company", *EXECUTIVES),
                needs=("reason",),
                cancels=ROAD_RULES,
                fact="La empresa desistió de su ingreso",
                visibility="company",
            ),
        ),
    )
)
# Whoever is named for it owes the contact of a company that exports too, as after a test (INT-10, INT-12, INT-13).
SECOND_INTAKE = next_version(
    FIRST_INTAKE,
    submit_exporter={"starts": (Owes("DL-3", "owner", CONTACT),)},
    submit_former_exporter={"starts": (Owes("DL-4", "owner", CONTACT),)},
)
# Who is referred after its interview was not refused: it comes back as one that its test referred (INT-17, INT-18).
THIRD_INTAKE = next_version(
    SECOND_INTAKE,
    Transition(
        "refer_interviewed",
        "Derivar a otro organismo",
        source=("to_validate",),
        target="referred",
        who=EXECUTIVES,
        needs=("reason",),
        fulfils=("PD-1",),
        fact="Después de la entrevista la empresa fue derivada a otro organismo",
        visibility="company",
        page="intake:refer_interviewed",
    ),
)
# Whose form is corrected while it stands at its test, and says that it exports, needs no test: by whoever may change
# the form (INT-4, INT-12, INT-13).
FORM_KEEPERS = ("company", "staff", "system")
INTAKE = next_version(
    THIRD_INTAKE,
    Transition(
        "leave_test_exporter",
        "Dejar el test: exporta",
        source=("self_test",),
        target="to_contact",
        who=FORM_KEEPERS,
        mode="computed",
        starts=(Owes("DL-3", "owner", CONTACT),),
        fact="La ficha se corrigió y dice que exporta: no necesita el test y la oficina debe contactarla",
        visibility="company",
    ),
    Transition(
        "leave_test_former_exporter",
        "Dejar el test: antigua usuaria que exporta",
        source=("self_test",),
        target="to_contact",
        who=FORM_KEEPERS,
        mode="computed",
        starts=(Owes("DL-4", "owner", CONTACT),),
        fact="La ficha de una antigua usuaria se corrigió y dice que exporta: la oficina debe contactarla",
        visibility="company",
    ),
)

FIRST_REVIEW = register(
    Lifecycle(
        kind="review",
        version=1,
        title="Revisión de un resultado por una persona",
        prefix="REV",
        initial="asked",
        states=(
            State("asked", "Pedida", turn="agency"),
            State("dropped", "Sin efecto", turn="nobody", final=True),
            State("decided", "Resuelta", turn="nobody", final=True),
        ),
        transitions=(
            Transition(
                "open_review",
                "Pedir la revisión",
                source=(),
                target="asked",
                who=("company",),
                starts=(Owes("DL-27", "office", "Revisar el resultado y responder a la empresa"),),
                fact="La empresa pidió que una persona revise su resultado",
                visibility="company",
            ),
            Transition(
                "decide_review",
                "Resolver la revisión",
                source=("asked",),
                target="decided",
                who=EXECUTIVES,
                needs=("reason",),
                fulfils=("DL-27",),
                fact="Se respondió la revisión del resultado",
                visibility="company",
                page="intake:review",
            ),
            Transition(
                "drop_review",
                "Dejar sin efecto",
                source=("asked",),
                target="dropped",
                who=("system",),
                mode="computed",
                cancels=("DL-27",),
                fact="La empresa dejó la ruta: la revisión quedó sin efecto",
                visibility="company",
            ),
        ),
    )
)
# A correction of the form asks for one too, whoever made it (INT-4).
REVIEW = next_version(FIRST_REVIEW, open_review={"who": FORM_KEEPERS})
