"""A history that tells both sides of each movement, as Wise's `transaction-history.csv` does: who paid, and who got what.

Its amounts have no sign: `Direction` tells which side is the company's. The amount at the source leaves, and the fee
beside it; a conversion is one line, and leaves one currency for another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from execops.money import Money
from execops.sources.bank.bank_entries import Contents, Entry, LeftOut, Problem
from execops.sources.bank.cells.amounts import UnreadableError, read_amount
from execops.sources.bank.cells.currencies import is_code
from execops.sources.bank.cells.dates import read_date
from execops.sources.bank.cells.headers import plain
from execops.sources.bank.layouts.layout import DELIMITERS, records

_SEARCHED = 20  # records at the top of a file, for its header
_NEEDED = {"direction", "source amount", "source currency", "target amount", "target currency"}
_DIRECTIONS = {"in", "out", "neutral"}
_BOOKED = {"completed", "complete", ""}


def read_two_sided(lines: Sequence[str], zone: ZoneInfo) -> Contents | None:
    """The movements of such a history; None for any other file. A day begins in `zone`."""
    for delimiter in DELIMITERS:
        columns: dict[str, int] = {}
        entries: list[Entry | Problem | LeftOut] = []
        for number, (line, _, cells) in enumerate(records(lines, delimiter)):
            if isinstance(cells, str):
                if columns:
                    entries.append(Problem(line, cells))
            elif columns:
                if any(map(str.strip, cells)):
                    entries += _read(line, cells, columns, zone)
            elif number > _SEARCHED:
                break
            else:
                names = _names(cells)
                columns = names if names.keys() >= _NEEDED else {}
        if columns:
            return Contents(entries=entries)
    return None


def _names(cells: Sequence[str]) -> dict[str, int]:
    """The columns by their names, without what stands in brackets: `Source amount (after fees)`."""
    return {plain(cell.partition("(")[0]): at for at, cell in reversed(list(enumerate(cells)))}


def _read(
    line: int, cells: Sequence[str], columns: Mapping[str, int], zone: ZoneInfo
) -> Iterator[Entry | Problem | LeftOut]:
    cell_of = {name: cells[at].strip() for name, at in columns.items() if at < len(cells)}
    if (status := plain(cell_of.get("status", ""))) not in _BOOKED:
        yield LeftOut(
            line, status
        )  # what was refunded is told in the line of the payment, so nothing is left of it
        return
    try:
        yield from list(_movements(line, cell_of, zone))
    except UnreadableError as exc:
        yield Problem(line, str(exc))


def _movements(line: int, cell_of: Mapping[str, str], zone: ZoneInfo) -> Iterator[Entry]:
    direction = plain(cell_of.get("direction", ""))
    if direction not in _DIRECTIONS:
        raise UnreadableError(f"{direction[:40]!r} is no direction")
    when = cell_of.get("finished on") or cell_of.get("created on") or cell_of.get("date") or ""
    day = read_date(when, None, zone)

    def entry(amount: Money, side: str, part: str = "") -> Entry:
        named = cell_of.get("id", "")
        return Entry(
            line=line,
            day=day,
            amount=amount,
            payee="" if part else cell_of.get(f"{side} name", ""),
            text=cell_of.get("reference", "") or cell_of.get("note", ""),
            category=cell_of.get("category") or None,
            bank_id=f"{named}{part}" if named else None,
            own=part in {":source", ":target"},
            nobody=bool(part),
        )

    if direction != "in":
        sent, fee = _amount(cell_of, "source"), _fee(cell_of, "source")
        part = ":source" if direction == "neutral" else ""
        inside = fee.minor if fee.currency == sent.currency else 0
        yield entry(Money(-sent.minor - inside, sent.currency), "target", part)
        if fee.minor and not inside:
            yield entry(Money(-fee.minor, fee.currency), "target", ":fee")
    if direction != "out":
        yield entry(_amount(cell_of, "target"), "source", ":target" if direction == "neutral" else "")


def _amount(cell_of: Mapping[str, str], side: str) -> Money:
    code = cell_of.get(f"{side} currency", "").upper()
    if not is_code(code):
        raise UnreadableError(f"{code[:40]!r} is not a currency")
    amount = read_amount(cell_of.get(f"{side} amount", ""), code, ".", padded=True)
    return Money(abs(amount.minor), code)


def _fee(cell_of: Mapping[str, str], side: str) -> Money:
    code = (cell_of.get(f"{side} fee currency") or cell_of.get(f"{side} currency", "")).upper()
    cell = cell_of.get(f"{side} fee amount", "")
    fee = read_amount(cell, code, ".", padded=True) if cell else Money(0, code)
    return Money(abs(fee.minor), code)
