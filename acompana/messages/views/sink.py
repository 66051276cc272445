"""Demonstration only: the mails that would have left."""

from __future__ import annotations

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from acompana.messages.enclosed import as_download
from acompana.messages.models import Attachment, SinkMail
from acompana.people.access import ActorRequest, public

PER_PAGE = 30


def _only_in_demonstration() -> None:
    if not settings.DEMO:
        raise Http404


@public
@require_safe
def inbox(request: ActorRequest) -> HttpResponse:
    """Every mail, newest first; one address with `?para=`."""
    _only_in_demonstration()
    wanted = request.GET.get("para", "").strip().lower()
    mails = SinkMail.objects.only("to_address", "subject", "received_at")
    if wanted:
        mails = mails.filter(to_address__contains=wanted)
    page = Paginator(mails, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "messages/sink.html", {"page": page, "wanted": wanted})


@public
@require_safe
def mail(request: ActorRequest, pk: int) -> HttpResponse:
    """One mail, with its links and what came with it."""
    _only_in_demonstration()
    found = get_object_or_404(SinkMail, pk=pk)
    attachments = Attachment.objects.filter(message=found.message_id).defer("content")
    return render(request, "messages/sink_mail.html", {"mail": found, "attachments": attachments})


@public
@require_safe
def attachment(request: ActorRequest, pk: int, attachment: int) -> HttpResponse:
    """What came with a mail."""
    _only_in_demonstration()
    found = get_object_or_404(SinkMail, pk=pk)
    return as_download(get_object_or_404(Attachment, pk=attachment, message=found.message_id))
