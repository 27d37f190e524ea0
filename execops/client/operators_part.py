"""`client.operators`: the people and programs with a token. Every role may list them; only a founder may change them."""

from __future__ import annotations

from collections.abc import Sequence

from execops.authority import operators
from execops.authority.operators import require_founder
from execops.client.part import Part
from execops.model import Operator, Role
from execops.settings import Secret


class Operators(Part):
    """Listing, adding and revoking operators."""

    async def list(self) -> Sequence[Operator]:
        """All operators, revoked ones too."""
        async with self._ctx.connection() as conn:
            return await operators.everyone(conn)

    async def add(self, name: str, role: Role) -> tuple[Operator, Secret]:
        """Add an operator; returns it with its token, which is not shown again. Only a founder may add operators.

        Raises NotAllowedError, and ConflictError if the name is taken.
        """
        token = operators.new_token()
        async with self._acting(require_founder, "add operators") as (conn, _):
            return await operators.add(conn, name, role, token), token

    async def revoke(self, name: str) -> Operator:
        """Disable an operator's token for good. Only a founder may revoke operators.

        Raises NotAllowedError, NotFoundError, and ConflictError for the last founder or an operator revoked before.
        """
        async with self._acting(require_founder, "revoke operators") as (conn, _):
            return await operators.revoke(conn, name)
