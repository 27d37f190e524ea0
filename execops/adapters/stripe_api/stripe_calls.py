"""Calls of Stripe's API that change something: https://docs.stripe.com/api, through Stripe's own client.

The client makes no attempt of its own after the first: attempts are counted, and waited for, by `proposals/execution`.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from msgspec import Struct

from execops.adapters.stripe_api import stripe_errors
from execops.errors import (
    AdapterError,
    AmbiguousError,
    InvalidPayloadError,
    NotAcceptedError,
    RejectedError,
)
from execops.model import Json
from execops.ports import Happened, Reconciliation
from execops.settings import Settings

if TYPE_CHECKING:
    from stripe import HTTPClient, StripeClient

logger = logging.getLogger(__name__)

_KEY = re.compile(r"[\x21-\x7e]+")
PAUSES = (1.0, 2.0, 4.0, 8.0)  # seconds until Stripe is asked again
# Seconds after which an action that Stripe does not show was not asked for: a request that broke off may still run.
SETTLED_AFTER = 15.0
_LOOKS = 2  # pauses of a look
_LONGEST_PAUSE = 60.0  # seconds
_CONNECTING = 10.0  # seconds; a longer wait for a connection ends before anything was sent
_CONFLICT = 409
_REPLAYED = "idempotent-replayed"  # this header marks an answer that was saved under the key
_NO_KEY = "EXECOPS_STRIPE_WRITE_KEY is not set, so nothing can be done at Stripe"


class Answer(Struct, frozen=True):
    """Stripe's answer to an action. `replayed` says that it is the saved one of an earlier request with the same key."""

    body: Json
    replayed: bool


class Calls:
    """Requests over one connection."""

    def __init__(self, client: StripeClient, settings: Settings, at_work: set[str]) -> None:
        self._client = client
        self._at_work = at_work
        self._timeout = settings.stripe_write_timeout
        self._live = settings.stripe_mode == "live"

    async def read(self, kind: str, object_id: str) -> Json:
        """One object, such as an invoice. Raises NotAcceptedError, RejectedError."""
        answer = await self._call("get", f"/v1/{kind}/{quote(object_id, safe='')}")
        self._require_mode(answer.body)
        return answer.body

    async def listed(self, kind: str, pages: int, **params: Any) -> tuple[list[Json], bool]:  # noqa: ANN401
        """The objects of a list, and whether these are all. Raises NotAcceptedError, RejectedError."""
        objects: list[Json] = []
        for _ in range(pages):
            after = {"starting_after": objects[-1]["id"]} if objects else {}
            answer = await self._call("get", f"/v1/{kind}", params={**params, "limit": 100, **after})
            page = answer.body.get("data") or []
            objects += page
            if not page or not answer.body.get("has_more"):
                return objects, True
        return objects, False

    async def write_metadata(self, kind: str, object_id: str, metadata: dict[str, str], **more: Any) -> None:  # noqa: ANN401
        """Write entries of an object's metadata, and change nothing else. Raises NotAcceptedError, RejectedError."""
        path = f"/v1/{kind}/{quote(object_id, safe='')}"
        await self._call("post", path, params={"metadata": metadata, **more})

    async def act(self, path: str, key: str, **params: Any) -> Answer:  # noqa: ANN401
        """Make the request that performs an action, under our idempotency key.

        While Stripe works on an earlier request with this key, such as that of a worker that died, it is asked again for
        its answer. Raises NotAcceptedError, RejectedError, and AmbiguousError where the request may have arrived.
        """
        self._at_work.discard(key)
        pauses = iter(PAUSES)
        while True:
            try:
                return await self._call("post", path, acts=True, params=params, idempotency_key=key)
            except AmbiguousError as exc:
                if getattr(exc.__cause__, "http_status", None) != _CONFLICT:
                    raise
                pause = next(pauses, None)
                if pause is None:
                    self._at_work.add(key)
                    raise
            await asyncio.sleep(pause)

    async def may(self, path: str, **params: Any) -> bool:  # noqa: ANN401
        """Whether the key has the permission for a request that names no object of the account, and so changes nothing.

        Raises NotAcceptedError, RejectedError.
        """
        import stripe

        try:
            await self._call("post", path, params=params)
        except AdapterError as exc:
            if isinstance(exc.__cause__, stripe.PermissionError):
                return False
            if not isinstance(exc.__cause__, stripe.InvalidRequestError):
                raise
        return True

    async def _call(
        self,
        method: str,
        path: str,
        *,
        acts: bool = False,
        params: Json | None = None,
        idempotency_key: str | None = None,
    ) -> Answer:
        import stripe
        from httpx import HTTPError

        options = {"idempotency_key": idempotency_key} if idempotency_key else {}
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._client.raw_request_async(method, path, **(params or {}), **options)
        except stripe.StripeError as exc:
            raise stripe_errors.from_answer(exc, path, acts=acts) from exc
        except (HTTPError, TimeoutError) as exc:
            raise stripe_errors.unreached(exc, acts=acts) from exc
        body = response.data
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(body if isinstance(body, dict) else {}, headers.get(_REPLAYED, "").lower() == "true")

    def _require_mode(self, body: Json) -> None:
        if body.get("livemode") not in {None, self._live}:
            raise RejectedError(
                "EXECOPS_STRIPE_WRITE_KEY is of another mode than EXECOPS_STRIPE_MODE."
                f" {stripe_errors.NOTHING}"
            )


class Stripe:
    """The account at Stripe in which an adapter acts."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._at_work: set[str] = (
            set()
        )  # keys of requests that Stripe had not answered when it was asked last

    def require_key(self) -> None:
        """Raise InvalidPayloadError where no key is set: an approval is a promise to act."""
        if self._settings.stripe_write_key is None:
            raise InvalidPayloadError(
                f"{_NO_KEY}. Nothing was changed.", hint="Set it to a restricted key: see docs/operations.md."
            )

    @asynccontextmanager
    async def calls(self) -> AsyncIterator[Calls]:
        """Calls for one action or one look, over a connection of their own. Raises RejectedError without a usable key."""
        key = self._settings.stripe_write_key
        secret = key.reveal().strip() if key else ""
        if not _KEY.fullmatch(secret):
            raise RejectedError(f"{_NO_KEY}. {stripe_errors.NOTHING}")
        import stripe

        http: Any = _http_client(self._settings.stripe_write_timeout)
        client = stripe.StripeClient(
            secret,
            http_client=http,
            base_addresses={"api": self._settings.stripe_api_base.rstrip("/")},
            max_network_retries=0,
        )
        try:
            yield Calls(client, self._settings, self._at_work)
        finally:
            await http.close_async()

    async def look(self, key: str, search: Callable[[Calls], Awaitable[Reconciliation]]) -> Reconciliation:
        """What a search finds out about the attempt with this key; CANNOT_TELL where Stripe does not answer it.

        An attempt that Stripe is still at work on may happen yet, so it is no NO. Takes `SETTLED_AFTER` for a NO.
        """
        try:
            outcome = await self._patient(search)
            if outcome.happened is Happened.NO:
                await asyncio.sleep(SETTLED_AFTER)
                outcome = await self._patient(search)
        except AdapterError as exc:
            logger.warning("Stripe cannot tell what became of %s: %s", key, exc.message)
            return Reconciliation(Happened.CANNOT_TELL)
        if outcome.happened is Happened.NO and key in self._at_work:
            return Reconciliation(Happened.CANNOT_TELL)
        return outcome

    def result(self, stripe_object: Json, page: str) -> Json:
        """The result of an action: the object that it made or changed, its status, and its page in Stripe's dashboard."""
        mode = "test/" if self._settings.stripe_mode == "test" else ""
        return {
            "transport": "stripe",
            "message_id": stripe_object.get("id"),
            "status": stripe_object.get("status"),
            "permalink": f"https://dashboard.stripe.com/{mode}{page}",
        }

    async def _patient(self, search: Callable[[Calls], Awaitable[Reconciliation]]) -> Reconciliation:
        """Search, and search again after the pauses that Stripe asks for, if they are short and few."""
        for pause in PAUSES[:_LOOKS]:
            try:
                async with self.calls() as calls:
                    return await search(calls)
            except NotAcceptedError as exc:
                if (exc.retry_after or 0) > _LONGEST_PAUSE:
                    raise
                await asyncio.sleep(pause if exc.retry_after is None else exc.retry_after)
        async with self.calls() as calls:
            return await search(calls)


def _http_client(timeout: float) -> HTTPClient:
    """The client of one connection. Its errors tell whether the request was begun, which Stripe's own client hides."""
    import ssl

    import httpx
    import stripe

    class OneConnection(stripe.HTTPClient):
        """Makes each request once."""

        name = "httpx"

        def __init__(self) -> None:
            super().__init__()
            self._http = httpx.AsyncClient(
                verify=ssl.create_default_context(cafile=stripe.ca_bundle_path),
                timeout=httpx.Timeout(timeout, connect=min(timeout / 2, _CONNECTING)),
            )

        async def request_async(
            self,
            method: str,
            url: str,
            headers: Mapping[str, str],
            post_data: Any = None,  # noqa: ANN401
        ) -> tuple[bytes, int, Mapping[str, str]]:
            answer = await self._http.request(method, url, headers=dict(headers), content=post_data)
            return answer.content, answer.status_code, answer.headers

        async def close_async(self) -> None:
            await self._http.aclose()

    return OneConnection()
