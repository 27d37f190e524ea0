"""Dates as banks write them. Whether 04/03 is in March or in April, the whole file says, or a person."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from zoneinfo import ZoneInfo

from execops.sources.bank.amounts import UnreadableError

_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4})(\d{2})(\d{2})")
_NUMBERS = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ]*(?:de )?([^\W\d_]{3,})\.?[-/, ]*(?:de )?(\d{4}|\d{2})")
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,})\.? +(\d{1,2})(?:st|nd|rd|th)?,? +(\d{4}|\d{2})")
_TIME = re.compile(r"[T ,]+\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp]\.?[Mm]\.?)?$")
_ZONED = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})")
# English, German, French, Spanish; written without accents.
_MONTHS = (
    "january januar janner janvier enero",
    "february februar feber fevrier febrero",
    "march marz maerz mrz mars marzo",
    "april avril abril",
    "may mai mayo",
    "june juni juin junio",
    "july juli juillet julio",
    "august aout agosto",
    "september sept septembre septiembre setiembre",
    "october oktober octobre octubre",
    "november novembre noviembre",
    "december dezember decembre diciembre",
)
_FORMAT_WORDS = (("YYYY", "%Y"), ("YY", "%y"), ("MMM", "%b"), ("MM", "%m"), ("DD", "%d"))
_YEARS = range(1970, 2200)


def order_of(cell: str) -> str | None:
    """What a cell says about the file's order: `dmy`, `mdy`, `?` where it may be either, None for nothing."""
    found = _NUMBERS.fullmatch(_without_time(cell))
    if found is None or found[2] in ". ":
        return None
    first, second = int(found[1]), int(found[3])
    if first == second or not (1 <= first <= 31 and 1 <= second <= 31):
        return None
    if first > 12:
        return "dmy" if second <= 12 else None
    return "mdy" if second > 12 else "?"


def date_format(text: str) -> str:
    """`DD/MM/YYYY`, or a format of strptime, as strptime wants it. Raises UnreadableError."""
    found = text
    if "%" not in found:
        for word, code in _FORMAT_WORDS:
            found = re.sub(word, code, found, flags=re.IGNORECASE)
    sample = datetime(2026, 11, 22, 13, 14, 15)  # noqa: DTZ001
    try:
        # Without a year, strptime takes 1900, and from Python 3.13 on warns of it.
        same = bool(re.search("%[YyGcxD]", found)) and (
            datetime.strptime(sample.strftime(found), found).date() == sample.date()  # noqa: DTZ007
        )
    except ValueError:
        same = False
    if not same:
        raise UnreadableError(f"{text!r} is no date format")
    return found


def read_date(cell: str, order: str | None, zone: ZoneInfo, fmt: str | None = None) -> date:
    """The day in a cell, in the zone where the cell names one. Raises UnreadableError."""
    try:
        found = _formatted(cell, fmt) if fmt else _any(cell.strip(), order, zone)
    except ValueError:
        found = None
    if found is None or found.year not in _YEARS:
        expected = f" of the format {fmt}" if fmt else ""
        raise UnreadableError(f"{cell.strip()[:40]!r} is no date{expected}")
    return found


def _formatted(cell: str, fmt: str) -> date:
    return datetime.strptime(cell.strip(), fmt).date()  # noqa: DTZ007


def _any(cell: str, order: str | None, zone: ZoneInfo) -> date | None:
    if _ZONED.fullmatch(cell):
        return datetime.fromisoformat(cell).astimezone(zone).date()
    cell = _without_time(cell)
    if found := _ISO.fullmatch(cell):
        year, month, day = (found[1], found[3], found[4]) if found[1] else (found[5], found[6], found[7])
        return date(int(year), int(month), int(day))
    if found := _NUMBERS.fullmatch(cell):
        first, second, year = int(found[1]), int(found[3]), _year(found[4])
        if found[2] in ". " or order != "mdy":
            return date(year, second, first)
        return date(year, first, second)
    if found := _DAY_FIRST.fullmatch(cell):
        return date(_year(found[3]), _month(found[2]), int(found[1]))
    if found := _MONTH_FIRST.fullmatch(cell):
        return date(_year(found[3]), _month(found[1]), int(found[2]))
    return None


def _without_time(cell: str) -> str:
    return _TIME.sub("", cell.strip())


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _month(text: str) -> int:
    """The one month that begins so, in any of the languages. Raises ValueError."""
    plain = "".join(
        each for each in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(each)
    )
    found = [
        at
        for at, names in enumerate(_MONTHS, start=1)
        if any(name.startswith(plain) for name in names.split())
    ]
    if len(found) != 1:
        raise ValueError
    return found[0]
