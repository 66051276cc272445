"""Finished tests led to where they belong, by the product's own verb: each one a transaction, as the portal does it.

What went before (intake opened, form sent, test answered) is put there in sets and not measured; what is measured is
`finish_test`: the rule, the step, the logbook, what is owed by when, and the letters written (INT-9 to INT-11).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import transaction

from acompana.companies.models import Company
from acompana.intake.models import Intake
from acompana.intake.operations import finish_test
from acompana.intake.queries import policy
from acompana.kernel import sets
from acompana.kernel.clock import read_clock
from acompana.kernel.lifecycle import get_lifecycle
from acompana.matters.models import Matter, Step
from acompana.people.actors import Actor
from acompana.people.models import Person
from acompana.questionnaires.models import Response
from acompana.questionnaires.queries import current_version
from bench.timing import in_database, took

WHO = "empresas@bench.example"
RESULTS = (("high", 80), ("medium", 50), ("low", 10))


def routing(many: int = 10_000) -> dict[str, Any]:
    """Routes so many tests, over all regions and results. Each time it is of companies that have no matter yet."""
    actor, waiting = _answer_tests(many)
    # One at a time, read anew: a verb is given what a request has just read, not objects that know their company.
    answered = Response.objects.select_related("version", "matter")

    def finish() -> None:
        for pk in waiting:
            response = answered.get(pk=pk)
            assert response.matter is not None
            finish_test(matter=response.matter, response=response, actor=actor, now=read_clock())

    with in_database([]) as spent:
        seconds, _ = took(finish)
    exempt = policy("INT-11", read_clock())["regions"]
    routed = Intake.objects.filter(matter__responses__in=waiting)
    low = routed.filter(potential="low")
    return {
        "seconds": seconds,
        "many": len(waiting),
        "rate": len(waiting) / seconds,
        "bare": spent(),  # the statements of the same tests, alone
        "exempt": low.filter(matter__company__region__iso__in=exempt, matter__state="to_contact").count(),
        "referred": low.filter(matter__referrals__isnull=False).count(),
        "to_contact": routed.filter(matter__state="to_contact").count(),
    }


@transaction.atomic
def _answer_tests(many: int) -> tuple[Actor, list[int]]:
    """Intakes that stand at their test, with the test finished; made in sets. Gives the tests' ids."""
    now, life = read_clock(), get_lifecycle("intake")
    person, _ = Person.objects.get_or_create(
        email=WHO, defaults={"given_names": "Empresas", "family_names": "Bench", "joined_at": now}
    )
    companies = Company.objects.filter(matters=None, office__isnull=False, contacts__isnull=False)
    companies = companies.select_related("office").order_by("pk")
    state, last = life.state("self_test"), Matter.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    matters = Matter.objects.bulk_create(
        Matter(
            kind="intake", number=f"BEN-{last + i}", lifecycle_version=life.version, state=state.slug, state_since=now,
            turn=state.turn, company=company, person=person, office=company.office, opened_at=now,
            opened_by=person,
        )
        for i, company in enumerate(companies[:many])
    )  # fmt: skip
    version = current_version("export-test-goods")
    responses = []
    for i, matter in enumerate(matters):
        band, points = RESULTS[i % len(RESULTS)]
        responses.append(
            Response(
                version=version, company_id=matter.company_id, matter=matter, started_at=now, started_by=person,
                finished_at=now, finished_by=person, points=Decimal(points), band=band,
            )
        )  # fmt: skip
    Intake.objects.bulk_create(Intake(matter=matter) for matter in matters)
    Step.objects.bulk_create(
        Step(matter=matter, transition="submit_to_test", to_state=state.slug, taken_at=now, taken_by=person)
        for matter in matters
    )
    made = Response.objects.bulk_create(responses)
    sets.count_all_anew()  # as each night does
    return Actor(person=person), [response.pk for response in made]
