"""Stripe's past: customers, subscriptions, invoices, balance transactions, and the balance of today.

Stripe lists the newest first, a hundred a page (https://docs.stripe.com/api/pagination). The state of a customer or
a subscription holds until it changes, so these are read whole. Invoices and balance transactions are read from
`since` on, by the time of their creation.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from execops.effects import Effects
from execops.errors import NotConfiguredError, NotFoundError
from execops.model import Json
from execops.ports import Page
from execops.settings import Settings
from execops.sources.stripe.api import StripeApi, StripeBusyError
from execops.sources.stripe.fields import Object, at, flag, items, object_id
from execops.sources.stripe.object_effects import effects_of
from execops.sources.stripe.whole_subscription import COUPONS, Coupons, is_whole, read_whole

TIMEOUT = 30.0  # seconds for one page; a hundred entries with their expanded sources take a while
PAGE = 100
RATE = 20.0  # requests a second: a fifth of what Stripe allows a live account
ATTEMPTS = 7
_FIRST_DELAY = 0.5  # seconds, doubled with each attempt
_LONGEST_DELAY = 30.0

_LISTS: Mapping[str, Json] = {
    "customers": {},
    "subscriptions": {"status": "all", "expand": [COUPONS]},
    "invoices": {},
    # the source of an entry, and the charge that a refund or dispute is about
    "balance_transactions": {"expand": ["data.source", "data.source.charge"]},
}
_BOUNDED = {"invoices", "balance_transactions"}


class StripeHistory:
    """Stripe's past, page by page, with at most `rate` requests a second."""

    resources = (*_LISTS, "balance")

    def __init__(self, settings: Settings, *, rate: float = RATE) -> None:
        self._api = StripeApi(settings, timeout=TIMEOUT)
        self._mode = settings.stripe_mode
        self._interval = 1 / rate
        self._next_at = 0.0
        self._coupons = Coupons(self._get)

    async def page(self, resource: str, since: datetime, cursor: str | None) -> Page:
        """The page after the cursor; see `execops.ports.History`."""
        if resource == "balance":
            balance = await self._get("/v1/balance")
            return Page(self._effects([balance]), 1, None)
        params: Json = {"limit": PAGE, **_LISTS[resource]}
        if resource in _BOUNDED:
            params["created"] = {"gte": int(since.timestamp())}
        try:
            after = {"starting_after": cursor} if cursor else {}
            answer = await self._get(f"/v1/{resource}", **params, **after)
        except NotFoundError:
            if cursor is None:
                raise
            # The object of the cursor was deleted meanwhile, so the list is read from its top again.
            answer = await self._get(f"/v1/{resource}", **params)
        objects = items(answer, "data")
        relevant = [
            listed_object
            for listed_object in objects
            if resource != "subscriptions" or not _ended_before(listed_object, since)
        ]
        last = object_id(objects[-1]) if objects else ""
        created = [moment for listed_object in objects if (moment := at(listed_object, "created", "date"))]
        effects = self._effects(relevant)
        if resource == "subscriptions":
            effects = await self._completed(relevant, effects)
        coupons = await self._coupons.read([effects], datetime.now(UTC))
        effects = _together([effects, *coupons])
        return Page(
            effects,
            len(objects),
            last if flag(answer, "has_more") and last else None,
            min(created, default=None) if resource in _BOUNDED else None,
        )

    async def events(self, since: datetime, cursor: str | None) -> tuple[Sequence[Json], str | None]:
        """The page of events after the cursor; see `execops.ports.EventList`.

        Stripe keeps them for thirty days, each as its webhook carried it: https://docs.stripe.com/api/events/list.
        """
        params: Json = {"limit": PAGE, "created": {"gte": int(since.timestamp())}}
        answer = await self._get("/v1/events", **params, **({"starting_after": cursor} if cursor else {}))
        listed = items(answer, "data")
        self._check_mode(listed)
        more = flag(answer, "has_more") and listed
        return [dict(event) for event in listed], object_id(listed[-1]) if more else None

    async def close(self) -> None:
        """Close the connections."""
        await self._api.close()

    async def _completed(self, subscriptions: list[Object], effects: Effects) -> Effects:
        """The effects of subscriptions with the parts that a list does not tell."""
        if is_whole(effects):
            return effects
        now = datetime.now(UTC)
        every = [effects]
        for subscription in subscriptions:
            if not is_whole(effects_of(subscription, now)):
                try:
                    every += await read_whole(self._get, object_id(subscription), now, self._check_mode)
                except NotFoundError:  # it was deleted meanwhile
                    continue
        return _together(every)

    def _check_mode(self, objects: Sequence[Object]) -> None:
        if not all(self._api.of_this_mode(stripe_object) for stripe_object in objects):
            raise NotConfiguredError(
                f"STRIPE_API_KEY reads objects that are not of {self._mode} mode; none of them was imported.",
                hint="Use a key of the mode that EXECOPS_STRIPE_MODE names, or change that setting.",
            )

    def _effects(self, objects: list[Object]) -> Effects:
        """The effects of these objects together. Raises NotConfiguredError for an object of the other mode."""
        self._check_mode(objects)
        now = datetime.now(UTC)
        return _together([effects_of(stripe_object, now) for stripe_object in objects])

    async def _get(self, path: str, **params: Any) -> Json:  # noqa: ANN401
        """Send one request at the agreed pace. While Stripe is busy, wait longer each time and try again."""
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


def _together(every: list[Effects]) -> Effects:
    return Effects(
        tuple(snapshot for effects in every for snapshot in effects.snapshots),
        tuple(movement for effects in every for movement in effects.movements),
        tuple(balance for effects in every for balance in effects.balances),
        tuple(payer for effects in every for payer in effects.payers),
    )


def _ended_before(subscription: Object, since: datetime) -> bool:
    ended_at = at(subscription, "ended_at")
    return ended_at is not None and ended_at < since
