"""The fixtures that all tests share. Each test has a real Postgres database, as the migrations leave it: see `tests.databases`.

One embedded server runs for the whole session.
"""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import psycopg
import pytest
from msgspec.structs import replace

from execops.client import Client
from execops.context import Context
from execops.db import pool
from execops.db.embedded import app_url, embedded_postgres
from execops.settings import Secret, Settings, load_settings
from jobs.bootstrap import open_context
from tests import authorities, ordering, run_folder
from tests.databases import TEMPLATE, Databases, with_database
from tests.facts import SENDERS
from tests.own_postgres import DATABASE, copied, template_of_run
from tests.sessions import PooledSession

if TYPE_CHECKING:
    from tests.mail_servers import Authority, Inbox

# The objects of the collection live to the end: `pytest_collection_finish` lets Python look for cycles again.
gc.disable()

# The same examples in every run, however slow the machine: a change fails by its own doing alone.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None)
hypothesis.settings.load_profile("same")

# No test touches the keyring of the person who runs it, nor does a process that a test starts.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

# A session of a test lives for a second, and would spend half of it on plans. So all of them plan as those of a worker do.
pool.OPTIONS, pool.PLANS_ONCE = pool.OPTIONS + pool.PLANS_ONCE, ""
pool.Pooled = PooledSession  # type: ignore[misc]
authorities.keep()

# Each test's database is dropped, so it need not survive a crash of the machine. Cloned files make it three times faster.
_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "file_copy_method": "clone",
    "max_wal_size": "256MB",
    "autovacuum": "off",  # no test waits for it, and it changes what the planner knows in the middle of a test
}
_GARBAGE = 10_000  # new objects before Python looks for cycles; its own default is 700
_ROOM = 2 * 1024**3  # bytes, for one server of the tests


def _fastest_folder() -> str:
    """In memory where there is room: a database of the tests is five hundred new files, which cost a disk its time."""
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM:
        return str(memory)
    return "/tmp"


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder of the run, in its first process."""
    if not hasattr(config, "workerinput"):
        config.add_cleanup(run_folder.make(_fastest_folder()))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests that take longest start first, and those that wait stand between the others: see `tests.ordering`."""
    ordering.order(items)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what became of each action whose process or database was lost, how long each trouble lasted, the
    soak, and who may do what."""
    reports = terminalreporter.getreports("passed")
    properties = [pair for report in reports for pair in report.user_properties]
    tables = {
        "outcome": "adapter | killed at | outcome",
        "recovery": "trouble | seconds | until",
        "soak": "soak",
        "agui": "the events that @ag-ui/client read, run by run",
        "far": "far from the database, 80 ms each way",
        "permission": "who may do what: operation | path | by role and limits",
    }
    for table, columns in tables.items():
        if rows := [str(value) for name, value in properties if name == table]:
            terminalreporter.section(columns)
            terminalreporter.write_line("\n".join(rows))


def pytest_collection_finish() -> None:
    """Keep the garbage collector away from the modules and the thousands of tests, which live to the end."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(_GARBAGE, *gc.get_threshold()[1:])


@pytest.fixture
def usable_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A keyring that this process can use; the file in which it keeps its secrets."""
    import keyring

    from tests.keyrings import FileKeyring

    file = tmp_path / "keyring.json"
    monkeypatch.setenv("TEST_KEYRING", str(file))
    monkeypatch.setattr(keyring, "get_keyring", FileKeyring)
    return file


@pytest.fixture(scope="session")
def shared_folder() -> Iterator[Path]:
    """A folder that other accounts may enter: where the tests run as root, Postgres runs as another account."""
    folder = Path(tempfile.mkdtemp(prefix="execops-tests-", dir=_fastest_folder()))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(shared_folder: Path) -> Iterator[str]:
    """The URL of the session's server. Its template database is migrated and has a founder."""
    started, url, stop = asyncio.Event(), "", asyncio.Event()
    template = template_of_run()
    copied(template.folder, shared_folder / "postgres")
    (shared_folder / "founder").write_text(template.founder.reveal())

    async def serve() -> None:
        nonlocal url
        async with embedded_postgres(shared_folder, server_settings=_FAST) as url:
            maintenance = with_database(url, "postgres")
            async with await psycopg.AsyncConnection.connect(maintenance, autocommit=True) as conn:
                await conn.execute(f"alter database {DATABASE} rename to {TEMPLATE}".encode())
                await conn.execute(f"create database {DATABASE}".encode())
            # Its first session writes a file that spares the sessions of each copy the reading of the catalogs.
            async with await psycopg.AsyncConnection.connect(with_database(url, TEMPLATE)):
                pass
            started.set()
            await stop.wait()

    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        serving = loop.create_task(serve())
        starting = loop.create_task(started.wait())
        loop.run_until_complete(asyncio.wait({serving, starting}, return_when=asyncio.FIRST_COMPLETED))
        if serving.done():
            serving.result()
        yield url
        stop.set()
        loop.run_until_complete(serving)


@pytest.fixture(scope="session")
def maintenance(postgres: str) -> Iterator[psycopg.Connection]:
    """A connection of the session, to create and drop databases; a new one for each test costs 7 ms."""
    with psycopg.connect(postgres, autocommit=True) as conn:
        yield conn


@pytest.fixture
def database_url(owner_url: str) -> str:
    """The URL of a fresh, migrated database for this test alone, as the role of the processes."""
    return app_url(owner_url)


@pytest.fixture(scope="session")
def databases(postgres: str, maintenance: psycopg.Connection) -> Iterator[Databases]:
    """The databases of the session's server."""
    databases = Databases(postgres, maintenance)
    yield databases
    databases.close()


@pytest.fixture
def owner_url(databases: Databases, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of the same database, as the owner of its tables."""
    fresh = request.node.get_closest_marker("fresh_database") is not None
    with databases.lend(fresh=fresh) as database:
        yield database.url


@pytest.fixture
def founder_token(postgres: str, shared_folder: Path) -> Secret:
    """The token of the founder: the same one in every test's database."""
    return Secret((shared_folder / "founder").read_text())


MakeSettings = Callable[..., Settings]


@pytest.fixture
def make_settings(database_url: str, founder_token: Secret, tmp_path: Path) -> MakeSettings:
    """A function that makes settings for this test's database and home; its keywords override fields."""

    def make(**changes: object) -> Settings:
        base = load_settings(
            {
                "home": tmp_path / "home",
                "database_url": database_url,
                "token": founder_token.reveal(),
                "stripe_webhook_secrets": "whsec_test",
                "stripe_mode": "live",
                "undo_window": "0",
                **SENDERS,
            },
            {},
        )
        return replace(base, **changes)  # type: ignore[arg-type]

    return make


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """The settings that most tests use: without an undo window."""
    return make_settings()


@pytest.fixture
async def ctx(settings: Settings, owner_url: str) -> AsyncIterator[Context]:
    """An open Context on this test's database, as the role of the processes; it knows the owner's address too."""
    async with open_context(settings, pool_size=12) as context:
        yield replace(context, owner_url=Secret(owner_url))


# The modules whose tests run through both doors: over Postgres, and over HTTP.
BOTH_DOORS = frozenset(
    {
        "test_company_words",
        "test_contract",
        "test_behind",
        "test_decisions",
        "test_drilldown",
        "test_marking",
        "test_vendor_aliases",
    }
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of the Client through both doors, unless they are marked as those of one."""
    if metafunc.definition.get_closest_marker("one_door") is not None:
        return
    if "client" in metafunc.fixturenames and metafunc.module.__name__.rpartition(".")[2] in BOTH_DOORS:
        metafunc.parametrize("door", ["here", "http"], indirect=True)


@pytest.fixture
def door(request: pytest.FixtureRequest) -> str:
    """The door that the test's client goes through."""
    return str(getattr(request, "param", "here"))


@pytest.fixture
async def client(ctx: Context, founder_token: Secret, door: str) -> AsyncIterator[Client]:
    """The client of the founder."""
    if door == "here":
        yield await Client.login(ctx, founder_token)
        return
    from tests.doors import far_client  # few tests need a server

    async with far_client(ctx, founder_token) as client:
        yield client


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The certificate authority of the tests' mail servers."""
    from tests.mail_servers import create_authority  # few tests need these libraries

    return create_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """That authority is trusted, by the processes of the test too."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))


@pytest.fixture
async def inbox(authority: Authority) -> AsyncIterator[Inbox]:
    """A mail server with STARTTLS and a sign-in."""
    from tests.mail_servers import smtp_server

    async with smtp_server(authority.context("localhost", "127.0.0.1")) as server:
        yield server


@pytest.fixture(autouse=True)
def _no_ambient_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the settings of the machine that runs the tests."""
    for name in list(os.environ):
        if name.startswith(("EXECOPS_", "STRIPE_", "SLACK_", "SMTP_")) or name == "DATABASE_URL":
            monkeypatch.delenv(name)
