"""The databases of a fleet, migrated or looked at in one go. One that fails stops no other."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence

import psycopg
from msgspec import Struct
from msgspec.structs import replace

from execops.db.conninfo import parameters
from execops.db.migrate import latest_migration, pending_migrations
from execops.db.pooler import require_sessions
from execops.errors import ExecOpsError, UnavailableError
from execops.settings import Settings
from execops.settings.fleet import Member, members
from jobs import bootstrap
from jobs.bootstrap import Migrated

_DIRECT = "In EXECOPS_DATABASES, give this one the address of Postgres itself."
_SERVERS = 4  # that are worked on at once; the databases of one server take their turns


class Outcome(Struct, frozen=True):
    """A database after its turn: the latest migration that it has, None where it has none, or nobody could ask it.

    `pending` are the migrations that it still misses; `error` says why it could not be migrated, or asked.
    """

    name: str
    version: str | None = None
    migrated: Migrated | None = None
    pending: Sequence[str] = ()
    error: ExecOpsError | None = None

    @property
    def good(self) -> bool:
        """Whether the database is up to date."""
        return self.error is None and not self.pending


def size(settings: Settings) -> int:
    """The number of databases. Raises as `members` does."""
    return len(members(settings))


def migrate(settings: Settings, role: str | None = None) -> AsyncGenerator[Outcome]:
    """Migrate every database, each as soon as its turn comes; `role` as in `bootstrap.migrate`. Raises as `members` does."""

    async def migrate_member(member: Member) -> Outcome:
        own = replace(settings, database_url=member.url, session_database_url=None, canvas_database_url=None)
        async with bootstrap.open_context(own, performs=False) as ctx:
            await require_sessions(member.url, _DIRECT)
            migrated = await (
                bootstrap.bring_up_to_date(ctx) if role is None else bootstrap.migrate(ctx, role)
            )
        return Outcome(member.name, migrated=migrated)

    return _in_turns(members(settings), migrate_member)


def look(settings: Settings) -> AsyncGenerator[Outcome]:
    """Ask every database which migrations it has, and change nothing. Raises as `members` does."""

    async def look_at_member(member: Member) -> Outcome:
        return Outcome(member.name, pending=await pending_migrations(member.url))

    return _in_turns(members(settings), look_at_member)


async def _in_turns(
    fleet: Iterable[Member], work: Callable[[Member], Awaitable[Outcome]]
) -> AsyncGenerator[Outcome]:
    """Each outcome as it comes: several servers at once, and of one server a database at a time."""
    ended: asyncio.Queue[Outcome] = asyncio.Queue()
    slots = asyncio.Semaphore(_SERVERS)
    servers: dict[object, list[Member]] = defaultdict(list)
    for member in fleet:
        servers[_server_of(member)].append(member)

    async def of_server(theirs: Sequence[Member]) -> None:
        for member in theirs:
            async with slots:
                ended.put_nowait(await _outcome(member, work))

    tasks = [asyncio.create_task(of_server(theirs)) for theirs in servers.values()]
    try:
        for _ in range(sum(len(theirs) for theirs in servers.values())):
            yield await ended.get()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _server_of(member: Member) -> object:
    """The server that a database lies on, as far as its address tells."""
    try:
        read = parameters(member.url)
    except UnavailableError:  # said by its own turn
        return member.name
    return read.get("host"), read.get("hostaddr"), read.get("port")


async def _outcome(member: Member, work: Callable[[Member], Awaitable[Outcome]]) -> Outcome:
    """The outcome of a turn. No error of one database leaves it; the text of a strange one may hold anything."""
    try:
        outcome = await work(member)
    except ExecOpsError as exc:
        outcome = Outcome(member.name, error=exc)
    except Exception as exc:  # the other databases have their turns all the same
        message = exc.diag.message_primary if isinstance(exc, psycopg.Error) else None
        outcome = Outcome(member.name, error=_broken_off(message or type(exc).__name__))
    try:
        return replace(outcome, version=await latest_migration(member.url))
    except ExecOpsError as exc:
        return replace(outcome, error=outcome.error or exc)


def _broken_off(reason: str) -> UnavailableError:
    return UnavailableError(
        f"A migration broke off: {reason}. The ones before it are kept, and it changed nothing itself.",
        hint="Mend that, and run the command again.",
    )
