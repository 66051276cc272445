"""Which pairs are on the review list: found, kept up to date, proposed by a person, said no to (SRC-1, EXP-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from acompana.companies.matching import (
    ALONE,
    LIKELY_FROM,
    PEOPLE_ANSWER,
    Answer,
    Traits,
    Verdict,
    judge,
    says_something_new,
)
from acompana.companies.models import Company, CompanyPair, Contact, WaitingMatch
from acompana.companies.operations.keeping import person_id
from acompana.companies.operations.traits import sizes_of, traits_of
from acompana.companies.permissions import may_merge
from acompana.kernel.refusals import Refused
from acompana.kernel.search.engine import SearchScope, closest
from acompana.kernel.verbs import verb
from acompana.people.actors import Actor

EVERYWHERE = SearchScope(frozenset({"all", "staff"}), None, with_registry=True)
CANDIDATES = 40  # of one kind, for a company just changed
REASON = 300
WHO_DECIDES = "Lo resuelve quien dirige la oficina de las dos, o Gestión de clientes."
WHO_REOPENS = "La vuelve a revisar quien dirige la oficina de las dos, o Gestión de clientes."


# --- keeping the list -------------------------------------------------------------------------------------------


def in_order(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def keep_verdicts(judged: Iterable[tuple[Traits, Traits, Verdict]], *, now: datetime) -> list[int]:
    """Writes what was found on the list; a pair that somebody rejected stays so unless there is new evidence.

    Gives the ids of the pairs whose evidence is exact. Three statements, however many pairs.
    """
    found = {in_order(a.pk, b.pk): (a, b, verdict) for a, b, verdict in judged if verdict.answer != Answer.NO}
    if not found:
        return []
    firsts, seconds = {key[0] for key in found}, {key[1] for key in found}
    known = {
        (pair.first_id, pair.second_id): pair
        for pair in CompanyPair.objects.filter(first__in=firsts, second__in=seconds)
    }
    made, changed = [], []
    for key, (a, b, verdict) in found.items():
        pair = known.get(key)
        if pair is None:
            pair = CompanyPair(first_id=key[0], second_id=key[1], found_at=now)
            made.append(pair)
        elif pair.state == CompanyPair.State.MERGED:
            continue
        elif pair.state == CompanyPair.State.REJECTED:
            if verdict.points < LIKELY_FROM or not says_something_new(pair.evidence, verdict.evidence):
                continue  # a domain or an address alone does not outweigh who looked at the two
            pair.state, pair.found_at = CompanyPair.State.OPEN, now
            pair.decided_at = pair.decided_by = pair.change_set = None
            pair.reason = ""
            changed.append(pair)
        else:
            changed.append(pair)
        _tell(pair, a, b, verdict, now)
    CompanyPair.objects.bulk_create(made, batch_size=1000, ignore_conflicts=True)
    CompanyPair.objects.bulk_update(changed, _TOLD, batch_size=400)
    certain = [key for key, (_, _, verdict) in found.items() if verdict.answer == Answer.CERTAIN]
    if not certain:
        return []
    open_pairs = CompanyPair.objects.filter(
        first__in=[a for a, _ in certain], second__in=[b for _, b in certain], state="open", is_certain=True
    )
    return list(open_pairs.order_by("pk").values_list("pk", flat=True))


_TOLD = [
    "state",
    "points",
    "is_certain",
    "evidence",
    "office",
    "found_at",
    "seen_at",
    "reason",
    "decided_at",
    "decided_by",
    "change_set",
]


def _tell(pair: CompanyPair, a: Traits, b: Traits, verdict: Verdict, now: datetime) -> None:
    pair.points, pair.is_certain = verdict.points, verdict.answer == Answer.CERTAIN
    pair.evidence = [evidence.as_row() for evidence in verdict.evidence]
    better, other = (a, b) if (a.related, not a.is_open) >= (b.related, not b.is_open) else (b, a)
    pair.office_id = better.office or other.office
    pair.seen_at = now


def forget_unseen(*, company_ids: Iterable[int] | None, before: datetime) -> int:
    """Takes off the list what the system found once and finds no more (a phone was mended, say)."""
    gone = CompanyPair.objects.filter(state="open", source="search", seen_at__lt=before)
    if company_ids is not None:
        ids = list(company_ids)
        gone = gone.filter(Q(first__in=ids) | Q(second__in=ids))
    return gone.delete()[0]


# --- companies just registered, changed or imported -------------------------------------------------------------


@verb
def compare_waiting(*, now: datetime, limit: int = 20) -> tuple[int, list[int]]:
    """Compares the companies that wait longest with the registry. How many, and the pairs with exact evidence.

    Per company seven queries, each by an index.
    """
    waiting = list(WaitingMatch.objects.order_by("noted_at", "pk").values_list("company_id", flat=True)[:limit])
    certain: list[int] = []
    for traits in traits_of(waiting).values():
        certain += _compare(traits, now)
    forget_unseen(company_ids=waiting, before=now)
    WaitingMatch.objects.filter(pk__in=waiting, noted_at__lte=now).delete()
    return len(waiting), list(dict.fromkeys(certain))


def _compare(one: Traits, now: datetime) -> list[int]:
    """How many share a domain or an address only the search of the whole registry counts: of these alone nothing is
    put on the list here, and what it put there stays while they share it."""
    listed = _on_the_list_with(one)
    others = traits_of(candidates_for(one) | listed)
    sizes = sizes_of([(one, other) for other in others.values()])
    judged = (
        (one, other, judge(one, other, sizes, enough=ALONE if pk in listed else PEOPLE_ANSWER))
        for pk, other in others.items()
    )
    return keep_verdicts(judged, now=now)


def _on_the_list_with(one: Traits) -> set[int]:
    known = CompanyPair.objects.filter(Q(first=one.pk) | Q(second=one.pk), state="open")
    return {pk for pair in known.values_list("first", "second") for pk in pair} - {one.pk}


def candidates_for(one: Traits) -> set[int]:
    """The companies that have enough in common with one to be compared with it, by the indexes that are there."""
    companies = Company.objects.filter(merged_into=None).exclude(pk=one.pk)
    contacts = Contact.objects.filter(ended_on=None, company__merged_into=None).exclude(company=one.pk)
    found: set[int] = set()
    if one.emails:
        found |= set(contacts.filter(email__in=one.emails).values_list("company", flat=True)[:CANDIDATES])
    if one.phones:
        found |= set(contacts.filter(phone_digits__in=one.phones).values_list("company", flat=True)[:CANDIDATES])
    stored = Company.objects.filter(pk=one.pk).values_list("match_name", "match_trade_name")[0]
    if keys := set(filter(None, stored)):
        same = companies.filter(Q(match_name__in=keys) | Q(match_trade_name__in=keys))
        found |= set(same.order_by("pk").values_list("pk", flat=True)[:CANDIDATES])
    for core in one.cores[:2]:
        found |= set(_alike(core))
    return found - {one.pk}


def _alike(core: tuple[str, ...]) -> list[int]:
    """Names with all of the words, or with all but one of them, or with the beginning of a word that stands alone."""
    texts = [" ".join(core)]
    if len(core) > 2:
        texts += [" ".join(core[:n] + core[n + 1 :]) for n in range(min(len(core), 5))]
    elif len(core) == 2:
        texts += [f"{core[0]} {core[1][:3]}", f"{core[1]} {core[0][:3]}"]
    elif len(core[0]) >= 6:
        texts.append(core[0][:5])
    found: list[int] = []
    for text in texts:
        if len(text) >= 5:
            found += closest(text, scope=EVERYWHERE, kinds=("company",), limit=20)
    return found


# --- what people decide -----------------------------------------------------------------------------------------


@verb
def propose_pair(*, one: Company, other: Company, actor: Actor, now: datetime) -> CompanyPair:
    """A person puts two companies side by side; the pair that is there already if somebody found it before.

    Refused: a company with itself, a company that was merged, who may not see the registry; and to review again a pair
    that was told apart, to who may not decide it.
    """
    if not actor.is_staff:
        raise Refused("Solo quienes trabajan en la agencia comparan fichas.", "ROL-16")
    if one.pk == other.pk:
        raise Refused("Es la misma ficha: elige otra.", "EXP-1")
    if one.merged_into_id is not None or other.merged_into_id is not None:
        raise Refused("Una de las dos ya se fusionó; busca la ficha que quedó.", "EXP-1")
    first, second = in_order(one.pk, other.pk)
    traits = traits_of((first, second))
    a, b = traits[first], traits[second]
    verdict = judge(a, b, sizes_of([(a, b)]))
    pair, made = CompanyPair.objects.get_or_create(
        first_id=first,
        second_id=second,
        defaults={"source": CompanyPair.Source.PERSON, "found_at": now, "seen_at": now},
    )
    if pair.state == CompanyPair.State.REJECTED and not may_merge(actor, one, other):
        raise Refused(f"Ya se dijo que no son la misma. {WHO_REOPENS}", "ROL-16")
    if made or pair.state == CompanyPair.State.REJECTED:
        pair.state, pair.source = CompanyPair.State.OPEN, CompanyPair.Source.PERSON
        pair.decided_at = pair.decided_by = pair.change_set = None
        pair.reason = ""
        _tell(pair, a, b, verdict, now)
        pair.save()
    return pair


@verb
def reject_pair(*, pair: CompanyPair, reason: str, actor: Actor, now: datetime) -> CompanyPair:
    """They are two: the pair is not offered again while nothing new speaks for it. Refused without a reason."""
    pair = CompanyPair.objects.select_for_update(of=("self",)).select_related("first", "second").get(pk=pair.pk)
    if pair.state != CompanyPair.State.OPEN:
        raise Refused("Este par ya está resuelto.", "EXP-1")
    if not may_merge(actor, pair.first, pair.second):
        raise Refused(WHO_DECIDES, "ROL-16")
    if not reason.strip():
        raise Refused("Escribe por qué no son la misma: evita que otra persona lo revise de nuevo.", "EXP-1")
    pair.state, pair.reason = CompanyPair.State.REJECTED, reason.strip()[:REASON]
    pair.decided_at, pair.decided_by_id = now, person_id(actor)
    pair.save()
    return pair
