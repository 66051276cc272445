"""Who else is here: somebody who has a record open tells it every few seconds (EXP-13)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from acompana.companies.models.registry import Company

TAB_LENGTH = 12


class RecordPresence(models.Model):
    """The last time that a person had a company open; `place`: the page on which they write something about it.

    One row for each tab, so that who has it open in two is in both until they close them.
    """

    class Place(models.TextChoices):
        DATA = "data", "está editando esta ficha ahora"
        CONTACT = "contact", "está registrando el contacto ahora"
        ARRANGE = "arrange", "está acordando la entrevista ahora"
        INTERVIEW = "interview", "está registrando la entrevista ahora"
        VALIDATE = "validate", "está decidiendo si la valida ahora"
        REFER = "refer", "está derivando a esta empresa ahora"
        PREADMISSION = "preadmission", "está decidiendo su preadmisibilidad ahora"
        REVIEW = "review", "está revisando su resultado ahora"
        OUTCOME = "outcome", "está anotando el resultado de una derivación ahora"
        ACCESS = "access", "está decidiendo un acceso a esta empresa ahora"
        HELP = "help", "está respondiendo una solicitud de esta empresa ahora"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="presences")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    place = models.CharField(max_length=12, choices=Place, blank=True)
    tab = models.CharField(max_length=TAB_LENGTH, blank=True, help_text="which of their tabs, by a name of its own")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "person", "tab"], name="a_tab_is_present_once_at_a_record"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.company}"
