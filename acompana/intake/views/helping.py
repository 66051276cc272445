"""What staff do for a company that cannot do it alone: send its form, take the test with it (INT-6, ROL-8)."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from acompana.intake import operations as intake
from acompana.intake.forms import HelpedTestForm
from acompana.intake.models import Intake
from acompana.intake.permissions import may_take_test
from acompana.intake.queries import missing_to_send
from acompana.intake.states import EXECUTIVES
from acompana.intake.views.step_pages import closed, handle, record_of, sent
from acompana.kernel.refusals import Refused
from acompana.matters.models import Matter
from acompana.people.access import ActorRequest, deny_unless, staff_with
from acompana.questionnaires import pages
from acompana.questionnaires.models import Response
from acompana.questionnaires.operations import finish_response
from acompana.questionnaires.queries import draft_of
from acompana.shell.words import within_sentence


def helped_or_404(request: ActorRequest, number: str) -> Intake:
    """The intake of a number; 403 for those who do not help with it."""
    found = get_object_or_404(
        Intake.objects.select_related("matter__company__executive", "matter__office", "matter__owner"),
        matter__number=number,
        matter__kind="intake",
    )
    allowed = may_take_test(request.actor, found.matter)
    deny_unless(allowed, reason="Con su ficha y su test la ayudan su oficina regional o Gestión de clientes.")
    return found


@staff_with("client-management", *EXECUTIVES)
@require_http_methods(["GET", "POST"])
def submit(request: ActorRequest, number: str) -> HttpResponse:
    """Send the form for a company that cannot do it alone (INT-6, ROL-8)."""
    matter = helped_or_404(request, number).matter
    assert matter.company is not None
    steps = ("submit_to_test", "submit_exporter")
    if page := closed(request, matter=matter, title="Enviar la ficha por la empresa", steps=steps):
        return page
    return handle(
        request,
        matter=matter,
        form=forms.Form(sent(request)),
        act=lambda data: intake.submit_characterization(
            matter=matter, actor=request.actor, now=request.now, channel="phone"
        ),
        done="Ficha enviada en nombre de la empresa.",
        template="intake/submit.html",
        context={
            "missing": missing_to_send(matter.company, timezone.localdate(request.now)),
            "edit": reverse("companies:edit_data", args=[matter.company.pk]),
        },
    )


def why_no_test(matter: Matter) -> str:
    """Why the test is not taken now; empty when it is its turn."""
    if matter.state == "self_test":
        return ""
    if matter.state == "characterization":
        return "Primero se envía la ficha de la empresa: después sigue el test, si no exporta."
    return "En este momento su ruta no pide el test."


@staff_with("client-management", *EXECUTIVES)
@require_http_methods(["GET", "POST"])
def take_test(request: ActorRequest, number: str) -> HttpResponse:
    """The self-test with the company on the telephone or at the counter: first who answers, then the questions."""
    matter = helped_or_404(request, number).matter
    assert matter.company is not None
    if page := closed(request, matter=matter, title="Test con la empresa", why=why_no_test(matter)):
        return page
    if matter.state != "self_test":
        messages.info(request, "En este momento su ruta no pide el test.")
        return redirect(record_of(matter))
    draft = draft_of(instrument="export-test", company=matter.company, matter=matter)
    if draft is not None and draft.with_help and "quien" not in request.GET:
        return _questions(request, matter.number, draft)
    initial = {"channel": draft.channel or "phone", "told_by": draft.told_by_id} if draft else {}
    form = HelpedTestForm(sent(request), company=matter.company, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            intake.take_test_with(matter=matter, **form.cleaned_data, actor=request.actor, now=request.now)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            return redirect("intake:take_test", number)
    begun = pages.progress_of(draft) if draft else None
    context = {"matter": matter, "company": matter.company, "form": form, "begun": begun}
    return render(request, "intake/take_test.html", context, status=422 if form.errors else 200)


def _questions(request: ActorRequest, number: str, draft: Response) -> HttpResponse:
    matter = draft.matter
    assert matter is not None

    def finish() -> HttpResponse:
        with transaction.atomic():
            finish_response(response=draft, actor=request.actor, now=request.now)
            intake.finish_test(matter=matter, response=draft, actor=request.actor, now=request.now)
        potential = Intake.objects.get(matter=matter).get_potential_display().lower()
        done = f"Test terminado: potencial {potential}. La empresa ve el resultado y que lo respondió con ayuda."
        messages.success(request, done)
        return redirect(record_of(matter))

    who = f"Responde {draft.told_by.name}" if draft.told_by else "Responde alguien de la empresa"
    return pages.desk_page(
        request,
        response=draft,
        finish=finish,
        leave=record_of(matter),
        title="Test con la empresa",
        finish_label="Terminar el test",
        note=f"{who}, por {within_sentence(draft.get_channel_display())}. Lee cada pregunta y anota lo que te "
        "responda. La empresa verá que lo respondió con tu ayuda.",
    )
