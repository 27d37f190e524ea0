"""GitHub's list of a webhook's deliveries: those that never arrived here are read from it. Nothing is asked to be sent again.

GitHub keeps deliveries for three days and repeats none by itself; to ask it to would be a write:
https://docs.github.com/en/rest/repos/webhooks. A token that may read webhooks is enough.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from execops.errors import NotConfiguredError, NotFoundError, UnavailableError
from execops.model import Json
from execops.settings import Settings
from execops.sources import github, with_headers
from execops.sources.github.webhook import DELIVERY, EVENT
from execops.sources.stripe.fields import iso_moment

if TYPE_CHECKING:
    import httpx

_PAGE = 100  # deliveries
_TIMEOUT = 30.0  # seconds for one request
_ADDRESS = "/ingest/github"
_NEXT = re.compile(r'[?&]cursor=([^&>]+)[^>]*>;\s*rel="next"')


class FailedDeliveries:
    """The payloads of failed deliveries, page by page, the newest first; with at most `rate` requests a second."""

    def __init__(self, settings: Settings, *, hook: int | None = None, rate: float = 5.0) -> None:
        self._repository, self._hook, self._pause = settings.github_repository, hook, 1 / rate
        token = settings.github_token.reveal() if settings.github_token else ""
        self._is_configured = bool(token and self._repository)
        import httpx  # only here: it loads a printer for terminals

        self._http = httpx.AsyncClient(
            base_url=settings.github_api_base,
            timeout=_TIMEOUT,
            headers={
                "authorization": f"Bearer {token}",
                "accept": "application/vnd.github+json",
                "x-github-api-version": "2022-11-28",
            },
        )
        self._arrived: set[str] = set()  # the ids of deliveries of which a later attempt arrived

    async def events(self, since: datetime, cursor: str | None) -> tuple[Sequence[Json], str | None]:
        """The payloads of failed deliveries on the page after the cursor; see `execops.ports.EventList`.

        A delivery with several attempts is read once, and not at all if one of them arrived.
        """
        hook = self._hook = self._hook or await self._find_hook()
        path = f"/repos/{self._repository}/hooks/{hook}/deliveries"
        answer = await self._get(path, {"per_page": _PAGE} | ({"cursor": cursor} if cursor else {}))
        attempts = [attempt for attempt in answer.json() if isinstance(attempt, dict)]
        recent = [
            attempt for attempt in attempts if (iso_moment(attempt.get("delivered_at")) or since) >= since
        ]
        payloads = []
        for attempt in recent:  # the newest first: a later attempt stands before the one that failed
            guid = str(attempt.get("guid"))
            if guid in self._arrived:
                continue
            self._arrived.add(guid)
            if 200 <= int(attempt.get("status_code") or 0) < 300:
                continue
            payloads.append(await self._read(path, attempt))
        following = _NEXT.search(answer.headers.get("link", ""))
        return payloads, following[1] if following and len(recent) == len(attempts) else None

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _read(self, path: str, attempt: Mapping[str, Any]) -> Json:
        """The payload of a delivery as its webhook carried it, with its two headers."""
        delivery = (await self._get(f"{path}/{int(attempt['id'])}")).json()
        payload = (delivery.get("request") or {}).get("payload")
        headers = {EVENT: str(delivery.get("event")), DELIVERY: str(delivery.get("guid"))}
        return with_headers(github, payload if isinstance(payload, dict) else {}, headers)

    async def _find_hook(self) -> int:
        """The id of the repository's webhook that leads here. Raises NotFoundError unless it is just one."""
        hooks = (await self._get(f"/repos/{self._repository}/hooks", {"per_page": _PAGE})).json()
        ours = [
            int(hook["id"])
            for hook in hooks
            if urlsplit(str((hook.get("config") or {}).get("url"))).path.rstrip("/").endswith(_ADDRESS)
        ]
        if len(ours) != 1:
            number = f"{len(ours)} webhooks" if ours else "no webhook"
            raise NotFoundError(
                f"{self._repository} has {number} whose address ends in {_ADDRESS}; nothing was stored.",
                hint="Name the webhook by its number at GitHub: execops backfill github --hook NUMBER",
            )
        return ours[0]

    async def _get(self, path: str, params: Mapping[str, str | int] | None = None) -> httpx.Response:
        if not self._is_configured:
            raise NotConfiguredError(
                "There is no repository, or no token, to read GitHub's deliveries with; nothing was stored.",
                hint="Set EXECOPS_GITHUB_REPOSITORY=owner/name and GITHUB_TOKEN, which may read webhooks.",
            )
        import httpx

        await asyncio.sleep(self._pause)
        try:
            response = await self._http.get(path, params=dict(params or {}))
        except httpx.TransportError as exc:
            raise UnavailableError(
                f"GitHub did not answer ({type(exc).__name__}); the pages before are stored.",
                hint="Run the command again.",
            ) from exc
        if response.status_code in {401, 403, 404}:
            raise NotConfiguredError(
                f"GitHub refuses to show the webhooks of {self._repository} ({response.status_code});"
                " the pages before are stored.",
                hint="GITHUB_TOKEN needs to read the webhooks of EXECOPS_GITHUB_REPOSITORY.",
            )
        if response.status_code != 200:
            raise UnavailableError(
                f"GitHub answered {response.status_code}; the pages before are stored.",
                hint="Run the command again later.",
            )
        return response
