"""`/api/console/…`: every operation of the Client, for consoles that cannot reach the database.

One route an operation, made from `execops.client.remote.operations`: its parameters, its result and its words are those of
the method. An operation that acts may carry the header `Idempotency-Key`; sent again with the same key, it is not done
twice. A card carries an ETag, as every reading does.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from litestar import Response, Router, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, Parameter, RequestBody, Schema
from litestar.openapi.spec import Operation as Documented
from litestar.types import ASGIApp

from execops import __version__
from execops.client.remote import problems
from execops.client.remote.operations import OPERATIONS, PROCESS, STOP, Kind, Operation
from execops.client.repeats import MOST, Repeat, keyed
from execops.errors import ConflictError, ExecOpsError, InvalidInputError
from execops.text.log_lines import action
from server.auth import SECURITY, BearerAuth, ClientRequest, context_of
from server.errors import documented
from server.streaming import streaming

if TYPE_CHECKING:
    from execops.client.records import Decided

logger = logging.getLogger(__name__)

KEY = "idempotency-key"
BEAT = 10.0  # seconds of silence after which an empty line says that the work goes on
LINES = "application/x-ndjson"
_stopping: set[asyncio.Task[Any]] = set()  # work whose console went away, until its step ends


async def answer(request: ClientRequest) -> Response[Any]:
    """The answer to an operation that reads or acts."""
    operation: Operation = request.route_handler.opt["operation"]
    arguments = operation.decode(await _values(request, operation))
    headers = {"x-execops-version": __version__, "x-execops-operation": operation.full_name}
    if operation.kind is Kind.READS:
        content = operation.result.encode(await _call(request, operation, arguments))
        return _tagged(request, _json(content), headers)
    content = operation.result.encode(await _act(request, operation, arguments))
    about = {"operation": operation.full_name, "operator": request.user.operator.id}
    logger.info("Operation done", extra=action(f"console.{operation.full_name}", **about))
    return Response(_json(content), media_type="application/json", headers=headers, status_code=200)


async def answer_lines(request: ClientRequest) -> ASGIApp:
    """The answer to an operation that answers with many lines."""
    operation: Operation = request.route_handler.opt["operation"]
    arguments = operation.decode(await _values(request, operation))
    headers = {"x-execops-version": __version__, "x-execops-operation": operation.full_name}
    if operation.kind is Kind.WORKS:
        return streaming(_work(request, operation, arguments), LINES, headers)
    records = _method(request, operation)(**arguments)
    return streaming(_records(operation, records), LINES, headers)


def _method(request: ClientRequest, operation: Operation) -> Any:  # noqa: ANN401
    """The operation as a method of the operator's Client."""
    return getattr(getattr(request.user, operation.part), operation.name)


async def _call(request: ClientRequest, operation: Operation, arguments: dict[str, Any]) -> Any:  # noqa: ANN401
    return await _method(request, operation)(**arguments)


async def _values(request: ClientRequest, operation: Operation) -> dict[str, object]:
    """The arguments as JSON types: of the body, or of the query. Raises InvalidInputError."""
    if operation.method == "GET":
        return {
            name: _of_word(operation, name, text)
            for name, text in request.query_params.items()
            if name != "_"
        }
    try:
        body = json.loads(await request.body() or b"{}")
    except (ValueError, RecursionError) as exc:
        raise InvalidInputError("The body is no JSON; nothing was changed.") from exc
    if not isinstance(body, dict):
        raise InvalidInputError("The body is no JSON object; nothing was changed.")
    return body


def _of_word(operation: Operation, name: str, text: str) -> object:
    """A word of the query as its parameter takes it: a number or a boolean where no text is meant."""
    parameter = operation.parameters.get(name)
    if parameter is None or not {"integer", "boolean", "number"} & set(_types(parameter.codec.schema)):
        return text
    with suppress(ValueError, RecursionError):
        return json.loads(text)
    return text


def _types(schema: dict[str, Any]) -> list[str]:
    return [name for inner in schema.get("anyOf", [schema]) for name in [inner.get("type", "")]]


# Acting


async def _act(request: ClientRequest, operation: Operation, arguments: dict[str, Any]) -> Any:  # noqa: ANN401
    """Do it, or say what it did when it was asked before with the same key."""
    key = request.headers.get(KEY)
    if key is None:
        return await _call(request, operation, arguments)
    if not key.isascii() or not key.isprintable() or not 16 <= len(key) <= MOST:
        raise InvalidInputError(f"The {KEY} is no key of 16 to {MOST} printable characters.")
    ctx = context_of(request)
    earlier = await Repeat.find(ctx, request.user, key)
    if earlier.is_done and "seen" not in arguments:
        return await _again(earlier, operation, arguments)
    try:
        async with keyed(key):
            result = await _call(request, operation, arguments)
    except ConflictError:
        # The first request may have been under way when this one came, and have done it meanwhile.
        now = await Repeat.find(ctx, request.user, key)
        if not now.is_done:
            raise
        return await _again(now, operation, arguments)
    if "seen" in arguments:  # several decisions, some of which the first request may have taken
        return await _decided_before(await Repeat.find(ctx, request.user, key), arguments["seen"], result)
    return result


async def _again(repeat: Repeat, operation: Operation, arguments: dict[str, Any]) -> Any:  # noqa: ANN401
    """The result of what was done before; a conflict that says so where nothing can tell it any more."""
    if "proposal_id" in arguments:
        decided = await repeat.decided(arguments["proposal_id"])
        if decided is not None:
            return decided
    schema = operation.result.schema.get("type")
    if schema == "null":
        return None
    if schema == "boolean":
        return True
    raise repeat.lost()


async def _decided_before(
    repeat: Repeat, seen: list[tuple[int, int]], answers: list[Decided | ExecOpsError]
) -> list[Decided | ExecOpsError]:
    """The answers, where a conflict with this same request's own earlier decision is that decision."""
    return [
        (await repeat.decided(proposal_id) if isinstance(outcome, ConflictError) else None) or outcome
        for (proposal_id, _), outcome in zip(seen, answers, strict=True)
    ]


# Streams of lines


async def _records(operation: Operation, records: AsyncGenerator[Any]) -> AsyncGenerator[bytes]:
    """A line for each record; the last line says that it was the last, or what went wrong."""
    count = 0
    try:
        async with aclosing(records):
            async for record in records:
                count += 1
                yield _line({"record": operation.result.encode(record)})
    except ExecOpsError as exc:
        yield _line({"problem": problems.to_json(exc)})
        return
    yield _line({"end": count})


async def _work(
    request: ClientRequest, operation: Operation, arguments: dict[str, Any]
) -> AsyncGenerator[bytes]:
    """A line for each step, and for the result. Work whose console went away stops after the step under way."""
    lines: asyncio.Queue[bytes] = asyncio.Queue()
    stop = asyncio.Event()
    if operation.tells is not None:
        name, codec = operation.tells
        arguments[name] = lambda progress: lines.put_nowait(_line({"progress": codec.encode(progress)}))
    arguments[STOP] = stop
    if PROCESS in operation.signature.parameters:
        arguments[PROCESS] = request.app.state.process
    working = asyncio.create_task(_call(request, operation, arguments), name=operation.full_name)
    try:
        while not working.done() or not lines.empty():
            getting = asyncio.ensure_future(lines.get())
            await asyncio.wait({working, getting}, timeout=BEAT, return_when=asyncio.FIRST_COMPLETED)
            if getting.done():
                yield getting.result()
            else:
                getting.cancel()
                if not working.done():
                    yield b"\n"
        try:
            yield _line({"result": operation.result.encode(working.result())})
        except ExecOpsError as exc:
            yield _line({"problem": problems.to_json(exc)})
        except Exception as exc:
            logger.exception("%s failed", operation.full_name)
            fault = ExecOpsError("This is a fault of ExecOps; the server's log holds the error.")
            request.app.state.troubles.count("unexpected error", type(exc).__name__)
            yield _line({"problem": problems.to_json(fault)})
    finally:
        stop.set()
        if not working.done():
            _stopping.add(working)
            working.add_done_callback(_let_go)


def _let_go(work: asyncio.Task[Any]) -> None:
    _stopping.discard(work)
    if not work.cancelled() and work.exception() is not None:
        logger.info("Work without its console ended: %s", work.exception())


def _line(value: object) -> bytes:
    return _json(value) + b"\n"


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _tagged(request: ClientRequest, content: bytes, headers: dict[str, str]) -> Response[Any]:
    """The content with its ETag; 304 without it where the console has the same already."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = headers | {"etag": tag, "cache-control": "private, no-cache", "vary": "authorization"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers, status_code=200)


# Routes


@dataclass
class _Documented(Documented):
    """Documents an operation by its own signature; a subclass names the operation."""

    def __post_init__(self) -> None:
        of: Operation = getattr(self, "of")  # noqa: B009  set on the subclass
        parameters = of.parameters.values()
        if of.method == "GET":
            self.parameters = [
                Parameter(
                    name=parameter.name,
                    param_in="query",
                    required=parameter.is_required,
                    schema=_Raw(parameter.codec.schema),
                )
                for parameter in parameters
            ]
        elif parameters:
            body = {
                "type": "object",
                "properties": {parameter.name: parameter.codec.schema for parameter in parameters},
                "required": [parameter.name for parameter in parameters if parameter.is_required],
                "additionalProperties": False,
            }
            content = {"application/json": OpenAPIMediaType(schema=_Raw(body))}
            self.request_body = RequestBody(content=content, required=True)
        if of.kind is Kind.ACTS:
            self.parameters = [
                *(self.parameters or []),
                Parameter(
                    name="Idempotency-Key",
                    param_in="header",
                    schema=_Raw({"type": "string", "minLength": 16, "maxLength": MOST}),
                    description="The same request with the same key is not done twice",
                ),
            ]
        kind = LINES if of.kind in {Kind.STREAMS, Kind.WORKS} else "application/json"
        media = {kind: OpenAPIMediaType(schema=_Raw(of.result.schema))}
        self.responses = (self.responses or {}) | {"200": OpenAPIResponse(description="Done", content=media)}
        if of.kind is Kind.READS:
            self.responses["304"] = OpenAPIResponse(description="As the ETag of If-None-Match says")


class _Raw(Schema):
    """A JSON Schema as it is."""

    def __init__(self, document: dict[str, Any]) -> None:
        super().__init__()
        self._document = document

    def to_schema(self) -> dict[str, Any]:
        """The document."""
        return self._document


def _route(operation: Operation) -> HTTPRouteHandler:
    decorate = get if operation.method == "GET" else post
    many = operation.kind in {Kind.STREAMS, Kind.WORKS}

    async def handle(request: ClientRequest) -> Response[Any]:
        return await answer(request)

    async def handle_lines(request: ClientRequest) -> ASGIApp:
        return await answer_lines(request)

    return decorate(
        f"/{operation.part}/{operation.name}",
        operation_id=f"console_{operation.part}_{operation.name}",
        summary=operation.words.partition("\n")[0].rstrip("."),
        description=operation.words,
        operation_class=type("Documented", (_Documented,), {"of": operation}),
        opt={"operation": operation},
        status_code=200,
        request_max_body_size=operation.most,
        responses=documented(400, 401, 403, 404, 409, 413, 503),
    )(handle_lines if many else handle)


ROUTES = [
    _route(operation) for operation in OPERATIONS.values() if operation.kind not in {Kind.HERE, Kind.LISTENS}
]
router = Router(
    "/api/console", route_handlers=ROUTES, middleware=[BearerAuth], security=SECURITY, tags=["console"]
)
