"""Serve the application in the current event loop, until asked to stop."""

from __future__ import annotations

import asyncio
import errno
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager

import uvicorn
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from execops.client.diagnosis import Troubles
from execops.client.plays_part import ProcessEvent
from execops.context import Context
from execops.errors import UnavailableError
from execops.text.log_lines import about
from server.app import create_app
from server.connections import limited

GRACE = 5  # seconds for running requests to end; `propose` waits two at the most
_INTAKE_POOL = 6  # connections: four transactions of deliveries at once, the health, the counts of troubles
_NOT_HERE = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}  # such as ::1 on a machine without IPv6
_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  the address that a browser opens


async def serve(
    ctx: Context,
    host: str,
    port: int,
    *,
    on_ready: Callable[[str], None],
    stop: asyncio.Event,
    process: ProcessEvent | None = None,
) -> None:
    """Serve until `stop` is set, then let running requests end. Port 0 takes a free port; `on_ready` gets the URL.

    The caller handles signals. `process` processes an event, for the trial of a play. Raises UnavailableError where the address cannot be taken.
    """
    async with AsyncExitStack() as stack:
        sockets = [stack.enter_context(bound) for bound in await _bind(host, port)]
        intake_ctx = await stack.enter_async_context(ctx.apart(_INTAKE_POOL))
        troubles, leaving = Troubles(intake_ctx), asyncio.Event()
        stack.push_async_callback(troubles.close)
        config = uvicorn.Config(
            _identified(create_app(ctx, intake_ctx, troubles, leaving, process)),
            http=limited(lambda kind, peer: troubles.count(kind, peer=peer)),
            ws="none",
            lifespan="on",
            access_log=False,
            log_config=None,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=GRACE,
        )
        server = _Server(config, lambda: on_ready(_url(sockets[0])))
        serving = asyncio.create_task(server.serve(sockets), name="server")
        stopping = asyncio.create_task(stop.wait(), name="server stop")
        try:
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            leaving.set()
            server.should_exit = True
            await asyncio.wait({serving, stopping})
        serving.result()


def _identified(app: ASGIApp) -> ASGIApp:
    """Give each request an id: its lines in the log carry it, and so does its answer."""

    async def identified(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        request = secrets.token_hex(6)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request.encode())]
            await send(message)

        with about(request=request):
            await app(scope, receive, answer)

    return identified


class _Server(uvicorn.Server):
    """uvicorn's server, without its signal handlers, and with a call when it is ready."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture no signal: the process handles them."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then call `on_ready`."""
        await super().startup(sockets)
        self._on_ready()


async def _bind(host: str, port: int) -> list[socket.socket]:
    """A socket for each address of the host, all on one port."""
    try:
        addresses = await asyncio.get_running_loop().getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except OSError as exc:
        raise UnavailableError(
            f"There is no address called {host!r} here.", hint="Set EXECOPS_HOST, or --host."
        ) from exc
    sockets: list[socket.socket] = []
    refused: OSError | None = None
    for family, _, _, _, address in dict.fromkeys(addresses):
        taken = sockets[0].getsockname()[1] if sockets else port
        try:
            sockets.append(_socket(family, (address[0], taken, *address[2:])))
        except OSError as exc:
            refused = exc
            if exc.errno not in _NOT_HERE:
                break
    if sockets and (refused is None or refused.errno in _NOT_HERE):
        return sockets
    for opened in sockets:
        opened.close()
    raise _refusal(host, port, refused) from refused


def _refusal(host: str, port: int, refused: OSError | None) -> UnavailableError:
    if refused is not None and refused.errno == errno.EADDRINUSE:
        return UnavailableError(
            f"Port {port} of {host} is in use already.",
            hint="Is ExecOps running already? If not, choose another port: EXECOPS_PORT or --port (0: a free one).",
        )
    why = refused.strerror if refused is not None else "no such address"
    return UnavailableError(
        f"Port {port} of {host} cannot be taken: {why}.",
        hint="Choose another: EXECOPS_HOST and EXECOPS_PORT, or --host and --port.",
    )


def _socket(family: int, address: tuple[object, ...]) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
        listener.listen(2048)  # a second server fails here, not later
        listener.setblocking(False)
    except BaseException:
        listener.close()
        raise
    return listener


def _url(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    host = _WILDCARDS.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
