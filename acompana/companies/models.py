"""The registry: companies, their contacts and mandates, and the dated facts that status is computed from."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from acompana.kernel.rut import RutField
from acompana.people.models import Channel, Language

PERSON = settings.AUTH_USER_MODEL


class Company(models.Model):
    """A national or foreign company, or an institution. Its status is computed (DEF-1 to DEF-7), never stored."""

    class Kind(models.TextChoices):
        NATIONAL = "national", "Empresa nacional"
        FOREIGN = "foreign", "Empresa extranjera"
        INSTITUTION = "institution", "Institución"

    class TaxCategory(models.TextChoices):
        FIRST = "first", "Primera categoría"
        SECOND = "second", "Segunda categoría"

    class Origin(models.TextChoices):
        DIRECT = "direct", "Por su cuenta"
        SERCOTEC = "sercotec", "SERCOTEC"
        CORFO = "corfo", "CORFO"
        OFFICER = "officer", "Registrada por la agencia"
        REGISTER = "register", "Registro público"
        OTHER = "other", "Otro"

    class WomenRole(models.TextChoices):
        SOLE = "sole", "Una mujer es la única dueña"
        PART = "part", "Una mujer es dueña en parte"
        LEADS = "leads", "Una mujer la dirige"
        NONE = "none", "Ninguna de las anteriores"

    class Offer(models.TextChoices):
        GOODS = "goods", "Bienes"
        SERVICES = "services", "Servicios"
        BOTH = "both", "Bienes y servicios"

    kind = models.CharField(max_length=12, choices=Kind, default=Kind.NATIONAL)
    rut = RutField("RUT", null=True, blank=True, unique=True)
    foreign_tax_id = models.CharField(max_length=40, blank=True)
    legal_name = models.CharField("razón social", max_length=200, blank=True)
    trade_name = models.CharField("nombre de fantasía", max_length=200, blank=True)
    match_name = models.CharField(max_length=200, blank=True, help_text="name without suffix, accents and case")
    country = models.ForeignKey("reference.Country", on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey("reference.Region", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    commune = models.ForeignKey("reference.Commune", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    address = models.CharField("dirección", max_length=200, blank=True)
    started_on = models.DateField("inicio de actividades", null=True, blank=True)
    tax_category = models.CharField(max_length=6, choices=TaxCategory, blank=True)
    sector = models.ForeignKey("reference.Sector", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sales_bracket = models.ForeignKey(
        "reference.SalesBracket", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    workers = models.PositiveIntegerField("trabajadores", null=True, blank=True)
    commercial_year = models.PositiveSmallIntegerField("año comercial", null=True, blank=True)
    offer = models.CharField(max_length=8, choices=Offer, blank=True)
    exported_recently = models.BooleanField("exportó en los últimos 3 años", null=True, blank=True)
    women_role = models.CharField(max_length=5, choices=WomenRole, blank=True)
    certifications = models.CharField("certificaciones", max_length=300, blank=True)
    website = models.URLField("sitio web", blank=True)
    sells_online = models.BooleanField("vende por internet", null=True, blank=True)
    programme_interest = models.CharField(max_length=200, blank=True)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.DIRECT)

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    executive = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="portfolio")
    related_on = models.DateField(null=True, blank=True, help_text="first act with the agency; empty: registry only")
    last_worked_on = models.DateField(null=True, blank=True, help_text="last action that counts")
    user_until = models.DateField(null=True, blank=True, help_text="user company up to this day (DEF-3)")
    former_from = models.DateField(null=True, blank=True, help_text="former user from this day (DEF-4)")
    validated_on = models.DateField(null=True, blank=True, help_text="date of the validation in force (DEF-2)")
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    version = models.PositiveIntegerField(default=1, help_text="grows with each save; a stale save is refused")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["region", "sector", "legal_name"], name="company_region_sector_name"),
            models.Index(fields=["executive", "legal_name"], name="company_executive_name"),
            models.Index(fields=["office", "legal_name"], name="company_office_name"),
            models.Index(fields=["match_name"], name="company_match_name"),
            models.Index(fields=["related_on"], name="company_related_on"),
            models.Index(fields=["user_until"], name="company_user_until"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(legal_name="") | ~Q(trade_name=""), name="a_company_has_a_legal_or_a_trade_name"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="a_company_is_not_merged_into_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.trade_name or self.legal_name


class CompanyActivity(models.Model):
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="activities")
    activity = models.ForeignKey("reference.Activity", on_delete=models.PROTECT, related_name="+")
    is_main = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "activity"], name="a_company_has_an_activity_once"),
        ]

    def __str__(self) -> str:
        return str(self.activity)


class Product(models.Model):
    """What a company offers; goods carry a heading of the Harmonized System."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="products")
    description = models.CharField(max_length=200)
    is_service = models.BooleanField(default=False)
    heading = models.ForeignKey(
        "reference.TariffHeading", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    def __str__(self) -> str:
        return self.description


class DeclaredExport(models.Model):
    """A year's exports to a market, with the level of proof (FMT-3)."""

    class Proof(models.TextChoices):
        STATED = "stated", "Declarada por la empresa"
        CONFIRMED = "confirmed", "Confirmada en encuesta"
        DOCUMENTED = "documented", "Con documento"
        MATCHED = "matched", "Cruzada con un registro"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="exports")
    year = models.PositiveSmallIntegerField()
    market = models.ForeignKey("reference.Country", on_delete=models.PROTECT, related_name="+")
    amount_usd = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    proof = models.CharField(max_length=10, choices=Proof, default=Proof.STATED)
    declared_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    declared_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "year", "market"], name="exports_are_declared_once_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.market}"


class MarketInterest(models.Model):
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="markets")
    country = models.ForeignKey("reference.Country", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "country"], name="a_market_interests_a_company_once"),
        ]

    def __str__(self) -> str:
        return str(self.country)


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
    preferred_channel = models.CharField(max_length=10, choices=Channel, blank=True)
    language = models.CharField(max_length=2, choices=Language, default=Language.SPANISH)
    gender = models.CharField(max_length=6, choices=Gender, blank=True)
    is_main = models.BooleanField(default=False)
    verified_at = models.DateTimeField(null=True, blank=True, help_text="when the agency verified the e-mail")
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-is_main", "name"]
        indexes = [
            models.Index(fields=["email"], name="contact_email"),
            models.Index(fields=["phone_digits"], name="contact_phone"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["company"], condition=Q(is_main=True, ended_on=None), name="a_company_has_one_main_contact"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Consent(models.Model):
    """What a contact agreed to or withdrew, by purpose; the newest row holds (LAW-4, EXP-33)."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="consents")
    purpose = models.SlugField()
    given = models.BooleanField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")

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

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "person"],
                condition=Q(state__in=["requested", "limited", "active"]),
                name="a_person_has_one_open_mandate_for_a_company",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.company}"


class Validation(models.Model):
    """The act of the regional executive that DEF-2 asks for; withdrawing it keeps the row."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="validations")
    validated_at = models.DateTimeField()
    validated_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company"], condition=Q(withdrawn_at=None), name="a_company_has_one_validation_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.validated_at:%d-%m-%Y}"


class Assignment(models.Model):
    """Who was the company's executive, from when to when (POR-9, EXP-5)."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="assignments")
    executive = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    assigned_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    since_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company"], condition=Q(until_at=None), name="a_company_has_one_executive_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company}: {self.executive}"


class CountingAction(models.Model):
    """An action that counts for user status (DEF-3); the catalogue of what counts belongs to who writes it."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="counting_actions")
    kind = models.SlugField()
    done_on = models.DateField()
    registered_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["company", "-done_on"], name="counting_action_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.done_on:%d-%m-%Y}"
