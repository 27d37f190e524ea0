"""The transport `outbox` of Slack messages: a Maildir, so nothing leaves the machine."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP

from execops.adapters import _digest, _mrkdwn
from execops.adapters.outbox import outbox_folder
from execops.model import Check, Json
from execops.ports import Happened, Reconciliation
from execops.settings import Settings


class SlackOutbox:
    """Puts messages into the folder `slack` of the outbox."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.outbox / "slack"

    @classmethod
    async def diagnose(cls, settings: Settings) -> Sequence[Check]:
        """Name the folder."""
        return [Check("Slack", "ok", f"outbox: {settings.outbox / 'slack'}")]

    def describe(self, channel: str) -> str:
        """Say in words what posting to this channel does."""
        return f"puts a message for {channel} into the outbox; nothing leaves this machine"

    async def post(self, payload: Json, *, key: str) -> Json:
        """Deliver the message once for this key: as text, and as Slack would get it. Raises NotAcceptedError, AmbiguousError."""
        posted = _mrkdwn.compose(payload)
        message = EmailMessage(policy=SMTP)
        message["Message-ID"] = _message_id(key)
        message["Subject"] = "Slack message"
        message[_digest.HEADER] = digest = _digest.digest(payload)
        message["X-Slack-Channel"] = posted["channel"].encode("ascii", "replace").decode()
        message.set_content(_mrkdwn.displayed_text(posted["text"]))
        message.add_attachment(
            json.dumps(posted, ensure_ascii=False, indent=2).encode(),
            maintype="application",
            subtype="json",
            filename="message.json",
        )
        content = message.as_bytes(policy=SMTP)
        await asyncio.to_thread(outbox_folder.deliver, self._folder, key, content, digest)
        return _result(key)

    async def change(self, place: Json, payload: Json, *, key: str) -> None:  # noqa: ARG002  as the other transport
        """Deliver the new words as a message of their own, under a key of their own. Raises as `post` does."""
        await self.post(payload, key=f"{key}-{_digest.digest(payload)[:8]}")

    async def find(self, payload: Json, *, key: str) -> Reconciliation:
        """Whether the message of this key and of this payload lies in the Maildir."""
        digest = _digest.digest(payload)
        happened = await asyncio.to_thread(outbox_folder.happened, self._folder, key, digest)
        return Reconciliation(happened, _result(key) if happened is Happened.YES else None)


def _message_id(key: str) -> str:
    return f"<{key}@slack.outbox>"


def _result(key: str) -> Json:
    return {"transport": "outbox", "message_id": _message_id(key)}
