"""People, staff with roles, offices, absences."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext

from acompana.kernel.alphabet import Alphabetical
from acompana.kernel.rut import RutField
from acompana.people.rules import WEEKDAYS, brief_office_name, cities_in_english
from acompana.shell.languages import spoken


class Channel(models.TextChoices):
    """How somebody reached us or is reached (CHA-1, CHA-2)."""

    PORTAL = "portal", "Portal"
    PHONE = "phone", "Teléfono"
    EMAIL = "email", "Correo electrónico"
    WHATSAPP = "whatsapp", "WhatsApp"
    COUNTER = "counter", "Oficina, en persona"
    VIDEO = "video", "Videollamada"
    VISIT = "visit", "Visita"
    EVENT = "event", "Evento"
    SOCIAL = "social", "Redes sociales"
    FORM = "form", "Formulario"
    CHAT = "chat", "Chat"
    SYSTEM = "system", "Sistema"


class Language(models.TextChoices):
    SPANISH = "es", "Español"
    ENGLISH = "en", "Inglés"


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str | None = None, password: str | None = None, **fields) -> Person:
        person = self.model(email=self.normalize_email(email).lower() if email else None, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    create_superuser = create_user


class Person(AbstractBaseUser):
    """Somebody who can enter: staff, a company's representative, a foreign contact. Keyed on the RUN when known."""

    rut = RutField(null=True, blank=True, unique=True, verbose_name="RUN")
    email = models.EmailField(null=True, blank=True, unique=True, verbose_name="correo electrónico")
    email_verified_at = models.DateTimeField(null=True, blank=True)
    given_names = models.CharField("nombres", max_length=80, blank=True)
    family_names = models.CharField("apellidos", max_length=80, blank=True)
    phone = models.CharField("teléfono", max_length=20, blank=True)
    language = models.CharField(max_length=2, choices=Language, default=Language.SPANISH)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()
    demonstration_role = models.CharField(
        "papel en la demostración", max_length=120, blank=True, help_text="empty: not of the named cast"
    )

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []
    objects = PersonManager()

    class Meta:
        ordering = [Alphabetical("family_names"), Alphabetical("given_names"), "id"]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.given_names} {self.family_names}".strip() or self.email or "Persona sin nombre"

    def get_full_name(self) -> str:
        return self.full_name


class Office(models.Model):
    """A contact point with a place, a clock and a mailbox (OFF-1, OFF-2)."""

    class Kind(models.TextChoices):
        CENTRAL = "central", "Oficina central"
        REGIONAL = "regional", "Oficina regional"
        COMMERCIAL = "commercial", "Oficina comercial"

    code = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=80)
    mailbox = models.EmailField("correo", blank=True)
    country = models.ForeignKey("reference.Country", on_delete=models.PROTECT, verbose_name="país")
    region = models.ForeignKey(
        "reference.Region", on_delete=models.PROTECT, null=True, blank=True, verbose_name="región"
    )
    seat = models.ForeignKey(
        "reference.Commune", on_delete=models.PROTECT, null=True, blank=True, verbose_name="comuna de la sede"
    )
    city = models.CharField(max_length=60)
    address = models.CharField("dirección", max_length=160, blank=True)
    phone = models.CharField("teléfono", max_length=30, blank=True)
    time_zone = models.CharField(max_length=40)
    is_demonstration = models.BooleanField(default=False)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "oficina"
        # From north to south, the central one, and those abroad: `queries.in_place_order` says it of offices at hand.
        ordering = [
            Case(When(kind="regional", then=0), When(kind="central", then=1), default=2),
            "region__north_south_order",
            Alphabetical("country__name"),
            Alphabetical("city"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["region"],
                condition=Q(kind="regional", retired_on=None),
                name="a_region_has_one_open_regional_office",
            ),
            models.CheckConstraint(
                condition=~Q(kind="regional") | Q(region__isnull=False), name="a_regional_office_has_a_region"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def spoken_name(self) -> str:
        """The name in the language that is being spoken: the registered one is Spanish."""
        if spoken() == "es":
            return self.name
        match self.kind:
            case self.Kind.CENTRAL:
                return gettext("Oficina central")
            case self.Kind.REGIONAL:
                return gettext("Oficina regional de %(place)s") % {"place": self.brief_name}
            case _:
                return gettext("Oficina comercial de %(place)s") % {"place": self.spoken_city}

    @property
    def spoken_city(self) -> str:
        """The city in the language that is being spoken. Only abroad: «Los Ángeles» is a city of Biobío too."""
        if spoken() == "es" or self.kind != self.Kind.COMMERCIAL:
            return self.city
        return cities_in_english().get(self.city, self.city)

    @property
    def brief_name(self) -> str:
        return brief_office_name(self.name)


class OfficeHours(models.Model):
    """One stretch of attention on a weekday (0 Monday); two rows on a day make a split shift (EXP-7)."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField()
    opens_at = models.TimeField()
    closes_at = models.TimeField()

    class Meta:
        verbose_name = "tramo de atención"
        ordering = ["weekday", "opens_at"]
        constraints = [
            models.CheckConstraint(condition=Q(opens_at__lt=F("closes_at")), name="an_office_opens_before_it_closes"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="a_weekday_is_0_to_6"),
        ]

    def __str__(self) -> str:
        return f"{WEEKDAYS[self.weekday]} {self.opens_at:%H:%M} a {self.closes_at:%H:%M}"


class ExtraHoliday(models.Model):
    """A day that an administrator adds (LAW-2): national, of a region, or the closure of one office."""

    day = models.DateField()
    name = models.CharField(max_length=80)
    region = models.ForeignKey("reference.Region", on_delete=models.PROTECT, null=True, blank=True)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, blank=True, related_name="closures")
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField("retirado", null=True, blank=True)

    class Meta:
        verbose_name = "día agregado"
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%d-%m-%Y} {self.name}"


class Role(models.Model):
    """What somebody may do (ROL-1…ROL-17), as data."""

    class Kind(models.TextChoices):
        STAFF = "staff", "Función"
        UNIT = "unit", "Unidad"
        OUTSIDE = "outside", "Fuera de la agencia"

    code = models.CharField(max_length=8, unique=True)
    slug = models.SlugField(unique=True)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.STAFF)
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=80)
    summary = models.CharField(max_length=200)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class StaffMember(models.Model):
    """A person who works at the agency, in an office."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="staff_member")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="staff", verbose_name="oficina")
    title = models.CharField("cargo", max_length=80, blank=True)
    capacity = models.PositiveSmallIntegerField("cupo", null=True, blank=True, help_text="companies at most")
    since_on = models.DateField("desde")
    until_on = models.DateField("hasta", null=True, blank=True)
    receiver = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="quién recibe lo que debe",
        help_text="of who leaves; empty: the office owes it, and nobody by name (POR-10)",
    )
    welcomed_at = models.DateTimeField(
        "carta de bienvenida",
        null=True,
        blank=True,
        help_text="when they were last told by letter how to enter (IDN-2)",
    )

    class Meta:
        verbose_name = "puesto"
        ordering = [Alphabetical("person__family_names"), Alphabetical("person__given_names"), "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(receiver=None) | Q(until_on__isnull=False), name="only_who_leaves_names_who_receives"
            ),
            models.CheckConstraint(
                condition=Q(receiver=None) | ~Q(receiver=F("id")), name="nobody_receives_from_themselves"
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)

    @property
    def away_words(self) -> str:
        """Until when they are away and who stands in, if `queries.with_absences` asked, and their last day if it is
        noted: beside their name in a choice."""
        away: list[Absence] = getattr(self, "away", [])
        words = (
            f"ausente hasta el {away[0].until_on:%d-%m-%Y}: reemplaza {away[0].substitute}" if away else "",
            f"deja la agencia el {self.until_on:%d-%m-%Y}" if self.until_on else "",
        )
        return " · ".join(word for word in words if word)


class RoleGrant(models.Model):
    """A role that a member of staff holds from a day, until a day."""

    staff_member = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="grants")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="grants")
    granted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    since_on = models.DateField("desde")
    until_on = models.DateField("hasta", null=True, blank=True)

    class Meta:
        verbose_name = "función"
        constraints = [
            models.UniqueConstraint(
                fields=["staff_member", "role"], condition=Q(until_on=None), name="a_role_is_held_once_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.staff_member}: {self.role}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def standing(self) -> AbsenceQuerySet:
        """Those that were not withdrawn."""
        return self.filter(withdrawn_at=None)

    def on(self, day: date) -> AbsenceQuerySet:
        """Those under way on a day, both ends included."""
        return self.standing().filter(from_on__lte=day, until_on__gte=day)


class Absence(models.Model):
    """A stretch of days when a substitute takes what is owed (POR-10).

    One that never was, or whose person came back on its first day, is marked as withdrawn: what moved because of it
    tells of it for good.
    """

    staff_member = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="absences")
    substitute = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="substitutions")
    from_on = models.DateField("desde")
    until_on = models.DateField("hasta")
    reason = models.CharField(max_length=120, blank=True)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField("retirada", null=True, blank=True)
    withdrawn_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    followed: tuple[str, ...] = ()
    """What noting it led to at once, in sentences; set by the verb (`people.operations.record_absence`)."""

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = "ausencia"
        indexes = [models.Index(fields=["staff_member", "until_on"], name="people_absence_of_person")]
        constraints = [
            models.CheckConstraint(condition=Q(from_on__lte=F("until_on")), name="an_absence_ends_after_it_starts"),
            models.CheckConstraint(
                condition=~Q(staff_member=F("substitute")), name="nobody_substitutes_for_themselves"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="who_withdraws_an_absence_is_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_member} {self.from_on:%d-%m-%Y}–{self.until_on:%d-%m-%Y}"
