"""`client.operators`: the people and programs with a token. Every role may list them; only a founder may change others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from execops.authority import limits, operators
from execops.authority.permissions import Operation
from execops.client.part import Part
from execops.errors import InvalidInputError
from execops.model import SETUP, Actor, Operator, Role
from execops.plays.registry import action_types, all_plays
from execops.settings import Secret
from execops.text import clean_line


def limits_text(operator: Operator) -> str:
    """The limits of an operator in words, such as `vertical money, up to $500.00`; empty without any."""
    try:
        return str(limits.read(operator.limits))
    except limits.UnreadableLimitsError:
        return "unreadable: decides nothing"


class Operators(Part):
    """Listing, adding and revoking operators, and renewing tokens."""

    async def list(self) -> Sequence[Operator]:
        """All operators, revoked ones too, with their last use."""
        async with self._ctx.connection() as conn:
            return await operators.everyone(conn)

    async def me(self) -> Operator:
        """The operator of this Client, as of now. Raises NotAllowedError for one who was revoked."""
        async with self._ctx.connection() as conn:
            return await operators.current(conn, self._operator)

    async def add(
        self,
        name: str,
        role: Role,
        *,
        limited_to: Sequence[str] = (),
        expires_at: datetime | None = None,
    ) -> tuple[Operator, Secret]:
        """Add an operator; returns it with its token, which is not shown again. Only a founder may add operators.

        `limited_to` are limits in words, such as `vertical=money`, `action=email` and `amount=500.00USD`. The token works
        until `expires_at`. Raises NotAllowedError, InvalidInputError, and ConflictError if the name is taken.
        """
        if not name.strip() or clean_line(name) != name:
            raise InvalidInputError("A name must be one line of visible text; nothing was changed.")
        token = operators.new_token()
        async with self._acting(Operation.ADD_OPERATOR) as (conn, _):
            if limited_to and role is not Role.OPS:
                raise InvalidInputError(f"Only ops have limits, and {name} is {role}; nothing was changed.")
            verticals = {play.vertical for play in all_plays().values()} | {SETUP}
            own = limits.parse(limited_to, verticals, action_types(self._ctx.adapters))
            return await operators.add(conn, name, role, token, limits=own, expires_at=expires_at), token

    async def rotate(self, name: str, *, expires_at: datetime | None = None) -> tuple[Operator, Secret]:
        """Give an operator a new token, which works until `expires_at`; the old one stops at once.

        A founder renews everybody's token, any other operator their own, which then works no longer than the old one. Raises NotAllowedError, NotFoundError, and
        ConflictError for an operator who was revoked.
        """
        token = operators.new_token()
        if name != self._operator.name:
            async with self._acting(Operation.ROTATE_OTHERS) as (conn, _):
                operator = await operators.named(conn, name)
                return await operators.rotate(conn, operator, token, expires_at=expires_at), token
        async with self._ctx.transaction(Actor.user(self._operator)) as conn:
            operator = await operators.current(conn, self._operator)
            if operator.role is not Role.FOUNDER and operator.expires_at is not None:
                expires_at = min(expires_at or operator.expires_at, operator.expires_at)
            return await operators.rotate(conn, operator, token, expires_at=expires_at), token

    async def revoke(self, name: str) -> Operator:
        """Disable an operator's token for good. Only a founder may revoke operators.

        Raises NotAllowedError, NotFoundError, and ConflictError for the last founder, for an operator revoked before, and
        for one of the last two who can approve large amounts while two have to.
        """
        async with self._acting(Operation.REVOKE_OPERATOR) as (conn, _):
            return await operators.revoke(conn, name)
