from __future__ import annotations

from django.urls import path

from acompana.people.claveunica_stand_in import views

app_name = "stand-in"
urlpatterns = [
    path("openid/authorize/", views.authorize, name="authorize"),
    path("openid/token/", views.token, name="token"),
    path("openid/userinfo/", views.userinfo, name="userinfo"),
    path("logout/", views.leave, name="logout"),
]
