"""The outbox for those who answer for it: what waits, went, failed, is in doubt (FUP-8)."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages as notices
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST, require_safe

from acompana.companies.permissions import may_see
from acompana.kernel.refusals import Refused
from acompana.messages.enclosed import as_download
from acompana.messages.models import Attachment, Message
from acompana.messages.operations import RESENDABLE, dismiss, resend
from acompana.messages.preferences import footer
from acompana.messages.queries import TABS, count_by_tab, messages_in
from acompana.messages.rules import categories
from acompana.people.access import ActorRequest, deny_unless, staff, staff_with

PER_PAGE = 30
KEEPERS = ("administrator", "client-management")


@staff_with(*KEEPERS)
@require_safe
def outbox(request: ActorRequest) -> HttpResponse:
    """The messages of a tab, newest first, by address or company with `?q=`."""
    counts = count_by_tab()
    chosen = request.GET.get("estado", "")
    if chosen not in TABS:
        chosen = "dudosos" if counts["dudosos"] else "por-enviar"
    query = request.GET.get("q", "").strip()
    page = Paginator(messages_in(chosen, query), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": [
            {"label": tab.label, "href": f"?estado={slug}", "count": counts[slug], "current": slug == chosen}
            for slug, tab in TABS.items()
        ],
        "chosen": chosen,
        "tab": TABS[chosen],
        "query": query,
        "page": page,
        "can_amend": request.actor.has_role("administrator"),
    }
    return render(request, "messages/outbox.html", context)


@staff_with(*KEEPERS)
@require_safe
def message(request: ActorRequest, pk: int) -> HttpResponse:
    """One message as it was written, what became of it, and what may be decided."""
    found = get_object_or_404(Message.objects.select_related("company", "matter", "office", "decided_by"), pk=pk)
    context = {
        "message": found,
        "facts": _facts(found),
        "attachments": found.attachments.defer("content"),
        "footer": footer(found),
        "may_resend": found.state in RESENDABLE,
        "may_dismiss": found.state == Message.State.DOUBTFUL,
    }
    return render(request, "messages/message.html", context)


@staff
@require_safe
def attachment(request: ActorRequest, pk: int, attachment: int) -> HttpResponse:
    """What travelled with a message: for the keepers, and for who reads the record of the company that it is about."""
    found = get_object_or_404(Attachment.objects.select_related("message__company"), pk=attachment, message=pk)
    company = found.message.company
    may = request.actor.has_role(*KEEPERS) or (company is not None and may_see(request.actor, company))
    deny_unless(may, known=False)
    return as_download(found)


def _facts(message: Message) -> list[dict[str, object]]:
    """What is known of a message, as rows; those without a value are left out."""
    category = categories().get(message.category)
    decided = message.decided_at and f"{moment(message.decided_at)}, {message.decided_by}"
    rows = [
        ("Para", f"{message.to_name} <{message.to_address}>" if message.to_name else message.to_address),
        ("Empresa", message.company),
        ("Asunto", message.matter),
        ("Oficina", message.office),
        ("Tipo", category.label if category else message.category),
        ("Texto", message.template),
        ("Escrito", moment(message.written_at)),
        ("Se enviará después de", moment(message.send_after) if message.state == Message.State.WAITING else None),
        ("Intentos", message.attempts),
        ("Lo que dijo el servidor de correo", message.last_answer),
        ("Quedó así", moment(message.settled_at)),
        ("Decisión de una persona", decided),
    ]
    return [{"label": label, "value": value, "values": None} for label, value in rows if value not in (None, "")]


def moment(instant: datetime | None) -> str:
    """An instant as people read it on the desk, in the zone of the page."""
    return date_format(localtime(instant), "d-m-Y H:i") if instant else ""


@staff_with(*KEEPERS)
@require_POST
def resend_message(request: ActorRequest, pk: int) -> HttpResponse:
    """Send it again, by decision of a person."""
    found = get_object_or_404(Message, pk=pk)
    try:
        resend(message=found, actor=request.actor, now=request.now)
        notices.success(request, f"El correo a {found.to_address} se enviará otra vez.")
    except Refused as refusal:
        notices.error(request, refusal.reason)
    return redirect("messages:message", pk=pk)


@staff_with(*KEEPERS)
@require_POST
def dismiss_message(request: ActorRequest, pk: int) -> HttpResponse:
    """Leave a doubtful one as it is."""
    found = get_object_or_404(Message, pk=pk)
    try:
        dismiss(message=found, actor=request.actor, now=request.now)
        notices.success(request, "El correo queda como está: no se repetirá.")
    except Refused as refusal:
        notices.error(request, refusal.reason)
    return redirect("messages:message", pk=pk)
