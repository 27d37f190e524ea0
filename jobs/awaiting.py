"""The start of a server or a worker while Postgres is away, as after a crash of their machine: it waits."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from execops.context import Context
from execops.db.away import is_away
from execops.errors import DatabaseUnavailableError
from execops.text.log_lines import action
from jobs.bootstrap import require_sessions

logger = logging.getLogger(__name__)

_PAUSE = 0.5  # seconds between two attempts
_REFUSALS = 2  # one after another, until the start gives up


async def until_it_answers(ctx: Context, stop: asyncio.Event) -> None:
    """Wait until Postgres answers, then do as `require_sessions`, and raise as it does.

    Raises DatabaseUnavailableError for a Postgres that refuses the connection, or that is still away when `stop` is set.
    """
    warned, refusals = False, 0
    while True:
        try:
            return await require_sessions(ctx)
        except DatabaseUnavailableError as exc:
            away = await is_away(ctx.url) or (ctx.pooler_url is not None and await is_away(ctx.pooler_url))
            # One refusal proves nothing: Postgres may have come back between the error and the question.
            refusals = 0 if away else refusals + 1
            if stop.is_set() or refusals == _REFUSALS:
                raise
            if away and not warned:
                warned = True
                line = "%s The start waits for it. %s"
                logger.warning(line, exc.message, exc.hint, extra=action("database.awaited"))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _PAUSE)
