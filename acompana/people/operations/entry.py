"""Who somebody is when they come in, and the address where we may write to them (IDN-1)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext

from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.people.actors import actor_of
from acompana.people.claveunica import Identity
from acompana.people.letters import write_letter
from acompana.people.models import Person
from acompana.shell.languages import spoken

EMAIL_LINK_LIFE = timedelta(days=3)
REPEAT_AFTER = timedelta(minutes=10)
EMAIL_SALT = "acompana.people.confirm-email"
STAFF_ENTER_OTHERWISE = "Trabajas en la agencia: entra con tu correo institucional y tu contraseña, no con ClaveÚnica."


@verb
def enter_with_claveunica(*, identity: Identity, now: datetime) -> Person:
    """The person of a RUN, made at their first entry, with the language that they chose before it; their names follow
    the Civil Registry (IDN-1).

    Refused for a closed account, and for staff, whose entrance asks for a second factor (IDN-2).
    """
    person, is_new = Person.objects.select_for_update().get_or_create(
        rut=identity.rut,
        defaults={
            "given_names": identity.given_names,
            "family_names": identity.family_names,
            "joined_at": now,
            "password": make_password(None),
            "language": spoken(),
        },
    )
    if is_new:
        return person
    if not person.is_active:
        raise Refused(gettext("Tu cuenta está cerrada. Si crees que es un error, escríbenos."), "IDN-1")
    if not settings.DEMO and actor_of(person, now.date()).is_staff:
        raise Refused(STAFF_ENTER_OTHERWISE, "IDN-2")
    names = (identity.given_names or person.given_names, identity.family_names or person.family_names)
    if names != (person.given_names, person.family_names):
        person.given_names, person.family_names = names
        person.save(update_fields=["given_names", "family_names"])
    return person


@verb
def ask_to_confirm_email(*, person: Person, email: str, now: datetime) -> str:
    """Mail a link to an address that a person says is theirs; nothing changes until they open it.

    Says nothing of whether somebody else uses the address: only who reads its mail may learn that. Asked again
    within ten minutes, it sends nothing more. Gives back the address as it will be stored.
    """
    email = email.strip().lower()
    until = (now + EMAIL_LINK_LIFE).timestamp()
    token = signing.dumps({"person": person.pk, "email": email, "until": until}, salt=EMAIL_SALT, compress=True)
    slot = int(now.timestamp() // REPEAT_AFTER.total_seconds())
    write_letter(
        template="people/confirm_email",
        person=person,
        to_address=email,
        context={
            "link": f"{settings.SITE_ADDRESS}{reverse('people:confirm-email', args=[token])}",
            "days": EMAIL_LINK_LIFE.days,
        },
        key=f"confirm-email:{person.pk}:{email}:{slot}",
        now=now,
    )
    return email


def read_email_link(*, token: str, person: Person, now: datetime) -> str:
    """The address of a confirmation link that was mailed for this person; Refused if it is not, or is too old."""
    try:
        content = signing.loads(token, salt=EMAIL_SALT)
    except signing.BadSignature as error:
        raise Refused(
            gettext("Este enlace está incompleto. Ábrelo de nuevo desde el correo que te enviamos."), "IDN-1"
        ) from error
    if content["person"] != person.pk:
        raise Refused(gettext("Este enlace es de otra cuenta. Entra con la persona a quien se lo enviamos."), "IDN-1")
    if content["until"] < now.timestamp():
        raise Refused(gettext("Este enlace venció. Escribe tu correo otra vez y te enviaremos uno nuevo."), "IDN-1")
    return content["email"]


@verb
def confirm_email(*, person: Person, token: str, now: datetime) -> Person:
    """Make the address of a confirmation link the person's own, verified now."""
    email = read_email_link(token=token, person=person, now=now)
    if Person.objects.filter(email=email).exclude(pk=person.pk).exists():
        raise Refused(gettext("Ese correo ya lo usa otra cuenta. Escribe uno distinto."), "IDN-1")
    person.email = email
    person.email_verified_at = now
    person.save(update_fields=["email", "email_verified_at"])
    return person
