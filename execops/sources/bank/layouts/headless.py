"""A table without a header: which of its lines are movements, and the roles of its columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from execops.sources.bank.cells.amounts import looks_like_amount
from execops.sources.bank.cells.currencies import is_code
from execops.sources.bank.cells.dates import is_date
from execops.sources.bank.cells.line_cells import cell_at
from execops.sources.bank.cells.unbooked import summary, why_not_booked
from execops.sources.bank.parties.purposes import LEGAL_FORMS, to_words

_NAME = re.compile(r"[^\W\d_]{2}")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9 ]{8,30}")
_FRACTION = re.compile(r"\d[.,]\d{2}(?!\d)")
_LEAST_NAMES = 3  # a table has a date, a text and an amount
_LONGEST_NAME = 20  # of a column with a digit
_FEW = 2  # movements, beside which lines of another kind may stand


def says_something(cells: Iterable[str]) -> bool:
    """Whether some cell has words: a date, a number, an account and a currency are none."""
    return any(
        _NAME.search(cell) and not (is_date(cell) or _IBAN.fullmatch(cell.strip()) or is_code(cell.strip()))
        for cell in cells
    )


def _names_columns(cells: Sequence[str]) -> bool:
    """Whether a line names columns, in words that the reader does not know: only a person can say which is the amount."""
    filled = [cell for cell in cells if cell.strip()]
    with_digit = [cell for cell in filled if any(map(str.isdigit, cell))]  # `Card Last 4`
    if len(filled) < _LEAST_NAMES or len(with_digit) * _LEAST_NAMES > len(filled):
        return False
    return not any(
        is_date(cell) or looks_like_amount(cell) or len(cell) > _LONGEST_NAME for cell in with_digit
    )


def movements(table: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """The lines of a table that are movements; none where another kind of line stands between two of them.

    A line above or below them may tell the account, its balance or a sum. A balance has a date and an amount as a movement
    has, but no word beside lines that all have some.
    """
    dated = Counter(next((at for at, cell in enumerate(row) if is_date(cell)), -1) for row in table)
    dated.pop(-1, None)
    if not dated:
        return []
    day = dated.most_common(1)[0][0]
    numbers = [
        number
        for number, row in enumerate(table)
        if is_date(cell_at(row, day))
        and any(looks_like_amount(cell) and not is_date(cell) for cell in row if cell.strip())
        and summary([*row[:day], *row[day + 1 :]]) is None
        and why_not_booked(row) is None
    ]
    saying = [number for number in numbers if says_something(table[number])]
    if len(saying) >= _FEW and all(number in saying for number in numbers if saying[0] < number < saying[-1]):
        numbers = saying
    if len(numbers) < min(_FEW, len(table)) or any(map(_names_columns, table[: numbers[0]])):
        return []
    between = [
        row for number, row in enumerate(table) if numbers[0] < number < numbers[-1] and number not in numbers
    ]
    if any(summary(row) is None and why_not_booked(row) is None for row in between):
        return []
    return [table[number] for number in numbers]


def names_for(table: Sequence[Sequence[str]]) -> list[str] | None:
    """The roles of a table's columns as names, where its lines are movements and none is a header; None elsewhere."""
    table = movements(table)
    if not table:
        return None
    width = max(map(len, table))
    cells = [[row[at].strip() for row in table if at < len(row) and row[at].strip()] for at in range(width)]
    days = _columns_of_days(cells, len(table))
    numbers = [
        at for at in range(width) if at not in days and cells[at] and all(map(looks_like_amount, cells[at]))
    ]
    amounts = [
        at
        for at in numbers
        if len(cells[at]) == len(table) and any(any(sign in cell for sign in ".,-") for cell in cells[at])
    ]
    sides = [
        (first, second)
        for first in numbers
        for second in numbers
        if first < second and all(bool(cell_at(row, first)) != bool(cell_at(row, second)) for row in table)
    ]
    # A number with decimals is an amount sooner than one without, such as the end of a card's number: `-71002`.
    exact = [at for at in amounts if sum(bool(_FRACTION.search(cell)) for cell in cells[at]) * 2 > len(table)]
    amounts = exact or amounts
    texts = [at for at in range(width) if any(any(map(str.isalpha, cell)) for cell in cells[at])]
    texts = [at for at in texts if at not in {*days, *amounts}]
    if not days or not texts or not (amounts or sides):
        return None
    names = [f"column {at + 1}" for at in range(width)]
    names[days[0]] = "date"
    if len(texts) > 1 and (party := _party(texts, cells)) is not None:
        names[party] = "payee"
        texts.remove(party)
    # The text that says most comes first; a column that says the same again and again is a type.
    texts.sort(key=lambda at: -sum(map(len, {cell for cell in cells[at] if any(map(str.isalpha, cell))})))
    for column, name in zip(texts, ("description", "details", "memo"), strict=False):
        names[column] = name
    if sides:
        first, second = sides[0]
        debit, credit = (
            (second, first) if _is_minus(cells[second]) > _is_minus(cells[first]) else (first, second)
        )
        names[debit], names[credit] = "debit", "credit"
        rest = amounts
    else:
        signed = [at for at in amounts if any(cell[:1] in "-−(" for cell in cells[at])]
        amount = (signed or amounts)[0]
        parts = [at for at in numbers if at != amount and any(map(_FRACTION.search, cells[at]))]
        if not signed and any(0 < len(cells[at]) < len(table) for at in parts):
            return None  # the only full column may be the balance, beside columns of debit and credit
        names[amount] = "amount"
        rest = [at for at in amounts if at != amount]
    if not rest and not sides:
        rest = [at for at in numbers if at != amount and _follows(table, amount, at)]
    if rest:  # the balance before the movement stands before the one after it
        names[rest[-1]] = "balance"
    if (at := next((at for at in texts if all(map(is_code, cells[at]))), None)) is not None:
        names[at] = "currency"
    return names


def _columns_of_days(cells: Sequence[Sequence[str]], lines: int) -> list[int]:
    """The columns that have a day in every line; that of the statement, which stands in all lines alike, comes last."""
    days = [at for at, column in enumerate(cells) if len(column) == lines and all(map(is_date, column))]
    return sorted(days, key=lambda at: len(set(cells[at])) == 1)


def _party(texts: Sequence[int], cells: Sequence[Sequence[str]]) -> int | None:
    """The column of the other side's names: firms with their legal forms stand in it more often than anywhere else."""

    def firms(at: int) -> int:
        last = (to_words(cell.replace(".", "")).split()[-1:] for cell in cells[at])
        return sum(bool(LEGAL_FORMS.intersection(words)) for words in last)

    best = max(texts, key=firms)
    is_of_firms = firms(best) >= _FEW and firms(best) * _LEAST_NAMES >= len(cells[best])
    return best if is_of_firms and len(set(cells[best])) > _FEW else None


def _is_minus(cells: Sequence[str]) -> bool:
    """Whether most of these amounts have a minus."""
    return sum(cell[:1] in "-−(" for cell in cells) * 2 > len(cells)


def _follows(table: Sequence[Sequence[str]], amount: int, balance: int) -> bool:
    """Whether whole numbers are the balances after these amounts, in lines of either order."""
    if len(table) < _LEAST_NAMES:
        return False
    moved, balances = (
        [int("".join(filter(str.isdigit, cell_at(row, at))) or 0) for row in table]
        for at in (amount, balance)
    )
    changes = [abs(after - before) for before, after in pairwise(balances)]
    return changes in (moved[1:], moved[:-1]) and any(changes)
