"""Dates as banks write them. The whole file, or a person, decides whether 04/03 is in March or in April."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from execops.sources.bank.cells.amounts import UnreadableError

_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4})(\d{2})(\d{2})(?:[.,]0+)?")
# `01102026`: eight digits with the year behind, where the first four are no year.
_LAST_YEAR = re.compile(r"(?!(?:19|20)\d{2}(?:0\d|1[0-2])(?:[0-2]\d|3[01]))([0-3]\d)([0-3]\d)(20\d{2})")
_NUMBERS = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})")
_DAY_FIRST = re.compile(
    r"(\d{1,2})(?:er|re|º|ª|°|st|nd|rd|th)?[-/. ]*(?:de )?([^\W\d_]{3,})\.?[-/, ]*(?:de )?(\d{4}|\d{2})"
)
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,})\.? +(\d{1,2})(?:st|nd|rd|th)?,? +(\d{4}|\d{2})")
_TIME = re.compile(
    r"[T ,]+\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp]\.?[Mm]\.?)?(?: [A-Z]{2,4}T| [+-]\d{4})?$"
)
_DOT_AND_BLANK = re.compile(r"(?<=\d)\. +(?=\d)")
_WEEKDAY = re.compile(
    r"^(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|mie|jue|vie|sab|dom)[a-z]{0,6}[.,]* +(?=\d{1,4}(?:er|º|st|nd|rd|th)?[-/. ]+\w+[-/. ,]+\d)",
    re.IGNORECASE,
)
# `R8.10.1` and `令和8年10月1日` count the years of Reiwa from 2019; `2026年10月1日` and `2026년 10월 1일` name year, month and day.
_EASTERN = re.compile(
    r"(?P<reiwa>R|令和)?(?P<year>\d{1,4})(?:[./-]|[年년] ?)(?P<month>\d{1,2})(?:[./-]|[月월] ?)(?P<day>\d{1,2})[日일]?"
)
_BEFORE_REIWA = 2018
_BUDDHIST = 543
_IN_UTC = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2}(?:\.\d+)?) ?(?:UTC|GMT)")
_ZONED = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})")
# In the languages of Europe and America, without accents, as far as no beginning means two months.
_MONTHS = (
    "january januar janner janvier enero gennaio janeiro januari ianuarie styczen leden jaanuar ocak",
    "february februar feber fevrier febrero febbraio fevereiro februari februarie luty unor veebruar subat",
    "march marz maerz mrz mars marzo marco maart marts martie marzec brezen",
    "april avril abril aprile aprilie kwiecien duben nisan",
    "may mai mayo maggio maio mei maj majus kveten",
    "june juni juin junio giugno junho iunie junius czerwiec haziran",
    "july juli juillet julio luglio julho iulie julius lipiec temmuz",
    "august aout agosto augustus augusti sierpien srpen agustos",
    "september sept septembre septiembre setiembre settembre setembro septembrie szeptember wrzesien zari eylul",
    "october oktober octobre octubre ottobre outubro octombrie oktoober pazdziernik rijen ekim",
    "november novembre noviembre novembro noiembrie listopad kasim",
    "december dezember decembre diciembre dicembre dezembro decembrie desember detsember grudzien prosinec aralik",
)
_FORMAT_WORDS = (("YYYY", "%Y"), ("YY", "%y"), ("MMM", "%b"), ("MM", "%m"), ("DD", "%d"))
_YEARS = range(1970, 2200)
_UTC = ZoneInfo("UTC")


def is_iso(cell: str) -> bool:
    """Whether a cell is a day as ISO 8601 writes it, with or without a time of zero."""
    return re.fullmatch(r"\d{4}-\d{2}-\d{2}(?:[ T]00:00(?::00)?)?", cell.strip()) is not None


def order_of(cell: str) -> str | None:
    """The order that a cell proves: `dmy` or `mdy`; `?` where it may be either, None where it proves nothing."""
    numbers = _NUMBERS.fullmatch(_without_time(cell))
    if numbers is None or numbers[2] in ". ":
        return None
    first, second = int(numbers[1]), int(numbers[3])
    if first == second or not (1 <= first <= 31 and 1 <= second <= 31):
        return None
    if first > 12:
        return "dmy" if second <= 12 else None
    return "mdy" if second > 12 else "?"


def order_of_all(cells: Sequence[str], today: date | None) -> str | None:
    """The only order in which all these dates are sorted, and none lies after today; None where both orders do, or none."""
    orders = []
    for order in ("dmy", "mdy"):
        try:
            days = [
                read_date(cell, order, _UTC)
                for cell in cells
                if order_of(cell) or _ISO.fullmatch(cell.strip())
            ]
        except UnreadableError:
            continue
        is_sorted = days == sorted(days) or days == sorted(days, reverse=True)
        if is_sorted and not (today and days and max(days) > today):
            orders.append(order)
    return orders[0] if len(orders) == 1 else None


_LONGEST_SPAN = 400  # days that a statement may cover, where the dates leave the order of their numbers open


def is_year_first(cells: Sequence[str], today: date | None) -> bool | None:
    """Whether dates of three pairs of digits begin with the year, `26/03/02`: None where they surely do not, False for a doubt.

    They do where so they are all of a year, and else of many years.
    """
    numbers = [match for cell in cells if (match := _NUMBERS.fullmatch(_without_time(cell))) is not None]
    if not numbers or any(len(match[1]) != 2 or len(match[4]) != 2 or match[2] == " " for match in numbers):
        return None
    days: dict[str, list[date]] = {}
    for order in ("ymd", "dmy", "mdy"):
        try:
            days[order] = [_of_numbers(match, order) for match in numbers]
        except ValueError:
            continue
    of_years = days.pop("ymd", [])
    if not of_years or _span(of_years) > _LONGEST_SPAN or (today is not None and max(of_years) > today):
        return None
    possible = [of_order for of_order in days.values() if today is None or max(of_order) <= today]
    if not any(_span(of_order) <= _LONGEST_SPAN for of_order in possible):
        return True
    is_recent = today is not None and (today - max(of_years)).days <= _LONGEST_SPAN
    latest = max(max(of_order) for of_order in possible if _span(of_order) <= _LONGEST_SPAN)
    return False if is_recent and today is not None and (today - latest).days > 2 * _LONGEST_SPAN else None


def _span(days: Sequence[date]) -> int:
    return (max(days) - min(days)).days


def _of_numbers(match: re.Match[str], order: str | None) -> date:
    """The day of three numbers. Raises ValueError."""
    first, second, last = int(match[1]), int(match[3]), match[4]
    if order == "ymd" and len(match[1]) == len(last) == 2:
        return date(2000 + first, second, int(last))
    year = _year(last)
    return date(year, second, first) if match[2] in ". " or order != "mdy" else date(year, first, second)


def date_format(text: str) -> str:
    """A format such as `DD/MM/YYYY`, or one of strptime, as strptime reads it. Raises UnreadableError."""
    strptime_format = text
    if "%" not in strptime_format:
        for word, code in _FORMAT_WORDS:
            strptime_format = re.sub(word, code, strptime_format, flags=re.IGNORECASE)
    sample = datetime(2026, 11, 22, 13, 14, 15)  # noqa: DTZ001
    try:
        # Without a year, strptime assumes 1900, and from Python 3.13 on it warns.
        reads_back = bool(re.search("%[YyGcxD]", strptime_format)) and (
            datetime.strptime(sample.strftime(strptime_format), strptime_format).date() == sample.date()  # noqa: DTZ007
        )
    except ValueError:
        reads_back = False
    if not reads_back:
        raise UnreadableError(f"{text!r} is not a date format")
    return strptime_format


@lru_cache(maxsize=20_000)
def is_date(cell: str) -> bool:
    """Whether a cell may be a date, in any order of day and month."""
    for order in ("dmy", "mdy"):
        try:
            return isinstance(read_date(cell, order, _UTC), date)
        except UnreadableError:
            continue
    return False


def read_date(cell: str, order: str | None, zone: ZoneInfo, fmt: str | None = None) -> date:
    """The day in a cell. A time in UTC is converted to `zone` first; one in another zone has the day of its bank.

    Raises UnreadableError.
    """
    try:
        day = _formatted(cell, fmt) if fmt else _any(cell.strip(), order, zone)
    except ValueError:
        day = None
    if day is None or day.year not in _YEARS:
        expected = f" of the format {fmt}" if fmt else ""
        raise UnreadableError(f"{cell.strip()[:40]!r} is not a date{expected}")
    return day


def any_day(cell: str) -> date | None:
    """The day in a cell, day before month where both orders fit; None where the cell holds no day."""
    for order in ("dmy", "mdy"):
        try:
            return read_date(cell, order, _UTC)
        except UnreadableError:
            continue
    return None


def _formatted(cell: str, fmt: str) -> date:
    return datetime.strptime(cell.strip(), fmt).date()  # noqa: DTZ007


def _any(cell: str, order: str | None, zone: ZoneInfo) -> date | None:
    if in_utc := _IN_UTC.fullmatch(cell):
        cell = f"{in_utc[1]} {in_utc[2]}+00:00"
    if _ZONED.fullmatch(cell):
        moment = datetime.fromisoformat(cell)
        return (moment if moment.utcoffset() else moment.astimezone(zone)).date()
    cell = _without_time(cell)
    if iso := _ISO.fullmatch(cell):
        year, month, day = (iso[1], iso[3], iso[4]) if iso[1] else (iso[5], iso[6], iso[7])
        return date(_year(year), int(month), int(day))
    if numbers := _NUMBERS.fullmatch(cell):
        return _of_numbers(numbers, order)
    if (match := _EASTERN.fullmatch(cell)) and (match["reiwa"] or "年" in cell or "년" in cell):
        year_of_era = int(match["year"]) + (_BEFORE_REIWA if match["reiwa"] else 0)
        return date(year_of_era, int(match["month"]), int(match["day"]))
    if match := _DAY_FIRST.fullmatch(cell):
        return date(_year(match[3]), _month(match[2]), int(match[1]))
    if match := _MONTH_FIRST.fullmatch(cell):
        return date(_year(match[3]), _month(match[1]), int(match[2]))
    return None


def _without_time(cell: str) -> str:
    """The day alone, also of `31. 3. 2026`, `2026.03.31.` and `Mon 02 Mar 2026`."""
    day = _DOT_AND_BLANK.sub(".", _TIME.sub("", cell.strip()))
    if (digits := _LAST_YEAR.fullmatch(day)) is not None:
        return "/".join(digits.groups())
    return _WEEKDAY.sub("", day.removesuffix(".") if day[-2:-1].isdigit() else day)


def _year(text: str) -> int:
    """The year of four or two digits; banks of Thailand count years from the Buddha, 2569 is 2026."""
    year = int(text) if len(text) == 4 else 2000 + int(text)
    return year - _BUDDHIST if year - _BUDDHIST in _YEARS and year not in _YEARS else year


def names_month(word: str) -> bool:
    """Whether a word is the name of one month in some language, or its beginning of three letters at the least."""
    try:
        return len(word) >= len("mar") and _month(word) > 0
    except ValueError:
        return False


def _month(text: str) -> int:
    """The number of the only month whose name begins so in any of the languages. Raises ValueError."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(letter)
    )
    months = [
        at
        for at, names in enumerate(_MONTHS, start=1)
        if any(name.startswith(plain) for name in names.split())
    ]
    if len(months) != 1:
        raise ValueError
    return months[0]
