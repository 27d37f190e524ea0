"""The period that a question names, as half-open dates: "last 30 days", "since March", "Q3 2025".

A wrong period is a wrong number, so a general date parser, which guesses at "may" and "10/03", has no place here.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise

from execops.canvas.ask.calendar_points import (
    MONTH,
    MONTH_WORDS,
    UNIT,
    WEEKDAY,
    Calendar,
    NoPeriodError,
)
from execops.canvas.ask.number_words import NUMBER
from execops.canvas.ask.period_rules import fitting
from execops.canvas.ask.period_spans import Period
from execops.canvas.ask.sentence import TAKEN, Sentence
from execops.canvas.calendar_units import start_of
from execops.text.patterns import Pattern

_RECURRING = Pattern(rf"\b(?:each|every) (?:{WEEKDAY}|{MONTH})(?![^ ])", ("each ", "every "))
_EVER = Pattern(
    r"\b(?:all time|ever|since (?:inception|launch|forever|the (?:very )?(?:start|beginning)(?! of)))\b",
    ("all time", "ever", "since "),
)
# Between two periods that are one after the other; what does not compare steps of time is refused later.
_JOINS = frozenset({"and", "vs", "versus", "against", "compared", "to", "with", "than", TAKEN})
_AGAINST = frozenset({"vs", "versus", "against", "compared", "to", "with"})
_COMPARES = frozenset({"compare", "comparing", "comparison"})
_WITH = frozenset({"and", "to", "with"})
_LISTS = frozenset({"and", "&", "plus"})
_UNITS = ("week", "month", "quarter")
_FUTURE = Pattern(
    rf"(?<![^ ])(?:the )?(?:next|coming|following|upcoming) (?:{NUMBER} )?{UNIT}s?(?![^ ])|\btomorrow\b",
    ("next ", "coming ", "following ", "tomorrow"),
)


class FutureError(NoPeriodError):
    """A period that has not begun."""

    def __init__(self) -> None:
        super().__init__("What has not happened yet is not in the ledger.")


def take_period(sentence: Sentence, as_of: date, fiscal_start: int | None = None) -> Period | None:
    """Take the words that name a period. Raises NoPeriodError for none that has been, and for two."""
    if sentence.find(_FUTURE):
        raise FutureError
    if sentence.find(_RECURRING):
        raise NoPeriodError("One day, or one month, at a time.")
    if sentence.find(_EVER):
        raise NoPeriodError("Name the first day, such as: since 2024.")
    periods = _take_all(sentence, Calendar(as_of, fiscal_start))
    period = _compared(periods, sentence, as_of) or _joined(periods, sentence, as_of)
    if period is None or period.start is None:
        return period
    if period.start > as_of:
        raise FutureError
    if period.start >= period.end:
        raise NoPeriodError("The period ends before it begins.")
    return period


def possible_periods(sentence: Sentence, as_of: date, fiscal_start: int | None = None) -> list[Period]:
    """Take every period that has begun, where a question may mean any of several: the likeliest first.

    A single day is often when somebody meets somebody; of longer ones, the last that is named counts most.
    """
    alternatives: list[Period] = []
    periods = _take_all(sentence, Calendar(as_of, fiscal_start), alternatives)
    alternatives = [period for period in alternatives if period.start is None or period.start <= as_of]
    places = {
        period: place
        for period, place in periods.items()
        if period.start is None or period.start < min(period.end, as_of + timedelta(days=1))
    }
    try:
        joined = _joined(places, sentence, as_of)
    except NoPeriodError:
        return [*sorted(places, key=lambda period: (_is_day(period), -places[period][0])), *alternatives]
    return [joined, *alternatives] if joined else alternatives


def _is_day(period: Period) -> bool:
    return period.start is not None and period.end - period.start == timedelta(days=1)


def _take_all(
    sentence: Sentence, calendar: Calendar, others: list[Period] | None = None
) -> dict[Period, tuple[int, int]]:
    """Take the words of every period, and return these with their places.

    Raises NoPeriodError for words that name no period; `others`, where given, gets what they may mean instead.
    """
    periods: dict[Period, tuple[int, int]] = {}
    for pattern, read in fitting(frozenset(sentence.words)):
        while (match := _first(pattern, sentence)) is not None:
            first = sentence.text[: match.start()].count(" ")
            try:
                named = read({name: words for name, words in match.groupdict().items() if words}, calendar)
                periods[named] = (first, first + match[0].count(" ") + 1)
            except NoPeriodError as exc:
                if others is None:
                    raise
                others.extend(Period(*days) for days in exc.fits)
            sentence.take(match)
    return periods


def _compared(periods: dict[Period, tuple[int, int]], sentence: Sentence, as_of: date) -> Period | None:
    """The period of "Q2 against Q3", with the step by which its rows go; None where the periods have no step in common."""
    between = _between(periods)
    words = {sentence.words[place] for place in between} - {TAKEN}
    heads = [place for place in sentence.untaken() if sentence.words[place] in _COMPARES]
    if not words or not (words <= _AGAINST or (heads and words <= _WITH)):
        return None
    in_order = sorted(periods, key=lambda period: (period.start or date.min, period.end))
    steps = set.intersection(*(_steps(period, as_of) for period in in_order))
    if len(steps) != 1 or any(earlier.end != later.start for earlier, later in pairwise(in_order)):
        return None
    for place in between | set(heads):
        sentence.take_range(place, place + 1)
    return Period(in_order[0].start, in_order[-1].end, *steps)


def _steps(period: Period, as_of: date) -> set[str]:
    """The steps of time of which a period is one; a running step ends with today."""
    if period.start is None:
        return set()
    start, ends = period.start, {period.end}
    if period.end == as_of + timedelta(days=1):
        ends |= {start_of(unit, as_of, back=-1) for unit in _UNITS if start == start_of(unit, as_of)}
    steps = {
        unit for unit in _UNITS if start == start_of(unit, start) and start_of(unit, start, back=-1) in ends
    }
    return steps | ({"day"} if _is_day(period) else set())


def _are_alike(first: Period, second: Period, as_of: date) -> bool:
    """Whether both are one and the same step of time, or whole years."""
    ends = [day for period in (first, second) for day in (period.start, period.end)]
    return bool(_steps(first, as_of) & _steps(second, as_of)) or all(
        day is not None and (day.month, day.day) == (1, 1) for day in ends
    )


def _joined(periods: dict[Period, tuple[int, int]], sentence: Sentence, as_of: date) -> Period | None:
    """The period of "August and September", one after the other. Raises NoPeriodError for two that are apart.

    Two with no word between them may lie one within the other, as in "the last quarter of last year": they are no list then.
    """
    if len(periods) < 2:
        return next(iter(periods), None)
    if len({period.start for period in periods}) == 1:  # "2026 year to date", "since mid-july (15 july)"
        return min([period for period in periods if not _is_day(period)], key=lambda period: period.end)
    between = _between(periods)
    in_order = sorted(periods, key=lambda period: (period.start or date.min, period.end))
    if any(sentence.words[place] not in _JOINS for place in between) or any(
        earlier.end != later.start for earlier, later in pairwise(in_order)
    ):
        raise NoPeriodError("One period at a time.")
    by_place = sorted(periods.items(), key=lambda pair: pair[1])
    if any(
        end == first and not _are_alike(earlier, later, as_of)
        for (earlier, (_, end)), (later, (first, _)) in pairwise(by_place)
    ):
        raise NoPeriodError("One period at a time.")
    for place in between:
        if sentence.words[place] == "and":
            sentence.take_range(place, place + 1)
    return Period(in_order[0].start, in_order[-1].end)


def _between(periods: dict[Period, tuple[int, int]]) -> set[int]:
    """The places between the words of one period and those of the next."""
    return {
        place for (_, end), (first, _) in pairwise(sorted(periods.values())) for place in range(end, first)
    }


def _first(pattern: re.Pattern[str], sentence: Sentence) -> re.Match[str] | None:
    """The first place that names a period."""
    matches = pattern.finditer(sentence.text)
    return next((match for match in matches if not _is_no_month(match, sentence)), None)


def _is_no_month(match: re.Match[str], sentence: Sentence) -> bool:
    """Whether "may" and "mar" stand for something else: without a preposition, amid other words."""
    if match[0] not in {"may", "sat", "sun", "mon", "wed"} or sentence.text.strip("· ") == match[0]:
        return False
    return match[0] != "may" or not _is_listed(sentence, sentence.text[: match.start()].count(" "))


def _is_listed(sentence: Sentence, place: int) -> bool:
    """Whether a month is named beside this word: "April, May and June"."""
    before = [word.lower() for word in sentence.written[:place]]
    after = [word.lower() for word in sentence.written[place + 1 :]]
    return any(
        len(words) > 1 and words[0] in _LISTS and _first_but(_LISTS, words) in MONTH_WORDS
        for words in (before[::-1], after)
    )


def _first_but(left_out: frozenset[str], words: list[str]) -> str | None:
    return next((word for word in words if word not in left_out), None)
