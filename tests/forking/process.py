"""A process that the host forked: it has the methods of a process of asyncio."""

from __future__ import annotations

import asyncio
import contextlib
import marshal
import os
import signal
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import IO, TypeAlias

Stream: TypeAlias = (
    int | IO[bytes] | None
)  # a number, a file, PIPE, DEVNULL, or None for the one of this process


class Forked:
    """Its number, its streams, and how it ended. It is killed when this object gives its connection up."""

    def __init__(self, host: socket.socket, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.stdin: asyncio.StreamWriter | None = None
        self.stdout: asyncio.StreamReader | None = None
        self.stderr: asyncio.StreamReader | None = None
        self._host, self._ended = host, asyncio.Event()
        asyncio.get_running_loop().add_reader(host, self._end)

    def _end(self) -> None:
        status = self._host.recv(4)
        asyncio.get_running_loop().remove_reader(self._host)
        self._host.close()
        self.returncode = os.waitstatus_to_exitcode(int.from_bytes(status, "big"))
        self._ended.set()

    async def wait(self) -> int:
        """Wait until it has ended; returns how."""
        await self._ended.wait()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """`kill -9`."""
        self.send_signal(signal.SIGKILL)

    async def communicate(self, data: bytes | None = None) -> tuple[bytes, bytes]:
        """Write this to its stdin, read its stdout and stderr to their ends, and wait until it has ended."""
        out, err, _ = await asyncio.gather(_read(self.stdout), _read(self.stderr), self._feed(data))
        await self.wait()
        return out, err

    async def _feed(self, data: bytes | None) -> None:
        if self.stdin is not None:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.stdin.write(data or b"")
                await self.stdin.drain()
            self.stdin.close()


async def _read(stream: asyncio.StreamReader | None) -> bytes:
    return b"" if stream is None else await stream.read()


async def fork(
    path: str,
    module: str,
    args: Iterable[str | bytes],
    *,
    env: Mapping[str, str],
    cwd: str | os.PathLike[str] | None = None,
    stdin: Stream = None,
    stdout: Stream = None,
    stderr: Stream = None,
    start_new_session: bool = False,
) -> Forked:
    """Let the host at this socket fork a process. The options are as for `create_subprocess_exec`."""
    request = marshal.dumps(
        {
            "closed": [],
            "session": start_new_session,
            "module": module,
            "args": [os.fsdecode(arg) for arg in args],
            "env": dict(env),
            "cwd": os.fspath(cwd or Path.cwd()),
        }
    )
    with contextlib.ExitStack() as opened:
        theirs, ours = zip(
            *(_open(stream, number, opened) for number, stream in enumerate((stdin, stdout, stderr))),
            strict=True,
        )
        host = socket.socket(socket.AF_UNIX)
        host.connect(path)
        socket.send_fds(host, [len(request).to_bytes(4, "big")], theirs)
        host.sendall(request)
    host.setblocking(False)
    pid = int.from_bytes(await asyncio.get_running_loop().sock_recv(host, 4), "big")
    process = Forked(host, pid)
    if ours[0] is not None:
        process.stdin = await _writer(ours[0])
    process.stdout, process.stderr = [None if end is None else await _reader(end) for end in ours[1:]]
    return process


def _open(stream: Stream, number: int, opened: contextlib.ExitStack) -> tuple[int, int | None]:
    """The process's own end of a stream, which is closed here when it has it, and the end of the test."""
    if stream == PIPE:
        reading, writing = os.pipe()
        theirs, ours = (reading, writing) if number == 0 else (writing, reading)
        opened.callback(os.close, theirs)
        return theirs, ours
    if stream == DEVNULL:
        null = os.open(os.devnull, os.O_RDWR)
        opened.callback(os.close, null)
        return null, None
    if stream is None:
        return number, None
    return stream if isinstance(stream, int) else stream.fileno(), None


async def _reader(end: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(end, "rb", 0)
    )
    return reader


async def _writer(end: int) -> asyncio.StreamWriter:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.connect_write_pipe(
        lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader()), os.fdopen(end, "wb", 0)
    )
    return asyncio.StreamWriter(transport, protocol, None, loop)
