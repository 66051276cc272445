"""The sentences of a due date, in Spanish and English, for staff and for the public (EXP-9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta

from acompana.kernel import terms
from acompana.kernel.calendars import ONE_DAY, OfficeCalendar
from acompana.kernel.terms import CountedDay, PauseSpan, Term

HOME_ZONE = "America/Santiago"
MANY_CLOSED_DAYS = 3

WEEKDAYS = {
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = {
    "es": (
        *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto"),
        *("septiembre", "octubre", "noviembre", "diciembre"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June", "July", "August"),
        *("September", "October", "November", "December"),
    ),
}
UNIT_WORDS = {
    "es": {
        "business_days": ("día hábil", "días hábiles"),
        "calendar_days": ("día corrido", "días corridos"),
        "calendar_days_before": ("día corrido antes", "días corridos antes"),
        "days": ("día", "días"),
        "months": ("mes", "meses"),
        "hours": ("hora", "horas"),
    },
    "en": {
        "business_days": ("business day", "business days"),
        "calendar_days": ("calendar day", "calendar days"),
        "calendar_days_before": ("calendar day before", "calendar days before"),
        "days": ("day", "days"),
        "months": ("month", "months"),
        "hours": ("hour", "hours"),
    },
}
SENTENCES = {
    "es": {
        "began": "Corre desde el {start}: {fact}.",
        "began_ahead": "Se cuenta hacia atrás desde el {start}: {fact}.",
        "from": "{amount} desde el {start}, {counted} desde el día siguiente.",
        "counted_one": "contado",
        "counted_many": "contados",
        "from_months": "{amount} desde el {start}.",
        "same_day": "El mismo día: {start}.",
        "before": "{amount} del {start}.",
        "hours": "{amount} desde el {start} a las {time}, sin interrupción.",
        "all_days": "Se cuentan también los sábados, domingos y feriados.",
        "months": "Termina el mismo día del mes.",
        "clamped": "Ese mes no tiene día {number}: termina el último día del mes.",
        "holiday": "El {day} es {why}: no se cuenta.",
        "weekend": "El {days} no se {verb}.",
        "weekends": "Tampoco se cuentan {number} días de fin de semana.",
        "paused": "En pausa desde el {day}{reason}: {stretch} no se cuenta.",
        "paused_same_day": "La pausa del {day} empezó y terminó el mismo día: no mueve la fecha.",
        "paused_hours": "En pausa desde el {start} a las {start_time} hasta el {end} a las {end_time}: no se cuenta.",
        "paused_open": "En pausa desde el {day}{reason}: la fecha se calculará de nuevo cuando se reanude.",
        "one": "el {day}",
        "stretch": "del {first} al {last}",
        "rolled": "Terminaría el {day}. {days} no {verb}: {where}.",
        "roll_next": "pasa al día hábil siguiente",
        "roll_previous": "se adelanta al día hábil anterior",
        "closed_one": "es hábil",
        "closed_many": "son hábiles",
        "a_day": "el {day}",
        "no_roll": "El último día es {why}; este plazo no se corre.",
        "time_change": "La hora cambia entremedio: son {amount} exactas.",
        "due": "Vence el {day} a las {time}{zone}.",
        "twice": "Ese día el reloj marca dos veces las 23:59: vale la segunda.",
        "zone": ", hora de {city}",
        "and": " y el ",
        "verb_one": "cuenta",
        "verb_many": "cuentan",
        "reason": " ({reason})",
    },
    "en": {
        "began": "It runs from {start}: {fact}.",
        "began_ahead": "It is counted back from {start}: {fact}.",
        "from": "{amount} from {start}, {counted} from the day after.",
        "counted_one": "counted",
        "counted_many": "counted",
        "from_months": "{amount} from {start}.",
        "same_day": "On the same day: {start}.",
        "before": "{amount} {start}.",
        "hours": "{amount} from {start} at {time}, without interruption.",
        "all_days": "Saturdays, Sundays and holidays count too.",
        "months": "It ends on the same day of the month.",
        "clamped": "That month has no day {number}: it ends on the last day of the month.",
        "holiday": "{day} is {why}, so it does not count.",
        "weekend": "{days} {verb} not count.",
        "weekends": "{number} weekend days do not count either.",
        "paused": "Paused since {day}{reason}: {stretch} does not count.",
        "paused_same_day": "The pause of {day} began and ended on the same day, so it moves nothing.",
        "paused_hours": "Paused from {start} at {start_time} to {end} at {end_time}; that time does not count.",
        "paused_open": "Paused since {day}{reason}: the date will be computed again when the clock resumes.",
        "one": "{day}",
        "stretch": "from {first} to {last}",
        "rolled": "It would end on {day}. {days} {verb}, so it {where}.",
        "roll_next": "moves to the next business day",
        "roll_previous": "moves to the business day before",
        "closed_one": "is not a business day",
        "closed_many": "are not business days",
        "a_day": "{day}",
        "no_roll": "The last day is {why}; this term does not move.",
        "time_change": "The clocks change in between: it is exactly {amount}.",
        "due": "Due on {day} at {time}{zone}.",
        "twice": "On that day the clock shows 23:59 twice; the second one counts.",
        "zone": ", {city} time",
        "and": " and ",
        "verb_one": "does",
        "verb_many": "do",
        "reason": " ({reason})",
    },
}


def long_day(day: date, language: str) -> str:
    """ "miércoles 16 de septiembre de 2026", "Wednesday 16 September 2026"."""
    return (
        f"{day_of_month(day, language)} de {day.year}"
        if language == "es"
        else f"{day_of_month(day, language)} {day.year}"
    )


def day_of_month(day: date, language: str) -> str:
    of = " de " if language == "es" else " "
    return f"{short_day(day, language)}{of}{MONTHS[language][day.month - 1]}"


def short_day(day: date, language: str) -> str:
    return f"{WEEKDAYS[language][day.weekday()]} {day.day}"


def amount_words(amount: int, unit: str, language: str) -> str:
    """ "3 días hábiles", "1 month"."""
    return f"{amount} {UNIT_WORDS[language][unit][amount != 1]}"


def day_near(day: date, near: date, language: str) -> str:
    """As short as is clear to somebody who has just read `near`: "viernes 18", "lunes 2 de noviembre"."""
    if day.year != near.year:
        return long_day(day, language)
    return short_day(day, language) if day.month == near.month else day_of_month(day, language)


def began_words(fact: str, start: date, *, counts_back: bool, language: str) -> str:
    """The fact that started a clock, and its day; what comes before the sentences of the count (EXP-9)."""
    sentence = SENTENCES[language]["began_ahead" if counts_back else "began"]
    return sentence.format(start=long_day(start, language), fact=fact[:1].lower() + fact[1:])


def explain_days(
    term: Term,
    start: datetime,
    due_at: datetime,
    calendar: OfficeCalendar,
    pauses: Sequence[PauseSpan],
    days: Sequence[CountedDay],
    language: str,
) -> tuple[str, ...]:
    """The sentences of a term in days or months, in the order in which a person would count."""
    say = SENTENCES[language]
    first, last = start.date(), due_at.date()

    def near(day: date) -> str:
        return day_near(day, first, language)

    sentences = [_opening(term, start, language)]
    if term.unit == "calendar_days" and last > first:
        sentences.append(say["all_days"])
    if term.unit == "months" and term.amount:
        due_number = terms.add_months(first, term.amount).day
        sentences.append(say["months"] if due_number == first.day else say["clamped"].format(number=first.day))
    sentences += _holidays(days, calendar, language, near)
    sentences += _weekends(days, language, near)
    sentences += _pauses(pauses, calendar, language, near)
    sentences += _rolled(term, first, days, calendar, language, near)
    sentences.append(_due_sentence(due_at, first, calendar, language))
    if _happens_twice(due_at):
        sentences.append(say["twice"])
    return tuple(sentence[0].upper() + sentence[1:] for sentence in sentences)


def explain_hours(
    term: Term,
    start: datetime,
    due_at: datetime,
    calendar: OfficeCalendar,
    pauses: Sequence[PauseSpan],
    language: str,
) -> tuple[str, ...]:
    """The sentences of a term in hours, which runs through nights and holidays (OFF-3)."""
    say = SENTENCES[language]
    first = start.date()
    amount = amount_words(term.amount, term.unit, language)
    sentences = [say["hours"].format(amount=amount, start=long_day(first, language), time=f"{start:%H:%M}")]
    for pause in pauses:
        paused_at = pause.paused_at.astimezone(calendar.zone)
        if pause.resumed_at is None:
            sentences.append(_open_pause(pause, paused_at.date(), first, language))
            continue
        resumed_at = pause.resumed_at.astimezone(calendar.zone)
        sentences.append(
            say["paused_hours"].format(
                start=day_near(paused_at.date(), first, language),
                start_time=f"{paused_at:%H:%M}",
                end=day_near(resumed_at.date(), first, language),
                end_time=f"{resumed_at:%H:%M}",
            )
        )
    if due_at.utcoffset() != start.utcoffset():
        sentences.append(say["time_change"].format(amount=amount))
    sentences.append(_due_sentence(due_at, first, calendar, language))
    return tuple(sentence[0].upper() + sentence[1:] for sentence in sentences)


def _opening(term: Term, start: datetime, language: str) -> str:
    say = SENTENCES[language]
    amount = amount_words(term.amount, term.unit, language)
    day = long_day(start.date(), language)
    if term.counts_back:
        return say["before"].format(amount=amount, start=day)
    if not term.amount:
        return say["same_day"].format(start=day)
    counted = say["counted_one" if term.amount == 1 else "counted_many"]
    return say["from_months" if term.unit == "months" else "from"].format(amount=amount, start=day, counted=counted)


def _holidays(
    days: Iterable[CountedDay], calendar: OfficeCalendar, language: str, near: Callable[[date], str]
) -> list[str]:
    return [
        SENTENCES[language]["holiday"].format(day=near(counted.day), why=calendar.why_closed(counted.day, language))
        for counted in days
        if counted.kind == terms.HOLIDAY
    ]


def _weekends(days: Iterable[CountedDay], language: str, near: Callable[[date], str]) -> list[str]:
    say = SENTENCES[language]
    closed = [counted.day for counted in days if counted.kind == terms.WEEKEND]
    if len(closed) >= MANY_CLOSED_DAYS:
        return [say["weekends"].format(number=len(closed))]
    if not closed:
        return []
    verb = say["verb_many" if len(closed) > 1 else "verb_one"]
    return [say["weekend"].format(days=say["and"].join(near(day) for day in closed), verb=verb)]


def _pauses(
    pauses: Iterable[PauseSpan], calendar: OfficeCalendar, language: str, near: Callable[[date], str]
) -> list[str]:
    say = SENTENCES[language]
    sentences = []
    for pause in pauses:
        paused_on = pause.paused_at.astimezone(calendar.zone).date()
        if pause.resumed_at is None:
            sentences.append(_open_pause(pause, paused_on, paused_on, language))
            continue
        resumed_on = pause.resumed_at.astimezone(calendar.zone).date()
        if resumed_on == paused_on:
            sentences.append(say["paused_same_day"].format(day=near(paused_on)))
            continue
        first = paused_on + ONE_DAY
        key = "one" if first == resumed_on else "stretch"
        stretch = say[key].format(day=near(first), first=near(first), last=near(resumed_on))
        sentences.append(say["paused"].format(day=near(paused_on), reason=_reason(pause, language), stretch=stretch))
    return sentences


def _open_pause(pause: PauseSpan, paused_on: date, first: date, language: str) -> str:
    return SENTENCES[language]["paused_open"].format(
        day=day_of_month(paused_on, language), reason=_reason(pause, language)
    )


def _reason(pause: PauseSpan, language: str) -> str:
    reason = pause.reason.strip().rstrip(".")
    return SENTENCES[language]["reason"].format(reason=reason) if reason else ""


def _rolled(
    term: Term,
    first: date,
    days: Sequence[CountedDay],
    calendar: OfficeCalendar,
    language: str,
    near: Callable[[date], str],
) -> list[str]:
    say = SENTENCES[language]
    last = days[-1].day if days else first
    if term.roll == "none":
        why = calendar.why_closed(last, language)
        return [say["no_roll"].format(why=why)] if why and term.unit != "business_days" else []
    step = ONE_DAY if term.roll == "next" else -ONE_DAY
    rolled = sum(counted.kind == terms.ROLLED for counted in days)
    skipped = [last - (rolled - number) * step for number in range(rolled)]
    closed = [day for day in skipped if not calendar.is_business_day(day)]
    if not closed:
        return []
    named = _joined([_closed_day(day, closed[0], calendar, language) for day in closed], language)
    return [
        say["rolled"].format(
            day=near(closed[0]),
            days=named[0].upper() + named[1:],
            verb=say["closed_many" if len(closed) > 1 else "closed_one"],
            where=say["roll_next" if term.roll == "next" else "roll_previous"],
        )
    ]


def _closed_day(day: date, near: date, calendar: OfficeCalendar, language: str) -> str:
    name = SENTENCES[language]["a_day"].format(day=day_near(day, near, language))
    holiday = calendar.holiday_name(day, language)
    return f"{name} ({holiday})" if holiday else name


def _joined(items: Sequence[str], language: str) -> str:
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + (" y " if language == "es" else " and ") + items[-1]


def _due_sentence(due_at: datetime, first: date, calendar: OfficeCalendar, language: str) -> str:
    say = SENTENCES[language]
    city = calendar.zone.key.rsplit("/", 1)[-1].replace("_", " ")
    zone = "" if calendar.zone.key == HOME_ZONE else say["zone"].format(city=city)
    day = long_day(due_at.date(), language) if due_at.year != first.year else day_of_month(due_at.date(), language)
    return say["due"].format(day=day, time=f"{due_at:%H:%M}", zone=zone)


def _happens_twice(due_at: datetime) -> bool:
    return due_at.replace(fold=0).utcoffset() - due_at.replace(fold=1).utcoffset() > timedelta()  # type: ignore[operator]
