"""`client.books`: data from outside that is not a webhook. Only an operator who decides, without limits, may import or backfill."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from execops.authority.permissions import Operation
from execops.books import backfill, bank_import
from execops.books.backfill import Backfilled, Progress
from execops.books.bank_import import Report
from execops.client.part import Part
from execops.ingest import missed
from execops.ingest.missed import Fetched
from execops.model import Actor
from execops.sources.bank.bank_entries import Told
from execops.sources.bank.statement import LeftOut, Problem, Row


class Books(Part):
    """Importing bank statements, and a source's history."""

    async def import_statement(
        self,
        account: str,
        lines: Iterable[Row | Problem | LeftOut],
        *,
        balances: Sequence[Told] = (),
        dry_run: bool = False,
    ) -> Report:
        """Import the lines of a bank statement: see `bank_import.import_rows`. Raises NotAllowedError."""
        operator = await self._require(Operation.IMPORT)
        return await bank_import.import_rows(
            self._ctx, Actor.user(operator), account, lines, told=balances, dry_run=dry_run
        )

    async def backfill_stripe(
        self,
        *,
        since: datetime,
        rate: float,
        restart: bool = False,
        stop: asyncio.Event | None = None,
        on_progress: Callable[[Progress], None] = lambda _: None,
    ) -> Backfilled:
        """Read Stripe's history since a moment, at most `rate` requests a second: see `backfill.run`.

        Raises NotAllowedError, ConflictError while another backfill runs, NotConfiguredError, UnavailableError.
        """
        from execops.sources.stripe.history import StripeHistory

        await self._require(Operation.BACKFILL)
        history = StripeHistory(self._ctx.settings, rate=rate)
        try:
            return await backfill.run(
                self._ctx,
                "stripe",
                history,
                since=since,
                restart=restart,
                stop=stop,
                on_progress=on_progress,
            )
        finally:
            await history.close()

    async def fetch_stripe_events(
        self,
        *,
        since: datetime,
        rate: float,
        stop: asyncio.Event,
        on_page: Callable[[Fetched], None] = lambda _: None,
    ) -> Fetched:
        """Store the deliveries since a moment that never arrived, from Stripe's list of events: see `missed.fetch`.

        Raises NotAllowedError, NotConfiguredError, UnavailableError.
        """
        from execops.sources.stripe.history import StripeHistory

        await self._require(Operation.FETCH)
        history = StripeHistory(self._ctx.settings, rate=rate)
        try:
            return await missed.fetch(self._ctx, "stripe", history, since=since, stop=stop, on_page=on_page)
        finally:
            await history.close()
