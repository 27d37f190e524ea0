"""An embedded Postgres for a home: the first process that needs it starts it, the last one stops it.

The home holds three lock files. The kernel releases them however a process ends:

- `start.lock`, exclusive: one process at a time starts or stops the server.
- `use.lock`, shared: every process that uses the server holds it.
- `server.lock`, exclusive: every process of the server, and initdb, inherits it, so it is free exactly when all of
  them have ended. `postmaster.pid` says less: another process may have its number by now.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import IO, ParamSpec, TypeVar
from urllib.parse import quote

import psycopg
from psycopg import sql

from execops.db import app_role, queries
from execops.db.binaries import find_install, prepare_home, server_account, usable_install
from execops.errors import UnavailableError
from execops.text.log_lines import action

logger = logging.getLogger(__name__)

SQL = queries.load("schema")

_P = ParamSpec("_P")
_T = TypeVar("_T")

START_TIMEOUT = 30.0  # seconds, including the wait for other processes
STOP_TIMEOUT = 30.0  # seconds
_POLL = 0.02  # seconds
_LOOK = 1.0  # seconds between two looks whether the server runs
_PORT = 5432  # only part of the socket's name: there is no TCP
_LOG_LIMIT = 8_000_000  # bytes
_LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"


_OWNER = "postgresql://postgres@"


def app_url(url: str) -> str:
    """The URL of the processes' role, in place of the owner's that `embedded_postgres` gives."""
    return url.replace(_OWNER, f"postgresql://{app_role.NAME}@", 1)


def has_data(home: Path) -> bool:
    """Whether an embedded Postgres was ever started under this home."""
    return (home / "postgres").exists()


def is_running(home: Path) -> bool:
    """Whether a process of the embedded Postgres of this home runs now; True where this user may not look."""
    try:
        with (home / "server.lock").open("rb") as file:
            return not _locked(file, fcntl.LOCK_SH)
    except FileNotFoundError:
        return False
    except OSError:
        return True


@asynccontextmanager
async def embedded_postgres(
    home: Path, *, database: str = "execops", server_settings: Mapping[str, str] | None = None
) -> AsyncIterator[str]:
    """The owner's URL of a running Postgres under home/postgres. Starts the server if none runs; the last user stops it.

    Creates the database and the role of the processes if they are missing. `server_settings` matter only to the process that starts the server. After a
    crash of the server the next caller starts it again, at the same URL. Raises NotConfiguredError if the binaries are
    missing or root has no account to run them. Raises UnavailableError, with the end of the server's log as its hint, if
    the server is not ready within START_TIMEOUT.
    """
    home = await asyncio.to_thread(home.resolve)
    with ExitStack() as files:
        try:
            server = _Server(home, server_settings or {})
            start = files.enter_context(server.lock_file("start.lock"))
            use = files.enter_context(server.lock_file("use.lock"))
        except OSError as exc:
            raise UnavailableError(f"The home {home} cannot be used: {exc}.") from exc
        in_use = False
        try:
            try:
                async with asyncio.timeout(START_TIMEOUT):
                    await _lock(start, fcntl.LOCK_EX)
                    await _lock(use, fcntl.LOCK_SH)
                    in_use = True
                    url = await server.ready(database)
            except TimeoutError as exc:
                raise server.failure(f"Postgres was not ready within {START_TIMEOUT:.0f} s.") from exc
            except OSError as exc:
                raise server.failure(f"Postgres could not be started: {exc}.") from exc
            fcntl.flock(start, fcntl.LOCK_UN)
            yield url
        finally:
            if in_use:
                # After the timeout the server still shuts down by itself; the next start waits for it.
                with suppress(TimeoutError):
                    async with asyncio.timeout(STOP_TIMEOUT):
                        await _lock(start, fcntl.LOCK_EX)
                        if _locked(use, fcntl.LOCK_EX):
                            await server.stop()


async def keep_running(home: Path) -> None:
    """Start the server of a home again whenever it has ended, until cancelled. The caller uses it.

    Raises UnavailableError, with the end of the server's log as its hint, if it does not start again.
    """
    home = await asyncio.to_thread(home.resolve)
    while True:
        await asyncio.sleep(_LOOK)
        with (home / "server.lock").open("rb") as file:
            if not _locked(file, fcntl.LOCK_SH):
                continue
        logger.error("The embedded Postgres has ended; it is started again", extra=action("postgres.ended"))
        async with embedded_postgres(home):  # the caller uses the server too, so it runs on
            logger.warning("The embedded Postgres runs again", extra=action("postgres.started"))


class _Server:
    """The server of one home. Hold start.lock to call a method, except the constructor and lock_file."""

    def __init__(self, home: Path, settings: Mapping[str, str]) -> None:
        self._home = home
        self._data = home / "postgres"
        self._log = home / "postgres.log"
        self._socket_link = home / "postgres.socket"
        self._settings = settings
        self._install = find_install(self._data)
        self._account = server_account(self._data)
        self._child: subprocess.Popen[bytes] | None = None
        prepare_home(home, self._account)

    def lock_file(self, name: str) -> IO[bytes]:
        """A lock file, open and not locked. The owner of the home owns it."""
        file = _open(self._home / name)
        if self._account is not None:
            owner = self._home.stat()
            _give(file, owner.st_uid, owner.st_gid)
        return file

    def failure(self, message: str) -> UnavailableError:
        """An error whose hint is the end of the server's log."""
        try:
            lines = self._log.read_text(errors="replace").splitlines()[-8:]
        except OSError:
            lines = []
        return UnavailableError(
            message, hint="\n".join([f"The log, {self._log}, ends:", *lines]) if lines else None
        )

    async def ready(self, database: str) -> str:
        """Start the server unless it runs, wait until it answers, and return the URL of the database."""
        while True:
            if (lock := self._server_lock()) is not None:
                with lock:
                    if self._child is not None:
                        raise self.failure(f"Postgres ended with status {self._child.wait()} while starting.")
                    await self._start(lock)
            elif await self._answers(database):
                return self._url(database)
            await asyncio.sleep(_POLL)

    async def stop(self) -> None:
        """End the server's sessions, shut it down, and wait until its last process has ended."""
        signalled = False
        while (lock := self._server_lock()) is None:
            child = self._child
            pid = child.pid if child is not None and child.poll() is None else self._postmaster()
            if not signalled and pid is not None:
                signalled = True
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGINT)
            await asyncio.sleep(_POLL)
        with lock:
            if (folder := self._socket_folder()) is not None:
                self._remove_socket(folder)
                with suppress(OSError):
                    folder.rmdir()
            self._socket_link.unlink(missing_ok=True)

    def _server_lock(self) -> IO[bytes] | None:
        """server.lock, locked, if every process of the server has ended; else None."""
        file = self.lock_file("server.lock")
        if _locked(file, fcntl.LOCK_EX):
            return file
        file.close()
        return None

    async def _start(self, lock: IO[bytes]) -> None:
        if (pid := self._postmaster()) is not None:
            raise UnavailableError(
                f"Another Postgres (pid {pid}), which ExecOps did not start, uses {self._data}.",
                hint="Stop it, or set DATABASE_URL to reach it.",
            )
        install = await _in_thread(usable_install, self._install, self._home, self._account)
        if self._log.exists() and self._log.stat().st_size > _LOG_LIMIT:
            self._log.replace(f"{self._log}.1")
        if not (self._data / "PG_VERSION").exists():
            await self._initdb(install, lock)
        folder = self._make_socket_folder()
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(folder),
            "port": str(_PORT),
            "max_connections": "200",
            **self._settings,
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._child = self._spawn([install / "bin" / "postgres", "-D", self._data, *options], lock)
        # Reap the child whenever it ends, also where another process stops it and this one goes on.
        threading.Thread(target=self._child.wait, name="execops-postgres", daemon=True).start()

    async def _initdb(self, install: Path, lock: IO[bytes]) -> None:
        """Fill a temporary folder, then rename it: the data folder is complete or absent."""
        new = self._data.with_name("postgres.new")
        if new.exists():
            await _in_thread(shutil.rmtree, new)
        new.mkdir(mode=0o700)
        if self._account is not None:
            os.chown(new, self._account.uid, self._account.gid, follow_symlinks=False)
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-instructions"]
        if self._settings.get("fsync") == "off":
            options.append("--no-sync")
        child = self._spawn([install / "bin" / "initdb", "-D", new, *options], lock)
        try:
            while child.poll() is None:  # noqa: ASYNC110 - another process sends no event
                await asyncio.sleep(_POLL)
        finally:
            child.kill()
            child.wait()
        if child.returncode != 0:
            raise self.failure(f"initdb ended with status {child.returncode}.")
        new.rename(self._data)
        _sync_folder(self._home)

    def _spawn(self, command: Sequence[str | Path], lock: IO[bytes]) -> subprocess.Popen[bytes]:
        """Run a binary in its own session, so that the terminal's Ctrl-C does not reach it."""
        # The server gets nothing else of our environment: PG* would steer it, and it needs no secrets.
        env = {name: os.environ[name] for name in ("PATH", "TZ", "LD_LIBRARY_PATH") if name in os.environ}
        account = self._account
        with _open(self._log) as log:
            if account is not None:
                _give(log, account.uid, account.gid)
            return subprocess.Popen(  # noqa: S603 - our own binaries, no shell
                command,
                cwd="/",
                env={**env, "LC_ALL": _LOCALE},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(lock.fileno(),),
                start_new_session=True,
                user=None if account is None else account.uid,
                group=None if account is None else account.gid,
                extra_groups=None if account is None else [],
            )

    def _postmaster(self) -> int | None:
        """The pid in postmaster.pid if that process is a living postmaster of this data folder."""
        try:
            pid = int((self._data / "postmaster.pid").read_text().split("\n", 1)[0])
            if Path("/proc/self").exists():
                # A postmaster works in its data folder.
                return pid if Path(f"/proc/{pid}/cwd").samefile(self._data) else None
        except (OSError, ValueError):
            return None
        ps = ["ps", "-p", str(pid), "-o", "comm="]
        listing = subprocess.run(ps, capture_output=True, text=True, check=False)  # noqa: S603
        return pid if Path(listing.stdout.strip()).name == "postgres" else None

    def _socket_folder(self) -> Path | None:
        """The folder that the link names, if it is a real folder and private to the server's user; else None."""
        try:
            folder = self._socket_link.readlink()
            status = folder.lstat()
        except OSError:
            return None
        uid = os.geteuid() if self._account is None else self._account.uid
        private = stat.S_IMODE(status.st_mode) == 0o700 and status.st_uid == uid
        return folder if private and stat.S_ISDIR(status.st_mode) else None

    def _make_socket_folder(self) -> Path:
        """The folder for the socket: that of a run that crashed, because its users reconnect there; else a new one.

        It lies in /tmp: a home's path may exceed the 100 bytes of a socket's, and the account may not reach TMPDIR.
        Its name is random, so nobody else can create it first.
        """
        if (folder := self._socket_folder()) is not None:
            self._remove_socket(folder)
            return folder
        folder = Path(tempfile.mkdtemp(prefix="execops-", dir="/tmp"))
        if self._account is not None:
            os.chown(folder, self._account.uid, self._account.gid)
        self._socket_link.unlink(missing_ok=True)
        self._socket_link.symlink_to(folder)
        return folder

    def _remove_socket(self, folder: Path) -> None:
        for name in (f".s.PGSQL.{_PORT}", f".s.PGSQL.{_PORT}.lock"):
            (folder / name).unlink(missing_ok=True)

    def _url(self, database: str) -> str:
        folder = quote(str(self._socket_link.readlink()), safe="")
        return f"{_OWNER}:{_PORT}/{quote(database, safe='')}?host={folder}"

    async def _answers(self, database: str) -> bool:
        """Whether the server takes connections. If so, creates the database if it is missing."""
        folder = self._socket_folder()
        if folder is None:
            if self._socket_link.is_symlink():
                raise UnavailableError(
                    f"The folder of Postgres's socket, {self._socket_link.readlink()}, is gone or no longer private.",
                    hint="Stop every execops process of this home, then start again.",
                )
            return False
        if not (folder / f".s.PGSQL.{_PORT}").exists():
            return False
        try:
            async with await psycopg.AsyncConnection.connect(
                self._url("postgres"), autocommit=True, connect_timeout=5
            ) as conn:
                if await queries.one(conn, SQL["database_exists"], database=database) is None:
                    with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                        await conn.execute(sql.SQL("create database {}").format(sql.Identifier(database)))
                await app_role.ensure(conn, app_role.NAME)
        except psycopg.OperationalError:
            return False  # it is starting, or shutting down
        return True


def _open(path: Path) -> IO[bytes]:
    """Open a file to append to it or to lock it; only its owner may read it."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600), "ab")


def _give(file: IO[bytes], uid: int, gid: int) -> None:
    """Give a file that root just created to this owner; never a file with a second link, which may be another's."""
    status = os.fstat(file.fileno())
    if status.st_uid == 0 and status.st_nlink == 1:
        os.fchown(file.fileno(), uid, gid)


def _locked(file: IO[bytes], kind: int) -> bool:
    """Take the lock if no other process holds it; returns whether it was taken."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


async def _lock(file: IO[bytes], kind: int) -> None:
    while not _locked(file, kind):  # noqa: ASYNC110 - another process holds it and sends no event
        await asyncio.sleep(_POLL)


async def _in_thread(work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """As asyncio.to_thread, but a cancellation waits for the work to end, because the work needs the locks we hold."""
    task = asyncio.ensure_future(asyncio.to_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def _sync_folder(folder: Path) -> None:
    """Write a rename in this folder to disk, so that it outlives a power cut."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
