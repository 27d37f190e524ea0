"""Posts a Slack message. Transport `outbox`: the message as a file in a Maildir."""

from __future__ import annotations

import asyncio
import json
import re
from email.message import EmailMessage
from email.policy import SMTP
from typing import ClassVar

from execops.adapters import _checks, _outbox
from execops.errors import InvalidPayloadError
from execops.model import Json
from execops.ports import Happened, Reconciliation
from execops.settings import Settings

_FIELDS = frozenset({"channel", "text", "blocks"})
_MAX_TEXT = 40_000  # https://docs.slack.dev/reference/methods/chat.postMessage
_MAX_BLOCKS = 50
_CHANNEL = re.compile(r"[#@]?[\w.-]{1,80}")  # an id, or a name


def create(settings: Settings) -> SlackAdapter:
    """The adapter over the transport that the settings name."""
    return SlackAdapter(settings)


class SlackAdapter:
    """Payload: `channel`, `text` (the fallback) and optionally `blocks` (Block Kit)."""

    action_type: ClassVar[str] = "slack"

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.outbox / "slack"

    def validate(self, payload: Json) -> None:
        """Raise InvalidPayloadError, naming the field, unless Slack would take this message."""
        for name in payload.keys() - _FIELDS:
            raise InvalidPayloadError(f"A Slack message has no field {name!r}.", field=name)
        for name in ("channel", "text"):
            if not isinstance(payload.get(name), str) or not payload[name].strip():
                raise InvalidPayloadError(f"The Slack message's {name} is empty.", field=name)
        if not _CHANNEL.fullmatch(payload["channel"]):
            raise InvalidPayloadError(
                f"The Slack message's channel is not one channel: {payload['channel']!r}.", field="channel"
            )
        if not _checks.is_text(payload["text"]):
            raise InvalidPayloadError("The Slack message's text has control characters.", field="text")
        if len(payload["text"]) > _MAX_TEXT:
            raise InvalidPayloadError(
                f"The Slack message's text is over {_MAX_TEXT} characters.", field="text"
            )
        blocks = payload.get("blocks", [])
        if not isinstance(blocks, list) or len(blocks) > _MAX_BLOCKS:
            raise InvalidPayloadError(
                f"The Slack message's blocks are no list of at most {_MAX_BLOCKS}.", field="blocks"
            )
        if not all(isinstance(each, dict) and isinstance(each.get("type"), str) for each in blocks):
            raise InvalidPayloadError("Each of the Slack message's blocks needs a type.", field="blocks")
        if not _checks.all_text(blocks):
            raise InvalidPayloadError("The Slack message's blocks have control characters.", field="blocks")

    def describe(self, payload: Json) -> str:
        """What posting does, in words."""
        return f"puts a message for {payload['channel']} into the outbox; nothing leaves this machine"

    async def perform(self, payload: Json, *, idempotency_key: str) -> Json:
        """Deliver the message once for this key. Raises NotAcceptedError."""
        message = EmailMessage(policy=SMTP)
        message["Message-ID"] = f"<{idempotency_key}@slack.outbox>"
        message["Subject"] = "Slack message"
        message["X-Slack-Channel"] = payload["channel"].encode("ascii", "replace").decode()
        message.set_content(payload["text"])
        message.add_attachment(
            json.dumps(payload, ensure_ascii=False, indent=2).encode(),
            maintype="application",
            subtype="json",
            filename="message.json",
        )
        await asyncio.to_thread(_outbox.deliver, self._folder, idempotency_key, message.as_bytes(policy=SMTP))
        return {"transport": "outbox", "message_id": message["Message-ID"]}

    async def reconcile(self, payload: Json, *, idempotency_key: str) -> Reconciliation:  # noqa: ARG002
        """Look for the message of this key in the Maildir."""
        if await asyncio.to_thread(_outbox.delivered, self._folder, idempotency_key):
            return Reconciliation(Happened.YES, {"transport": "outbox"})
        return Reconciliation(Happened.NO)
