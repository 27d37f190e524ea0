"""The balances that a table tells in lines that are no movement: above it, below it, or beside a name of their own.

A line may name its balance (`Saldo iniziale: 6.133,27`), stand below names (`Opening Balance | Debits | Closing Bal`), or tell the
account, a day and one amount without a name, as BNP Paribas writes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import pairwise

from execops.money import Money
from execops.sources.bank.bank_entries import Told
from execops.sources.bank.cells.amounts import (
    UnreadableError,
    decimal_mark,
    looks_like_amount,
    negative,
    read_amount,
)
from execops.sources.bank.cells.currencies import is_code, is_sign, of_sign
from execops.sources.bank.cells.unbooked import balances_in, is_available, says_last, summary
from execops.sources.bank.cells.units import of_minor_units
from execops.sources.bank.layouts import ledgers
from execops.sources.bank.layouts.layout import Layout

_BOTH = 2  # the balance before the movements, and the one after them
_LEAST_NAMES = 2  # in a line of names of sums
_FRACTION = re.compile(r"[.,]\d{1,4}(?!\d)\W*[A-Za-z€$£]*\W*$")
_CUT = re.compile(r"(?<![\d.,])-?\d{1,3}$|\d,\d{3}$")
_REST = re.compile(r"\d{3}(?:\.\d{2})?")
_DAY = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}")
_OVERDRAWN = re.compile(r"\b(?:d[ée]biteur|overdrawn|im soll|saldo deudor|a debito)\b", re.IGNORECASE)
_ACCOUNT = re.compile(
    r"(?:account|compte|konto|cuenta|conto|conta|rekening|racun|účet|hesap|[x*•]{2,} ?\d{3,}|[a-z]{2}\d{2}[a-z0-9 ]{8,}|^\W*\d{10,}\W*$)",
    re.IGNORECASE,
)


def only_currency(table: Sequence[tuple[int, int, list[str] | str]], layout: Layout) -> str | None:
    """The currency of a table whose column of currencies has the same code in all movements; None for any other table."""
    at = layout.columns.get("currency")
    if at is None or layout.currency is not None:
        return layout.currency
    below = (
        cells
        for number, (_, _, cells) in enumerate(table)
        if number > layout.header_record and not isinstance(cells, str) and at < len(cells)
    )
    cells_of = {cells[at].strip() for cells in below}
    codes = {of_sign(cell, "") if is_sign(cell) else cell.upper() for cell in cells_of}
    codes = {code for code in codes if code and is_code(code)}
    return codes.pop() if len(codes) == 1 else None


class ToldBalances:
    """Gathers the opening and the closing balance from the lines of a table, in their order."""

    def __init__(self, layout: Layout, currency: str, day: Callable[[str], date | None]) -> None:
        self._layout = layout
        self._currency = currency
        self._day = day
        self._names: dict[int, str] = {}
        self._last: Told | None = None  # it may be the opening or the closing one
        self._nameless: Told | None = None
        self._pairs: list[tuple[Told, Told]] = []  # two amounts beside an account and two days
        self._openings: list[tuple[int, Told]] = []  # with the number of movements above
        self._closings_told: list[tuple[int, Told]] = []
        self._available: list[tuple[int, Told]] = []  # closing balances of what may be spent
        self._label: tuple[str, date | None] | None = (
            None  # of a balance whose amount stands in the next line
        )
        self._above = 0
        self._movements = 0

    def count(self, above: int) -> None:
        """Say how many movements stand above the next line; after the last line, how many there are."""
        self._above = self._movements = above

    def stands_below_names(self, cells: Sequence[str], *, is_dated: bool) -> bool:
        """Whether a line tells the sums that the line above it names; such a line is no movement, and has no day."""
        names, self._names = {} if is_dated else self._names, _names_of_sums(cells)
        amounts = {kind: self._readable(cells[at]) for at, kind in names.items() if at < len(cells)}
        if not any(amounts.values()):
            return False
        for kind, amount in amounts.items():
            if amount is not None:
                self._take({kind: Told(amount, None)})
        return True

    def read(self, cells: Sequence[str], kind: str | None, texts: Sequence[str], *, is_above: bool) -> None:
        """Take the balances of a line that is no movement, of a `kind` that its `texts` tell."""
        cells = _joined(cells) if self._layout.delimiter == "," else cells
        if self._read_below_label(cells, kind, texts):
            return
        day = next(filter(None, map(self._day, cells)), None)
        if (kind in {"opening", "closing"} or (kind is None and is_above)) and self._read_side_by_side(
            cells, day
        ):
            return
        if kind in {"opening", "closing"} and (amount := self._amount(cells)) is not None:
            self._take({_kind(str(kind), texts): Told(amount, day)})
            return
        in_words = [
            (label, kind, self._readable(text)) for cell in cells for label, kind, text in balances_in(cell)
        ]
        balances = {
            _kind(kind, [label], last=False): Told(amount, day)
            for label, kind, amount in in_words
            if amount is not None
        }
        self._take(balances)
        amounts = [cell for cell in cells if self._may_be_amount(cell) and _FRACTION.search(cell)]
        names_account = is_above and any(map(_ACCOUNT.search, cells))
        if kind is None and not balances and day and len(amounts) == 1 and names_account:
            amount = self._readable(amounts[0])
            before = list(filter(None, map(self._day, cells[: list(cells).index(amounts[0])])))
            balance = Told(amount, before[-1] if before else day) if amount is not None else None
            self._nameless = self._nameless or balance
        if kind is None and not balances and len(amounts) == _BOTH and names_account:
            self._read_pair(amounts, list(filter(None, map(self._day, cells))))

    def _read_below_label(self, cells: Sequence[str], kind: str | None, texts: Sequence[str]) -> bool:
        """Whether a line is the amount alone of the balance that the line above it names alone, as a copied page has them."""
        filled = [cell for cell in cells if cell.strip()]
        label, self._label = self._label, None
        if len(filled) != 1:
            return False
        if (
            label is not None
            and self._may_be_amount(filled[0])
            and (amount := self._readable(filled[0])) is not None
        ):
            self._take({label[0]: Told(amount, label[1])})
            return True
        if kind in {"opening", "closing"} and not self._may_be_amount(filled[0]):
            days = [day for match in _DAY.finditer(filled[0]) if (day := self._day(match[0]))]
            self._label = (_kind(str(kind), texts), days[-1] if days else None)
        return False

    def _read_pair(self, amounts: Sequence[str], days: Sequence[date]) -> None:
        """Take two amounts without a name, beside an account and the days of a period: the movements may prove them."""
        first, second = map(self._readable, amounts)
        if len(days) == _BOTH and first is not None and second is not None:
            self._pairs.append((Told(first, min(days)), Told(second, max(days))))

    def proven_pair(self, moved: int) -> tuple[Told, Told] | None:
        """The opening and the closing balance without names that differ by what was moved, in either order; else None."""
        for first, second in self._pairs:
            change = second.amount.minor - first.amount.minor
            if moved and change == moved:
                return first, second
            if moved and change == -moved:
                return Told(second.amount, first.day), Told(first.amount, second.day)
        return None

    def _read_side_by_side(self, cells: Sequence[str], day: date | None) -> bool:
        """Whether a line tells several balances, with a name before each amount: `Bokfört saldo;900,00;Disponibelt;1.000,00`."""
        names = [at for at, cell in enumerate(cells) if summary([cell]) or is_available(cell)]
        parts = [cells[begin:end] for begin, end in pairwise([*names, len(cells)])]
        amounts = [self._amount(part[1:]) for part in parts]
        if len(parts) < _BOTH or None in amounts:
            return False
        for part, amount in zip(parts, amounts, strict=True):
            kind = summary([part[0]])
            if amount is not None and kind in {"opening", "closing"}:
                self._take({_kind(kind, [part[0]]): Told(amount, day)})
        return True

    def without_words(self, amount: Money, day: date, days: Sequence[date], *, is_first: bool) -> None:
        """Take the balance of a line at an end of the table that has a day and an amount, but no word."""
        is_closing = day >= max(days) if day != min(days) else not is_first
        self._take({"closing" if is_closing else "opening": Told(amount, day)})

    def opening(self, earliest: date | None) -> Told | None:
        """The opening balance, if the table tells one. `earliest` is the day of the first movement."""
        if openings := self._at_an_end(self._openings):
            return openings[0]
        dated = sorted(self._dated(), key=_day)
        is_before = len(dated) == _BOTH and earliest is not None and _day(dated[0]) <= earliest
        if is_before and dated[0].day != dated[1].day:
            return dated[0]  # each of two days has its balance, and one is before the movements
        return None if self._last is None or self._ends(self._last) else self._last

    def closing(self, latest: date | None) -> Told | None:
        """The closing balance, if the table tells one. `latest` is the day of the last movement."""
        if closings := self._closings():
            return max(self._dated(), key=_day, default=closings[-1])
        for balance in (self._last, self._nameless):
            if (
                balance is not None
                and balance.day is not None
                and latest is not None
                and balance.day >= latest
            ):
                return balance
        return None

    def closing_above(self) -> Told | None:
        """The closing balance that stands above all movements, where the table tells no other one."""
        amounts = {balance.amount for _, balance in self._closings_told}
        return next(
            (balance for above, balance in self._closings_told if above == 0 and len(amounts) == 1), None
        )

    def _closings(self) -> list[Told]:
        return self._at_an_end(self._closings_told) or self._at_an_end(self._available)

    def _at_an_end(self, balances: Sequence[tuple[int, Told]]) -> list[Told]:
        """The balances above or below all movements: one between them is that of a page or of a day."""
        return [balance for above, balance in balances if above in {0, self._movements}]

    def _ends(self, last: Told) -> bool:
        """Whether the last balance is that at the end of the period: the file tells it once more."""
        return any(closing.amount == last.amount for closing in self._closings())

    def _dated(self) -> list[Told]:
        return [balance for balance in reversed(self._closings()) if balance.day is not None]

    def _take(self, balances: dict[str, Told]) -> None:
        self._openings += [(self._above, balances["opening"])] if "opening" in balances else []
        self._closings_told += [(self._above, balances["closing"])] if "closing" in balances else []
        self._available += [(self._above, balances["available"])] if "available" in balances else []
        self._last = self._last or balances.get("last")

    def _amount(self, cells: Sequence[str]) -> Money | None:
        """The balance of a line: in the column of balances, else its last amount, with decimals before one without."""
        columns = self._layout.columns
        amounts = [at for at, cell in enumerate(cells) if self._may_be_amount(cell)]
        sides = {
            at
            for at in amounts
            if at in {columns.get("debit"), columns.get("credit")} and _is_some(cells[at])
        }
        alone = sides if len(sides) == 1 else set()  # totals of both sides are no balance
        amounts.sort(
            key=lambda at: (at == columns.get("balance"), at in alone, bool(_FRACTION.search(cells[at])), at)
        )
        for at in reversed(amounts):
            if (amount := self._readable(cells[at])) is not None:
                is_owed = at == columns.get("debit") or any(map(_OVERDRAWN.search, cells))
                return negative(amount) if is_owed and amount.minor > 0 else amount
        return None

    def _may_be_amount(self, cell: str) -> bool:
        return any(map(str.isdigit, cell)) and looks_like_amount(cell) and not self._day(cell)

    def _readable(self, cell: str) -> Money | None:
        """The amount in a cell; None for any other cell."""
        code = of_sign(cell, self._currency) or self._layout.currency or self._currency
        for decimal, padded in ((self._layout.decimal, self._layout.padded), (decimal_mark(cell), False)):
            try:
                # Text above a table of a workbook may have another decimal mark than its numbers.
                amount = (
                    read_amount(cell, code, decimal or "", padded=padded) if decimal in {".", ","} else None
                )
            except UnreadableError:
                continue
            if amount is not None and self._layout.in_minor_units and decimal_mark(cell) is None:
                amount = of_minor_units(amount)
            if amount is not None:
                return negative(amount) if self._layout.is_ledger and ledgers.is_side_of(cell) else amount
        return None


def _is_some(cell: str) -> bool:
    """Whether an amount is not zero."""
    return any(digit in cell for digit in "123456789")


def _kind(kind: str, labels: Sequence[str], *, last: bool = True) -> str:
    """The kind of a balance, more closely by its label: the last one, or that of what may be spent."""
    if last and says_last(labels):
        return "last"
    return "available" if kind == "closing" and any(map(is_available, labels)) else kind


def _joined(cells: Sequence[str]) -> list[str]:
    """The cells with the amounts whole that the delimiter cut: `Current balance: $1`, `480.00`."""
    whole: list[str] = []
    for cell in cells:
        if whole and _CUT.search(whole[-1]) and _REST.fullmatch(cell):
            whole[-1] += f",{cell}"
        else:
            whole.append(cell)
    return whole


def _day(balance: Told) -> date:
    return balance.day or date.min


def _names_of_sums(cells: Iterable[str]) -> dict[int, str]:
    """The columns below a line that names sums and balances, `Opening Balance | Debits | Closing Bal`, with their kinds."""
    cells = list(cells)
    if any(any(map(str.isdigit, cell)) for cell in cells):
        return {}
    kinds = {
        at: _kind(kind, [cell], last=False) for at, cell in enumerate(cells) if (kind := summary([cell]))
    }
    is_of_sums = bool({"opening", "closing", "available"} & set(kinds.values()))
    return kinds if len(kinds) >= _LEAST_NAMES and is_of_sums else {}
