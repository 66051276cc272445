"""How allauth behaves here: no sign-up, letters that may fail, institutional sign-on for staff only (IDN-2)."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import Any, cast
from urllib.parse import urlsplit

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import timezone

from acompana.kernel.clock import read_clock
from acompana.people.actors import actor_of
from acompana.people.entering import home_of, safe_next
from acompana.people.models import Person

log = logging.getLogger(__name__)

NOT_STAFF = "Tu institución te reconoció, pero en Acompaña no hay una cuenta con tu correo. Pídela a quien administra."


def works_here(person: Person) -> bool:
    return person.is_active and actor_of(person, timezone.localdate(read_clock())).is_staff


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "El correo y la contraseña no coinciden. Revisa los dos.",
        "enter_current_password": "Escribe tu contraseña actual.",
        "incorrect_password": "La contraseña no es esa.",
        "too_many_login_attempts": "Fueron demasiados intentos. Espera unos minutos y vuelve a probar.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return safe_next(request) or home_of(cast(Person, request.user))

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not within five minutes of any proof, the entry itself included: who just entered may set up their key."""
        request = context.request
        proofs = get_authentication_records(request, request.user)
        age = read_clock().timestamp() - max((proof["at"] for proof in proofs), default=0)
        return age > app_settings.REAUTHENTICATION_TIMEOUT and super().is_reauthentication_required(app=app, **kwargs)

    def reauthenticate(self, user: Person, password: str) -> bool:
        """By the address of the person: allauth would ask its own table of addresses, which we do not keep."""
        again = self.authenticate(context.request, email=user.email, password=password)
        return again is not None and again.pk == user.pk

    def get_reset_password_from_key_url(self, key: str) -> str:
        """At the address of the system, as every letter: not at whichever host the request came by."""
        return settings.SITE_ADDRESS + urlsplit(super().get_reset_password_from_key_url(key)).path

    def send_notification_mail(self, template_prefix: str, user: Person, *args: Any, **kwargs: Any) -> None:
        """To the address of the person, for the same reason."""
        kwargs.setdefault("email", user.email)
        super().send_notification_mail(template_prefix, user, *args, **kwargs)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sent at once, not through the outbox: a link that opens an account is kept nowhere that staff can read."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException) as error:
            log.error("mail server: %s not sent: %s", template_prefix, error)
            if template_prefix.endswith("password_reset_key"):
                raise ImmediateHttpResponse(self._mail_is_down(context)) from error

    def _mail_is_down(self, mail_context: dict[str, Any]) -> Any:
        request = mail_context.get("request") or context.request
        messages.error(request, "No pudimos enviar el correo. Espera unos minutos y vuelve a pedirlo.")
        return redirect("account_reset_password")


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "El código no es ese, o ya se usó. Espera al siguiente y escríbelo.",
        "cannot_delete_authenticator": "Es tu único segundo paso. Agrega otro antes de quitar este.",
    }

    def get_totp_issuer(self) -> str:
        return "Acompaña"

    def generate_authenticator_name(self, user: Person, type: Authenticator.Type) -> str:
        kept = Authenticator.objects.filter(user=user, type=type).count()
        return "Mi llave" if kept == 0 else f"Mi llave {kept + 1}"

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Staff keep at least one second factor besides their recovery codes (IDN-2)."""
        if not settings.SECOND_FACTOR_REQUIRED or authenticator.type == Authenticator.Type.RECOVERY_CODES:
            return True
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        return others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists() or not works_here(authenticator.user)


class InstitutionAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let in staff that an administrator registered, found by an e-mail that the institution verified (IDN-2)."""
        if sociallogin.is_existing:
            person = sociallogin.user
        else:
            verified = [row.email.lower() for row in sociallogin.email_addresses if row.verified is True]
            person = Person.objects.filter(email__in=verified).first()
        if person is None or not works_here(person):
            log.warning("institution: no entry: no active staff with a verified address of the answer")
            messages.error(request, NOT_STAFF)
            raise ImmediateHttpResponse(redirect("account_login"))
        if not sociallogin.is_existing:
            sociallogin.connect(request, person)
