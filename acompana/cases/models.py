"""Help requests: what is asked of Client management or of an executive, and the answer (INT-6, CHA-4)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from acompana.people.models import Language

PERSON = settings.AUTH_USER_MODEL


class HelpRequest(models.Model):
    """What somebody asks in writing. Its matter says of whom: Client management, by who cannot register, complete the
    form or take the test, or disagrees (INT-6); or the company's own executive (CHA-4)."""

    class About(models.TextChoices):
        REGISTER = "register", _("No puedo registrar mi empresa")
        CHARACTERIZATION = "characterization", _("No puedo completar la ficha")
        TEST = "test", _("No puedo hacer o terminar el test")
        DISAGREE = "disagree", _("No estoy de acuerdo con una respuesta")
        ROAD = "road", _("Tengo una duda sobre mi ruta")
        ADVICE = "advice", _("Necesito orientación para exportar")
        ACTIVITY = "activity", _("Quiero participar en una actividad o un programa")
        MARKET = "market", _("Quiero que me atienda una oficina comercial")
        OTHER = "other", _("Otra cosa")

    matter = models.OneToOneField(
        "matters.Matter", on_delete=models.PROTECT, primary_key=True, related_name="help_request"
    )
    about = models.CharField("¿con qué necesitas ayuda?", max_length=16, choices=About)
    what_went_wrong = models.TextField("¿qué pasó?", max_length=4000)
    asker_name = models.CharField("nombre", max_length=120)
    asker_email = models.EmailField("correo electrónico", blank=True)
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

    @property
    def is_to_executive(self) -> bool:
        """Written to the executive of the company (CHA-4), rather than to Client management."""
        return self.matter.kind == "enquiry"


# What may be asked of each (INT-6; S2 names the new requests of a company that is attended already: DL-5).
OF_CLIENT_MANAGEMENT = ("register", "characterization", "test", "disagree", "other")
OF_EXECUTIVE = ("advice", "activity", "market", "other")
OF_EXECUTIVE_ON_THE_ROAD = ("road", "advice", "other")
