"""The pages of allauth that we open, at Spanish addresses. What is not here (sign up, connections…) is closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.urls import path, re_path
from django.views.decorators.http import require_http_methods
from django.views.generic import RedirectView

from acompana.people.access import public as open_to_all
from acompana.people.views.account import local_account as for_local_accounts
from acompana.people.views.entrance import entrance, leave

# Django's form views answer PUT as they answer POST, and allauth looks its links up whatever the method.
served = require_http_methods(["GET", "POST"])


def public(view: Callable[..., Any]) -> Callable[..., Any]:
    return open_to_all(served(view))


def local_account(view: Callable[..., Any]) -> Callable[..., Any]:
    return for_local_accounts(served(view))


urlpatterns = [
    path("entrar/", open_to_all(served(entrance)), name="account_login"),
    path("salir/", leave, name="account_logout"),
    path("entrar/cuenta-cerrada/", public(account.account_inactive), name="account_inactive"),
    path("entrar/otra-vez/", local_account(account.reauthenticate), name="account_reauthenticate"),
    # password
    path("clave/cambiar/", local_account(account.password_change), name="account_change_password"),
    path("clave/olvidada/", public(account.password_reset), name="account_reset_password"),
    path("clave/olvidada/enviada/", public(account.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^clave/nueva/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        public(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "clave/nueva/lista/",
        public(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    # second factor
    path("entrar/segundo-paso/", public(mfa.authenticate), name="mfa_authenticate"),
    path("entrar/segundo-paso/otra-vez/", local_account(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("entrar/llave/", public(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path(
        "entrar/llave/otra-vez/", local_account(webauthn.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"
    ),
    path("mi-cuenta/segundo-paso/", local_account(mfa.index), name="mfa_index"),
    path("mi-cuenta/segundo-paso/aplicacion/", local_account(totp.activate_totp), name="mfa_activate_totp"),
    path("mi-cuenta/segundo-paso/aplicacion/quitar/", local_account(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "mi-cuenta/segundo-paso/codigos/",
        local_account(recovery_codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "mi-cuenta/segundo-paso/codigos/nuevos/",
        local_account(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "mi-cuenta/segundo-paso/codigos/descargar/",
        local_account(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("mi-cuenta/segundo-paso/llaves/", local_account(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("mi-cuenta/segundo-paso/llaves/nueva/", local_account(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path(
        "mi-cuenta/segundo-paso/llaves/<int:pk>/quitar/",
        local_account(webauthn.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    path("mi-cuenta/segundo-paso/llaves/<int:pk>/", local_account(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    # institutional sign-on (IDN-2)
    path("entrar/institucion/cancelado/", public(social.login_cancelled), name="socialaccount_login_cancelled"),
    path("entrar/institucion/error/", public(social.login_error), name="socialaccount_login_error"),
    path("entrar/institucion/<slug:provider_id>/", public(openid_connect.login), name="openid_connect_login"),
    path(
        "entrar/institucion/<slug:provider_id>/vuelta/",
        public(openid_connect.callback),
        name="openid_connect_callback",
    ),
    # Names that allauth asks for, of pages that are closed here: they lead to the entrance.
    path(
        "entrar/registro/",
        public(RedirectView.as_view(pattern_name="account_login")),
        name="account_signup",
    ),
]
