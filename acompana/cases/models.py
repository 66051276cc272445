"""Help requests: what went wrong, who answers, and the answer (INT-6)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from acompana.people.models import Language

PERSON = settings.AUTH_USER_MODEL


class HelpRequest(models.Model):
    """A company (or somebody for it) that cannot register, complete its form or take the test, or disagrees."""

    class About(models.TextChoices):
        REGISTER = "register", _("No puedo registrar mi empresa")
        CHARACTERIZATION = "characterization", _("No puedo completar la ficha")
        TEST = "test", _("No puedo hacer o terminar el test")
        DISAGREE = "disagree", _("No estoy de acuerdo con una respuesta")
        OTHER = "other", _("Otra cosa")

    matter = models.OneToOneField(
        "matters.Matter", on_delete=models.PROTECT, primary_key=True, related_name="help_request"
    )
    about = models.CharField("¿con qué necesitas ayuda?", max_length=16, choices=About)
    what_went_wrong = models.TextField("¿qué pasó?", max_length=4000)
    asker_name = models.CharField("nombre", max_length=120)
    asker_email = models.EmailField("correo electrónico")
    asker_phone = models.CharField("teléfono", max_length=20, blank=True)
    language = models.CharField("idioma", max_length=2, choices=Language, default=Language.SPANISH)
    rut_given = models.CharField("RUT de la empresa", max_length=9, blank=True)
    answer = models.TextField("respuesta", blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None) | ~Q(answer=""), name="an_answered_help_request_has_its_answer"
            ),
        ]

    def __str__(self) -> str:
        return str(self.matter)
