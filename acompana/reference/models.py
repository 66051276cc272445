"""Reference data: rows are retired, never deleted; an upgrade adds and renames, it does not remove."""

from __future__ import annotations

from django.db import models

from acompana.kernel.alphabet import Alphabetical
from acompana.reference.rules import brief_region_name


class Region(models.Model):
    """One of the 16 regions, ordered from north to south."""

    code = models.CharField(max_length=2, unique=True)
    iso = models.CharField(max_length=5, unique=True)
    roman = models.CharField(max_length=5)
    name = models.CharField(max_length=80)
    short_name = models.CharField(max_length=60)
    capital = models.CharField(max_length=40)
    macro_zone = models.CharField(max_length=40)
    time_zone = models.CharField(max_length=40)
    north_south_order = models.PositiveSmallIntegerField(unique=True)
    retired_on = models.DateField("fuera de uso desde", null=True, blank=True)

    class Meta:
        ordering = ["north_south_order"]

    def __str__(self) -> str:
        return self.short_name

    @property
    def brief_name(self) -> str:
        return brief_region_name(self.short_name)


class Commune(models.Model):
    """A commune, by the code of the State's single list."""

    code = models.CharField(max_length=5, unique=True)
    name = models.CharField(max_length=60)
    province = models.CharField(max_length=60)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="communes")
    retired_on = models.DateField("fuera de uso desde", null=True, blank=True)

    class Meta:
        verbose_name = "comuna"
        ordering = [Alphabetical("name")]
        indexes = [models.Index(fields=["name"], name="reference_commune_name")]

    def __str__(self) -> str:
        return self.name


class CommuneAlias(models.Model):
    """Another spelling under which a commune is found in registers, normalised."""

    commune = models.ForeignKey(Commune, on_delete=models.CASCADE, related_name="aliases")
    spelling = models.CharField(max_length=60, unique=True)

    class Meta:
        verbose_name = "otra forma de escribirla"

    def __str__(self) -> str:
        return self.spelling


class Country(models.Model):
    """A country or territory of ISO 3166-1."""

    alpha2 = models.CharField(max_length=2, unique=True)
    alpha3 = models.CharField(max_length=3, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    retired_on = models.DateField("fuera de uso desde", null=True, blank=True)

    class Meta:
        ordering = [Alphabetical("name")]

    def __str__(self) -> str:
        return self.name


class Activity(models.Model):
    """An economic activity of the tax service, six digits, within its line of business (rubro)."""

    code = models.CharField(max_length=6, unique=True)
    name = models.CharField("nombre", max_length=200)
    line_of_business = models.CharField(max_length=120)
    sub_line = models.CharField(max_length=200)
    section = models.CharField(max_length=1)
    search_text = models.TextField(help_text="its words without accents or case")
    retired_on = models.DateField("fuera de uso desde", null=True, blank=True)
    amended_on = models.DateField(
        null=True, blank=True, help_text="a person named it so: an upgrade does not name it again"
    )

    class Meta:
        verbose_name = "actividad"
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class TariffHeading(models.Model):
    """A heading of the Harmonized System 2022: chapter (2 digits), heading (4) or subheading (6)."""

    code = models.CharField(max_length=6, unique=True)
    level = models.PositiveSmallIntegerField()
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    section = models.CharField(max_length=5)
    name = models.TextField()
    search_text = models.TextField(help_text="its words without accents or case")
    retired_on = models.DateField("fuera de uso desde", null=True, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class TariffSection(models.Model):
    """One of the 21 sections of the Harmonized System, by its roman number."""

    code = models.CharField(max_length=5, unique=True)
    name = models.TextField()
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["order"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class SalesBracket(models.Model):
    """A bracket of annual sales in UF; bracket 1 means that nothing is known, not zero."""

    number = models.PositiveSmallIntegerField(unique=True)
    label = models.CharField("nombre", max_length=40)
    size = models.CharField(max_length=16)
    uf_min = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    uf_max = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    retired_on = models.DateField("fuera de uso desde", null=True, blank=True)
    amended_on = models.DateField(
        null=True, blank=True, help_text="a person named it so: an upgrade does not name it again"
    )

    class Meta:
        verbose_name = "tramo de ventas"
        ordering = ["number"]

    def __str__(self) -> str:
        return self.label

    @property
    def has_sales(self) -> bool:
        """Whether there are sales that are of a year."""
        return self.uf_min is not None


class Incoterm(models.Model):
    """A term of Incoterms 2020."""

    code = models.CharField(max_length=3, unique=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    transport = models.CharField(max_length=60)
    order = models.PositiveSmallIntegerField()
    retired_on = models.DateField("fuera de uso desde", null=True, blank=True)

    class Meta:
        ordering = ["order"]

    def __str__(self) -> str:
        return self.code


class Sector(models.Model):
    """A sector; `strategic` ones are covered by the institutional strategy (PUB-5, DEF-2)."""

    slug = models.SlugField(unique=True)
    name = models.CharField("nombre", max_length=60)
    strategic = models.BooleanField("cubierto por la estrategia", default=True)
    is_default = models.BooleanField(default=False, help_text="the project's own list, not the agency's")
    retired_on = models.DateField("fuera de uso desde", null=True, blank=True)
    amended_on = models.DateField(
        null=True, blank=True, help_text="a person named it so: an upgrade does not name it again"
    )

    class Meta:
        verbose_name = "sector"
        ordering = [Alphabetical("name")]

    def __str__(self) -> str:
        return self.name
