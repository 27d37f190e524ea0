"""The records that the Client's operations return, under one import for the faces. It loads all parts."""

from execops.authority.audit import TrailEntry, Verification
from execops.authority.exporting import ExportedEntry
from execops.authority.policy import Suppression
from execops.books.backfill import Backfilled, Progress
from execops.books.bank_import import Report
from execops.canvas.result import Answer
from execops.canvas.run import Asked
from execops.health import Health, Measures, Trouble
from execops.ingest.arrivals import Arrival, Arrivals, Refusal
from execops.ingest.backtest import Backtest
from execops.ingest.backtest import Progress as Replayed
from execops.ingest.hindsight import Tried
from execops.ingest.missed import Fetched
from execops.plays.precision import ActionStatus, PlayStatus
from execops.proposals.decided import Decided
from execops.proposals.listing import Counts, Summary
from execops.proposals.restoring import Restored

__all__ = [
    "ActionStatus",
    "Answer",
    "Arrival",
    "Arrivals",
    "Asked",
    "Backfilled",
    "Backtest",
    "Counts",
    "Decided",
    "ExportedEntry",
    "Fetched",
    "Health",
    "Measures",
    "PlayStatus",
    "Progress",
    "Refusal",
    "Replayed",
    "Report",
    "Restored",
    "Summary",
    "Suppression",
    "TrailEntry",
    "Tried",
    "Trouble",
    "Verification",
]
