"""Writing down what happened. Nothing here changes or deletes an entry: the database would refuse it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from acompana.companies.models import Company, Contact, Mandate
from acompana.companies.operations import relate_company
from acompana.files.models import StoredFile
from acompana.kernel.hands import note_hand
from acompana.kernel.insertions import insert
from acompana.kernel.models import ChangeSet
from acompana.kernel.past_days import FIRST_YEAR, TOO_EARLY
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.logbook.listeners import tell
from acompana.logbook.models import Attachment, Entry, EntryText
from acompana.logbook.queries import acted_since
from acompana.logbook.rules import FACTS, NOTE_FACT, USUAL_CHANNEL, fault_by_hand, kind_told
from acompana.matters.models import Matter
from acompana.matters.operations import erase_reason
from acompana.people.actors import Actor
from acompana.people.models import Office, Person
from acompana.shell.words import before_full_stop

TEXT_LIMIT = 20_000
CLOCK_SLACK = timedelta(minutes=5)
EARLIEST = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
ERASERS = ("administrator",)


@verb
def record_entry(
    *,
    kind: str,
    fact: str,
    actor: Actor,
    now: datetime,
    channel: str,
    company: Company | None = None,
    contact: Contact | None = None,
    person: Person | None = None,
    matter: Matter | None = None,
    office: Office | None = None,
    direction: str = "none",
    outcome: str = "none",
    visibility: str = "staff",
    text: str = "",
    happened_at: datetime | None = None,
    files: Iterable[StoredFile] = (),
) -> Entry:
    """Write an entry with its words and attachments (INT-25, CHA-2).

    `fact` is one sentence of the system without personal data; what a person wrote goes in `text`, which can be
    erased by law. Company, person and office are taken from the matter where they are not given. Rooms above that
    listen (`logbook.listeners`) act on it in the same transaction. Refused: an instant
    in the future or before `EARLIEST`, a text beyond 20,000 characters, a contact of another company.
    """
    if matter is not None:
        company = company or matter.company
        person = person or (matter.person if company is None else None)
        office = office or matter.office
    if office is None and actor.staff_member is not None:
        office = actor.staff_member.office
    check_can_record(company=company, contact=contact, text=text, happened_at=happened_at, now=now)
    entry = Entry(
        kind=Entry.Kind(kind),
        company=company,
        contact=contact,
        person=person,
        matter=matter,
        office=office,
        author=actor.person,
        channel=channel,
        direction=Entry.Direction(direction),
        outcome=Entry.Outcome(outcome),
        visibility=Entry.Visibility(visibility),
        fact=fact[:200],
        happened_at=happened_at or now,
        recorded_at=now,
    )
    insert(entry)
    if actor.person is None:
        note_hand(entry)
    if text.strip():
        insert(EntryText(entry=entry, body=text.strip()))
    if attachments := [Attachment(entry=entry, file=file) for file in files]:
        Attachment.objects.bulk_create(attachments)
    tell(entry, actor, now)
    return entry


@verb
def note_by_hand(
    *,
    kind: str,
    actor: Actor,
    now: datetime,
    company: Company | None,
    matter: Matter | None = None,
    contact: Contact | None = None,
    channel: str = "",
    outcome: str = "",
    direction: str = "",
    visibility: str = "",
    text: str = "",
    happened_at: datetime | None = None,
    files: Iterable[StoredFile] = (),
) -> Entry:
    """What somebody of the agency did with a company: a call, a visit, a mail, or a note of theirs (CHA-2, INT-25).
    From then on it has a relation with the agency, also where a program wrote down what they did (DEF-7).

    `channel`: the usual one of the kind if empty; of a conversation it says the kind. Refused as `record_entry`, and
    where `rules.fault_by_hand` says so.
    """
    field, fault = fault_by_hand(kind=kind, channel=channel, outcome=outcome, text=text)
    if fault:
        raise Refused(fault, "CHA-2", field)
    if company is not None:
        # Before the entry, which holds the row of its company: two at once would wait for each other.
        check_can_record(company=company, contact=contact, text=text, happened_at=happened_at, now=now)
        relate_company(company=company, actor=actor, now=now, channel=channel or USUAL_CHANNEL[kind])
    is_note = kind == Entry.Kind.NOTE
    told, outcome = kind_told(kind, channel), "none" if is_note else outcome
    return record_entry(
        kind=told,
        fact=NOTE_FACT if is_note else FACTS[told, outcome],
        actor=actor,
        now=now,
        company=company,
        matter=matter,
        contact=contact,
        channel=channel or USUAL_CHANNEL[kind],
        direction="none" if is_note else direction or "out",
        outcome=outcome,
        visibility=visibility or "staff",
        text=text,
        happened_at=happened_at,
        files=files,
    )


def note_merge(kept: Company, gone: Company, change_set: ChangeSet, actor: Actor, now: datetime) -> None:
    """A merge, or its undoing, is something that happened to the company (EXP-5). With whom somebody did something
    while they were one, that one has the relation by it, where it was the other's before (DEF-7)."""
    joined = change_set.undoes_id
    if joined is not None and kept.related_on is None and acted_since([kept.pk], joined):
        relate_company(company=kept, actor=actor, now=now, channel=change_set.channel or "system")
    name = before_full_stop(gone)
    fact = f"Se separó de nuevo la ficha de {name}." if joined else f"Se unió a esta la ficha de {name}."
    record_entry(
        kind=Entry.Kind.CHANGE, fact=fact, company=kept, actor=actor, now=now, channel=change_set.channel or "system"
    )


ASSIGNED = "Se asignó a un ejecutivo o ejecutiva"
UNASSIGNED = "Se deshizo la asignación a un ejecutivo o ejecutiva"


def note_in_charge(words: Mapping[int, str], *, fact: str, actor: Actor, now: datetime) -> None:
    """Who is in charge of companies (ids) from now on, as `words` says of each, and by whom: for the staff (INT-25).
    By sets, however many; part of a caller's transaction. Nobody who listens is told: nothing follows from it."""
    office = actor.staff_member.office if actor.staff_member else None
    entries = [
        Entry(
            kind=Entry.Kind.CHANGE,
            company_id=company,
            office=office,
            author=actor.person,
            channel="system",
            fact=fact,
            happened_at=now,
            recorded_at=now,
        )
        for company in words
    ]
    Entry.objects.bulk_create(entries)
    EntryText.objects.bulk_create(EntryText(entry=one, body=words[one.company_id or 0]) for one in entries)


ACCESS_FACTS = {
    Mandate.State.REQUESTED: "Pidieron acceso para actuar por la empresa",
    Mandate.State.LIMITED: "Pidieron acceso para actuar por la empresa",
    Mandate.State.ACTIVE: "Se dio acceso para actuar por la empresa",
    Mandate.State.REFUSED: "Se rechazó un acceso para actuar por la empresa",
    Mandate.State.ENDED: "Se quitó un acceso para actuar por la empresa",
}
GIVEN_BACK = "Dejaron su acceso para actuar por la empresa"
TAKEN_BACK = "Retiraron su pedido de acceso para actuar por la empresa"


def note_access(mandate: Mandate, actor: Actor, now: datetime, channel: str) -> Entry:
    """Who may act for a company is part of its history: asked, given, refused, taken away, given back; a request
    that was not answered is taken back (INT-24).

    The name of the person, and the reason of a refusal or an end, are words beside the fact. A confirmation by a link
    has no author but the mailbox to which it went."""
    own = actor.person is not None and actor.person.pk == mandate.person_id
    fact = ACCESS_FACTS[Mandate.State(mandate.state)]
    if own and mandate.state == Mandate.State.ENDED:
        fact = GIVEN_BACK if mandate.was_given else TAKEN_BACK
    said = [f"{mandate.person.full_name}."]
    if mandate.state == Mandate.State.ACTIVE and mandate.basis == Mandate.Basis.VERIFIED_CONTACT:
        said.append("Lo confirmó el enlace que recibió un contacto de la empresa.")
    if mandate.state in (Mandate.State.REFUSED, Mandate.State.ENDED) and mandate.reason:
        said.append(f"Motivo: {mandate.reason}")
    return record_entry(
        kind=Entry.Kind.STEP,
        fact=fact,
        company=mandate.company,
        actor=actor,
        now=now,
        channel=channel,
        visibility=Entry.Visibility.COMPANY,
        text=" ".join(said),
    )


def check_can_record(
    *, company: Company | None, contact: Contact | None, text: str, happened_at: datetime | None, now: datetime
) -> None:
    """Raises `Refused` with the reason why an entry cannot be written."""
    if happened_at is not None and happened_at > now + CLOCK_SLACK:
        reason = "La bitácora anota lo que ya pasó: corrige la fecha y la hora."
        raise Refused(reason, rule="INT-25", field="happened_at")
    if happened_at is not None and happened_at < EARLIEST:
        raise Refused(TOO_EARLY, rule="INT-25", field="happened_at")
    if len(text) > TEXT_LIMIT:
        raise Refused("El texto es demasiado largo: el máximo es de 20.000 caracteres.", field="text")
    if contact is not None and (company is None or contact.company_id != company.pk):
        raise Refused("Ese contacto no es de esta empresa.", field="contact")


@verb
def erase_text(*, entry: Entry, actor: Actor, now: datetime, because: str) -> None:
    """Erase the words of an entry by law, leaving the fact and who erased them, when and why (LAW-4).

    The words of a step stand in the step too, and go with it. Refused: without a reason, without words to erase, or
    for who is not an administrator.
    """
    check_can_erase_text(entry=entry, actor=actor)
    if not because.strip():
        raise Refused("Escribe por qué se borra el texto.", rule="LAW-4")
    erased = EntryText.objects.filter(entry=entry, erased_at=None).update(
        body="", erased_at=now, erased_by=actor.person, erased_because=because.strip()[:200]
    )
    if not erased:
        raise Refused("Esta anotación no tiene texto que borrar.", rule="LAW-4")
    if entry.kind == Entry.Kind.STEP and entry.matter is not None:
        erase_reason(matter=entry.matter, taken_at=entry.happened_at)


def check_can_erase_text(*, entry: Entry, actor: Actor) -> None:
    """Only an administrator erases words; the fact stays whoever asks."""
    if not actor.has_role(*ERASERS):
        raise Refused("Solo la administración puede borrar el texto de una anotación.", rule="LAW-4")
