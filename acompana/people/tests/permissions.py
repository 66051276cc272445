"""Who may enter by which address of people."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

from django.utils.timezone import localdate

from acompana.people.models import Absence, ExtraHoliday
from tests.permissions import ADMINISTRATOR, EVERYBODY, NOBODY, SIGNED_IN, STAFF, Row
from tests.permissions.world import World


def furnish(side: SimpleNamespace, world: World) -> None:
    """The executive of the side is away next month, and their office closes on a day then."""
    side.member = side.company.executive.staff_member
    side.grant = side.member.grants.get()
    administrator, later = world.cast["administrator"], localdate(world.now) + timedelta(days=30)
    side.absence = Absence.objects.create(
        staff_member=side.member,
        substitute=world.cast["director"].staff_member,
        from_on=later,
        until_on=later,
        recorded_by=administrator,
        recorded_at=world.now,
    )
    days = ExtraHoliday.objects
    side.closure = days.create(
        day=later, name="Mudanza", office=side.company.office, added_by=administrator, added_at=world.now
    )
    side.holiday = days.create(day=later, name="Censo", added_by=administrator, added_at=world.now)


def member(side: SimpleNamespace) -> dict[str, int]:
    return {"pk": side.member.pk}


def office(side: SimpleNamespace) -> dict[str, str]:
    return {"code": side.company.office.code}


# Pages about passwords and second factors are for who has a password: in the cast, the staff.
ROWS = [
    Row("account_login", get=EVERYBODY, post=EVERYBODY),
    Row("account_logout", get=EVERYBODY, post=EVERYBODY),
    Row("account_inactive", get=EVERYBODY),
    Row("account_signup", get=EVERYBODY, post=EVERYBODY),  # sends to the entrance
    Row("account_reauthenticate", get=STAFF, post=STAFF),
    Row("account_change_password", get=STAFF, post=STAFF),
    Row("account_reset_password", get=EVERYBODY, post=EVERYBODY),
    Row("account_reset_password_done", get=EVERYBODY),
    Row("account_reset_password_from_key", lambda side: {"uidb36": "1", "key": "x-y"}, get=EVERYBODY, post=EVERYBODY),
    Row("account_reset_password_from_key_done", get=EVERYBODY),
    Row("mfa_authenticate", get=EVERYBODY, post=EVERYBODY),
    Row("mfa_reauthenticate", get=STAFF, post=STAFF),
    Row("mfa_login_webauthn", get=EVERYBODY, post=EVERYBODY),
    Row("mfa_reauthenticate_webauthn", get=STAFF, post=STAFF),
    Row("mfa_index", get=STAFF),
    Row("mfa_activate_totp", get=STAFF, post=STAFF),
    Row("mfa_deactivate_totp", get=NOBODY),  # nobody of the cast has one: there is nothing to take away
    Row("mfa_view_recovery_codes", get=NOBODY),
    Row("mfa_generate_recovery_codes", get=STAFF, post=STAFF),
    Row("mfa_download_recovery_codes", get=NOBODY),
    Row("mfa_list_webauthn", get=STAFF),
    Row("mfa_add_webauthn", get=STAFF, post=STAFF),
    Row("mfa_remove_webauthn", lambda side: {"pk": 1}, get=STAFF, post=STAFF),  # asked to prove themselves first;
    Row("mfa_edit_webauthn", lambda side: {"pk": 1}, get=STAFF, post=STAFF),  # keys of others: test_staff_entrance
    Row("socialaccount_login_cancelled", get=EVERYBODY),
    Row("socialaccount_login_error", get=EVERYBODY),
    Row("openid_connect_login", lambda side: {"provider_id": "cuenta"}),  # no institution is configured
    Row("openid_connect_callback", lambda side: {"provider_id": "cuenta"}),
    Row("people:claveunica", get=EVERYBODY),
    Row("people:claveunica-callback", get=EVERYBODY),
    Row("people:claveunica-left"),  # the four below are of the demonstration, or of an installation with ClaveÚnica
    Row("people:enter-as", data=lambda side: {"person": side.person.pk}),
    Row("stand-in:authorize"),
    Row("stand-in:token"),
    Row("stand-in:userinfo"),
    Row("stand-in:logout"),
    Row("people:resume", get=SIGNED_IN, post=SIGNED_IN),
    Row("people:account", get=SIGNED_IN),
    Row("people:language", get=SIGNED_IN, post=SIGNED_IN),
    Row("people:email", get=SIGNED_IN, post=SIGNED_IN),
    Row("people:confirm-email", lambda side: {"token": "otro"}, get=SIGNED_IN, post=SIGNED_IN),
    Row("offices:directory", get=EVERYBODY),
    Row("offices:office", office, get=EVERYBODY),
    # All staff read the administration; only an administrator writes (ROL-15, ROL-16).
    Row("administration:home", get=STAFF, post=STAFF),  # leads to the list
    Row("administration:staff", get=STAFF),
    Row("administration:appoint", get=ADMINISTRATOR, post=ADMINISTRATOR),
    Row("administration:person", member, get=STAFF),
    Row("administration:grant", member, post=ADMINISTRATOR),
    Row("administration:revoke", lambda side: {**member(side), "grant_pk": side.grant.pk}, post=ADMINISTRATOR),
    Row("administration:post", member, post=ADMINISTRATOR),
    Row("administration:welcome", member, post=ADMINISTRATOR),
    Row("administration:leave", member, post=ADMINISTRATOR),
    Row("administration:stay", member, post=ADMINISTRATOR),
    Row("administration:absence", member, post=ADMINISTRATOR),
    Row("administration:back", lambda side: {**member(side), "absence_pk": side.absence.pk}, post=ADMINISTRATOR),
    Row("administration:offices", get=STAFF),
    Row("administration:office", office, get=STAFF),
    Row("administration:reach", office, post=ADMINISTRATOR),
    Row("administration:hours", office, post=ADMINISTRATOR),
    Row("administration:close-day", office, post=ADMINISTRATOR),
    Row("administration:reopen-day", lambda side: {**office(side), "pk": side.closure.pk}, post=ADMINISTRATOR),
    Row("administration:holidays", get=STAFF),
    Row("administration:add-holiday", post=ADMINISTRATOR),
    Row("administration:withdraw-holiday", lambda side: {"pk": side.holiday.pk}, post=ADMINISTRATOR),
]
