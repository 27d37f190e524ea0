"""CODA: the statement of Belgian banks, in lines of 128 letters whose fields have fixed places.

The form: Febelfin, Coded statement of account (CODA), version 2.6. A line begins with its kind: 0 the file, 1 the old balance, 21 a
movement, 22 and 23 its communication and its other party, 31 to 33 further words, 8 the new balance, 9 the end. A movement
whose detail number is not 0000 is a part of the one before it, and moves nothing besides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from execops.money import Money, decimals
from execops.sources.bank.bank_entries import Contents, Entry, LeftOut, Problem, Told
from execops.sources.bank.standards.one_account import the_account

_BEGIN = re.compile(rb"\s*0000[0 ]\d{6}\d{3}05")
_PLACES = 3  # decimals of every amount
_WHOLE = "0000"  # the detail number of a movement that is no part
_FAMILY_OF_COSTS = "35"  # closing of the account: its costs and interest
_NOBODY_CATEGORIES = frozenset({"006", "011", "013"})  # costs and interest of the bank


def is_coda(head: bytes) -> bool:
    """Whether the first bytes of a file are the header of such a statement."""
    return _BEGIN.match(head) is not None


def read_coda(lines: Sequence[str]) -> Contents:
    """The movements of all statements of a file, with the first old and the last new balance. Raises InvalidInputError."""
    entries: list[Entry | Problem | LeftOut] = []
    opening: Told | None = None
    closing: Told | None = None
    accounts: set[str] = set()
    currency, is_part = "EUR", False
    for number, text in enumerate(lines, start=1):
        line = text.rstrip("\r\n").ljust(128)
        kind = line[:2]
        if kind[0] == "1":
            account, currency = _account(line)
            accounts.add(account)
            opening = opening or _told(line[42], line[43:58], line[58:64], currency)
        elif kind == "21":
            is_part = line[6:10] != _WHOLE
            entries.append(LeftOut(number, "part of a sum") if is_part else _movement(number, line, currency))
        elif kind in {"22", "23", "31", "32", "33"} and entries and not is_part:
            entries[-1] = _with_words(entries[-1], kind, line)
        elif kind[0] == "8":
            closing = _told(line[41], line[42:57], line[57:63], currency) or closing
    return Contents(
        entries=entries,
        opening=opening,
        closing=(closing,) if closing else (),
        number=the_account(accounts),
    )


def _account(line: str) -> tuple[str, str]:
    """The number and the currency of the account in the line of the old balance, by its structure."""
    if line[1] == "0":  # a Belgian number of twelve digits
        return line[5:17].strip(), line[18:21]
    return line[5:39].strip(), line[39:42]


def _movement(number: int, line: str, currency: str) -> Entry | Problem:
    amount = _money(line[31], line[32:47], currency)
    day = _day(line[115:121]) or _day(line[47:53])
    if amount is None or day is None:
        return Problem(number, f"{line[:40].strip()!r} is not a movement of CODA")
    words = line[62:115].strip() if line[61] != "1" else line[65:115].strip()
    is_of_bank = line[54:56] == _FAMILY_OF_COSTS or line[58:61] in _NOBODY_CATEGORIES
    return Entry(line=number, day=day, amount=amount, text=words, nobody=is_of_bank)


def _with_words(entry: Entry | Problem | LeftOut, kind: str, line: str) -> Entry | Problem | LeftOut:
    """The movement with the words of a further line: its other party, or what its communication goes on to say."""
    if not isinstance(entry, Entry):
        return entry
    if kind == "23":
        further = line[82:125].strip()
        return replace(
            entry, payee=line[47:82].strip(), more=(*entry.more, further) if further else entry.more
        )
    places = {"22": (10, 63), "31": (40, 113), "32": (10, 115), "33": (10, 100)}[kind]
    words = line[slice(*places)].strip()
    if kind == "22":
        return replace(entry, text=f"{entry.text} {words}".strip())
    return replace(entry, more=(*entry.more, words)) if words else entry


def _told(side: str, digits: str, day: str, currency: str) -> Told | None:
    amount = _money(side, digits, currency)
    return Told(amount, _day(day)) if amount is not None else None


def _money(side: str, digits: str, currency: str) -> Money | None:
    """The amount of digits with three decimals; `1` says that it is a debit. None where these are no digits."""
    if not digits.isascii() or not digits.isdigit() or side not in {"0", "1"}:
        return None
    minor, remainder = divmod(int(digits), 10 ** (_PLACES - decimals(currency)))
    return None if remainder else Money(-minor if side == "1" else minor, currency)


def _day(text: str) -> date | None:
    try:
        return date(2000 + int(text[4:6]), int(text[2:4]), int(text[:2]))
    except ValueError:
        return None
