"""The Client: every operation that a person, or a program with a token, can do.

The command line, the server and the inbox reach the core only through a Client, and the Client alone decides which
operator may do an operation. The operations stand in parts: `client.proposals.approve(…)`,
`client.books.import_statement(…)`. The modules beside it need no operator: `diagnosis` checks the deployment; `questions`,
`bank_file` and `signing` need no database either.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from execops.authority import operators
from execops.context import Context
from execops.errors import UnauthenticatedError
from execops.model import SignedIn
from execops.settings import Secret

if TYPE_CHECKING:
    from execops.canvas.run import Canvas
    from execops.client.audit_part import Audit
    from execops.client.books_part import Books
    from execops.client.canvas_part import CanvasPart
    from execops.client.customers_part import Customers
    from execops.client.deployment_part import Deployment
    from execops.client.events_part import Events
    from execops.client.notifications_part import Notifications
    from execops.client.operators_part import Operators
    from execops.client.plays_part import Plays
    from execops.client.policies_part import Policies
    from execops.client.proposals_part import Proposals
    from execops.client.suppressions_part import Suppressions
    from execops.client.vendors_part import Vendors

__all__ = ["Client"]


class Client:
    """The operations of one operator, in parts. Each part is imported at its first use.

    `canvas` is an open canvas to ask; without one, the Client opens its own at the first question.
    """

    def __init__(self, ctx: Context, operator: SignedIn, canvas: Canvas | None = None) -> None:
        self._ctx = ctx
        self._open_canvas = canvas
        self.operator = operator

    @classmethod
    async def login(cls, ctx: Context, token: Secret | None, canvas: Canvas | None = None) -> Client:
        """Make the Client of a token's operator. Raises UnauthenticatedError."""
        if token is None:
            raise UnauthenticatedError(
                "You are not signed in.",
                hint="Set EXECOPS_TOKEN. With the embedded database, `execops up` creates a token for you.",
            )
        async with ctx.connection() as conn:
            return cls(ctx, await operators.authenticate(conn, token), canvas)

    async def signed_in(self) -> SignedIn:
        """The operator, once it is certain who that is. Raises UnauthenticatedError."""
        return self.operator

    @cached_property
    def proposals(self) -> Proposals:
        """Reading proposals and deciding about them."""
        from execops.client.proposals_part import Proposals

        return Proposals(self._ctx, self.operator)

    @cached_property
    def plays(self) -> Plays:
        """Plays and action types: their precision, and which are allowed."""
        from execops.client.plays_part import Plays

        return Plays(self._ctx, self.operator)

    @cached_property
    def events(self) -> Events:
        """Stored events: reading them, and processing them again."""
        from execops.client.events_part import Events

        return Events(self._ctx, self.operator)

    @cached_property
    def operators(self) -> Operators:
        """The people and programs that have a token."""
        from execops.client.operators_part import Operators

        return Operators(self._ctx, self.operator)

    @cached_property
    def policies(self) -> Policies:
        """The amount from which two operators approve, and every switch."""
        from execops.client.policies_part import Policies

        return Policies(self._ctx, self.operator)

    @cached_property
    def notifications(self) -> Notifications:
        """Whether the operator is told of urgent proposals."""
        from execops.client.notifications_part import Notifications

        return Notifications(self._ctx, self.operator)

    @cached_property
    def suppressions(self) -> Suppressions:
        """The customers who are never contacted."""
        from execops.client.suppressions_part import Suppressions

        return Suppressions(self._ctx, self.operator)

    @cached_property
    def customers(self) -> Customers:
        """Erasing the words about a customer."""
        from execops.client.customers_part import Customers

        return Customers(self._ctx, self.operator)

    @cached_property
    def vendors(self) -> Vendors:
        """The other names of vendors."""
        from execops.client.vendors_part import Vendors

        return Vendors(self._ctx, self.operator)

    @cached_property
    def audit(self) -> Audit:
        """The record of every change."""
        from execops.client.audit_part import Audit

        return Audit(self._ctx, self.operator)

    @cached_property
    def deployment(self) -> Deployment:
        """The running system: its health, its changes, and the pause."""
        from execops.client.deployment_part import Deployment

        return Deployment(self._ctx, self.operator)

    @cached_property
    def books(self) -> Books:
        """Data from outside that is not a webhook: bank statements and a source's history."""
        from execops.client.books_part import Books

        return Books(self._ctx, self.operator)

    @cached_property
    def canvas(self) -> CanvasPart:
        """Questions to the ledger."""
        from execops.client.canvas_part import CanvasPart

        return CanvasPart(self._ctx, self.operator, self._open_canvas)
