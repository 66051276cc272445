"""Reads of messages that more than one caller needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from acompana.companies.models import Company
from acompana.kernel.rut import normalise_rut
from acompana.messages.composing import MailText, file_text, mail_files, unpack
from acompana.messages.field_words import in_words
from acompana.messages.invitations import INVITATIONS, answer_of
from acompana.messages.models import JobNote, Message, OptOut, ScheduledJob, TemplateText, Worker
from acompana.messages.rules import categories
from acompana.messages.schedule import read_schedule
from acompana.shell.words import count_of


def has_declined(address: str, category: str) -> bool:
    """Whether an address declined a category of messages (CHA-5)."""
    if category == INVITATIONS and (answer := answer_of(address)) is not None:
        return not answer
    return OptOut.objects.filter(address=address.lower(), category=category, withdrawn_at=None).exists()


def text_in_force(template: str, language: str, now: datetime) -> MailText:
    """The words of a template now: the newest amendment, or else the file. Raises BrokenTemplate."""
    shipped = file_text(template, language)
    amended = (
        TemplateText.objects.filter(template=template, language=shipped.language, amended_at__lte=now)
        .order_by("-amended_at", "-id")
        .first()
    )
    if amended is None:
        return shipped
    return MailText(template, shipped.language, shipped.category, amended.subject, amended.body)


def declined_by(address: str) -> set[str]:
    """The categories that an address declined."""
    rows = OptOut.objects.filter(address=address.lower(), withdrawn_at=None)
    declined = set(rows.values_list("category", flat=True))
    if (answer := answer_of(address)) is not None:
        declined = declined - {INVITATIONS} if answer else declined | {INVITATIONS}
    return declined


# --- the outbox ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tab:
    """A heap of the outbox. `empty` is what its page says when there is nothing in it."""

    label: str
    states: tuple[str, ...]
    empty: str


TABS = {
    "por-enviar": Tab("Por enviar", ("waiting", "sending"), "No hay correos esperando. Todo lo escrito ya salió."),
    "dudosos": Tab(
        "Dudosos",
        ("doubtful",),
        "Ningún correo está en duda. Aquí aparece el que quedó a medias cuando el sistema se detuvo.",
    ),
    "rechazados": Tab("Rechazados", ("refused",), "Ningún servidor de correo ha rechazado un mensaje."),
    "fallidos": Tab("Sin poder enviar", ("failed",), "Ningún correo ha agotado sus intentos."),
    "enviados": Tab("Enviados", ("sent",), "Aún no se ha enviado ningún correo."),
    "declinados": Tab(
        "No deseados", ("declined",), "Nadie ha pedido dejar de recibir un correo que le tocaba recibir."
    ),
    "descartados": Tab("Descartados", ("dismissed",), "Ningún correo dudoso se ha dejado sin repetir."),
}


def count_by_tab() -> dict[str, int]:
    """How many messages are in each heap. One query."""
    by_state = dict(Message.objects.order_by().values_list("state").annotate(Count("pk")))
    return {slug: sum(by_state.get(state, 0) for state in tab.states) for slug, tab in TABS.items()}


def messages_in(tab: str, query: str = "") -> QuerySet[Message]:
    """The messages of a heap, newest first; with a query, those to an address or about a company (name or RUT)."""
    found = Message.objects.filter(state__in=TABS[tab].states).select_related("company")
    if query:
        named = Q(legal_name__icontains=query) | Q(trade_name__icontains=query)
        if len(rut := normalise_rut(query)) >= 2:
            named |= Q(rut__startswith=rut)
        found = found.filter(
            Q(to_address__contains=query.lower()) | Q(company__in=Company.objects.filter(named).values("pk"))
        )
    return found.defer("body", "context").order_by("-written_at", "-id")


# --- texts --------------------------------------------------------------------------------------------------------


def template_rows() -> list[dict[str, Any]]:
    """Every template with its category, its newest amendment and how many messages it wrote. Two queries."""
    counted = Message.objects.order_by().values_list("template", "language").annotate(Count("pk"))
    written = {(template, language): many for template, language, many in counted}
    amended: dict[tuple[str, str], list[TemplateText]] = {}
    for row in TemplateText.objects.order_by("-amended_at", "-id").only("template", "language", "amended_at"):
        amended.setdefault((row.template, row.language), []).append(row)
    rows = []
    for name, language in sorted(mail_files()):
        text = file_text(name, language)
        versions = amended.get((name, language), [])
        room, _, short = name.partition("/")
        rows.append(
            {
                "name": name,
                "room": room,
                "short": short,
                "language": language,
                "subject": in_words(text.subject),
                "category": categories()[text.category],
                "version": len(versions),
                "amended_at": versions[0].amended_at if versions else None,
                "written": written.get((name, language), 0),
            }
        )
    return rows


def history_of_text(template: str, language: str) -> list[TemplateText]:
    """The amendments of a text, newest first."""
    rows = TemplateText.objects.filter(template=template, language=language).select_related("amended_by")
    return list(rows.order_by("-amended_at", "-id"))


def latest_context(template: str) -> Mapping[str, object] | None:
    """The data of the newest message that a template wrote; None if it wrote none."""
    packed = (
        Message.objects.filter(template=template).order_by("-written_at").values_list("context", flat=True).first()
    )
    return None if packed is None else cast(Mapping[str, object], unpack(packed))


# --- the operator's page --------------------------------------------------------------------------------------------

LATE_HEARTBEAT = timedelta(seconds=30)


def workers_alive(now: datetime) -> QuerySet[Worker]:
    """The workers that said lately that they run."""
    return Worker.objects.filter(stopped_at=None, heartbeat_at__gte=now - LATE_HEARTBEAT)


def is_anybody_working(now: datetime) -> bool:
    """Whether a job that is asked for now will be run: one query."""
    return workers_alive(now).exists()


@dataclass(frozen=True, slots=True)
class SystemState:
    """What whoever operates the system has to know."""

    database: str
    workers: list[Worker]
    last_worker: Worker | None
    counts: list[tuple[str, str, int]]
    late_messages: int
    ready_jobs: int
    running_jobs: int
    failed_jobs: list[DBTaskResult]
    noted_jobs: list[JobNote]
    schedule: list[tuple[str, ScheduledJob | None]]
    failed_job_count: int

    @property
    def troubles(self) -> list[str]:
        """What somebody has to look at, with how many there are, as it follows «Hay»; empty if all is in order."""
        mails = {slug: count for slug, _, count in self.counts}
        repeated = sum(1 for _, job in self.schedule if job is not None and job.outcome == "failed")
        found = (
            (
                self.late_messages,
                "correo que espera hace más de 5 minutos",
                "correos que esperan hace más de 5 minutos",
            ),
            (mails["dudosos"], "correo dudoso por decidir", "correos dudosos por decidir"),
            (mails["rechazados"], "correo rechazado por el servidor", "correos rechazados por el servidor"),
            (mails["fallidos"], "correo que no se pudo enviar", "correos que no se pudieron enviar"),
            (repeated, "trabajo que se repite y falló", "trabajos que se repiten y fallaron"),
            (self.failed_job_count, "trabajo pedido que falló", "trabajos pedidos que fallaron"),
        )
        return [count_of(many, one, more) for many, one, more in found if many]


def state_of_the_system(now: datetime) -> SystemState:
    """Workers alive, messages by state, jobs, schedule. A constant number of queries."""
    counts = count_by_tab()
    jobs = dict(DBTaskResult.objects.order_by().values_list("status").annotate(Count("pk")))
    rows = {row.name: row for row in ScheduledJob.objects.all()}
    return SystemState(
        database="PostgreSQL" if connection.vendor == "postgresql" else "SQLite",
        workers=list(workers_alive(now)),
        last_worker=Worker.objects.order_by("-heartbeat_at").first(),
        counts=[(slug, tab.label, counts[slug]) for slug, tab in TABS.items()],
        late_messages=Message.objects.filter(state="waiting", send_after__lt=now - timedelta(minutes=5)).count(),
        ready_jobs=jobs.get(TaskResultStatus.READY, 0),
        running_jobs=jobs.get(TaskResultStatus.RUNNING, 0),
        failed_jobs=list(
            DBTaskResult.objects.filter(status=TaskResultStatus.FAILED)
            .select_related("note")
            .order_by("-finished_at")[:10]
        ),
        noted_jobs=list(JobNote.objects.select_related("task", "requested_by")[:10]),
        schedule=[(recurring.title, rows.get(recurring.name)) for recurring in read_schedule()],
        failed_job_count=jobs.get(TaskResultStatus.FAILED, 0),
    )
