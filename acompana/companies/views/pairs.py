"""Companies that may be one: the review list, a pair side by side, its merge with a preview, and the way back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from acompana.companies.merge_preview import chosen_from, preview_of, side_by_side, two_companies
from acompana.companies.models import Company, CompanyPair
from acompana.companies.operations import (
    first_to_stay,
    merge_companies,
    propose_pair,
    reject_pair,
    undo_merge,
)
from acompana.companies.operations.pairing import WHO_DECIDES, WHO_REOPENS
from acompana.companies.pair_list import PairList
from acompana.companies.permissions import PAIR_SEARCHERS, may_merge
from acompana.companies.queries import find_by_rut, likely_duplicates
from acompana.companies.separating import names_apart, rows_going_back, separation_of, values_going_back
from acompana.companies.views.record import record_company, record_context
from acompana.kernel.models import ChangeSet
from acompana.kernel.refusals import Refused
from acompana.kernel.row_ids import row_id
from acompana.people.access import ActorRequest, deny_unless, staff
from acompana.shell.words import before_full_stop


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="¿Por qué no son la misma?",
        max_length=300,
        help_text="Evita que otra persona lo revise de nuevo.",
        error_messages={"required": "Escribe por qué no son la misma: evita que otra persona lo revise de nuevo."},
    )


@staff
@require_GET
def review_list(request: ActorRequest) -> HttpResponse:
    """Pairs to review, the most certain or the oldest first; also those that were decided. While a search of the whole
    registry runs, the page asks for its progress alone, and once more for all when it ended."""
    listing = PairList(request.GET, actor=request.actor)
    context = {"listing": listing, "may_search": request.actor.has_role(*PAIR_SEARCHERS)}
    if request.htmx:
        answer = render(request, "companies/parts/pair_search.html", context)
        search = listing.last_search()
        if search is None or not search.running:
            answer["HX-Refresh"] = "true"
        return answer
    return render(request, "companies/pairs.html", {**context, "page": listing.page})


def _pair(pk: int) -> CompanyPair:
    return get_object_or_404(CompanyPair.objects.select_related("decided_by", "change_set"), pk=pk)


@staff
@require_http_methods(["GET", "POST"])
def pair(request: ActorRequest, pk: int) -> HttpResponse:
    """The evidence side by side, and the two answers; a POST says that they are two."""
    found = _pair(pk)
    one, other = first_to_stay(*two_companies(found))
    decides = may_merge(request.actor, one, other)
    form = ReasonForm(request.POST or None)
    if request.method == "POST":
        deny_unless(decides, reason=WHO_DECIDES)
        if form.is_valid():
            try:
                reject_pair(pair=found, reason=form.cleaned_data["reason"], actor=request.actor, now=request.now)
            except Refused as refused:
                form.add_error("reason", refused.reason)
            else:
                messages.success(request, "Quedó dicho que no son la misma. No se volverá a ofrecer.")
                return redirect("companies:pairs")
    context: dict[str, Any] = {
        "pair": found,
        "one": one,
        "other": other,
        "kept": other if one.merged_into_id else one,
        # Merged, all hangs on one of them: side by side they would say that they never shared anything.
        "rows": side_by_side(one, other) if found.state != CompanyPair.State.MERGED else [],
        "for_it": [row for row in found.evidence if row["points"] >= 0],
        "against": [row for row in found.evidence if row["points"] < 0],
        "decides": decides,
        "who_decides": WHO_DECIDES,
        "who_reopens": WHO_REOPENS,
        "form": form,
    }
    return render(request, "companies/pair.html", context, status=422 if form.errors else 200)


@staff
@require_http_methods(["GET", "POST"])
def merge(request: ActorRequest, pk: int) -> HttpResponse:
    """What the merge would do, with the choices that it asks for; a POST does it. `?queda=` says which one stays."""
    found = _pair(pk)
    one, other = first_to_stay(*two_companies(found))
    deny_unless(may_merge(request.actor, one, other), reason=WHO_DECIDES)
    if found.state == CompanyPair.State.MERGED:
        return redirect("companies:pair", pk=pk)
    asked = row_id(request.POST.get("kept") or request.GET.get("queda"))
    kept, gone = (other, one) if asked == other.pk else (one, other)
    refusal, reason = "", request.POST.get("reason", "")[:300]
    if request.method == "POST":
        try:
            merged = merge_companies(
                kept=kept,
                gone=gone,
                chosen=chosen_from(request.POST),
                versions=_versions(request.POST.get("versions", "")),
                reason=reason,
                actor=request.actor,
                now=request.now,
            )
        except Refused as refused:
            refusal = refused.reason
            kept, gone = (Company.objects.get(pk=side.pk) for side in (kept, gone))
        else:
            said = f"{gone} y {kept} son ahora una sola ficha. Se puede deshacer en su historial."
            messages.success(request, " ".join([said, *merged.followed]))
            return redirect(kept.get_absolute_url())
    context = {
        "pair": found,
        "kept": kept,
        "gone": gone,
        "preview": preview_of(kept, gone),
        "chosen": chosen_from(request.POST),
        "needs_reason": bool(kept.rut and gone.rut),
        "reason": reason,
        "refusal": refusal,
    }
    return render(request, "companies/merge.html", context, status=422 if refusal else 200)


def _versions(text: str) -> tuple[int, int]:
    kept, _, gone = text.partition("-")
    return row_id(kept) or 0, row_id(gone) or 0


@staff
@require_http_methods(["GET", "POST"])
def compare(request: ActorRequest, pk: int) -> HttpResponse:
    """From a record: which other record is the same company? Suggestions, and a RUT or number by hand."""
    company = record_company(request, pk)
    refusal, typed = "", request.POST.get("rut", "").strip()[:20]
    if request.method == "POST":
        other_id = row_id(request.POST.get("other"))
        other = Company.objects.filter(pk=other_id).first() if other_id else find_by_rut(typed)
        if other is None:
            refusal = "Ninguna ficha tiene ese RUT. Revísalo, o elige una de las parecidas."
        else:
            try:
                made = propose_pair(one=company, other=other, actor=request.actor, now=request.now)
                return redirect("companies:pair", pk=made.pk)
            except Refused as refused:
                refusal = refused.reason
    contact = next((contact for contact in company.contacts.all() if contact.is_main), None)
    alike = likely_duplicates(
        name=company.name,
        phone=contact.phone if contact else "",
        email=contact.email if contact else "",
        exclude=company.pk,
        limit=8,
    )
    context = {
        **record_context(request, company, "data"),
        "alike": alike,
        "refusal": refusal,
        "typed": typed,
    }
    return render(request, "companies/compare.html", context, status=422 if refusal else 200)


@staff
@require_http_methods(["GET", "POST"])
def undo(request: ActorRequest, pk: int, change_set: int) -> HttpResponse:
    """Two companies again, from the history of the one that stayed; first, what goes back or why it cannot."""
    company = record_company(request, pk)
    made = get_object_or_404(ChangeSet, pk=change_set, kind="merge")
    found = CompanyPair.objects.select_related("first", "second").filter(change_set=made, state="merged").first()
    if found is None or company.pk not in (found.first_id, found.second_id):
        raise Http404
    deny_unless(may_merge(request.actor, found.first, found.second), reason=WHO_DECIDES)
    if request.method == "GET":
        return _before_parting(request, company, made)
    try:
        gone = found.second if company.pk == found.first_id else found.first
        name, _ = names_apart(company, gone)
        parted = undo_merge(change_set=made, actor=request.actor, now=request.now)
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        said = (
            "Son dos fichas otra vez, y el par quedó como «No son la misma»: aquí se puede revisar de nuevo. "
            f"Lo anotado después de la fusión quedó en {before_full_stop(name)}."
        )
        messages.success(request, " ".join([said, *parted.followed]))
        return redirect("companies:pair", pk=found.pk)
    return redirect("companies:history", pk=pk)


def _before_parting(request: ActorRequest, company: Company, made: ChangeSet) -> HttpResponse:
    separation = separation_of(company, made, request.actor)
    if separation is None:
        raise Http404
    context = {
        **record_context(request, company, "history"),
        "separation": separation,
        "of_kept": values_going_back(made, separation.kept),
        "of_gone": values_going_back(made, separation.gone),
        "rows_back": rows_going_back(made),
    }
    return render(request, "companies/separate.html", context)
