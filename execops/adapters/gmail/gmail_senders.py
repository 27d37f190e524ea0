"""The addresses that the account may send as.

Gmail puts the account's own address in the place of a sender that it does not know, and says nothing:
https://developers.google.com/workspace/gmail/api/guides/alias_and_signature_settings. Then the customer would read another
sender than the person who approved. So a mail with such a sender is refused before anything goes out.
"""

from __future__ import annotations

import time

from execops.adapters.gmail import gmail_errors
from execops.adapters.gmail.gmail_client import Connection, GmailClient
from execops.errors import RejectedError

_KNOWN_FOR = 600.0  # seconds; an address that is missing is asked for again at once
_PENDING = "pending"  # the owner of the address has not confirmed it


class Senders:
    """The account's own address, and its aliases where the sign-in may read them."""

    def __init__(self, client: GmailClient) -> None:
        self._client = client
        self._addresses: frozenset[str] = frozenset()
        self._asked_at = float("-inf")  # by the monotonic clock

    async def require(self, connection: Connection, address: str) -> None:
        """Raise RejectedError unless Gmail sends as this address. Raises NotAcceptedError too."""
        is_recent = time.monotonic() - self._asked_at < _KNOWN_FOR and address.casefold() in self._addresses
        if not is_recent and (refusal := await self.refusal(connection, address)):
            raise RejectedError(f"{refusal}. {gmail_errors.NOTHING}.")

    async def refusal(self, connection: Connection, address: str) -> str | None:
        """The sentence about an address that Gmail would replace; None if it sends as this one.

        Raises NotAcceptedError, RejectedError.
        """
        own = await self._client.account(connection)
        self._addresses = frozenset({own.casefold(), *await self._aliases(connection)})
        self._asked_at = time.monotonic()
        if address.casefold() in self._addresses:
            return None
        if connection.rights.reads_sent:
            return (
                f"Gmail would send as {own}, because {address} is no confirmed address of that account: add it at Gmail "
                f"under Settings → Accounts → Send mail as, or write {own} into the draft and EXECOPS_EMAIL_FROM"
            )
        return (
            f"Gmail sends as {own}, and the sign-in does not let ExecOps see whether it may send as {address}: run "
            f"`execops connect gmail` again and leave every box ticked, or write {own} into the draft and EXECOPS_EMAIL_FROM"
        )

    async def _aliases(self, connection: Connection) -> list[str]:
        """The confirmed addresses besides the account's own, in small letters, if the sign-in may read them."""
        if not connection.rights.reads_sent:
            return []
        aliases = (await connection.read("settings/sendAs")).get("sendAs") or []
        return [
            str(alias.get("sendAsEmail") or "").casefold()
            for alias in aliases
            if alias.get("verificationStatus") != _PENDING
        ]
