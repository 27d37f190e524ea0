"""GPC, also called ABO: the statement of Czech and Slovak banks, in lines of 128 letters whose fields have fixed places.

The form: ABO, Komerční banka and Česká spořitelna, "Formát GPC". A line begins with its kind: 074 the account with both balances, 075 a
movement, 076 more of it, 078 and 079 its words. Amounts are in hundredths. A correction turns the side of what it corrects.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from execops.money import Money
from execops.sources.bank.bank_entries import Contents, Entry, LeftOut, Problem, Told
from execops.sources.bank.cells import currencies
from execops.sources.bank.standards.one_account import the_account

_BEGIN = re.compile(rb"\s*074\d{16}[^\r\n]{20,40}?\d{6}\d{14}[+-]\d{14}[+-]")
_ACCOUNT = re.compile(
    r"074(?P<account>\d{16})(?P<holder>.{20})(?P<first>\d{6})(?P<opening>\d{14})(?P<opening_sign>[+-])"
    r"(?P<closing>\d{14})(?P<closing_sign>[+-]).{30}(?P<number>\d{3})(?P<last>\d{6})"
)
_MOVEMENT = re.compile(
    r"075\d{16}(?P<other>\d{16}).{13}(?P<amount>\d{12})(?P<side>[1245]).{10}.{10}.{10}(?P<value>\d{6})(?P<party>.{20})"
    r".(?P<currency>.{4})(?P<day>\d{6})"
)
_SIGNS = {"1": -1, "2": 1, "4": 1, "5": -1}  # debit, credit, and a correction of each
_WORDS = ("078", "079")
_CENTURY = 2000


def is_gpc(head: bytes) -> bool:
    """Whether the first bytes of a file are the account of such a statement."""
    return _BEGIN.match(head) is not None


def encoding_of(data: bytes) -> str:
    """The encoding of the file: UTF-8 where it is, else cp1250 as banks write it."""
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "cp1250"
    return "utf-8-sig"


def read_gpc(lines: Sequence[str], currency: str) -> Contents:
    """The movements of a file, with the first opening and the last closing balance. Raises InvalidInputError.

    A statement whose movements do not tell their currency has `currency`.
    """
    codes = {currencies.of_number(match["currency"]) for line in lines if (match := _MOVEMENT.match(line))}
    code = next(iter(codes)) if len(codes) == 1 else None
    entries: list[Entry | Problem | LeftOut] = []
    words: list[list[str]] = []
    statements: list[re.Match[str]] = []
    for number, text in enumerate(lines, start=1):
        line = text.rstrip("\r\n")
        if (account := _ACCOUNT.match(line)) is not None:
            statements.append(account)
        elif line.startswith("075"):
            entries.append(_movement(number, line, code or currency))
            words.append([])
        elif line.startswith(_WORDS) and words:
            words[-1].append(line[3:].strip())
    the_account({match["account"] for match in statements})
    return Contents(
        entries=[_with_words(entry, parts) for entry, parts in zip(entries, words, strict=True)],
        opening=_balance(statements[0], "opening", "first", code or currency) if statements else None,
        closing=tuple(_balance(match, "closing", "last", code or currency) for match in statements[-1:]),
        number=statements[0]["account"] if statements else None,
    )


def _movement(number: int, line: str, code: str) -> Entry | Problem:
    match = _MOVEMENT.match(line)
    day = (_day(match["day"]) or _day(match["value"])) if match else None
    if match is None or day is None:
        return Problem(number, f"{line[:40]!r} is not a movement of GPC")
    return Entry(
        line=number,
        day=day,
        amount=Money(_SIGNS[match["side"]] * int(match["amount"]), code),
        payee=match["party"].strip(),
    )


def _with_words(entry: Entry | Problem | LeftOut, parts: Sequence[str]) -> Entry | Problem | LeftOut:
    return replace(entry, text=" ".join(filter(None, parts))) if isinstance(entry, Entry) else entry


def _balance(match: re.Match[str], balance: str, day: str, code: str) -> Told:
    minor = int(match[balance]) * (-1 if match[f"{balance}_sign"] == "-" else 1)
    return Told(Money(minor, code), _day(match[day]))


def _day(text: str) -> date | None:
    try:
        return date(_CENTURY + int(text[4:6]), int(text[2:4]), int(text[:2]))
    except ValueError:
        return None
