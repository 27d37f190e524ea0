"""Migrating a database: an empty one, again, many processes at once, after a kill at any moment, and one of another
version."""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import signal
import stat
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import psycopg
import pytest
import yoyo
from msgspec.structs import replace
from psycopg import sql

from execops.authority import audit, operators
from execops.client import Client
from execops.context import Context
from execops.db import migrate as migrations
from execops.db.migrate import migrating, migration_names, pending_migrations
from execops.errors import DatabaseUnavailableError, InvalidInputError, NotAllowedError, UnavailableError
from execops.model import Role
from execops.settings import Secret, load_settings
from jobs.bootstrap import Migrated, bring_up_to_date, migrate, open_context
from tests import forking
from tests.databases import TEMPLATE, with_database
from tests.stripe_events import deliver, failed

ALL = migration_names()

NewDatabase = Callable[..., Awaitable[str]]


@pytest.fixture
async def new_database(postgres: str) -> AsyncIterator[NewDatabase]:
    """A function that creates a database and returns its URL: an empty one, or a copy of the one that is named."""
    names: list[str] = []

    async with await psycopg.AsyncConnection.connect(postgres, autocommit=True) as conn:

        async def make(name: str = "", template: str = "template0") -> str:
            name = name or f"empty_{uuid4().hex}"
            creation = sql.SQL("create database {} template {} strategy file_copy")
            await conn.execute(creation.format(sql.Identifier(name), sql.Identifier(template)))
            names.append(name)
            return with_database(postgres, quote(name, safe=""))

        yield make
        for name in names:
            await conn.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
async def empty(new_database: NewDatabase) -> str:
    return await new_database()


@pytest.fixture
async def migrated(new_database: NewDatabase) -> str:
    """A database that is migrated, and has a founder: a copy of the template."""
    return await new_database(template=TEMPLATE)


@pytest.fixture
def private_home() -> Iterator[Path]:
    """A home that the account of an embedded server may enter, where the tests run as root."""
    home = Path(tempfile.mkdtemp(prefix="execops-home-", dir="/tmp"))
    home.chmod(0o711)
    yield home
    shutil.rmtree(home, ignore_errors=True)


@asynccontextmanager
async def context(url: str, home: Path) -> AsyncIterator[Context]:
    async with open_context(load_settings({"home": home, "database_url": url}, {})) as ctx:
        yield ctx


async def run(url: str, home: Path) -> Migrated:
    async with context(url, home) as ctx:
        return await migrate(ctx)


async def query(url: str, statement: str, *values: Any) -> list[Any]:
    async with await psycopg.AsyncConnection.connect(url) as conn:
        return await (await conn.execute(statement.encode(), values)).fetchall()


def environment(home: Path) -> dict[str, str]:
    """The variables of a process with this home."""
    names = (name for name in ("PATH", "HOME", "LANG") if name in os.environ)
    return {name: os.environ[name] for name in names} | {"EXECOPS_HOME": str(home)}


async def process(url: str, home: Path, *, kill_at: str = "", embedded: bool = False) -> forking.Running:
    """Start a process that waits to migrate."""
    arguments = [url, str(home), kill_at, "embedded" if embedded else ""]
    started = await forking.run(
        "tests.migration_process", *arguments, env=environment(home), stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    assert await started.line() == b"ready\n"
    return started


async def schema(url: str) -> list[tuple[str, ...]]:
    """Everything that migrations make, as sorted rows of text."""
    rows = await query(
        url,
        """
        select 'column', table_name, column_name, concat_ws(' ', data_type, is_nullable, column_default, is_identity)
        from information_schema.columns where table_schema = 'public'
        union all
        select 'constraint', conrelid::regclass::text, conname,
               concat(pg_get_constraintdef(oid), ' ', convalidated)
        from pg_constraint where connamespace = 'public'::regnamespace
        union all
        select 'index', i.indrelid::regclass::text, c.relname,
               concat(pg_get_indexdef(i.indexrelid), ' ', i.indisvalid, ' ', i.indisready)
        from pg_index i join pg_class c on c.oid = i.indexrelid where c.relnamespace = 'public'::regnamespace
        union all
        select 'trigger', t.tgrelid::regclass::text, t.tgname, concat(pg_get_triggerdef(t.oid), ' ', t.tgenabled)
        from pg_trigger t join pg_class c on c.oid = t.tgrelid
        where not t.tgisinternal and c.relnamespace = 'public'::regnamespace
        union all
        select 'function', oid::regprocedure::text, '', pg_get_functiondef(oid)
        from pg_proc where pronamespace = 'public'::regnamespace and prokind = 'f'
        union all
        select 'view', viewname, '', definition from pg_views where schemaname = 'public'
        union all
        select 'type', t.typname, e.enumlabel, '' from pg_enum e join pg_type t on t.oid = e.enumtypid
        union all
        select 'yoyo', migration_id, migration_hash, '' from _yoyo_migration
        union all
        select 'yoyo lock', pid::text, '', '' from yoyo_lock
        union all
        select 'langgraph', v::text, '', '' from checkpoint_migrations
        union all
        select 'operator', name, role, '' from operators
        union all
        select 'audit', seq::text, action, actor_id from audit_log
        order by 1, 2, 3, 4
        """,
    )
    return [tuple(row) for row in rows]


@pytest.fixture
async def clean(postgres: str) -> list[tuple[str, ...]]:
    """The schema of the template, which one undisturbed process migrated."""
    rows = await schema(with_database(postgres, TEMPLATE))
    assert {row[0] for row in rows} >= {
        "column",
        "constraint",
        "index",
        "trigger",
        "function",
        "view",
        "yoyo",
    }
    assert ("yoyo lock",) not in {row[:1] for row in rows}
    return rows


async def test_from_nothing_and_again(empty: str, tmp_path: Path) -> None:
    assert await pending_migrations(Secret(empty)) == ALL
    assert (
        await query(empty, "select relname from pg_class where relnamespace = 'public'::regnamespace") == []
    )
    first = await run(empty, tmp_path)
    assert first.applied == [*ALL, "procrastinate", "langgraph"]
    assert first.founder_token is not None
    assert await pending_migrations(Secret(empty)) == []
    before = await schema(empty)
    assert await run(empty, tmp_path) == Migrated([], None)
    assert await schema(empty) == before
    async with context(empty, tmp_path) as ctx:
        client = await Client.login(ctx, first.founder_token)
        assert (client.operator.name, client.operator.role) == ("founder", Role.FOUNDER)
        assert (await client.audit.verify()).count == 1
    assert not (tmp_path / "token").exists()


async def test_no_new_founder_where_the_first_was_revoked(
    migrated: str, founder_token: Secret, tmp_path: Path
) -> None:
    async with context(migrated, tmp_path) as ctx:
        client = await Client.login(ctx, founder_token)
        await client.operators.add("second", Role.FOUNDER)
        await client.operators.revoke("founder")
    assert (await run(migrated, tmp_path)).founder_token is None
    assert await query(migrated, "select count(*) from operators") == [(2,)]


async def test_a_part_is_brought_up_to_date(
    migrated: str, tmp_path: Path, clean: list[tuple[str, ...]]
) -> None:
    await query_none(
        migrated, "drop table checkpoint_writes, checkpoints, checkpoint_blobs, checkpoint_migrations"
    )
    assert (await run(migrated, tmp_path)).applied == ["langgraph"]
    assert await schema(migrated) == clean


async def test_a_name_that_needs_quoting(
    new_database: Callable[[str], Awaitable[str]], tmp_path: Path
) -> None:
    url = await new_database(f"Odd & name/%20? {uuid4().hex[:6]}")
    assert await pending_migrations(Secret(url)) == ALL
    await run(url, tmp_path)
    assert await pending_migrations(Secret(url)) == []


async def test_many_at_once(empty: str, tmp_path: Path, clean: list[tuple[str, ...]]) -> None:
    processes = await asyncio.gather(*(process(empty, tmp_path) for _ in range(5)))
    results = await asyncio.gather(*(migration.communicate() for migration in processes))
    assert [
        (migration.returncode, err.decode()) for migration, (_, err) in zip(processes, results, strict=True)
    ] == [(0, "")] * 5
    answers = sorted(json.loads(out) for out, _ in results)
    assert answers == [*[[[], False]] * 4, [[*ALL, "procrastinate", "langgraph"], True]]
    assert await schema(empty) == clean


async def test_killed_at_any_moment(
    new_database: NewDatabase, tmp_path: Path, clean: list[tuple[str, ...]]
) -> None:
    async def one(moment: float) -> None:
        url = await new_database()
        killed = await process(url, tmp_path)
        ending = asyncio.create_task(killed.communicate())
        await asyncio.sleep(moment)
        if killed.returncode is None:
            with suppress(ProcessLookupError):
                killed.kill()
        await ending
        await pending_migrations(Secret(url))
        await run(url, tmp_path)
        assert await schema(url) == clean, f"killed after {moment} s"

    for number in range(0, 8, 2):  # two at a time, spread over the half second that it takes
        await asyncio.gather(*(one((step + random.random()) * 0.06) for step in (number, number + 1)))


@pytest.mark.parametrize(
    "kill_at",
    [
        "yoyo.internalmigrations.upgrade",  # while yoyo's own lock row stands
        "yoyo.backends.base.DatabaseBackend.mark_one",  # applied, not yet marked
        "procrastinate.schema.SchemaManager.get_schema",
        "execops.graphs.checkpointer.setup",
        "execops.authority.operators.add",
    ],
)
async def test_killed_at_the_worst_moments(
    empty: str, tmp_path: Path, clean: list[tuple[str, ...]], kill_at: str
) -> None:
    killed = await process(empty, tmp_path, kill_at=kill_at)
    await killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    pending = await pending_migrations(Secret(empty))
    assert pending == (ALL if kill_at.startswith("yoyo") else [])
    done = await run(empty, tmp_path)
    assert done.founder_token is not None
    assert await schema(empty) == clean
    assert await pending_migrations(Secret(empty)) == []


async def test_a_half_built_index_is_built_again(
    migrated: str, tmp_path: Path, clean: list[tuple[str, ...]]
) -> None:
    """A kill during CREATE INDEX CONCURRENTLY leaves half an index, which IF NOT EXISTS would keep for ever."""
    async with await psycopg.AsyncConnection.connect(migrated, autocommit=True) as conn:
        await conn.execute(
            b"update pg_index set indisvalid = false where indexrelid = 'checkpoints_thread_id_idx'::regclass"
        )
        await conn.execute(b"delete from checkpoint_migrations where v >= 6")
    assert await schema(migrated) != clean
    await run(migrated, tmp_path)
    assert await schema(migrated) == clean


async def test_the_kept_token_outlives_a_kill_before_the_founder(empty: str, tmp_path: Path) -> None:
    """The embedded default writes the token's file first, so a founder never exists without it."""
    killed = await process(empty, tmp_path, kill_at="execops.authority.operators.add", embedded=True)
    await killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    file = tmp_path / "token"
    kept = file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert await query(empty, "select count(*) from operators") == [(0,)]
    async with context(empty, tmp_path) as ctx:
        embedded = replace(ctx, settings=replace(ctx.settings, database_url=None))
        done = await migrate(embedded)
        assert done.founder_token is not None
        assert done.founder_token.reveal() == kept.strip()
        assert file.read_text() == kept
        assert (await Client.login(ctx, Secret(kept.strip()))).operator.name == "founder"
        assert (await migrate(embedded)).founder_token is None
    expected = operators.token_proof(Secret(kept.strip()))
    assert await query(empty, "select token_proof from operators") == [(expected,)]


async def test_services_say_what_to_do_without_migrations(empty: str, tmp_path: Path) -> None:
    async with context(empty, tmp_path) as ctx:
        ctx = replace(ctx, settings=replace(ctx.settings, stripe_webhook_secrets=(Secret("whsec_test"),)))

        async def read_trail() -> object:
            async with ctx.connection() as conn:
                return await audit.verify(conn)

        async def list_operators() -> object:
            async with ctx.transaction() as conn:
                return await operators.everyone(conn)

        for service in (
            lambda: Client.login(ctx, Secret("x")),
            lambda: deliver(ctx, failed()),
            read_trail,
            list_operators,
        ):
            with pytest.raises(UnavailableError, match="not set up") as caught:
                await service()
            assert "execops db migrate" in (caught.value.hint or "")


async def test_waits_for_another_and_says_so(
    empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with migrating(Secret(empty)):
        waiting = asyncio.create_task(run(empty, tmp_path))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        assert await pending_migrations(Secret(empty)) == ALL
    assert (await waiting).applied[: len(ALL)] == ALL
    monkeypatch.setattr(migrations, "_PATIENCE", 0.1)
    async with migrating(Secret(empty)):
        with pytest.raises(UnavailableError, match="Another process"):
            await run(empty, tmp_path)


# Databases that other versions made


OLD = ("0001_tables", "0002_guards", "0003_ledger")


async def everything(url: str) -> list[Any]:
    """Every relation of a database, and the rows of those that an old database has."""
    relations = await query(
        url, "select relname from pg_class where relnamespace = 'public'::regnamespace order by 1"
    )
    rows = await query(url, "select migration_id, migration_hash from _yoyo_migration order by 1")
    return [
        relations,
        rows,
        await query(url, "select * from old"),
        await query(url, "select * from operators"),
    ]


@pytest.fixture
async def old_database(empty: str, tmp_path: Path) -> str:
    """A database that yoyo migrated with files that are not ours any more."""
    folder = tmp_path / "old_migrations"
    folder.mkdir()
    for name in OLD:
        (folder / f"{name}.sql").write_text("select 1;")
    (folder / f"{OLD[0]}.sql").write_text(
        "create table operators (id int); create table old (id int); insert into old values (7);"
    )

    def apply() -> None:
        url = empty.replace("postgresql://", "postgresql+psycopg://", 1)
        backend = yoyo.get_backend(url, "_yoyo_migration")
        backend.apply_migrations(yoyo.read_migrations(str(folder)))
        backend.connection.close()

    await asyncio.to_thread(apply)
    return empty


async def command(url: str, home: Path, *words: str) -> tuple[int | None, str, str]:
    """`execops …` in a process of its own: exit code, stdout, stderr."""
    variables = environment(home) | ({"DATABASE_URL": url} if url else {})
    started = await forking.start("cli.main", *words, env=variables, stdout=PIPE, stderr=PIPE)
    out, err = await asyncio.wait_for(started.communicate(), 60)
    return started.returncode, out.decode(), err.decode()


async def test_a_database_of_another_version_is_refused_unchanged(old_database: str, tmp_path: Path) -> None:
    before = await everything(old_database)
    assert [name for name, _ in before[1]] == list(OLD)
    for attempt in (pending_migrations(Secret(old_database)), run(old_database, tmp_path)):
        with pytest.raises(UnavailableError) as caught:
            await attempt
        assert all(name in caught.value.message for name in OLD)
        assert "Nothing was changed" in caught.value.message
        for words in (
            "newer version",
            "DATABASE_URL",
            "EXECOPS_HOME",
            "execops db migrate",
            "execops backfill",
        ):
            assert words in (caught.value.hint or "")
        assert await everything(old_database) == before


@pytest.mark.parametrize(
    "words", [("db", "migrate"), ("db", "migrate", "--json"), ("db", "status"), ("doctor",)]
)
async def test_commands_refuse_a_database_of_another_version(
    old_database: str, tmp_path: Path, words: tuple[str, ...]
) -> None:
    before = await everything(old_database)
    code, out, err = await command(old_database, tmp_path, *words)
    assert code == 6
    assert "0001_tables, 0002_guards, 0003_ledger" in out + err
    assert "Traceback" not in err
    assert (out == "") == (words[0] == "db")
    assert await everything(old_database) == before


async def test_one_unknown_migration_beside_ours_is_enough(migrated: str, tmp_path: Path) -> None:
    """A newer version migrated this database: an older one must not go on with it."""
    async with await psycopg.AsyncConnection.connect(migrated, autocommit=True) as conn:
        await conn.execute(
            b"insert into _yoyo_migration (migration_hash, migration_id, applied_at_utc)"
            b" values ('newer', '9999_newer', now())"
        )
    before = await schema(migrated)
    with pytest.raises(UnavailableError, match="9999_newer"):
        await run(migrated, tmp_path)
    assert await schema(migrated) == before


# The command


def is_token(line: str) -> bool:
    return line.startswith("execops_") and " " not in line


async def test_a_script_reads_the_token_from_stdout(empty: str, tmp_path: Path) -> None:
    """`execops db migrate | grep '^execops_'` is the token, and stdout holds nothing else."""
    code, out, err = await command(empty, tmp_path, "db", "migrate")
    assert code == 0
    [token] = [line for line in out.splitlines() if line.startswith("execops_")]
    assert out == f"{token}\n"
    assert is_token(token)
    assert token not in err
    assert "Applied: 0001_" in err
    expected = operators.token_proof(Secret(token))
    assert await query(empty, "select token_proof from operators") == [(expected,)]
    assert await command(empty, tmp_path, "db", "migrate") == (0, "", "The database is up to date.\n")


async def test_the_token_in_json(empty: str, tmp_path: Path) -> None:
    code, out, err = await command(empty, tmp_path, "db", "migrate", "--json")
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert document["applied"] == [*ALL, "procrastinate", "langgraph"]
    assert is_token(document["founder_token"])
    code, out, _ = await command(empty, tmp_path, "db", "migrate", "--json")
    assert (code, json.loads(out)) == (0, {"applied": [], "founder_token": None, "granted": []})


async def test_the_embedded_default_prints_the_token_that_it_keeps(private_home: Path) -> None:
    code, out, err = await command("", private_home, "db", "migrate")
    assert (code, out) == (0, (private_home / "token").read_text())
    assert is_token(out.strip())
    assert str(private_home / "token") in err


# The role of the processes


async def test_a_role_is_made_granted_and_granted_anew(
    empty: str, tmp_path: Path, maintenance: psycopg.Connection
) -> None:
    role = f"App role {uuid4().hex[:8]}"
    theirs = empty.replace("//postgres@", f"//{quote(role)}@")
    try:
        code, _, err = await command(empty, tmp_path, "db", "migrate", "--app-role", role)
        assert code == 0
        assert f"Created the role {role}, without a password" in err
        code, doctor, _ = await command(theirs, tmp_path, "doctor")
        assert f"{role}, which owns no table" in doctor
        _, doctor, _ = await command(empty, tmp_path, "doctor")
        assert "postgres is a superuser" in doctor
        assert "execops db migrate --app-role" in doctor
        # A later migration grants what it must, also where nobody names the role, and takes what is too much.
        await query_none(empty, f'revoke select on events from "{role}"; grant delete on events to "{role}"')
        settings = load_settings(
            {"home": tmp_path, "database_url": empty, "app_role_password": "Geheimnis"}, {}
        )
        async with open_context(settings) as ctx:
            assert (await migrate(ctx)).granted == (role,)
            assert (await migrate(ctx, role)).made is None
        rights = "select has_table_privilege(%s, 'events', r) from unnest(array['select', 'delete']) r"
        assert await query(empty, rights, role) == [(True,), (False,)]
        [(password,)] = await query(empty, "select rolpassword from pg_authid where rolname = %s", role)
        assert password.startswith("SCRAM-SHA-256$")
        # As that role nothing is to be migrated, and nothing can be.
        async with context(theirs, tmp_path) as ctx:
            assert await bring_up_to_date(ctx) == Migrated([], None)
            with pytest.raises(NotAllowedError, match="may not migrate") as caught:
                await migrate(ctx)
            assert "Migrate as the role that owns the tables (postgres)" in (caught.value.hint or "")
        for name in ("postgres", role):
            if name == role:
                maintenance.execute(sql.SQL("alter role {} createrole").format(sql.Identifier(role)))
            with pytest.raises(InvalidInputError, match="nothing was granted"):
                async with context(empty, tmp_path) as ctx:
                    await migrate(ctx, name)
        maintenance.execute(sql.SQL("alter role {} nocreaterole").format(sql.Identifier(role)))
    finally:
        await query_none(empty, f'drop owned by "{role}"')
        maintenance.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))


async def test_tokens_of_an_older_database_go_on(
    empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to 0035 the database kept the hash of a token; since then the hash of that hash."""
    token = operators.new_token()
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "_migrations", before_proofs)
        await migrations.apply_migrations(Secret(empty))
    await query_none(
        empty,
        "select set_config('execops.actor_type', 'system', false), set_config('execops.actor_id', 'x', false);"
        f" insert into operators (name, role, token_hash) values ('ada', 'founder', '{operators.digest(token).reveal()}')",
    )
    assert (await run(empty, tmp_path)).founder_token is None
    assert await query(empty, "select token_proof from operators") == [(operators.token_proof(token),)]
    async with context(empty, tmp_path) as ctx:
        client = await Client.login(ctx, token)
        await client.deployment.pause()
        assert (await client.audit.verify()).ok


@contextmanager
def before_proofs() -> Iterator[list[Any]]:
    """The migrations before the one that makes proofs."""
    with as_file(files("migrations")) as folder:
        yield [
            migration
            for migration in yoyo.read_migrations(str(folder))
            if migration.is_raw_sql() and migration.id < "0036"
        ]


async def query_none(url: str, statements: str) -> None:
    """Run statements that return nothing."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
        await conn.execute(statements.encode())


# The schema


async def test_functions_that_guards_call_are_pinned_to_their_schema(empty: str, tmp_path: Path) -> None:
    """Also where the migrations run in a schema of another name."""
    async with await psycopg.AsyncConnection.connect(empty, autocommit=True) as conn:
        await conn.execute(b'create schema "Our data"')
        await conn.execute(
            b"do $$ begin execute format('alter database %I set search_path = \"Our data\"', current_database()); end $$"
        )
    await run(empty, tmp_path)
    functions = await query(
        empty,
        """
        select distinct p.proname, p.proconfig[1] from pg_trigger t
        join pg_proc p on p.oid = t.tgfoid join pg_class c on c.oid = t.tgrelid
        where not t.tgisinternal and c.relnamespace = '"Our data"'::regnamespace and p.proname not like 'procrastinate%%'
        union
        select proname, proconfig[1] from pg_proc where proname = 'rollup_rebuild'
        """,
    )
    assert len(functions) > 20
    assert {path for _, path in functions} == {'search_path=pg_catalog, "Our data", pg_temp'}


@pytest.mark.parametrize(
    "url", ["mysql://me:hunter2@localhost/db", "localhost:5432 hunter2", "postgresql://[hunter2"]
)
async def test_an_address_that_is_none(url: str) -> None:
    for attempt in (pending_migrations(Secret(url)), migrating(Secret(url)).__aenter__()):
        with pytest.raises(UnavailableError, match="DATABASE_URL is not the address") as caught:
            await attempt
        message = f"{caught.value} {caught.value.hint} {caught.value.__cause__}"
        assert "hunter2" not in message


async def test_a_database_that_does_not_answer() -> None:
    url = "postgresql://me:hunter2@127.0.0.1:1/db?connect_timeout=2"
    for attempt in (pending_migrations(Secret(url)), migrating(Secret(url)).__aenter__()):
        with pytest.raises(DatabaseUnavailableError) as caught:
            await attempt
        assert "hunter2" not in f"{caught.value} {caught.value.hint}"
