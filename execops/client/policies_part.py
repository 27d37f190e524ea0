"""`client.policies`: from which amount two operators approve, and every switch. Every role reads them; a founder sets the amount."""

from __future__ import annotations

from collections.abc import Mapping

from execops.authority import policy, second_approval
from execops.authority.permissions import Operation
from execops.authority.policy import Switched
from execops.authority.second_approval import Rule
from execops.client.part import Part
from execops.money import Money

__all__ = ["Policies", "Rule", "Switched"]


class Policies(Part):
    """Reading the rules, and the amount from which two operators approve."""

    async def rule(self) -> Rule:
        """The amount from which two operators approve."""
        async with self._ctx.connection() as conn:
            return await second_approval.read(conn)

    async def is_current(self) -> bool:
        """Whether amounts are compared by the rates that are set now: the rule keeps those of the day it was set."""
        return (await self.rule()).has_rates_of(self._ctx.settings)

    async def switches(self) -> Mapping[tuple[str, str], Switched]:
        """The last switch of each play, action type and of all executions that an operator ever switched."""
        async with self._ctx.connection() as conn:
            return await policy.switches(conn)

    async def set_second_approval(self, amount: Money | None, why: str | None = None) -> Rule:
        """Say from which amount two operators approve; None: one is enough. Only a founder may.

        Raises NotAllowedError, and ConflictError where fewer than two operators may approve such an amount.
        """
        async with self._acting(Operation.SET_POLICY) as (conn, operator):
            return await second_approval.put(conn, operator, amount, why, self._ctx.settings)
