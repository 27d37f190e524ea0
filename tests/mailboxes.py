"""Mailboxes of a test over IMAP, on free ports: a real server, and one whose folders and answers a test chooses."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import imaplib
import re
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from execops.settings import Secret
from tests.mail_servers import IN_URL, PASSWORD, USER, Authority
from tests.serving import serving

_START = "import sys; sys.argv[0] = 'pymap'; from pymap.main import main; main()"


@dataclass
class RealMailbox:
    """A server of the library pymap, in a process of its own: it knows STARTTLS, and marks no folder as Sent."""

    port: int

    def url(self, folder: str = "") -> Secret:
        """The value of EXECOPS_IMAP_URL for this server."""
        return Secret(f"imap://{IN_URL}@localhost:{self.port}/{folder}")

    def file(self, folder: str, mail: bytes) -> None:
        """File this mail, as a mail server does with what it sends."""
        with _client(self.port) as client:
            client.create(folder)
            assert client.append(folder, None, None, mail)[0] == "OK"


@contextmanager
def _client(port: int) -> Iterator[imaplib.IMAP4]:
    client = imaplib.IMAP4("localhost", port, timeout=10)
    try:
        client.starttls(ssl.create_default_context())
        client.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
        yield client
    finally:
        client.shutdown()


@asynccontextmanager
async def real_mailbox(authority: Authority, folder: Path) -> AsyncIterator[RealMailbox]:
    """Run a server on a free port."""
    certificate = authority.ca.issue_cert("localhost")
    certificate.private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    pem = str(folder / "server.pem")
    options = ["--host", "localhost", "--port", str(port), "--cert", pem, "--key", pem]
    account = ["dict", "--demo-data", "--demo-user", USER, "--demo-password", PASSWORD]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _START, *options, *account, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(30):
            while not await _listens(port):  # noqa: ASYNC110
                await asyncio.sleep(0.05)  # it tells nobody when it is ready
        yield RealMailbox(port)
    finally:
        process.kill()
        await process.wait()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("localhost", port)
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


@dataclass
class Mailbox:
    """A server with TLS from the start: its folders with their flags, the mails in them, and a step at which it fails."""

    folders: dict[str, str] = field(default_factory=lambda: {"INBOX": ""})
    mails: dict[str, list[bytes]] = field(default_factory=dict)
    capabilities: str = "IMAP4rev1 AUTH=PLAIN"
    fails_at: str = ""  # a command
    hangs: bool = False  # it hangs there, else it closes the connection
    port: int = 0
    heard: list[str] = field(default_factory=list)

    def url(self, folder: str = "", *, scheme: str = "imaps", user: str = IN_URL) -> Secret:
        """The value of EXECOPS_IMAP_URL for this server."""
        return Secret(f"{scheme}://{user}@localhost:{self.port}/{folder}")

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One conversation; the connection is cut at its end."""
        try:
            await self._converse(reader, writer)
        finally:
            writer.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        selected = ""
        writer.write(f"* OK [CAPABILITY {self.capabilities}] ready\r\n".encode())
        while line := (await reader.readline()).decode("latin-1").rstrip("\r\n"):
            self.heard.append(line)
            tag, command, rest = (*line.split(" ", 2), "")[:3]
            if command == self.fails_at or f"{command} {rest.split(' ')[0]}" == self.fails_at:
                if self.hangs:
                    await asyncio.Event().wait()
                return
            status, lines = "OK", list[bytes]()
            if command == "CAPABILITY":
                lines = [f"* CAPABILITY {self.capabilities}".encode()]
            elif command == "AUTHENTICATE":
                writer.write(b"+ \r\n")
                answer = base64.b64decode(await reader.readline()).decode()
                status = "OK" if answer == f"\0{USER}\0{PASSWORD}" else "NO"
            elif command == "LIST":
                marked = "SPECIAL-USE" not in self.capabilities or "RETURN (SPECIAL-USE)" in rest
                names = [(name, flags if marked else "") for name, flags in self.folders.items()]
                lines = [f'* LIST ({flags}) "/" "{name}"'.encode() for name, flags in names]
            elif command == "EXAMINE":
                selected = rest.strip('"')
                status = "OK" if selected in self.folders else "NO"
                lines = [f"* {len(self.mails.get(selected, []))} EXISTS".encode()]
            elif rest.startswith("SEARCH"):
                wanted = re.findall(r'"((?:[^"\\]|\\.)*)"', rest)[-1].encode()
                mails = enumerate(self.mails.get(selected, []), start=1)
                matching = b" ".join(str(uid).encode() for uid, mail in mails if wanted in mail)
                lines = [b"* SEARCH " + matching]
            elif rest.startswith("FETCH"):
                mail = self.mails[selected][int(rest.split()[1]) - 1]
                lines = [b"* 1 FETCH (UID 1 BODY[]<0> {%d}\r\n%s)" % (len(mail), mail)]
            for answer_line in lines:
                writer.write(answer_line + b"\r\n")
            writer.write(f"{tag} {status} done\r\n".encode())
            await writer.drain()
            if command == "LOGOUT":
                return


@asynccontextmanager
async def mailbox(context: ssl.SSLContext, **changes: object) -> AsyncIterator[Mailbox]:
    """Serve a mailbox on a free port."""
    server = Mailbox(**changes)  # type: ignore[arg-type]
    async with serving(server.converse, host="localhost", context=context) as server.port:
        yield server
