"""Counts deadlines day by day, from the words of the law and of OFF-3. Shares no code with what it judges."""

from datetime import UTC, date, datetime, timedelta

DAY = timedelta(days=1)


def easter(year):
    """Anonymous Gregorian algorithm."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def to_monday(day):
    """29 June and 12 October (LAW-2)."""
    if day.weekday() in (1, 2, 3):
        return day - day.weekday() * DAY
    return day + 3 * DAY if day.weekday() == 4 else day


def reformation(year):
    day = date(year, 10, 31)
    return day - 4 * DAY if day.weekday() == 1 else day + 2 * DAY if day.weekday() == 2 else day


def solstice(year):
    """The June solstice in Chile: a table, as an almanac has it."""
    on_20 = {2024, 2025, 2028, 2029, 2032, 2033, 2036, 2037, 2040}
    return date(year, 6, 20 if year in on_20 else 21)


def chilean_holidays(year, region, seat):
    days = {date(year, month, day) for month, day in ((1, 1), (5, 1), (5, 21), (7, 16), (8, 15), (9, 18), (9, 19))}
    days |= {date(year, month, day) for month, day in ((11, 1), (12, 8), (12, 25))}
    days |= {easter(year) - 2 * DAY, easter(year) - DAY, solstice(year), reformation(year)}
    days |= {to_monday(date(year, 6, 29)), to_monday(date(year, 10, 12))}
    if date(year, 9, 17).weekday() in (0, 4):
        days.add(date(year, 9, 17))
    if date(year, 9, 20).weekday() == 4:
        days.add(date(year, 9, 20))
    if date(year, 1, 2).weekday() == 0:
        days.add(date(year, 1, 2))
    if region == "AP":
        days.add(date(year, 6, 7))
    if seat == "Chillán":
        days.add(date(year, 8, 20))
    return days


def is_chilean_holiday(day, region, seat):
    return day in chilean_holidays(day.year, region, seat)


def last_instant_of(day, zone):
    """The last whole second at which the clock of the zone shows the day, by halving."""
    low = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) - 86400
    high = low + 4 * 86400
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, UTC).astimezone(zone).date() > day:
            high = middle
        else:
            low = middle
    return datetime.fromtimestamp(low, UTC)


def due(amount, unit, roll, start, zone, region, seat, pauses):
    """The instant at which a term ends, in UTC. `pauses` are closed pairs of instants that do not overlap."""
    if unit == "hours":
        return end_of_hours(amount, start, pauses)
    first = start.astimezone(zone).date()

    def works(day):
        return day.weekday() not in (5, 6) and not is_chilean_holiday(day, region, seat)

    def stands_still(day):
        return any(
            since.astimezone(zone).date() < day and day <= until.astimezone(zone).date() for since, until in pauses
        )

    backwards = unit == "calendar_days_before"
    left = days_of_months(first, amount) if unit == "months" else amount
    day = first
    while left:
        day += -DAY if backwards else DAY
        if not stands_still(day) and (unit != "business_days" or works(day)):
            left -= 1
    while roll == "next" and (not works(day) or stands_still(day)):
        day += DAY
    while roll == "previous" and not works(day) and (backwards or day > first):
        day -= DAY
    return last_instant_of(day, zone)


def end_of_hours(amount, start, pauses):
    """Minute by minute."""
    minute, left = start.astimezone(UTC), amount * 60
    while left:
        minute_is_paused = any(since <= minute < until for since, until in pauses)
        minute += timedelta(minutes=1)
        left -= not minute_is_paused
    return minute


def days_of_months(first, amount):
    """How many days on the same day number is, so many months later, or the last day of a shorter month."""
    target = first.replace(day=1)
    for _ in range(amount):
        target = (target + 31 * DAY).replace(day=1)
    month = target.month
    while target.day < first.day and (target + DAY).month == month:
        target += DAY
    left = 0
    while first + left * DAY < target:
        left += 1
    return left
