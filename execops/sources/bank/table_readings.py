"""The readings that the cells of a table leave open: the balances prove one of them, or a person is asked."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from execops.errors import InvalidInputError
from execops.money import Money
from execops.sources.bank import tables
from execops.sources.bank.bank_entries import Contents, Entry, Problem
from execops.sources.bank.cells.dates import is_date
from execops.sources.bank.cells.line_cells import cell_at
from execops.sources.bank.cells.units import have_lost_marks, may_have_lost_marks
from execops.sources.bank.doubts import DoubtError
from execops.sources.bank.layouts import days_told_once, two_words
from execops.sources.bank.layouts.layout import MONEY, Layout, Options, records


def proven_table(
    lines: list[str], layout: Layout, options: Options, currency: str, zone: ZoneInfo
) -> Contents:
    """The movements of a table, in the reading that its balances prove. Raises InvalidInputError.

    An amount may stand beside a debit or a credit, a day may stand once for several lines, and amounts may have lost their decimal
    mark.
    """

    def contents(of_lines: list[str], of_layout: Layout) -> Contents:
        read = tables.read_table(of_lines, of_layout, currency=currency, zone=zone)
        require_sum(read, options)
        if options.balance_is_checked:
            days_told_once.require_once(read)
        return read

    if (completed := days_told_once.completed(lines, layout)) is not None:
        with suppress(DoubtError):  # the table as it stands says more
            read = contents(completed.lines, layout)
            if days_told_once.are_proven(read, completed.numbers):
                return read
    if (once := days_told_once.without_repeats(lines, layout, below_header=True)) is not None:
        with suppress(DoubtError):
            if days_told_once.are_proven(read := contents(once.lines, layout), frozenset()):
                return days_told_once.with_repeats(read, once.numbers)
    if (marked := _with_lost_marks(lines, layout, contents)) is not None:
        return marked
    try:
        return contents(lines, layout)
    except DoubtError as doubt:
        # The first doubt is the one to answer, if another reading has one too.
        if "rest" in layout.columns:
            with suppress(DoubtError):
                return contents(lines, replace(layout, rest_first=True))
        if doubt.option in {"balance_is_checked", "sign"} and (
            once := days_told_once.without_repeats(lines, layout)
        ):
            with suppress(DoubtError):
                if days_told_once.are_proven(read := contents(once.lines, layout), frozenset()):
                    return days_told_once.with_repeats(read, once.numbers)
        if doubt.option == "sign" and (signed := _with_sign_column(lines, layout, contents)) is not None:
            return signed
        raise


def _with_lost_marks(
    lines: list[str], layout: Layout, contents: Callable[[list[str], Layout], Contents]
) -> Contents | None:
    """The movements with the decimal marks that a spreadsheet of another country took for groups of thousands: `749,90` as 74990.

    None where no amount lacks its mark, or where nothing but the amounts as they stand is proven. Raises InvalidInputError where
    marks are lost for certain, and no balance proves of which amounts.
    """
    if layout.in_minor_units:
        return None
    cells_of = {
        role: [
            cell_at(cells, at)
            for number, (_, _, cells) in enumerate(records(lines, layout.delimiter))
            if number > layout.header_record and not isinstance(cells, str)
        ]
        for role, at in layout.columns.items()
        if role in MONEY
    }
    if not may_have_lost_marks([cell for cells in cells_of.values() for cell in cells], layout.decimal):
        return None
    for way in (layout, replace(layout, in_minor_units=True)):
        with suppress(DoubtError):
            if days_told_once.are_proven(read := contents(lines, way), frozenset()):
                return read
    amounts = [cell for role, cells in cells_of.items() if role != "balance" for cell in cells]
    if have_lost_marks(amounts, layout.decimal):
        raise InvalidInputError(
            "Small amounts have no decimals, and large ones have two: a spreadsheet took their decimal mark away. Nothing was"
            " imported.",
            hint="Download the statement again, and import it before a spreadsheet opens it.",
        )
    return None


def _with_sign_column(
    lines: list[str], layout: Layout, contents: Callable[[list[str], Layout], Contents]
) -> Contents | None:
    """The movements by a column of two words, where the opening and the closing balance prove which word means what."""
    below = [
        cells
        for number, (_, _, cells) in enumerate(records(lines, layout.delimiter))
        if number > layout.header_record
        and not isinstance(cells, str)
        and is_date(cell_at(cells, layout.columns["date"]))
    ]
    proven: list[Contents] = []
    for at, words in two_words.candidates(below, layout.columns):
        with suppress(DoubtError):
            read = contents(lines, replace(layout, columns=layout.columns | {"sign": at}, sign_words=words))
            if (
                read.opening is not None
                and read.closing
                and not any(isinstance(e, Problem) for e in read.entries)
            ):
                proven.append(read)
    return proven[0] if len(proven) == 1 else None


def require_sum(contents: Contents, options: Options) -> None:
    """Raise DoubtError where the opening balance and the movements do not come to the closing balance."""
    if contents.opening is None or not options.balance_is_checked:
        return
    currency = contents.opening.amount.currency
    closing = next((balance for balance in contents.closing if balance.amount.currency == currency), None)
    if closing is None:
        return
    total = sum(
        entry.amount.minor
        for entry in contents.entries
        if isinstance(entry, Entry) and entry.amount.currency == currency
    )
    missing = closing.amount.minor - contents.opening.amount.minor - total
    if missing:
        raise DoubtError(
            f"The opening balance {contents.opening.amount} and the movements do not come to the closing balance"
            f" {closing.amount}: {Money(missing, currency)} is missing.",
            hint="Export the period again; or import it as it is with --no-balance-check.",
            option="balance_is_checked",
            values=(False,),
        )
