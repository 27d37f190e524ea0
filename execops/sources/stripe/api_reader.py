"""Lookups in Stripe's API: the objects that plays need for an event and that no webhook has sent yet."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from execops.effects import Effects
from execops.errors import ExecOpsError, NotConfiguredError, UnavailableError
from execops.model import Event
from execops.ports import Reading, Want
from execops.settings import Settings
from execops.sources.stripe.api import StripeApi, StripeBusyError, StripePermissionError
from execops.sources.stripe.event_effects import read as read_event
from execops.sources.stripe.fields import Object, flag, items, obj, ref, text
from execops.sources.stripe.object_effects import effects_of
from execops.sources.stripe.whole_subscription import (
    COUPONS,
    Coupons,
    is_whole,
    read_coupon,
    read_whole,
)

logger = logging.getLogger(__name__)

_ID = re.compile(r"[A-Za-z0-9_]{1,255}")
_COUPON = re.compile(r"(?!\.{1,2}$)[!-~]{1,255}")  # a company names its coupons itself, such as `SUMMER-20`
_ABOUT_PAYMENT = {"dispute", "radar.early_fraud_warning", "refund"}
_BEFORE_CHARGE = {"customer.subscription.trial_will_end", "invoice.upcoming"}
_MAX_WANTS = 5  # requests at once for one event
_REST = 30.0  # seconds without requests after Stripe did not answer, for every event would wait in vain


def _is_readable(want: Want) -> bool:
    of_coupon = want.object_type in {"coupon", "coupon_products"}
    return (_COUPON if of_coupon else _ID).fullmatch(want.object_id) is not None


class StripeReader:
    """Reads the objects that plays need for an event from Stripe. It never raises for an error of Stripe's."""

    def __init__(self, settings: Settings) -> None:
        self._api = StripeApi(settings, timeout=settings.stripe_timeout)
        self._timeout = settings.stripe_timeout
        self._resting_until = 0.0
        self._why = ""
        self._coupons = Coupons(self._api.get)

    def wants(self, event: Event) -> Sequence[Want]:
        """The event's customer, their subscriptions, and the charge that a dispute, a refund or a warning is about.

        For a charge to come, it wants the customer's payment methods too.
        """
        stripe_object = obj(event.payload_json, "data", "object")
        customer, charge = ref(stripe_object, "customer"), ref(stripe_object, "charge")
        wants = []
        if text(stripe_object, "object") == "customer":
            customer = text(stripe_object, "id")
        elif customer:
            wants.append(Want("customer", customer))
        if text(stripe_object, "object") in _ABOUT_PAYMENT and charge:
            wants.append(Want("charge", charge))
        if customer:
            wants.append(Want("subscription", customer, of_subject=True))
            if event.type in _BEFORE_CHARGE:
                wants.append(Want("card", customer, of_subject=True))
        return [want for want in wants if _ID.fullmatch(want.object_id)][:_MAX_WANTS]

    def unresolved(self, event: Event) -> Mapping[Want, Sequence[str]]:
        """The objects of an event that it tells only in part, each with the names of the parts on record it needs.

        A discount and its coupon, or a price, may be on record; the rest of a list of items always has to be read. A
        webhook that tells a coupon does not tell the products that it is limited to.
        """
        parts: dict[Want, Sequence[str]] = {}
        for snapshot in read_event(event).snapshots:
            if snapshot.object_type == "subscription" and snapshot.state["status"] != "canceled":
                parts[Want("subscription", snapshot.object_id)] = [
                    entry.removeprefix("discount:").removeprefix("price:")
                    for entry in snapshot.state["unresolved"]
                ]
            elif snapshot.object_type == "discount" and snapshot.state["coupon"]:
                coupon, key = snapshot.state["coupon"], f"coupon:{snapshot.state['coupon']}"
                kind = "coupon" if snapshot.state["duration"] is None else "coupon_products"
                parts[Want(kind, coupon)] = (
                    [key, f"{key}:products"] if kind == "coupon" else [f"{key}:products"]
                )
        return {want: names for want, names in parts.items() if names and _is_readable(want)}

    async def read(self, wants: Sequence[Want]) -> Reading:
        """Read all wants at the same time, within one timeout. `failed` names those that did not arrive."""
        if time.monotonic() < self._resting_until:
            return Reading(failed=(f"not asked: {self._why}",))
        tasks = {asyncio.create_task(self._read(want)): want for want in wants}
        try:
            await asyncio.wait(tasks, timeout=self._timeout)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        effects: list[Effects] = []
        failed: list[str] = []
        for task, want in tasks.items():
            error = TimeoutError() if task.cancelled() else task.exception()
            if error is None:
                effects += task.result()
                continue
            why = self._degrade(error)
            logger.warning("read.failed %s of %s: %s", want.object_type, want.object_id, why)
            failed.append(
                f"{want.object_type} of {want.object_id}: {why}"
                if want.of_subject
                else f"{want.object_id}: {why}"
            )
        return Reading(tuple(effects), tuple(failed))

    async def close(self) -> None:
        """Close the connections."""
        await self._api.close()

    async def _read(self, want: Want) -> list[Effects]:
        now = datetime.now(UTC)
        if want.object_type == "subscription":
            return await self._read_subscriptions(want, now)
        if want.object_type in {"coupon", "coupon_products"}:
            return await self._read_coupon(want, now)
        if want.object_type == "card":
            return await self._read_payment_methods(want.object_id, now)
        params = {"expand": ["customer"]} if want.object_type == "charge" else {}
        stripe_object = await self._api.get(
            f"/v1/{want.object_type}s/{quote(want.object_id, safe='')}", **params
        )
        owner = obj(stripe_object, "customer")
        objects = [stripe_object, owner] if owner else [stripe_object]
        self._check_mode(objects)
        effects = [effects_of(stripe_object, now) for stripe_object in objects]
        return effects + await self._coupons.read(effects, now)

    async def _read_subscriptions(self, want: Want, now: datetime) -> list[Effects]:
        """One subscription, or every one of a customer; whatever a list does not tell of one is read as well."""
        if not want.of_subject:
            whole = await read_whole(self._api.get, want.object_id, now, self._check_mode)
            return whole + await self._coupons.read(whole, now)
        params = {"customer": want.object_id, "status": "all", "limit": 100, "expand": [COUPONS]}
        effects: list[Effects] = []
        cursor: str | None = None
        while True:
            after = {"starting_after": cursor} if cursor else {}
            page = await self._api.get("/v1/subscriptions", **params, **after)
            listed = items(page, "data")
            self._check_mode(listed)
            for subscription in listed:
                effects.append(effects_of(subscription, now))
                if not is_whole(effects[-1]):
                    whole = await read_whole(
                        self._api.get, text(subscription, "id") or "", now, self._check_mode
                    )
                    effects += whole
            cursor = text(listed[-1], "id") if listed and flag(page, "has_more") else None
            if cursor is None:
                return effects + await self._coupons.read(effects, now)

    async def _read_coupon(self, want: Want, now: datetime) -> list[Effects]:
        """A coupon. If only its products are wanted, and the key may not read them, it applies to all."""
        try:
            return [await read_coupon(self._api.get, want.object_id, now)]
        except StripePermissionError:
            if want.object_type == "coupon":
                raise
            return []

    async def _read_payment_methods(self, customer: str, now: datetime) -> list[Effects]:
        """The payment methods of a customer; nobody has more than a page of them."""
        page = await self._api.get("/v1/payment_methods", customer=customer, limit=100)
        listed = items(page, "data")
        self._check_mode(listed)
        return [effects_of(method, now) for method in listed]

    def _check_mode(self, objects: Sequence[Object]) -> None:
        if not all(self._api.of_this_mode(stripe_object) for stripe_object in objects):
            raise UnavailableError("The key is of the other mode than EXECOPS_STRIPE_MODE.")

    def _degrade(self, error: BaseException) -> str:
        """The reason in a few words. The reader rests for a while if other requests would fail too."""
        if isinstance(error, TimeoutError):
            why = f"no answer within {self._timeout:g} s"
        elif isinstance(error, ExecOpsError):
            why = error.message + (
                f" {error.hint}" if isinstance(error, NotConfiguredError) and error.hint else ""
            )
        else:
            logger.error("read.broken %s", type(error).__name__)
            why = type(error).__name__
        busy = isinstance(error, TimeoutError | StripeBusyError | NotConfiguredError)
        if busy and not isinstance(error, StripePermissionError):  # the key may read other objects
            self._resting_until, self._why = time.monotonic() + _REST, why
        return why
