"""A whole subscription from Stripe's API: every item, every price with its tiers, every discount with its coupon.

Four levels at most can be expanded (https://docs.stripe.com/expand#limitations), so the parts of a subscription's items are
read in a list of their own, page by page.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from execops.effects import Effects
from execops.errors import NotFoundError
from execops.model import Json
from execops.sources.stripe.api import StripePermissionError
from execops.sources.stripe.discounts import PRODUCTS, coupon_products
from execops.sources.stripe.fields import Object, flag, items, obj, ref, text
from execops.sources.stripe.object_effects import effects_of
from execops.sources.stripe.subscriptions import whole_items

COUPONS = "data.discounts.source.coupon"  # of a list: ids alone do not say how much is off
_OF_SUBSCRIPTION = ["discounts.source.coupon"]
_OF_ITEMS = [COUPONS, "data.price.currency_options", "data.price.tiers"]

_MOST_COUPONS = 10_000  # whose names are held in memory
_LONG_AGO = datetime.fromtimestamp(0, UTC)  # whatever anybody tells later is newer

Get = Callable[..., Awaitable[Json]]


def is_whole(effects: Effects) -> bool:
    """Whether the effects of a subscription tell every part of it."""
    return not any(snapshot.state.get("unresolved") for snapshot in effects.snapshots)


async def read_whole(
    get: Get, subscription_id: str, seen_at: datetime, check: Callable[[Sequence[Object]], None]
) -> list[Effects]:
    """Read a subscription and all its items with `get`; `check` may refuse the objects by raising."""
    path = f"/v1/subscriptions/{quote(subscription_id, safe='')}"
    subscription = await get(path, expand=_OF_SUBSCRIPTION)
    check([subscription])
    listed: list[Object] = []
    params: dict[str, Any] = {"subscription": subscription_id, "limit": 100, "expand": _OF_ITEMS}
    while True:
        page = await get("/v1/subscription_items", **params)
        entries = items(page, "data")
        listed += entries
        last = text(entries[-1], "id") if entries else None
        if not flag(page, "has_more") or last is None or last == params.get("starting_after"):
            break
        params["starting_after"] = last
    if not listed and not flag(obj(subscription, "items"), "has_more"):
        listed = items(subscription, "items")
    owner = ref(subscription, "customer")
    return [effects_of(subscription, seen_at), whole_items(subscription, listed, owner, seen_at)]


class Coupons:
    """Reads the coupons that discounts name, with their products. Each is read once, since Stripe never changes its terms."""

    def __init__(self, get: Get) -> None:
        self._get = get
        self._read_before: set[str] = set()

    async def read(self, effects: Sequence[Effects], seen_at: datetime) -> list[Effects]:
        """The coupons of these discounts that were not read before, as far as the key may read coupons."""
        snapshots = [snapshot for effect in effects for snapshot in effect.snapshots]
        named = {snapshot.state["coupon"] for snapshot in snapshots if snapshot.object_type == "discount"}
        if len(self._read_before) > _MOST_COUPONS:
            self._read_before.clear()
        coupons: dict[str, Effects] = {}
        for coupon in sorted(named - {None} - self._read_before):
            try:
                coupons[coupon] = await read_coupon(self._get, coupon, seen_at)
            except StripePermissionError:
                break
        self._read_before |= coupons.keys()  # not before all are there: a time limit may end this
        return list(coupons.values())


async def read_coupon(get: Get, coupon: str, seen_at: datetime) -> Effects:
    """Read one coupon with its products. Nobody can tell any more what a deleted coupon was limited to.

    Raises StripePermissionError where the key may not read coupons.
    """
    try:
        answer = await get(f"/v1/coupons/{quote(coupon, safe='')}", expand=[PRODUCTS])
    except NotFoundError:
        return Effects((coupon_products(coupon, None, _LONG_AGO),))
    return effects_of({PRODUCTS: None, **answer}, seen_at)
