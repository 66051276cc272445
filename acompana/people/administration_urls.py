"""Addresses of the administration of people, offices and calendars."""

from django.urls import path
from django.views.generic import RedirectView

from acompana.people.access import staff as for_staff
from acompana.people.views.desk import holidays, leaving, offices, revoking, staff

app_name = "administration"
urlpatterns = [
    path("", for_staff(RedirectView.as_view(pattern_name="administration:staff")), name="home"),
    path("personas/", staff.staff_list, name="staff"),
    path("personas/nueva/", staff.appoint, name="appoint"),
    path("personas/<int:pk>/", staff.person, name="person"),
    path("personas/<int:pk>/funciones/", staff.grant, name="grant"),
    path("personas/<int:pk>/funciones/<int:grant_pk>/quitar/", revoking.revoke, name="revoke"),
    path("personas/<int:pk>/puesto/", staff.post, name="post"),
    path("personas/<int:pk>/bienvenida/", staff.welcome, name="welcome"),
    path("personas/<int:pk>/salida/", leaving.leave, name="leave"),
    path("personas/<int:pk>/salida/deshacer/", leaving.stay, name="stay"),
    path("personas/<int:pk>/ausencias/", staff.absence, name="absence"),
    path("personas/<int:pk>/ausencias/<int:absence_pk>/terminar/", staff.back, name="back"),
    path("oficinas/", offices.office_list, name="offices"),
    path("oficinas/<slug:code>/", offices.office, name="office"),
    path("oficinas/<slug:code>/datos/", offices.reach, name="reach"),
    path("oficinas/<slug:code>/horario/", offices.hours, name="hours"),
    path("oficinas/<slug:code>/cierres/", offices.close_day, name="close-day"),
    path("oficinas/<slug:code>/cierres/<int:pk>/retirar/", offices.reopen_day, name="reopen-day"),
    path("feriados/", holidays.holidays, name="holidays"),
    path("feriados/agregar/", holidays.add, name="add-holiday"),
    path("feriados/<int:pk>/retirar/", holidays.withdraw, name="withdraw-holiday"),
]
