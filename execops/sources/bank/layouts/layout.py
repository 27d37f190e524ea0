"""The layout of a statement's table: its header, the column of each role, its delimiter, decimal mark and dates.

`survey` reads the whole table once. A person's options come first, then the bank's format in `formats/`, then the names
in the header, as far as the cells below fit them. `survey` raises an error for a question that none of them answers,
and names the option to give.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct, field
from msgspec.structs import replace

from execops.errors import InvalidInputError
from execops.sources.bank import formats
from execops.sources.bank.cells import headers
from execops.sources.bank.cells.amounts import UnreadableError, decimal_mark, is_padded
from execops.sources.bank.cells.currencies import (
    code_in,
    of_iban,
    of_lines,
    of_many,
    of_one_column,
    of_titles,
    of_units,
    one_sign,
)
from execops.sources.bank.cells.dates import date_format, is_date, is_iso
from execops.sources.bank.cells.line_cells import cell_at
from execops.sources.bank.cells.orders import decimal_of_all, order_of_days, proves_decimal
from execops.sources.bank.cells.units import are_minor_units, require_whole_units
from execops.sources.bank.doubts import DoubtError
from execops.sources.bank.formats import BankFormat
from execops.sources.bank.layouts import card_statements, headless, ledgers
from execops.sources.bank.layouts import columns as column_choice
from execops.sources.bank.layouts.tables_beside import require_no_other_table, require_one_table
from execops.sources.bank.layouts.two_words import words_of_sides

DELIMITERS = (",", ";", "\t", "|")
MONEY = ("amount", "debit", "credit", "balance", "rest")
_FIRST = 2  # lines below the header, which may tell the units of the columns
_SEARCHED = 100  # records at the top of a file, for its header
_LEAST_COLUMNS = 2  # of a table: of the day, and of the amount
_UTC = ZoneInfo("UTC")


class Options(Struct, frozen=True, kw_only=True):
    """The options that a person gives for a file; None leaves the question to the file."""

    columns: Mapping[str, str] = field(default_factory=dict)  # role → name or number of the column
    date_format: str | None = None
    decimal: str | None = None
    delimiter: str | None = None
    currency: str | None = None  # for rows that name none
    sign: str | None = None  # of money that goes out: `minus`, or `plus` as on a card's statement
    fee: str | None = None  # `inside` the amount, or `apart`, so that it leaves besides
    header: bool = True
    balance_is_checked: bool = True

    def answered(self, option: str, value: str | bool) -> Options:
        """The options with the answer to a doubt: see `DoubtError`."""
        answer: dict[str, Any] = {option: value}
        return replace(self, **answer)


class Layout(Struct, frozen=True, kw_only=True):
    """The layout of one file."""

    header: tuple[str, ...]
    header_record: int  # the number of records before the header; -1 where there is none
    header_line: int
    columns: dict[str, int]  # role → index
    delimiter: str
    decimal: str
    date_order: str | None  # dmy, mdy, ymd (`26/03/02`), or None where no date can be read in two ways
    date_format: str | None  # of strptime, where a person or the bank's format gives one
    currency: str | None  # of the file, where a person, the bank's format or the file names it
    records: int  # the number of records below the header
    format: str | None = None  # the name of the bank's format that recognised the header
    padded: bool = False  # amounts have more decimals than the currency
    sign: str | None = None  # of money that goes out, where a person or the bank's format says it
    fee: str | None = None
    card: bool = False  # the columns are those of a card
    by_currency: Mapping[int, str] = field(default_factory=dict)  # columns of amounts in one currency each
    more_texts: tuple[int, ...] = ()  # columns of text beside the one of the description
    balance_is_checked: bool = True
    rest_first: bool = False  # an amount counts before a debit or a credit in the same line
    above: tuple[str, ...] = ()  # the cells above the header
    is_ledger: bool = False  # of the company's own books, in which a debit is money that comes in
    opens_on_debit: bool = False  # and nothing else says whether the table is of books or of a bank
    in_minor_units: bool = False  # amounts are cents, as a name of theirs says
    balance_decimal: str | None = None  # where the bank writes the balance otherwise than the amounts
    sign_words: Mapping[str, str] = field(
        default_factory=dict
    )  # of the column of signs: word → debit or credit
    is_named_by_file: bool = False  # the currency stands in the file's name alone
    swapped_days: int = 0  # in which a spreadsheet had put the month for the day

    @property
    def names_no_currency(self) -> bool:
        """Whether nothing in the file tells a currency, so that the one of the books is a guess."""
        return self.currency is None and "currency" not in self.columns

    def named(self) -> dict[str, str]:
        """The name of each role's column as the header writes it."""
        return {role: self.header[at].strip() for role, at in self.columns.items()}


def survey(
    lines: Iterable[str], options: Options, *, books: str = "USD", today: date | None = None
) -> Layout:
    """The layout of a file, from all of its lines. Raises InvalidInputError, which names the option to give.

    `books` is the currency of the company's books, and `today` ends what a statement can hold.
    """
    lines, options = _without_mark(list(lines), options)
    head = lines[:_SEARCHED]
    recognised = _recognise(head, options)
    if recognised is not None:
        options = _completed(options, recognised[0])
    bank_format, delimiter, before, header = recognised or (None, *_find_header(head, options))
    table = [cells for _, _, cells in records(lines, delimiter) if not isinstance(cells, str)]
    header_line = next(islice(records(lines, delimiter), max(before, 0), None))[0]
    below = [cells for cells in table[before + 1 :] if any(cells)]
    movements = headless.movements(below) if before < 0 else below
    above = [cell for cells in table[: max(before, 0)] for cell in cells]
    columns, is_ledger = _columns(header, movements, above, options, bank_format)
    columns, sign_words = _with_sides(header, movements, columns, options)
    columns, balance_decimal = _with_balance(below, columns, options)
    money = _money_cells(
        below, {role: at for role, at in columns.items() if role != "balance" or not balance_decimal}
    )
    days = [cells[columns["date"]] for cells in below if columns["date"] < len(cells)]
    # A spreadsheet writes days of its own into the export of a bank whose form is known.
    strptime_format = None if bank_format and any(map(is_iso, days)) else _date_format(options)
    decimal = options.decimal or decimal_of_all(money, delimiter)
    names = [header[columns[role]] for role in MONEY if role in columns]
    require_whole_units([*above, *names])
    return Layout(
        header=tuple(header),
        header_record=before,
        header_line=header_line,
        columns=columns,
        delimiter=delimiter,
        decimal=decimal,
        date_order=None
        if strptime_format
        else order_of_days(days, today, decimal if proves_decimal(money) else None),
        date_format=strptime_format,
        currency=options.currency or _currency_of(header, above, below, columns, money, books),
        records=len(below),
        format=bank_format.name if bank_format else None,
        padded=is_padded(money, decimal),
        sign=options.sign,
        fee=options.fee,
        card=card_statements.is_of_card(header, below),
        by_currency=headers.by_currency(header)
        if columns.get("amount") in headers.by_currency(header)
        else {},
        more_texts=column_choice.more_texts(header, below, columns),
        balance_is_checked=options.balance_is_checked,
        above=tuple(above),
        is_ledger=is_ledger,
        in_minor_units=are_minor_units(names, money),
        opens_on_debit=not is_ledger and ledgers.has_balance_on_debit(columns, below),
        balance_decimal=balance_decimal,
        sign_words=sign_words,
    )


def _columns(
    header: Sequence[str],
    movements: Sequence[Sequence[str]],
    above: Sequence[str],
    options: Options,
    bank_format: BankFormat | None,
) -> tuple[dict[str, int], bool]:
    """The columns of the roles, and whether they are of a company's own books. Raises InvalidInputError."""
    columns = column_choice.choose(
        header, movements, options.columns, bank_format, by_cells=bank_format is None
    )
    if options.columns:
        return columns, False
    require_one_table(header, movements)
    require_no_other_table(header, movements)
    is_ledger = ledgers.is_ledger(header, columns, above, movements)
    if is_ledger and "amount" not in columns:
        columns |= {"debit": columns["credit"], "credit": columns["debit"]}
    return columns, is_ledger


def _currency_of(
    header: Sequence[str],
    above: Sequence[str],
    below: Sequence[Sequence[str]],
    columns: Mapping[str, int],
    money: Sequence[str],
    books: str,
) -> str | None:
    """The currency that the file names for all of its lines, from the surest place on; None without one. Raises DoubtError."""
    names = [header[columns[role]] for role in MONEY if role in columns]
    return (
        headers.currency_of(names)
        or of_titles(below, columns)
        or of_one_column(below, [at for role, at in columns.items() if role in MONEY])
        or of_units(below[:_FIRST], [at for role, at in columns.items() if role in MONEY])
        or _currency(names, above, money, books, () if "currency" in columns else header)
    )


def _with_sides(
    header: Sequence[str], movements: Sequence[Sequence[str]], columns: dict[str, int], options: Options
) -> tuple[dict[str, int], dict[str, str]]:
    """The columns with that of words for both sides, and its words; without the currency of a purchase."""
    if headers.currency_of(
        [header[columns[role]] for role in ("amount", "debit", "credit") if role in columns]
    ):
        columns = {role: at for role, at in columns.items() if role != "currency"}
    dated = [cells for cells in movements if is_date(cell_at(cells, columns["date"]))]
    words = None if options.columns else words_of_sides(header, dated, columns)
    return (columns, {}) if words is None else (columns | {"sign": words[0]}, words[1])


def _with_balance(
    below: Sequence[Sequence[str]], columns: dict[str, int], options: Options
) -> tuple[dict[str, int], str | None]:
    """The columns, and the decimal mark of the balance where the bank writes it otherwise than the amounts.

    A balance that has no mark of its own either proves nothing, and has no column.
    """
    if (
        options.decimal is not None
        or "balance" not in columns
        or not _mix_marks(_money_cells(below, columns))
    ):
        return columns, None
    of_balance = _money_cells(below, {"balance": columns["balance"]})
    marks = {mark for cell in of_balance if (mark := decimal_mark(cell)) in {".", ","}}
    if len(marks) == 1:
        return columns, marks.pop()
    return {role: at for role, at in columns.items() if role != "balance"}, None


def _money_cells(below: Sequence[Sequence[str]], columns: Mapping[str, int]) -> list[str]:
    return [cells[at] for cells in below for role, at in columns.items() if role in MONEY and at < len(cells)]


def _mix_marks(cells: Iterable[str]) -> bool:
    """Whether some amounts have a decimal point for certain, and others a decimal comma."""
    return {".", ","} <= {decimal_mark(cell) for cell in cells}


def _without_mark(lines: list[str], options: Options) -> tuple[list[str], Options]:
    """The lines without what spreadsheets write above the header: `sep=;` names the delimiter."""
    first = lines[0].strip().strip('"\ufeff') if lines else ""
    if first.casefold().startswith("sep=") and len(first) == len("sep=;"):
        return lines, options if options.delimiter else replace(options, delimiter=first[-1])
    return lines, options


def _currency(
    names: Sequence[str], above: Sequence[str], money: Sequence[str], books: str, header: Sequence[str]
) -> str | None:
    """The currency that a code above the header names, or the sign of the columns or of all amounts. Raises DoubtError."""
    if code := of_lines(above):
        return code
    named = {code_in(cell) for cell in money if any(map(str.isdigit, cell))}
    if len(named) == 1 and (code := named.pop()):
        return code
    by_sign = one_sign(names, books) or one_sign(money, books) or one_sign(above, books) or of_iban(above)
    if by_sign is None and header and (several := of_many([*names, *money], header, books)):
        if len(several) == 1:
            return several[0]
        raise DoubtError(
            f"The sign of the amounts may stand for {', '.join(several)}.",
            hint=f"Say which: --currency {several[0]}",
            option="currency",
            values=several,
        )
    return by_sign


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
        sign=options.sign or bank_format.sign,
        fee=options.fee or bank_format.fee,
    )


def records(lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, int, list[str] | str]]:
    """Each record: its first line, its last line, and its cells, or the reason why it cannot be read.

    A cell that a spreadsheet keeps as text, `="CHF"` or `'CHF`, is that text.
    """
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=delimiter == ",")  # `12.50, "Fee, card"`
    while True:
        first = reader.line_num + 1
        try:
            cells: list[str] | str = [
                cell[2:-1] if cell.startswith('="') and cell.endswith('"') else cell.removeprefix("'")
                for cell in next(reader)
            ]
        except StopIteration:
            return
        except csv.Error as exc:
            cells = f"{exc}: is a quotation mark not closed?"
        yield first, reader.line_num, cells


def _find_header(head: Sequence[str], options: Options) -> tuple[str, int, list[str]]:
    """The delimiter, the number of records before the header, and the header itself; -1 where there is none."""
    best = _named_header(head, options) or _named_header(head, options, by_cells=True)
    if best is None and not options.columns:
        best = _without_header(head, options)
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


def _named_header(
    head: Sequence[str], options: Options, *, by_cells: bool = False
) -> tuple[int, str, int, list[str]] | None:
    """The line that names most columns: how many, its delimiter, the number of records before it, and its names."""
    best: tuple[int, str, int, list[str]] | None = None
    for delimiter in (options.delimiter,) if options.delimiter else DELIMITERS:
        table = [cells for _, _, cells in records(head, delimiter)]
        for number, cells in enumerate(table if options.header else []):
            if isinstance(cells, str) or len(cells) < _LEAST_COLUMNS or not any(cells):
                continue
            if any(map(column_choice.is_of_movement, cells)):
                continue
            below = [row for row in table[number + 1 :] if not isinstance(row, str) and any(row)]
            try:
                roles = len(column_choice.choose(cells, below, options.columns, None, by_cells=by_cells))
            except InvalidInputError:
                continue
            if best is None or roles > best[0]:
                best = (roles, delimiter, number, cells)
            break
    return best


def _without_header(head: Sequence[str], options: Options) -> tuple[int, str, int, list[str]] | None:
    """The table whose lines are movements from the first one on: its columns get the names of their roles."""
    for delimiter in (options.delimiter,) if options.delimiter else DELIMITERS:
        table = [
            cells for _, _, cells in records(head, delimiter) if not isinstance(cells, str) and any(cells)
        ]
        if names := headless.names_for(table):
            return len(names), delimiter, -1, names
    return None
