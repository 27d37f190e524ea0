"""The Client over HTTP: the same parts with the same methods, each of which asks the server for its result."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, aclosing
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from msgspec.structs import asdict

from execops.client import Client
from execops.client.remote import live
from execops.client.remote.operations import OPERATIONS, STOP, Kind, Operation
from execops.client.remote.transport import Transport
from execops.errors import UnavailableError
from execops.model import Json, SignedIn
from execops.settings import Secret, Settings

if TYPE_CHECKING:
    from execops.client.changes import Notice


class RemoteClient(Client):
    """The operations of one operator, at a server. Its parts look like those of `Client`, whose types they have.

    `settings` are this console's own: the catalogue and the checks of a payload need no server. `operator` is set once
    `signed_in` has returned.
    """

    def __init__(self, transport: Transport, settings: Settings) -> None:
        self.transport = transport
        for name, value in vars(Client).items():
            if isinstance(value, cached_property):
                self.__dict__[name] = _RemotePart(name, transport, settings)
        self._asking = asyncio.ensure_future(self.operators.me())

    async def signed_in(self) -> SignedIn:
        """The operator of the token. Raises UnauthenticatedError, UnavailableError.

        The server is asked when the Client is made, so what is asked meanwhile costs no further round trip.
        """
        me = await asyncio.shield(self._asking)
        self.operator = SignedIn(digest=Secret(""), **asdict(me))
        return self.operator

    async def close(self) -> None:
        """Close the connections."""
        self._asking.cancel()
        await asyncio.wait([self._asking])
        if not self._asking.cancelled():
            self._asking.exception()  # whoever waited for it has heard of it
        await self.transport.close()


class _RemotePart:
    """One part: a method for each of its operations."""

    def __init__(self, name: str, transport: Transport, settings: Settings) -> None:
        self._name, self._transport, self._settings = name, transport, settings

    def __getattr__(self, name: str) -> Callable[..., Any]:
        operation = OPERATIONS.get(f"{self._name}.{name}")
        if operation is None:
            raise AttributeError(f"{self._name} has no operation {name}")
        match operation.kind:
            case Kind.HERE:
                method = self._here(name)
            case Kind.LISTENS:
                method = self._listen
            case Kind.STREAMS:
                method = _stream(self._transport, operation)
            case Kind.WORKS:
                method = _work(self._transport, operation)
            case _:
                method = _ask(self._transport, operation)
        self.__dict__[name] = method
        return method

    def _here(self, name: str) -> Callable[..., Any]:
        if name == "metrics":
            from execops.canvas import catalogue

            return catalogue.load
        return self._validate

    def _validate(self, action_type: str, payload: Json) -> None:
        """Check a payload as far as this console can; the server checks it once more."""
        from execops.adapters import LateAdapters

        adapter = LateAdapters(self._settings).get(action_type)
        if adapter is not None:
            adapter.validate(payload)

    def _listen(
        self, *, pulse_every: float | None = None
    ) -> AbstractAsyncContextManager[AsyncIterator[Notice]]:
        return live.listening(self._transport, pulse_every)


def _ask(transport: Transport, operation: Operation) -> Callable[..., Awaitable[Any]]:
    async def ask(*args: object, **kwargs: object) -> Any:  # noqa: ANN401
        answer = await transport.call(operation, operation.encode(args, kwargs))
        return _decoded(operation, answer)

    return ask


def _stream(transport: Transport, operation: Operation) -> Callable[..., AsyncIterator[Any]]:
    async def stream(*args: object, **kwargs: object) -> AsyncIterator[Any]:
        async with transport.lines(operation, operation.encode(args, kwargs)) as lines:
            async for line in lines:
                if "record" in line:
                    yield _decoded(operation, line["record"])

    return stream


def _work(transport: Transport, operation: Operation) -> Callable[..., Awaitable[Any]]:
    async def work(*args: object, **kwargs: object) -> Any:  # noqa: ANN401
        bound = operation.signature.bind_partial(*args, **kwargs).arguments
        stop = bound.get(STOP)
        working = asyncio.ensure_future(_finish(transport, operation, operation.encode(args, kwargs), bound))
        stopping = asyncio.ensure_future(stop.wait() if stop is not None else asyncio.Event().wait())
        try:
            await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            if not working.done():
                working.cancel()
        if working.done() and not working.cancelled():
            return working.result()
        raise UnavailableError(
            f"Stopped here; {transport.host} stops after the step under way, and keeps what it has read.",
            hint="The same command goes on there.",
        )

    return work


async def _finish(
    transport: Transport, operation: Operation, arguments: Json, bound: Mapping[str, Any]
) -> Any:  # noqa: ANN401
    async with transport.lines(operation, arguments) as lines, aclosing(cast("Any", lines)) as steps:
        async for line in steps:
            if "progress" in line and operation.tells is not None and operation.tells[0] in bound:
                name, codec = operation.tells
                bound[name](codec.decode(line["progress"]))
            if "result" in line:
                return _decoded(operation, line["result"])
    raise AssertionError


def _decoded(operation: Operation, answer: object) -> Any:  # noqa: ANN401
    try:
        return operation.result.decode(answer)
    except (ValueError, TypeError, KeyError) as exc:
        raise UnavailableError(
            f"The answer to {operation.full_name} is none that this console understands ({exc}).",
            hint="Console and server are of different versions: bring both to one.",
        ) from exc
