"""Asking Stripe for what plays want to know about an event and no webhook has told yet."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from execops.effects import Effects
from execops.errors import ExecOpsError, NotConfiguredError, UnavailableError
from execops.model import Event
from execops.ports import Reading, Want
from execops.settings import Settings
from execops.sources.stripe.api import COUPONS, StripeApi, StripeBusyError
from execops.sources.stripe.fields import Object, items, obj, ref, text
from execops.sources.stripe.objects import effects_of

logger = logging.getLogger(__name__)

_ID = re.compile(r"[A-Za-z0-9_]{1,255}")
_MAX_WANTS = 5  # requests at once for one event
_REST = 30.0  # seconds without requests after Stripe did not answer: each event would wait in vain


class StripeReader:
    """Reads what plays want to know about an event and no webhook has told yet. Never raises for Stripe."""

    def __init__(self, settings: Settings) -> None:
        self._api = StripeApi(settings, timeout=settings.stripe_timeout)
        self._timeout = settings.stripe_timeout
        self._resting_until = 0.0
        self._why = ""

    def wants(self, event: Event) -> Sequence[Want]:
        """The event's customer, what he subscribes to, and the charge that a dispute is about."""
        found = obj(event.payload_json, "data", "object")
        customer, charge = ref(found, "customer"), ref(found, "charge")
        wants = []
        if text(found, "object") == "customer":
            customer = text(found, "id")
        elif customer:
            wants.append(Want("customer", customer))
        if text(found, "object") in {"dispute", "radar.early_fraud_warning"} and charge:
            wants.append(Want("charge", charge))
        if customer:
            wants.append(Want("subscription", customer, of_subject=True))
        return [each for each in wants if _ID.fullmatch(each.object_id)][:_MAX_WANTS]

    async def read(self, wants: Sequence[Want]) -> Reading:
        """Ask for all of it at once, within the one timeout; what did not come is named in `failed`."""
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
        found: list[Object]
        if want.of_subject:
            found = items(
                await self._api.get(
                    "/v1/subscriptions", customer=want.object_id, status="all", limit=20, expand=[COUPONS]
                ),
                "data",
            )
        else:
            params = {"expand": ["customer"]} if want.object_type == "charge" else {}
            it = await self._api.get(f"/v1/{want.object_type}s/{quote(want.object_id, safe='')}", **params)
            owner = obj(it, "customer")
            found = [it, owner] if owner else [it]
        if not all(self._api.of_this_mode(each) for each in found):
            raise UnavailableError("the key is of the other mode than EXECOPS_STRIPE_MODE")
        return [effects_of(each, now) for each in found]

    def _degrade(self, error: BaseException) -> str:
        """Why, in a few words; where asking again is in vain, the next events do not wait for it."""
        if isinstance(error, TimeoutError):
            why = f"no answer within {self._timeout:g} s"
        elif isinstance(error, ExecOpsError):
            why = error.message + (
                f" {error.hint}" if isinstance(error, NotConfiguredError) and error.hint else ""
            )
        else:
            logger.error("read.broken %s", type(error).__name__)
            why = type(error).__name__
        if isinstance(error, TimeoutError | StripeBusyError | NotConfiguredError):
            self._resting_until, self._why = time.monotonic() + _REST, why
        return why
