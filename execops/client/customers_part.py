"""`client.customers`: erasing the words about a customer. A founder alone may."""

from __future__ import annotations

from execops.authority.permissions import Operation
from execops.client.part import Part
from execops.proposals import erasing
from execops.proposals.erasing import Erased, Held

__all__ = ["Customers", "Erased", "Held"]


class Customers(Part):
    """Counts the rows on record about a customer, and erases the words in them."""

    async def held(self, subject_key: str) -> Held:
        """Count what is on record about a customer. Raises InvalidInputError, NotFoundError."""
        async with self._ctx.connection() as conn:
            return await erasing.held(conn, subject_key)

    async def erase(self, subject_key: str) -> Erased:
        """Erase every word about a customer, here and in the outbox of this process; amounts, ids and hashes stay.

        Live proposals are ended first. It cannot be taken back. Raises NotAllowedError, NotFoundError, and ConflictError
        while anything about the customer is in flight.
        """
        from msgspec.structs import replace

        async with self._acting(Operation.ERASE_CUSTOMER) as (conn, _):
            erased, keys = await erasing.erase(self._ctx, conn, subject_key)
        return replace(erased, messages=await erasing.remove_messages(self._ctx, keys))
