"""Addresses of people. Those of allauth are in `account_urls`, without namespace, as allauth looks for them."""

from __future__ import annotations

from django.urls import path

from acompana.people.views import account, claveunica, entrance, resuming

app_name = "people"
urlpatterns = [
    path("entrar/claveunica/", claveunica.start, name="claveunica"),
    path("entrar/claveunica/vuelta/", claveunica.callback, name="claveunica-callback"),
    path("entrar/como/", entrance.enter_as, name="enter-as"),
    path("entrar/retomar/", resuming.resume, name="resume"),
    path("salir/claveunica/", entrance.left_claveunica, name="claveunica-left"),
    path("mi-cuenta/", account.account, name="account"),
    path("mi-cuenta/idioma/", account.language, name="language"),
    path("mi-cuenta/correo/", account.email, name="email"),
    path("mi-cuenta/correo/confirmar/<str:token>/", account.confirm, name="confirm-email"),
]
