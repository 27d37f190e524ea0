"""A stretch of the calendar in plain words: a day, a week, a month, a quarter, a half, a year."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from execops.canvas.periods import start_of

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_NAMEDYEAR = r"(?:(?:the )?(?:calendar )?(?:year )?(?:19|20)\d\d)"
YEAR = rf"(?:(?:of |in )?(?:{_NAMEDYEAR}|'\d\d|(?:last|previous|this|the current|current) year))"
DAY = r"(?:\d{1,2}(?:st|nd|rd|th)?)"
WEEKDAY = r"(?:monday|mon|tuesday|tues?|wednesday|wed|thursday|thurs?|thu|friday|fri|saturday|sat|sunday|sun)"
UNIT = r"(?:day|week|month|quarter|year)"
_QUARTER = rf"(?:q[1-4]|(?:the )?(?:{'|'.join(_ORDINALS)}) quarter)"
_HALF = r"(?:h[12]|(?:the )?(?:first|second|1st|2nd) half)"
EARLIER = r"(?:last|previous|prior|preceding)"
_FISCAL = (
    r"(?:fy ?'?(?:20)?\d\d|(?:fiscal|financial) (?:year )?'?(?:20)?\d\d"
    r"|(?:this|last) (?:fiscal|financial) year|(?:fiscal|financial) (?:ytd|year to date))"
)
_DATE = (
    rf"(?:day\d{{4}}x\d\d?x\d\d?|(?:the )?{DAY} (?:of )?{MONTH}(?: {YEAR})?"
    rf"|{MONTH} (?:the )?{DAY}(?: {YEAR})?(?! {MONTH}))"
)
PART = rf"(?:{MONTH}|{_QUARTER}|{_HALF})"
POINT = (
    "(?:"
    + "|".join(
        (
            _DATE,
            r"month\d{4}x\d\d",
            rf"(?:{_NAMEDYEAR}|(?:last|this|previous) year) {PART}",
            rf"(?:(?:the )?(?:month|quarter|year) of |last |this )?{PART}(?: {YEAR})?",
            rf"(?:the )?{UNIT} before last|(?:the )?day before yesterday|yesterday|today",
            rf"(?:the )?week of {_DATE}",
            rf"(?:the |this )?(?:week|month|quarter|year) (?:ended|ending)(?: on)? {_DATE}",
            rf"(?:the )?(?:{EARLIER}|this|current|running|ongoing) (?:(?:calendar|full|complete|whole|entire) )?{UNIT}",
            rf"(?:last |this )?{WEEKDAY}",
            _FISCAL,
            rf"(?:the )?(?:year of )?{_NAMEDYEAR}",
            r"'\d\d",
        )
    )
    + ")"
)


class NoPeriodError(Exception):
    """Words that look like a period, and name none that can be answered for; says why."""


class FutureError(NoPeriodError):
    """A period that has not begun."""

    def __init__(self) -> None:
        super().__init__("What has not happened yet is not in the ledger.")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the calendar: given, or recurring each year where its year was left out."""

    given: tuple[date, date] | None = None
    month: int = 1
    day: int | None = None
    months: int = 1

    def at(self, year: int) -> tuple[date, date] | None:
        """The one of a year; None for 29 February of most years."""
        if self.given:
            return self.given
        try:
            start = date(year, self.month, self.day or 1)
        except ValueError:
            return None
        return start, start + timedelta(days=1) if self.day else months_on(start, self.months)

    def latest(self, as_of: date) -> tuple[date, date]:
        """The latest one that has begun."""
        for year in range(as_of.year, as_of.year - 9, -1):
            found = self.at(year)
            if found and (self.given or found[0] <= as_of):
                return found
        raise NoPeriodError("There is no such day.")


def stretch(text: str, as_of: date, fiscal_start: int | None) -> Stretch:
    """One stretch of the calendar. Raises NoPeriodError for a day that no calendar has."""
    text = re.sub(r"^(?:the )?(?:(?:month|quarter|year) of )?", "", text)
    if match := re.fullmatch(rf"({_NAMEDYEAR}|(?:last|this|previous) year) ({PART})", text):
        text = f"{match[2]} {match[1]}"
    if text.startswith(("day2", "day1")):
        return Stretch(given=day_of(*map(int, text[3:].split("x"))))
    if text.startswith("month") and text[5:6].isdigit():
        year, month = map(int, text[5:].split("x"))
        return Stretch(given=_span(date(year, month, 1), 1))
    if re.fullmatch(_FISCAL, text):
        return Stretch(given=_fiscal(text, as_of, fiscal_start))
    if text.startswith("week of "):
        start = start_of("week", stretch(text[8:], as_of, None).latest(as_of)[0])
        return Stretch(given=(start, start + timedelta(days=7)))
    if match := re.fullmatch(r"(?:this )?(week|month|quarter|year) end(?:ed|ing)(?: on)? (.+)", text):
        return Stretch(given=_ended(match[1], stretch(match[2], as_of, None).latest(as_of)[1]))
    if text in {"today", "now", "yesterday", "day before yesterday"}:
        day = as_of - timedelta(
            days=("today", "yesterday", "day before yesterday").index(text.replace("now", "today"))
        )
        return Stretch(given=(day, day + timedelta(days=1)))
    if match := re.fullmatch(rf"({UNIT}) before last", text):
        return Stretch(given=_unit(match[1], as_of, back=2))
    if match := re.fullmatch(rf"({EARLIER}|this|current|running|ongoing) (?:\w+ )?({UNIT})", text):
        return Stretch(given=_unit(match[2], as_of, back=int(bool(re.fullmatch(EARLIER, match[1])))))
    if match := re.fullmatch(rf"(last |this )?({WEEKDAY})", text):
        back = (as_of.weekday() - _WEEKDAYS.index(match[2][:3])) % 7
        back += 7 if match[1] == "last " and back == 0 else 0
        day = as_of - timedelta(days=back)
        return Stretch(given=(day, day + timedelta(days=1)))
    return _calendar(text, as_of)


def _calendar(text: str, as_of: date) -> Stretch:
    """A day, month, quarter, half or year by name."""
    year: int | None = None
    if match := re.search(rf"(?:^| ){YEAR}$", text):
        year = _year(match[0], as_of)
        text = text[: match.start()]
    if year is not None and not text:
        return Stretch(given=_span(date(year, 1, 1), 12))
    which = ""
    if match := re.match(r"(last|this) ", text):
        which, text = match[1], text[match.end() :]
    if re.fullmatch(_QUARTER, text):
        found = Stretch(month=3 * _ordinal(text) - 2, months=3)
    elif re.fullmatch(_HALF, text):
        found = Stretch(month=6 * _ordinal(text) - 5, months=6)
    else:
        month = next(each for each in re.findall(r"[a-z]+", text) if each[:3] in _MONTHS)
        day = re.search(r"\d{1,2}", text)
        found = Stretch(month=_MONTHS.index(month[:3]) + 1, day=int(day[0]) if day else None)
    if which == "this":
        year = as_of.year
    if which == "last":
        latest = found.latest(as_of)
        year = latest[0].year - (latest[1] > as_of)
    if year is None:
        return found
    given = found.at(year)
    if given is None:
        raise NoPeriodError("There is no such day.")
    return Stretch(given=given)


def _year(text: str, as_of: date) -> int:
    if match := re.search(r"(?:19|20)\d\d", text):
        return int(match[0])
    if match := re.search(r"'(\d\d)", text):
        return 2000 + int(match[1])
    return as_of.year - (1 if re.search(EARLIER, text) else 0)


def _ordinal(text: str) -> int:
    word = text.split()[0]
    return _ORDINALS[word] if word in _ORDINALS else int(word[-1])


def _fiscal(text: str, as_of: date, start: int | None) -> tuple[date, date]:
    """A fiscal year carries the number of the calendar year it ends in."""
    if start is None:
        raise NoPeriodError("No fiscal year is set: EXECOPS_FISCAL_YEAR_START names its first month.")
    current = as_of.year + (start > 1 and as_of.month >= start)
    digits = re.search(r"\d\d(?!\d)", text)
    ends = 2000 + int(digits[0]) if digits else current - ("last" in text)
    first = date(ends - (start > 1), start, 1)
    if "to date" in text or "ytd" in text:
        return first, as_of + timedelta(days=1)
    return _span(first, 12)


def _ended(unit: str, end: date) -> tuple[date, date]:
    """The week, month, quarter or year that ended on a day."""
    start = start_of(unit, end - timedelta(days=1))
    if _unit_end(unit, start) != end:
        raise NoPeriodError(f"No {unit} ended on that day.")
    return start, end


def _unit(unit: str, as_of: date, back: int) -> tuple[date, date]:
    """The unit that runs up to and with today, or a whole one before it."""
    if unit == "day":
        day = as_of - timedelta(days=back)
        return day, day + timedelta(days=1)
    start = start_of(unit, as_of, back=back)
    return start, as_of + timedelta(days=1) if back == 0 else start_of(unit, as_of, back=back - 1)


def _unit_end(unit: str, start: date) -> date:
    if unit == "week":
        return start + timedelta(days=7)
    return months_on(start, {"month": 1, "quarter": 3, "year": 12}[unit])


def day_of(year: int, month: int, day: int) -> tuple[date, date]:
    try:
        start = date(year, month, day)
    except ValueError as exc:
        raise NoPeriodError("There is no such day.") from exc
    return start, start + timedelta(days=1)


def _span(start: date, months: int) -> tuple[date, date]:
    return start, months_on(start, months)


def months_on(start: date, months: int) -> date:
    index = start.year * 12 + start.month - 1 + months
    return date(index // 12, index % 12 + 1, start.day)
