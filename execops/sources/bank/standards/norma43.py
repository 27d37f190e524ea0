"""Norma 43: the statement of Spanish banks, in lines of 80 letters whose fields have fixed places.

The form: Cuaderno 43 of the Asociación Española de Banca. A line begins with its kind: 11 the account and its opening balance, 22 a
movement, 23 its words, 24 its amount in another currency, 33 the closing balance, 88 the end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from execops.errors import InvalidInputError
from execops.money import Money
from execops.sources.bank.bank_entries import Contents, Entry, LeftOut, Problem, Told
from execops.sources.bank.cells import currencies
from execops.sources.bank.standards.one_account import the_account

_BEGIN = re.compile(rb"\s*11\d{18}\d{12}[12]\d{14}\d{3}")
_ACCOUNT = re.compile(
    r"11(?P<account>\d{18})(?P<first>\d{6})(?P<last>\d{6})(?P<side>[12])(?P<balance>\d{14})(?P<currency>\d{3})"
)
_MOVEMENT = re.compile(
    r"22.{4}.{4}(?P<day>\d{6})(?P<value>\d{6})(?P<concept>\d{2})(?P<own>.{3})(?P<side>[12])(?P<amount>\d{14})(?P<document>.{0,10})"
)
_CLOSING = re.compile(r"33\d{18}\d{5}\d{14}\d{5}\d{14}(?P<side>[12])(?P<balance>\d{14})(?P<currency>\d{3})")
_WORDS = re.compile(r"23\d\d(?P<first>.{0,38})(?P<second>.{0,38})")
_DEBIT = "1"
# The numbers of ISO 4217 in which Spanish banks keep accounts.
_NOBODY = frozenset({"11", "17"})  # cash, and the bank's own charges and interest
_LABELS = {"15": "nomina", "12": "tarjeta", "03": "recibo", "05": "prestamo"}  # by the common concept


def is_norma43(head: bytes) -> bool:
    """Whether the first bytes of a file are the account of such a statement."""
    return _BEGIN.match(head) is not None


def read_norma43(lines: Sequence[str]) -> Contents:
    """The movements of a file, with the first opening and the last closing balance. Raises InvalidInputError."""
    entries: list[Entry | Problem | LeftOut] = []
    opening: Told | None = None
    closing: Told | None = None
    accounts: set[str] = set()
    currency, last = "EUR", None
    words: list[list[str]] = []
    for number, text in enumerate(lines, start=1):
        line = text.rstrip("\r\n")
        if (account := _ACCOUNT.match(line)) is not None:
            accounts.add(account["account"])
            currency = _code(account["currency"])
            last = _day(account["last"])
            opening = opening or Told(
                _money(account["side"], account["balance"], currency), _day(account["first"])
            )
        elif line.startswith("22"):
            words.append([])
            entries.append(_movement(number, line, currency))
        elif (match := _WORDS.match(line)) is not None and words:
            words[-1] += [part for side in ("first", "second") if (part := match[side].strip())]
        elif (end := _CLOSING.match(line)) is not None:
            closing = Told(_money(end["side"], end["balance"], _code(end["currency"])), last)
    the_account(accounts)
    return Contents(
        entries=[_with_words(entry, parts) for entry, parts in zip(entries, words, strict=True)],
        opening=opening,
        closing=(closing,) if closing else (),
    )


def _movement(number: int, line: str, currency: str) -> Entry | Problem:
    match = _MOVEMENT.match(line)
    day = _day(match["day"]) if match else None
    if match is None or day is None:
        return Problem(number, f"{line[:40]!r} is not a movement of Norma 43")
    label = _LABELS.get(match["concept"], "")
    return Entry(
        line=number,
        day=day,
        amount=_money(match["side"], match["amount"], currency),
        labels=(label,) if label else (),
        nobody=match["concept"] in _NOBODY,
    )


def _with_words(entry: Entry | Problem | LeftOut, parts: Sequence[str]) -> Entry | Problem | LeftOut:
    """The movement with its words: the first ones say how the money moved, the others name the party and the purpose."""
    if not isinstance(entry, Entry) or not parts:
        return entry
    kind, *others = parts
    return Entry(
        line=entry.line,
        day=entry.day,
        amount=entry.amount,
        text=others[0] if others else kind,
        more=tuple(others[1:]),
        labels=(*entry.labels, kind) if others else entry.labels,
        nobody=entry.nobody,
    )


def _money(side: str, digits: str, currency: str) -> Money:
    minor = int(digits)  # the form has two decimals, and so have these currencies
    return Money(-minor if side == _DEBIT else minor, currency)


def _code(number: str) -> str:
    if (code := currencies.of_number(number)) is None:
        raise InvalidInputError(f"{number!r} is not a currency that can be read; nothing was imported.")
    return code


def _day(text: str) -> date | None:
    try:
        return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:6]))
    except ValueError:
        return None
