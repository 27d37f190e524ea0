"""Judging the open proposals about cash and spend again, after the books changed without an event about their subjects.

An older month that arrives raises the average that a spike was drafted over, and a new name of a vendor moves its months.
"""

from __future__ import annotations

from execops.books import facts
from execops.context import WORKER, Context
from execops.errors import BusyError, DeadlockError
from execops.plays.registry import all_plays
from execops.proposals import drafting, listing
from execops.sources.bank import BALANCE, TRANSACTIONS

_BANK = frozenset({BALANCE, TRANSACTIONS})


async def judge_cash_again(ctx: Context) -> None:
    """Look at the facts of each such proposal again: one that no longer holds is superseded.

    A subject that another session holds is left to it: what changes a subject judges it itself.
    """
    of_cash = [name for name, play in all_plays().items() if play.events & _BANK]
    async with ctx.connection() as conn:
        subjects = await listing.open_subjects(conn, of_cash)
    for subject in subjects:
        try:
            async with ctx.transaction(WORKER) as conn:
                await facts.lock_subject(conn, subject)
                await drafting.reassess(ctx, conn, subject)
        except (BusyError, DeadlockError):
            continue
