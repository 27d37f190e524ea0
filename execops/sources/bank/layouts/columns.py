"""The column of each role in a table: a person's choice, the bank's format, else the names that the cells below fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from execops.errors import InvalidInputError
from execops.sources.bank.cells import headers
from execops.sources.bank.cells.amounts import looks_like_amount
from execops.sources.bank.cells.currencies import is_code, is_sign
from execops.sources.bank.cells.dates import is_date
from execops.sources.bank.cells.line_cells import cell_at
from execops.sources.bank.cells.sides import IN, OUT
from execops.sources.bank.formats import BankFormat
from execops.sources.bank.layouts import proven_columns
from execops.sources.bank.layouts.both_sides import digits, one_way, other_side
from execops.sources.bank.layouts.own_currency import in_currency_of_account
from execops.sources.bank.layouts.tax_columns import with_tax

# Words that say something else too, such as a status: alone they are no sign.
_SAID_OF_OTHERS = frozenset({"paid", "charge", "money", "out", "minus", "withdrawal"})
_MARKS_IN = frozenset({"cr", "c", "credit", "h", "haben"})
# In this order: a column has one role, and a role with few names comes before one with many.
_ORDER = [
    "date",
    "currency",
    "balance",
    "amount",
    "debit",
    "credit",
    "net",
    "gross",
    "fee",
    "status",
    "sign",
    "id",
    "type",
    "subtype",
    "category",
    "merchant",
    "payer",
    "payee",
    "description",
    "account",
]
_MONEY = frozenset({"amount", "debit", "credit", "balance", "net", "gross", "fee", "sign"})
_BESIDE = frozenset({"account", "subtype"})  # roles that a bank's format may leave to the names
_TEXTS = frozenset({"description", "payee", "payer", "merchant"})
_NAME = re.compile(r"[^\W\d_]{2}")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9 ]{0,30}")
_CODE_LETTERS = 6  # a cell of a code, such as `ICT` or `UMC-S`, has fewer; one of words has more
_WORDS_TOO = frozenset(
    ["ALL", "BOB", "TOP", "CUP", "MOP", "SOS", "PEN", "BAM", "LAK", "ANG", "MAD"]
)  # codes that are words
_NAME_LETTERS = 3  # of the names in a column, where no other column has words
_DECIMALS = re.compile(r"[.,]\d{2}(?!\d)")
_FRACTION = re.compile(r"\d[.,]\d{2}(?!\d)")
_DAY = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}")  # `Valör` is a day in Turkish, and an amount elsewhere
_LEAST_NAMES = 3  # of a header: a day, a text and an amount
# Letters that an encoding lost: `W?hrung`.
_DAMAGED = re.compile(r"[^\W\d_][^\x00-\x7f\w\s][^\W\d_]?|\w\?\w|[\ufffd¤]|Ã")
_ENOUGH = 0.6  # of the cells that are not empty: a line of a total, or one that is pending, may not fit


def choose(
    header: Sequence[str],
    below: Sequence[Sequence[str]],
    named: Mapping[str, str],
    bank_format: BankFormat | None,
    *,
    by_cells: bool = False,
) -> dict[str, int]:
    """The index of each role's column. `named` are a person's choices, by name or number.

    With `by_cells`, a column of days or of amounts under a name that says nothing has the role, if no other column may.
    Raises InvalidInputError where the date or the amount has no column.
    """
    # Without a day, a footer, a sum and a line that goes on say nothing about a column.
    all_below, below = below, [row for row in below if any(map(is_date, row))] or below
    columns = _by_names(header, below)
    if len({"debit", "credit"} & columns.keys()) == 1 and "amount" not in columns:
        columns |= _without_days(header, all_below, {"debit", "credit", "balance"} - columns.keys(), columns)
    if not _are_enough(columns):  # a column that is empty may still be the right one
        columns = _by_names(header, below, empty_too=True)
    if not _are_enough(columns) and (by_currency := headers.by_currency(header)):
        columns |= {"amount": min(by_currency)}
    # A line with fewer names than the movements have cells is of another table.
    if by_cells and not _are_enough(columns) and len(header) >= max(map(len, below), default=0):
        columns = _proven(columns, header, below) or _by_cells(columns, header, below)
        columns |= _signs(columns, below)
    if (
        "balance" not in columns
        and (at := proven_columns.balance_of(columns, below, len(header))) is not None
    ):
        columns["balance"] = at
    if "currency" not in columns and (at := _of_codes(header, below, columns)) is not None:
        columns["currency"] = at
    if bank_format:
        of_format = bank_format.columns_in(header)
        columns = {
            role: at for role, at in columns.items() if role in _BESIDE and at not in of_format.values()
        } | of_format
    if "amount" in named:
        columns = {role: at for role, at in columns.items() if role not in {"debit", "credit", "rest"}}
    elif {"debit", "credit"} & named.keys():
        other_amounts = {"amount", "rest", "debit", "credit", "sign", "gross"}
        columns = {role: at for role, at in columns.items() if role not in other_amounts}
    for role, name in named.items():
        at = headers.find(header, name)
        if at is None or (name.strip().isdigit() and not headers.candidates(header)):
            raise InvalidInputError(
                f"There is no column {name!r}; nothing was imported.",
                hint="Name it as the header does, or by its number from 1.",
            )
        columns = {
            held_role: column for held_role, column in columns.items() if column != at or held_role in named
        }
        columns[role] = at
    if not _are_enough(columns):
        raise InvalidInputError(
            "There is no column for the date, or none for the amount; nothing was imported.",
            hint="Name them: --date COL --amount COL (or --debit COL --credit COL).",
        )
    return columns


def _without_days(
    header: Sequence[str], below: Sequence[Sequence[str]], roles: Collection[str], columns: Mapping[str, int]
) -> dict[str, int]:
    """The columns of these roles that only lines without a day fill: a bank may tell the day once, in the line above."""
    candidates = headers.candidates(header)
    filled: dict[str, int] = {}
    for role in roles:
        for at in candidates.get(role, []):
            cells = [cell for row in below if (cell := cell_at(row, at))]
            if at not in {*columns.values(), *filled.values()} and cells and _fits(role, cells):
                filled[role] = at
                break
    return filled


def _by_cells(
    columns: Mapping[str, int], header: Sequence[str], below: Sequence[Sequence[str]]
) -> dict[str, int]:
    """The roles with the column of days, and the one of amounts, whose names nobody knows."""
    names = [name.strip() for name in header]
    if len(list(filter(None, names))) < _LEAST_NAMES or any(any(map(str.isdigit, name)) for name in names):
        return dict(columns)
    free = {
        at: cells
        for at in range(len(header))
        if names[at]
        and at not in columns.values()
        and len(cells := [cell for row in below if (cell := cell_at(row, at))]) * 2 > len(below)
    }
    by_name = {role: at for role, at in columns.items() if role != "date"}
    days = [at for at, cells in free.items() if _fits("date", cells)]
    date_column = columns.get("date", min(days, default=None))
    if {"amount", "debit", "credit"} & columns.keys():
        amount = None
    else:
        amounts = [
            at
            for at, cells in free.items()
            if at not in days and _fits("amount", cells) and all(map(_DECIMALS.search, cells))
        ]
        amount = amounts[0] if len(amounts) == 1 else None
    chosen = {"date": date_column, "amount": amount}
    return by_name | {role: at for role, at in chosen.items() if at is not None}


def _proven(
    columns: Mapping[str, int], header: Sequence[str], below: Sequence[Sequence[str]]
) -> dict[str, int]:
    """The roles with the columns of amounts that the balances prove, whatever their names; none without a proof or a day."""
    day = columns.get("date", _by_cells(columns, header, below).get("date"))
    if day is None or any(map(is_of_movement, header)):
        return {}
    proven = proven_columns.by_balances(below, [day], len(header))
    beside = {role: at for role, at in columns.items() if role not in _MONEY and at not in proven.values()}
    return {**beside, "date": day, **proven} if proven else {}


def _of_codes(
    header: Sequence[str], below: Sequence[Sequence[str]], columns: Mapping[str, int]
) -> int | None:
    """A column without a role in which all lines have one and the same code of a currency; None without one.

    The codes may differ if the name of the column is damaged. The code beside the amount counts where there are several.
    """
    free = [
        at
        for at, name in enumerate(header)
        if at not in columns.values()
        and not headers.is_elsewhere(name)
        and (cells := {cell_at(row, at) for row in below})
        and (len(cells) == 1 or (len(below) > len(cells) and _DAMAGED.search(name)))
        and all(
            (cell.isupper() and is_code(cell) and cell not in _WORDS_TOO) or is_sign(cell) for cell in cells
        )
    ]
    codes = {cell_at(row, at) for row in below for at in free}
    amount = columns.get("amount", -2)
    beside = [at for at in free if at in {amount - 1, amount + 1}]
    return free[0] if len(codes) == 1 else beside[0] if len(beside) == 1 else None


def _are_enough(columns: Mapping[str, int]) -> bool:
    return "date" in columns and bool({"amount", "debit", "credit"} & columns.keys())


def _by_names(
    header: Sequence[str], below: Sequence[Sequence[str]], *, empty_too: bool = False
) -> dict[str, int]:
    """The roles whose names stand in the header, as far as the cells fit; without a line below, the names decide."""
    columns, candidates = dict[str, int](), headers.candidates(header)
    filled = [
        [row[at].strip() for row in below if at < len(row) and row[at].strip()] for at in range(len(header))
    ]
    exact = candidates.keys() & {"amount", "debit", "credit"}
    for role, columns_of_role in headers.by_beginning(header).items():
        if role not in candidates and not (exact and role in {"amount", "debit", "credit"}):
            candidates[role] = columns_of_role
    for role, columns_of_role in headers.by_ending(header).items():
        more = [at for at in columns_of_role if at not in candidates.get(role, [])]
        candidates[role] = candidates.get(role, []) + more
    for role in _ORDER:
        free = [at for at in candidates.get(role, []) if at not in columns.values()]
        if role in _TEXTS and free:  # a column of notes that nobody fills tells nobody's name
            most = max(len(filled[at]) for at in free)
            free = [at for at in free if len(filled[at]) * 2 >= most]
        fit = (at for at in free if not below or _fits(role, filled[at]) or (empty_too and not filled[at]))
        if (at := next(fit, None)) is not None:
            columns[role] = at
    if "currency" in columns:
        columns["currency"] = _beside_amount(header, columns, filled)
    if (in_own_currency := in_currency_of_account(header, filled)) and all(
        _fits(role, filled[at]) for role, at in in_own_currency.items()
    ):
        columns |= in_own_currency
        if "currency" not in in_own_currency and "amount" in in_own_currency:
            columns.pop("currency", None)  # of the purchase
        if "debit" in in_own_currency:
            columns = {
                role: at for role, at in columns.items() if role not in {"amount", "fee", "net", "gross"}
            }
    sides = {"debit", "credit"} & columns.keys()
    if len(sides) == 1 and "amount" not in columns and below:
        (side,) = sides
        if (at := other_side(columns, side, below, len(header))) is not None:
            columns["credit" if side == "debit" else "debit"] = at
    if "fee" in columns and (remaining := _after_fee(columns, candidates, below)) is not None:
        columns["amount"] = remaining  # the part that is left after the fee moves the balance
        columns.pop("fee")
    elif (at := with_tax(header, below, columns)) is not None:
        columns["amount"] = at
    if not _are_enough(columns) and "net" in columns:
        columns["amount"] = columns["net"]  # no other column tells what moved
    columns = one_way(columns, below)
    columns |= _signs(columns, below)
    if "amount" not in columns:
        columns.pop("sign", None)
    if (at := _richer_text(columns, filled, len(below))) is not None:
        columns["description"] = at
    return columns


def _beside_amount(header: Sequence[str], columns: Mapping[str, int], filled: Sequence[Sequence[str]]) -> int:
    """The column of the currency that stands beside the amount, where several have its name: others tell of other amounts."""
    chosen = columns["currency"]
    amount = columns.get("amount", columns.get("credit", columns.get("debit", chosen)))
    alike = {
        at
        for at, name in enumerate(header)
        if headers.plain(name) == headers.plain(header[chosen]) and _fits("currency", filled[at])
    }
    before, behind = amount - 1, amount + 1
    stands_before = before in alike and not (before > 0 and _fits("amount", filled[before - 1]))
    if stands_before or behind not in alike:
        return before if before in alike else chosen
    return behind


def _richer_text(columns: Mapping[str, int], filled: Sequence[Sequence[str]], lines: int) -> int | None:
    """A column of words that no name tells of, where the one of the description holds codes alone, or there is none.

    It is filled in most lines, and does not say the same in all of them.
    """

    def letters(at: int) -> float:
        return sum(sum(map(str.isalpha, cell)) for cell in filled[at]) / max(1, len(filled[at]))

    length = letters(columns["description"]) if "description" in columns else 0.0
    has_none = _TEXTS.isdisjoint(columns)
    if length >= _CODE_LETTERS:
        return None
    free = [
        at
        for at, cells in enumerate(filled)
        if at not in columns.values()
        and len(cells) * 2 > lines
        and len(set(cells)) > 1
        and (has_none or " " in "".join(cells))
    ]
    best = max(free, key=letters, default=None)
    least = _NAME_LETTERS if has_none else max(_CODE_LETTERS, 2 * length)
    if best is None or letters(best) < least:
        return None
    return best


def _after_fee(
    columns: Mapping[str, int], candidates: Mapping[str, Sequence[int]], below: Sequence[Sequence[str]]
) -> int | None:
    """The column of what is left after the fee: by its name, or because it is the amount without the fee in every line."""
    if "net" in columns:
        return columns["net"]
    if "amount" not in columns or columns["amount"] in candidates.get("net", []):
        return columns.get("amount")
    amount, fee = columns["amount"], columns["fee"]
    lines = [[digits(cell) for cell in row] for row in below]
    lines = [line for line in lines if len(line) > max(amount, fee) and line[amount]]
    for column in range(min(map(len, lines), default=0)):
        if column not in {amount, fee} and all(
            line[column] and line[column] in {line[amount] - line[fee], line[amount] + line[fee]}
            for line in lines
        ):
            return column
    return None


def _signs(columns: Mapping[str, int], below: Sequence[Sequence[str]]) -> dict[str, int]:
    is_open = "amount" in columns and "sign" not in columns and bool(below)
    at = _sign_column(below, columns) if is_open else None
    return {} if at is None else {"sign": at}


def _sign_column(below: Sequence[Sequence[str]], columns: Mapping[str, int]) -> int | None:
    """The column whose cells all say debit or credit, where no amount has a sign of its own.

    A column of text is none: somebody may be called D.
    """
    amounts = [row[columns["amount"]] for row in below if columns["amount"] < len(row)]
    if any(sign in cell for cell in amounts for sign in "-−(") or any(
        cell.strip()[-1:].isalpha() for cell in amounts
    ):
        return None
    texts = {at for role, at in columns.items() if role in _TEXTS}
    for at in (at for at in range(max(map(len, below))) if at not in texts):
        words = {headers.plain(row[at]) for row in below if at < len(row) and row[at].strip()}
        if words and words <= OUT | IN and words & OUT and (words & IN or words - _SAID_OF_OTHERS):
            return at
        signs = {cell_at(row, at) for row in below}
        if signs == {"+", "-"}:
            return at
        # `CR` beside the amounts that come in, and nothing beside those that leave
        if words and words <= _MARKS_IN and abs(at - columns["amount"]) == 1 and at not in columns.values():
            return at
    return None


def _fits(role: str, cells: Sequence[str]) -> bool:
    if role in {"payee", "payer", "merchant"}:  # an account's number names nobody
        return sum(bool(_NAME.search(cell)) and not _IBAN.fullmatch(cell) for cell in cells) * 2 > len(cells)
    if role in _TEXTS | {"type", "subtype", "category", "id", "status", "account"}:
        return bool(cells)
    checks: dict[str, Callable[[str], bool]] = {
        "date": is_date,
        "currency": lambda cell: is_code(cell) or is_sign(cell),
        "sign": lambda cell: headers.plain(cell) in OUT | IN or cell in {"+", "-"},
    }
    check = checks.get(role, lambda cell: looks_like_amount(cell) and not _DAY.fullmatch(cell))
    if role not in checks:  # a dash stands for nothing
        cells = [cell for cell in cells if any(map(str.isalnum, cell))]
    return bool(cells) and sum(map(check, cells)) >= _ENOUGH * len(cells)


def is_of_movement(cell: str) -> bool:
    """Whether a cell is a day or an amount with decimals, which no column is called."""
    return any(map(str.isdigit, cell)) and (
        (_FRACTION.search(cell) is not None and looks_like_amount(cell)) or is_date(cell)
    )


def more_texts(
    header: Sequence[str], below: Sequence[Sequence[str]], columns: Mapping[str, int]
) -> tuple[int, ...]:
    """The columns of words that have no role: those of further descriptions, and those without a name."""
    named = headers.candidates(header).get("description", [])
    return tuple(at for at in (*named, *_without_name(header, below)) if at not in columns.values())


def _without_name(header: Sequence[str], below: Sequence[Sequence[str]]) -> Iterator[int]:
    """The columns of words to which the header gives no name: the text of a movement goes on there."""
    for at, name in enumerate(header):
        if not name.strip() and any(at < len(cells) and any(map(str.isalpha, cells[at])) for cells in below):
            yield at
