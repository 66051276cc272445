"""Two companies become one: everything that hangs on the one that goes hangs on the one that stays (EXP-1, SRC-1).

One transaction, one change set, undone as one. The logbook is not touched: the company that went resolves to the one
that stays (house: History). Circles and chains cannot be: who was merged into another is merged again with it, and
the database refuses a company that points to one that points further.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from acompana.companies.matching import Answer, judge
from acompana.companies.merge_relations import Manner, relations
from acompana.companies.merge_rules import stands_first, values_after
from acompana.companies.models import Company, CompanyPair, Contact, Mandate
from acompana.companies.operations.keeping import note_changed, open_set, person_id, set_match_keys
from acompana.companies.operations.merged_rows import Move, merge_own_rows, move_rows
from acompana.companies.operations.pairing import in_order
from acompana.companies.operations.traits import sizes_of, traits_of
from acompana.companies.permissions import may_merge
from acompana.companies.search import index_companies, index_contacts
from acompana.kernel.changes import record_change, record_part, snapshot, undo_change_set
from acompana.kernel.models import ChangeSet
from acompana.kernel.refusals import Refused, Stale
from acompana.kernel.verbs import verb
from acompana.people.actors import SYSTEM, Actor
from acompana.people.models import Channel
from acompana.shell.words import before_full_stop

Listener = Callable[[Company, Company, ChangeSet, Actor, datetime], str | None]
_listeners: dict[str, Listener] = {}
WORKED = ("last_worked_on", "user_until", "former_from")


def register_merge_listener(name: str, listener: Listener) -> None:
    """Calls `listener(kept, gone, change_set, actor, now)` after a merge and after its undoing, in its transaction. A
    sentence that it gives back is told to who did it, in `followed` of the change set."""
    _listeners[name] = listener


def _tell(kept: Company, gone: Company, change_set: ChangeSet, actor: Actor, now: datetime) -> None:
    said = [listener(kept, gone, change_set, actor, now) for listener in _listeners.values()]
    change_set.followed = tuple(sentence for sentence in said if sentence)


def check_can_merge(kept: Company, gone: Company, actor: Actor, reason: str = "") -> None:
    """Raises Refused with what stands in the way of merging these two, as they are stored."""
    if kept.pk == gone.pk:
        raise Refused("Es la misma ficha: elige otra.", "EXP-1")
    for company in (kept, gone):
        if company.merged_into_id is not None:
            stays = before_full_stop(company.merged_into)
            raise Refused(f"La ficha de {company} ya se fusionó con {stays}. Sigue con la que quedó.", "EXP-1")
    if actor is not SYSTEM and not may_merge(actor, kept, gone):
        raise Refused("Las fusiona quien dirige la oficina de las dos, o Gestión de clientes.", "ROL-16")
    if kept.rut and gone.rut and not reason.strip():
        raise Refused("Tienen RUT distintos: escribe por qué son la misma empresa.", "EXP-1")


@verb
def merge_companies(
    *,
    kept: Company,
    gone: Company,
    actor: Actor,
    now: datetime,
    chosen: Mapping[str, str] | None = None,
    versions: tuple[int, int] | None = None,
    reason: str = "",
) -> ChangeSet:
    """`gone` becomes part of `kept`; the change set undoes it. It came by no channel: whoever did it did it here.

    `chosen`: for each group of `merge_rules.GROUPS` whose values differ, "kept" or "gone". `versions`: of kept and
    gone, as the preview showed them. Refused as `check_can_merge`; Stale if somebody changed one of them since.
    """
    kept, gone = _locked(kept.pk, gone.pk)
    check_can_merge(kept, gone, actor, reason)
    if versions is not None and versions != (kept.version, gone.version):
        raise Stale("Alguien cambió una de las dos fichas mientras las comparabas: revisa de nuevo.", "EXP-13")
    change_set = open_set(
        kind="merge", title=f"Fusión: {gone} pasa a {kept}", actor=actor, now=now, channel=Channel.SYSTEM
    )
    taken = values_after(snapshot(kept), snapshot(gone), chosen or {})
    move = Move(kept, gone, change_set, actor, now)
    merge_own_rows(move, executive_of_gone="executive" in taken)
    for relation in relations(Manner.MOVES):
        move_rows(move, relation)
    _merge_records(move, taken)
    _settle_pairs(move, reason)
    _tell(kept, gone, change_set, actor, now)
    return change_set


def _locked(one: int, other: int) -> tuple[Company, Company]:
    """Both as stored, locked in one order, so that two who merge the same two never wait for each other."""
    rows = Company.objects.select_for_update(of=("self",)).filter(pk__in=[one, other]).order_by("pk")
    stored = {company.pk: company for company in rows}
    return stored[one], stored[other]


def _merge_records(move: Move, taken: Mapping[str, Any]) -> None:
    kept, gone, change_set = move.kept, move.gone, move.change_set
    before_kept, before_gone = snapshot(kept), snapshot(gone)
    if gone.rut and not kept.rut:
        kept.rut, gone.rut = gone.rut, None
    for name in taken:
        field: Any = Company._meta.get_field(name)
        setattr(kept, field.attname, getattr(gone, field.attname))
    for name in ("related_on", "registered_by_officer_on", "capacity_seen_on"):
        dates = [day for company in (kept, gone) if (day := getattr(company, name)) is not None]
        setattr(kept, name, min(dates, default=None))
    if gone.last_worked_on and (kept.last_worked_on is None or gone.last_worked_on > kept.last_worked_on):
        for name in WORKED:
            setattr(kept, name, getattr(gone, name))
    kept.validated_on = kept.validated_on or gone.validated_on
    gone.executive = gone.validated_on = gone.last_worked_on = gone.user_until = gone.former_from = None
    gone.merged_into = kept
    # The one that goes first: its RUT has to be free before the other takes it, and is given back in reverse.
    for company, before in ((gone, before_gone), (kept, before_kept)):
        set_match_keys(company)
        after = snapshot(company)
        for row in (before, after):
            for name in ("version", "match_name", "match_trade_name"):
                row.pop(name)
        company.version += 1
        company.save()
        record_change(company, change_set=change_set, before=before, after=after)
    record_part(kept, change_set=change_set)  # where the other had nothing that it lacked
    index_companies([kept.pk, gone.pk])
    index_contacts(Contact.objects.filter(company__in=[kept.pk, gone.pk]).values_list("pk", flat=True))


# --- the pair, and the pairs of the one that went ---------------------------------------------------------------


def _settle_pairs(move: Move, reason: str) -> None:
    first, second = in_order(move.kept.pk, move.gone.pk)
    pair, _ = CompanyPair.objects.get_or_create(
        first_id=first,
        second_id=second,
        defaults={"source": CompanyPair.Source.PERSON, "found_at": move.now, "seen_at": move.now},
    )
    pair.state, pair.change_set, pair.reason = CompanyPair.State.MERGED, move.change_set, reason.strip()[:300]
    pair.decided_at, pair.decided_by_id = move.now, person_id(move.actor)
    pair.save()
    others = CompanyPair.objects.filter(Q(first=move.gone.pk) | Q(second=move.gone.pk)).exclude(pk=pair.pk)
    _pass_on_rejections(move, others.filter(state="rejected"))
    others.filter(state="open").delete()
    note_changed([move.kept.pk], now=move.now)


def _pass_on_rejections(move: Move, rejected: Any) -> None:
    """Who was told from the one that went is told from the one that stays."""
    rows = []
    for pair in rejected:
        other = pair.second_id if pair.first_id == move.gone.pk else pair.first_id
        if other == move.kept.pk:
            continue
        first, second = in_order(move.kept.pk, other)
        rows.append(
            CompanyPair(
                first_id=first,
                second_id=second,
                state=pair.state,
                source=pair.source,
                points=pair.points,
                evidence=pair.evidence,
                office_id=pair.office_id,
                found_at=pair.found_at,
                seen_at=pair.seen_at,
                decided_at=pair.decided_at,
                decided_by_id=pair.decided_by_id,
                reason=pair.reason,
                change_set=move.change_set,
            )
        )
    CompanyPair.objects.bulk_create(rows, ignore_conflicts=True)


# --- undoing ----------------------------------------------------------------------------------------------------


@verb
def undo_merge(*, change_set: ChangeSet, actor: Actor, now: datetime) -> ChangeSet:
    """Two companies again, each with what it had; what was written since stays with the one that had stayed.

    The pair counts as rejected: nothing joins it again by itself. Refused for who may not merge them, when it was
    undone already, or when a value that the merge decided was changed since.
    """
    pair = (
        CompanyPair.objects.select_for_update(of=("self",))
        .filter(change_set=change_set, state=CompanyPair.State.MERGED)
        .first()
    )
    if change_set.kind != "merge" or pair is None:
        raise Refused("Esto no es una fusión que se pueda deshacer, o ya se deshizo.", "EXP-1")
    first, second = _locked(pair.first_id, pair.second_id)
    kept, gone = (first, second) if second.merged_into_id else (second, first)
    if actor is not SYSTEM and not may_merge(actor, first, second):
        raise Refused("La deshace quien dirige la oficina de las dos, o Gestión de clientes.", "ROL-16")
    try:
        with transaction.atomic():
            undoing = undo_change_set(
                change_set=change_set, person_id=person_id(actor), now=now, channel=Channel.SYSTEM
            )
    except IntegrityError as error:
        raise Refused(
            "No se puede deshacer: algo que la fusión juntó cambió después. Corrígelo a mano.", "EXP-5"
        ) from error
    CompanyPair.objects.filter(change_set=change_set, state=CompanyPair.State.REJECTED).delete()
    pair.state, pair.change_set, pair.reason = CompanyPair.State.REJECTED, None, "Se deshizo su fusión."
    pair.decided_at, pair.decided_by_id = now, person_id(actor)
    pair.save()
    note_changed([first.pk, second.pk], now=now)
    index_companies([first.pk, second.pk])  # also where nothing but the other's name was to be taken from it
    for company in (kept, gone):
        company.refresh_from_db()
    _tell(kept, gone, undoing, actor, now)
    return undoing


# --- joining by itself ------------------------------------------------------------------------------------------


@verb
def join_certain(*, pair_id: int, now: datetime) -> ChangeSet | None:
    """Joins a pair whose evidence is exact, if one of the two is a bare card: no RUT of its own, and nobody who
    represents it. Otherwise nothing: it waits on the list for a person. Judged again on the rows as they are."""
    pair = (
        CompanyPair.objects.select_for_update(of=("self",)).filter(pk=pair_id, state="open", is_certain=True).first()
    )
    if pair is None:
        return None
    first, second = _locked(pair.first_id, pair.second_id)
    traits = traits_of((first.pk, second.pk))
    if len(traits) < 2:
        return None
    both = (traits[first.pk], traits[second.pk])
    if judge(*both, sizes_of([both])).answer != Answer.CERTAIN:
        return None
    kept, gone = first_to_stay(first, second)
    if gone.rut or Mandate.objects.filter(company=gone, state__in=("requested", "limited", "active")).exists():
        return None
    try:
        with transaction.atomic():
            return merge_companies(kept=kept, gone=gone, actor=SYSTEM, now=now)
    except Refused:
        return None


def first_to_stay(one: Company, other: Company) -> tuple[Company, Company]:
    """The two in the order in which the preview offers them: who should stay, who should go."""
    values = [{"pk": company.pk, **snapshot(company)} for company in (one, other)]
    return (one, other) if stands_first(*values) else (other, one)
