"""The transport `gmail`: sends a mail by Gmail's API, once for a key.

A draft is made and then sent. Gmail promises that sending deletes the draft and puts a new mail into SENT
(https://developers.google.com/workspace/gmail/api/guides/drafts), so a draft goes out once at the most, and a draft that
was deleted never. All that follows rests on this:

1. An attempt first puts its draft there. Then it looks for earlier ones under its key: it deletes every other draft, and
   sends nothing where a mail lies in SENT already. Only then it sends.
2. Say that two attempts under one key meet, because a stopped worker goes on after another one took over. The one whose
   draft came second looks after both drafts were there. So it sees the other's mail in SENT and stops, or deletes the
   other's draft, whose sending fails then. A draft that vanishes under its hands may have been sent: the attempt sends
   nothing, and asks. Drafts are looked at before SENT, because a mail moves only from there to here.
3. `find` says YES to a mail in SENT with this key and this payload. It says NO to a draft that is still there
   `SETTLED_AFTER` seconds later, and only once it has deleted that draft: a request that was on its way for longer finds
   nothing to send. Everything else is CANNOT_TELL, also where nothing is found. Gmail may show a mail late, an attempt may
   have died before it made its draft, and a person may have deleted either.

Nothing is stored between the two calls: the draft is found by its headers (`gmail/gmail_mailbox.py`). A draft that stays behind
sends nothing by itself.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote

from msgspec import Struct

from execops.adapters._patience import patient
from execops.adapters.gmail import gmail_errors, gmail_sign_in
from execops.adapters.gmail.gmail_client import Connection, GmailClient
from execops.adapters.gmail.gmail_mailbox import KEY_HEADER, Copy, Mailbox, Wanted
from execops.adapters.gmail.gmail_scopes import Rights
from execops.adapters.gmail.gmail_senders import Senders
from execops.errors import AdapterError, AmbiguousError, ExecOpsError, NotAcceptedError, RejectedError
from execops.model import Check, Json
from execops.ports import Happened, Reconciliation
from execops.settings import Settings
from execops.text.addresses import mailbox

if TYPE_CHECKING:
    from email.message import EmailMessage

logger = logging.getLogger(__name__)

SETTLED_AFTER = (
    30.0  # seconds after which no request to send is on its way any more, and Gmail shows what it did
)
# Seconds between two mails of one process. A mail costs 140 of the 6,000 units that Gmail gives an account a minute:
# https://developers.google.com/workspace/gmail/api/reference/quota.
PACE = 1.5


class GmailTransport:
    """Sends as the account that the settings are signed in to. Raises NotConfiguredError if they hold no sign-in."""

    name: ClassVar[str] = "gmail"
    leaves_the_machine: ClassVar[bool] = True

    def __init__(self, settings: Settings) -> None:
        self._client = GmailClient(settings)
        self._senders = Senders(self._client)
        self._mailbox = Mailbox()
        self._has_web = gmail_sign_in.is_google(settings)
        self._lock = asyncio.Lock()
        self._next_at = 0.0  # by the monotonic clock

    def describe(self, mail: str) -> str:
        """Say in words what sending does with this mail, such as `a mail from … to …`."""
        return f"sends {mail} through Gmail"

    async def send(self, message: EmailMessage, content: bytes, idempotency_key: str) -> Json:
        """Send the mail once for this key; returns its ids at Gmail.

        Raises NotAcceptedError, RejectedError, AmbiguousError.
        """
        wanted = Wanted.of(message, idempotency_key)
        async with self._client.connected() as connection:
            await self._senders.require(connection, str(message["From"].addresses[0].addr_spec))
            async with self._turn():
                mail = f"{KEY_HEADER}: {wanted.key}\r\n".encode() + content
                draft_id = await connection.create_draft(mail, recipient=wanted.recipient)
                copy = await self._earlier(connection, wanted, draft_id)
                if copy is None:
                    copy = await self._sent_now(connection, wanted, draft_id)
                return await self._result(connection, copy)

    async def find(self, message: EmailMessage, idempotency_key: str) -> Reconciliation:
        """Whether this mail was sent with this key; takes `SETTLED_AFTER` if it does not lie in SENT. Sends nothing."""
        wanted = Wanted.of(message, idempotency_key)
        try:
            async with self._client.connected() as connection:
                return await self._found(connection, wanted)
        except AdapterError as exc:
            logger.warning("Gmail cannot tell whether %s was sent: %s", wanted.key, exc.message)
            return Reconciliation(Happened.CANNOT_TELL)

    @classmethod
    async def diagnose(cls, settings: Settings) -> Sequence[Check]:
        """Check the sign-in at Google, the sender, and whether sent mails can be read; nothing is sent."""
        try:
            access = await cls(settings).check(settings.email_from)
        except ExecOpsError as exc:
            return [Check("email", "bad", exc.message, exc.hint)]
        again = "Run `execops connect gmail` again, and leave every box ticked."
        email = Check("email", "ok", f"gmail: signed in as {access.account}")
        if not access.rights.sends:
            email = Check("email", "bad", f"gmail: the sign-in of {access.account} may not send", again)
        elif access.sender_refused:
            email = Check("email", "bad", f"{access.sender_refused}.")
        words = "gmail: a mail whose answer did not come is looked for in SENT"
        unread = "gmail: the sign-in may not read SENT; a mail whose answer did not come stays unknown"
        reads = access.rights.reads_sent
        return [
            email,
            Check("sent mails", "ok", words) if reads else Check("sent mails", "off", unread, again),
        ]

    async def check(self, sender: str | None) -> Access:
        """The account, the acts that its sign-in allows, and whether it sends as `sender`. Sends nothing.

        Raises NotAcceptedError, RejectedError.
        """
        async with self._client.connected() as connection:
            account = await self._client.account(connection)
            rights = connection.rights
            if rights.reads_sent:
                await connection.read("messages", labelIds="SENT", q="in:sent", maxResults=1)
            named = mailbox(sender)
            refusal = await self._senders.refusal(connection, named.address) if named else None
            return Access(account, rights, refusal)

    async def _earlier(self, connection: Connection, wanted: Wanted, own: str) -> Copy | None:
        """The mail in SENT that an earlier attempt under this key sent; its drafts, or else our own, are deleted.

        Our own draft is deleted too where an error ends the attempt.
        """
        try:
            others = await self._mailbox.drafts(connection, wanted, but=own)
            if any(draft.is_of(wanted) is not Happened.YES for draft in others):
                raise AmbiguousError(
                    "Gmail's drafts hold this mail with other words, because somebody changed it there: send or delete "
                    f"that draft, then confirm or retry. {gmail_errors.DOUBT}."
                )
            vanished = [draft for draft in others if not await connection.delete_draft(str(draft.draft_id))]
            copy = await self._mailbox.sent(connection, wanted) if connection.rights.reads_sent else None
            if copy is not None and copy.is_of(wanted) is not Happened.YES:
                raise AmbiguousError("Gmail's SENT holds a mail with other words under the key of this one.")
            if copy is None and vanished:
                raise AmbiguousError(f"A draft of this mail vanished. {gmail_errors.DOUBT}.")
        except AdapterError:
            await self._discard(connection, own)
            raise
        if copy is not None:
            await self._discard(connection, own)
        return copy

    async def _sent_now(self, connection: Connection, wanted: Wanted, draft_id: str) -> Copy:
        """The mail in SENT after this draft was sent. A draft that Gmail refuses to send is deleted."""
        try:
            answer = await connection.send(draft_id, recipient=wanted.recipient)
        except (NotAcceptedError, RejectedError) as exc:
            if await self._discard(connection, draft_id) is False:  # somebody sent it, or deleted it
                raise AmbiguousError(
                    f"The draft was gone when ExecOps sent it. {gmail_errors.DOUBT}."
                ) from exc
            raise
        try:
            return await self._mailbox.read(connection, answer)
        except AdapterError:  # the mail is out, whatever can be read of it
            return Copy(answer["id"], str(answer.get("threadId") or ""), None, wanted.digest)

    async def _found(self, connection: Connection, wanted: Wanted) -> Reconciliation:
        await patient(self._client.account, connection)
        if not connection.rights.reads_sent:
            logger.warning("Gmail cannot tell whether %s was sent: the sign-in may not read SENT", wanted.key)
            return Reconciliation(Happened.CANNOT_TELL)
        if copy := await patient(self._mailbox.sent, connection, wanted, deep=True):
            return await self._told_by(connection, wanted, copy)
        await asyncio.sleep(SETTLED_AFTER)
        drafts = await patient(self._mailbox.drafts, connection, wanted, deep=True)
        if copy := await patient(self._mailbox.sent, connection, wanted, deep=True):
            return await self._told_by(connection, wanted, copy)
        if not drafts or any(draft.is_of(wanted) is not Happened.YES for draft in drafts):
            why = "somebody changed its draft" if drafts else "neither a draft nor a sent mail is there"
            logger.warning("Gmail cannot tell whether %s was sent: %s", wanted.key, why)
            return Reconciliation(Happened.CANNOT_TELL)
        deleted = [await patient(connection.delete_draft, str(draft.draft_id)) for draft in drafts]
        if copy := await patient(self._mailbox.sent, connection, wanted, deep=True):
            return await self._told_by(connection, wanted, copy)
        return Reconciliation(Happened.NO if all(deleted) else Happened.CANNOT_TELL)

    async def _told_by(self, connection: Connection, wanted: Wanted, copy: Copy) -> Reconciliation:
        happened = copy.is_of(wanted)
        if happened is not Happened.YES:
            logger.warning("Gmail cannot tell whether %s was sent: the sent mail has other words", wanted.key)
            return Reconciliation(happened)
        return Reconciliation(happened, await self._result(connection, copy))

    async def _discard(self, connection: Connection, draft_id: str) -> bool | None:
        """Delete our own draft; False if it was gone, None if Gmail does not say."""
        try:
            return await connection.delete_draft(draft_id)
        except AdapterError as exc:
            logger.warning("A draft that nobody sends stays in Gmail's drafts: %s", exc.message)
            return None

    async def _result(self, connection: Connection, copy: Copy) -> Json:
        """The mail's ids at Gmail, and its page. Its Message-ID is Gmail's, if Gmail wrote another one."""
        result = {"id": copy.id, "thread_id": copy.thread_id}
        if copy.message_id:
            result["message_id"] = copy.message_id
        if self._has_web:
            account = quote(await self._client.account(connection), safe="@")
            result["permalink"] = f"https://mail.google.com/mail/?authuser={account}#all/{copy.thread_id}"
        return result

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait until the last mail is out, and for the pause after it."""
        async with self._lock:
            await asyncio.sleep(max(0.0, self._next_at - time.monotonic()))
            try:
                yield
            finally:
                self._next_at = time.monotonic() + PACE


class Access(Struct, frozen=True):
    """The account of a sign-in, the acts that it allows, and the sentence about a sender that Gmail would replace."""

    account: str
    rights: Rights
    sender_refused: str | None
