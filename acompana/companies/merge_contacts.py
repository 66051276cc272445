"""Which contacts of two companies that become one are one human, and whether their two rows become one (EXP-1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from acompana.companies.models import Contact
from acompana.kernel.phones import shown_phone
from acompana.kernel.search.text import normalise

Known = tuple[str, str, int | None]


@dataclass(frozen=True, slots=True)
class Meeting:
    """A human known on both sides. `joined`: one row stays, and holds all that either had; otherwise both stay, since
    one of them has another e-mail, phone or account, and a contact has one of each."""

    kept: Contact
    gone: Contact
    joined: bool

    @property
    def of_kept(self) -> list[str]:
        return reached_by(self.kept)

    @property
    def of_gone(self) -> list[str]:
        own_name = [self.gone.name] if self.gone.name != self.kept.name else []
        return own_name + reached_by(self.gone)

    @property
    def stays(self) -> list[str]:
        """Of the one that stays alone: what it then is reached by."""
        return reached_by(self.kept, self.gone)


def reached_by(*contacts: Contact) -> list[str]:
    """E-mail and phone, each from the first that has it."""
    emails = (contact.email for contact in contacts if contact.email)
    phones = (shown_phone(contact.phone) for contact in contacts if contact.phone)
    return [told for told in (next(emails, ""), next(phones, "")) if told]


def who_meet(mine: Sequence[Contact], theirs: Sequence[Contact]) -> list[Meeting]:
    """Each contact of the company that goes with the one of the other that is the same human: the same account, the
    same e-mail, or the same name. One that may become the same row comes before one that may not."""
    holds = {other.pk: _known(other) for other in theirs}
    met: list[Meeting] = []
    for contact in mine:
        alike = [other for other in theirs if _same_human(contact, other)]
        if not alike:
            continue
        # What others of this side brought to it counts too: a second phone would find the place taken.
        able = next((other for other in alike if _has_room(holds[other.pk], _known(contact))), None)
        if able is not None:
            holds[able.pk] = _filled(holds[able.pk], _known(contact))
        met.append(Meeting(kept=able or alike[0], gone=contact, joined=able is not None))
    return met


def _same_human(one: Contact, other: Contact) -> bool:
    if one.person_id is not None and one.person_id == other.person_id:
        return True
    return bool(one.email and one.email == other.email) or normalise(one.name) == normalise(other.name)


def _known(contact: Contact) -> Known:
    return contact.email, contact.phone_digits or contact.phone, contact.person_id


def _has_room(held: Known, other: Known) -> bool:
    return all(not mine or not its or mine == its for mine, its in zip(held, other, strict=True))


def _filled(held: Known, other: Known) -> Known:
    return held[0] or other[0], held[1] or other[1], held[2] or other[2]
