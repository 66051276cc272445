"""What an intake adds to its matter: the result that routed it, interviews, invitations, reviews."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL


class Potential(models.TextChoices):
    """The result of the self-test alone; it drives routing for everybody (INT-9, INT-26)."""

    HIGH = "high", "Alto"
    MEDIUM = "medium", "Medio"
    LOW = "low", "Bajo"


class Segment(models.TextChoices):
    """From test + interview, or from declared exports (INT-17, INT-26)."""

    WITHOUT_POTENTIAL = "without_potential", "Sin potencial exportador"
    WITH_POTENTIAL = "with_potential", "Con potencial exportador"
    OCCASIONAL = "occasional", "Exportadora incipiente, indirecta o esporádica"
    REGULAR = "regular", "Exportadora habitual"


class Colour(models.TextChoices):
    """The traffic light of the programme (INT-17). A micro company has none."""

    RED = "red", "Rojo"
    YELLOW = "yellow", "Amarillo"
    GREEN = "green", "Verde"
    DARK_RED = "dark_red", "Rojo oscuro"


class Intake(models.Model):
    """An intake's own data; where it stands is its matter's state."""

    class WayIn(models.TextChoices):
        NEW = "new", "Empresa nueva"
        FORMER = "former", "Antigua usuaria"

    matter = models.OneToOneField("matters.Matter", on_delete=models.PROTECT, primary_key=True, related_name="intake")
    way_in = models.CharField(max_length=6, choices=WayIn, default=WayIn.NEW)
    is_exporter = models.BooleanField(null=True, help_text="as its characterisation said when it was sent")
    potential = models.CharField(max_length=6, choices=Potential, blank=True)
    test = models.ForeignKey(
        "questionnaires.Response", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    interview_response = models.ForeignKey(
        "questionnaires.Response", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    final_score = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    routing_rule = models.CharField(max_length=20, blank=True, help_text="the deadline that the routing opened")
    routing_reason = models.CharField(max_length=300, blank=True)
    supervised_by = models.SlugField(blank=True, help_text="role that supervises (INT-7)")
    declarations = models.ForeignKey(
        "questionnaires.Response", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_points = models.JSONField(
        default=dict, help_text="points of the agency's own checklist that the executive confirmed: who and when"
    )
    to_correct = models.JSONField(
        default=list, help_text="questions of its declarations that the company was asked to correct (INT-27)"
    )
    activity_left = models.BooleanField(
        default=False, help_text="the company does not know its activity of the tax service: the office finds it"
    )
    outcome_reason = models.CharField(max_length=500, blank=True, help_text="of the pre-admission decision (INT-27)")

    def __str__(self) -> str:
        return str(self.matter)


class Standing(models.Model):
    """Segment and colour of a company from a date, on what evidence; a series, never overwritten (INT-20)."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="standings")
    matter = models.ForeignKey("matters.Matter", on_delete=models.PROTECT, related_name="standings")
    segment = models.CharField(max_length=20, choices=Segment)
    colour = models.CharField(max_length=8, choices=Colour, blank=True)
    reasons = models.JSONField(default=list, help_text="sentences that say why")
    final_score = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    since_at = models.DateTimeField()
    recorded_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-since_at", "-id"]
        indexes = [models.Index(fields=["company", "-since_at"], name="standing_company_newest")]

    def __str__(self) -> str:
        return f"{self.get_segment_display()} {self.get_colour_display()}"


class Rise(models.Model):
    """A company that came to green: when, from which colour, on what evidence; and, if it was with the programme, its
    passing to a regional executive, which is owed by a date (INT-20)."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="rises")
    standing = models.OneToOneField(Standing, on_delete=models.PROTECT, related_name="rise", help_text="the evidence")
    from_colour = models.CharField(max_length=8, choices=Colour, blank=True, help_text="empty: it had none")
    risen_at = models.DateTimeField()
    programme_executive = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="who frees a place"
    )
    commitment = models.OneToOneField(
        "commitments.Commitment", on_delete=models.PROTECT, null=True, blank=True, related_name="rise"
    )
    passed_at = models.DateTimeField(null=True, blank=True)
    passed_to = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    passed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    dropped_at = models.DateTimeField(null=True, blank=True, help_text="it left green before it was passed")

    class Meta:
        ordering = ["-risen_at", "-id"]
        indexes = [
            models.Index(fields=["-risen_at", "-id"], name="rise_newest"),
            models.Index(
                fields=["risen_at", "id"],
                condition=Q(programme_executive__isnull=False, passed_at=None, dropped_at=None),
                name="rise_waiting",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["company"],
                condition=Q(programme_executive__isnull=False, passed_at=None, dropped_at=None),
                name="a_company_is_passed_on_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(passed_at=None) | Q(passed_to__isnull=False), name="a_passed_company_has_who_takes_it"
            ),
            models.CheckConstraint(
                condition=Q(passed_at=None) | Q(dropped_at=None), name="a_passed_company_was_not_dropped"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.risen_at:%d-%m-%Y}"


class ContactDuty(models.Model):
    """Whom the head of region names to contact the companies of an office with a result, all or those of a sector
    (INT-10). Who was named before stays, with until when."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="contact_duties")
    sector = models.ForeignKey(
        "reference.Sector", on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="empty: all"
    )
    member = models.ForeignKey("people.StaffMember", on_delete=models.PROTECT, related_name="contact_duties")
    reason = models.CharField(max_length=200, blank=True)
    since_at = models.DateTimeField()
    named_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    until_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-since_at", "-id"]
        indexes = [models.Index(fields=["office", "-since_at", "-id"], name="contact_duty_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["office"],
                condition=Q(sector=None, until_at=None),
                name="an_office_names_one_person_for_the_rest",
            ),
            models.UniqueConstraint(
                fields=["office", "sector"],
                condition=Q(until_at=None),
                name="an_office_names_one_person_for_a_sector",
            ),
            models.CheckConstraint(
                condition=Q(until_at=None) | Q(until_at__gte=F("since_at")), name="a_duty_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.sector or self.office}"


class Interview(models.Model):
    """An interview or visit arranged with a company; rescheduling makes a new row that names the old one."""

    class Mode(models.TextChoices):
        VIDEO = "video", _("Videollamada")
        PHONE = "phone", _("Llamada telefónica")
        VISIT = "visit", _("Visita a la empresa")
        OFFICE = "office", _("En la oficina regional")

    matter = models.ForeignKey("matters.Matter", on_delete=models.PROTECT, related_name="interviews")
    mode = models.CharField("modalidad", max_length=6, choices=Mode)
    place = models.CharField("enlace, teléfono o dirección", max_length=200)
    starts_at = models.DateTimeField("fecha y hora")
    minutes = models.PositiveSmallIntegerField("duración en minutos", default=60)
    executive = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    arranged_at = models.DateTimeField()
    arranged_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    change_reason = models.CharField(max_length=300, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-starts_at"]
        indexes = [models.Index(fields=["executive", "starts_at"], name="interview_executive")]
        constraints = [
            models.UniqueConstraint(
                fields=["matter"],
                condition=Q(cancelled_at=None, held_at=None),
                name="a_matter_has_one_interview_to_come",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | Q(held_at=None), name="a_cancelled_interview_was_not_held"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_mode_display()} {self.starts_at:%d-%m-%Y %H:%M}"

    @property
    def is_to_come(self) -> bool:
        """Whether it stands as agreed; its hour may have passed, while nobody registered it."""
        return self.cancelled_at is None and self.held_at is None

    def is_over(self, now: datetime) -> bool:
        """Whether its hour passed: it is to be registered, or another one agreed."""
        return self.starts_at + timedelta(minutes=self.minutes) <= now

    @property
    def link(self) -> str:
        """Where a video call is entered; empty for the other ways, and where the place is no web address."""
        is_link = self.mode == self.Mode.VIDEO and self.place.startswith(("https://", "http://"))
        return self.place if is_link else ""

    @property
    def whereabouts(self) -> str:
        """The place in words that one can go to: at the office, its address with the city; at the company, the street
        of its form with the commune."""
        company, town = self.matter.company, ""
        if self.mode == self.Mode.OFFICE:
            town = self.matter.office.city
        elif self.mode == self.Mode.VISIT and company and self.place.casefold() == company.address.casefold():
            town = company.commune.name if company.commune else ""
        told = not self.place or town.casefold() in self.place.casefold()
        return self.place if told else f"{self.place}, {town}"


class Invitation(models.Model):
    """A personal link with which a potential account is invited to its form (INT-2). Only a digest is kept."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="invitations")
    matter = models.ForeignKey("matters.Matter", on_delete=models.PROTECT, null=True, related_name="invitations")
    contact = models.ForeignKey("companies.Contact", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    invited_at = models.DateTimeField()
    invited_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("invited_at")), name="an_invitation_expires_after_it_is_sent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.invited_at:%d-%m-%Y}"


class AccessTerm(models.Model):
    """By when a request to act for a company is decided, and who owes it: its newest is the one in force (INT-24)."""

    mandate = models.ForeignKey("companies.Mandate", on_delete=models.PROTECT, related_name="terms")
    commitment = models.OneToOneField("commitments.Commitment", on_delete=models.PROTECT, related_name="access")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.mandate)


class PotentialAccount(models.Model):
    """What a card said, and where it was met (INT-1, INT-2)."""

    matter = models.OneToOneField(
        "matters.Matter", on_delete=models.PROTECT, primary_key=True, related_name="potential_account"
    )
    met_at = models.CharField("dónde se conocieron", max_length=120, blank=True)
    note = models.CharField("nota", max_length=500, blank=True)

    def __str__(self) -> str:
        return str(self.matter)


class Review(models.Model):
    """A person looks again at an automatic result (INT-29, LAW-4); both results are kept."""

    class Decision(models.TextChoices):
        UPHELD = "upheld", _("Se mantiene el resultado")
        OVERTURNED = "overturned", _("Cambia el resultado")

    matter = models.OneToOneField("matters.Matter", on_delete=models.PROTECT, primary_key=True, related_name="review")
    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="reviews")
    asked_because = models.CharField(max_length=1000)
    automatic_potential = models.CharField(max_length=6, choices=Potential)
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    decided_potential = models.CharField(max_length=6, choices=Potential, blank=True)
    decided_because = models.CharField(max_length=1000, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="") | (~Q(decided_because="") & Q(decided_at__isnull=False)),
                name="a_review_is_decided_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.matter)


class Draft(models.Model):
    """What somebody typed in a step of a form and has not sent: kept as typed, valid or not (INT-23)."""

    company = models.ForeignKey("companies.Company", on_delete=models.CASCADE, related_name="drafts")
    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="drafts")
    form = models.SlugField(max_length=60)
    data = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "person", "form"], name="a_person_has_one_draft_of_a_form"),
        ]

    def __str__(self) -> str:
        return self.form
