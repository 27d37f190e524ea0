"""Amounts as banks write them: decimal point or comma, groups of thousands, every way to say minus.

Nothing is guessed from one cell: whether `1,234` is a thousand or a bit more than one, the whole file says.
"""

from __future__ import annotations

import re

from execops.money import Money, decimals, money

_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "’": "'", "−": "-", "–": "-"})
_AMOUNT = re.compile(
    r"""(?P<open>\()?\s*(?P<before>[-+])?\s*
    (?P<unit>[A-Z]{0,2}[$€£¥₹]|[A-Z]{3})?\s*(?P<between>[-+])?\s*
    (?P<digits>[0-9][0-9.,' ]*|[.,][0-9]+)\s*
    (?P<after>[-+])?\s*(?P<unit_after>[$€£¥₹]|[A-Z]{3})?\s*(?P<last>[-+])?\s*
    (?P<side>CR|DR|C|D|H|S)?\s*(?P<close>\))?""",
    re.VERBOSE | re.IGNORECASE,
)
_SYMBOLS = {"€": "EUR", "£": "GBP", "₹": "INR"}  # $ and ¥ are of several currencies
_WHOLE = {  # by decimal mark: digits, groups of three, or of two as in India
    mark: re.compile(
        rf"[0-9]*|[0-9]{{1,3}}([{thousands}' ])[0-9]{{3}}(?:\1[0-9]{{3}})*|[0-9]{{1,2}}(?:,[0-9]{{2}})+,[0-9]{{3}}"
    )
    for mark, thousands in ((".", ","), (",", "."))
}
_DEBIT_SIDES = {"DR", "D", "S"}
_NO_DIGIT = re.compile("[^0-9]")
_LONGEST = 60  # characters


class UnreadableError(ValueError):
    """A cell that does not say what its column should: the message is for the person who wrote it."""


def decimal_mark(cell: str) -> str | None:
    """What a cell says about the file's decimal mark: `.`, `,`, `?` where it may be either, None for nothing."""
    body = "".join(each for each in cell.translate(_SPACES) if each in "0123456789., '").strip()
    marks = [each for each in body if each in ".,"]
    if not marks or not any(each.isdigit() for each in body):
        return None
    last = marks[-1]
    other = "," if last == "." else "."
    if len(set(marks)) == 2:
        return last if marks.count(last) == 1 else None
    if len(marks) > 1:
        return other  # 1.234.567: groups of thousands
    before, after = body.split(last)
    grouped = any(each in before.strip() for each in " '")
    if len(after) == 3 and 1 <= len(before) <= 3 and before != "0" and not grouped:
        return "?"
    return last


def read_amount(cell: str, currency: str, decimal: str) -> Money:
    """The amount in a cell. Raises UnreadableError."""
    found = _AMOUNT.fullmatch(cell.translate(_SPACES).strip()) if len(cell) <= _LONGEST else None
    if found is None or (found["open"] is None) != (found["close"] is None):
        raise UnreadableError(f"{_shown(cell)} is no amount")
    for unit in (found["unit"], found["unit_after"]):
        _check_unit(cell, unit, currency)
    signs = [each for each in (found["before"], found["between"], found["after"], found["last"]) if each]
    signs += ["-"] if found["open"] else []
    side = (found["side"] or "").upper()
    signs += [("-" if side in _DEBIT_SIDES else "+")] if side else []
    if len(signs) > 1:
        raise UnreadableError(f"{_shown(cell)} has more than one sign")
    minor = _minor(cell, found["digits"].strip(), currency, decimal)
    amount = money(-minor if signs == ["-"] else minor, currency)
    if amount is None:
        raise UnreadableError(f"{_shown(cell)} is beyond what can be booked")
    return amount


def _check_unit(cell: str, unit: str | None, currency: str) -> None:
    if unit is None:
        return
    code = unit.upper() if len(unit) == 3 and unit.isalpha() else _SYMBOLS.get(unit[-1])
    if code is not None and code != currency:
        raise UnreadableError(f"{_shown(cell)} is not in {currency}")


def _minor(cell: str, digits: str, currency: str, decimal: str) -> int:
    whole, _, fraction = digits.rpartition(decimal) if decimal in digits else (digits, "", "")
    if not fraction.isdigit() and fraction:
        raise UnreadableError(f"{_shown(cell)} is no amount where {decimal!r} is the decimal mark")
    plain = _WHOLE[decimal].fullmatch(whole)
    if plain is None or (whole.count(decimal) and decimal == ","):
        raise UnreadableError(f"{_shown(cell)} is no amount where {decimal!r} is the decimal mark")
    places = decimals(currency)
    if len(fraction.rstrip("0")) > places or (len(fraction) == 3 and places < 3):
        raise UnreadableError(f"{_shown(cell)} has more decimals than {currency}")
    integer = _NO_DIGIT.sub("", whole) or "0"
    return int(integer + fraction.rstrip("0").ljust(places, "0"))


def _shown(cell: str) -> str:
    return repr(cell.strip()[:40])
