"""The Context: everything that the core needs, passed in by the caller."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import replace

from execops.db.pool import Connection, Pool, act_as, connection, create_pool, transaction
from execops.model import Actor
from execops.settings import Secret, Settings

if TYPE_CHECKING:
    from execops.ports import Adapter, Clock, JobQueue, Messenger, Picker, Reader, Reasoner

WORKER = Actor.system("worker")


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The current time in UTC."""
        return datetime.now(UTC)


class Context(Struct, frozen=True, kw_only=True):
    """The settings, the pool, the queue and the adapters of one process."""

    settings: Settings
    url: Secret  # of Postgres itself, for the role of the processes: whoever needs a session connects here
    owner_url: (
        Secret  # of the same database, for the owner of the tables; the same URL where no other is known
    )
    pool: Pool  # through the pooler, where there is one
    queue: JobQueue
    adapters: Mapping[str, Adapter]
    clock: Clock
    reasoner: Reasoner | None = None  # None: no model is configured
    picker: Picker | None = None
    messenger: Messenger | None = None  # None: nobody is told of anything
    readers: Mapping[str, Reader] = field(
        default_factory=dict
    )  # by source, for the sources whose API is configured
    closing: AsyncExitStack = field(default_factory=AsyncExitStack)  # closes resources that are opened later
    pooler_url: Secret | None = None  # of a transaction pooler before this database
    sessions: Pool | None = None  # of Postgres itself, where the pool leads through a pooler
    held: Connection | None = None  # the caller's open transaction, in which all work of this Context happens

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection for reads: a pooled one outside any transaction, or the held one.

        Raises DatabaseUnavailableError.
        """
        if self.held is not None:
            yield self.held
            return
        async with connection(self.pool) as conn:
            yield conn

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Connection]:
        """A connection that is one session until it is given back, for a lock that outlasts a transaction.

        Raises DatabaseUnavailableError.
        """
        async with connection(self.sessions or self.pool) as conn:
            yield conn

    @asynccontextmanager
    async def transaction(self, actor: Actor = WORKER, **metadata: Any) -> AsyncIterator[Connection]:  # noqa: ANN401
        """One transaction in this actor's name, or the held one; metadata goes into its audit rows.

        Raises DatabaseUnavailableError, and ConflictError if a guard of the database refuses a change.
        """
        if self.held is not None:
            await act_as(self.held, actor, metadata)
            yield self.held
            return
        async with transaction(self.pool, actor, metadata) as conn:
            yield conn

    def within(self, conn: Connection) -> Context:
        """This Context, bound to the caller's open transaction."""
        return replace(self, held=conn)

    @asynccontextmanager
    async def as_owner(self) -> AsyncIterator[Context]:
        """This Context on a connection of the owner's, for the few commands that the role of the processes may not do."""
        async with create_pool(self.owner_url.reveal(), max_size=1) as pool:
            yield replace(self, url=self.owner_url, pool=pool, pooler_url=None, sessions=None)

    @asynccontextmanager
    async def apart(self, pool_size: int, *, plans_once: bool = False) -> AsyncIterator[Context]:
        """This Context on a pool of its own, so that work that waits elsewhere takes none of its connections.

        `plans_once` is as of `create_pool`.
        """
        address = self.pooler_url or self.url
        pooler = self.pooler_url is not None
        async with create_pool(
            address.reveal(), max_size=pool_size, pooler=pooler, plans_once=plans_once
        ) as pool:
            yield replace(self, pool=pool)
