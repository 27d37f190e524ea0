"""Stripe's past: customers, subscriptions, invoices, balance transactions, and what lies there now.

Stripe lists newest first, a hundred a page (https://docs.stripe.com/api/pagination). Customers and subscriptions
are states that hold until they change, so they are read whole; `since` bounds what happened: invoices and balance
transactions, by when they were made.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from execops.effects import Effects
from execops.errors import NotConfiguredError, NotFoundError
from execops.model import Json
from execops.ports import Page
from execops.settings import Settings
from execops.sources.stripe.api import COUPONS, StripeApi, StripeBusyError
from execops.sources.stripe.fields import Object, at, flag, items, object_id
from execops.sources.stripe.objects import effects_of

TIMEOUT = 30.0  # seconds for one page: a hundred lines with what caused them take a while
PAGE = 100
RATE = 20.0  # requests a second: a fifth of what Stripe allows a live account
ATTEMPTS = 7
_FIRST_DELAY = 0.5  # seconds, doubled with each attempt
_LONGEST_DELAY = 30.0

_LISTS: Mapping[str, Json] = {
    "customers": {},
    "subscriptions": {"status": "all", "expand": [COUPONS]},
    "invoices": {},
    # what caused a line, and the charge that a refund or dispute is about
    "balance_transactions": {"expand": ["data.source", "data.source.charge"]},
}
_BOUNDED = {"invoices", "balance_transactions"}


class StripeHistory:
    """Stripe's past, page by page, no faster than `rate` requests a second."""

    resources = (*_LISTS, "balance")

    def __init__(self, settings: Settings, *, rate: float = RATE) -> None:
        self._api = StripeApi(settings, timeout=TIMEOUT)
        self._mode = settings.stripe_mode
        self._interval = 1 / rate
        self._next_at = 0.0

    async def page(self, resource: str, since: datetime, cursor: str | None) -> Page:
        """The page after the cursor; see `execops.ports.History`."""
        if resource == "balance":
            found = await self._get("/v1/balance")
            return Page(self._effects([found]), 1, None)
        params: Json = {"limit": PAGE, **_LISTS[resource]}
        if resource in _BOUNDED:
            params["created"] = {"gte": int(since.timestamp())}
        try:
            after = {"starting_after": cursor} if cursor else {}
            answer = await self._get(f"/v1/{resource}", **params, **after)
        except NotFoundError:
            if cursor is None:
                raise
            answer = await self._get(f"/v1/{resource}", **params)  # deleted meanwhile: from the top again
        listed = items(answer, "data")
        wanted = [each for each in listed if resource != "subscriptions" or not _ended_before(each, since)]
        last = object_id(listed[-1]) if listed else ""
        made = [moment for each in listed if (moment := at(each, "created", "date"))]
        return Page(
            self._effects(wanted),
            len(listed),
            last if flag(answer, "has_more") and last else None,
            min(made, default=None) if resource in _BOUNDED else None,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._api.close()

    def _effects(self, found: list[Object]) -> Effects:
        """What these objects tell together. Raises NotConfiguredError for the other mode's."""
        if not all(self._api.of_this_mode(each) for each in found):
            raise NotConfiguredError(
                f"STRIPE_API_KEY reads objects that are not of {self._mode} mode; none was taken in.",
                hint="EXECOPS_STRIPE_MODE says which mode is taken in.",
            )
        now = datetime.now(UTC)
        told = [effects_of(each, now) for each in found]
        return Effects(
            tuple(each for effects in told for each in effects.snapshots),
            tuple(each for effects in told for each in effects.movements),
            tuple(each for effects in told for each in effects.balances),
        )

    async def _get(self, path: str, **params: Any) -> Json:  # noqa: ANN401
        """Ask at the agreed pace, again where Stripe was busy, each time later."""
        for attempt in range(1, ATTEMPTS + 1):
            await self._pace()
            try:
                return await self._api.get(path, **params)
            except StripeBusyError as exc:
                if attempt == ATTEMPTS:
                    raise
                delay = min(_FIRST_DELAY * 2 ** (attempt - 1), _LONGEST_DELAY)
                jittered = delay * random.uniform(0.5, 1)  # noqa: S311
                await asyncio.sleep(jittered if exc.retry_after is None else exc.retry_after + jittered / 10)
        raise AssertionError

    async def _pace(self) -> None:
        now = time.monotonic()
        wait = self._next_at - now
        self._next_at = max(now, self._next_at) + self._interval
        if wait > 0:
            await asyncio.sleep(wait)


def _ended_before(it: Object, since: datetime) -> bool:
    ended_at = at(it, "ended_at")
    return ended_at is not None and ended_at < since
