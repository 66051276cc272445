"""How somebody new of the agency hears of their account: a letter with the link to choose a password (IDN-2).

Sent at once, not through the outbox, as the letter of a forgotten password: nobody else may read its link.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from smtplib import SMTPException

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.socialaccount.adapter import get_adapter as get_institution_adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from acompana.people.models import Person, StaffMember

log = logging.getLogger(__name__)


def password_link(person: Person) -> str:
    """The address at which a person chooses a password; it serves once and for a few days."""
    parts = {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
    return f"{settings.SITE_ADDRESS}{reverse('account_reset_password_from_key', kwargs=parts)}"


def never_entered(person: Person) -> bool:
    """Whether somebody has an address, and neither chose a password nor came in with the institution's account.
    ClaveÚnica, with which they may have come for a company, lets nobody in to the desk. One query at most."""
    if not person.email or not person.is_active or person.has_usable_password():
        return False
    return not person.socialaccount_set.exists()  # type: ignore[attr-defined]


def send_welcome(member: StaffMember, request: HttpRequest) -> bool:
    """Mail somebody how they come in; False if the mail server does not take it. Outside of any transaction."""
    person, letter = member.person, get_adapter(request)
    institutions = [provider.name for provider in get_institution_adapter(request).list_providers(request)]
    context = {
        "name": person.full_name,
        "office": member.office,
        "since_on": member.since_on,
        "email": person.email,
        "entrance": f"{settings.SITE_ADDRESS}{reverse('account_login')}",
        "institution": institutions[0] if institutions else "",
        "password_url": password_link(person),
        "days": timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT).days,
    }
    try:
        letter.render_mail("account/email/welcome", person.email, context).send()
    except (OSError, SMTPException) as error:
        log.error("mail server: welcome not sent: %s", error)
        return False
    return True
