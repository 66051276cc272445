"""Addresses of the reference data on the desk."""

from django.urls import path

from acompana.reference.views import desk, rows

app_name = "reference"
urlpatterns = [
    path("", desk.places, name="places"),
    path("actividades/", desk.activities, name="activities"),
    path("arancel/", desk.tariff, name="tariff"),
    path("sectores/", desk.sector_list, name="sectors"),
    path("otras/", desk.lists, name="lists"),
    path("sectores/nuevo/", rows.new_sector, name="new_sector"),
    path("<slug:table>/<int:pk>/", rows.row, name="row"),
    path("<slug:table>/<int:pk>/uso/", desk.toggle, name="toggle"),
]
