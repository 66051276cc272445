"""What was said: an outbox written with its cause and sent by a worker; never twice, never in silence (FUP-8)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

PERSON = settings.AUTH_USER_MODEL


class Worker(models.Model):
    """A worker process, alive while its heartbeat is fresh. `place` says where a process number means something."""

    place = models.CharField(max_length=120)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)
    mail_trouble = models.CharField(max_length=300, blank=True, help_text="why the mail server cannot be reached")
    mail_trouble_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at", "-id"]
        indexes = [models.Index(fields=["-started_at", "-id"], name="worker_newest")]

    def __str__(self) -> str:
        return f"{self.place} {self.pid}"


class ScheduledJob(models.Model):
    """A recurring job of `schedule.toml` and its last run. Claimed by a conditional update of `due_at`."""

    class Outcome(models.TextChoices):
        NEVER = "never", "Aún no se ejecuta"
        RUNNING = "running", "En curso"
        DONE = "done", "Terminó bien"
        FAILED = "failed", "Falló"
        ABANDONED = "abandoned", "Quedó a medias: el proceso que lo hacía se detuvo"

    name = models.SlugField(unique=True)
    due_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.NEVER)
    claimed_by = models.ForeignKey(Worker, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class JobNote(models.Model):
    """What a person is told of a background job that they started: its title and how far it is."""

    task = models.OneToOneField(
        "django_tasks_database.DBTaskResult", on_delete=models.CASCADE, primary_key=True, related_name="note"
    )
    title = models.CharField(max_length=160)
    requested_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    requested_at = models.DateTimeField()
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-requested_at"]
        indexes = [models.Index(fields=["-requested_at"], name="job_note_newest")]

    def __str__(self) -> str:
        return self.title


class Message(models.Model):
    """One message to one address. `key` makes a repetition impossible."""

    class State(models.TextChoices):
        WAITING = "waiting", "Por enviar"
        SENDING = "sending", "Enviando"
        SENT = "sent", "Enviado"
        DOUBTFUL = "doubtful", "Dudoso"
        REFUSED = "refused", "Rechazado por el servidor"
        FAILED = "failed", "No se pudo enviar"
        DECLINED = "declined", "No enviado: la persona no quiere recibirlo"
        DISMISSED = "dismissed", "Dudoso que no se repetirá"

    key = models.CharField(max_length=120, unique=True, help_text="what caused it and to whom; unique for ever")
    template = models.CharField(max_length=80, help_text="room/name")
    category = models.SlugField(help_text="what a person may decline")
    language = models.CharField(max_length=2, default="es")
    to_address = models.EmailField()
    to_name = models.CharField(max_length=120, blank=True)
    reply_to = models.EmailField(blank=True)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    context = models.JSONField(default=dict, help_text="the fields of the template, for a preview on real data")
    company = models.ForeignKey(
        "companies.Company", on_delete=models.PROTECT, null=True, blank=True, related_name="messages"
    )
    contact = models.ForeignKey("companies.Contact", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="messages")
    matter = models.ForeignKey(
        "matters.Matter", on_delete=models.PROTECT, null=True, blank=True, related_name="messages"
    )
    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    send_after = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    last_answer = models.CharField(max_length=300, blank=True, help_text="what the mail server said")
    message_id = models.CharField(max_length=120, blank=True)
    written_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(Worker, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True, help_text="when a person resent or dismissed it")

    class Meta:
        indexes = [
            models.Index(fields=["send_after"], condition=Q(state="waiting"), name="message_waiting"),
            models.Index(fields=["state", "-written_at"], name="message_state_newest"),
            models.Index(fields=["company", "-written_at"], name="message_company_newest"),
            models.Index(fields=["to_address", "-written_at"], name="message_address_newest"),
            models.Index(fields=["-written_at", "-id"], name="message_newest"),
            models.Index(fields=["template", "-written_at"], name="message_template_newest"),
            models.Index(fields=["message_id"], name="message_by_message_id"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(claimed_by__isnull=False), name="a_message_is_sent_by_some_worker"
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class Attachment(models.Model):
    """A file that travels with a message (a date for a calendar); kept as it was sent."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=120, help_text="with its parameters: text/calendar; method=REQUEST")
    content = models.BinaryField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["message", "name"], name="an_attachment_has_its_own_name_in_its_message"),
        ]

    def __str__(self) -> str:
        return self.name


class OptOut(models.Model):
    """An address that declined a category; taking it back ends the row."""

    address = models.EmailField()
    category = models.SlugField()
    declined_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["address", "category"],
                condition=Q(withdrawn_at=None),
                name="an_address_declines_a_category_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.category}"


class SinkMail(models.Model):
    """In demonstration mode, what would have left (whatever the address)."""

    to_address = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    received_at = models.DateTimeField()
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-received_at", "-id"]

    def __str__(self) -> str:
        return self.subject


class TemplateText(models.Model):
    """An amended text of a message template; the shipped file is version 0."""

    template = models.CharField(max_length=80, help_text="room/name")
    language = models.CharField(max_length=2, default="es")
    subject = models.CharField(max_length=200)
    body = models.TextField()
    amended_at = models.DateTimeField()
    amended_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["template", "language", "-amended_at"], name="template_text_newest")]

    def __str__(self) -> str:
        return self.template
