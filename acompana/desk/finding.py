"""What the command box finds besides the registry: people of the agency, offices, places, rules, what to do here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Coalesce, Concat
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from acompana.companies.models import Company
from acompana.companies.permissions import may_assign, may_see
from acompana.companies.record_tabs import tabs_of
from acompana.intake.permissions import may_attend_company
from acompana.intake.queries import latest_intake_of, steps_on_road
from acompana.intake.rules import WHY_ROUTED
from acompana.intake.states import INTAKE
from acompana.kernel.rulebook_files import load_rules
from acompana.kernel.search.engine import Normalised, Result, SearchResults
from acompana.kernel.search.text import words_of
from acompana.people.access import ActorRequest
from acompana.people.actors import Actor
from acompana.people.models import StaffMember
from acompana.people.permissions import may_administer
from acompana.people.queries import offices_in_service, with_absences, working_on
from acompana.reference.administration import sections
from acompana.shell.navigation import entries_for

AT_MOST = 5  # people of the agency, and offices, in one answer
FROM = 3  # letters: before, half of the agency begins with what was typed
SPACE = Value(" ")

# What people ask for by other words than those of the menu.
ACTIONS = (
    ("Registrar una empresa", "companies:new", "nueva tarjeta crear cuenta potencial"),
    ("Pedir ayuda por alguien", "cases:new_help", "nueva solicitud gestion de clientes"),
    ("Cuentas potenciales", "intake:accounts", "invitar derivadas tarjetas"),
    ("Accesos por decidir", "companies:mandates", "mandatos permisos representantes"),
    ("Calcular un plazo", "commitments:calculator", "fecha dias habiles plazos vencimiento"),
)
OF_ADMINISTRATORS = (
    ("Anotar una ausencia", "administration:staff", "ausencias vacaciones licencia reemplazo suplente subrogante"),
    ("Nombrar a una persona", "administration:appoint", "nueva alta contratar funcionario usuario personal"),
)
OTHER_WORDS = {
    "commitments:protocol": "plazos reglas reglamento normas",
    "evaluation:route": "figuras estadisticas informes reportes metas",
    "administration:staff": "funcionarios usuarios personal equipo roles funciones ausencias vacaciones",
    "administration:offices": "horarios regiones cierres direccion telefono",
    "administration:holidays": "dias festivos inhabiles calendario",
    "messages:outbox": "correos enviados cartas",
    "questionnaires:instruments": "test preguntas encuestas entrevista",
    "sources:list": "importar archivo cargar sii",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A line of the box. `kind`: what it is, in a word or two."""

    kind: str
    label: str
    href: str
    detail: str = ""


def fits(text: str, typed: Sequence[str]) -> bool:
    """Whether every word typed begins a word of a text."""
    words = words_of(text)
    return all(any(word.startswith(piece) for word in words) for piece in typed)


# --- places and verbs ------------------------------------------------------------------------------------------------


def actions(request: ActorRequest, typed: Sequence[str]) -> list[Found]:
    """Places and verbs whose words begin with what was typed; those of the rail and the usual ones while nothing is.

    The pages of administration come by their own words or by others, to who may read them. No query.
    """
    rail = [(entry.label, entry.href, OTHER_WORDS.get(entry.url_name, "")) for entry in entries_for(request, "rail")]
    known = [*rail, *_with_addresses(ACTIONS)]
    if typed:
        if may_administer(request.actor):
            known += _with_addresses(OF_ADMINISTRATORS)
        more = {reverse(name): words for name, words in OTHER_WORDS.items()}
        known += [
            (str(one["label"]), str(one["href"]), f"administracion {more.get(str(one['href']), '')}")
            for one in sections("", request.actor)
        ]
    seen: set[tuple[str, str]] = set()
    found = []
    for label, href, words in known:
        if fits(f"{label} {words}", typed) and (label, href) not in seen:
            seen.add((label, href))
            found.append(Found("Ir a", label, href))
    return found


def _with_addresses(rows: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    return [(label, reverse(name), words) for label, name, words in rows]


# --- what can be done on the record that is open -----------------------------------------------------------------


RECORD = re.compile(r"^/escritorio/empresas/(\d{1,18})/")
NOTES = (
    ("call", "Anotar una llamada", "llamar telefono fono contacto"),
    ("visit", "Anotar una visita", "visitar terreno contacto"),
    ("mail", "Anotar un correo", "email mail escribir"),
    ("note", "Anotar una nota", "comentario bitacora"),
    ("commitment", "Anotar un compromiso", "tarea pendiente acordar"),
)


def notes_anywhere(typed: Sequence[str]) -> list[Found]:
    """Writing down a call, a visit or another contact where no record is open: then one says first of which company.
    Whoever works here may, of any company that they may open. No query."""
    choosing = reverse("desk:search")
    return [
        Found("Ir a", label, f"{choosing}?anotar={kind}", "eliges la empresa")
        for kind, label, words in NOTES
        if typed and fits(f"{label} {words}", typed)
    ]


SAID_BEFORE = {"anotar", "una", "un"}
SAID_BETWEEN = {"a", "con", "de", "en"}
NAMED_FROM = 4  # letters of what is to be noted: before, it may be the beginning of a company's name


def noting_on(typed: Sequence[str]) -> tuple[str, str]:
    """What is to be written down and on which company, of words as « llamada alto roble » or « anotar visita a alto
    roble »; both empty where they do not say so. No query."""
    rest = list(typed)
    while rest and rest[0] in SAID_BEFORE:
        del rest[0]
    what = rest.pop(0) if rest else ""
    while rest and rest[0] in SAID_BETWEEN:
        del rest[0]
    kinds = [kind for kind, label, words in NOTES if fits(f"{label.split()[-1]} {words}", [what])]
    if len(what) < NAMED_FROM or not kinds or not rest:
        return "", ""
    return kinds[0], " ".join(rest)


def to_note_on(kind: str, results: Sequence[Result]) -> list[Found]:
    """Writing it down, on the record of each of the first that were found. No query."""
    label = next(label for one, label, _ in NOTES if one == kind)
    return [Found(label, one.title, f"{one.href}?anotar={kind}#anotar", one.detail) for one in results[:AT_MOST]]


def each_record_once(results: Sequence[Result]) -> list[Result]:
    """Of what leads to one record, a company and who answers for it, the best: results come the best first."""
    first: dict[str, Result] = {}
    for result in results:
        first.setdefault(result.href, result)
    return list(first.values())


def record_verbs(request: ActorRequest, path: str, typed: Sequence[str], now: datetime) -> list[Found]:
    """What the actor may do on the company whose record is at `path`; nothing elsewhere. The same queries for any."""
    on_record = RECORD.match(path)
    company = Company.objects.filter(pk=int(on_record[1]), merged_into=None).first() if on_record else None
    if company is None or not may_see(request.actor, company):
        return []
    record = company.get_absolute_url()
    rows = [(label, f"{record}?anotar={kind}#anotar", words) for kind, label, words in NOTES]
    intake = latest_intake_of(company)
    if intake is not None:
        options = steps_on_road(intake.matter, request.actor, now)
        rows += [
            (option.label, reverse(option.page, args=[intake.matter.number]), "")
            for option in options
            if option.page and option.allowed
        ]
    if may_attend_company(request.actor, company):
        rows.append(("Derivar, o anotar de dónde viene", reverse("intake:refer", args=[company.pk]), "organismo"))
    if may_assign(request.actor, company):
        rows.append(("Cambiarla de oficina regional", reverse("intake:move", args=[company.pk]), "trasladar mover"))
        rows.append(
            ("Asignarla a alguien", f"{reverse('desk:new_bulk')}?id={company.pk}", "ejecutivo ejecutiva cargo")
        )
    rows.append(("Pedir ayuda por ella", f"{reverse('cases:new_help')}?empresa={company.pk}", "gestion de clientes"))
    rows += [(str(tab["label"]), str(tab["href"]), "ver ficha") for tab in tabs_of(company, "")]
    return [Found("Aquí", label, href, company.name) for label, href, words in rows if fits(f"{label} {words}", typed)]


# --- rules by their code -----------------------------------------------------------------------------------------

CODE = re.compile(r"([a-z]{2,4}) ?(\d{1,3}[a-z]?)( [a-z ]+)?")


def found_rules(typed: Sequence[str]) -> list[Found]:
    """Rules of the protocol by their code, as « DL-1 », « dl 1 » or « dl1 », and those of which it is the source; what
    the road decides by a code that is no rule with a value (INT-4), at the steps of the road. No query."""
    code = CODE.fullmatch(" ".join(typed))
    if code is None:
        return []
    wanted = [word for part in code.groups("") for word in part.split()]
    rules = [versions[-1] for versions in load_rules().values()]
    named = [rule for rule in rules if words_of(rule.id)[: len(wanted)] == wanted]
    citing = [rule for rule in rules if rule not in named and wanted in map(words_of, re.split("[,;]", rule.source))]
    found = [
        Found("Regla", f"{rule.code} · {rule.label}", reverse("commitments:rule", args=[rule.id]))
        for rule in (*named, *citing)
    ]
    found += [
        Found("Regla", f"{rule} · {why}", _step_by(rule))
        for rule, why in WHY_ROUTED.items()
        if words_of(rule) == wanted
    ]
    return found


def _step_by(rule: str) -> str:
    """The first step of the road that goes by a rule, in the table of its steps."""
    name = next(step.name for step in INTAKE.transitions if f"({rule})" in step.when)
    return f"{reverse('progress:lifecycle', args=['intake'])}#paso-{name}"


# --- people of the agency and offices --------------------------------------------------------------------------------


def found_staff(typed: Sequence[str], actor: Actor, now: datetime) -> list[Found]:
    """People who work at the agency, by name or e-mail: in Equipo for the head of their office, else in Personas.

    Two queries, however many are found.
    """
    today = timezone.localdate(now)
    about = ("person__given_names", SPACE, "person__family_names", SPACE, "person__email")
    names = Concat(*about, output_field=CharField())
    found: QuerySet[StaffMember] = _beginning(working_on(today), names, typed)
    return [
        Found("Agencia", str(member), _place_of(member, actor), " · ".join(filter(None, _about(member))))
        for member in with_absences(found, today)[:AT_MOST]
    ]


def _about(member: StaffMember) -> tuple[str, str, str]:
    return member.title, member.office.brief_name, member.away_words


def _place_of(member: StaffMember, actor: Actor) -> str:
    leads = actor.has_role("regional-director") and member.office_id == actor.office_id
    return reverse("desk:member" if leads else "administration:person", args=[member.pk])


def found_offices(typed: Sequence[str]) -> list[Found]:
    """Offices in service by name, city or region. One query."""
    region = Coalesce("region__name", Value(""))
    names = Concat("name", SPACE, "city", SPACE, region, SPACE, "country__name", output_field=CharField())
    rows = _beginning(offices_in_service(), names, typed)[:AT_MOST]
    return [
        Found("Oficina", office.name, reverse("administration:office", args=[office.code]), office.city)
        for office in rows
    ]


def _beginning(rows: QuerySet, names: Concat, typed: Sequence[str]) -> QuerySet:
    """Rows of which every word typed begins a word."""
    rows = rows.annotate(found_by=Concat(SPACE, Normalised(names), output_field=CharField()))
    for word in typed:
        rows = rows.filter(found_by__contains=f" {word}")
    return rows


def near(request: ActorRequest, text: str, typed: Sequence[str]) -> list[Found]:
    """Offices and people of the agency, from the letters on at which a beginning says something."""
    if len(text) < FROM or not typed:
        return []
    return [*found_offices(typed), *found_staff(typed, request.actor, request.now)]


# --- whether Enter at once knows what was meant ----------------------------------------------------------------------


def is_ambiguous(text: str, *, named: Sequence[Found], nearby: Sequence[Found], found: SearchResults) -> bool:
    """Several answer what was typed and none of them better: who presses Enter at once is shown them all.

    `named`: verbs and places of that name, which are what was asked for.
    """
    if named or not text:
        return False
    typed = words_of(text)
    if nearby:
        clear = len(nearby) == 1 and (not found.results or (len(typed) > 1 and not _is_named(found.results[0], typed)))
        return not clear
    if len(found.results) < 2:
        return False
    best, second = found.results[:2]
    if _is_named(best, typed) and not _is_named(second, typed):
        return False
    return best.standing == second.standing


def _is_named(result: Result, typed: Sequence[str]) -> bool:
    """It is called as was typed, with or without its kind of company."""
    words = words_of(result.title)
    return words == list(typed) or (words[: len(typed)] == list(typed) and set(words[len(typed) :]) <= KINDS)


KINDS = {"spa", "ltda", "limitada", "sa", "s", "a", "eirl", "e", "i", "r", "l"}


def place_of_request(request: HttpRequest) -> str:
    """The page from which the box was opened."""
    return request.GET.get("en", "")[:200]
