"""CFONB 120: the statement of French banks, in lines of 120 letters whose fields have fixed places.

The form: Comité français d'organisation et de normalisation bancaires, Relevé de compte sur support informatique (2004). A line
begins with its kind: 01 the old balance, 04 a movement, 05 its words, 07 the new balance. The last letter of an amount holds
its last digit and its sign.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from execops.errors import InvalidInputError
from execops.money import Money, decimals
from execops.sources.bank.bank_entries import Contents, Entry, LeftOut, Problem, Told
from execops.sources.bank.standards.one_account import the_account

_BEGIN = re.compile(rb"\s*01\d{5}.{4}\d{5}[A-Z]{3}\d.[A-Z0-9]{11}..\d{6}")
_PLUS, _MINUS = "{ABCDEFGHI", "}JKLMNOPQR"  # the digits 0 to 9
_PARTY = frozenset({"NPY", "NBE", "NPO", "NBU"})  # who pays and who is paid
_NOBODY = frozenset({"62", "63", "64", "65", "66", "67", "68"})  # the bank's charges and interest


def is_cfonb120(head: bytes) -> bool:
    """Whether the first bytes of a file are the old balance of such a statement."""
    return _BEGIN.match(head) is not None


def read_cfonb120(lines: Sequence[str]) -> Contents:
    """The movements of a file, with the first old and the last new balance. Raises InvalidInputError."""
    entries: list[Entry | Problem | LeftOut] = []
    opening: Told | None = None
    closing: Told | None = None
    accounts: set[str] = set()
    for number, text in enumerate(lines, start=1):
        line = text.rstrip("\r\n").ljust(120)
        kind = line[:2]
        if kind in {"01", "07"}:
            accounts.add(f"{line[2:7]} {line[11:16]} {line[21:32]}")
            balance = _told(line)
            opening = (opening or balance) if kind == "01" else opening
            closing = balance if kind == "07" else closing
        elif kind == "04":
            entries.append(_movement(number, line))
        elif kind == "05" and entries:
            entries[-1] = _with_words(entries[-1], line[45:48].strip(), line[48:118].strip())
    return Contents(
        entries=entries,
        opening=opening,
        closing=(closing,) if closing else (),
        number=the_account(accounts),
    )


def _movement(number: int, line: str) -> Entry | Problem:
    amount, day = _money(line), _day(line[34:40])
    if amount is None or day is None:
        return Problem(number, f"{line[:40].strip()!r} is not a movement of CFONB 120")
    return Entry(line=number, day=day, amount=amount, text=line[48:79].strip(), nobody=line[32:34] in _NOBODY)


def _with_words(entry: Entry | Problem | LeftOut, kind: str, words: str) -> Entry | Problem | LeftOut:
    """The movement with the words of a further line; the name of the other party stands in a kind of its own."""
    if not isinstance(entry, Entry) or not words:
        return entry
    if kind in _PARTY and not entry.payee:
        return replace(entry, payee=words, nobody=False)
    return replace(entry, more=(*entry.more, words))


def _told(line: str) -> Told:
    amount = _money(line)
    if amount is None:
        raise InvalidInputError(
            f"The balance {line[90:104]!r} cannot be read; nothing was imported.", hint="Download it again."
        )
    return Told(amount, _day(line[34:40]))


def _money(line: str) -> Money | None:
    """The amount of a line, in the currency and with the decimals that it names; None where there is none."""
    currency, places, digits, last = line[16:19], line[19], line[90:103], line[103]
    if not (digits.isascii() and digits.isdigit() and places.isdigit() and last in _PLUS + _MINUS):
        return None
    is_minus = last in _MINUS
    value = int(digits + str((_MINUS if is_minus else _PLUS).index(last)))
    shift = decimals(currency) - int(places)
    if shift < 0:
        value, remainder = divmod(value, 10**-shift)
        if remainder:
            return None
    else:
        value *= 10**shift
    return Money(-value if is_minus else value, currency)


def _day(text: str) -> date | None:
    try:
        return date(2000 + int(text[4:6]), int(text[2:4]), int(text[:2]))
    except ValueError:
        return None
