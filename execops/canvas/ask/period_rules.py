"""Ways to name a period: for each, the pattern, the function that reads what it matched, and an example."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta
from functools import cache

from msgspec import Struct

from execops.canvas.ask.calendar_points import (
    DAY,
    EARLIER,
    MONTH,
    MONTH_WORDS,
    PART,
    POINT,
    UNIT,
    WEEKDAY,
    YEAR,
    YEAR_NAMED,
    Calendar,
    NoPeriodError,
    may_name_point,
    on_day,
)
from execops.canvas.ask.number_words import NUMBER, number
from execops.canvas.ask.period_spans import Period, between, last_full, rolling, tomorrow
from execops.canvas.calendar_units import start_of

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
AGAINST = "(?:vs|versus|against|compared (?:against|to|with))"
_SO_FAR = "(?:so far|to date|up to now|until now|till now|until today|up to today)"
_CALENDAR_UNIT = "(?:week|month|quarter|year)"
_LAST_WORDS = frozenset(_LAST.removeprefix("(?:").removesuffix(")").split("|"))
_FISCAL = "(?:fiscal|financial)"
_FISCAL_UNIT = rf"(?:{_FISCAL} (?P<unit>month|quarter|year)|f(?P<letter>[mqy]))"
# "The past month" as days: a calendar month back is another number of days each time.
_ROLLED = {
    "day": (1, "day"),
    "week": (7, "day"),
    "month": (30, "day"),
    "quarter": (3, "month"),
    "year": (12, "month"),
}
_BY_LETTER = {"d": "day", "w": "week", "m": "month", "mo": "month", "q": "quarter", "y": "year"}


Parts = dict[str, str]  # the words that a rule's groups matched


class Rule(Struct, frozen=True):
    """A way to name a period. A question without any of its `words` cannot fit, and costs no compiling of the pattern."""

    pattern: str
    read: Callable[[Parts, Calendar], Period]
    example: str
    words: frozenset[str] | None = None  # None where a point alone decides

    def may_fit(self, words: Collection[str]) -> bool:
        """Whether a question of these words may name a period so."""
        if self.words is not None and self.words.isdisjoint(words):
            return False
        return POINT not in self.pattern or may_name_point(words)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _read_days(part: Parts, calendar: Calendar) -> Period:
    last = calendar.point(part["b"])
    return between(on_day(last, part["a"]), last, calendar)


def _read_month_days(part: Parts, calendar: Calendar) -> Period:
    month = calendar.point(f"{part['m']}{part.get('y', '')}")
    return between(on_day(month, part["a"]), on_day(month, part["b"]), calendar)


def _read_range(part: Parts, calendar: Calendar) -> Period:
    return between(calendar.point(part["a"]), calendar.point(part["b"]), calendar)


def _read_since(part: Parts, calendar: Calendar) -> Period:
    if part["a"].endswith(" ago"):  # of the day, or of the whole month
        raise NoPeriodError("Name the first day, or ask for the last so many days or months.")
    return Period(calendar.first_day(part["a"]), tomorrow(calendar))


def _read_current(part: Parts, calendar: Calendar) -> Period:
    return Period(start_of(part["unit"], calendar.today), tomorrow(calendar))


def _read_to_date(part: Parts, calendar: Calendar) -> Period:
    return Period(start_of(_BY_LETTER[part["letter"]], calendar.today), tomorrow(calendar))


def _read_last_to_date(_: Parts, calendar: Calendar) -> Period:
    """The year before, up to the same day; up to 28 February where today is the 29th."""
    today = calendar.today
    last = today.replace(year=today.year - 1, day=28 if (today.month, today.day) == (2, 29) else today.day)
    return Period(start_of("year", today, back=1), last + timedelta(days=1))


def _read_fiscal_to_date(part: Parts, calendar: Calendar) -> Period:
    unit = part.get("unit") or _BY_LETTER[part["letter"]]
    return Period(calendar.fiscal_start_of(unit), tomorrow(calendar))


def _read_last(part: Parts, calendar: Calendar) -> Period:
    if "n" not in part:
        raise NoPeriodError(f"How many {part['units']}?")
    count, unit = number(part["n"]), part["units"].removesuffix("s")
    return (last_full if "full" in part else rolling)(count, unit, calendar)


def _read_short(part: Parts, calendar: Calendar) -> Period:
    return rolling(number(part["n"]), _BY_LETTER[part["letter"]], calendar)


def _read_rolling(part: Parts, calendar: Calendar) -> Period:
    return rolling(*_ROLLED[part["unit"]], calendar)


def _read_twelve_months(_: Parts, calendar: Calendar) -> Period:
    return rolling(12, "month", calendar)


def _read_first_months(part: Parts, calendar: Calendar) -> Period:
    months = number(part["n"])
    if not 1 <= months <= 12:
        raise NoPeriodError("A year has twelve months.")
    start = calendar.first_day("this year" if part["y"] == "the year" else part["y"])
    return Period(start, date(start.year + months // 12, months % 12 + 1, 1))


def _read_running(part: Parts, calendar: Calendar) -> Period:
    start, end = calendar.point(part["a"]).latest(calendar.today)
    if end <= calendar.today:
        raise NoPeriodError(
            "That is over: name the first day, such as since October.",
            ((start, end), (start, tomorrow(calendar))),
        )
    return Period(start, tomorrow(calendar))


def _read_before(part: Parts, calendar: Calendar) -> Period:
    return Period(None, calendar.first_day(part["a"]))


def _read_until(part: Parts, calendar: Calendar) -> Period:
    return Period(None, calendar.point(part["a"]).latest(calendar.today)[1])


def _read_point(part: Parts, calendar: Calendar) -> Period:
    return Period(*calendar.point(part["a"]).latest(calendar.today))


def _read_against_last(part: Parts, calendar: Calendar) -> Period:
    unit = part["unit"]
    if "past" in part:
        return Period(start_of(unit, calendar.today, back=2), start_of(unit, calendar.today), unit)
    return Period(start_of(unit, calendar.today, back=1), tomorrow(calendar), unit)


_INCLUSIVE = "(?: inclusive(?:ly)?)?"
# In the order in which they are tried: longer ones first, for a part of a range is a period too.
RULES = (
    Rule(
        rf"{_IN}?(?:the )?(?:{_THIS}|(?P<past>{EARLIER})) (?P<unit>week|month|quarter)(?: {_SO_FAR})? {AGAINST} (?:the )?"
        r"(?:(?:last|previous|prior)(?: one)?|(?:one|(?P=unit)) before)(?=$| ·| (?:by|for|in|of|on|per|with))",
        _read_against_last,
        "refunds this quarter against last",
        _words("vs versus against compared"),
    ),
    Rule(
        rf"(?:{_IN}?(?:the )?so far {_IN}?|(?:since|from) (?:the )?(?:start|beginning) of )"
        rf"(?:(?:the|our|{_THIS}) )?{_FISCAL_UNIT}{_TODAY}",
        _read_fiscal_to_date,
        "refunds since the start of the fiscal month",
        _words("far start beginning"),
    ),
    Rule(
        rf"{_FROM}(?P<a>{DAY}) (?:{_TO}|and) (?:the )?(?P<b>{DAY} (?:of )?{MONTH}(?: {YEAR})?)",
        _read_days,
        "refunds from the 1 to 15 oct",
        MONTH_WORDS,
    ),
    Rule(
        rf"{_FROM}(?P<m>{MONTH}) (?P<a>{DAY}) (?:{_TO}|and) (?P<b>{DAY})(?P<y> {YEAR})?(?! {MONTH})",
        _read_month_days,
        "refunds from oct 1 to 15",
        MONTH_WORDS,
    ),
    Rule(
        rf"between (?:the )?(?P<a>{POINT}) and (?:the )?(?P<b>{POINT}|now){_INCLUSIVE}",
        _read_range,
        "refunds between 1 sep and 15 oct",
        _words("between"),
    ),
    Rule(
        rf"{_FROM}(?:(?:start|beginning) of (?:the )?)?(?P<a>{POINT}) {_TO}(?: the)?(?: end of)? (?P<b>{POINT}|now){_INCLUSIVE}",
        _read_range,
        "refunds from q1 to q2",
        _words("- to until till til through thru up"),
    ),
    Rule(
        rf"{_BEGIN}(?: the)?{_START_OF} (?P<a>{POINT}){_TODAY}",
        _read_since,
        "refunds since march",
        _words("since starting beginning"),
    ),
    Rule(
        rf"from{_START_OF} (?P<a>{POINT})(?: on| onwards?| forward| {_TO} {_NOW})",
        _read_since,
        "refunds from march forward",
        _words("from"),
    ),
    Rule(
        rf"{_IN}?(?P<a>(?:the )?{PART} (?:of |in )?(?:this|the current|current|last|previous) year)",
        _read_point,
        "refunds in q3 of the current year",
        _words("year"),
    ),
    Rule(
        rf"{_IN}?(?:the )?first (?P<n>{NUMBER}) months (?:of |in )(?P<y>the year(?! \d)|{YEAR_NAMED})",
        _read_first_months,
        "refunds in the first ten months of the year",
        _words("first"),
    ),
    Rule(
        rf"{_IN}?(?:the )?(?:so far )?{_IN}?(?:the |our )?(?:{_THIS} )?{_FISCAL_UNIT} {_SO_FAR}",
        _read_fiscal_to_date,
        "refunds fiscal month to date",
        _words("far date up until till"),
    ),
    Rule(
        rf"{_IN}?(?:the |our )?(?:{_FISCAL} |f)(?P<letter>[mqy])td",
        _read_fiscal_to_date,
        "refunds fmtd",
        _words("fmtd fqtd fytd mtd qtd ytd"),
    ),
    Rule(
        rf"{_IN}?(?:the )?(?P<letter>[mqy])td {_IN}?(?:the |our |{_THIS} )?{_FISCAL}(?: year)?",
        _read_fiscal_to_date,
        "refunds mtd fiscal",
        _words("mtd qtd ytd"),
    ),
    Rule(
        rf"{_IN}?(?:the )?(?:since|from) (?:the )?(?:start|beginning) of (?:(?:the|{_THIS}) )?(?P<unit>{_CALENDAR_UNIT})",
        _read_current,
        "refunds since the start of the year",
        _words("start beginning"),
    ),
    Rule(
        rf"{_IN}?(?:the )?(?:{EARLIER} (?:year )?(?:ytd|year to date)|ytd (?:of |in )?{EARLIER} year)",
        _read_last_to_date,
        "refunds last ytd",
        _words("ytd date"),
    ),
    Rule(
        rf"{_IN}?(?!(?:last|previous|prior|preceding) )(?P<a>{POINT}) (?:(?:to|till|until) date|ytd|year to date)",
        _read_running,
        "refunds in november to date",
        _words("date ytd"),
    ),
    Rule(
        rf"{_IN}?(?:the )?(?P<letter>[wmqy])td",
        _read_to_date,
        "refunds ytd",
        _words("wtd mtd qtd ytd"),
    ),
    Rule(
        rf"{_IN}?(?:the )?(?:{_SO_FAR} )?{_IN}?{_THIS} (?P<unit>{_CALENDAR_UNIT})(?: {_SO_FAR})?",
        _read_current,
        "refunds in the running month so far",
        _words("this current running"),
    ),
    Rule(
        rf"{_IN}?(?:the )?(?P<unit>{_CALENDAR_UNIT}) (?:to date|so far)",
        _read_current,
        "refunds quarter to date",
        _words("date far"),
    ),
    Rule(
        rf"{_IN}?(?:the )?so far (?:in |for )?(?P<a>{POINT})",
        _read_since,
        "refunds so far in november",
        _words("far"),
    ),
    Rule(
        rf"{_IN}?(?:the |our )?{_LAST}(?: (?P<n>{NUMBER}))? (?P<full>(?:full|complete|completed|whole) )?"
        rf"(?P<units>(?:{UNIT}|fortnight)s)(?! before)",
        _read_last,
        "refunds in the last 3 full months",
        _LAST_WORDS,
    ),
    Rule(
        rf"{_IN}?(?:the |our )?{_LAST} (?P<n>{NUMBER}) (?P<units>{UNIT}|fortnight)",
        _read_last,
        "refunds in the last 3 month",
        _LAST_WORDS,
    ),
    Rule(
        rf"{_IN}?(?:the )?{_LAST} (?P<n>\d{{1,4}}) ?(?P<letter>[dwmqy]|mo)",
        _read_short,
        "refunds last 30d",
        _LAST_WORDS,
    ),
    Rule(
        r"(?:(?:in|over|during|within|for|across|throughout) the last"
        rf"|(?:{_IN}(?:the )?|the |this )?past|{_IN}?(?:the )?trailing) (?P<unit>{UNIT})",
        _read_rolling,
        "refunds over the last quarter",
        _words("last past trailing"),
    ),
    Rule(
        rf"{_IN}?(?:the )?(?:ttm|ltm|t12m|l12m)",
        _read_twelve_months,
        "refunds ttm",
        _words("ttm ltm t12m l12m"),
    ),
    Rule(
        rf"{_IN}?(?P<a>{POINT}) (?:onwards?|and after|and later)",
        _read_since,
        "refunds september onwards",
        _words("onward onwards after later"),
    ),
    Rule(
        rf"from (?:the )?(?:start|beginning) of (?:the )?(?P<a>{POINT})",
        _read_since,
        "refunds from the start of march",
        _words("from"),
    ),
    Rule(
        rf"from (?!{EARLIER}|this|current|yesterday|today|the|{WEEKDAY})(?P<a>{POINT})",
        _read_since,
        "refunds from march",
        _words("from"),
    ),
    Rule(
        rf"(?<!day )(?:before|prior to)(?: the)?{_START_OF} (?P<a>{POINT})",
        _read_before,
        "refunds before march",
        _words("before prior"),
    ),
    Rule(
        r"(?:until|till|til|(?:through|thru)(?! (?:19|20)\d\d)|up to and including|up to|up until|(?<!compared )to)(?: the end of)?(?: the)?"
        rf" (?P<a>{POINT})",
        _read_until,
        "refunds until march",
        _words("until till til through thru up to"),
    ),
    Rule(rf"{_IN}?(?P<a>{POINT})", _read_point, "refunds in october"),
)


def fitting(words: Collection[str]) -> Iterator[tuple[re.Pattern[str], Callable[[Parts, Calendar], Period]]]:
    """The patterns that may fit a question of these words, with their readers, in the order in which they are tried."""
    for rule in RULES:
        if rule.may_fit(words):
            yield _compiled(rule.pattern), rule.read


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """The pattern over whole words."""
    return re.compile(rf"(?<![^ ]){pattern}(?![^ ])")
