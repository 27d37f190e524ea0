"""The table of a journal of double entry: its names of columns, its lines and their numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from execops.sources.bank.cells import headers
from execops.sources.bank.cells.amounts import decimal_mark, looks_like_amount
from execops.sources.bank.cells.line_cells import cell_at
from execops.sources.bank.layouts.layout import records

ACCOUNTS = frozenset(
    """full account name|account name|account|accounts|account code|account number|nominal|nominal code|nominal account|gl account|ledger account|konto|kontonr|kontonummer|kontoname|kontobezeichnung|sachkonto
    |comptenum|comptelib|compte|numero de compte|intitule du compte|libelle compte|cuenta|subcuenta|codigo cuenta|nombre cuenta|conto|codice conto|descrizione conto|conta|rekening|grootboekrekening|grootboek|kontonamn|kontonavn|tili""".replace(
        "\n", ""
    )
    .replace(" |", "|")
    .split("|")
)

DEBITED = frozenset(
    [
        "accountdebit",
        "account debit",
        "debit account",
        "debit a c",
        "dr account",
        "sollkonto",
        "soll konto",
        "konto soll",
        "compte debit",
        "compte debite",
        "debit compte",
        "cuenta debe",
        "cuenta deudora",
        "conto dare",
        "conto in dare",
        "debetkonto",
        "debet konto",
        "konto debet",
        "debetrekening",
        "conta debito",
        "konto wn",
    ]
)

CREDITED = frozenset(
    [
        "accountcredit",
        "account credit",
        "credit account",
        "credit a c",
        "cr account",
        "habenkonto",
        "haben konto",
        "konto haben",
        "compte credit",
        "compte credite",
        "credit compte",
        "cuenta haber",
        "cuenta acreedora",
        "conto avere",
        "conto in avere",
        "kreditkonto",
        "kredit konto",
        "konto kredit",
        "creditrekening",
        "conta credito",
        "konto ma",
    ]
)

COUNTER = frozenset(
    [
        "gegenkonto",
        "gegenkonto ohne bu schlussel",
        "contra account",
        "tegenrekening grootboek",
        "motkonto",
        "modkonto",
        "contrapartida",
    ]
)

SIDE = frozenset(["soll haben kennzeichen", "soll haben", "s h", "sh", "dc", "d c", "debit credit", "dr cr"])

LEAST = 3  # lines of a journal

# Names of debits and credits, below which a journal may have the numbers of accounts.
SIDES = (
    ("soll", "haben"),
    ("debit", "credit"),
    ("debet", "kredit"),
    ("debet", "credit"),
    ("dare", "avere"),
    ("debe", "haber"),
)
DOCUMENTS = (
    "beleg",
    "document",
    "doc",
    "voucher",
    "piece",
    "justificant",
    "documento",
    "bilag",
    "verifikation",
    "stuk",
    "bkst",
)
_SEARCHED_LINES = 60  # at the top
_SEARCHED = 30  # lines at the top of a file

_NO_NUMBER = re.compile(r"[^\d.,()+\-−]")


class Split(NamedTuple):
    """A line of one account: where it stands, what it moves into the account, its cells."""

    first: int
    last: int
    moved: Decimal
    account: tuple[str, ...]
    cells: Sequence[str]


class Table(NamedTuple):
    """The lines of a journal above its header and below it, each with its first and its last line."""

    delimiter: str
    header_number: int
    header: list[str]
    below: list[tuple[int, int, list[str]]]
    above: list[tuple[int, int, list[str]]]


def table_of(lines: Sequence[str], delimiter: str) -> Table | None:
    """The table of a file whose header names accounts and a day; None for any other file."""
    if not any(_names_accounts(cells) for _, _, cells in records(lines[:_SEARCHED_LINES], delimiter)):
        return None
    rows = [row for row in records(lines, delimiter) if not isinstance(row[2], str)]
    table = [(first, last, [*cells]) for first, last, cells in rows if any(map(str.strip, cells))]
    number = next((at for at, row in enumerate(table[:_SEARCHED]) if _names_accounts(row[2])), None)
    if number is None or len(table) - number <= LEAST:
        return None
    return Table(delimiter, number, table[number][2], table[number + 1 :], table[:number])


def _names_accounts(cells: Sequence[str] | str) -> bool:
    """Whether a line is a header that names accounts, one or two, and a day."""
    if isinstance(cells, str):
        return False
    names = [headers.plain(cell) for cell in cells]
    are_sides = any(debit in names and credit in names for debit, credit in SIDES)
    are_named = ACCOUNTS.intersection(names) or (DEBITED.intersection(names) and CREDITED.intersection(names))
    is_long = len(list(filter(None, names))) > LEAST
    return is_long and bool(are_sides or are_named) and "date" in headers.candidates(cells)


def first_of(names: Sequence[str], wanted: Iterable[str]) -> int | None:
    """The first of these names that is wanted."""
    return next((at for at, name in enumerate(names) if name in wanted), None)


def amount_column(table: Table, taken: set[int | None]) -> int | None:
    """The column of amounts, beside those that are taken."""
    columns, begun = headers.candidates(table.header), headers.by_beginning(table.header)
    ats = (*columns.get("amount", []), *begun.get("amount", []))
    return next((at for at in ats if at not in taken and is_of_amounts(table, at)), None)


def is_of_amounts(table: Table, at: int) -> bool:
    """Whether most cells of a column may be amounts."""
    cells = [cell for _, _, row in table.below if (cell := cell_at(row, at))]
    return bool(cells) and sum(looks_like_amount(cell) for cell in cells) * 2 > len(cells)


def decimal_of(table: Table, ats: Sequence[int]) -> str:
    """The decimal mark that most amounts of these columns show."""
    marks = Counter(decimal_mark(cell_at(row, at)) for _, _, row in table.below for at in ats)
    return "," if marks[","] > marks["."] else "."


def number_in(cell: str, decimal: str) -> Decimal | None:
    """The number in a cell; None for any other cell."""
    if not looks_like_amount(cell) or not any(map(str.isdigit, cell)):
        return None
    bare = _NO_NUMBER.sub("", cell).replace("−", "-")
    is_minus = "-" in bare or "(" in bare
    digits = re.sub(r"[()+\-]", "", bare).replace("," if decimal == "." else ".", "").replace(decimal, ".")
    try:
        return -Decimal(digits) if is_minus else Decimal(digits)
    except InvalidOperation:
        return None
