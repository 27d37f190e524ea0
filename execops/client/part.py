"""The base of the Client's parts: a transaction that first checks whether its operator may act."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from execops.authority import operators, permissions
from execops.authority.permissions import Operation
from execops.context import Context
from execops.db.pool import Connection
from execops.model import Actor, SignedIn


class Part:
    """Operations of one kind, in the name of one operator."""

    def __init__(self, ctx: Context, operator: SignedIn) -> None:
        self._ctx = ctx
        self._operator = operator

    @asynccontextmanager
    async def _acting(
        self, operation: Operation, reason: str | None = None
    ) -> AsyncIterator[tuple[Connection, SignedIn]]:
        """Open a transaction in the operator's name; yields it with the operator's record as of now.

        The audit log keeps the reason.

        A console may be open since before its operator was revoked or got another role, so the record is read again
        in the transaction. Raises NotAllowedError.
        """
        permissions.authorise(self._operator, operation, self._ctx.settings)
        metadata = {"reason": reason} if reason else {}
        async with self._ctx.transaction(Actor.user(self._operator), **metadata) as conn:
            operator = await operators.current(conn, self._operator)
            permissions.authorise(operator, operation, self._ctx.settings)
            yield conn, operator

    async def _require(self, operation: Operation) -> SignedIn:
        """Check the operator before work of many transactions; returns their record as of now. Raises NotAllowedError."""
        permissions.authorise(self._operator, operation, self._ctx.settings)
        async with self._ctx.connection() as conn:
            operator = await operators.current(conn, self._operator)
        permissions.authorise(operator, operation, self._ctx.settings)
        return operator
