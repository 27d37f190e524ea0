"""Movements that the bank has not posted, and words that only seem to say so.

A movement with the day of its purchase and no day of posting is pending. The status of a bookkeeper, such as `offen` beside
`zugeordnet`, says nothing of the bank; a `Draft` is a cheque at credit unions, if no column of a status has it.
"""

from __future__ import annotations

from collections.abc import Sequence

from execops.sources.bank.cells import headers
from execops.sources.bank.cells.dates import any_day, is_date
from execops.sources.bank.cells.line_cells import cell_at
from execops.sources.bank.layouts.layout import Layout

_WIDEST = 40  # characters of a word for what a bookkeeper did, with the signs around it
_NUMERIC = "+-0123456789"  # characters with which amounts and days begin
_MOST = 0.34  # of the lines may be pending
_LATE = 5  # days: a purchase that the bank has not posted so long after the last posted one is none that is pending
_LATE_WITH_BALANCES = 14  # where all others have a balance, and it has none
_STATUS = frozenset(
    {
        "status",
        "state",
        "stage",
        "approval",
        "statut",
        "etat",
        "estado",
        "stato",
        "situacao",
        "stan",
        "stav",
        "tila",
        "durum",
    }
)
_OPEN = frozenset(
    headers.plain(word)
    for word in [
        "offen",
        "open",
        "pending",
        "pendiente",
        "pendente",
        "en attente",
        "in sospeso",
        "in attesa",
        "openstaand",
        "in behandeling",
        "in bearbeitung",
        "afventer",
        "venter",
        "väntar",
        "oczekuje",
        "oczekujące",
        "čeká",
        "to be processed",
        "awaiting",
        "unposted",
        "not posted",
        "uncleared",
    ]
)
_OF_BOOKS = frozenset(
    headers.plain(word)
    for word in [
        "zugeordnet",
        "nicht zugeordnet",
        "teilweise zugeordnet",
        "ignoriert",
        "abgeglichen",
        "nicht abgeglichen",
        "verknüpft",
        "erledigt",
        "bearbeitet",
        "matched",
        "unmatched",
        "partially matched",
        "reconciled",
        "unreconciled",
        "not reconciled",
        "categorized",
        "categorised",
        "uncategorized",
        "uncategorised",
        "explained",
        "unexplained",
        "reviewed",
        "to review",
        "for review",
        "coded",
        "ignored",
        "excluded",
        "linked",
        "rapproché",
        "non rapproché",
        "rapprochée",
        "lettré",
        "non lettré",
        "justifié",
        "à justifier",
        "associé",
        "conciliado",
        "no conciliado",
        "sin conciliar",
        "não conciliado",
        "riconciliato",
        "da riconciliare",
        "gekoppeld",
        "niet gekoppeld",
        "afgeletterd",
        "avstemt",
        "ikke avstemt",
        "afstemt",
        "avstämd",
        "matchet",
        "uzgodniono",
        "spárováno",
        "nespárováno",
    ]
)


def _columns_of_bookkeeping(below: Sequence[Sequence[str]]) -> frozenset[int]:
    """The columns in which some line says what a bookkeeper did with it."""
    words = {
        (at, cell)
        for row in below
        for at, cell in enumerate(row)
        if len(cell) <= _WIDEST and cell[:1] not in _NUMERIC
    }
    return frozenset(at for at, cell in words if headers.plain(cell) in _OF_BOOKS)


def _says_of_books(cell: str) -> bool:
    """Whether a cell says that a bookkeeper has still to see to a movement; elsewhere that the bank has not booked it."""
    return headers.plain(cell) in _OPEN


def _columns_of_status(header: Sequence[str]) -> frozenset[int]:
    """The columns whose names say that they hold a status."""
    return frozenset(
        at for at, name in enumerate(header) if not _STATUS.isdisjoint(headers.plain(name).split())
    )


def _says_cheque(cell: str) -> bool:
    """Whether a cell is the name of a cheque at a credit union, `Draft`, which elsewhere is the status of a payment."""
    return "draft" in cell.lower() and headers.plain(cell) in {"draft", "share draft"}


class Unposted:
    """Knows the lines of a table that have the day of a purchase, and none of posting."""

    def __init__(self, layout: Layout, below: Sequence[Sequence[str]]) -> None:
        at, balance = layout.columns["date"], layout.columns.get("balance")
        self._others = [
            place
            for place in range(len(layout.header) if layout.header_record >= 0 else 0)
            if place != at and sum(is_date(cell_at(row, place)) for row in below) * 2 > len(below)
        ]
        posted = [day for row in below if (day := any_day(cell_at(row, at)))]
        self._balance, self._at = balance, at
        self._of_books, self._statuses = _columns_of_bookkeeping(below), _columns_of_status(layout.header)
        self._latest = max(posted, default=None)
        unposted = [row for row in below if not cell_at(row, at).strip("-–— ") and self._day(row)]
        self._are_few = len(unposted) <= len(below) * _MOST and bool(posted)

    def says_nothing(self, at: int, cell: str) -> bool:
        """Whether a cell seems to say that the bank has not booked a movement, and is a bookkeeper's or the name of a cheque."""
        return (at in self._of_books and _says_of_books(cell)) or (
            at not in self._statuses and _says_cheque(cell)
        )

    def _day(self, row: Sequence[str]) -> bool:
        return any(any_day(cell_at(row, at)) for at in self._others)

    def is_pending(self, row: Sequence[str]) -> bool:
        """Whether a line is of a purchase that the bank had not posted when the last of the others were."""
        if not self._are_few or self._latest is None or cell_at(row, self._at).strip("-–— "):
            return False
        if self._balance is not None and cell_at(row, self._balance):
            return False
        days = [day for at in self._others if (day := any_day(cell_at(row, at)))]
        late = _LATE if self._balance is None else _LATE_WITH_BALANCES
        return bool(days) and (self._latest - max(days)).days <= late
