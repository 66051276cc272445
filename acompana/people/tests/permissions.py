"""Who may enter by which address of people."""

from __future__ import annotations

from tests.permissions import EVERYBODY, NOBODY, SIGNED_IN, STAFF, Row

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
    Row("people:account", get=SIGNED_IN),
    Row("people:email", get=SIGNED_IN, post=SIGNED_IN),
    Row("people:confirm-email", lambda side: {"token": "otro"}, get=SIGNED_IN, post=SIGNED_IN),
]
