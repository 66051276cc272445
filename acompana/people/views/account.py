"""A person's own account: their data as we have them, and the e-mail where we write to them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from acompana.kernel.refusals import Refused
from acompana.people.access import ActorRequest, deny_unless, signed_in
from acompana.people.entering import home_of, safe_next
from acompana.people.models import Person
from acompana.people.operations.entry import ask_to_confirm_email, confirm_email, read_email_link
from acompana.people.operations.language import choose_language
from acompana.shell.languages import NAMES, in_english, keep_language, speaking, without_choice

log = logging.getLogger(__name__)
PENDING = "email_to_confirm"
NO_PASSWORD = "Tu cuenta no tiene contraseña: entras con ClaveÚnica o con tu institución."


class EmailForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("Tu correo electrónico"),
        help_text=gettext_lazy("Te enviaremos un enlace para confirmar que es tuyo."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": gettext_lazy("Escribe tu correo."),
            "invalid": gettext_lazy("Escribe un correo completo, por ejemplo nombre@empresa.cl."),
        },
    )


class LanguageForm(forms.Form):
    language = forms.ChoiceField(
        label=gettext_lazy("Idioma"),
        choices=list(NAMES.items()),  # each in its own, for who reads no other
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext_lazy("Elige uno de los idiomas de la lista.")},
    )


def person_of(request: ActorRequest) -> Person:
    person = request.actor.person
    assert person is not None, "only for views that ask to be signed in"
    return person


def local_account(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For pages of allauth about a password and what protects it: who enters with ClaveÚnica has none here."""

    @signed_in
    @wraps(view)
    def guarded(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        deny_unless(person_of(request).has_usable_password(), reason=NO_PASSWORD)
        return view(request, *args, **kwargs)

    return guarded


@signed_in
@in_english
@require_GET
def account(request: ActorRequest) -> HttpResponse:
    """What we know of the person who entered."""
    person = person_of(request)
    context = {
        "person": person,
        "pending": request.session.get(PENDING, ""),
        "has_password": person.has_usable_password(),
        "own_language_name": NAMES["en" if person.language == "en" else "es"],
    }
    return render(request, "people/account.html", context)


@signed_in
@in_english
@never_cache
@require_http_methods(["GET", "POST"])
def language(request: ActorRequest) -> HttpResponse:
    """The language of the person's pages (CHA-5)."""
    person = person_of(request)
    after = without_choice(safe_next(request)) or reverse("people:account")
    form = LanguageForm(request.POST or None, initial={"language": person.language})
    if request.method == "POST" and form.is_valid():
        person = choose_language(
            person=person, language=form.cleaned_data["language"], actor=request.actor, now=request.now
        )
        keep_language(request, person.language)
        with speaking(person.language):
            messages.success(
                request,
                gettext(
                    "Desde ahora ves las páginas en español. A tu empresa le escribimos en el idioma de su ficha."
                ),
            )
        return HttpResponseRedirect(after)
    status = 422 if form.errors else 200
    return render(request, "people/language.html", {"form": form, "next": after}, status=status)


@signed_in
@in_english
@never_cache
@require_http_methods(["GET", "POST"])
def email(request: ActorRequest) -> HttpResponse:
    """Ask for an e-mail, which ClaveÚnica does not give, and mail a link to it (IDN-1)."""
    person = person_of(request)
    wanted = safe_next(request)
    form = EmailForm(request.POST or None, initial={"email": request.session.get(PENDING, person.email or "")})
    if request.method == "POST" and form.is_valid():
        try:
            request.session[PENDING] = ask_to_confirm_email(
                person=person,
                email=form.cleaned_data["email"],
                now=request.now,
            )
        except Refused as refused:
            form.add_error("email", refused.reason)
        else:
            messages.success(
                request,
                gettext("Te enviamos un enlace a %(address)s. Ábrelo para confirmarlo.")
                % {"address": request.session[PENDING]},
            )
            return HttpResponseRedirect(wanted or home_of(person))
    return render(request, "people/email.html", {"form": form, "next": wanted, "first": not person.email})


@signed_in
@in_english
@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: ActorRequest, token: str) -> HttpResponse:
    """The mailed link. Reading it changes nothing (mail servers read links too); the button confirms."""
    person = person_of(request)
    try:
        address = read_email_link(token=token, person=person, now=request.now)
        if request.method == "POST":
            confirm_email(person=person, token=token, now=request.now)
            request.session.pop(PENDING, None)
            said = gettext("Confirmaste %(address)s. Desde ahora te escribimos ahí.")
            messages.success(request, said % {"address": address})
            return redirect("people:account")
    except Refused as refused:
        log.info("a link was refused (people:confirm-email): %s", refused.reason)
        return render(request, "people/confirm_email.html", {"reason": refused.reason}, status=400)
    already = person.email == address and person.email_verified_at is not None
    return render(request, "people/confirm_email.html", {"address": address, "already": already})
