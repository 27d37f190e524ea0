"""After an event, lay the open invoices to rest about which no play drafts: the next events read the others only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from execops.books import resting
from execops.db.pool import Connection
from execops.plays.routing import at_rest
from execops.plays.routing.judging import Judge


async def lay_to_rest(conn: Connection, judge: Judge, subject_keys: Iterable[str], now: datetime) -> None:
    """Lay invoices of these subjects to rest, where `judge` has read many that do not rest yet.

    All that is beside the invoices must stand for two judgements first, so that events which change it in turn write no
    invoice. The caller holds the locks of the subjects.
    """
    for subject_key in sorted(subject_keys):
        read = await judge.awake(subject_key)
        if read is None:
            continue
        awake, current = read
        if not awake.stands:
            await resting.keep_context(conn, awake, now)
        elif await resting.wake(conn, awake):
            untils = at_rest.untils(current)
            quiet = {invoice: untils[invoice] for invoice in awake.changes if invoice in untils}
            lays = len(quiet) >= resting.BATCH
            if awake.is_new or lays:
                await resting.keep_context(conn, awake, now)
            if lays:
                await resting.lay_to_rest(conn, awake, quiet)
