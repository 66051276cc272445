"""The verbs of answering: start, save, finish, replace."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from acompana.companies.models import Company, Contact
from acompana.kernel.refusals import Refused, Stale
from acompana.kernel.verbs import verb
from acompana.logbook.models import Entry
from acompana.logbook.operations import TEXT_LIMIT, record_entry
from acompana.matters.models import Matter
from acompana.people.actors import Actor
from acompana.questionnaires.definition import Definition, Question
from acompana.questionnaires.models import Answer, Response
from acompana.questionnaires.permissions import may_replace_answers
from acompana.questionnaires.queries import answers_of, current_version, definition_of, draft_of, latest_response
from acompana.questionnaires.rules import (
    Result,
    clean_answer,
    describe_answer,
    is_blank,
    missing_questions,
    score,
    visible_questions,
)

NOT_KEPT = "Lo tuyo no quedó guardado"


class MissingAnswers(Refused):
    """Required questions are still open; `questions` names them, in order."""

    def __init__(self, questions: tuple[Question, ...]) -> None:
        count = len(questions)
        super().__init__(
            f"Falta responder {count} preguntas."
            if count > 1
            else f"Falta responder una pregunta: {questions[0].text}"
        )
        self.questions = questions


class WrongAnswers(Refused):
    """Answers that cannot be; `errors` has a sentence per question. Nothing was written."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("Revisa las respuestas marcadas. " + " ".join(dict.fromkeys(errors.values())))
        self.errors = errors


def check_can_start(*, definition: Definition, company: Company | None, again: bool = False) -> None:
    """Refuses a retake: one test per company, which the executive updates; former users may anew (INT-13, INT-15)."""
    if again or not definition.once or company is None:
        return
    if latest_response(company=company, instrument=definition.group):
        raise Refused(
            "Tu empresa ya respondió este cuestionario y se responde una sola vez. "
            "Si algo cambió, cuéntale a tu ejecutivo o ejecutiva y lo actualizará contigo.",
            "INT-15",
        )


def check_can_finish(response: Response, definition: Definition) -> None:
    """Refuses the second of two tests that a company began side by side, goods and services say (INT-15)."""
    if not definition.once or response.company is None:
        return
    others = Response.objects.filter(
        company=response.company,
        version__instrument__startswith=definition.group,
        replaces=None,
        finished_at__gte=response.started_at,
    )
    if others.exclude(pk=response.pk).exists():
        raise Refused(
            "Tu empresa ya envió este test mientras respondías este otro. Si algo cambió, dilo a quien te atiende.",
            "INT-15",
        )


@verb
def start_response(
    *,
    instrument: str,
    actor: Actor,
    now: datetime,
    company: Company | None = None,
    matter: Matter | None = None,
    again: bool = False,
    earlier: Response | None = None,
) -> Response:
    """The draft in course of this instrument for the matter (or company), or a new one on the version in force.

    `again` allows a second finished test: the caller says so for a former user (INT-13). `earlier`: a new draft begins
    with its answers, as far as this version asks the same. Refuses retakes (INT-15), instruments without a version in
    force, and a response that belongs to nothing.
    """
    if actor.person is None:
        raise Refused("Entra con tu cuenta para responder.")
    if company is None and matter is None:
        raise Refused("Falta decir de qué empresa o asunto son las respuestas.")
    if draft := draft_of(instrument=instrument, company=company, matter=matter, exact=True):
        return draft
    version = current_version(instrument)
    response = Response(version=version, company=company, matter=matter, started_at=now, started_by=actor.person)
    check_can_start(definition=definition_of(response), company=company, again=again)
    try:
        with transaction.atomic():
            response.save()
            if earlier is not None:
                _carry_answers(earlier, response)
    except IntegrityError:  # another tab started it in the same instant
        if draft := draft_of(instrument=instrument, company=company, matter=matter, exact=True):
            return draft
        raise
    return response


def _carry_answers(earlier: Response, response: Response) -> None:
    """Gives a new draft the answers of an earlier response, with when each was given. One whose question this version
    does not ask any more, or that it would not take, is left out."""
    definition, carried = definition_of(response), []
    for answer in earlier.answers.all():
        if (question := definition.question(answer.question)) is None:
            continue
        try:
            value = clean_answer(question, answer.value)
        except Refused:
            continue
        carried.append(Answer(response=response, question=question.slug, value=value, answered_at=answer.answered_at))
    Answer.objects.bulk_create(carried)


@verb
def note_help(*, response: Response, channel: str, told_by: Contact | None) -> Response:
    """Staff take it with the company: by which channel, and who of it answers (INT-6). Refuses what was sent."""
    _lock_draft(response)
    response.channel, response.told_by = channel, told_by
    response.save(update_fields=["channel", "told_by"])
    return response


def check_answers(definition: Definition, answers: Mapping[str, object]) -> dict[str, object]:
    """The answers as they are stored, None where one is taken back; raises WrongAnswers."""
    cleaned: dict[str, object] = {}
    errors: dict[str, str] = {}
    for slug, raw in answers.items():
        question = definition.question(slug)
        if question is None:
            errors[slug] = "Esta pregunta no es del cuestionario."
            continue
        try:
            cleaned[slug] = clean_answer(question, raw)
        except Refused as error:
            errors[slug] = error.reason
    if errors:
        raise WrongAnswers(errors)
    return cleaned


class StaleDraft(Stale):
    """Somebody else kept other answers in the draft since it was read; nothing was written. `meanwhile`: who, when."""

    def __init__(self, meanwhile: str) -> None:
        super().__init__(f"{meanwhile} {NOT_KEPT}: compáralo con lo guardado y guarda de nuevo.", "EXP-13")
        self.meanwhile = meanwhile


@verb
def save_answers(
    *,
    response: Response,
    answers: Mapping[str, object],
    actor: Actor,
    now: datetime,
    saves: int | None = None,
    besides: Mapping[str, str] | None = None,
) -> Response:
    """Keeps answers of a draft, some or all; a blank one is taken back (INT-23, EXP-18).

    `besides`: what its page asks besides, as it was typed. `saves`: the version of the draft that all was written
    over; StaleDraft where something else was kept meanwhile (EXP-13). Refuses answers that cannot be (WrongAnswers,
    nothing written) and a response already finished.
    """
    cleaned = check_answers(definition_of(response), answers)
    row = _lock_draft(response)
    check_not_stale(row=row, answers=cleaned, actor=actor, saves=saves, besides=besides)
    blank = [slug for slug, value in cleaned.items() if is_blank(value)]
    if blank:
        Answer.objects.filter(response=response, question__in=blank).delete()
    Answer.objects.bulk_create(
        [
            Answer(response=response, question=slug, value=value, answered_at=now)
            for slug, value in cleaned.items()
            if slug not in blank
        ],
        update_conflicts=True,
        unique_fields=["response", "question"],
        update_fields=["value", "answered_at"],
    )
    row.saves, row.saved_at, row.saved_by = row.saves + 1, now, actor.person
    if besides is not None:
        row.besides = dict(besides)
    row.save(update_fields=["saves", "saved_at", "saved_by", "besides"])
    response.saves, response.saved_at, response.saved_by = row.saves, row.saved_at, row.saved_by
    response.besides = row.besides
    _forget_prefetched(response)
    return response


@verb
def save_over(
    *,
    response: Response,
    answers: Mapping[str, object],
    actor: Actor,
    now: datetime,
    saves: int | None = None,
    besides: Mapping[str, str] | None = None,
) -> Response:
    """Keeps answers of a draft by whoever saw beside them what another person had kept (EXP-13): the answers that this
    one loses by it stay in the logbook, for the staff. Refuses as `save_answers` does."""
    row, definition = _lock_draft(response), definition_of(response)
    kept, by = answers_of(row), row.saved_by
    save_answers(response=response, answers=answers, actor=actor, now=now, saves=saves, besides=besides)
    after = answers_of(row)
    lost = [
        f"«{question.text}»: {describe_answer(question, kept[question.slug])}"
        for question in definition.questions
        if question.slug in kept and kept[question.slug] != after.get(question.slug)
    ]
    if lost and by is not None and by != actor.person:
        text = "\n".join([f"Lo que {by.full_name} había guardado y se cambió:", *lost])
        record_entry(
            kind=Entry.Kind.NOTE, fact=f"Se guardó sobre el borrador de otra persona: {definition.title}"[:200],
            text=text[:TEXT_LIMIT], company=response.company, matter=response.matter, channel="system",
            actor=actor, now=now,
        )  # fmt: skip
    return response


def _lock_draft(response: Response) -> Response:
    """Two tabs: who finishes first wins; the other one is told, and nothing of it is written."""
    columns = ("finished_at", "saves", "saved_at", "saved_by", "besides")
    row = Response.objects.select_for_update().only(*columns).get(pk=response.pk)
    if row.finished_at is not None:
        raise Refused("Estas respuestas ya fueron enviadas y no se pueden cambiar.", "INT-15")
    return row


def check_not_stale(
    *,
    row: Response,
    answers: Mapping[str, object],
    actor: Actor,
    saves: int | None,
    besides: Mapping[str, str] | None = None,
) -> None:
    """StaleDraft if a draft holds something else than what is written over its version `saves` (EXP-13)."""
    if saves is None or saves == row.saves:
        return
    if _says_otherwise(row, answers) or (besides is not None and row.besides and row.besides != dict(besides)):
        raise StaleDraft(_saved_words(row, actor))


def _says_otherwise(row: Response, cleaned: Mapping[str, object]) -> bool:
    """Whether a draft holds other answers to these questions."""
    kept = answers_of(row)
    return any(kept.get(slug) != (None if is_blank(value) else value) for slug, value in cleaned.items())


def _saved_words(row: Response, actor: Actor) -> str:
    """Who kept the draft meanwhile, and when."""
    at = timezone.localtime(row.saved_at)
    when = f"este borrador el {at:%d-%m-%Y} a las {at:%H:%M}"
    if row.saved_by is not None and row.saved_by == actor.person:
        return f"Mientras tanto guardaste {when} en otra ventana."
    who = row.saved_by.full_name if row.saved_by else "otra persona"
    return f"Mientras tanto {who} guardó {when}."


def _forget_prefetched(response: Response) -> None:
    getattr(response, "_prefetched_objects_cache", {}).pop("answers", None)


@verb
def finish_response(*, response: Response, actor: Actor, now: datetime) -> Result:
    """Closes the draft and keeps its points and band (INT-9). Doing it twice gives the same result once.

    Refuses with the list of what is missing (MissingAnswers).
    """
    row = Response.objects.select_for_update().get(pk=response.pk)
    definition, answers = definition_of(response), answers_of(response)
    result = score(definition, answers)
    if row.finished_at is None:
        if missing := missing_questions(definition, answers):
            raise MissingAnswers(missing)
        check_can_finish(response, definition)
        _close(response, definition, result, answers, actor, now)
    else:
        response.refresh_from_db(fields=["finished_at", "finished_by", "points", "band"])
    return result


def _close(
    response: Response,
    definition: Definition,
    result: Result,
    answers: Mapping[str, object],
    actor: Actor,
    now: datetime,
) -> None:
    """Answers to questions that ended up hidden are dropped: what is kept is what counted."""
    asked = {question.slug for question in visible_questions(definition, answers)}
    Answer.objects.filter(response=response).exclude(question__in=asked).delete()
    response.finished_at, response.finished_by, response.besides = now, actor.person, {}
    response.points = result.points if definition.is_scored else None
    response.band = result.band
    response.save(update_fields=["finished_at", "finished_by", "besides", "points", "band"])
    _forget_prefetched(response)


@verb
def replace_response(
    *, response: Response, answers: Mapping[str, object], reason: str, actor: Actor, now: datetime
) -> Response:
    """A finished response in the place of an earlier one, on the same version, with why (INT-15, INT-20).

    `answers` holds what changed; the rest is taken from the earlier one, which stays as it was. What changed is read
    with `queries.changes_between`. Refuses: not staff, no reason, nothing changed, a response that has already been
    replaced, missing or impossible answers.
    """
    if actor.person is None or not may_replace_answers(actor):
        raise Refused(
            "Las respuestas enviadas las actualiza la agencia. Cuéntale a quien te atiende qué cambió.", "INT-15"
        )
    if not reason.strip():
        raise Refused("Escribe por qué se actualizan las respuestas.", "INT-15")
    earlier = Response.objects.select_for_update(of=("self",)).select_related("version").get(pk=response.pk)
    if earlier.finished_at is None:
        raise Refused("Estas respuestas aún no se envían: se pueden cambiar directamente.", "INT-15")
    if earlier.replaced_by.exists():
        raise Refused("Estas respuestas ya fueron actualizadas; trabaja sobre la versión más nueva.", "INT-15")
    definition, before = definition_of(earlier), answers_of(earlier)
    after = {
        slug: value for slug, value in {**before, **check_answers(definition, answers)}.items() if not is_blank(value)
    }
    if after == before:
        raise Refused("No cambiaste ninguna respuesta.", "INT-15")
    if missing := missing_questions(definition, after):
        raise MissingAnswers(missing)
    new = Response.objects.create(
        version=earlier.version,
        company=earlier.company,
        matter=earlier.matter,
        replaces=earlier,
        reason=reason.strip(),
        started_at=now,
        started_by=actor.person,
        finished_at=now,
    )
    Answer.objects.bulk_create(
        [Answer(response=new, question=slug, value=value, answered_at=now) for slug, value in after.items()]
    )
    _close(new, definition, score(definition, after), after, actor, now)
    return new
