from django.apps import AppConfig
from django.db.models import Q


class IntakeConfig(AppConfig):
    name = "acompana.intake"

    def ready(self) -> None:
        """Makes the lifecycles known, and what may be done with a company registered from a card."""
        from acompana.commitments.keeping import register_act
        from acompana.commitments.queries import register_beside, register_doers
        from acompana.companies.merge_relations import Manner, MergeRelation, register_relation
        from acompana.companies.operations import (
            register_heeder,
            register_keeper,
            register_merge_listener,
            register_teller,
        )
        from acompana.companies.permissions import ABOVE_OFFICES, MANDATE_DECIDERS
        from acompana.companies.presenting import register_in_charge
        from acompana.companies.queries import register_terms_of_mandates
        from acompana.intake import account_states, states
        from acompana.intake.card import register_steps
        from acompana.intake.keeping import deciding_access, noting_outcome, passing_on
        from acompana.intake.operations import (
            announce_decision,
            cover_interviews,
            give_interviews_back,
            heed_exports,
            heed_merge,
            keep_term,
        )
        from acompana.intake.queries import access_terms, derived_words
        from acompana.intake.rules import ACCESS_RULE, OUTCOME_RULE, PASSING_RULE
        from acompana.people.listeners import listen_to_absences, listen_to_returns
        from acompana.reference.administration import register_section
        from acompana.shell.navigation import MenuEntry
        from acompana.shell.navigation import register as register_place

        assert states.INTAKE
        assert account_states.POTENTIAL_ACCOUNT
        register_place(
            MenuEntry(
                "Quién contacta por defecto",
                "intake:contact_duties",
                place="office",
                visible=lambda actor: actor.has_role("regional-director"),
            )
        )
        register_section("Organismos", "intake:bodies", order=45)
        register_steps()
        register_teller("intake", announce_decision)
        register_keeper("intake", keep_term)
        register_heeder("intake", heed_exports)
        register_merge_listener("intake", heed_merge)
        listen_to_absences("intake", cover_interviews)
        listen_to_returns("intake", give_interviews_back)
        register_terms_of_mandates("intake", access_terms)
        register_doers(OUTCOME_RULE, *states.EXECUTIVES)
        register_doers(ACCESS_RULE, *MANDATE_DECIDERS, *ABOVE_OFFICES)
        register_beside(ACCESS_RULE)
        register_act(ACCESS_RULE, deciding_access)
        register_act(OUTCOME_RULE, noting_outcome)
        register_act(PASSING_RULE, passing_on)
        register_in_charge("intake", derived_words)
        for model, field, one, many, clash in (
            ("intake.standing", "company", "clasificación", "clasificaciones", ()),
            ("intake.referral", "company", "derivación", "derivaciones", ()),
            ("intake.invitation", "company", "invitación", "invitaciones", ()),
            ("intake.invitation", "contact", "invitación", "invitaciones", ()),
            ("intake.draft", "company", "borrador", "borradores", ("person_id", "form")),
        ):
            register_relation(MergeRelation(model, field, one, many, Manner.MOVES, clash))
        waiting = Q(programme_executive__isnull=False, passed_at=None, dropped_at=None)
        register_relation(
            MergeRelation(
                "intake.rise",
                "company",
                "paso a verde",
                "pasos a verde",
                Manner.MOVES,
                clash_among=waiting,
                open=waiting,
            )
        )
