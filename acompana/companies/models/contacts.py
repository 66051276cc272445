"""Humans at a company: contacts, what they agreed to, and who may act for it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from acompana.companies.models.registry import Company
from acompana.people.models import Channel, Language
from acompana.shell.words import is_a_name

PERSON = settings.AUTH_USER_MODEL


class Contact(models.Model):
    """A human whom the agency knows at a company (CHA-5)."""

    class Gender(models.TextChoices):
        FEMALE = "female", "Femenino"
        MALE = "male", "Masculino"
        OTHER = "other", "Otro"

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="contacts")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="contacts")
    name = models.CharField("nombre", max_length=120)
    position = models.CharField("cargo", max_length=80, blank=True)
    email = models.EmailField("correo electrónico", blank=True)
    phone = models.CharField("teléfono", max_length=20, blank=True)
    phone_digits = models.CharField(max_length=15, blank=True, help_text="last nine digits, for matching")
    preferred_channel = models.CharField("canal preferido", max_length=10, choices=Channel, blank=True)
    language = models.CharField("idioma", max_length=2, choices=Language, default=Language.SPANISH)
    gender = models.CharField("género", max_length=6, choices=Gender, blank=True)
    is_main = models.BooleanField("contacto principal", default=False)
    verified_at = models.DateTimeField(null=True, blank=True, help_text="when the agency verified the e-mail")
    ended_on = models.DateField("dejó la empresa el", null=True, blank=True)
    same_as = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="also_known_as",
        verbose_name="es la misma persona que",
        help_text="a merge found this human twice; this row keeps its history and is no longer written to",
        db_index=False,
    )

    class Meta:
        verbose_name = "contacto"
        ordering = ["-is_main", "name"]
        indexes = [
            models.Index(fields=["email"], name="contact_email"),
            models.Index(fields=["phone_digits"], name="contact_phone"),
            models.Index(fields=["same_as"], condition=Q(same_as__isnull=False), name="contact_same_as"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["company"], condition=Q(is_main=True, ended_on=None), name="a_company_has_one_main_contact"
            ),
            models.CheckConstraint(
                condition=Q(same_as=None) | (~Q(same_as=F("id")) & Q(ended_on__isnull=False)),
                name="a_contact_known_twice_is_written_to_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_named(self) -> bool:
        """Who was registered without a name is called by their address or telephone, which is shown once."""
        return is_a_name(self.name)


class Consent(models.Model):
    """What a contact agreed to or withdrew, by purpose; the newest row holds (LAW-4, EXP-33)."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="consents")
    purpose = models.SlugField()
    given = models.BooleanField()
    channel = models.CharField(
        max_length=10, choices=Channel, default=Channel.PORTAL, help_text="through which it was said"
    )
    text_version = models.CharField(
        max_length=12, blank=True, help_text="which words were asked (`CONSENT_TEXTS`); empty: before versions"
    )
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "consentimiento"

    def __str__(self) -> str:
        return f"{self.purpose}: {self.given}"


class Mandate(models.Model):
    """A person's authority to act for a company, with a life of its own (INT-24, IDN-1, EXP-20).

    A *limited* mandate sees only what its person entered: the first claim on a RUT that the agency knew already.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", "Solicitado"
        LIMITED = "limited", "Limitado"
        ACTIVE = "active", "Vigente"
        REFUSED = "refused", "Rechazado"
        ENDED = "ended", "Terminado"

    class Basis(models.TextChoices):
        FOUNDER = "founder", "Registró la empresa"
        REPRESENTATIVE = "representative", "Lo otorgó un representante"
        OFFICE = "office", "Lo confirmó la oficina regional"
        VERIFIED_CONTACT = "verified_contact", "Enlace a un contacto verificado"

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="mandates")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="mandates")
    state = models.CharField(max_length=10, choices=State)
    basis = models.CharField(max_length=16, choices=Basis, blank=True)
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    entered = models.JSONField(default=dict, blank=True, help_text="what a limited mandate typed (INT-24)")

    # Whether the act that made it active took over something that its person had typed under a limited one.
    took_over = False

    class Meta:
        verbose_name = "mandato"
        constraints = [
            models.UniqueConstraint(
                fields=["company", "person"],
                condition=Q(state__in=["requested", "limited", "active"]),
                name="a_person_has_one_open_mandate_for_a_company",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.company}"

    @property
    def was_given(self) -> bool:
        """Whether its person could ever act with it: one that was only asked for rests on nothing."""
        return bool(self.basis)
