"""Who attends a company on its road: the team of its office, and Client management for its form (ROL-1, ROL-8)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.utils.timezone import localdate

from acompana.companies.models import Company
from acompana.companies.operations import register_potential_account
from acompana.intake import operations as intake
from acompana.intake.models import ContactDuty, ReferralBody, Rise, Standing
from acompana.intake.queries import latest_intake_of
from tests.permissions import (
    ABOVE_OFFICES,
    ADMINISTRATOR,
    CLIENT_MANAGEMENT,
    DIRECTOR,
    DIRECTORATE,
    DIRECTORS,
    STAFF,
    TEAM,
    Row,
)

HEADS = DIRECTOR | ABOVE_OFFICES
ASSIGN = DIRECTORS | ADMINISTRATOR | DIRECTORATE


def furnish(side: SimpleNamespace, world: Any) -> None:
    executive = "executive" if side.company.office.code == "CL-VS" else "other_executive"
    officer, now = world.cast.actor(executive, world.now), world.now
    card = register_potential_account(
        name="Quesos del Valle",
        contact_name="Mario Leiva",
        phone="912345678",
        email="mario@quesos.example",
        region=side.company.region,
        met_at="Feria",
        actor=officer,
        now=now,
        channel="event",
    )
    side.account = intake.register_account(company=card, actor=officer, now=now)
    found = latest_intake_of(side.company)
    owner = "owner" if executive == "executive" else "rival"
    side.review = intake.ask_review(
        intake=found, because="No estoy de acuerdo.", actor=world.cast.actor(owner, now), now=now
    )
    body = ReferralBody.objects.first()
    side.referral = intake.refer_company(company=side.company, body=body, reason="Capital", actor=officer, now=now)
    head = side.company.executive
    side.duty = ContactDuty.objects.create(
        office=side.company.office, member=head.staff_member, since_at=now, named_by=head
    )
    if owner == "owner":
        waiting_rise(side, world)


def waiting_rise(side: SimpleNamespace, world: Any) -> None:
    """A company of another executive, of the programme, that came to green and waits to be passed on."""
    company = Company.objects.create(
        legal_name="Miel del Valle SpA",
        country=side.company.country,
        region=side.company.region,
        office=side.company.office,
        executive=world.cast["director"],
        related_on=localdate(world.now),
        created_at=world.now,
    )
    standing = Standing.objects.create(
        company=company, matter=side.matter, segment="with_potential", colour="green", since_at=world.now
    )
    side.rise = Rise.objects.create(
        company=company, standing=standing, risen_at=world.now, programme_executive=world.cast["director"]
    )


def number(side: SimpleNamespace) -> dict[str, str]:
    return {"number": side.matter.number}


ROWS = [
    Row("intake:intakes", get=STAFF),
    Row("intake:to_assign", get=ASSIGN, post=ASSIGN),
    Row("intake:accounts", get=STAFF),
    Row("intake:contact", number, get=TEAM, post=TEAM),
    Row("intake:arrange", number, get=TEAM, post=TEAM),
    Row("intake:interview", number, get=TEAM, post=TEAM),
    Row("intake:validate", number, get=TEAM, post=TEAM),
    Row("intake:refer_interviewed", number, get=TEAM, post=TEAM),
    Row("intake:come_back", number, get=TEAM, post=TEAM),
    Row("intake:preadmission", number, get=TEAM, post=TEAM),
    Row("intake:submit", number, get=TEAM | CLIENT_MANAGEMENT, post=TEAM | CLIENT_MANAGEMENT),
    Row("intake:take_test", number, get=TEAM | CLIENT_MANAGEMENT, post=TEAM | CLIENT_MANAGEMENT),
    Row(
        "intake:risen",
        get=ASSIGN,
        post=DIRECTOR | ADMINISTRATOR | DIRECTORATE,
        data=lambda side: {"rise": side.rise.pk, "executive": side.company.executive_id},
        writes=DIRECTOR | ADMINISTRATOR | DIRECTORATE,
    ),
    Row("intake:contact_duties", get=DIRECTORS, post=DIRECTORS),
    Row("intake:end_contact_duty", lambda side: {"pk": side.duty.pk}, post=DIRECTOR, writes=DIRECTOR),
    Row("intake:update_test", number, get=TEAM, post=TEAM),
    Row("intake:update_interview", number, get=TEAM, post=TEAM),
    Row("intake:account", lambda side: {"number": side.account.number}, get=STAFF, post=STAFF),
    Row("intake:review", lambda side: {"number": side.review.number}, get=TEAM, post=TEAM),
    Row("intake:refer", lambda side: {"company_id": side.company.pk}, get=TEAM, post=TEAM),
    Row("intake:move", lambda side: {"company_id": side.company.pk}, get=HEADS, post=HEADS),
    Row("intake:bodies", get=STAFF),
    Row("intake:body", lambda side: {"slug": "sercotec"}, get=ADMINISTRATOR, post=ADMINISTRATOR),
    Row("intake:desk", lambda side: {"slug": "corfo", "iso": "CL-VS"}, get=ADMINISTRATOR, post=ADMINISTRATOR),
    Row("intake:outcome", lambda side: {"pk": side.referral.pk}, get=TEAM, post=TEAM),
]
