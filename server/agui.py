"""`POST /api/canvas/agui`: the canvas for chat applications that speak AG-UI, the Agent User Interaction Protocol.

The last message of the user is the question. Nothing is kept between two requests: an answer to a question back, and a
number that picks one of several suggestions, find the earlier question in the messages.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from litestar import Request, Response, Router, post
from litestar.exceptions import InternalServerException, ValidationException
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.types import ASGIApp

from execops.errors import InvalidInputError, UnavailableError
from server.auth import SECURITY, BearerAuth, ClientRequest
from server.errors import as_problem, documented
from server.streaming import streaming
from server.strict import require_described

if TYPE_CHECKING:
    from ag_ui.core import RunAgentInput, UserMessage

EVENTS = "text/event-stream"
MAX_BODY = 4 * 1024 * 1024  # bytes; an application sends the conversation so far with each question
_MAX_QUESTION = 500  # characters, as in `GET /api/canvas`
_MOST_ERRORS = 10


@dataclass
class _Run(Operation):
    """Documents the body, whose models are loaded with the first request."""

    def __post_init__(self) -> None:
        text = Schema(type=OpenAPIType.STRING)
        schema = Schema(
            type=OpenAPIType.OBJECT,
            title="RunAgentInput",
            description="AG-UI's RunAgentInput: https://docs.ag-ui.com. The last message of the user is the question.",
            required=["threadId", "runId", "messages"],
            properties={
                "threadId": text,
                "runId": text,
                "messages": Schema(type=OpenAPIType.ARRAY, items=Schema(type=OpenAPIType.OBJECT)),
                "resume": Schema(
                    type=OpenAPIType.ARRAY,
                    description="The answer to a question back: the id of the interrupt, and one of its candidates.",
                    items=Schema(type=OpenAPIType.OBJECT),
                ),
            },
        )
        self.request_body = RequestBody(
            content={"application/json": OpenAPIMediaType(schema=schema)}, required=True
        )


def as_events(request: Request[Any, Any, Any], exc: Exception) -> Response[bytes]:
    """The answer where the database is away before the run began: the protocol lets a stream begin with `RUN_ERROR`."""
    return Response(_failed(request, exc), media_type=EVENTS)


@post(
    "/canvas/agui",
    status_code=200,
    operation_id="canvas_agui",
    operation_class=_Run,
    summary="Ask a question, as an AG-UI agent",
    request_max_body_size=MAX_BODY,
    media_type=EVENTS,
    exception_handlers={UnavailableError: as_events},
    responses=documented(400, 401, 413),
)
async def run_agent(request: ClientRequest) -> ASGIApp:
    """AG-UI's events as server-sent events: the metric as a tool call, the answer as state and as text.

    A question back ends the run with an interrupt, whose candidates are an enumeration. A question without an answer is
    text with suggestions. A failure is `RUN_ERROR`.
    """
    run_input = _read(await _body(request))
    questions = _questions(run_input)
    return streaming(_events(request, run_input, questions), EVENTS, {})


router = Router(
    "/api",
    route_handlers=[run_agent],
    middleware=[BearerAuth],
    before_request=require_described,
    security=SECURITY,
    tags=["canvas"],
)


async def _body(request: ClientRequest) -> bytes:
    try:
        return await request.body()
    except InternalServerException as exc:
        raise InvalidInputError("The sender hung up within the body; nothing was asked.") from exc


def _read(body: bytes) -> RunAgentInput:
    """The body as the protocol defines it. Raises ValidationException, which is a 400, with each wrong field."""
    from ag_ui.core import RunAgentInput
    from pydantic import ValidationError

    try:
        return RunAgentInput.model_validate_json(body)
    except ValidationError as exc:
        errors = [
            {"key": ".".join(map(str, error["loc"])), "message": error["msg"], "source": "body"}
            for error in exc.errors(include_url=False, include_input=False, include_context=False)
        ]
        raise ValidationException(
            detail="The body is not AG-UI's RunAgentInput; nothing was asked.", extra=errors[:_MOST_ERRORS]
        ) from exc


def _questions(run_input: RunAgentInput) -> list[str]:
    """The messages of the user; the last one is the question. Raises InvalidInputError where that is none."""
    messages = [message for message in run_input.messages if message.role == "user"]
    if not messages:
        raise InvalidInputError("The messages hold none of the user; nothing was asked.")
    last = messages[-1].content
    if not isinstance(last, str) and any(part.type != "text" for part in last):
        raise InvalidInputError(
            "The canvas reads text, and the last message holds something else; nothing was asked.",
            hint="Send the question as text.",
        )
    questions = [_text(message) for message in messages]
    if not 0 < len(questions[-1]) <= _MAX_QUESTION:
        raise InvalidInputError(
            f"A question has 1 to {_MAX_QUESTION} characters, and this one has {len(questions[-1])}; nothing was asked."
        )
    return questions


def _text(message: UserMessage) -> str:
    if isinstance(message.content, str):
        return message.content.strip()
    return " ".join(part.text for part in message.content if part.type == "text").strip()


async def _events(
    request: ClientRequest, run_input: RunAgentInput, questions: list[str]
) -> AsyncGenerator[bytes]:
    from server import agui_run

    try:
        async for event in agui_run.run(request.user.canvas, run_input, questions):
            yield f"data: {event.model_dump_json(by_alias=True)}\n\n".encode()
    except Exception as exc:  # the answer has begun, so a failure is its last event
        yield _failed(request, exc)


def _failed(request: Request[Any, Any, Any], exc: Exception) -> bytes:
    """`RUN_ERROR` in our words. The failure is logged and counted as every other."""
    problem = as_problem(request, exc).content
    message = f"{problem.detail} {problem.hint or ''}".strip()
    event = {"type": "RUN_ERROR", "message": message, "code": problem.code}
    return f"data: {json.dumps(event)}\n\n".encode()
