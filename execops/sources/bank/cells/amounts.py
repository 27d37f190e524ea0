"""Amounts as banks write them: decimal point or comma, groups of thousands, every way to write minus.

One cell cannot tell whether `1,234` is a thousand or a bit more than one. The whole file decides it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from execops.money import Money, decimals, money

_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "’": "'", "−": "-", "–": "-"})
_AMOUNT = re.compile(
    r"""(?P<open>\()?\s*(?P<before>[-+])?\s*
    (?P<unit>[A-Z]{0,2}[$€£¥₹₺₩₽₪₴₫₱₦฿₸₾₡₵৳]|[A-Z]{3}|Rs\.?|Rp\.?|RM|S/\.?|kr\.?|zł|Kč|TL|Ft)?\s*(?P<open_behind>\()?\s*(?P<between>[-+])?\s*
    (?P<digits>[0-9][0-9.,' ]*|[.,][0-9]+)\s*
    (?P<close_before>\))?\s*(?P<after>[-+])?\s*(?P<unit_after>[$€£¥₹₺₩₽₪₴₫₱₦฿₸₾₡₵৳]|[A-Z]{3}|kr\.?|zł|Kč|TL|Ft
    |ש["״'׳]{1,2}ח|руб\.?|р\.|грн\.?|лв\.?|元|円|원|บาท)?\s*(?P<last>[-+])?\s*
    (?:(?P<side>CREDIT|DEBIT|HABEN|SOLL|CR|DR|DB|WN|MA|C|D|H|S|Π|Χ|(?<=[.,]\d\d)K|(?<=[.,]\d\d[ ])K)\.?)?\s*(?P<close>\))?""",
    re.VERBOSE | re.IGNORECASE,
)
_SYMBOLS = {
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "₺": "TRY",
    "₩": "KRW",
    "₽": "RUB",
    "₪": "ILS",
    "₴": "UAH",
    "₫": "VND",
    "₱": "PHP",
    "₦": "NGN",
    "฿": "THB",
    "₸": "KZT",
    "₾": "GEL",
    "₡": "CRC",
    "₵": "GHS",
    "৳": "BDT",
}  # several currencies share $ and ¥
_LOCAL = {
    "zł": "PLN",
    "kč": "CZK",
    "ft": "HUF",
    "tl": "TRY",
    "rp": "IDR",
    "rm": "MYR",
    "s/": "PEN",
    "lei": "RON",
    "руб": "RUB",
    "р": "RUB",
    "грн": "UAH",
    "лв": "BGN",
    "円": "JPY",
    "원": "KRW",
    "บาท": "THB",
}  # as their own country writes them
_WHOLE = {  # by decimal mark: digits alone, in groups of three, or in groups of two as in India
    mark: re.compile(
        rf"[0-9]*|[0-9]{{1,3}}([{thousands}' ])[0-9]{{3}}(?:\1[0-9]{{3}})*|[0-9]{{1,2}}(?:,[0-9]{{2}})+,[0-9]{{3}}"
    )
    for mark, thousands in ((".", ","), (",", "."))
}
_DEBIT_SIDES = {"DR", "DB", "D", "S", "Χ", "DEBIT", "SOLL", "WN"}
_BEHIND = re.compile(r"(?<=\d)\s*[^\W\d_]+\.?\s*$")  # `45.00 Dr.`, `45,00 руб.`
_BEFORE = re.compile(r"^\W*[^\W\d_]{1,3}\. ?(?=\d)")  # `Rs. 45.00`
_NO_DIGIT = re.compile("[^0-9]")
_LONGEST = 60  # characters
# A program's own way to write a round number: `1.0e5`. A spreadsheet's `1.2E+05` may have lost digits, and is no amount.
_EXPONENT = re.compile(r"(-?\d(?:\.\d+)?)e(\d)")


class UnreadableError(ValueError):
    """A cell cannot be read as its column requires. The message is for the person who imports the file."""


def decimal_mark(cell: str) -> str | None:
    """The decimal mark that a cell proves: `.` or `,`; None where it proves nothing.

    `?.` and `?,` stand for a mark before three digits, which may also group thousands.
    """
    body = "".join(
        character
        for character in _BEFORE.sub("", _BEHIND.sub("", cell.translate(_SPACES)))
        if character in "0123456789., '"
    ).strip()
    marks = [character for character in body if character in ".,"]
    if not marks or not any(character.isdigit() for character in body):
        return None
    last = marks[-1]
    second = "," if last == "." else "."
    if len(set(marks)) == 2:
        return last if marks.count(last) == 1 else None
    if len(marks) > 1:
        return second  # 1.234.567: groups of thousands
    before, after = body.split(last)
    grouped = any(character in before.strip() for character in " '")
    if len(after) == 3 and 1 <= len(before) <= 3 and before != "0" and not grouped:
        return f"?{last}"
    return last


def is_padded(cells: Iterable[str], decimal: str) -> bool:
    """Whether every amount of a file has three decimals, the last one 0: the bank pads them."""
    fractions = [
        fraction
        for cell in cells
        if (fraction := "".join(filter(str.isdigit, cell.rpartition(decimal)[2]))) and decimal in cell
    ]
    return bool(fractions) and all(len(fraction) == 3 and fraction[-1] == "0" for fraction in fractions)


def looks_like_amount(cell: str) -> bool:
    """Whether a cell may be an amount, whatever its decimal mark and its currency."""
    return len(cell) <= _LONGEST and _AMOUNT.fullmatch(cell.translate(_SPACES).strip()) is not None


def read_amount(cell: str, currency: str, decimal: str, *, padded: bool = False) -> Money:
    """The amount in a cell of this currency, where `decimal` is the decimal mark. Raises UnreadableError.

    `padded` says that the file writes more decimals than its currency has, so that `45.000` is no group of thousands.
    """
    if (power := _EXPONENT.fullmatch(cell.strip())) is not None:
        cell = _written_out(Decimal(power[1]).scaleb(int(power[2])), currency).replace(".", decimal)
    parts = _AMOUNT.fullmatch(cell.translate(_SPACES).strip()) if len(cell) <= _LONGEST else None
    if parts is None or not _is_closed(parts):
        raise UnreadableError(f"{_shown(cell)} is not an amount")
    for unit in (parts["unit"], parts["unit_after"]):
        _check_unit(cell, unit, currency)
    signs = [sign for sign in (parts["before"], parts["between"], parts["after"], parts["last"]) if sign]
    signs += ["-"] if parts["open"] or parts["open_behind"] else []
    side = (parts["side"] or "").upper()
    signs += [("-" if side in _DEBIT_SIDES else "+")] if side else []
    if len(signs) > 1:
        raise UnreadableError(f"{_shown(cell)} has more than one sign")
    minor = _minor(cell, parts["digits"].strip(), currency, decimal, padded=padded)
    amount = money(-minor if signs == ["-"] else minor, currency)
    if amount is None:
        raise UnreadableError(f"{_shown(cell)} is beyond what can be booked")
    return amount


def _written_out(amount: Decimal, currency: str) -> str:
    """The amount without an exponent, with as many decimals as its currency has, or more where it has more."""
    places = max(decimals(currency), -int(amount.normalize().as_tuple().exponent))
    return f"{amount:.{places}f}"


def _is_closed(parts: re.Match[str]) -> bool:
    """Whether brackets stand in pairs: `(12.50)`, `$(12.50)`, `(12.50) €`, but not `((12.50))`."""
    opened = [name for name in ("open", "open_behind") if parts[name]]
    closed = [name for name in ("close_before", "close") if parts[name]]
    return len(opened) == len(closed) <= 1


def _check_unit(cell: str, unit: str | None, currency: str) -> None:
    if unit is None:
        return
    code = unit.upper() if len(unit) == 3 and unit.isalpha() else _SYMBOLS.get(unit[-1])
    code = _LOCAL.get(unit.casefold().rstrip("."), "ILS" if unit[0] == "ש" else code)
    if code is not None and code != currency:
        raise UnreadableError(f"{_shown(cell)} is not in {currency}")


def _minor(cell: str, digits: str, currency: str, decimal: str, *, padded: bool) -> int:
    whole_part, _, fraction = digits.rpartition(decimal) if decimal in digits else (digits, "", "")
    if not fraction.isdigit() and fraction:
        raise UnreadableError(f"{_shown(cell)} is not an amount where {decimal!r} is the decimal mark")
    grouping = _WHOLE[decimal].fullmatch(whole_part)
    if grouping is None or (whole_part.count(decimal) and decimal == ","):
        raise UnreadableError(f"{_shown(cell)} is not an amount where {decimal!r} is the decimal mark")
    places = decimals(currency)
    if len(fraction.rstrip("0")) > places or (len(fraction) == 3 and places < 3 and not padded):
        raise UnreadableError(f"{_shown(cell)} has more decimals than {currency}")
    integer = _NO_DIGIT.sub("", whole_part) or "0"
    return int(integer + fraction.rstrip("0").ljust(places, "0"))


def _shown(cell: str) -> str:
    return repr(cell.strip()[:40])


def read_number(text: str, currency: str) -> Money:
    """A number of a format that knows one decimal mark and no groups: `1234.56`, `-1234,5`. Raises UnreadableError."""
    bare = text.strip().replace(",", ".")
    if bare.count(".") > 1 or not re.fullmatch(r"[+-]?[0-9]*\.?[0-9]*", bare):
        raise UnreadableError(f"{_shown(text)} is not an amount")
    return read_amount(bare, currency, ".", padded=True)


def negative(amount: Money) -> Money:
    """The amount with its sign turned."""
    return Money(-amount.minor, amount.currency)
