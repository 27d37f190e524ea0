"""The embedded Postgres: processes share it, the last one stops it, the next one starts it again after a crash."""

from __future__ import annotations

import asyncio
import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from importlib.machinery import ModuleSpec
from pathlib import Path

import psycopg
import pytest
import yoyo

from execops.db.binaries import find_install
from execops.db.embedded import embedded_postgres
from execops.errors import NotConfiguredError, UnavailableError
from tests import forking

FAST = {"fsync": "off"}
ROOT = Path(__file__).parents[2]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that the server's account can reach; pytest's own folders are private to root."""
    parent = Path(tempfile.mkdtemp(prefix="execops-test-", dir="/tmp"))
    parent.chmod(0o711)
    yield parent / "home"
    stopped = is_stopped(parent / "home")
    if not stopped:
        os.kill(postmaster(parent / "home"), signal.SIGINT)
    shutil.rmtree(parent, ignore_errors=not stopped)
    assert stopped, "the test left its server running"


@pytest.fixture(scope="session")
def filled_home() -> Iterator[Path]:
    """The home of a server that has been started and stopped once."""
    parent = Path(tempfile.mkdtemp(prefix="execops-test-", dir="/tmp"))
    parent.chmod(0o711)

    async def fill() -> None:
        async with embedded_postgres(parent / "home", server_settings=FAST):
            pass

    asyncio.run(fill())
    yield parent / "home"
    shutil.rmtree(parent)


@pytest.fixture
def data(home: Path, filled_home: Path) -> None:
    """The home of the test has data: a copy, for `initdb` costs half a second."""
    subprocess.run(["cp", "-a", filled_home, home], check=True)


with_data = pytest.mark.usefixtures("data")


def is_stopped(home: Path) -> bool:
    """Whether every process of the server has ended and its socket is gone."""
    if not (home / "server.lock").exists():
        return True
    with (home / "server.lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return not (home / "postgres.socket").is_symlink()


def postmaster(home: Path) -> int:
    return int((home / "postgres" / "postmaster.pid").read_text().splitlines()[0])


async def select_1(url: str) -> None:
    async with await psycopg.AsyncConnection.connect(url) as conn:
        row = await (await conn.execute("select 1")).fetchone()
    assert row == (1,)


async def starting(home: Path, uid: str = "") -> forking.Running:
    """A process of its own that uses the server."""
    env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return await forking.run(
        "tests.embedded_user", str(home), uid,
        env=env | {"PYTHONPATH": str(ROOT)}, stdin=PIPE, stdout=PIPE, stderr=PIPE,
    )  # fmt: skip


@asynccontextmanager
async def user(home: Path, *, uid: str = "") -> AsyncIterator[tuple[forking.Running, str]]:
    """A process that uses the server, and its URL. It leaves at the end, unless the test killed it."""
    process = await starting(home, uid)
    url = (await process.line()).decode().strip()
    try:
        yield process, url
    finally:
        _, stderr = await process.communicate()
    assert process.returncode == -signal.SIGKILL or (process.returncode, stderr) == (0, b""), stderr.decode()


async def test_starts_is_joined_and_stops(home: Path) -> None:
    async with embedded_postgres(home, server_settings=FAST) as url:
        await select_1(url)
        pid = postmaster(home)
        async with embedded_postgres(home) as joined:
            assert joined == url
        assert postmaster(home) == pid
        await select_1(url)
    assert is_stopped(home)
    with pytest.raises(psycopg.OperationalError):
        await select_1(url)
    assert (home.stat().st_mode & 0o777) == (0o711 if os.geteuid() == 0 else 0o700)


@with_data
async def test_data_and_settings_last(home: Path) -> None:
    async with (
        embedded_postgres(home, database="Odd name/%", server_settings=FAST) as url,
        await psycopg.AsyncConnection.connect(url, autocommit=True) as conn,
    ):
        await conn.execute("create table kept as select 'ä' as word")
    async with (
        embedded_postgres(home, database="Odd name/%", server_settings={**FAST, "work_mem": "7MB"}) as url,
        await psycopg.AsyncConnection.connect(url) as conn,
    ):
        row = await (
            await conn.execute(
                "select upper(word), current_setting('work_mem'), current_setting('max_connections'),"
                " current_setting('listen_addresses'), current_database() from kept"
            )
        ).fetchone()
    assert row == ("Ä", "7MB", "200", "", "Odd name/%")


@with_data
async def test_nothing_of_our_environment_reaches_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PGDATA": "/nowhere", "PGPORT": "1", "PGUSER": "no", "PGDATABASE": "no"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("STRIPE_API_KEY", "secret")
    async with embedded_postgres(home, server_settings=FAST) as url:
        await select_1(url)
        if (environ := Path(f"/proc/{postmaster(home)}/environ")).exists():
            assert b"STRIPE" not in environ.read_bytes()


async def test_home_with_a_space_and_a_long_path(home: Path) -> None:
    home = home.with_name("a home, with 'odd' characters " + "x" * 100)
    async with embedded_postgres(home, server_settings=FAST) as url:
        await select_1(url)
    assert is_stopped(home)


@with_data
async def test_url_serves_yoyo(home: Path) -> None:
    def database_by_yoyo(url: str) -> object:
        backend = yoyo.get_backend(url.replace("postgresql://", "postgresql+psycopg://"))
        try:
            return backend.execute("select current_database()").fetchone()[0]
        finally:
            backend.connection.close()

    async with embedded_postgres(home, server_settings=FAST) as url:
        assert await asyncio.to_thread(database_by_yoyo, url) == "execops"


async def test_many_processes_start_at_once(home: Path) -> None:
    all_in = asyncio.Barrier(6)

    async def one() -> str:
        async with user(home) as (_, url):
            await all_in.wait()
        return url

    urls = await asyncio.gather(*(one() for _ in range(6)))
    assert len(set(urls)) == 1
    assert urls[0].startswith("postgresql://")
    assert is_stopped(home)


@with_data
async def test_many_come_and_go(home: Path) -> None:
    async def one() -> None:
        for _ in range(5):
            async with embedded_postgres(home, server_settings=FAST) as url:
                await select_1(url)

    await asyncio.gather(*(one() for _ in range(4)))
    assert is_stopped(home)


@with_data
async def test_killed_starter_leaves_the_server_to_the_others(home: Path) -> None:
    async with user(home) as (starter, url):
        async with embedded_postgres(home) as joined:
            starter.kill()
            await starter.wait()
            assert joined == url
            await select_1(url)
        assert is_stopped(home)


@with_data
async def test_server_without_users_is_joined_and_stopped(home: Path) -> None:
    async with user(home) as (starter, _):
        starter.kill()
    pid = postmaster(home)
    async with embedded_postgres(home) as url:
        assert postmaster(home) == pid
        await select_1(url)
    assert is_stopped(home)


@with_data
async def test_killed_postmaster_is_replaced_while_others_use_it(home: Path) -> None:
    async with embedded_postgres(home, server_settings=FAST) as url:
        async with await psycopg.AsyncConnection.connect(url) as idle:
            os.kill(postmaster(home), signal.SIGKILL)
            async with embedded_postgres(home, server_settings=FAST) as again:
                assert again == url
                await select_1(url)
            with pytest.raises(psycopg.OperationalError):
                await idle.execute("select 1")
        await select_1(url)
    assert is_stopped(home)


@with_data
async def test_everybody_killed(home: Path) -> None:
    async with user(home) as (starter, _):
        starter.kill()
        os.kill(postmaster(home), signal.SIGKILL)
    async with embedded_postgres(home, server_settings=FAST) as url:
        await select_1(url)


@with_data
async def test_stale_pid_file(home: Path) -> None:
    owner, pid_file = (home / "postgres").stat(), home / "postgres" / "postmaster.pid"
    # A living process of the server's own account that is no Postgres: Postgres itself would refuse to start.
    foreign = await asyncio.create_subprocess_exec(
        "cat", stdin=PIPE, stdout=PIPE, user=owner.st_uid if os.geteuid() == 0 else None
    )
    names_a_process = "{}\n" + f"{home / 'postgres'}\n1\n5432\n/tmp\n\n0 0\nready\n"
    try:
        for content in (
            names_a_process.format(foreign.pid), names_a_process.format(os.getpid()), "", "nonsense"
        ):  # fmt: skip
            pid_file.write_text(content)
            async with embedded_postgres(home, server_settings=FAST) as url:
                await select_1(url)
                assert postmaster(home) not in {foreign.pid, os.getpid()}, content
        assert foreign.returncode is None
    finally:
        await foreign.communicate(b"")
    assert foreign.returncode == 0


async def test_leftovers_of_a_killed_initdb(home: Path) -> None:
    new = home / "postgres.new"
    (new / "base").mkdir(parents=True)
    (new / "PG_VERSION").write_text("18\n")
    async with embedded_postgres(home, server_settings=FAST) as url:
        await select_1(url)
    assert not new.exists()


async def test_starter_killed_during_initdb(home: Path) -> None:
    starter = await starting(home)
    while not (home / "postgres.new" / "PG_VERSION").exists():  # noqa: ASYNC110 - initdb tells nobody
        await asyncio.sleep(0.002)
    starter.kill()
    assert (await starter.communicate())[0] == b""
    # Its initdb goes on for a while; the next start waits for its end, then begins anew.
    async with embedded_postgres(home, server_settings=FAST) as url:
        await select_1(url)
    assert not (home / "postgres.new").exists()


async def test_cancelled_start_leaves_nothing_running(home: Path) -> None:
    async def use() -> None:
        async with embedded_postgres(home, server_settings=FAST):
            raise AssertionError("not reached")

    task = asyncio.create_task(use())
    while not (home / "postgres.new" / "PG_VERSION").exists():  # noqa: ASYNC110 - initdb tells nobody
        await asyncio.sleep(0.002)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert is_stopped(home)
    assert not (home / "postgres").exists()
    async with embedded_postgres(home, server_settings=FAST) as url:
        await select_1(url)


@with_data
async def test_setting_that_postgres_refuses(home: Path) -> None:
    with pytest.raises(UnavailableError) as caught:
        async with embedded_postgres(home, server_settings={**FAST, "no_such_setting": "1"}):
            pass
    assert "no_such_setting" in (caught.value.hint or "")


async def test_start_that_takes_too_long(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("execops.db.embedded.START_TIMEOUT", 0.05)
    home.mkdir(mode=0o711)
    with (home / "start.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(UnavailableError, match="not ready"):
            async with embedded_postgres(home):
                pass


@with_data
async def test_socket_folder_open_to_others_is_refused(home: Path) -> None:
    async with embedded_postgres(home, server_settings=FAST) as url:
        folder = (home / "postgres.socket").readlink()
        assert (folder.stat().st_mode & 0o777) == 0o700
        folder.chmod(0o755)
        with pytest.raises(UnavailableError, match="no longer private"):
            async with embedded_postgres(home):
                pass
        folder.chmod(0o700)
        await select_1(url)


@with_data
async def test_link_to_a_foreign_socket_folder_is_not_followed(home: Path) -> None:
    foreign = home.with_name("foreign")
    foreign.mkdir(mode=0o777)
    (home / "postgres.socket").symlink_to(foreign)
    async with embedded_postgres(home, server_settings=FAST) as url:
        assert (home / "postgres.socket").readlink() != foreign
        await select_1(url)
    assert list(foreign.iterdir()) == []


async def test_missing_extra(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(NotConfiguredError) as caught:
        async with embedded_postgres(home):
            pass
    assert "embedded" in (caught.value.hint or "")
    assert "DATABASE_URL" in (caught.value.hint or "")
    assert not home.exists()


async def test_data_of_an_unknown_version(home: Path) -> None:
    (home / "postgres").mkdir(parents=True)
    (home / "postgres" / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(NotConfiguredError, match=r"9\.6"):
        async with embedded_postgres(home):
            pass


@as_root
async def test_root_out_of_the_accounts_reach(home: Path) -> None:
    closed = home.with_name("closed")
    closed.mkdir(mode=0o700)
    with pytest.raises(NotConfiguredError, match=f"may not enter {closed}") as caught:
        async with embedded_postgres(closed / "home"):
            pass
    assert "EXECOPS_HOME" in (caught.value.hint or "")
    assert (closed.stat().st_mode & 0o777) == 0o700


@as_root
async def test_root_copies_binaries_out_of_reach(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = home.with_name("closed")
    closed.mkdir(mode=0o700)
    install = find_install(home / "postgres")
    package = install.parent
    shutil.copytree(install, closed / package.name / install.name, ignore=shutil.ignore_patterns("include"))
    for libs in package.parent.glob(f"{package.name}.libs"):
        shutil.copytree(libs, closed / libs.name)
    spec = ModuleSpec(package.name, None, origin=str(closed / package.name / "__init__.py"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    home.mkdir(mode=0o711)
    (home / "postgres-bin-0.1-pginstall18").mkdir()
    for _ in range(2):
        async with embedded_postgres(home, server_settings=FAST) as url:
            await select_1(url)
    assert len(list(home.glob("postgres-bin-*"))) == 1
    assert (closed.stat().st_mode & 0o777) == 0o700


@as_root
async def test_another_user_and_root_share_the_users_server(home: Path) -> None:
    nobody = pwd.getpwnam("nobody").pw_uid
    home.parent.chmod(0o755)
    home.mkdir(mode=0o700)
    os.chown(home, nobody, nobody)
    async with user(home, uid=str(nobody)) as (_, url), embedded_postgres(home) as joined:
        assert joined == url
        await select_1(url)
    async with embedded_postgres(home, server_settings=FAST) as url:
        await select_1(url)
    async with user(home, uid=str(nobody)) as (_, url):
        assert url.startswith("postgresql://")
    assert (home.stat().st_mode & 0o777) == 0o700
