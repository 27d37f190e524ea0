"""Reads from Stripe's API, and never a write: https://docs.stripe.com/api.

One client asks, one place maps Stripe's errors to ours, and what comes back is read by the same readers as the
webhooks. An object read says what was true at the latest moment that it states itself, so that a webhook's
newer state always wins over it.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from execops.errors import (
    ExecOpsError,
    InvalidDeliveryError,
    NotConfiguredError,
    NotFoundError,
    UnavailableError,
)
from execops.model import Event, EventStatus, Json
from execops.ports import Reading, Want
from execops.settings import Settings
from execops.sources import Effects, Snapshot
from execops.sources.stripe import cash
from execops.sources.stripe.fields import (
    Object,
    at,
    currency,
    flag,
    items,
    obj,
    object_id,
    ref,
    text,
    whole,
)
from execops.sources.stripe.reading import read

if TYPE_CHECKING:
    from stripe import StripeClient, StripeError

logger = logging.getLogger(__name__)

# What a restricted key must be allowed to read: https://docs.stripe.com/keys#limit-access.
PERMISSIONS = {
    "/v1/customers": "Customers",
    "/v1/subscriptions": "Subscriptions",
    "/v1/invoices": "Invoices",
    "/v1/charges": "Charges and Refunds",
    "/v1/balance_transactions": "Balance transaction sources",
    "/v1/balance": "Balance",
}
COUPONS = "data.discounts.source.coupon"  # of a subscription: ids alone do not say how much is off
_KEY = re.compile(r"[\x21-\x7e]+")
_ID = re.compile(r"[A-Za-z0-9_]{1,255}")
_PERMISSION = re.compile(r"\brak_[a-z0-9_]+\b")
_MAX_WANTS = 5  # requests at once for one event
_REST = 30.0  # seconds without requests after Stripe did not answer: each event would wait in vain
# The moments that an object states about itself; what is still to come says nothing.
_STATED = (
    "created",
    "date",
    "start",
    "start_date",
    "trial_start",
    "canceled_at",
    "ended_at",
    "finalized_at",
    "paid_at",
    "voided_at",
    "marked_uncollectible_at",
)

# What a subscription was not yet while it was running.
_BEFORE: Json = {
    "ended_at": None,
    "canceled_at": None,
    "cancel_at_period_end": False,
    "pause_collection": None,
}


class StripePermissionError(NotConfiguredError):
    """The key may not read this; it may read other things."""

    def __init__(self, message: str, *, permission: str) -> None:
        super().__init__(message, hint=f"Give the restricted key this permission: {permission}.")
        self.permission = permission


class StripeBusyError(UnavailableError):
    """Stripe did not answer, or asks to slow down: the same read may work later, `retry_after` in seconds."""

    def __init__(self, message: str, *, retry_after: float | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class StripeApi:
    """GET requests with the configured key."""

    def __init__(self, settings: Settings, *, timeout: float) -> None:
        self._settings = settings
        self._timeout = timeout
        self._client: StripeClient | None = None
        self._http: Any = None

    async def get(self, path: str, **params: Any) -> Json:  # noqa: ANN401
        """The answer to one request.

        Raises NotConfiguredError (the key), NotFoundError, StripeBusyError (try again) or UnavailableError.
        """
        import stripe

        client = self._client or self._connect()
        try:
            answer = await client.raw_request_async("get", path, **params)
        except stripe.StripeError as exc:
            raise _mapped(exc, path) from exc
        return _parsed(answer.body)

    def of_this_mode(self, it: Object) -> bool:
        """Whether an object is of the mode that EXECOPS_STRIPE_MODE names."""
        livemode = flag(it, "livemode")
        return livemode is None or livemode is (self._settings.stripe_mode == "live")

    async def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            await self._http.close_async()
            self._client = self._http = None

    def _connect(self) -> StripeClient:
        """Raises NotConfiguredError without a usable key."""
        from stripe import HTTPXClient, StripeClient

        if self._settings.stripe_api_key is None:
            raise NotConfiguredError(
                "There is no key to read from Stripe with.",
                hint="Set STRIPE_API_KEY; a restricted key that may only read is enough.",
            )
        key = self._settings.stripe_api_key.reveal()
        if not _KEY.fullmatch(key):
            raise NotConfiguredError("STRIPE_API_KEY is no key.", hint="It looks like rk_live_…")

        class ReadOnlyClient(HTTPXClient):
            """Nothing but GET ever leaves."""

            async def request_async(
                self,
                method: str,
                url: str,
                headers: Mapping[str, str],
                post_data: Any = None,  # noqa: ANN401
            ) -> tuple[bytes, int, Mapping[str, str]]:
                if method.lower() != "get" or post_data:
                    raise RuntimeError(f"ExecOps only reads here; a {method.upper()} request was refused.")
                return await super().request_async(method, url, headers)

        self._http = ReadOnlyClient(timeout=self._timeout)
        self._client = StripeClient(
            key,
            http_client=self._http,
            base_addresses={"api": self._settings.stripe_api_base.rstrip("/")},
            max_network_retries=0,
        )
        return self._client


def _parsed(body: str) -> Json:
    from execops.ingest import parse

    try:
        return parse(body.encode(errors="replace"))[0]
    except InvalidDeliveryError as exc:
        raise StripeBusyError("Stripe's answer is no JSON object.") from exc


def _mapped(exc: StripeError, path: str) -> ExecOpsError:
    """Our error for Stripe's; only the name of a permission is taken from its message."""
    import stripe

    status = exc.http_status
    what = next(
        (PERMISSIONS[each] for each in sorted(PERMISSIONS, reverse=True) if path.startswith(each)), path
    )
    if isinstance(exc, stripe.AuthenticationError):
        return NotConfiguredError(
            "Stripe does not know STRIPE_API_KEY.", hint="It may be of another account, expired or rolled."
        )
    if isinstance(exc, stripe.PermissionError):
        named = _PERMISSION.search(exc.user_message or "")
        permission = f"{what}: Read" + (f" ({named[0]})" if named else "")
        read_what = path.removeprefix("/v1/").partition("/")[0].replace("_", " ")
        return StripePermissionError(f"STRIPE_API_KEY may not read {read_what}.", permission=permission)
    if isinstance(exc, stripe.RateLimitError):
        return StripeBusyError("Stripe asks for fewer requests.", retry_after=_retry_after(exc.headers))
    if isinstance(exc, stripe.APIConnectionError):
        return StripeBusyError("Stripe does not answer.", hint="Check the network; status.stripe.com.")
    if status == 404 or exc.code == "resource_missing":
        return NotFoundError("Stripe knows no such object.")
    if status is None or status < 400:
        return StripeBusyError("Stripe's answer is no JSON.")
    if status >= 500 or status == 409:
        return StripeBusyError(f"Stripe answered {status}.", retry_after=_retry_after(exc.headers))
    return UnavailableError(f"Stripe refused the request ({status}, {exc.code or 'no code'}).")


def _retry_after(headers: Mapping[str, str] | None) -> float | None:
    value = next((value for name, value in (headers or {}).items() if name.lower() == "retry-after"), "")
    return min(float(value), 300.0) if re.fullmatch(r"\d{1,6}(\.\d+)?", value) else None


def effects_of(it: Object, seen_at: datetime) -> Effects:
    """What an object of the API tells, by the webhooks' own readers."""
    kind = text(it, "object")
    if kind == "balance_transaction":
        return _effects_of_line(it, seen_at)
    if kind == "subscription":
        return Effects(tuple(_course(it, seen_at)))
    return read(_as_event(it, _stated_at(it, seen_at)))


def _effects_of_line(it: Object, seen_at: datetime) -> Effects:
    """A balance transaction: its movements, and the state of what caused it where that came along."""
    source = obj(it, "source")
    snapshots: list[Snapshot] = []
    for each in (source, obj(source, "charge")):
        if text(each, "object") in {"charge", "dispute", "payout"}:
            snapshots += effects_of(each, seen_at).snapshots
    if text(source, "object") == "refund":
        snapshots += _refund(source, seen_at)
    return Effects(tuple(snapshots), tuple(cash.balance_transaction(it, seen_at)))


def _refund(it: Object, seen_at: datetime) -> list[Snapshot]:
    """A refund and the charge it gives back: older versions' events of the charge tell of it without its id."""
    charge = ref(it, "charge")
    if not charge or not object_id(it):
        return []
    moment = _stated_at(it, seen_at)
    state = {
        "charge": charge,
        "status": text(it, "status"),
        "amount": whole(it, "amount"),
        "currency": currency(it),
        "created": moment.isoformat(),
    }
    subject = ref(obj(it, "charge"), "customer") or charge
    return [
        Snapshot(
            object_id=object_id(it),
            object_type="refund",
            subject_key=subject,
            state=state,
            as_of=moment,
            links=(charge,),
        )
    ]


def _course(it: Object, seen_at: datetime) -> list[Snapshot]:
    """A subscription from its start to today, as far as it tells: on trial, paying, paused, ended.

    Its MRR follows from each of these states; price and quantity are today's throughout.
    """
    start = at(it, "start_date", "start") or at(it, "created")
    status, trial_end = text(it, "status") or "active", at(it, "trial_end")
    paused = status == "paused" or bool(obj(it, "pause_collection"))
    latest = _stated_at(it, seen_at)
    moments: list[tuple[datetime, str]] = []
    if start is not None and start <= seen_at and status not in {"incomplete", "incomplete_expired"}:
        moments.append((start, "trialing" if trial_end and trial_end > start else "active"))
        if trial_end and start < trial_end < (at(it, "ended_at") or seen_at):
            latest = max(latest, trial_end)
            if status != "paused":
                moments.append((trial_end, "active"))
        if paused:  # since when is not said: from the current period on
            periods = [at(each, "current_period_start") for each in (it, *items(it, "items"))]
            latest = max([latest, *(each for each in periods if each is not None and each <= seen_at)])
    told = [
        each
        for moment, was in moments
        if moment < latest
        for each in read(_as_event({**it, **_BEFORE, "status": was}, moment)).snapshots
    ]
    return [*told, *read(_as_event(it, latest)).snapshots]


def _stated_at(it: Object, seen_at: datetime) -> datetime:
    """The latest moment that an object states, not after `seen_at`; that where it states none."""
    stated = [at(each, name) for each in (it, obj(it, "status_transitions")) for name in _STATED]
    past = [moment for moment in stated if moment is not None and moment <= seen_at]
    return max(past, default=seen_at)


def _as_event(it: Object, moment: datetime) -> Event:
    """An object as the readers take it: like the object of an event at this moment."""
    import stripe

    return Event(
        id=0,
        source="stripe",
        type="",
        occurred_at=moment,
        received_at=moment,
        payload_json={"data": {"object": dict(it)}},
        dedupe_key="",
        object_id=object_id(it) or None,
        subject_key=None,
        livemode=flag(it, "livemode") is not False,
        api_version=stripe.api_version,
        status=EventStatus.RECEIVED,
        outcome=[],
        error=None,
        processed_at=None,
    )


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


async def check(settings: Settings) -> list[str]:
    """What a configured key may not read. Raises NotConfiguredError, UnavailableError where it reads nothing."""
    api = StripeApi(settings, timeout=settings.stripe_timeout)
    missing = []
    try:
        for path, permission in PERMISSIONS.items():
            try:
                found = await api.get(path, **({} if path == "/v1/balance" else {"limit": 1}))
            except StripePermissionError:
                missing.append(permission)
                continue
            if not all(api.of_this_mode(each) for each in [found, *items(found, "data")]):
                raise NotConfiguredError(
                    f"STRIPE_API_KEY is not of {settings.stripe_mode} mode.",
                    hint="EXECOPS_STRIPE_MODE says which mode is taken in.",
                )
    finally:
        await api.close()
    return missing
