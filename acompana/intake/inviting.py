"""Which of many companies may be invited to their form, and to which address the letter would go: by sets (INT-2)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from acompana.intake.mail import main_contacts
from acompana.intake.models import Invitation
from acompana.intake.operations.accounts import NO_ADDRESS
from acompana.intake.permissions import may_invite
from acompana.intake.queries import with_what_is_owed
from acompana.matters.models import Matter
from acompana.people.actors import Actor

OF_THE_HEAD = "Se derivó a la dirección regional: ella decide si se invita."


@dataclass(frozen=True, slots=True)
class Invitable:
    """`why_not`: a sentence where it may not be invited, or empty. `invited_on`: when it was, where its link is valid
    or was used. `account`: the potential account that is open, by which it would be invited."""

    address: str
    why_not: str
    invited_on: date | None
    account: Matter | None


def invitable(companies: Collection[int], actor: Actor, now: datetime) -> dict[int, Invitable]:
    """What `may_invite` and `check_can_invite` say of each of these companies (ids). Four queries."""
    contacts, accounts = main_contacts(companies), _open_accounts(companies)
    live = Invitation.objects.filter(Q(expires_at__gt=now) | Q(used_at__isnull=False), company__in=companies)
    invited = dict(live.order_by("invited_at", "pk").values_list("company", "invited_at"))
    found = {}
    for pk in companies:
        contact, account, since = contacts.get(pk), accounts.get(pk), invited.get(pk)
        why = "" if contact else NO_ADDRESS
        if not may_invite(actor, account, owed=account.owed if account else ()):  # type: ignore[attr-defined]
            why = OF_THE_HEAD
        on = timezone.localdate(since) if since else None
        found[pk] = Invitable(contact.email if contact else "", why, on, account)
    return found


def _open_accounts(companies: Collection[int]) -> dict[int, Matter]:
    """The open account of each, with what is `owed`: the newest, or the one that waits for the head of region."""
    rows = Matter.objects.filter(kind="potential_account", closed_at=None, company__in=companies)
    rows = rows.prefetch_related(with_what_is_owed("commitments"))
    ordered = sorted(rows, key=lambda matter: (matter.state == "derived", matter.pk))
    return {matter.company_id: matter for matter in ordered if matter.company_id is not None}
