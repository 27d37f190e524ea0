"""BAI2: the report of American banks for treasuries, in records whose fields are parted by commas.

The form: BAI, Cash Management Balance Reporting Specifications, version 2. A record begins with its kind: 01 the file, 02 a day, 03 an
account with its balances, 16 a movement, 88 goes on with the record above, 49, 98 and 99 end them. Codes of movements tell the
way: 100 to 399 come in and 400 to 699 leave, as 920 to 959 and 960 to 999 of the bank's own do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from execops.errors import InvalidInputError
from execops.money import Money
from execops.sources.bank.bank_entries import Contents, Entry, LeftOut, Problem, Told
from execops.sources.bank.cells.currencies import is_code
from execops.sources.bank.standards.one_account import the_account

_BEGIN = re.compile(rb"\s*01,[^,\r\n]*,[^,\r\n]*,\d{6},\d{0,4},")
_OPENING, _CLOSING = "010", "015"
_CREDITS = (range(100, 400), range(920, 960))
_DEBITS = (range(400, 700), range(960, 1000))
_SENT = frozenset({"", "1"})  # the status of a day that is neither taken back, nor corrected, nor a test
_NOBODY = frozenset(
    {"354", "475", "395", "661", "662", "663", "698", "699"}
)  # interest, cheques, the bank's fees
_NO_MONEY = "890"


def is_bai2(head: bytes) -> bool:
    """Whether the first bytes of a file are the header of such a report."""
    return _BEGIN.match(head) is not None


def read_bai2(lines: Sequence[str], currency: str) -> Contents:
    """The movements of a file in `currency`, if it names none; with the first opening and the last closing balance.

    Raises InvalidInputError.
    """
    entries: list[Entry | Problem | LeftOut] = []
    openings: list[Told] = []
    closings: list[Told] = []
    accounts: set[str] = set()
    day: date | None = None
    of_group = of_account = currency
    for number, kind, text in _records(lines):
        fields = text.split(",")
        if kind == "02":
            if _field(fields, 2) not in _SENT:
                raise InvalidInputError(
                    "The file corrects or deletes an earlier report; nothing was imported.",
                    hint="Download a report of the whole period.",
                )
            day, of_group = _day(_field(fields, 3)), _code(_field(fields, 5), currency)
        elif kind == "03":
            accounts.add(_field(fields, 0))
            of_account = _code(_field(fields, 1), of_group)
            balances = _balances(fields[2:], of_account, day)
            openings += [balances[_OPENING]] if _OPENING in balances else []
            closings += [balances[_CLOSING]] if _CLOSING in balances else []
        elif kind == "16":
            entries.append(_movement(number, text, of_account, day))
    return Contents(
        entries=entries,
        opening=min(openings, key=_of_day, default=None),
        closing=(max(closings, key=_of_day),) if closings else (),
        number=the_account(accounts),
    )


def _records(lines: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """Each record: its line, its kind and its fields, with the lines that go on with it."""
    current: tuple[int, str, str] | None = None
    for number, line in enumerate(lines, start=1):
        kind, _, text = line.strip().partition(",")
        text = text.removesuffix("/")
        if kind == "88" and current is not None:
            has_words = current[1] == "16" and len(fields := current[2].split(",")) > _begin_of_words(fields)
            current = (current[0], current[1], f"{current[2]}{' ' if has_words else ','}{text}")
        elif kind:
            if current is not None:
                yield current
            current = (number, kind, text)
    if current is not None:
        yield current


def _balances(fields: Sequence[str], currency: str, day: date | None) -> dict[str, Told]:
    """The balances of an account by their codes. Each has an amount, a count of items, and a kind of funds with fields of its own."""
    balances: dict[str, Told] = {}
    at = 0
    while at + 1 < len(fields):
        code, amount = fields[at].strip(), fields[at + 1].strip()
        if code and (minor := _minor(amount)) is not None:
            balances[code] = Told(Money(minor, currency), day)
        at += 3
        at += 1 + _of_funds(fields, at)
    return balances


def _of_funds(fields: Sequence[str], at: int) -> int:
    """How many fields follow a kind of funds: amounts by day of availability, or a day and a time."""
    kind = _field(fields, at).upper()
    if kind == "S":
        return 3
    if kind == "V":
        return 2
    if kind == "D":
        count = _field(fields, at + 1)
        return 1 + 2 * int(count) if count.isdigit() else 1
    return 0


def _movement(number: int, text: str, currency: str, day: date | None) -> Entry | Problem | LeftOut:
    fields = text.split(",")
    code, minor = _field(fields, 0), _minor(_field(fields, 1))
    if code == _NO_MONEY:
        return LeftOut(number, "no movement")
    if not code.isdigit() or day is None or minor is None:
        return Problem(number, f"{text[:40]!r} is not a movement of BAI2")
    comes_in, leaves = (any(int(code) in codes for codes in ways) for ways in (_CREDITS, _DEBITS))
    if comes_in is leaves:
        return Problem(number, f"the code {code} says neither that money came in nor that it left")
    words = ",".join(fields[_begin_of_words(fields) :]).strip(" ,")
    return Entry(
        line=number,
        day=day,
        amount=Money(-minor if leaves else minor, currency),
        text=" ".join(words.split()),
        nobody=code in _NOBODY,
    )


def _begin_of_words(fields: Sequence[str]) -> int:
    """The place of a movement's words: behind its code, amount, kind of funds and two references."""
    return 3 + _of_funds(fields, 2) + 2


def _minor(text: str) -> int | None:
    """The amount in the smallest unit, which stands without a mark; None for any other text."""
    bare = text.strip()
    return int(bare) if re.fullmatch(r"[+-]?\d{1,18}", bare) else None


def _code(text: str, otherwise: str) -> str:
    return text.upper() if is_code(text) else otherwise


def _field(fields: Sequence[str], at: int) -> str:
    return fields[at].strip() if at < len(fields) else ""


def _day(text: str) -> date | None:
    try:
        return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:6]))
    except ValueError:
        return None


def _of_day(balance: Told) -> date:
    return balance.day or date.min
