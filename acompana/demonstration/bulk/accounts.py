"""Potential accounts: cards that became records, with directors, invited, joined or dismissed (INT-1, INT-2)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from acompana.companies.models import Company, Mandate
from acompana.demonstration.bulk.chance import Chance
from acompana.demonstration.bulk.companies import CompanyMaker, Made
from acompana.demonstration.bulk.ground import Ground
from acompana.demonstration.bulk.intakes import Intakes
from acompana.demonstration.bulk.rows import Letter, Rows
from acompana.demonstration.bulk.staff import Staff
from acompana.demonstration.bulk.walks import Walk
from acompana.demonstration.catalogue import words
from acompana.intake.models import Invitation, PotentialAccount
from acompana.intake.operations.accounts import INVITATION_LASTS, digest_of
from acompana.people.models import Person


class Accounts:
    """Tells potential accounts from the card on."""

    def __init__(
        self, rows: Rows, chance: Chance, ground: Ground, staff: Staff, maker: CompanyMaker, intakes: Intakes
    ) -> None:
        self.rows, self.chance, self.ground = rows, chance, ground
        self.staff, self.maker, self.intakes = staff, maker, intakes
        self.number = 0

    def tell(self, day_ago: int) -> Made:
        """One account, met so many days ago, as far as chance takes it."""
        at = self.ground.until - timedelta(days=day_ago, hours=-self.chance.whole(9, 17))
        made = self.maker.national(at=at, origin="officer")
        office, company = made.office, made.company
        officer = self._officer(office.pk)
        company.created_by = officer
        company.origin_detail = self.chance.pick(words()["met_at"])
        self.maker.stranger(made, at=at)
        walk = Walk(
            self.rows,
            self.ground,
            kind="potential_account",
            office=office,
            at=at,
            by=officer,
            company=company,
            owner=officer,
            channel="event",
        )
        self.rows.add(PotentialAccount(matter=walk.matter, met_at=company.origin_detail))
        self._go_on(made, walk, officer)
        return made

    def _officer(self, office_id: int) -> Person:
        if self.chance.happens(0.35):
            return self.chance.pick(self.staff.commercial)
        return self.chance.pick(self.staff.executives[office_id])

    def _later(self, made: Made, since: datetime, low: int, high: int) -> datetime | None:
        calendar = self.ground.calendar(made.office)
        day = since.astimezone(calendar.zone).date() + timedelta(days=self.chance.whole(low, high))
        at = self.chance.office_instant(day, calendar)
        at = max(at, since + timedelta(minutes=self.chance.whole(10, 50)))
        return at if at < self.ground.until else None

    def _go_on(self, made: Made, walk: Walk, officer: Person) -> None:
        way = self.chance.weighted((("invite", 45), ("derive", 45), ("nothing", 10)))
        at = self._later(made, walk.since, 0, 3)
        if way == "nothing" or at is None:
            return
        if way == "derive":
            director = walk.head = self.staff.directors[made.office.pk]
            walk.take("derive", at=at, by=officer)
            self._letter("account_derived", "office", made, walk, at)
            low, high = self.chance.weighted((((1, 4), 70), ((5, 7), 20), ((8, 14), 10)))
            at = self._later(made, at, low, high)
            if at is None:
                return
            if self.chance.happens(0.18):
                reason = self.chance.pick(words()["dismiss"])
                walk.take("dismiss", at=at, by=director, reason=reason)
                return
            walk.take("invite_derived", at=at, by=director)
            self._invite(made, walk, director, at)
        else:
            walk.take("invite", at=at, by=officer)
            self._invite(made, walk, officer, at)

    def _invite(self, made: Made, walk: Walk, by: Person, at: datetime) -> None:
        self.number += 1
        token = f"demostracion-{self.number}"
        assert made.contact is not None
        invitation = self.rows.add(
            Invitation(
                company=made.company,
                matter=walk.matter,
                contact=made.contact,
                digest=digest_of(token),
                invited_at=at,
                invited_by=by,
                expires_at=at + INVITATION_LASTS,
            )
        )
        self._letter("invitation", "company", made, walk, at, token=token, inviter=by.full_name)
        used_at = self._later(made, at, 1, 30)
        if used_at is None or not self.chance.happens(0.55):
            return
        person = self._join(made, used_at)
        invitation.used_at, invitation.used_by = used_at, person
        walk.take("join", at=used_at, by=person, channel="portal")
        self.intakes.tell(made, at=used_at)

    def _join(self, made: Made, at: datetime) -> Person:
        """The contact enters: a mandate by the verified contact, and the contact is theirs (INT-24)."""
        contact = made.contact
        assert contact is not None
        given, _, family = contact.name.partition(" ")
        person = self.rows.add(
            Person(
                rut=self.chance.rut(),
                email=contact.email,
                email_verified_at=at,
                given_names=given,
                family_names=family,
                phone=contact.phone,
                joined_at=at,
                password="!",
            )
        )
        contact.person, contact.verified_at, made.owner = person, at, person
        self.rows.add(
            Mandate(
                company=made.company,
                person=person,
                state="active",
                basis="verified_contact",
                requested_at=at,
                decided_at=at,
                decided_by=person,
            )
        )
        return person

    def _letter(
        self, template: str, kind: str, made: Made, walk: Walk, at: datetime, *, token: str = "", inviter: str = ""
    ) -> None:
        company: Company = made.company
        context = {"link": f"{settings.SITE_ADDRESS}/invitacion/{token}/", "inviter": inviter} if token else {}
        self.rows.letters.append(
            Letter(
                template=f"intake/{template}",
                kind=kind,
                at=at,
                matter=walk.matter,
                company=company,
                contact=made.contact,
                context=lambda: context,
            )
        )
