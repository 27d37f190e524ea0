"""Columns that name the account that money leaves and the one that it reaches, as programs for accounting write both.

Firefly III gives a transfer no minus, whichever of the two accounts the file is of. The account of the file stands in every line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from execops.money import Money
from execops.sources.bank.cells.headers import plain
from execops.sources.bank.cells.line_cells import cell_at
from execops.sources.bank.parties.holder import key

_SIDES = (
    ("source name", "destination name"),
    ("source account", "destination account"),
    ("from account", "to account"),
    ("account from", "account to"),
    ("von konto", "nach konto"),
    ("compte source", "compte destination"),
    ("cuenta origen", "cuenta destino"),
    ("van rekening", "naar rekening"),
)
_LEAST = 3  # lines


class Way(NamedTuple):
    """The columns of the account that money leaves and of the one that it reaches; and the account of the file."""

    columns: tuple[int, int]
    account: str


def way_of(header: Sequence[str], below: Sequence[Sequence[str]]) -> Way | None:
    """The two columns and the one account that each line has on one side; None without such columns, or such an account."""
    names = [plain(name) for name in header]
    pair = next((pair for pair in _SIDES if set(pair) <= set(names)), None)
    if pair is None:
        return None
    columns = (names.index(pair[0]), names.index(pair[1]))
    lines = [{key(cell_at(row, at)) for at in columns} - {""} for row in below if any(map(str.strip, row))]
    counts = Counter(account for line in lines for account in line)
    always = [account for account, count in counts.items() if count == len(lines)]
    return Way(columns, always[0]) if len(always) == 1 and len(lines) >= _LEAST else None


def signed_by_accounts(way: Way | None, cells: Sequence[str], amount: Money) -> Money:
    """The amount with the sign of the account that it leaves or reaches; as it is where the table does not name both."""
    if way is None:
        return amount
    leaves, reaches = (key(cell_at(cells, at)) == way.account for at in way.columns)
    if leaves is reaches:
        return amount
    return Money(-abs(amount.minor) if leaves else abs(amount.minor), amount.currency)
