"""The records that the Client's operations return, under one import for the faces. It loads all parts."""

from execops.authority.audit import TrailEntry, Verification
from execops.authority.exporting import ExportedEntry
from execops.authority.policy import Suppression
from execops.books.backfill import Backfilled, Progress
from execops.books.bank_import import Report
from execops.books.doubles import Booked, Doubles
from execops.books.imports import Import, Undone
from execops.books.vendor_aliases import Alias
from execops.canvas.company_words import RefusedQuestion, Synonym
from execops.canvas.result import Answer
from execops.canvas.run import Asked
from execops.health import Health, Measures, Trouble
from execops.ingest.arrivals import Arrival, Arrivals, Refusal
from execops.ingest.backtest import Backtest
from execops.ingest.backtest import Progress as Replayed
from execops.ingest.hindsight import Tried
from execops.ingest.missed import Fetched
from execops.ingest.pruning import Prunable, Pruned
from execops.plays.precision import ActionStatus, PlayStatus
from execops.proposals.attention import Attention
from execops.proposals.decided import Decided
from execops.proposals.erasing import Erased, Held
from execops.proposals.listing import Counts, Summary
from execops.proposals.restoring import Restored

__all__ = [
    "ActionStatus",
    "Alias",
    "Answer",
    "Arrival",
    "Arrivals",
    "Asked",
    "Attention",
    "Backfilled",
    "Backtest",
    "Booked",
    "Counts",
    "Decided",
    "Doubles",
    "Erased",
    "ExportedEntry",
    "Fetched",
    "Health",
    "Held",
    "Import",
    "Measures",
    "PlayStatus",
    "Progress",
    "Prunable",
    "Pruned",
    "Refusal",
    "RefusedQuestion",
    "Replayed",
    "Report",
    "Restored",
    "Summary",
    "Suppression",
    "Synonym",
    "TrailEntry",
    "Tried",
    "Trouble",
    "Undone",
    "Verification",
]
