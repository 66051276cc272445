"""Keys of the API: a person's own, and those of systems for an administrator."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from acompana.api.forms import SystemTokenForm, TokenForm
from acompana.api.models import ApiToken
from acompana.api.operations import give_token, revoke_token
from acompana.api.permissions import may_give_system_tokens
from acompana.api.queries.tokens import system_tokens, tokens_of
from acompana.kernel.refusals import Refused
from acompana.people.access import ActorRequest, deny_unless, signed_in, staff
from acompana.reference.administration import sections
from acompana.shell.repeats import lead_repetitions

SHOWN_BEFORE = "mostrada"


@signed_in
@never_cache
@require_http_methods(["GET", "POST"])
def tokens(request: ActorRequest) -> HttpResponse:
    """A person's keys; a POST makes one and shows it, this once."""
    person = request.actor.person
    assert person is not None, "only for who is signed in"
    of_agency = request.actor.is_staff
    form = TokenForm(request.POST if request.method == "POST" else None, of_agency=of_agency)
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            _, secret = give_token(
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                person=person,
                life=form.life,
                actor=request.actor,
                now=request.now,
            )
            form = TokenForm(of_agency=of_agency)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
    context = {
        "form": form,
        "secret": secret,
        "shown_before": SHOWN_BEFORE in request.GET,
        "rows": _rows(tokens_of(person), request),
    }
    return _once(request, render(request, "api/tokens.html", context, status=422 if form.errors else 200), secret)


def _rows(found: Any, request: ActorRequest) -> list[dict[str, Any]]:
    """Each key with how it stands, in words and tone."""
    rows = []
    for token in found:
        state, tone = "En uso", "good"
        if token.revoked_at is not None:
            state, tone = "Revocada", "plain"
        elif token.expires_at <= request.now:
            state, tone = "Vencida", "plain"
        rows.append({"token": token, "state": state, "tone": tone, "usable": tone == "good"})
    return rows


@signed_in
@require_POST
def revoke(request: ActorRequest, pk: int) -> HttpResponse:
    """It opens nothing from now on; one's own, or any for an administrator."""
    token = get_object_or_404(ApiToken, pk=pk)
    own = request.actor.person is not None and token.person_id == request.actor.person.pk
    deny_unless(own or may_give_system_tokens(request.actor), known=False)
    revoke_token(token=token, actor=request.actor, now=request.now)
    messages.success(request, f"La clave «{token.name}» ya no abre nada.")
    return redirect("api:tokens" if own else "api:system-tokens")


@staff
@never_cache
@require_http_methods(["GET", "POST"])
def systems(request: ActorRequest) -> HttpResponse:
    """The keys of systems: all staff see which there are, an administrator gives and revokes them."""
    may_give = may_give_system_tokens(request.actor)
    form = SystemTokenForm(request.POST if request.method == "POST" else None)
    secret = ""
    if request.method == "POST":
        deny_unless(may_give, reason="Solo la administración entrega claves a sistemas.")
        if form.is_valid():
            try:
                _, secret = give_token(
                    name=form.cleaned_data["name"],
                    scopes=form.cleaned_data["scopes"],
                    rate=form.cleaned_data["rate"],
                    person=None,
                    life=form.life,
                    actor=request.actor,
                    now=request.now,
                )
                form = SystemTokenForm()
            except Refused as refusal:
                form.add_error(None, refusal.reason)
    context = {
        "form": form,
        "secret": secret,
        "shown_before": SHOWN_BEFORE in request.GET,
        "rows": _rows(system_tokens(), request),
        "may_give": may_give,
        "sections": sections("api:system-tokens", request.actor),
    }
    return _once(request, render(request, "api/systems.html", context, status=422 if form.errors else 200), secret)


def _once(request: ActorRequest, response: HttpResponse, secret: str) -> HttpResponse:
    """The page of a new key is shown once: loaded again, it makes no other, and says so."""
    return lead_repetitions(response, f"{request.path}?{SHOWN_BEFORE}=1") if secret else response
