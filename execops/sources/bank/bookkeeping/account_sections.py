"""Several accounts below each other in one table: two exports in one sheet, or the accounts of a company's books.

Each account has the header once more below a line that names it, or a title and a `Total` of its own. The movements get the account
as a column of their own; those of accounts that hold no money, such as `Rent Expense`, are left out by name.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from execops.sources.bank.cells import headers
from execops.sources.bank.cells.amounts import looks_like_amount
from execops.sources.bank.cells.dates import is_date
from execops.sources.bank.cells.line_cells import cell_at
from execops.sources.bank.cells.unbooked import summary
from execops.sources.bank.layouts.accounts_of_books import is_of_bank, is_of_holder
from execops.sources.bank.layouts.days_told_once import is_header
from execops.sources.bank.layouts.layout import Layout, records
from execops.sources.bank.layouts.ledgers import ANOTHER

COLUMNS = ("Account name", "Status")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")
_NUMBER = re.compile(
    r"(?<![\d.,/:-])(?:\d{2}-\d{2}-\d{2} ?)?\d{6,12}(?![\d.,/:])|\b\d{2,6}-\d{4,10}(?:-\d{1,4})?\b"
)
_LABEL = re.compile(
    r"^(?:n/c|nominal(?: code| account)?|account(?: no\.?| number| name)?|konto(?:nr\.?|nummer)?|sachkonto|compte|cuenta|conto|conta|rekening|grootboekrekening)\b ?:? ?",
    re.IGNORECASE,
)
_SUMS = re.compile(
    r"\b(?:tot(?:al|als|aal|ale|ales)|summen?|soma|suma|(?:opening|starting|beginning) balance)\b",
    re.IGNORECASE,
)
# A list with such accounts is of books; a bank's customer may call an account `Income`, but none so.
_OF_BOOKS = re.compile(
    r"\b(?:accounts? (?:receivable|payable)|trade (?:debtors|creditors)|debtors|creditors|undeposited funds|forderungen|verbindlichkeiten|clients|fournisseurs|clientes|proveedores|clienti|fornitori|debiteuren|crediteuren)\b"
)
_TOTAL = re.compile(
    r"^(?:total|totals|summe|totaal|totale|suma|sum|soma)(?: for| of| de| du| di| von| van)?:? (?P<name>.+)$",
    re.IGNORECASE,
)


def with_accounts(lines: Sequence[str], layout: Layout) -> list[str] | None:
    """The lines with the account beside each movement, where the table has several accounts; None for any other table."""
    if layout.header_record < 0 or "status" in layout.columns:
        return None
    if "account" in layout.columns:
        return _without_other_accounts(lines, layout)
    if not _may_have_sections(lines, layout):
        return None
    table = [row for row in records(lines, layout.delimiter) if not isinstance(row[2], str)]
    rows = [(first, last, [*cells]) for first, last, cells in table]
    ways = (list(_by_headers(rows, layout)), list(_by_titles(rows, layout)))
    names = next((way for way in ways if len({name for _, _, _, name in way}) > 1), None)
    if names is None:
        return None
    accounts = list(dict.fromkeys(name for _, _, _, name in names))
    banks = [name for name in accounts if is_of_bank([name])]
    of_holder = {name for name in accounts if name in banks or is_of_holder([name], banks[:1] or [""])}
    are_books = bool(of_holder) and not all(name in of_holder or _number(name) for name in accounts)
    written = list(lines)
    width = len(layout.header)
    for first, last, cells in rows:
        if is_header(cells, layout):
            _write(written, first, last, [*cells, *COLUMNS], layout)
    if are_books:  # what is told about other accounts is no balance of the bank's
        for first, last, name in _between_titles(rows, layout):
            if name not in {headers.plain(holder) for holder in of_holder}:
                written[first - 1 : last] = ["\r\n"] * (last - first + 1)
    for first, last, cells, name in names:
        status = ANOTHER if are_books and name not in of_holder else ""
        whole = [*cells[:width], *[""] * (width - len(cells)), name, status]
        _write(written, first, last, whole, layout)
    return written


def _without_other_accounts(lines: Sequence[str], layout: Layout) -> list[str] | None:
    """The lines of a list of books whose column names the account of each, with those of no bank marked; None for any other."""
    at = layout.columns["account"]
    table = [
        (first, last, [*cells])
        for number, (first, last, cells) in enumerate(records(lines, layout.delimiter))
        if number >= layout.header_record and not isinstance(cells, str)
    ]
    names = {cell_at(cells, at) for _, _, cells in table[1:]} - {""}
    banks = [name for name in names if is_of_bank([name])]
    if not banks or not any(_OF_BOOKS.search(headers.plain(name)) for name in names):
        return None
    others = {name for name in names if name not in banks and not is_of_holder([name], banks[:1])}
    written = list(lines)
    width = len(layout.header)
    for first, last, cells in table:
        is_other = cell_at(cells, at) in others
        status = COLUMNS[1] if is_header(cells, layout) else ANOTHER if is_other else ""
        _write(written, first, last, [*cells[:width], *[""] * (width - len(cells)), status], layout)
    return written


def _may_have_sections(lines: Sequence[str], layout: Layout) -> bool:
    """Whether the header stands twice in the lines, or several of them speak of totals or balances."""
    header = lines[layout.header_line - 1].strip()
    if sum(line.strip() == header for line in lines) > 1:
        return True
    return sum(_SUMS.search(line) is not None for line in lines) > 1


def _by_headers(
    rows: Sequence[tuple[int, int, list[str]]], layout: Layout
) -> Iterator[tuple[int, int, list[str], str]]:
    """The movements with the name of their account, where the header stands again below the name of another one."""
    between: list[str] = []
    current = ""
    has_begun = False
    for first, last, cells in rows:
        if is_header(cells, layout):
            current = _account(between) or current
            between, has_begun = [], True
        elif has_begun and _is_movement(cells, layout):
            if not current:
                return
            between = []
            yield first, last, cells, current
        else:
            between += [" ".join(filter(None, map(str.strip, cells)))]


def _account(texts: Sequence[str]) -> str:
    """The account that the last of these lines names, by its number or by a label."""
    for text in reversed(texts):
        if _number(text) or _LABEL.match(text) or is_of_bank([text]) or is_of_holder([text], [""]):
            return " ".join(_LABEL.sub("", text).split())
    return ""


def _number(text: str) -> str:
    match = _IBAN.search(text) or _NUMBER.search(text)
    return match[0] if match else ""


def _by_titles(
    rows: Sequence[tuple[int, int, list[str]]], layout: Layout
) -> Iterator[tuple[int, int, list[str], str]]:
    """The movements with the title above them, where each title has a total of its own below."""
    totals = {
        headers.plain(match["name"])
        for _, _, cells in rows
        for cell in cells
        if (match := _TOTAL.match(cell.strip()))
    }
    filled = [[cell.strip() for cell in cells if cell.strip()] for _, _, cells in rows]
    opened = {
        headers.plain(cells[0])
        for cells, below in pairwise(filter(None, filled))
        if len(cells) == 1 and summary(below) == "opening"
    }
    titles = totals if len(totals) > 1 else opened
    if len(titles) < len({"one", "another"}):
        return
    current = ""
    for first, last, cells in rows:
        texts = [cell.strip() for cell in cells if any(map(str.isalpha, cell))]
        if len(texts) == 1 and headers.plain(texts[0]) in titles:
            current = texts[0]
        elif current and _is_movement(cells, layout):
            yield first, last, cells, current


def _between_titles(
    rows: Sequence[tuple[int, int, list[str]]], layout: Layout
) -> Iterator[tuple[int, int, str]]:
    """The lines below the header and below a title, with that title as `headers.plain` writes it."""
    current = None
    for first, last, cells in rows[layout.header_record + 1 :]:
        texts = [cell.strip() for cell in cells if cell.strip()]
        if len(texts) == 1 and any(map(str.isalpha, texts[0])):
            current = headers.plain(texts[0])
        elif current is not None:
            yield first, last, current


def _is_movement(cells: Sequence[str], layout: Layout) -> bool:
    columns = layout.columns
    money = (
        cell_at(cells, columns[role]) for role in ("amount", "debit", "credit", "rest") if role in columns
    )
    is_dated = is_date(cell_at(cells, columns["date"]))
    return (
        is_dated
        and any(any(map(str.isdigit, cell)) and looks_like_amount(cell) for cell in money)
        and summary(cells) is None
    )


def _write(lines: list[str], first: int, last: int, cells: Sequence[str], layout: Layout) -> None:
    line = io.StringIO()
    csv.writer(line, delimiter=layout.delimiter).writerow(cells)
    lines[first - 1 : last] = [line.getvalue(), *["\r\n"] * (last - first)]
