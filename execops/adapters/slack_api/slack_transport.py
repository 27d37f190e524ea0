"""The transport `slack`, over Slack's Web API: posts a message once, and finds out whether a message was posted.

Slack knows no idempotency key, so the message carries the key in its metadata, and the history of the conversation is
searched for it: before a message is posted, and to reconcile. A message counts as not posted only if two searches,
`SETTLED_AFTER` seconds apart, read the history whole and do not find it. Slack may show a message late, and `find` does
not know the moment of the attempt; the first search bounds it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from msgspec import Struct, field

from execops.adapters._mrkdwn import compose
from execops.adapters._patience import patient
from execops.adapters.slack_api import slack_history, slack_scopes
from execops.adapters.slack_api.slack_client import SlackClient
from execops.adapters.slack_api.slack_directory import Directory
from execops.errors import AdapterError, AmbiguousError, ExecOpsError, RejectedError
from execops.model import Check, Json
from execops.ports import Happened, Reconciliation
from execops.settings import Settings

logger = logging.getLogger(__name__)

SETTLED_AFTER = 30.0  # seconds after which Slack shows every message that it accepted
PACE = 1.0  # seconds between two messages to one channel: https://docs.slack.dev/apis/web-api/rate-limits
_BACK = timedelta(days=30)  # no attempt waits longer for its reconciliation
_MAX_PAGES = 25
_RECENT = timedelta(hours=1)
_MAX_RECENT_PAGES = 2
_MAX_TURNS = 500  # channels


class _Turn(Struct):
    """One channel's turn: one message at a time, and a pause after each."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_at: float = 0.0  # by the monotonic clock


class SlackApi:
    """Posts as the app whose token the settings hold. Raises NotConfiguredError if they hold none."""

    def __init__(self, settings: Settings) -> None:
        self._client = SlackClient(settings)
        self._directory = Directory(self._client.read)
        self._turns: dict[str, _Turn] = {}

    @classmethod
    async def diagnose(cls, settings: Settings) -> Sequence[Check]:
        """Check the token and its scopes; nothing is posted."""
        try:
            identity = await SlackClient(settings).identify()
        except ExecOpsError as exc:
            return [Check("Slack", "bad", exc.message, exc.hint)]
        return [slack_scopes.check(identity)]

    def describe(self, channel: str) -> str:
        """Say in words what posting to this channel does."""
        return f"posts this message in Slack to {channel}"

    async def post(self, payload: Json, *, key: str) -> Json:
        """Post the message once for this key; return its channel, its `ts` and its link.

        Raises NotAcceptedError, RejectedError, AmbiguousError.
        """
        message = compose(payload)
        await self._client.identify()
        written = message["channel"]
        channel = await self._directory.conversation(written)
        async with self._turn(channel) as turn:
            await asyncio.sleep(max(0.0, turn.next_at - time.monotonic()))
            # Look right before the call, so that a message of another worker has the least time to slip between.
            earlier = await self._recent(channel, message, key)
            if earlier.ts is not None and earlier.same_words:
                return await self._result(channel, earlier.ts)
            if earlier.ts is not None:
                raise AmbiguousError("Slack shows a message with other words under the key of this one.")
            try:
                answer = await self._client.post(_as_posted(message, channel, key), written=written)
            except RejectedError:
                self._directory.forget(written)
                raise
            finally:
                turn.next_at = time.monotonic() + PACE
        if not isinstance(answer.get("ts"), str):
            raise AmbiguousError("Slack took the message, but its answer does not name it.")
        return await self._result(str(answer.get("channel") or channel), answer["ts"])

    async def change(self, place: Json, payload: Json, *, key: str) -> None:  # noqa: ARG002  its metadata stays
        """Give the message at this place other words; who reads it is not called again. Raises as `post` does."""
        await self._client.identify()
        message = compose(payload) | {
            "channel": place["channel"],
            "ts": place["ts"],
            "parse": "none",
            "link_names": False,
        }
        await self._client.change(message, written=payload["channel"])

    async def find(self, payload: Json, *, key: str) -> Reconciliation:
        """Find out whether the message of this key was posted, without posting anything.

        Takes `SETTLED_AFTER` if the message is not shown.
        """
        message = compose(payload)
        try:
            channel = await patient(self._directory.conversation, message["channel"])
            identity = await patient(self._client.identify)
            for wait in (0.0, SETTLED_AFTER):
                await asyncio.sleep(wait)
                look = await slack_history.search(
                    self._patient_read, identity, channel, message, key, back=_BACK, pages=_MAX_PAGES
                )
                if look.ts is not None and look.same_words:
                    return Reconciliation(Happened.YES, await self._result(channel, look.ts))
                if look.ts is not None or not look.whole:
                    why = "its words are others" if look.ts else "the history was not read whole"
                    logger.warning("Slack cannot tell whether %s was posted: %s", key, why)
                    return Reconciliation(Happened.CANNOT_TELL)
        except AdapterError as exc:
            logger.warning("Slack cannot tell whether %s was posted: %s", key, exc.message)
            return Reconciliation(Happened.CANNOT_TELL)
        return Reconciliation(Happened.NO)

    async def _recent(self, channel: str, message: Json, key: str) -> slack_history.Look:
        """Search for a message that a repeated attempt would post again; the history may be closed to the app."""
        identity = await self._client.identify()
        try:
            return await slack_history.search(
                self._client.read, identity, channel, message, key, back=_RECENT, pages=_MAX_RECENT_PAGES
            )
        except RejectedError:
            return slack_history.Look()

    async def _patient_read(self, method: str, **arguments: Any) -> Json:  # noqa: ANN401
        return await patient(self._client.read, method, **arguments)

    async def _result(self, channel: str, ts: str) -> Json:
        identity = await self._client.identify()
        result = {"transport": "slack", "channel": channel, "ts": ts}
        return result | ({"permalink": identity.permalink(channel, ts)} if identity.url else {})

    @asynccontextmanager
    async def _turn(self, channel: str) -> AsyncIterator[_Turn]:
        """Wait for the turn of this channel; other channels do not wait."""
        if len(self._turns) >= _MAX_TURNS:
            now = time.monotonic()
            self._turns = {
                name: turn for name, turn in self._turns.items() if turn.lock.locked() or turn.next_at > now
            }
        turn = self._turns.setdefault(channel, _Turn())
        async with turn.lock:
            yield turn


def _as_posted(message: Json, channel: str, key: str) -> Json:
    """The arguments of `chat.postMessage`: Slack shows the message as it is written, and adds nothing to it."""
    return message | {
        "channel": channel,
        "metadata": slack_history.metadata(key),
        "mrkdwn": True,
        "parse": "none",
        "link_names": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }
