"""What the named cast did, through operations, so that every rule was asked; and absences with their substitutes."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.timezone import localdate

from acompana.cases import operations as cases
from acompana.commitments.models import Commitment
from acompana.commitments.operations import cover_absence, pause, promise_by_hand
from acompana.companies import operations as companies
from acompana.companies.models import Company
from acompana.demonstration import roads
from acompana.demonstration.bulk.ground import HOME
from acompana.demonstration.bulk.staff import Staff
from acompana.demonstration.cast import OWN_COMPANY, RIVAL_COMPANY, Cast
from acompana.demonstration.catalogue import action_fact
from acompana.intake import operations as intake
from acompana.intake.queries import latest_intake_of
from acompana.kernel.rut import rut_with_check_digit
from acompana.logbook.operations import record_entry
from acompana.logbook.rules import kind_of
from acompana.matters.models import Matter
from acompana.people.actors import SYSTEM, actor_of
from acompana.people.models import Person, StaffMember
from acompana.people.operations.staff import record_absence
from acompana.reference.models import Region

KNOWN_COMPANY, MET_COMPANY = rut_with_check_digit(41_350_228), rut_with_check_digit(41_712_533)
FACTS = {"call": "Llamada a la empresa", "visit": "Visita a la empresa", "chat": "La empresa escribió"}
SINCE_THEN = (
    (118, "phone", "Quiere partir por un mercado cercano. Revisamos juntas los requisitos de etiquetado."),
    (84, "visit", "Recorrimos la planta: la línea nueva de frascos ya funciona."),
    (34, "whatsapp", "Manda fotos de su puesto en la feria; dejó muestras a dos importadores."),
    (12, "phone", "Uno de los importadores pidió cotización. Le conté de los Incoterms."),
)


def make_cast_history(cast: Cast, *, now: datetime) -> None:
    """Each of the cast stands somewhere else on the route; who is new to the agency has done nothing yet."""
    company = preadmitted(cast, now=now)
    owner_asks(company, cast, now=now)
    interview_ahead(cast, now=now)
    first_claim(cast, now=now)
    derived_account(cast, now=now)
    citizen_asks(cast, now=now)
    name_who_contacts(cast, now=now)


def name_who_contacts(cast: Cast, *, now: datetime) -> None:
    """In Valparaíso it is Carolina, so that whoever tries the road meets the company again in her day."""
    member = cast["executive"].staff_member
    intake.name_contact_person(
        office=member.office, sector=None, member=member, actor=cast.actor("director", now), now=now,
        reason="Conoce a todas las empresas nuevas de la región.",
    )  # fmt: skip


def at_noon(now: datetime, days_ago: int) -> datetime:
    """Noon in Chile, so many days before today."""
    day = now.astimezone(HOME) - timedelta(days=days_ago)
    return day.replace(hour=12, minute=10, second=0, microsecond=0)


def to_be_contacted(
    cast: Cast, key: str, *, rut: str, name: str, now: datetime, product: str, activity: str, exporter: bool = False
) -> Matter:
    """Registers, fills its form and, where it does not export, answers its test with a High result."""
    company = roads.register(cast, key, rut_number=int(rut[:-1]), name=name, region="CL-VS", now=now)
    owner = cast.actor(key, now)
    roads.fill_form(company, actor=owner, now=now, exporter=exporter, product=product, activity=activity)
    found = latest_intake_of(company)
    assert found is not None
    intake.submit_characterization(matter=found.matter, actor=owner, now=now)
    if not exporter:
        roads.answer_test(company, actor=owner, now=now + timedelta(minutes=25), level="high")
    return Matter.objects.select_related("company", "office").get(pk=found.matter.pk)


def preadmitted(cast: Cast, *, now: datetime) -> Company:
    """Ana's Conservas Alto Roble went the whole road five months ago, and works with its executive since."""
    began = at_noon(now, 156)
    matter = to_be_contacted(
        cast,
        "owner",
        rut=OWN_COMPANY,
        name="Conservas Alto Roble SpA",
        now=began,
        product="Conservas de fruta en frasco",
        activity="103000",
    )
    step = began + timedelta(days=2)
    executive = cast.actor("executive", step)
    roads.walk_to_preadmission(matter, executive=executive, owner=cast.actor("owner", step), now=step)
    company = matter.company
    assert company is not None
    for days_ago, kind in ((120, "advice"), (61, "workshop"), (33, "fair")):
        then = at_noon(now, days_ago)
        companies.record_counting_action(
            company=company,
            kind=kind,
            done_on=then.date(),
            actor=cast.actor("executive", then),
            now=then,
        )
        record_entry(
            kind="action",
            fact=action_fact(kind),
            company=company,
            channel="system",
            actor=cast.actor("executive", then),
            now=then,
        )
    for days_ago, channel, text in SINCE_THEN:
        then = at_noon(now, days_ago)
        record_entry(
            kind=kind_of(channel),
            fact=FACTS[kind_of(channel)],
            company=company,
            contact=company.contacts.first(),
            channel=channel,
            direction="in" if channel == "whatsapp" else "out",
            outcome="reached",
            text=text,
            actor=cast.actor("executive", then),
            now=then,
        )
    promised(company, cast, what="Enviar el informe del mercado que pidió", debtor="person", days=4, now=now)
    promised(company, cast, what="Enviar la ficha técnica de su producto principal", debtor="company", days=6, now=now)
    return company


def owner_asks(company: Company, cast: Cast, *, now: datetime) -> None:
    """Ana wrote to Carolina twice: the first was answered, the second waits since yesterday (CHA-4)."""
    for days_ago, about, text, answer in (
        (48, "activity", "¿Cuándo abren las bases de la feria de alimentos?", "El lunes. Te mando el enlace ese día."),
        (1, "market", "Un importador de Lima nos pidió precios. ¿La oficina de allá puede acompañarnos?", ""),
    ):
        then = at_noon(now, days_ago)
        written = cases.write_to_executive(
            company=company, about=about, text=text, actor=cast.actor("owner", then), now=then
        )
        if answer:
            soon = then + timedelta(days=1)
            cases.answer_help(request=written, answer=answer, actor=cast.actor("executive", soon), now=soon)


def promised(company: Company, cast: Cast, *, what: str, debtor: str, days: int, now: datetime) -> None:
    then = at_noon(now, 5)
    assert company.office is not None
    promise_by_hand(
        what=what,
        due_at=at_noon(now, -days).replace(hour=18),
        debtor=debtor,
        office=company.office,
        company=company,
        owner=cast["executive"],
        actor=cast.actor("executive", then),
        now=then,
    )


def interview_ahead(cast: Cast, *, now: datetime) -> None:
    """Luis's Viña Cerro Pardo exports, was contacted a week ago and has its interview before it."""
    began = at_noon(now, 9)
    matter = to_be_contacted(
        cast,
        "rival",
        rut=RIVAL_COMPANY,
        name="Viña Cerro Pardo Ltda.",
        now=began,
        product="Vino tinto embotellado",
        activity="110200",
        exporter=True,
    )
    then = at_noon(now, 7)
    executive = cast.actor("executive", then)
    assert matter.company is not None
    intake.record_contact(
        matter=matter,
        contact=matter.company.contacts.first(),
        channel="phone",
        text="Acordamos una visita a la bodega.",
        actor=executive,
        now=then,
    )
    intake.arrange_interview(
        matter=matter,
        mode="visit",
        place="Bodega de la viña",
        starts_at=roads.free_hour(matter.office, executive, at_noon(now, -3).replace(hour=11, minute=0), 90),
        minutes=90,
        actor=executive,
        now=then,
    )


def first_claim(cast: Cast, *, now: datetime) -> None:
    """Rosa says that she represents a company that the agency knew: her mandate is limited until somebody decides."""
    met = at_noon(now, 60)
    companies.register_potential_account(
        channel="event",
        rut=KNOWN_COMPANY,
        legal_name="Tejidos Cerro Alegre SpA",
        region=Region.objects.get(iso="CL-VS"),
        contact_name="Gerencia",
        phone="+56 9 5555 0101",
        met_at="Encuentro exportador",
        actor=cast.actor("executive", met),
        now=met,
    )
    then = at_noon(now, 2)
    intake.register_own_company(
        rut=KNOWN_COMPANY,
        legal_name="Tejidos Cerro Alegre SpA",
        region=Region.objects.get(iso="CL-VS"),
        person=cast["limited"],
        actor=cast.actor("limited", then),
        now=then,
        channel="portal",
        reason="Soy la socia que administra la empresa.",
    )


def derived_account(cast: Cast, *, now: datetime) -> None:
    """A card that Carolina brought from a fair and left for Marta to decide."""
    then = at_noon(now, 3)
    executive = cast.actor("executive", then)
    company = companies.register_potential_account(
        channel="event",
        rut=MET_COMPANY,
        legal_name="Sal de Cáhuil Ltda.",
        region=Region.objects.get(iso="CL-VS"),
        contact_name="Marcela Ibáñez",
        email="contacto@salcahuil.example",
        met_at="Feria de la pyme regional",
        actor=executive,
        now=then,
    )
    matter = intake.register_account(company=company, actor=executive, now=then, met_at="Feria de la pyme regional")
    intake.derive_to_director(matter=matter, actor=executive, now=then + timedelta(minutes=20))


def citizen_asks(cast: Cast, *, now: datetime) -> None:
    """Berta, without a company, asked for help yesterday; nobody has answered yet."""
    then = at_noon(now, 1)
    cases.ask_for_help(
        about="register",
        what_went_wrong="Tejo y vendo en ferias. No sé si puedo registrarme sin tener empresa.",
        asker_name=cast["citizen"].full_name,
        asker_email=cast["citizen"].email or "",
        actor=cast.actor("citizen", then),
        now=then,
    )


# --- absences (POR-10) and clocks that stand still (EXP-8) --------------------------------------------------------


def make_absences(staff: Staff, cast: Cast, *, now: datetime) -> None:
    """Executives away: two came back, two are away and somebody owes for them, one will leave."""
    spans = ((-40, -26, "Vacaciones"), (-75, -71, "Licencia médica"), (-2, 6, "Vacaciones"), (-1, 3, "Comisión"))
    named = {person.pk for person in cast.people.values()}
    teams = [[p for p in people if p.pk not in named] for _, people in sorted(staff.executives.items())]
    pairs = [team for team in teams if len(team) >= 2]
    for (first, last, reason), team in zip((*spans, (12, 25, "Vacaciones")), pairs, strict=False):
        away(team[0], team[1], first=first, last=last, reason=reason, staff=staff, now=now)
    pause_some(staff, now=now)


def away(
    absent: Person, substitute: Person, *, first: int, last: int, reason: str, staff: Staff, now: datetime
) -> None:
    """Records an absence on its eve, by the head of the office; what the absent person owes now is passed on."""
    recorded_at = min(at_noon(now, -first + 1), at_noon(now, 1))
    posts = {post.person_id: post for post in StaffMember.objects.filter(person__in=[absent, substitute])}
    director = staff.directors[posts[absent.pk].office_id]
    absence = record_absence(
        staff_member=posts[absent.pk],
        substitute=posts[substitute.pk],
        from_on=at_noon(now, -first).date(),
        until_on=at_noon(now, -last).date(),
        reason=reason,
        actor=actor_of(director, localdate(recorded_at)),
        now=recorded_at,
    )
    if first <= 0 <= last:
        cover_absence(absence=absence, actor=SYSTEM, now=now)


def pause_some(staff: Staff, *, now: datetime) -> None:
    """A few interviews whose clock stands still because the company asked for it."""
    owners = [person for _, people in sorted(staff.executives.items()) for person in people[:1]]
    for person in owners[::4]:
        waiting = Commitment.objects.open().filter(owner=person, rule="DL-2", due_at__gt=now).order_by("id").first()
        then = at_noon(now, 1)
        if waiting is not None and waiting.starts_at < then:
            pause(
                commitment=waiting,
                reason="La empresa pidió esperar hasta fin de mes",
                actor=actor_of(person, then.date()),
                now=then,
            )
