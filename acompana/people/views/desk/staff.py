"""People who work at the agency: the list, a person's page, and what an administrator changes there."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from acompana.kernel.changes import history_of, snapshot
from acompana.kernel.refusals import Refused, Stale
from acompana.people.access import ActorRequest, staff, staff_with
from acompana.people.administration_forms import (
    AbsenceForm,
    AppointForm,
    GrantForm,
    LeaveForm,
    PostForm,
    StaffFilter,
)
from acompana.people.listeners import carried_by, held_because_of
from acompana.people.models import Absence, RoleGrant, StaffMember
from acompana.people.operations import (
    appoint_staff,
    change_post,
    end_absence,
    grant_role,
    note_welcome,
    record_absence,
    register_staff_person,
)
from acompana.people.operations.entry import REPEAT_AFTER
from acompana.people.operations.history import mark_of, today
from acompana.people.operations.staff import CHANGED
from acompana.people.permissions import may_administer
from acompana.people.queries import holds_on
from acompana.people.welcome import never_entered, send_welcome
from acompana.reference.administration import sections
from acompana.shell.meanwhile import Meanwhile, take_meanwhile

PAGE = 50
PAST = 10


@staff
@require_safe
def staff_list(request: ActorRequest) -> HttpResponse:
    """Who works at the agency today, who left, or who is to begin; narrowed by office, role or name."""
    day = today(request.now)
    narrowed = StaffFilter(request.GET)
    narrowed.is_valid()
    when = narrowed.cleaned_data.get("when", "")
    found = narrow(staff_on(day, when), narrowed, day)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "sections": sections("administration:staff", request.actor),
        "filter": narrowed,
        "when": when,
        "narrowed": any(request.GET.get(name) for name in narrowed.fields),
        "page": page,
        "may_administer": may_administer(request.actor),
    }
    return render(request, "people/desk/staff.html", context)


def staff_on(day: date, when: str = "") -> QuerySet[StaffMember]:
    """Staff of a day with office, roles and absence under way, in four queries. `when` "left": who left before it,
    with the roles that they had to the end, the newest first; "coming": who begins after it."""
    of = {"left": Q(until_on__lt=day), "coming": Q(since_on__gt=day)}.get(when, holds_on(day))
    held = Q(until_on=F("staff_member__until_on")) if when == "left" else holds_on(day)
    grants = RoleGrant.objects.filter(held).select_related("role").order_by("role__position")
    away = Absence.objects.on(day).select_related("substitute__person")
    found = (
        StaffMember.objects.filter(of)
        .select_related("person", "office")
        .prefetch_related(
            Prefetch("grants", queryset=grants, to_attr="held"), Prefetch("absences", queryset=away, to_attr="away")
        )
    )
    return found.order_by("-until_on", "pk") if when == "left" else found


def narrow(found: QuerySet[StaffMember], narrowed: StaffFilter, day: date) -> QuerySet[StaffMember]:
    wanted = narrowed.cleaned_data
    if wanted.get("office"):
        found = found.filter(office=wanted["office"])
    if wanted.get("role"):
        found = found.filter(
            pk__in=RoleGrant.objects.filter(Q(until_on=None) | Q(until_on=F("staff_member__until_on")))
            .filter(role=wanted["role"])
            .values("staff_member")
        )
    for word in wanted.get("q", "").split():
        found = found.filter(
            Q(person__given_names__icontains=word)
            | Q(person__family_names__icontains=word)
            | Q(person__email__icontains=word)
        )
    return found


@staff_with("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def appoint(request: ActorRequest) -> HttpResponse:
    """Somebody new: their account, if they have none, and their post."""
    form = AppointForm(request.POST or None, initial={"since_on": today(request.now)})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            person = register_staff_person(
                email=data["email"],
                given_names=data["given_names"],
                family_names=data["family_names"],
                rut=data["rut"],
                now=request.now,
            )
            member = appoint_staff(
                person=person,
                office=data["office"],
                title=data["title"],
                capacity=data["capacity"],
                since_on=data["since_on"],
                actor=request.actor,
                now=request.now,
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"{member} ya tiene su puesto. Dale ahora sus funciones.")
            if never_entered(person):
                write_how_to_enter(request, member)
            return redirect("administration:person", member.pk)
    return render(
        request,
        "people/desk/appoint.html",
        {"form": form, "sections": sections("administration:staff", request.actor)},
    )


def write_how_to_enter(request: ActorRequest, member: StaffMember) -> None:
    """The letter, and on the page that it went, or that it did not."""
    if not send_welcome(member, request):
        messages.error(
            request, "No pudimos enviar el correo que dice cómo entrar. Envíalo más tarde desde esta página."
        )
        return
    note_welcome(staff_member=member, actor=request.actor, now=request.now)
    messages.success(request, f"Le escribimos a {member.person.email} cómo entrar.")


@staff_with("administrator")
@require_POST
def welcome(request: ActorRequest, pk: int) -> HttpResponse:
    """The letter that says how to enter, again, to who never did."""
    member = member_of(pk)
    if not never_entered(member.person) or (member.until_on and member.until_on < today(request.now)):
        messages.error(request, f"{member} ya entró, o no trabaja en la agencia: no hace falta escribirle.")
    elif member.welcomed_at and request.now - member.welcomed_at < REPEAT_AFTER:
        messages.error(request, "Le escribimos hace menos de 10 minutos. Espera a que le llegue.")
    else:
        write_how_to_enter(request, member)
    return redirect("administration:person", member.pk)


@staff
@require_safe
def person(request: ActorRequest, pk: int) -> HttpResponse:
    """One person: post, roles, absences, history."""
    return show_person(request, member_of(pk))


def member_of(pk: int) -> StaffMember:
    return get_object_or_404(StaffMember.objects.select_related("person", "office", "receiver__person"), pk=pk)


def post_of(member: StaffMember) -> dict[str, Any]:
    return snapshot(member, CHANGED)


def post_form(member: StaffMember) -> PostForm:
    initial = post_of(member)
    return PostForm(initial=initial | {"seen": mark_of(initial)}, prefix="post")


def show_person(
    request: ActorRequest,
    member: StaffMember,
    meanwhile: Meanwhile | None = None,
    reason: str = "",
    **bound: forms.Form,
) -> HttpResponse:
    """The page, with the form that was refused as it was typed; `meanwhile`, `reason`: what somebody saved."""
    day = today(request.now)
    grants = list(member.grants.filter(holds_on(day)).select_related("role").order_by("role__position"))
    coming = Absence.objects.standing().filter(until_on__gte=day)
    absences = list(coming.filter(staff_member=member).select_related("substitute__person").order_by("from_on"))
    context = {
        "sections": sections("administration:staff", request.actor),
        "member": member,
        "has_left": member.until_on is not None and member.until_on < day,
        "works_today": member.since_on <= day and (member.until_on is None or member.until_on >= day),
        "grants": grants,
        "absences": [(absence, held_because_of(absence) if absence.from_on <= day else []) for absence in absences],
        "past": past_absences(member, day),
        "standing_in": list(
            coming.filter(substitute=member).select_related("staff_member__person").order_by("from_on")
        ),
        "turns": history_of(member),
        "today": day,
        "may_administer": may_administer(request.actor),
        "crumbs": [{"label": "Personas", "href": reverse("administration:staff")}, {"label": str(member)}],
        "refused": list(bound.values()),
        "meanwhile": meanwhile,
        "reason": reason,
    }
    if context["may_administer"]:
        context |= {
            "grant_form": GrantForm(held=[grant.role_id for grant in grants], prefix="grant"),
            "post_form": post_form(member),
            "absence_form": AbsenceForm(staff_member=member, today=day, prefix="absence"),
        } | bound
        if member.until_on is None:
            context.setdefault("leave_form", LeaveForm(staff_member=member, today=day, prefix="leave"))
        context["carried"] = carried_by(member)
        context["never_entered"] = not context["has_left"] and never_entered(member.person)
    return render(request, "people/desk/person.html", context)


def past_absences(member: StaffMember, day: date) -> list[Absence]:
    """The newest absences of somebody that are over, also one that lasted some hours. One query."""
    over = Q(withdrawn_at=None, until_on__lt=day) | Q(withdrawn_at__date=F("from_on"))
    found = Absence.objects.filter(over, staff_member=member).select_related("substitute__person")
    return list(found.order_by("-from_on", "-pk")[:PAST])


def done(request: HttpRequest, member: StaffMember, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("administration:person", member.pk)


@staff_with("administrator")
@require_POST
def grant(request: ActorRequest, pk: int) -> HttpResponse:
    member = member_of(pk)
    form = GrantForm(request.POST, held=[], prefix="grant")
    if form.is_valid():
        try:
            given = grant_role(
                staff_member=member, role=form.cleaned_data["role"], actor=request.actor, now=request.now
            )
        except Refused as refusal:
            form.add_error("role", refusal.reason)
        else:
            return done(request, member, f"{member} tiene ahora la función «{given.role}».")
    return show_person(request, member, grant_form=form)


@staff_with("administrator")
@require_POST
def post(request: ActorRequest, pk: int) -> HttpResponse:
    member = member_of(pk)
    form = PostForm(request.POST, prefix="post")
    if form.is_valid():
        try:
            change_post(staff_member=member, **form.cleaned_data, actor=request.actor, now=request.now)
        except Stale as stale:
            member = member_of(pk)
            meanwhile = take_meanwhile(form, post_form(member), seen=mark_of(post_of(member)))
            return show_person(request, member, meanwhile, stale.reason, post_form=form)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            return done(request, member, "Puesto guardado.")
    return show_person(request, member_of(pk), post_form=form)


@staff_with("administrator")
@require_POST
def absence(request: ActorRequest, pk: int) -> HttpResponse:
    member = member_of(pk)
    form = AbsenceForm(request.POST, staff_member=member, today=today(request.now), prefix="absence")
    if form.is_valid():
        data = form.cleaned_data
        try:
            noted = record_absence(staff_member=member, **data, actor=request.actor, now=request.now)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            return done(request, member, absence_words(noted, today(request.now)))
    return show_person(request, member, absence_form=form)


def absence_words(noted: Absence, day: date) -> str:
    """What was noted, with its days: what is owed passed on already, or will when it begins."""
    days = f"Desde el {noted.from_on:%d-%m-%Y} hasta el {noted.until_on:%d-%m-%Y}"
    receives = "recibe" if noted.from_on <= day else "recibirá"
    told = [f"Ausencia anotada. {days}, {noted.substitute} {receives} lo que debe {noted.staff_member}."]
    if noted.from_on <= day:
        held = " y ".join(carried.words for carried in held_because_of(noted))
        told.append(f"En otras manos desde ahora: {held}." if held else "Hoy no tiene compromisos que pasar.")
    return " ".join([*told, *noted.followed])


@staff_with("administrator")
@require_POST
def back(request: ActorRequest, pk: int, absence_pk: int) -> HttpResponse:
    """End an absence today, or withdraw it if it had not started; what was owed comes back."""
    member = member_of(pk)
    ended = get_object_or_404(
        Absence.objects.select_related("staff_member__person"), pk=absence_pk, staff_member=member
    )
    try:
        told = end_absence(absence=ended, actor=request.actor, now=request.now)
    except Refused as refusal:
        messages.error(request, refusal.reason)
        return redirect("administration:person", member.pk)
    return done(request, member, " ".join(["Ausencia terminada.", *told]))
