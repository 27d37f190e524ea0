"""The layout of a statement's file: its header, the column of each role, its delimiter, decimal mark and dates.

`survey` reads the whole file once. A person's options come first, then the bank's format in `formats/`, then the
file itself. `survey` raises an error for a question that none of them answers, and names the option to give.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from execops.errors import InvalidInputError
from execops.sources.bank import formats, headers
from execops.sources.bank.amounts import UnreadableError, decimal_mark
from execops.sources.bank.dates import date_format, order_of
from execops.sources.bank.formats import BankFormat

DELIMITERS = (",", ";", "\t", "|")
MONEY = ("amount", "debit", "credit", "balance")
_SEARCHED = 100  # lines at the top of a file, for its header


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """The options that a person gives for a file; None leaves the question to the file."""

    columns: Mapping[str, str] = field(default_factory=dict)  # role → name or number of the column
    date_format: str | None = None
    decimal: str | None = None
    delimiter: str | None = None
    currency: str | None = None  # for rows that name none


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """The layout of one file."""

    header: tuple[str, ...]
    header_record: int  # the number of records before the header
    header_line: int
    columns: dict[str, int]  # role → index
    delimiter: str
    decimal: str
    date_order: str | None  # dmy, mdy, or None where no date can be read in two ways
    date_format: str | None  # of strptime, where a person or the bank's format gives one
    currency: str | None  # of the file, where a person, the bank's format or the header names it
    records: int  # the number of records below the header
    format: str | None = None  # the name of the bank's format that recognised the header

    def named(self) -> dict[str, str]:
        """The name of each role's column as the header writes it."""
        return {role: self.header[at].strip() for role, at in self.columns.items()}


def survey(lines: Iterable[str], options: Options) -> Layout:
    """The layout of a file, from all of its lines. Raises InvalidInputError, which names the option to give."""
    source = iter(lines)
    head = list(islice(source, _SEARCHED))
    bank_format, delimiter, before, header = _recognise(head, options) or (None, *_find_header(head, options))
    if bank_format is not None:
        options = _completed(options, bank_format)
    columns = _columns(header, options, bank_format)
    orders: Counter[str] = Counter()
    marks: Counter[str] = Counter()
    count, header_line = 0, 1
    for number, (line, _, cells) in enumerate(records(chain(head, source), delimiter)):
        if number == before:
            header_line = line
        if number <= before or isinstance(cells, str) or not any(cells):
            continue
        count += 1
        for role, at in columns.items():
            cell = cells[at] if at < len(cells) else ""
            if role == "date" and (order := order_of(cell)):
                orders[order] += 1
            elif role in MONEY and (mark := decimal_mark(cell)):
                marks[mark] += 1
    strptime_format = _date_format(options)
    return Layout(
        header=tuple(header),
        header_record=before,
        header_line=header_line,
        columns=columns,
        delimiter=delimiter,
        decimal=options.decimal or _decimal(marks),
        date_order=None if strptime_format else _order(orders),
        date_format=strptime_format,
        currency=options.currency or headers.currency_of(header, columns),
        records=count,
        format=bank_format.name if bank_format else None,
    )


def _date_format(options: Options) -> str | None:
    if not options.date_format:
        return None
    try:
        return date_format(options.date_format)
    except UnreadableError as exc:
        raise InvalidInputError(
            f"{exc}; nothing was imported.", hint="Write it as DD/MM/YYYY or %d.%m.%y."
        ) from exc


def _recognise(head: Sequence[str], options: Options) -> tuple[BankFormat, str, int, list[str]] | None:
    """The bank's format of a file, its delimiter, the number of records before the header, and the header."""
    for delimiter in (options.delimiter,) if options.delimiter else DELIMITERS:
        for number, (_, _, cells) in enumerate(records(head, delimiter)):
            if isinstance(cells, str):
                continue
            bank_format = formats.recognise(cells)
            if bank_format is not None and bank_format.delimiter in {None, delimiter}:
                return bank_format, delimiter, number, cells
    return None


def _completed(options: Options, bank_format: BankFormat) -> Options:
    """The person's options, filled up with those of the bank's format."""
    return replace(
        options,
        date_format=options.date_format or bank_format.date_format,
        decimal=options.decimal or bank_format.decimal,
        currency=options.currency or bank_format.currency,
    )


def records(lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, int, list[str] | str]]:
    """Each record: its first line, its last line, and its cells, or the reason why it cannot be read."""
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        first = reader.line_num + 1
        try:
            cells: list[str] | str = next(reader)
        except StopIteration:
            return
        except csv.Error as exc:
            cells = f"{exc}: is a quotation mark not closed?"
        yield first, reader.line_num, cells


def _find_header(head: Sequence[str], options: Options) -> tuple[str, int, list[str]]:
    """The delimiter, the number of records before the header, and the header itself."""
    best: tuple[int, str, int, list[str]] | None = None
    for delimiter in (options.delimiter,) if options.delimiter else DELIMITERS:
        for number, (_, _, cells) in enumerate(records(head, delimiter)):
            if isinstance(cells, str) or not any(cells):
                continue
            try:
                roles = len(_columns(cells, options))
            except InvalidInputError:
                continue
            if best is None or roles > best[0]:
                best = (roles, delimiter, number, cells)
            break
    if best is None and options.columns:
        raise InvalidInputError(
            f"No line has the columns {', '.join(options.columns.values())} with a date and an amount; nothing was"
            " imported.",
            hint="Name them as the header does, or by their number: --date COL --amount COL",
        )
    if best is None:
        first = next((line.strip() for line in head if line.strip()), "")
        raise InvalidInputError(
            "No line names a column for the date and one for the amount; nothing was imported."
            if first
            else "The file is empty; nothing was imported.",
            hint=f"Name them: --date COL --amount COL (or --debit COL --credit COL). It begins: {first[:120]}"
            if first
            else None,
        )
    return best[1], best[2], best[3]


def _columns(
    header: Sequence[str], options: Options, bank_format: BankFormat | None = None
) -> dict[str, int]:
    """The index of each role's column: a person's choice first, then the bank's format, then the header's names.

    Raises InvalidInputError where the date or the amount has no column.
    """
    columns = bank_format.columns_in(header) if bank_format else headers.guess(header)
    named = options.columns
    if "amount" in named:
        columns = {role: at for role, at in columns.items() if role not in {"debit", "credit"}}
    elif {"debit", "credit"} & named.keys():
        other_amounts = {"amount", "debit", "credit", "sign"}
        columns = {role: at for role, at in columns.items() if role not in other_amounts}
    for role, name in named.items():
        at = headers.find(header, name)
        if at is None or (name.strip().isdigit() and not headers.guess(header)):
            raise InvalidInputError(
                f"There is no column {name!r}; nothing was imported.",
                hint="Name it as the header does, or by its number from 1.",
            )
        columns = {other: column for other, column in columns.items() if column != at or other in named}
        columns[role] = at
    if "date" not in columns or not {"amount", "debit", "credit"} & columns.keys():
        raise InvalidInputError(
            "There is no column for the date, or none for the amount; nothing was imported.",
            hint="Name them: --date COL --amount COL (or --debit COL --credit COL).",
        )
    return columns


def _decimal(marks: Mapping[str, int]) -> str:
    if marks.get(".") and marks.get(","):
        raise InvalidInputError(
            "Some amounts have a decimal point, others a decimal comma; nothing was imported.",
            hint="Choose one: --decimal . or --decimal ,",
        )
    if marks.get(".") or marks.get(","):
        return "." if marks.get(".") else ","
    if marks.get("?"):
        raise InvalidInputError(
            "Amounts such as 1,234 may be a thousand or a bit more than one; nothing was imported.",
            hint="Choose one: --decimal . or --decimal ,",
        )
    return "."


def _order(orders: Mapping[str, int]) -> str | None:
    if (orders.get("dmy") and orders.get("mdy")) or (
        orders.get("?") and not (orders.get("dmy") or orders.get("mdy"))
    ):
        fault = "mix day/month and month/day" if orders.get("dmy") else "may be day/month or month/day"
        raise InvalidInputError(
            f"The dates {fault}; nothing was imported.",
            hint="Choose one: --date-format DD/MM/YYYY or --date-format MM/DD/YYYY",
        )
    return "dmy" if orders.get("dmy") else "mdy" if orders.get("mdy") else None
