"""A client of Stripe's API that only reads: https://docs.stripe.com/api.

This module alone maps Stripe's errors to ours.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from execops.errors import (
    ExecOpsError,
    InvalidDeliveryError,
    NotConfiguredError,
    NotFoundError,
    UnavailableError,
)
from execops.model import Json
from execops.settings import Settings
from execops.sources.stripe.fields import (
    Object,
    flag,
    items,
)

if TYPE_CHECKING:
    from stripe import StripeClient, StripeError

logger = logging.getLogger(__name__)

# The permissions that a restricted key needs, each to read: https://docs.stripe.com/keys#limit-access.
PERMISSIONS = {
    "/v1/customers": "Customers",
    "/v1/subscriptions": "Subscriptions",
    "/v1/coupons": "Coupons",
    "/v1/invoices": "Invoices",
    "/v1/charges": "Charges and Refunds",
    "/v1/balance_transactions": "Balance transaction sources",
    "/v1/balance": "Balance",
}
# One that can only be checked with a customer, and one that only `backfill stripe --events` needs.
UNCHECKED = {"/v1/payment_methods": "Payment methods", "/v1/events": "Events"}
_KEY = re.compile(r"[\x21-\x7e]+")
_PERMISSION = re.compile(r"\brak_[a-z0-9_]+\b")


class StripePermissionError(NotConfiguredError):
    """The key may not read one resource; `permission` names what it lacks. It may read other resources."""

    def __init__(self, message: str, *, permission: str) -> None:
        super().__init__(message, hint=f"Give the restricted key this permission: {permission}.")
        self.permission = permission


class StripeBusyError(UnavailableError):
    """Stripe did not answer, or asks for fewer requests. The same read may work after `retry_after` seconds."""

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
        """The JSON object that Stripe answers to one GET request.

        Raises NotConfiguredError where the key is missing or may not read this, NotFoundError, StripeBusyError
        where another attempt may help, or UnavailableError.
        """
        import stripe

        client = self._client or self._connect()
        try:
            answer = await client.raw_request_async("get", path, **params)
        except stripe.StripeError as exc:
            raise _mapped(exc, path) from exc
        return _parsed(answer.body)

    def of_this_mode(self, stripe_object: Object) -> bool:
        """Whether an object is of the mode that EXECOPS_STRIPE_MODE names."""
        livemode = flag(stripe_object, "livemode")
        return livemode is None or livemode is (self._settings.stripe_mode == "live")

    async def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            await self._http.close_async()
            self._client = self._http = None

    def _connect(self) -> StripeClient:
        """A client with the configured key. Raises NotConfiguredError without a usable key."""
        from stripe import HTTPXClient, StripeClient

        if self._settings.stripe_api_key is None:
            raise NotConfiguredError(
                "There is no key to read from Stripe with.",
                hint="Set STRIPE_API_KEY. A restricted key that may only read is enough.",
            )
        key = self._settings.stripe_api_key.reveal()
        if not _KEY.fullmatch(key):
            raise NotConfiguredError("STRIPE_API_KEY is not a key.", hint="A key looks like rk_live_…")

        class ReadOnlyClient(HTTPXClient):
            """An HTTP client that refuses every request but GET."""

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
    from execops.db.storable import parse

    try:
        return parse(body.encode(errors="replace")).payload
    except InvalidDeliveryError as exc:
        raise StripeBusyError("Stripe's answer is not a JSON object.") from exc


def _mapped(exc: StripeError, path: str) -> ExecOpsError:
    """Our error for Stripe's. Only the name of a permission is taken from Stripe's message."""
    import stripe

    status = exc.http_status
    names = PERMISSIONS | UNCHECKED
    kind = next((names[prefix] for prefix in sorted(names, reverse=True) if path.startswith(prefix)), path)
    if isinstance(exc, stripe.AuthenticationError):
        return NotConfiguredError(
            "Stripe does not know STRIPE_API_KEY.",
            hint="The key may belong to another account, have expired, or have been replaced.",
        )
    if isinstance(exc, stripe.PermissionError):
        named = _PERMISSION.search(exc.user_message or "")
        permission = f"{kind}: Read" + (f" ({named[0]})" if named else "")
        read_what = path.removeprefix("/v1/").partition("/")[0].replace("_", " ")
        return StripePermissionError(f"STRIPE_API_KEY may not read {read_what}.", permission=permission)
    if isinstance(exc, stripe.RateLimitError):
        return StripeBusyError("Stripe asks for fewer requests.", retry_after=_retry_after(exc.headers))
    if isinstance(exc, stripe.APIConnectionError):
        return StripeBusyError("Stripe does not answer.", hint="Check the network; status.stripe.com.")
    if status == 404 or exc.code == "resource_missing":
        return NotFoundError("Stripe has no such object.", hint="It may be of another account or mode.")
    if status is None or status < 400:
        return StripeBusyError("Stripe's answer is not JSON.")
    if status >= 500 or status == 409:
        return StripeBusyError(f"Stripe answered {status}.", retry_after=_retry_after(exc.headers))
    return UnavailableError(f"Stripe refused the request ({status}, {exc.code or 'no code'}).")


def _retry_after(headers: Mapping[str, str] | None) -> float | None:
    value = next((value for name, value in (headers or {}).items() if name.lower() == "retry-after"), "")
    return min(float(value), 300.0) if re.fullmatch(r"\d{1,6}(\.\d+)?", value) else None


async def check(settings: Settings) -> list[str]:
    """The permissions that the configured key lacks.

    Raises NotConfiguredError where the key is missing, unknown or of the other mode, and UnavailableError where
    Stripe does not answer.
    """
    api = StripeApi(settings, timeout=settings.stripe_timeout)
    missing = []
    try:
        for path, permission in PERMISSIONS.items():
            try:
                answer = await api.get(path, **({} if path == "/v1/balance" else {"limit": 1}))
            except StripePermissionError:
                missing.append(permission)
                continue
            if not all(api.of_this_mode(stripe_object) for stripe_object in [answer, *items(answer, "data")]):
                raise NotConfiguredError(
                    f"STRIPE_API_KEY is not of {settings.stripe_mode} mode.",
                    hint="Use a key of the mode that EXECOPS_STRIPE_MODE names, or change that setting.",
                )
    finally:
        await api.close()
    return missing
