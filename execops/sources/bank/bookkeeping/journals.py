"""A journal of double entry: every transaction stands in it with all of its accounts, and only the bank's are movements.

GnuCash, hledger, QuickBooks, Odoo and the French FEC write a line for each account, which come to nothing together. DATEV, Banana and
others write one line with the account that is debited and the one that is credited. Such a journal is written anew as the
table of the bank's account, each line at its own number; lines of other accounts are left out by name.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from execops.errors import InvalidInputError
from execops.sources.bank.bookkeeping import datev
from execops.sources.bank.bookkeeping.journal_tables import (
    ACCOUNTS,
    COUNTER,
    CREDITED,
    DEBITED,
    DOCUMENTS,
    LEAST,
    SIDE,
    SIDES,
    Split,
    Table,
    amount_column,
    decimal_of,
    first_of,
    is_of_amounts,
    number_in,
    table_of,
)
from execops.sources.bank.bookkeeping.openings import says_opening
from execops.sources.bank.cells import headers
from execops.sources.bank.cells.amounts import looks_like_amount
from execops.sources.bank.cells.currencies import of_account
from execops.sources.bank.cells.dates import is_date
from execops.sources.bank.cells.line_cells import cell_at
from execops.sources.bank.layouts.accounts_of_books import has_number_of_bank, is_of_bank, is_of_holder
from execops.sources.bank.layouts.layout import DELIMITERS
from execops.sources.bank.layouts.ledgers import ANOTHER

HEADER = ("Date", "Payee", "Description", "Memo", "Category", "Money in", "Money out", "Currency", "Status")
_TEXTS = {
    "Payee": (
        "name",
        "payee",
        "customer supplier",
        "contact",
        "relatie",
        "partner",
        "tiers",
        "complib",
        "compauxlib",
    ),
    "Description": (
        "description",
        "buchungstext",
        "text",
        "narration",
        "ecriturelib",
        "libelle",
        "concepto",
        "descrizione",
        "omschrijving",
        "label",
        "reference",
        "memo description",
        "beschreibung",
        "details",
    ),
    "Memo": ("memo", "notes", "comment", "posting comment", "belegtext", "zusatz"),
}
_CURRENCIES = (
    "currency",
    "wkz umsatz",
    "commodity",
    "commodity currency",
    "wahrung",
    "devise",
    "idevise",
    "moneda",
    "valuta",
)
_TYPES = frozenset(
    {"account type", "type of account", "account kind", "kontoart", "type de compte", "tipo de cuenta"}
)
_BANK_TYPES = frozenset(
    {
        "cash and bank",
        "bank",
        "bank account",
        "bank and cash",
        "checking",
        "bank accounts",
        "bankkonto",
        "banque",
        "banco",
    }
)
_SHORT = re.compile(r"\d{3,6}")  # an account in a chart
_LONGEST_NUMBER = 9  # of an account in books; those of banks are longer
_MOST_IN_ALL = 0.75  # of the lines name the bank's account, where no name tells it


def as_account(lines: Sequence[str], delimiter: str | None = None) -> list[str] | None:
    """The lines of the bank's account with commas between the cells; None for any file that is no journal.

    Raises InvalidInputError where the journal does not tell which account is the bank's.
    """
    lines = datev.with_whole_days(lines) or lines
    for sign in (delimiter,) if delimiter else DELIMITERS:
        table = table_of(lines, sign)
        if table is None:
            continue
        if (journal := _of_pairs(table) or _of_splits(table)) is not None:
            return _written(lines, table, journal)
    return None


class _Journal(NamedTuple):
    """The movements of the bank's account, each with the accounts on its other side; and the lines of other accounts."""

    movements: list[tuple[Split, list[tuple[str, ...]]]]
    others: list[Split]
    main: tuple[str, ...]


def _of_pairs(table: Table) -> _Journal | None:
    """The journal whose lines name two accounts and one amount without a sign."""
    names = [headers.plain(name) for name in table.header]
    debited, credited, side = (first_of(names, of) for of in (DEBITED, CREDITED, SIDE))
    if debited is None or credited is None:
        debited, credited = _numbers_of_accounts(table, names)
    if debited is None or credited is None:
        debited, credited = (
            first_of(names, {"konto", "account", "compte", "cuenta", "conto", "rekening"}),
            first_of(names, COUNTER),
        )
        # A bank has such columns too, of numbers that are longer; only books name a document.
        if side is None or not any(name.startswith(DOCUMENTS) for name in names):
            return None
    else:
        side = None
    amount = amount_column(table, {debited, credited, side})
    if debited is None or credited is None or amount is None:
        return None
    pairs: list[tuple[Split, Split]] = []
    decimal = decimal_of(table, [amount])
    for first, last, cells in table.below:
        moved = number_in(cell_at(cells, amount), decimal)
        debit, credit = cell_at(cells, debited), cell_at(cells, credited)
        if moved is None or not debit or not credit:
            continue
        if len(debit) > _LONGEST_NUMBER and debit.isdigit():
            return None
        if side is not None and headers.plain(cell_at(cells, side)) in {"h", "haben", "c", "cr", "credit"}:
            moved = -moved
        pairs.append(
            (Split(first, last, moved, (debit,), cells), Split(first, last, -moved, (credit,), cells))
        )
    if len(pairs) < LEAST:
        return None
    counts = Counter(split.account for pair in pairs for split in pair)
    main = _named_above(table, counts) or _frequent(counts, len(pairs))
    if main is None:
        raise _doubt([account for account, _ in counts.most_common(3)])
    movements, others = [], []
    for pair in pairs:
        mine = [split for split in pair if split.account == main]
        if len(mine) == 1:
            movements.append((mine[0], [split.account for split in pair if split.account != main]))
        else:
            others.append(pair[0])
    return _Journal(movements, others, main)


def _numbers_of_accounts(table: Table, names: Sequence[str]) -> tuple[int | None, int | None]:
    """The columns of debits and credits that hold numbers of accounts in all lines, and no amounts."""
    for debit, credit in SIDES:
        debited, credited = (first_of(names, {name}) for name in (debit, credit))
        if debited is None or credited is None:
            continue
        dated = [row for _, _, row in table.below if any(map(is_date, row))]
        cells = [cell_at(row, at) for row in dated for at in (debited, credited)]
        if cells and all(map(_SHORT.fullmatch, cells)):
            return debited, credited
    return None, None


def _named_above(table: Table, counts: Counter[tuple[str, ...]]) -> tuple[str, ...] | None:
    """The account that the lines above name as the bank's: `1020 PostFinance Geschäftskonto`."""
    parts = [
        part for _, _, cells in table.above for cell in cells for part in re.split(r"\s[/|;]\s|,\s", cell)
    ]
    named = [
        account
        for account in counts
        if any(re.search(rf"\b{re.escape(account[0])}\b", part) and is_of_bank([part]) for part in parts)
    ]
    return named[0] if len(named) == 1 else None


def _frequent(counts: Counter[tuple[str, ...]], lines: int) -> tuple[str, ...] | None:
    """The account that most lines name, where it may be a bank's by its number or its name, or where all lines name it."""
    (first, most), *rest = counts.most_common(2)
    is_alone = not rest or rest[0][1] * 2 <= most
    may_be = has_number_of_bank(first[0]) or is_of_bank(first)
    return first if is_alone and (most == lines or (most >= lines * _MOST_IN_ALL and may_be)) else None


def _of_splits(table: Table) -> _Journal | None:
    """The journal with a line for each account, in transactions that come to nothing."""
    names = [headers.plain(name) for name in table.header]
    accounts = [at for at, name in enumerate(names) if name in ACCOUNTS]
    splits = _splits(table, accounts)
    groups = _groups(splits)
    if groups is None:
        return None
    counts: Counter[tuple[str, ...]] = Counter()
    for group in groups:
        counts.update({split.account for split in group})
    of_type = _of_bank_by_type(names, splits)
    banks = [
        account
        for account, _ in counts.most_common()
        if is_of_bank(account) or _is_french_bank(names, account) or account in of_type
    ]
    main = banks[0] if banks else _frequent(counts, len(groups))
    if main is None:
        raise _doubt([account for account, _ in counts.most_common(3)])
    rivals = [
        account
        for account in banks[1:]
        if sum(
            any(split.account == account for split in group)
            and not any(split.account == main for split in group)
            for group in groups
        )
        > 1
    ]
    if rivals:
        raise _doubt([main, *rivals])
    movements, others = [], []
    for group in groups:
        counters = [split.account for split in group if split.account != main]
        for split in group:
            if split.account == main and split.moved:  # one that is void moves nothing
                movements.append((split._replace(cells=_filled_up(split, group)), counters))
            else:
                others.append(split._replace(cells=_filled_up(split, group)))
    return _Journal(movements, others, main)


def _of_bank_by_type(names: Sequence[str], splits: Sequence[Split]) -> set[tuple[str, ...]]:
    """The accounts whose type is that of a bank, in a column of types: `Cash and Bank` at Wave."""
    at = first_of(names, _TYPES)
    if at is None:
        return set()
    return {split.account for split in splits if headers.plain(cell_at(split.cells, at)) in _BANK_TYPES}


def _is_french_bank(names: Sequence[str], account: tuple[str, ...]) -> bool:
    return "comptenum" in names and account[0].startswith("512")


def _splits(table: Table, accounts: Sequence[int]) -> list[Split]:
    columns = headers.candidates(table.header)
    begun = headers.by_beginning(table.header)
    debit, credit = (next(iter(columns.get(role, [])), None) for role in ("debit", "credit"))
    if debit is not None and credit is not None:
        ats = [debit, credit]
    else:
        amounts = [
            at for at in (*columns.get("amount", []), *begun.get("amount", [])) if is_of_amounts(table, at)
        ]
        ats = amounts[:1]
    if not ats or not accounts:
        return []
    decimal = decimal_of(table, ats)
    splits = []
    for first, last, cells in table.below:
        account = tuple(cell for at in accounts if (cell := cell_at(cells, at)))
        numbers = [number_in(cell_at(cells, at), decimal) for at in ats]
        if not account or not any(number is not None for number in numbers):
            continue
        moved = (numbers[0] or Decimal(0)) - ((numbers[1] or Decimal(0)) if len(numbers) > 1 else 0)
        splits.append(Split(first, last, moved, account, cells))
    return splits


def _groups(splits: Sequence[Split]) -> list[list[Split]] | None:
    """The transactions of a journal: lines that follow each other, or that one cell names alike. None where they leave a rest."""
    if len(splits) < LEAST or len({split.account for split in splits}) < LEAST:
        return None
    groups: list[list[Split]] = [[]]
    rest = Decimal(0)
    for split in splits:
        is_void = len(groups[-1]) > 1 and not any(line.moved for line in groups[-1])
        if is_void and any(map(is_date, split.cells)):  # a void transaction ends without a sum
            groups.append([])
        groups[-1].append(split)
        rest += split.moved
        if rest == 0 and any(line.moved for line in groups[-1]):
            groups.append([])
    groups = [group for group in groups if group]
    if rest == 0 and len(groups) > 1 and all(len(group) > 1 for group in groups):
        return groups
    for at in range(max(len(split.cells) for split in splits)):
        by_key: dict[str, list[Split]] = defaultdict(list)
        for split in splits:
            by_key[cell_at(split.cells, at)].append(split)
        whole = [group for key, group in by_key.items() if key]
        if (
            len(whole) > 1
            and "" not in by_key
            and all(len(group) > 1 and not sum(line.moved for line in group) for group in whole)
        ):
            return whole
    return None


def _filled_up(split: Split, group: Sequence[Split]) -> list[str]:
    """The cells of a line, the empty ones as the first line of its transaction has them."""
    width = max(len(line.cells) for line in group)
    return [
        cell_at(split.cells, at)
        or next(
            filter(
                None,
                (
                    cell_at(line.cells, at)
                    for line in group
                    if is_date(cell_at(line.cells, at)) or not looks_like_amount(cell_at(line.cells, at))
                ),
            ),
            "",
        )
        for at in range(width)
    ]


def _doubt(accounts: Iterable[tuple[str, ...]]) -> InvalidInputError:
    named = ", ".join(" ".join(account)[:40] for account in accounts)
    return InvalidInputError(
        f"The file is a journal of several accounts ({named}), and does not tell which is the bank's; nothing was imported.",
        hint="Export the account of the bank alone, such as its ledger or its account sheet.",
    )


def _written(lines: Sequence[str], table: Table, journal: _Journal) -> list[str]:
    """The lines as a table of the bank's account."""
    written = ["\r\n"] * len(lines)
    for first, _, cells in table.above:
        written[first - 1] = _line(cells)
    last_above = max((last for _, last, _ in table.above), default=0)
    written[last_above] = _line(HEADER)
    names = [headers.plain(name) for name in table.header]
    date_at = headers.candidates(table.header)["date"][0]
    for split in journal.others:
        row = {"Date": cell_at(split.cells, date_at), "Status": ANOTHER}
        written[split.first - 1] = _line([row.get(name, "") for name in HEADER])
    for split, counters in journal.movements:
        row = {"Date": cell_at(split.cells, date_at), **_texts(names, split.cells)}
        is_own = bool(counters) and all(is_of_holder(account, journal.main) for account in counters)
        counter = " ".join(counters[0]) if counters else ""
        row["Category"] = f"[{counter}]" if is_own else counter
        if any(says_opening(account) for account in counters):
            row |= {"Payee": "", "Description": "Opening balance", "Memo": ""}
        row["Currency"] = row.get("Currency") or of_account(" ".join(journal.main)) or ""
        row["Money in" if split.moved > 0 else "Money out"] = f"{abs(split.moved):.2f}"
        written[split.first - 1] = _line([row.get(name, "") for name in HEADER])
    return written


def _texts(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    texts = {
        role: next(
            (cell for name in of_role if name in names and (cell := cell_at(cells, names.index(name)))), ""
        )
        for role, of_role in _TEXTS.items()
    }
    codes = (cell_at(cells, names.index(name)).rpartition(":")[2] for name in _CURRENCIES if name in names)
    return texts | {"Currency": next((code for code in codes if len(code) == len("EUR")), "")}


def _line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
