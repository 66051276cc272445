"""Reads of the reviews of a result by a person (INT-29, LAW-4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from acompana.intake.models import Intake, Review
from acompana.kernel.deadline_words import amount_words
from acompana.kernel.rulebook import get_rule, term_of
from acompana.logbook.models import Entry
from acompana.matters.models import Matter
from acompana.shell.languages import spoken
from acompana.shell.words import long_date

ADDED_TO_REVIEW = "Agregó razones a la solicitud de revisión"
NO_MORE_EXPORTS = "La ficha ahora dice que no exporta"
EXPORTS_REVIEWED = "La ficha se corrigió y dice que exporta: una persona revisa su resultado"


def added_to_review(matter: Matter) -> list[Entry]:
    """What others of the company added to a review that one of them had asked for, in their order. One query."""
    added = matter.entries.filter(fact=ADDED_TO_REVIEW).select_related("author", "text")
    return list(added.order_by("happened_at", "id"))


def no_more_exports(matter: Matter) -> str:
    """That the form of the company of a review says again that it does not export, and since when (INT-4); empty where
    nobody corrected it so, or it says by now that it exports."""
    assert matter.company is not None
    if matter.company.exported_recently:
        return ""
    noted = matter.entries.filter(fact=NO_MORE_EXPORTS).order_by("-happened_at", "-id").first()
    return f"{NO_MORE_EXPORTS}: se corrigió el {long_date(timezone.localdate(noted.happened_at))}." if noted else ""


def is_for_exports(review: Review) -> bool:
    """Whether a correction of the form opened a review, and nobody asked for it: its first entry says so (INT-4)."""
    return review.matter.entries.filter(fact__startswith=EXPORTS_REVIEWED).exists()


def term_of_review(*, day: date) -> str:
    """How long the office has to review a result when it is asked on a day (DL-27), in the language that is spoken."""
    term = term_of(get_rule("DL-27", day))
    assert term is not None
    return amount_words(term.amount, term.unit, spoken())


def deciding_review(found: Intake) -> Review | None:
    """The newest review that was answered of a result, by which it stands; none where its test was answered again
    since (INT-29). One query."""
    answered = found.reviews.exclude(decision="").select_related("decided_by").order_by("-decided_at").first()
    if answered is None or answered.decided_at is None:
        return None
    again = (
        found.test is not None and found.test.finished_at is not None and found.test.finished_at > answered.decided_at
    )
    return None if again else answered


def in_review(intakes: Iterable[Intake]) -> set[int]:
    """Of these intakes, the ids of those that their test referred and whose result a person looks at again (INT-29).
    One query; where none was referred, none."""
    referred = [one.pk for one in intakes if one.matter.state == "referred"]
    if not referred:
        return set()
    waiting = Review.objects.filter(intake__in=referred, matter__closed_at=None)
    return set(waiting.order_by().values_list("intake", flat=True))
