"""The company and what it offers, exports and looks for."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, NullIf

from acompana.companies.rules import record_address
from acompana.kernel.alphabet import kept_alphabetical
from acompana.kernel.rut import RutField

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

    class Potential(models.TextChoices):
        HIGH = "high", "Alto"
        MEDIUM = "medium", "Medio"
        LOW = "low", "Bajo"

    kind = models.CharField("clase", max_length=12, choices=Kind, default=Kind.NATIONAL)
    rut = RutField("RUT", null=True, blank=True, unique=True)
    foreign_tax_id = models.CharField("identificación tributaria", max_length=40, blank=True)
    legal_name = models.CharField("razón social", max_length=200, blank=True)
    trade_name = models.CharField("nombre de fantasía", max_length=200, blank=True)
    match_name = models.CharField(max_length=200, blank=True, help_text="match key of the legal name (EXP-1)")
    match_trade_name = models.CharField(max_length=200, blank=True, help_text="match key of the trade name")
    sort_name = models.GeneratedField(
        expression=kept_alphabetical(Coalesce(NullIf(F("legal_name"), Value("")), F("trade_name"))),
        output_field=models.CharField(max_length=600),  # ñ is kept as three letters
        db_persist=True,
        help_text="what lists are ordered by: the legal name, or the trade name of who has no other",
    )
    country = models.ForeignKey("reference.Country", on_delete=models.PROTECT, related_name="+", verbose_name="país")
    # Region, office and executive begin an index of the Meta: one of their own would say the same again.
    region = models.ForeignKey(
        "reference.Region",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="región",
        db_index=False,
    )
    commune = models.ForeignKey(
        "reference.Commune", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="comuna"
    )
    address = models.CharField("dirección", max_length=200, blank=True)
    started_on = models.DateField("inicio de actividades", null=True, blank=True)
    closed_on = models.DateField("término de giro", null=True, blank=True)
    tax_category = models.CharField(max_length=6, choices=TaxCategory, blank=True, verbose_name="categoría tributaria")
    sector = models.ForeignKey(
        "reference.Sector", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="sector"
    )
    sales_bracket = models.ForeignKey(
        "reference.SalesBracket",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ventas anuales",
    )
    workers = models.PositiveIntegerField("trabajadores", null=True, blank=True)
    commercial_year = models.PositiveSmallIntegerField("año comercial", null=True, blank=True)
    offer = models.CharField(max_length=8, choices=Offer, blank=True, verbose_name="bienes o servicios")
    exported_recently = models.BooleanField("exportó en los últimos 3 años", null=True, blank=True)
    women_role = models.CharField(
        max_length=5, choices=WomenRole, blank=True, verbose_name="propiedad y dirección de mujeres"
    )
    certifications = models.CharField("certificaciones", max_length=300, blank=True)
    website = models.URLField("sitio web", blank=True)
    sells_online = models.BooleanField("vende por internet", null=True, blank=True)
    programme_interest = models.CharField(max_length=200, blank=True, verbose_name="programas de interés")
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.DIRECT, verbose_name="de dónde viene")
    origin_detail = models.CharField("dónde la conocimos", max_length=200, blank=True)

    office = models.ForeignKey(
        "people.Office",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="oficina",
        db_index=False,
    )
    executive = models.ForeignKey(
        PERSON,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="portfolio",
        db_index=False,
        verbose_name="ejecutivo o ejecutiva",
    )
    related_on = models.DateField(
        null=True,
        blank=True,
        help_text="first act with the agency; empty: registry only",
        verbose_name="relación con la agencia desde",
    )
    last_worked_on = models.DateField(
        null=True, blank=True, help_text="last action that counts", verbose_name="última acción que cuenta"
    )
    user_until = models.DateField(
        null=True, blank=True, help_text="user company up to this day (DEF-3)", verbose_name="usuaria hasta"
    )
    former_from = models.DateField(
        null=True, blank=True, help_text="former user from this day (DEF-4)", verbose_name="antigua usuaria desde"
    )
    potential = models.CharField("potencial exportador", max_length=6, choices=Potential, blank=True)
    potential_on = models.DateField("fecha del potencial", null=True, blank=True)
    registered_by_officer_on = models.DateField(
        null=True, blank=True, help_text="an officer registered it from partial data (DEF-1)"
    )
    capacity_seen_on = models.DateField(null=True, blank=True, help_text="an interview saw capacity to export (DEF-2)")
    validated_on = models.DateField(
        null=True, blank=True, help_text="date of the validation in force (DEF-2)", verbose_name="validada el"
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        verbose_name="fusionada con",
        db_index=False,  # nearly always empty: a whole index would only mislead the planner
    )
    version = models.PositiveIntegerField(default=1, help_text="grows with each save; a stale save is refused")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    # What no form asks for, and a merge may change.
    history_labels: ClassVar[dict[str, str]] = {
        "registered_by_officer_on": "registrada por la agencia el",
        "capacity_seen_on": "capacidad de exportar vista el",
    }

    class Meta:
        verbose_name = "empresa"
        indexes = [
            models.Index(fields=["region", "sector", "sort_name"], name="company_region_sector_name"),
            # Without the many that nobody attends: an import writes nothing here.
            models.Index(
                fields=["executive", "sort_name"],
                condition=Q(executive__isnull=False),
                name="company_executive_name",
            ),
            models.Index(fields=["office", "sort_name"], name="company_office_name"),
            models.Index(fields=["sort_name", "id"], name="company_legal_name"),
            models.Index(
                fields=["sort_name", "id"],
                condition=Q(related_on__isnull=False, merged_into=None),
                name="company_related_by_name",
            ),
            models.Index(fields=["region", "sort_name", "id"], name="company_region_name"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="company_merged_into"),
            models.Index(fields=["match_name"], name="company_match_name"),
            models.Index(fields=["match_trade_name"], name="company_match_trade_name"),
            # Without those of the registry alone, which SQLite would otherwise look for here when it counts them.
            models.Index(fields=["related_on"], condition=Q(related_on__isnull=False), name="company_related_on"),
            # To stop counting early: read from its beginning, the table gives those with a relation first.
            models.Index(
                fields=["region"], condition=Q(related_on=None, merged_into=None), name="company_registry_by_region"
            ),
            models.Index(
                fields=["sort_name", "id"],
                condition=Q(office=None, related_on__isnull=False, merged_into=None),
                name="company_related_no_office",
            ),
            models.Index(
                fields=["id"],
                condition=Q(registered_by_officer_on__isnull=False, last_worked_on=None, merged_into=None),
                name="company_of_partial_data",
            ),
            models.Index(fields=["user_until"], condition=Q(user_until__isnull=False), name="company_user_until"),
            # What no public register says, for the filters that ask it of the whole registry.
            models.Index(
                fields=["sort_name", "id"],
                condition=~Q(offer="")
                | ~Q(women_role="")
                | ~Q(potential="")
                | ~Q(website="")
                | ~Q(certifications="")
                | Q(validated_on__isnull=False)
                | Q(sells_online__isnull=False)
                | Q(exported_recently__isnull=False),
                name="company_told_by_name",
            ),
            models.Index(
                fields=["-id"], condition=Q(related_on__isnull=False, merged_into=None), name="company_related_newest"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(legal_name="") | ~Q(trade_name=""),
                name="a_company_has_a_legal_or_a_trade_name",
                violation_error_message="Escribe la razón social o el nombre de fantasía.",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="a_company_is_not_merged_into_itself"
            ),
        ]

    followed: tuple[str, ...] = ()
    """Not kept: of a company as its form was just saved, what follows of it, in sentences for who saved it."""

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return record_address(self.pk)

    @property
    def name(self) -> str:
        return self.trade_name or self.legal_name


class CompanyActivity(models.Model):
    """An activity that a company declares to the tax service; one of them is the main one."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="activities")
    activity = models.ForeignKey("reference.Activity", on_delete=models.PROTECT, related_name="+")
    is_main = models.BooleanField(default=False)

    class Meta:
        verbose_name = "actividad económica"
        constraints = [
            models.UniqueConstraint(fields=["company", "activity"], name="a_company_has_an_activity_once"),
        ]

    def __str__(self) -> str:
        return str(self.activity)


class Product(models.Model):
    """What a company offers; goods carry a heading of the Harmonized System."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="products")
    description = models.CharField("descripción", max_length=200)
    is_service = models.BooleanField("es un servicio", default=False)
    heading = models.ForeignKey(
        "reference.TariffHeading", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "producto"

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
        verbose_name = "exportación declarada"
        constraints = [
            models.UniqueConstraint(fields=["company", "year", "market"], name="exports_are_declared_once_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.market}"


class MarketInterest(models.Model):
    """A country to which a company would like to sell."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="markets")
    country = models.ForeignKey("reference.Country", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "mercado de interés"
        constraints = [
            models.UniqueConstraint(fields=["company", "country"], name="a_market_interests_a_company_once"),
        ]

    def __str__(self) -> str:
        return str(self.country)
