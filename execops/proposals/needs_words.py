"""Whether a draft needs a model's words: only where a proposal would be stored, or drafted anew, with them."""

from __future__ import annotations

from datetime import timedelta

from execops.context import Context
from execops.db import queries
from execops.db.pool import Connection
from execops.model import Draft, Json
from execops.plays.play import Play
from execops.proposals import provenance

SQL = queries.load("proposals_write")


def key_of(ctx: Context, play: Play, answer: Draft) -> Json:
    """The key of a draft's proposal, and the stage and the hours in which an earlier one with it holds the draft back."""
    once_in = play.once_in or timedelta()
    return {
        "dedupe_key": play.dedupe_key(answer),
        "hours": max(ctx.settings.cooldown_hours, once_in // timedelta(hours=1)),
        "stage": answer.stage or ("once" if once_in else None),
    }


async def needs_words(ctx: Context, conn: Connection, play: Play, answer: Draft) -> bool:
    """Whether words of a model for this draft would be stored: not where an earlier proposal holds it back, nor where a live
    one is decided already or holds this very draft. A draft that changes meanwhile gets the words of the rules.
    """
    row = await queries.one(
        conn,
        SQL["holds_words"],
        draft=provenance.of_rules(play, answer)["draft"],
        action_type=answer.action_type,
        covers=[*answer.covers],
        **key_of(ctx, play, answer),
    )
    return row is None
