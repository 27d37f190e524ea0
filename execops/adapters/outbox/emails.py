"""The transport `outbox` of mails: a Maildir, so nothing leaves the machine."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from execops.adapters import _digest
from execops.adapters.outbox import outbox_folder
from execops.model import Check, Json
from execops.ports import Reconciliation
from execops.settings import Settings

if TYPE_CHECKING:
    from email.message import EmailMessage


class EmailOutbox:
    """Puts mails into the folder `email` of the outbox."""

    name: ClassVar[str] = "outbox"
    leaves_the_machine: ClassVar[bool] = False

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.outbox / "email"

    @classmethod
    async def diagnose(cls, settings: Settings) -> Sequence[Check]:
        """Name the folder."""
        return [Check("email", "ok", f"outbox: {settings.outbox / 'email'}")]

    def describe(self, mail: str) -> str:
        """Say in words what sending does with this mail, such as `a mail from … to …`."""
        return f"puts {mail} into the outbox; nothing leaves this machine"

    async def send(self, message: EmailMessage, content: bytes, idempotency_key: str) -> Json:
        """Deliver the mail once for this key. Raises NotAcceptedError, AmbiguousError."""
        digest = str(message[_digest.HEADER])
        await asyncio.to_thread(outbox_folder.deliver, self._folder, idempotency_key, content, digest)
        return {}

    async def find(self, message: EmailMessage, idempotency_key: str) -> Reconciliation:
        """Whether the mail of this key and of this payload lies in the Maildir."""
        digest = str(message[_digest.HEADER])
        happened = await asyncio.to_thread(outbox_folder.happened, self._folder, idempotency_key, digest)
        return Reconciliation(happened)
