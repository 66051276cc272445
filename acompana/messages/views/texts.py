"""The words of the automatic mails: read, previewed on real data, amended by an administrator."""

from __future__ import annotations

from typing import cast

from django.contrib import messages as notices
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from acompana.kernel.refusals import Refused
from acompana.messages.composing import BrokenTemplate, Composed, MailText, compose, fields_of, file_text
from acompana.messages.field_words import in_words, words_of
from acompana.messages.forms import TextForm
from acompana.messages.operations import amend_text
from acompana.messages.queries import history_of_text, latest_context, template_rows, text_in_force
from acompana.messages.rules import categories
from acompana.people.access import ActorRequest, staff_with
from acompana.people.models import Person


@staff_with("administrator")
@require_safe
def templates(request: ActorRequest) -> HttpResponse:
    """Every template, with its version and how many messages it wrote."""
    return render(request, "messages/templates.html", {"rows": template_rows()})


@staff_with("administrator")
@require_http_methods(["GET", "POST"])
def text(request: ActorRequest, room: str, name: str, language: str) -> HttpResponse:
    """One text: amend it, see it filled with real data, read its history."""
    template = f"{room}/{name}"
    try:
        shipped = file_text(template, language)
    except BrokenTemplate as missing:
        raise Http404(missing.reason) from missing
    if shipped.language != language:
        raise Http404
    history = history_of_text(template, language)
    current = text_in_force(template, language, request.now)
    version = history[0].pk if history else 0
    initial = {"subject": current.subject, "body": current.body, "version": version}
    form = TextForm(request.POST or None, initial=initial)
    form.fields["reason"].required = "preview" not in request.POST
    shown = current
    if request.method == "POST" and form.is_valid():
        shown = MailText(template, language, shipped.category, form.cleaned_data["subject"], form.cleaned_data["body"])
        if "save" in request.POST:
            try:
                amend_text(
                    text=shown, author=cast(Person, request.actor.person), now=request.now, **form.what_is_said()
                )
            except Refused as refusal:
                form.add_error(None, refusal.reason)
            else:
                notices.success(request, "El texto se guardó. Vale para los correos que se escriban desde ahora.")
                return redirect(request.path)
    preview, why_not = _preview(shown)
    context = {
        "shipped": shipped,
        "form": form,
        "preview": preview,
        "why_not": why_not,
        "title": in_words(current.subject),
        "fields": [(name, words_of(name)) for name in sorted(fields_of(shipped))],
        "category": categories()[shipped.category],
        "history": history,
    }
    return render(request, "messages/text.html", context)


def _preview(text: MailText) -> tuple[Composed | None, str]:
    """The text filled with the data of the newest message that it wrote, or the reason why it cannot be."""
    context = latest_context(text.name)
    if context is None:
        return None, "Aún no se ha escrito ningún correo con esta plantilla, así que no hay datos con que mostrarla."
    try:
        return compose(text, context), ""
    except Refused as refusal:
        return None, refusal.reason
