"""`client.books`: data from outside that is not a webhook. Only an operator who decides, without limits, may import or backfill."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from execops.authority.permissions import Operation
from execops.books import backfill, bank_import, doubles, imports
from execops.books.backfill import Backfilled, Progress
from execops.books.bank_import import Report
from execops.books.doubles import Booked, Doubles
from execops.books.imports import Import, Undone
from execops.client.cash_judging import judge_cash_again
from execops.client.part import Part
from execops.errors import InvalidInputError, NotConfiguredError
from execops.ingest import missed
from execops.ingest.missed import Fetched
from execops.model import Actor
from execops.sources.bank.bank_entries import Told
from execops.sources.bank.same_account import AccountDay
from execops.sources.bank.statement import LeftOut, Problem, Row

_FASTEST = 1000  # requests a second


class Books(Part):
    """Importing bank statements, taking an import back, and a source's history."""

    async def import_statement(
        self,
        account: str,
        lines: Iterable[Row | Problem | LeftOut],
        *,
        balances: Sequence[Told] = (),
        file: str | None = None,
        digest: str | None = None,
        shape: str | None = None,
        number: str | None = None,
        dry_run: bool = False,
    ) -> Report:
        """Import the lines of a bank statement: see `bank_import.import_rows`. Raises NotAllowedError.

        The open proposals about cash and spend are judged again.
        """
        operator = await self._require(Operation.IMPORT)
        report = await bank_import.import_rows(
            self._ctx,
            Actor.user(operator),
            account,
            lines,
            told=balances,
            file=file,
            by=operator.name,
            digest=digest,
            shape=shape,
            number=number,
            dry_run=dry_run,
        )
        if report.imported and not dry_run:
            await judge_cash_again(self._ctx)
        return report

    async def doubles(
        self, account: str, rows: Sequence[Row], before: Sequence[Booked] = ()
    ) -> Doubles | None:
        """The rows of a statement that the books perhaps have already under other words: see `books.doubles`.

        `before` are those of files that are imported first. Raises NotAllowedError.
        """
        await self._require(Operation.IMPORT)
        async with self._ctx.connection() as conn:
            booked = await doubles.read_booked(conn, rows, self._ctx.settings.time_zone)
        return doubles.find(account, rows, [*booked, *before])

    async def account_days(self, account: str) -> list[AccountDay]:
        """The days of a bank's account: currency, day, sum of movements in minor units, and the last balance of the day."""
        async with self._ctx.connection() as conn:
            return await imports.account_days(conn, account, self._ctx.settings.time_zone)

    async def imports(self, account: str | None = None) -> Sequence[Import]:
        """The imports of bank files, of all accounts or of one, the latest first."""
        async with self._ctx.connection() as conn:
            return await imports.listed(conn, account)

    async def undo_import(self, import_id: int, why: str | None = None) -> Undone:
        """Take an import back: see `books.imports.undo`. The proposals that it led to are judged again.

        Raises NotAllowedError, NotFoundError, ConflictError.
        """
        async with self._acting(Operation.UNDO_IMPORT, why) as (conn, operator):
            undone = await imports.undo(conn, operator, import_id, why)
        await judge_cash_again(self._ctx)
        return undone

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

        The open proposals about cash and spend are judged again. Raises NotAllowedError, ConflictError while another backfill runs, NotConfiguredError, UnavailableError.
        """
        from execops.sources.stripe.history import StripeHistory

        _require_rate(rate)
        await self._require(Operation.BACKFILL)
        history = StripeHistory(self._ctx.settings, rate=rate)
        try:
            backfilled = await backfill.run(
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
        await judge_cash_again(self._ctx)
        return backfilled

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

        _require_rate(rate)
        await self._require(Operation.FETCH)
        history = StripeHistory(self._ctx.settings, rate=rate)
        try:
            return await missed.fetch(self._ctx, "stripe", history, since=since, stop=stop, on_page=on_page)
        finally:
            await history.close()

    async def fetch_github_deliveries(
        self,
        *,
        since: datetime,
        rate: float,
        stop: asyncio.Event,
        hook: int | None = None,
        on_page: Callable[[Fetched], None] = lambda _: None,
    ) -> Fetched:
        """Store the deliveries since a moment that failed, as GitHub keeps them: see `missed.fetch`.

        `hook` is the number of the webhook; without one, it is the one that leads here. Raises NotAllowedError,
        NotConfiguredError, NotFoundError, UnavailableError.
        """
        from execops.sources.github.failed import FailedDeliveries

        _require_rate(rate)
        await self._require(Operation.FETCH)
        if "github" not in self._ctx.settings.sources:
            raise NotConfiguredError(
                "GitHub is no source here; nothing was stored.",
                hint="Set EXECOPS_SOURCES=github, and its secret.",
            )
        failed = FailedDeliveries(self._ctx.settings, hook=hook, rate=rate)
        try:
            return await missed.fetch(self._ctx, "github", failed, since=since, stop=stop, on_page=on_page)
        finally:
            await failed.close()


def _require_rate(rate: float) -> None:
    if not 0 < rate <= _FASTEST:
        raise InvalidInputError(f"The rate is a number of requests a second, at most {_FASTEST}.")
