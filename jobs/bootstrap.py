"""The composition root: opens the Context for every face, and migrates the database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from execops.adapters import LateAdapters, create_adapters, create_messenger
from execops.authority import operators
from execops.context import Context, SystemClock
from execops.db import queries
from execops.db.pool import Connection, act_as, create_pool
from execops.model import Actor, Operator, Role
from execops.settings import Secret, Settings
from jobs.queue import ProcrastinateQueue

if TYPE_CHECKING:
    from execops.ports import Adapter, Picker, Reasoner

SQL = queries.load("schema")


@asynccontextmanager
async def open_context(
    settings: Settings, *, pool_size: int = 4, performs: bool = True
) -> AsyncIterator[Context]:
    """Open the Context of one process, and close it at the end. Starts the embedded Postgres if no URL is set.

    A process that never `performs` an action, such as a command, has no messenger, and creates the adapters at first use.
    Raises UnavailableError, NotConfiguredError, and InvalidInputError for own texts that cannot be used.
    """
    if settings.texts:
        from execops.plays.mails import own_texts  # it loads the parser of texts

        own_texts.check(settings.home / "texts", settings.texts)
    from execops.db.conninfo import parameters

    adapters = create_adapters(settings) if performs else LateAdapters(settings)
    reasoner, picker = _models(settings, adapters)
    async with AsyncExitStack() as stack:
        url = settings.session_database_url or settings.database_url
        pooler_url = settings.database_url if settings.session_database_url is not None else None
        if settings.canvas_database_url is not None:
            parameters(settings.canvas_database_url, "EXECOPS_CANVAS_DATABASE_URL")
        if pooler_url is not None:
            parameters(pooler_url)
        if url is not None:
            parameters(url, "DATABASE_URL" if pooler_url is None else "EXECOPS_SESSION_DATABASE_URL")
            owner_url = url
        else:
            from execops.db.embedded import app_url, embedded_postgres

            owner_url = Secret(await stack.enter_async_context(embedded_postgres(settings.home)))
            url = Secret(app_url(owner_url.reveal()))
        pool = sessions = create_pool(url.reveal(), max_size=pool_size)
        if pooler_url is not None:
            pool = create_pool(pooler_url.reveal(), max_size=pool_size, pooler=True)
            await stack.enter_async_context(pool)
        await stack.enter_async_context(sessions)
        readers = {}
        if settings.stripe_api_key is not None:
            from execops.sources.stripe.api_reader import StripeReader

            readers["stripe"] = StripeReader(settings)
            stack.push_async_callback(readers["stripe"].close)
        yield Context(
            settings=settings,
            url=url,
            owner_url=owner_url,
            pool=pool,
            pooler_url=pooler_url,
            sessions=sessions if pooler_url is not None else None,
            queue=ProcrastinateQueue(pool),
            adapters=adapters,
            reasoner=reasoner,
            picker=picker,
            messenger=create_messenger(settings) if performs else None,
            clock=SystemClock(),
            readers=readers,
            closing=stack,
        )


async def require_sessions(ctx: Context) -> None:
    """Raise NotConfiguredError if no address leads to Postgres itself, or the pooler's address to another database."""
    if not _is_embedded(ctx.settings):
        from execops.db import pooler

        await pooler.require_sessions(ctx.url)
        if ctx.pooler_url is not None:
            await pooler.require_limits(ctx.pooler_url, ctx.url)


async def keep_database(ctx: Context) -> None:
    """Start the embedded Postgres again whenever it has ended. Returns at once where the database is another.

    Raises UnavailableError if it does not start.
    """
    if _is_embedded(ctx.settings):
        from execops.db.embedded import keep_running

        await keep_running(ctx.settings.home)


def is_started(settings: Settings) -> bool:
    """Whether `execops up` ever ran in this home, as far as files tell. True where the database is another than its own."""
    if not _is_embedded(settings):
        return True
    from execops.db.embedded import has_data

    return has_data(settings.home)


def may_run(settings: Settings) -> bool:
    """Whether a server or a worker of these settings may run now: False where no process uses this home's own Postgres."""
    if not _is_embedded(settings):
        return True
    from execops.db.embedded import is_running

    return is_running(settings.home)


def _is_embedded(settings: Settings) -> bool:
    return settings.database_url is None and settings.session_database_url is None


def _models(settings: Settings, adapters: Mapping[str, Adapter]) -> tuple[Reasoner | None, Picker | None]:
    """The model's places; without a model they are empty, and nothing of them is imported."""
    if settings.model is None:
        return None, None
    from execops.graphs.picking import create_picker
    from execops.graphs.reasoning import create_reasoner

    return create_reasoner(settings, adapters), create_picker(settings)


async def process_event(ctx: Context, event_id: int) -> None:
    """Process one stored event, as a worker does. The graphs are loaded at the first call.

    A face hands this to an operation of the Client that replays events.
    """
    from execops import processing

    await processing.process_event(ctx, event_id)


class Migrated(Struct, frozen=True):
    """The result of a migration. `founder_token` is set only if the migration added the founder; no later call knows it.

    `granted` names the roles of the processes; `made` is the one that was created, which has no password yet.
    """

    applied: list[str]
    founder_token: Secret | None
    granted: tuple[str, ...] = ()
    made: str | None = None


async def migrate(ctx: Context, role: str | None = None) -> Migrated:
    """Bring the database up to date as its owner: our tables, Procrastinate's, LangGraph's, and the first founder.

    `role` is the one that the processes connect as; it is granted what they need, and so is every role that was granted it
    before. It is safe to run it again, in several processes at once, and after a killed run. Every step checks whether it
    is still missing, and commits as a whole. Raises UnavailableError, NotAllowedError, InvalidInputError.
    """
    from execops.db import app_role
    from execops.db.migrate import apply_migrations, migrating
    from execops.graphs import checkpointer

    if role is None and _is_embedded(ctx.settings):
        role = app_role.NAME
    async with migrating(ctx.owner_url) as conn:
        applied = await apply_migrations(ctx.owner_url)
        if await _missing(conn, "procrastinate_jobs"):
            from procrastinate.schema import SchemaManager

            async with conn.transaction():
                await conn.execute(SchemaManager.get_schema().encode())
            applied.append("procrastinate")
        if await _missing(conn, "checkpoint_writes"):
            applied.append("langgraph")
        await checkpointer.setup(conn)
        await queries.run(conn, SQL["vacuum_soon"])
        password = ctx.settings.app_role_password
        made = role if role is not None and await app_role.ensure(conn, role, password) else None
        roles = sorted({*await app_role.granted(conn), *([role] if role else [])})
        for name in roles:
            await app_role.grant(conn, name)
            await app_role.limit(conn, name)
        return Migrated(applied, await _first_founder(ctx, conn), tuple(roles), made)


async def bring_up_to_date(ctx: Context) -> Migrated:
    """Migrate, unless another role owns the tables and nothing is missing: the processes' role may not, and need not.

    Raises as `migrate` does.
    """
    from execops.db.migrate import is_anothers, pending_migrations

    if await is_anothers(ctx.owner_url) and not await pending_migrations(ctx.owner_url):
        return Migrated([], None)
    return await migrate(ctx)


async def _missing(conn: Connection, table: str) -> bool:
    row = await queries.the_one(conn, SQL["table_is_missing"], table=table)
    return bool(row["missing"])


async def _first_founder(ctx: Context, conn: Connection) -> Secret | None:
    if await operators.everyone(conn):
        return None
    token = operators.new_token()
    if _is_embedded(ctx.settings):  # the local user reads the token from a file
        token = _write_token(ctx.settings, token)
    async with conn.transaction():
        await act_as(conn, Actor.system("migrate"))
        await operators.add(conn, "founder", Role.FOUNDER, token)
    return token


class Recovered(Struct, frozen=True):
    """The founder with a new token, which is shown once. `role` is the database's, which owns the tables."""

    operator: Operator
    token: Secret
    role: str


async def recover_founder(ctx: Context, name: str | None) -> Recovered:
    """Give a founder whose token is lost a new one, as the owner of the database. The lost one works no more.

    `name` may be None where there is one founder. The audit log names the database's role. Raises NotAllowedError,
    NotFoundError, ConflictError, InvalidInputError.
    """
    from execops.authority import recovering

    token = operators.new_token()
    async with ctx.as_owner() as owner:
        async with owner.connection() as conn:
            role = await recovering.require_owner(conn)
        actor = Actor.system("recover")
        reason = f"the owner of the database, {role}, recovered the token"
        async with owner.transaction(actor, reason=reason) as conn:
            operator = await recovering.renew(conn, await recovering.founder(conn, name), token)
    if ctx.settings.database_url is None:
        _replace_token(ctx.settings, token)
    return Recovered(operator, token, role)


def _write_token(settings: Settings, token: Secret) -> Secret:
    """Write the token to its file, and return it; a token that the file already holds wins.

    The caller commits the founder afterwards, so no founder exists without a token.
    """
    written_before = local_token(replace(settings, token=None))
    if written_before is not None:
        return written_before
    _replace_token(settings, token)
    return token


def keep_local_token(settings: Settings, token: Secret) -> None:
    """Keep the new token of this console's operator in the file that held the old one; do nothing without such a file."""
    if settings.token is None and local_token(settings) is not None:
        _replace_token(settings, token)


def _replace_token(settings: Settings, token: Secret) -> None:
    """Write the token to its file, whole or not at all."""
    from execops.settings import private_files

    private_files.write(settings.token_file, token.reveal() + "\n")


def local_token(settings: Settings) -> Secret | None:
    """The token of this console's operator: EXECOPS_TOKEN, else the token file of the embedded Postgres's founder."""
    if settings.token is not None:
        return settings.token
    try:
        return Secret(settings.token_file.read_text(encoding="ascii").strip()) or None
    except (FileNotFoundError, PermissionError):
        return None
