"""A day, week, month, quarter, half or year in plain words: "3 October", "week of 12 October", "Q3 2025", "last year".

Each way to write one stands here once, with the function that reads it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import cache

from msgspec import Struct

from execops.canvas.ask.number_words import NUMBER, number
from execops.canvas.calendar_units import fiscal_start_of, start_of

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ORDINALS = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5,
}  # fmt: skip
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_NUMBERED_YEAR = r"(?:(?:the )?(?:calendar )?(?:year )?(?:19|20)\d\d)"
YEAR_NAMED = rf"(?:{_NUMBERED_YEAR}|(?:last|previous|this|current) year)"
YEAR = rf"(?:(?:of |in )?(?:{_NUMBERED_YEAR}|'\d\d|(?:last|previous|this|the current|current) year))"
DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|(?:first|second|third|fourth|fifth)(?= of {MONTH}))"
WEEKDAY = r"(?:monday|mon|tuesday|tues?|wednesday|wed|thursday|thurs?|thu|friday|fri|saturday|sat|sunday|sun)"
UNIT = r"(?:day|week|month|quarter|year)"
_QUARTER = r"(?:q[1-4]|(?:the )?(?:first|1st|second|2nd|third|3rd|fourth|4th) quarter)"
_HALF = r"(?:h[12]|(?:the )?(?:first|second|1st|2nd) half)"
EARLIER = r"(?:last|previous|prior|preceding)"
PART = rf"(?:{MONTH}|{_QUARTER}|{_HALF})"
MONTH_WORDS = frozenset(
    """jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october
    nov november dec december""".split()  # noqa: SIM905
)
_POINT_WORDS = MONTH_WORDS | frozenset(
    """day week month quarter year half ago today yesterday now fy fiscal financial monday mon tuesday tue tues wednesday wed
    thursday thu thur thurs friday fri saturday sat sunday sun""".split()  # noqa: SIM905
)
_LENGTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}  # months
_MOST_BACK = 100  # weeks, months or quarters ago
_BACK = {"today": 0, "now": 0, "yesterday": 1, "day before yesterday": 2}  # days


Days = tuple[date, date]  # half-open


class NoPeriodError(Exception):
    """Words that look like a period, and name none that can be answered for; says why, and which days may be meant."""

    def __init__(self, why: str, fits: tuple[Days, ...] = ()) -> None:
        super().__init__(why)
        self.fits = fits


class Point(Struct, frozen=True):
    """Days of the calendar, half-open: fixed ones, or those of each year where the year was left out."""

    fixed: tuple[date, date] | None = None
    month: int = 1
    day: int | None = None
    months: int = 1

    def in_year(self, year: int) -> tuple[date, date] | None:
        """The days of a year; None for 29 February of most years."""
        if self.fixed:
            return self.fixed
        try:
            start = date(year, self.month, self.day or 1)
        except ValueError:
            return None
        return start, start + timedelta(days=1) if self.day else _months_on(start, self.months)

    def latest(self, today: date) -> tuple[date, date]:
        """The latest days that have begun. Raises NoPeriodError."""
        for year in range(today.year, today.year - 9, -1):
            days = self.in_year(year)
            if days and (self.fixed or days[0] <= today):
                return days
        raise NoPeriodError("There is no such day.")


class Calendar(Struct, frozen=True):
    """Today, and the month in which a fiscal year begins, if it is known."""

    today: date
    fiscal_start: int | None

    def point(self, text: str) -> Point:
        """The days that words name. Raises NoPeriodError for a day that no calendar has."""
        for pattern, read in _readers():
            if match := pattern.fullmatch(text):
                return read({name: words for name, words in match.groupdict().items() if words}, self)
        raise NoPeriodError("There is no such day.")

    def first_day(self, text: str) -> date:
        """The first of the latest such days."""
        return self.point(text).latest(self.today)[0]

    def fiscal_start_of(self, unit: str, back: int = 0) -> date:
        """The first day of today's fiscal month, quarter or year, or of one so many before it. Raises NoPeriodError."""
        if unit == "month":  # a fiscal month is a month of the calendar
            return start_of(unit, self.today, back)
        if self.fiscal_start is None:
            raise NoPeriodError("No fiscal year is set: EXECOPS_FISCAL_YEAR_START names its first month.")
        return fiscal_start_of(unit, self.today, self.fiscal_start, back)


def on_day(point: Point, day: str) -> Point:
    """A day of the month that another point is in. Raises NoPeriodError."""
    number = _day_number(day)
    if point.fixed:
        return _one_day(point.fixed[0].year, point.fixed[0].month, number)
    return Point(month=point.month, day=number)


def _read_iso(part: dict[str, str], _: Calendar) -> Point:
    return _one_day(int(part["y"]), int(part["m"]), int(part["d"]))


def _read_either(part: dict[str, str], _: Calendar) -> Point:
    """A day of which the month may be the first number or the second. Raises NoPeriodError, unless both are the same."""
    year, first, second = int(part["y"]), int(part["a"]), int(part["b"])
    readings = [
        _one_day(year, month, day) for month, day in dict.fromkeys([(second, first), (first, second)])
    ]
    if len(readings) == 1:
        return readings[0]
    day = date(year, second, first)
    raise NoPeriodError(
        f"Write the day as {day.day} {day:%B} {year} or {day}: countries read such a day differently.",
        tuple(reading.fixed for reading in readings if reading.fixed),
    )


def _read_iso_month(part: dict[str, str], _: Calendar) -> Point:
    return _months_from(date(int(part["y"]), int(part["m"]), 1), 1)


def _read_date(part: dict[str, str], calendar: Calendar) -> Point:
    point = Point(month=_month_number(part["month"]), day=_day_number(part["day"]))
    return _of_year(point, part.get("year"), calendar)


def _read_part(part: dict[str, str], calendar: Calendar) -> Point:
    """A month, quarter or half: the latest one, of a year, or "last October"."""
    words = part["part"]
    if words.startswith(tuple(_MONTHS)):
        point = Point(month=_month_number(words))
    else:
        length = 6 if words[0] == "h" or words.endswith("half") else 3
        ordinal = words.removeprefix("the ").split()[0]
        number = _ORDINALS.get(ordinal) or int(ordinal[-1])
        point = Point(month=length * (number - 1) + 1, months=length)
    if part.get("which") == "this":
        return _of_year(point, str(calendar.today.year), calendar)
    if part.get("which") == "last":
        latest = point.latest(calendar.today)
        return _of_year(point, str(latest[0].year - (latest[1] > calendar.today)), calendar)
    return _of_year(point, part.get("year"), calendar)


def _read_before_last(part: dict[str, str], calendar: Calendar) -> Point:
    return _unit(part["unit"], calendar.today, back=2)


def _read_ago(part: dict[str, str], calendar: Calendar) -> Point:
    """The day, or the whole week, month or quarter, so many before today's. Raises NoPeriodError."""
    back = 1 if part["n"] in {"a", "an"} else number(part["n"])
    if not 1 <= back <= _MOST_BACK:
        raise NoPeriodError("The period is too long.")
    return _unit(part["unit"], calendar.today, back)


def _read_year_back(part: dict[str, str], calendar: Calendar) -> Point:
    return _unit(part["unit"], calendar.today, back={"month": 12, "quarter": 4}[part["unit"]])


def _read_near_day(part: dict[str, str], calendar: Calendar) -> Point:
    return _days(calendar.today - timedelta(days=_BACK[part["near"]]), 1)


def _read_week_of(part: dict[str, str], calendar: Calendar) -> Point:
    return _days(start_of("week", calendar.first_day(part["date"])), 7)


def _read_iso_week(part: dict[str, str], calendar: Calendar) -> Point:
    """A week by its number of ISO 8601: the latest that has begun, or that of a year."""
    year = _year_number(part["year"], calendar) if "year" in part else calendar.today.isocalendar().year
    for back in (0, 1):
        try:
            start = date.fromisocalendar(year - back, int(part["week"]), 1)
        except ValueError as exc:
            raise NoPeriodError("There is no such week.") from exc
        if "year" in part or start <= calendar.today:
            break
    return _days(start, 7)


def _read_ended(part: dict[str, str], calendar: Calendar) -> Point:
    """The week, month, quarter or year that ended on a day."""
    unit, end = part["unit"], calendar.point(part["date"]).latest(calendar.today)[1]
    start = start_of(unit, end - timedelta(days=1))
    point = _days(start, 7) if unit == "week" else _months_from(start, _LENGTHS[unit])
    if point.fixed is None or point.fixed[1] != end:
        raise NoPeriodError(f"No {unit} ended on that day.")
    return point


def _read_unit(part: dict[str, str], calendar: Calendar) -> Point:
    return _unit(part["unit"], calendar.today, back=int("earlier" in part))


def _read_weekday(part: dict[str, str], calendar: Calendar) -> Point:
    back = (calendar.today.weekday() - _WEEKDAYS.index(part["weekday"][:3])) % 7
    back += 7 if part.get("which") == "last" and back == 0 else 0
    return _days(calendar.today - timedelta(days=back), 1)


def _read_fiscal(part: dict[str, str], calendar: Calendar) -> Point:
    """A fiscal year carries the number of the calendar year it ends in."""
    unit = part.get("unit", "year")
    first = calendar.fiscal_start_of(unit, back=int("earlier" in part))
    if "number" in part:
        first = first.replace(year=2000 + int(part["number"]) - (first.month > 1))
    return _months_from(first, _LENGTHS[unit])


def _read_year(part: dict[str, str], calendar: Calendar) -> Point:
    return _months_from(date(_year_number(part["year"], calendar), 1, 1), 12)


_DATES = (
    (r"day(?P<y>\d{4})x(?P<m>\d\d?)x(?P<d>\d\d?)", _read_iso),
    (rf"(?:the )?(?P<day>{DAY}) (?:of )?(?P<month>{MONTH})(?: (?P<year>{YEAR}))?", _read_date),
    (rf"(?P<month>{MONTH}) (?:the )?(?P<day>{DAY})(?: (?P<year>{YEAR}))?(?! {MONTH})", _read_date),
)


def _unnamed(pattern: str) -> str:
    """A pattern whose groups have no names, so that it may stand twice in another."""
    return re.sub(r"\(\?P<\w+>", "(?:", pattern)


_DATE = "(?:" + "|".join(_unnamed(pattern) for pattern, _ in _DATES) + ")"
_Reader = Callable[[dict[str, str], Calendar], Point]
# In the order in which they are tried.
_FORMS: tuple[tuple[str, _Reader], ...] = (
    *_DATES,
    (r"month(?P<y>\d{4})x(?P<m>\d\d)", _read_iso_month),
    (r"either(?P<y>\d{4})x(?P<a>\d\d?)x(?P<b>\d\d?)", _read_either),
    (rf"(?P<year>{_NUMBERED_YEAR}|(?:last|this|previous) year) (?P<part>{PART})", _read_part),
    (
        rf"(?:(?:the )?(?:month|quarter|year) of |(?P<which>last|this) )?(?P<part>{PART})(?: (?P<year>{YEAR}))?",
        _read_part,
    ),
    (rf"(?:the )?(?P<unit>{UNIT}) before last", _read_before_last),
    (rf"(?P<n>{NUMBER}|an?) (?P<unit>day|week|month|quarter)s? ago", _read_ago),
    (r"(?:the )?same (?P<unit>month|quarter)(?: of)? last year", _read_year_back),
    (r"(?:the (?=day))?(?P<near>day before yesterday|yesterday|today)", _read_near_day),
    (rf"(?:the )?week of (?P<date>{_DATE})", _read_week_of),
    (
        rf"(?:(?:the )?(?:calendar|iso) week|cw|kw) ?(?P<week>\d{{1,2}})(?: (?P<year>{YEAR}))?(?! (?:of |in )?{MONTH})",
        _read_iso_week,
    ),
    (
        rf"(?:the |this )?(?P<unit>week|month|quarter|year) (?:ended|ending)(?: on)? (?P<date>{_DATE})",
        _read_ended,
    ),
    (
        (
            rf"(?:the )?(?:(?P<earlier>{EARLIER})|this|current|running|ongoing)"
            rf" (?:(?:calendar|full|complete|whole|entire) )?(?P<unit>{UNIT})"
        ),
        _read_unit,
    ),
    (rf"(?:(?P<which>last|this) )?(?P<weekday>{WEEKDAY})", _read_weekday),
    (
        (
            r"(?:fy ?|(?:fiscal|financial) (?:year )?)'?(?:20)?(?P<number>\d\d)"
            rf"|(?:the )?(?:(?P<earlier>{EARLIER})|this|current|running|ongoing)"
            r" (?:(?:fiscal|financial) (?P<unit>month|quarter|year)|fy)"
        ),
        _read_fiscal,
    ),
    (rf"(?:the )?(?:year of )?(?P<year>{_NUMBERED_YEAR})", _read_year),
    (r"(?P<year>'\d\d)", _read_year),
)
POINT = "(?:" + "|".join(_unnamed(pattern) for pattern, _ in _FORMS) + ")"


def may_name_point(words: Iterable[str]) -> bool:
    """Whether these words may name a point: without a word of the calendar, and without a digit, none does."""
    return any(word in _POINT_WORDS or any(map(str.isdigit, word)) for word in words)


@cache
def _readers() -> list[tuple[re.Pattern[str], _Reader]]:
    return [
        *((re.compile(pattern), read) for pattern, read in _FORMS),
        (re.compile("(?P<near>now)"), _read_near_day),
    ]


def _of_year(point: Point, words: str | None, calendar: Calendar) -> Point:
    """The point in the year that words name, if any do. Raises NoPeriodError."""
    if words is None:
        return point
    days = point.in_year(_year_number(words, calendar))
    if days is None:
        raise NoPeriodError("There is no such day.")
    return Point(fixed=days)


def _year_number(words: str, calendar: Calendar) -> int:
    if digits := re.search(r"\d+", words):
        return int(digits[0]) if len(digits[0]) == 4 else 2000 + int(digits[0])
    return calendar.today.year - (1 if re.search(EARLIER, words) else 0)


def _month_number(word: str) -> int:
    return _MONTHS.index(word[:3]) + 1


def _day_number(word: str) -> int:
    return _ORDINALS.get(word) or int(re.sub(r"\D", "", word))


def _unit(unit: str, today: date, back: int) -> Point:
    """The unit that runs up to and with today, or a whole one before it."""
    if unit == "day":
        return _days(today - timedelta(days=back), 1)
    end = today + timedelta(days=1) if back == 0 else start_of(unit, today, back=back - 1)
    return Point(fixed=(start_of(unit, today, back=back), end))


def _one_day(year: int, month: int, day: int) -> Point:
    try:
        return _days(date(year, month, day), 1)
    except ValueError as exc:
        raise NoPeriodError("There is no such day.") from exc


def _days(start: date, count: int) -> Point:
    return Point(fixed=(start, start + timedelta(days=count)))


def _months_from(start: date, count: int) -> Point:
    return Point(fixed=(start, _months_on(start, count)))


def _months_on(start: date, months: int) -> date:
    index = start.year * 12 + start.month - 1 + months
    return date(index // 12, index % 12 + 1, start.day)
