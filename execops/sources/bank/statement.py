"""Bank statements in CSV: which column is what, and what each line says. Pure: lines in, rows out.

`survey` reads a file once to learn how it is written; what it cannot tell for sure it asks for. `read` then
gives each line as a `Row`, or says why not.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, islice, pairwise
from zoneinfo import ZoneInfo

from execops.errors import InvalidInputError
from execops.money import Money
from execops.sources.bank import headers, vendors
from execops.sources.bank.amounts import UnreadableError, decimal_mark, read_amount
from execops.sources.bank.dates import date_format, order_of, read_date
from execops.text import clean_line

DELIMITERS = (",", ";", "\t", "|")
MONEY = ("amount", "debit", "credit", "balance")
_SEARCHED = 100  # lines at the top of a file, for its header
_NOT_BOOKED = frozenset(
    [
        "pending",
        "authorized",
        "authorised",
        "reverted",
        "declined",
        "failed",
        "cancelled",
        "canceled",
        "rejected",
        "vorgemerkt",
    ]
)
_OUT = frozenset(["s", "soll", "d", "dr", "debit", "dbit", "out", "debito", "cargo", "debe"])
_IN = frozenset(["h", "haben", "c", "cr", "credit", "crdt", "in", "credito", "abono", "haber"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """What a person said about a file; None where the file itself is to tell."""

    columns: Mapping[str, str] = field(default_factory=dict)  # role → name or number of the column
    date_format: str | None = None
    decimal: str | None = None
    delimiter: str | None = None
    currency: str | None = None  # of rows that name none


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """How a file is written."""

    header: tuple[str, ...]
    header_record: int  # how many records come before the header's
    header_line: int
    columns: dict[str, int]  # role → index
    delimiter: str
    decimal: str
    date_order: str | None  # dmy, mdy, or None where every date speaks for itself
    date_format: str | None  # for strptime, where a person gave one
    currency: str | None  # of the file, where a person or the header names it
    records: int  # below the header

    def named(self) -> dict[str, str]:
        """The header's own name of each role's column."""
        return {role: self.header[at].strip() for role, at in self.columns.items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One movement of a statement."""

    line: int
    day: date
    amount: Money
    description: str
    vendor: str | None
    category: str | None
    transfer: bool  # between own accounts
    balance: Money | None  # after it
    external_id: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that could not be read, and why: nothing of it is imported."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line that is no movement yet, or never was: pending, declined."""

    line: int
    reason: str


def survey(lines: Iterable[str], options: Options) -> Layout:
    """Learn how a file is written from all of its lines. Raises InvalidInputError naming what to say."""
    source = iter(lines)
    head = list(islice(source, _SEARCHED))
    delimiter, before, header = _find_header(head, options)
    columns = _columns(header, options)
    orders: Counter[str] = Counter()
    marks: Counter[str] = Counter()
    count, header_line = 0, 1
    for number, (line, _, cells) in enumerate(_records(chain(head, source), delimiter)):
        if number == before:
            header_line = line
        if number <= before or isinstance(cells, str) or not any(cells):
            continue
        count += 1
        for role, at in columns.items():
            cell = cells[at] if at < len(cells) else ""
            found = order_of(cell) if role == "date" else decimal_mark(cell) if role in MONEY else None
            if found:
                (orders if role == "date" else marks)[found] += 1
    fmt = None
    if options.date_format:
        try:
            fmt = date_format(options.date_format)
        except UnreadableError as exc:
            raise InvalidInputError(f"{exc}.", hint="Such as DD/MM/YYYY or %d.%m.%y.") from exc
    return Layout(
        header=tuple(header),
        header_record=before,
        header_line=header_line,
        columns=columns,
        delimiter=delimiter,
        decimal=options.decimal or _decimal(marks),
        date_order=None if fmt else _order(orders),
        date_format=fmt,
        currency=options.currency or headers.currency_of(header, columns),
        records=count,
    )


def read(
    lines: Iterable[str], layout: Layout, *, account: str, currency: str, zone: ZoneInfo
) -> Iterator[Row | Problem | LeftOut]:
    """Every line below the header: a row, or why it is none.

    `currency` is of rows that name none, `zone` where a day begins. Rows that are alike within the file are
    counted, so that each keeps its id in the next export, and in one that overlaps.
    """
    seen: Counter[bytes] = Counter()
    for number, (line, last, cells) in enumerate(_records(lines, layout.delimiter)):
        if number <= layout.header_record or (not isinstance(cells, str) and not any(cells)):
            continue
        if isinstance(cells, str):
            yield Problem(line, cells)
            continue
        try:
            yield _row(line, cells, layout, account, layout.currency or currency, zone, seen)
        except UnreadableError as exc:
            lines_read = f"to line {last}: " if last > line else ""
            yield Problem(line, f"{lines_read}{exc}")
        except _NotBookedError as exc:
            yield LeftOut(line, str(exc))


class Closing:
    """The balance at the end of a statement, of each currency: after the latest row, whichever way it is sorted."""

    def __init__(self) -> None:
        self._first: dict[str, date] = {}
        self._last: dict[str, date] = {}
        self._latest: dict[str, list[Row]] = {}

    def add(self, row: Row) -> None:
        """Take in the next row of the file."""
        currency = row.amount.currency
        self._first.setdefault(currency, row.day)
        self._last[currency] = row.day
        latest = self._latest.setdefault(currency, [])
        if latest and row.day > latest[0].day:
            latest.clear()
        if not latest or row.day == latest[0].day:
            latest.append(row)

    def balances(self) -> list[tuple[Money, date, int]]:
        """Balance, day, and how many rows that day has: a later export of the same day has more."""
        found = []
        for currency, rows in sorted(self._latest.items()):
            oldest_first = self._first[currency] < self._last[currency] or (
                self._first[currency] == self._last[currency] and not _newest_first(rows)
            )
            balance = rows[-1 if oldest_first else 0].balance
            if balance is not None:
                found.append((balance, rows[0].day, len(rows)))
        return found


def _newest_first(rows: Sequence[Row]) -> bool:
    """Whether the balances of one day only add up from the last line to the first."""

    def adds_up(ordered: Sequence[Row]) -> bool:
        return all(
            b.balance is not None
            and a.balance is not None
            and a.balance.minor + b.amount.minor == b.balance.minor
            for a, b in pairwise(ordered)
        )

    return not adds_up(rows) and adds_up(rows[::-1])


class _NotBookedError(Exception):
    """A line that is no movement yet, or never was."""


def _row(
    line: int,
    cells: list[str],
    layout: Layout,
    account: str,
    currency: str,
    zone: ZoneInfo,
    seen: Counter[bytes],
) -> Row:
    said = {role: cells[at].strip() if at < len(cells) else "" for role, at in layout.columns.items()}
    extra = [each for each in cells[len(layout.header) :] if each.strip()]
    if extra:
        raise UnreadableError(
            f"it has {len(cells)} fields, the header {len(layout.header)}: a delimiter unquoted?"
        )
    if said.get("status", "").casefold() in _NOT_BOOKED:
        raise _NotBookedError(said["status"].casefold())
    if not said["date"]:
        raise UnreadableError("there is no date")
    day = read_date(said["date"], layout.date_order, zone, layout.date_format)
    named = said.get("currency", "").upper() or currency
    if not (len(named) == 3 and named.isascii() and named.isalpha()):
        raise UnreadableError(f"{named[:40]!r} is no currency")
    amount = _amount(said, named, layout.decimal)
    balance = read_amount(said["balance"], named, layout.decimal) if said.get("balance") else None
    payee, text = (clean_line(said.get(role, "")).strip() for role in ("payee", "description"))
    description = " ".join(each for each in (payee, text) if each)
    key = "\n".join(
        [account, day.isoformat(), str(amount.minor), named, " ".join(description.casefold().split())]
    )
    alike = hashlib.sha256(key.encode()).digest()
    seen[alike[:12]] += 1
    external_id = hashlib.sha256(alike + str(seen[alike[:12]]).encode()).hexdigest()[:40]
    return Row(
        line=line,
        day=day,
        amount=amount,
        description=description,
        vendor=vendors.vendor(payee) or vendors.vendor(text),
        category=clean_line(said.get("category", ""), limit=100).strip() or None,
        transfer=vendors.is_transfer(description, amount.minor > 0, said.get("category"), said.get("type")),
        balance=balance,
        external_id=external_id,
    )


def _amount(said: Mapping[str, str], currency: str, decimal: str) -> Money:
    if "amount" in said:
        if not said["amount"]:
            raise UnreadableError("there is no amount")
        amount = read_amount(said["amount"], currency, decimal)
        return _signed(amount, said["sign"], said["amount"]) if said.get("sign") else amount
    debit, credit = (
        read_amount(said[role], currency, decimal) if said.get(role) else None for role in ("debit", "credit")
    )
    if debit is None and credit is None:
        raise UnreadableError("there is no amount")
    if debit is not None and debit.minor and credit is not None and credit.minor:
        raise UnreadableError("it has both a debit and a credit")
    if debit is not None and (debit.minor or credit is None):
        return Money(-abs(debit.minor), currency)
    return credit or Money(0, currency)


def _signed(amount: Money, sign: str, cell: str) -> Money:
    side = headers.plain(sign)
    if side not in _OUT | _IN:
        raise UnreadableError(f"{sign[:40]!r} says neither debit nor credit")
    if side in _IN and amount.minor < 0:
        raise UnreadableError(f"{cell[:40]!r} is negative, but {sign[:40]!r}")
    return Money(-abs(amount.minor), amount.currency) if side in _OUT else amount


def _records(lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, int, list[str] | str]]:
    """Each record with its first and last line; a text where it is none, and the next one follows."""
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        first = reader.line_num + 1
        try:
            cells: list[str] | str = next(reader)
        except StopIteration:
            return
        except csv.Error as exc:
            cells = f"{exc}: a quotation mark that is not closed?"
        yield first, reader.line_num, cells


def _find_header(head: Sequence[str], options: Options) -> tuple[str, int, list[str]]:
    """The delimiter, how many records come before the header, and the header itself."""
    best: tuple[int, str, int, list[str]] | None = None
    for delimiter in (options.delimiter,) if options.delimiter else DELIMITERS:
        for number, (_, _, cells) in enumerate(_records(head, delimiter)):
            if isinstance(cells, str) or not any(cells):
                continue
            try:
                found = len(_columns(cells, options))
            except InvalidInputError:
                continue
            if best is None or found > best[0]:
                best = (found, delimiter, number, cells)
            break
    if best is None and options.columns:
        raise InvalidInputError(
            f"No line has the columns {', '.join(options.columns.values())} beside a date and an amount; nothing was"
            " imported.",
            hint="Name them as the header does, or by their number: --date COL --amount COL",
        )
    if best is None:
        first = next((each.strip() for each in head if each.strip()), "")
        raise InvalidInputError(
            "No line names a column for the date and one for the amount; nothing was imported."
            if first
            else "The file is empty; nothing was imported.",
            hint=f"Name them: --date COL --amount COL (or --debit COL --credit COL). It begins: {first[:120]}"
            if first
            else None,
        )
    return best[1], best[2], best[3]


def _columns(header: Sequence[str], options: Options) -> dict[str, int]:
    """The column of each role: as a person named it, else as the header suggests. Raises InvalidInputError."""
    found = headers.guess(header)
    given = options.columns
    if "amount" in given:
        found = {role: at for role, at in found.items() if role not in {"debit", "credit"}}
    elif {"debit", "credit"} & given.keys():
        found = {role: at for role, at in found.items() if role not in {"amount", "debit", "credit", "sign"}}
    for role, wanted in given.items():
        at = headers.find(header, wanted)
        if at is None or (wanted.strip().isdigit() and not headers.guess(header)):
            raise InvalidInputError(f"There is no column {wanted!r}; nothing was imported.")
        found = {other: column for other, column in found.items() if column != at or other in given}
        found[role] = at
    if "date" not in found or not {"amount", "debit", "credit"} & found.keys():
        raise InvalidInputError("There is no column for the date, or none for the amount.")
    return found


def _decimal(marks: Mapping[str, int]) -> str:
    if marks.get(".") and marks.get(","):
        raise InvalidInputError(
            "Some amounts have a decimal point, others a decimal comma; nothing was imported.",
            hint="Say which it is: --decimal . or --decimal ,",
        )
    if marks.get(".") or marks.get(","):
        return "." if marks.get(".") else ","
    if marks.get("?"):
        raise InvalidInputError(
            "Amounts such as 1,234 may be a thousand or a bit more than one; nothing was imported.",
            hint="Say which it is: --decimal . or --decimal ,",
        )
    return "."


def _order(orders: Mapping[str, int]) -> str | None:
    if (orders.get("dmy") and orders.get("mdy")) or (
        orders.get("?") and not (orders.get("dmy") or orders.get("mdy"))
    ):
        what = "mix day/month and month/day" if orders.get("dmy") else "may be day/month or month/day"
        raise InvalidInputError(
            f"The dates {what}; nothing was imported.",
            hint="Say which it is: --date-format DD/MM/YYYY or --date-format MM/DD/YYYY",
        )
    return "dmy" if orders.get("dmy") else "mdy" if orders.get("mdy") else None
