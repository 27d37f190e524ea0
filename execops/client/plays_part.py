"""`client.plays`: plays and action types. Every role may read their precision; `set_allowed` says who may switch them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

from execops.authority import permissions, policy
from execops.authority.permissions import Operation
from execops.client.part import Part
from execops.errors import NotFoundError
from execops.plays import precision
from execops.plays.precision import LAST, ActionStatus, PlayStatus, Precision
from execops.plays.registry import action_types, all_plays
from execops.ports import ProcessEvent

if TYPE_CHECKING:
    from execops.ingest.backtest import Backtest, Progress

__all__ = ["LAST", "Kind", "Plays", "ProcessEvent"]

Kind = Literal["play", "action"]
_SWITCHES = {
    ("play", True): Operation.ENABLE_PLAY,
    ("play", False): Operation.DISABLE_PLAY,
    ("action", True): Operation.ENABLE_ACTION,
    ("action", False): Operation.DISABLE_ACTION,
}


def answering(event_type: str) -> Sequence[str]:
    """The names of the plays that answer an event of this type, sorted."""
    return sorted(name for name, play in all_plays().items() if event_type in play.events)


class Plays(Part):
    """Reading the status of plays and action types, and allowing or forbidding them."""

    async def list(self) -> Sequence[PlayStatus]:
        """Every play: whether it may draft, and its precision."""
        async with self._ctx.connection() as conn:
            return await precision.plays(conn, self._ctx.settings)

    async def actions(self) -> Sequence[ActionStatus]:
        """Every action type: whether it may be performed, and whether an adapter here performs it."""
        async with self._ctx.connection() as conn:
            return await precision.actions(conn, self._ctx.adapters, self._ctx.settings)

    async def precision(self) -> Sequence[Precision]:
        """How often people approve what the plays draft: see `execops.plays.precision`."""
        async with self._ctx.connection() as conn:
            return await precision.read(conn, self._ctx.settings)

    async def flagged(self) -> frozenset[str]:
        """The plays that were approved too little in their last twenty decisions."""
        async with self._ctx.connection() as conn:
            return await precision.flagged(conn, self._ctx.settings)

    async def backtest(
        self,
        name: str,
        *,
        since: datetime,
        process: ProcessEvent,
        stop: asyncio.Event | None = None,
        on_progress: Callable[[Progress], None] = lambda _: None,
    ) -> Backtest:
        """Try a play on the stored events since a moment: see `execops.ingest.backtest`. Every role may.

        The play may be disabled. `process` processes one event; the caller hands it in, because the Client loads no
        graph. Raises NotFoundError, which names the plays with similar names; NotAllowedError if the database role may
        not create a schema; DatabaseUnavailableError.
        """
        from execops.ingest import backtest

        _require_play(name)
        return await backtest.run(self._ctx, name, since, process, stop=stop, on_progress=on_progress)

    async def set_allowed(self, kind: Kind, name: str, allowed: bool, why: str | None = None) -> bool:
        """Allow or forbid a play or an action type; returns False if nothing changed.

        A forbidden play drafts nothing; what it drafted before can still be decided. A forbidden action type is
        neither approved nor performed, at once: the execution of an earlier approval is refused. An operator who
        decides, without limits, switches plays, and forbids action types. Only a founder allows an action type.
        Raises NotAllowedError, NotFoundError.
        """
        operation = _SWITCHES[kind, allowed]
        permissions.authorise(self._operator, operation, self._ctx.settings)
        if kind == "play":
            play = all_plays().get(name)
            if play is None:
                raise NotFoundError(f"There is no play called {name!r}.", hint="execops plays list")
        elif name not in action_types(self._ctx.adapters):
            raise NotFoundError(f"There is no action type called {name!r}.", hint="execops actions list")
        async with self._acting(operation) as (conn, operator):
            default = kind == "play" or policy.allowed_by_default(self._ctx.adapters.get(name))
            from execops.proposals import suspending  # only here: it loads what drafts

            waiting = await suspending.lock_waiting(conn, kind, name) if allowed else None
            changed = await policy.set_allowed(
                conn, operator, kind, name, allowed=allowed, why=why, default=default
            )
            if changed and waiting is not None:
                await suspending.make_moot(self._ctx, conn, waiting)
            return changed


def _require_play(name: str) -> None:
    names = sorted(all_plays())
    if name in names:
        return
    near = get_close_matches(name.replace("-", "_"), names)
    hint = f"Did you mean {' or '.join(near)}? " if near else ""
    raise NotFoundError(f"There is no play called {name!r}.", hint=f"{hint}All plays: execops plays list")
