"""Amounts that stand in another unit than that of the currency: in cents, in thousands, or without their decimal mark."""

from __future__ import annotations

import re
from collections.abc import Sequence

from execops.errors import InvalidInputError
from execops.money import Money, decimals
from execops.sources.bank.cells.amounts import decimal_mark
from execops.sources.bank.cells.headers import plain

_MINOR = re.compile(
    r"\b(?:cents?|centimes|centimos|centavos|centesimi|pence|penny|pennies|paise|rappen|ore|oere|grosze|groszy|halere|kopeks?|minor(?: units?)?|smallest (?:currency )?units?)$"
)
_BARE = re.compile(r"[-−(]?\d{3,}[-)]?")
_GROUPED = re.compile(r"\d[., '’\u00a0\u202f]\d{3}[.,]\d{2}\D*$")
_LEAST_MARKED = 2  # amounts
_DIGITS_OF_GROUP = 3
_THOUSANDS = re.compile(
    r"\b(?:in|figures in|amounts in|betrage in|angaben in) (?:thousands?|teur|tchf|tgbp|tusd|t€|k€|keur|kusd|kgbp|kchf|tsd|tausend|millions?|mio|mn)\b"
    r"|\ben (?:milliers|millions|miles|millones)\b|\b(?:in|di) (?:migliaia|milioni)\b|\bin (?:duizenden|miljoenen)\b|\bi (?:tusental|tusen|tusinde)\b|\bw tys\b"
)


def are_minor_units(names: Sequence[str], money: Sequence[str]) -> bool:
    """Whether the names of columns of money say that they hold cents, and no amount has a fraction."""
    return any(_MINOR.search(plain(name)) for name in names) and not any(
        decimal_mark(cell) in {".", ","} for cell in money
    )


def of_minor_units(amount: Money) -> Money:
    """The amount whose cell held cents: `1234` was read as a whole number, and is 12.34."""
    return Money(amount.minor // 10 ** decimals(amount.currency), amount.currency)


def may_have_lost_marks(money: Sequence[str], decimal: str) -> bool:
    """Whether amounts with two decimals stand beside such as have three digits and more, but no mark and no groups."""
    return any(map(_BARE.fullmatch, money)) and any(_has_two_decimals(cell, decimal) for cell in money)


def have_lost_marks(money: Sequence[str], decimal: str) -> bool:
    """Whether all amounts with decimals have groups of thousands, and larger numbers have neither: nobody writes both."""
    marked = [cell for cell in money if decimal in cell]
    bare = [cell for cell in money if _BARE.fullmatch(cell)]
    unmarked = [cell for cell in money if any(map(str.isdigit, cell)) and cell not in marked]
    return (
        len(marked) >= _LEAST_MARKED
        and all(_has_two_decimals(cell, decimal) and _GROUPED.search(cell) for cell in marked)
        and len(bare) == len(unmarked)
        and any(sum(map(str.isdigit, cell)) > _DIGITS_OF_GROUP for cell in bare)
    )


def _has_two_decimals(cell: str, decimal: str) -> bool:
    return cell.rstrip("-) ").rpartition(decimal)[2].isdigit() and len(
        cell.rstrip("-) ").rpartition(decimal)[2]
    ) == len("00")


def require_whole_units(texts: Sequence[str]) -> None:
    """Raise InvalidInputError where a title or a name says that amounts are thousands: what is rounded is no statement."""
    for text in texts:
        if _THOUSANDS.search(text.casefold()) or _THOUSANDS.search(plain(text)):
            raise InvalidInputError(
                f"The amounts are rounded to thousands, as {text.strip()[:60]!r} says; nothing was imported.",
                hint="Export whole amounts.",
            )
