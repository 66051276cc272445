"""Addresses of the public directory of offices."""

from django.urls import path

from acompana.people.views import public

app_name = "offices"
urlpatterns = [
    path("oficinas/", public.directory, name="directory"),
    path("oficinas/<slug:code>/", public.office, name="office"),
]
