"""Attention: what operators looked at before they decided, for how long, and how much of it they approved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from execops.context import Context
from execops.db import queries
from execops.db.pool import Connection
from execops.errors import InvalidInputError
from execops.model import Record, SignedIn
from execops.proposals import snoozing

SQL = queries.load("attention")
PERIODS = ("week", "month", "quarter", "year")
_LONGEST = 3600.0  # seconds; a card that is in view for longer was left alone


class Attention(Record, frozen=True, kw_only=True):
    """The decisions of one operator about the drafts of one play in one period, which begins at `since`.

    `unopened` were decided without opening the version. `dwell_seconds` is the median time in view before the decision, and
    `decision_seconds` the median time from opening to decision; None where nothing was opened.
    """

    operator: str
    play: str
    since: date
    decisions: int
    approved: int
    edited: int
    unopened: int
    dwell_seconds: float | None
    decision_seconds: float | None

    @property
    def approval_rate(self) -> float:
        """Approvals by decisions, 0 to 1."""
        return self.approved / self.decisions


async def record_opening(ctx: Context, operator: SignedIn, proposal_id: int, version: int) -> None:
    """Record that the operator opened this version. The time to decision runs from the first opening."""
    async with ctx.connection() as conn:
        await queries.run(
            conn, SQL["record_opening"], id=proposal_id, version=version, operator_id=operator.id
        )
    await snoozing.note_return(ctx, proposal_id)


async def record_dwell(
    ctx: Context, operator: SignedIn, proposal_id: int, version: int, seconds: float
) -> None:
    """Record that the operator had this version in view for so many seconds more, since it was opened."""
    dwell = round(1000 * min(max(seconds, 0.0), _LONGEST))
    async with ctx.connection() as conn:
        await queries.run(
            conn, SQL["record_dwell"], id=proposal_id, version=version, operator_id=operator.id, dwell=dwell
        )


async def read(conn: Connection, *, period: str, time_zone: str) -> Sequence[Attention]:
    """The attention of every operator by play and period (`week`, `month`, `quarter` or `year`), the latest period first.

    A proposal counts once, by the last decision about its draft; one that was taken back does not count. Raises
    InvalidInputError for another period.
    """
    if period not in PERIODS:
        raise InvalidInputError(f"{period!r} is not a period. One of: {', '.join(PERIODS)}")
    rows = await queries.many(conn, SQL["by_operator"], period=period, zone=time_zone)
    return [Attention.from_row(row) for row in rows]
