"""Client management's queue and the page that answers a help request (INT-6, ROL-8)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from acompana.cases.forms import AnswerForm
from acompana.cases.models import HelpRequest
from acompana.cases.operations import answer_help
from acompana.cases.permissions import may_answer
from acompana.commitments.queries import open_of
from acompana.kernel.refusals import Refused
from acompana.people.access import ActorRequest, deny_unless, staff

ROWS = 30


@staff
@require_safe
def help_requests(request: ActorRequest) -> HttpResponse:
    """Help requests by state, the oldest first."""
    state = request.GET.get("estado", "received")
    rows = HelpRequest.objects.select_related("matter__company", "matter__person").order_by("matter__state_since")
    if state in ("received", "answered", "closed"):
        rows = rows.filter(matter__state=state)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    tabs = [
        {"label": label, "href": f"?estado={slug}", "current": slug == state}
        for slug, label in (("received", "Por responder"), ("answered", "Respondidas"), ("closed", "Cerradas"))
    ]
    return render(request, "cases/help_requests.html", {"page": page, "tabs": tabs})


@staff
@require_http_methods(["GET", "POST"])
def help_request(request: ActorRequest, number: str) -> HttpResponse:
    """What went wrong, and the answer."""
    found = get_object_or_404(
        HelpRequest.objects.select_related("matter__company", "matter__person", "matter__office"),
        matter__number=number,
    )
    form = AnswerForm(request.POST or None)
    if request.method == "POST":
        deny_unless(may_answer(request.actor), reason="La responde Gestión de clientes.")
        if form.is_valid():
            try:
                answer_help(request=found, answer=form.cleaned_data["answer"], actor=request.actor, now=request.now)
            except Refused as refusal:
                form.add_error(None, refusal.reason)
            else:
                messages.success(request, "Respuesta enviada por correo.")
                return redirect("cases:help_requests")
    context = {
        "help": found,
        "matter": found.matter,
        "form": form,
        "may_answer": may_answer(request.actor) and found.matter.state == "received",
        "owed": open_of(found.matter),
    }
    return render(request, "cases/help_request.html", context, status=422 if form.errors else 200)
