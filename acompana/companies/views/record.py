"""A company's data, history and contacts on the desk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from acompana.companies.accesses import accesses_of
from acompana.companies.export_forms import SHOWN_LINES
from acompana.companies.forms import CharacterizationForm, ContactForm
from acompana.companies.middleware import refuse_merged
from acompana.companies.models import BulkAction, Company, Contact
from acompana.companies.operations import (
    add_contact,
    end_contact,
    undo_edit,
    update_characterization,
    update_contact,
)
from acompana.companies.operations.keeping import check_version, day_of
from acompana.companies.permissions import may_change, may_see
from acompana.companies.presenting import data_sections, identity
from acompana.companies.queries import completeness
from acompana.companies.record_tabs import tabs_of
from acompana.companies.separating import separations
from acompana.kernel.changes import Turn, history_of
from acompana.kernel.models import ChangeSet
from acompana.kernel.refusals import Refused, Stale
from acompana.kernel.row_ids import row_id
from acompana.kernel.statements import Statement, given_id
from acompana.people.access import ActorRequest, deny_unless, staff
from acompana.people.models import Channel
from acompana.shell.meanwhile import take_meanwhile

SHOWN = ("region", "commune", "country", "sector", "sales_bracket", "office", "executive", "merged_into")
BESIDE = ("contacts", "products", "activities", "exports")
PER_HISTORY = 30


_OF_AN_ID = Statement(lambda: Company.objects.select_related(*SHOWN).filter(pk=given_id("company")).order_by())


def record_company(request: ActorRequest, pk: int) -> Company:
    """The company of a page of the record, with what it shows; 404 for who may not know of it, elsewhere if it was
    merged."""
    if (company := next(iter(_OF_AN_ID.objects(company=pk)), None)) is None:
        raise Http404
    deny_unless(may_see(request.actor, company), known=False)
    prefetch_related_objects([company], *BESIDE)
    request.about = company.name
    return refuse_merged(company)


def record_context(request: ActorRequest, company: Company, current: str) -> dict[str, Any]:
    """What every page of a company's record shows around its own content."""
    today = day_of(request.now)
    return {
        "company": company,
        "identity": identity(company, today),
        "missing": completeness(company, today),
        "may_change": may_change(request.actor, company),
        "tabs": tabs_of(company, current),
    }


@staff
@require_GET
def data(request: ActorRequest, pk: int) -> HttpResponse:
    company = record_company(request, pk)
    context = record_context(request, company, "data")
    context["sections"] = data_sections(company, day_of(request.now))
    context["accesses"] = accesses_of(company, request.actor)
    return render(request, "companies/data.html", context)


@staff
@require_http_methods(["GET", "POST"])
def edit_data(request: ActorRequest, pk: int) -> HttpResponse:
    """The form; a stale save is refused, and shown beside what was saved meanwhile (EXP-13)."""
    company = record_company(request, pk)
    deny_unless(
        may_change(request.actor, company), reason="Los datos de una empresa los cambia quien la tiene a cargo."
    )
    today = day_of(request.now)
    sent = request.POST if request.method == "POST" else None
    form = CharacterizationForm(sent, instance=Company.objects.get(pk=pk), today=today)
    refusal, meanwhile = "", None
    if request.method == "POST":
        try:
            saved = _save_data(request, company, form)
        except Stale as stale:
            now = Company.objects.get(pk=pk)
            stored = CharacterizationForm(instance=now, today=today)
            refusal = stale.reason
            meanwhile = take_meanwhile(form, stored, form.one_answer(), version=str(now.version))
        except Refused as refused:
            refusal = _told_at(form, refused)
        else:
            if saved is not None:
                messages.success(request, " ".join(["Se guardaron los datos.", *saved.followed]))
                return redirect("companies:data", pk=pk)
    context = {**record_context(request, company, "data"), "form": form, "refusal": refusal, "meanwhile": meanwhile}
    context["shown_lines"] = SHOWN_LINES
    return render(request, "companies/edit_data.html", context)


def _told_at(form: forms.BaseForm, refused: Refused) -> str:
    """A refusal, at the value that is at fault; given back where the form has no such value."""
    if refused.field not in form.fields:
        return refused.reason
    form.add_error(refused.field, refused.reason)
    return ""


def _save_data(request: ActorRequest, company: Company, form: CharacterizationForm) -> Company | None:
    """None for what is not valid, if nobody saved meanwhile: who has to put it right is told of both at once."""
    if not form.is_valid():
        if (version := form.cleaned_data.get("version")) is not None:
            check_version(company, version, request.actor)
        return None
    return update_characterization(
        company=company,
        version=form.cleaned_data["version"],
        values=form.values(),
        actor=request.actor,
        now=request.now,
        channel=Channel.SYSTEM,
        **form.rows(),
    )


@staff
@require_GET
def history(request: ActorRequest, pk: int) -> HttpResponse:
    """Who changed what, from what to what (EXP-5)."""
    company = record_company(request, pk)
    turns = history_of(company, limit=PER_HISTORY, before_set=row_id(request.GET.get("antes")))
    context = {**record_context(request, company, "history")}
    bulks = _own_bulks(request, turns)
    apart = separations(company, turns, request.actor)
    context["rows"] = [(turn, bulks.get(turn.change_set.pk), apart.get(turn.change_set.pk)) for turn in turns]
    context["older"] = turns[-1].change_set.pk if len(turns) == PER_HISTORY else None
    return render(request, "companies/history.html", context)


def _own_bulks(request: ActorRequest, turns: Iterable[Turn]) -> dict[int, int]:
    """Of the change sets shown, those that the person made with many companies at once: the page of each, where it is
    undone. It is theirs alone."""
    sets = [turn.change_set.pk for turn in turns if turn.change_set.kind == "bulk"]
    mine = BulkAction.objects.filter(change_set__in=sets, made_by=request.actor.person)
    return {pk: action for pk, action in mine.values_list("change_set", "pk") if pk} if sets else {}


@staff
@require_POST
def undo(request: ActorRequest, pk: int, change_set: int) -> HttpResponse:
    """Undoes an edit of this company alone; bulk actions are undone where they were made."""
    company = record_company(request, pk)
    deny_unless(may_change(request.actor, company))
    made = get_object_or_404(ChangeSet, pk=change_set)
    if made.changes.exclude(record_model="companies.company", record_id=pk).exists() or made.kind != "edit":
        raise Http404
    try:
        put_back = undo_edit(
            company=company, change_set=made, actor=request.actor, now=request.now, channel=Channel.SYSTEM
        )
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, " ".join(["Se deshizo el cambio.", *put_back.followed]))
    return redirect("companies:history", pk=pk)


# --- contacts ---------------------------------------------------------------------------------------------------


def _contact_page(request: ActorRequest, company: Company, contact: Contact | None) -> HttpResponse:
    deny_unless(
        may_change(request.actor, company), reason="Los datos de una empresa los cambia quien la tiene a cargo."
    )
    by: dict[str, Any] = {"actor": request.actor, "now": request.now, "channel": Channel.SYSTEM}
    form = ContactForm(request.POST or None, instance=Contact.objects.get(pk=contact.pk) if contact else None)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            if contact is None:
                add_contact(company=company, **form.cleaned_data, **by)
            else:
                update_contact(contact=contact, values=form.cleaned_data, **by)
        except Refused as refused:
            refusal = _told_at(form, refused)
        else:
            messages.success(request, "Se guardó el contacto.")
            return redirect(reverse("companies:data", args=[company.pk]) + "#contactos")
    context = {**record_context(request, company, "data"), "form": form, "contact": contact, "refusal": refusal}
    return render(request, "companies/contact.html", context)


@staff
@require_http_methods(["GET", "POST"])
def new_contact(request: ActorRequest, pk: int) -> HttpResponse:
    return _contact_page(request, record_company(request, pk), None)


@staff
@require_http_methods(["GET", "POST"])
def edit_contact(request: ActorRequest, pk: int, contact: int) -> HttpResponse:
    company = record_company(request, pk)
    return _contact_page(request, company, get_object_or_404(Contact, pk=contact, company=company, ended_on=None))


@staff
@require_POST
def remove_contact(request: ActorRequest, pk: int, contact: int) -> HttpResponse:
    """The person left the company; their history stays."""
    company = record_company(request, pk)
    deny_unless(may_change(request.actor, company))
    gone = get_object_or_404(Contact, pk=contact, company=company)
    end_contact(contact=gone, actor=request.actor, now=request.now, channel=Channel.SYSTEM)
    messages.success(request, f"{gone} ya no figura entre los contactos.")
    return redirect(reverse("companies:data", args=[pk]) + "#contactos")
