"""Periods in plain words, as half-open dates: "last 30 days", "since March", "between 1 Sep and 15 Oct", "Q3 2025".

General date parsers were tried and left: they guess ("may", "10/03"), and a wrong period is a wrong number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from execops.canvas.ask.stretches import (
    DAY,
    EARLIER,
    MONTH,
    PART,
    POINT,
    UNIT,
    WEEKDAY,
    YEAR,
    FutureError,
    NoPeriodError,
    Stretch,
    day_of,
    stretch,
)
from execops.canvas.ask.words import Question
from execops.canvas.periods import start_of

_COUNTED = """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen twenty"""
_NUMBERS = {word: number for number, word in enumerate(_COUNTED.split(), start=1)} | {
    "thirty": 30,
    "sixty": 60,
    "ninety": 90,
    "couple": 2,
    "couple of": 2,
    "a couple of": 2,
}
NUMBER = rf"(?:\d{{1,4}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_MAX_NUMBER = 2000


_NOW = "(?:now|today|date)"
_TODAY = rf"(?: (?:until|till|to|through|up to|and) {_NOW}| on| onwards?| forward)?"
_IN = (
    r"(?:(?:all |throughout|entire |whole )?(?:in|for|during|of|on|over|within|from|throughout|all|through"
    r"|the whole(?: of)?|the entire)(?: all)?(?: of)?(?: the)? )"
)
_FROM = r"(?:(?:between|from|in|for|during|over|since|starting|starting from|starting in) )?(?:the )?"
_TO = r"(?:up to and including|-|to|until|till|til|through|thru|up to|through to|up until)"
_BEGIN = r"(?:since|starting|starting from|starting in|starting on|beginning|beginning in|beginning on)"
_START_OF = r"(?: (?:start|beginning) of)?(?: the)?"
_LAST = "(?:last|past|previous|prior|trailing|preceding|recent|rolling)"
_THIS = "(?:this|the current|current|running)"
_SO_FAR = "(?:so far|to date|up to now|until now|till now|until today|up to today)"
_CURRENT = "|".join(
    (
        r"(?P<unit>week|month|quarter|year) (?:to date|so far)",
        rf"(?:since|from) (?:the )?(?:start|beginning) of (?:(?:the|{_THIS}) )?(?P<begun>week|month|quarter|year)",
        r"(?P<abbr>[wmqy]td)",
        rf"(?:so far )?{_THIS} (?P<this>week|month|quarter|year)(?: {_SO_FAR})?",
        rf"so far (?:in |for )?(?P<named>{POINT})",
    )
)
# In the order in which they are tried: longer ones first, for a part of a range is a period too.
_RULES = {
    name: re.compile(rf"(?<![^ ]){rule}(?![^ ])")
    for name, rule in {
        "days": rf"{_FROM}(?P<a>{DAY}) (?:{_TO}|and) (?:the )?(?P<b>{DAY} (?:of )?{MONTH}(?: {YEAR})?)",
        "month_days": rf"{_FROM}(?P<m>{MONTH}) (?P<a>{DAY}) (?:{_TO}|and) (?P<b>{DAY})(?P<y> {YEAR})?(?! {MONTH})",
        "between": rf"between (?:the )?(?P<a>{POINT}) and (?:the )?(?P<b>{POINT}|now)(?: inclusive(?:ly)?)?",
        "range": rf"{_FROM}(?P<a>{POINT}) {_TO}(?: the)?(?: end of)? (?P<b>{POINT}|now)(?: inclusive(?:ly)?)?",
        "since": rf"{_BEGIN}(?: the)?{_START_OF} (?P<a>{POINT}){_TODAY}",
        "since_on": rf"from{_START_OF} (?P<a>{POINT})(?: on| onwards?| forward| {_TO} {_NOW})",
        "part": rf"{_IN}?(?P<a>(?:the )?{PART} (?:of |in )?(?:this|the current|current|last|previous) year)",
        "current": rf"{_IN}?(?:the )?(?:{_CURRENT})",
        "last": rf"{_IN}?(?:the |our )?{_LAST}(?: (?P<n>{NUMBER}))? (?P<full>(?:full|complete|completed|whole) )?"
        rf"(?P<u>(?:{UNIT}|fortnight)s)(?! before)",
        "last_n": rf"{_IN}?(?:the |our )?{_LAST} (?P<n>{NUMBER}) (?P<u>{UNIT}|fortnight)",
        "short": rf"{_IN}?(?:the )?{_LAST} (?P<n>\d{{1,4}}) ?(?P<u>[dwmqy]|mo)",
        "rolling": r"(?:(?:in|over|during|within|for|across|throughout) the last"
        rf"|(?:{_IN}(?:the )?|the |this )?past|{_IN}?(?:the )?trailing) (?P<u>{UNIT})",
        "twelve_months": rf"{_IN}?(?:the )?(?:ttm|ltm|t12m|l12m)",
        "since_start": rf"from (?:the )?(?:start|beginning) of (?:the )?(?P<a>{POINT})",
        "since_point": rf"from (?!{EARLIER}|this|current|yesterday|today|the|{WEEKDAY})(?P<a>{POINT})",
        "before": rf"(?<!day )(?:before|prior to)(?: the)?{_START_OF} (?P<a>{POINT})",
        "until": rf"(?:until|till|til|through|thru|up to and including|up to|up until|to)(?: the end of)?(?: the)? (?P<a>{POINT})",
        "in": rf"{_IN}?(?P<a>{POINT})",
    }.items()
}
_RECURRING = re.compile(rf"\b(?:each|every) (?:{WEEKDAY}|{MONTH})(?![^ ])")
_EVER = re.compile(
    r"\b(?:all time|ever|since (?:inception|launch|forever|the (?:very )?(?:start|beginning)(?! of)))\b"
)
_FUTURE = re.compile(
    rf"(?<![^ ])(?:the )?(?:next|coming|following|upcoming) (?:{NUMBER} )?{UNIT}s?(?![^ ])|\btomorrow\b"
)
# "The past month" as days: a calendar month back is another number of days each time.
_ROLLED = {
    "day": (1, "day"),
    "week": (7, "day"),
    "month": (30, "day"),
    "quarter": (3, "month"),
    "year": (12, "month"),
}
_BY_UNIT = {"d": "day", "w": "week", "m": "month", "mo": "month", "q": "quarter", "y": "year"}


@dataclass(frozen=True, slots=True)
class Period:
    """Half-open; `start` is missing in "until March"."""

    start: date | None
    end: date


def take_period(question: Question, as_of: date, fiscal_start: int | None = None) -> Period | None:
    """Take the words that name a period. Raises NoPeriodError for none that has been, and for two."""
    found: list[Period] = []
    if question.find(_FUTURE):
        raise FutureError
    if question.find(_RECURRING):
        raise NoPeriodError("One day, or one month, at a time.")
    if question.find(_EVER):
        raise NoPeriodError("Name the first day, such as: since 2024.")
    for name, rule in _RULES.items():
        while (match := question.find(rule)) is not None:
            if name == "in" and _is_no_month(match, question):
                break
            found.append(_read(name, match, as_of, fiscal_start))
            question.take(match)
    different = list(dict.fromkeys(found))
    if len(different) > 1:
        raise NoPeriodError("One period at a time.")
    for each in different:
        if each.start is not None and each.start > as_of:
            raise FutureError
        if each.start is not None and each.start >= each.end:
            raise NoPeriodError("The period ends before it begins.")
    return different[0] if different else None


def _is_no_month(match: re.Match[str], question: Question) -> bool:
    """Whether "may" and "mar" stand for something else: without a preposition, amid other words."""
    return match[0] in {"may", "sat", "sun", "mon", "wed"} and question.text.strip("· ") != match[0]


def _read(name: str, match: re.Match[str], as_of: date, fiscal_start: int | None) -> Period:
    part = {key: value for key, value in match.groupdict().items() if value is not None}
    tomorrow = as_of + timedelta(days=1)

    def point(text: str) -> Stretch:
        return stretch(text, as_of, fiscal_start)

    match name:
        case "days":
            last = point(part["b"])
            return _range(_with_day(last, part["a"]), last, as_of)
        case "month_days":
            year = part.get("y", "")
            return _range(
                point(f"{part['a']} {part['m']}{year}"), point(f"{part['b']} {part['m']}{year}"), as_of
            )
        case "between" | "range":
            return _range(point(part["a"]), point(part["b"]), as_of)
        case "current":
            if "named" in part:
                return Period(point(part["named"]).latest(as_of)[0], tomorrow)
            unit = part.get("unit") or part.get("begun") or part.get("this") or _BY_UNIT[part["abbr"][0]]
            return Period(start_of(unit, as_of), tomorrow)
        case "since" | "since_on" | "since_start" | "since_point":
            return Period(point(part["a"]).latest(as_of)[0], tomorrow)
        case "last" | "last_n":
            if "n" not in part:
                raise NoPeriodError(f"How many {part['u']}?")
            return (_full if "full" in part else _rolling)(
                number(part["n"]), part["u"].removesuffix("s"), as_of
            )
        case "short":
            return _rolling(number(part["n"]), _BY_UNIT[part["u"]], as_of)
        case "rolling":
            return _rolling(*_ROLLED[part["u"]], as_of)
        case "twelve_months":
            return _rolling(12, "month", as_of)
        case "until":
            return Period(None, point(part["a"]).latest(as_of)[1])
        case "before":
            return Period(None, point(part["a"]).latest(as_of)[0])
        case _:
            return Period(*point(part["a"]).latest(as_of))


def _range(first: Stretch, last: Stretch, as_of: date) -> Period:
    """Both ends included. A year that one end lacks is the other's; that both lack, the latest of which the end has
    begun, or that has itself begun in the same year."""
    if first.given and last.given:
        return Period(first.given[0], last.given[1])
    if last.given:
        return _in_order(_latest_before(first, last.given[0]), last.given, first)
    start = first.given[0] if first.given else first.latest(as_of)[0]
    end = _next_after(last, start)
    if not first.given and end[0] > as_of and end[0].year > start.year:
        start = _latest_before(first, start - timedelta(days=1))
        end = _next_after(last, start)
    return _in_order(start, end, first)


def _in_order(start: date, end: tuple[date, date], first: Stretch) -> Period:
    """From day to day it is never nearly a year: the ends were told the wrong way round."""
    if (first.day or first.given) and end[0] - start > timedelta(days=300) and end[0].year > start.year:
        raise NoPeriodError("The period ends before it begins.")
    return Period(start, end[1])


def _next_after(point: Stretch, day: date) -> tuple[date, date]:
    for year in range(day.year, day.year + 9):
        found = point.at(year)
        if found and found[0] >= day:
            return found
    raise NoPeriodError("There is no such day.")


def _latest_before(point: Stretch, day: date) -> date:
    for year in range(day.year, day.year - 9, -1):
        found = point.at(year)
        if found and found[0] <= day:
            return found[0]
    raise NoPeriodError("There is no such day.")


def _with_day(point: Stretch, day: str) -> Stretch:
    number = int(re.sub(r"\D", "", day))
    if point.given:
        return Stretch(given=day_of(point.given[0].year, point.given[0].month, number))
    return Stretch(month=point.month, day=number)


def _rolling(count: int, unit: str, as_of: date) -> Period:
    """The last days, weeks, months or quarters, the current one counted; a year is twelve months."""
    if unit == "fortnight":
        count, unit = 14 * count, "day"
    if not 1 <= count <= _MAX_NUMBER:
        raise NoPeriodError("The period is too long.")
    end = as_of + timedelta(days=1)
    try:
        if unit == "day":
            return Period(end - timedelta(days=count), end)
        if unit == "year":
            return Period(start_of("month", as_of, back=12 * count - 1), end)
        return Period(start_of(unit, as_of, back=count - 1), end)
    except (ValueError, OverflowError) as exc:
        raise NoPeriodError("The period is too long.") from exc


def _full(count: int, unit: str, as_of: date) -> Period:
    """The last whole ones, the current one left out."""
    if unit in {"day", "fortnight"} or not 1 <= count <= _MAX_NUMBER:
        raise NoPeriodError("Name the period in weeks, months, quarters or years.")
    try:
        return Period(start_of(unit, as_of, back=count), start_of(unit, as_of))
    except (ValueError, OverflowError) as exc:
        raise NoPeriodError("The period is too long.") from exc


def number(text: str) -> int:
    """The number that a word or digits name."""
    return _NUMBERS[text] if text in _NUMBERS else int(text)
