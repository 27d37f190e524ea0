"""The one place where an exception becomes a response: RFC 9457 problem details."""

from __future__ import annotations

import logging
import math
from http import HTTPStatus
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from msgspec import Struct
from msgspec.structs import replace

from execops import __version__
from execops.client.remote import problems
from execops.errors import (
    DatabaseUnavailableError,
    ExecOpsError,
    InvalidPayloadError,
    NotAcceptedError,
    RefusedError,
    TooManyAttemptsError,
)

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "5"  # seconds
_CODES = {
    400: "invalid_input",
    401: "unauthenticated",
    403: "not_allowed",
    404: "not_found",
    413: "too_large",
}


class Problem(Struct, frozen=True, kw_only=True):
    """RFC 9457 problem details; `code` never changes, `hint` says what to do next."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    hint: str | None = None
    errors: list[dict[str, Any]] | None = None  # one for each wrong field
    suggestions: list[dict[str, Any]] | None = (
        None  # questions that the canvas answers, near to one that it refused
    )
    about: dict[str, Any] | None = None  # what the error carries besides, such as the field that is wrong


def as_problem(request: Request[Any, Any, Any], exc: Exception) -> Response[Problem]:
    """The response to any exception. An unexpected one is logged, and the response tells nothing of it."""
    headers: dict[str, str] = {}
    if isinstance(exc, ExecOpsError):
        problem = _problem(exc.http_status, exc.code, exc.message, exc.hint, _fields(exc))
        problem = replace(problem, about=problems.to_json(exc)["about"] or None)
        if isinstance(exc, RefusedError):
            problem = replace(problem, suggestions=exc.suggestions)
        if isinstance(exc, NotAcceptedError | TooManyAttemptsError) and exc.retry_after is not None:
            headers["retry-after"] = str(max(1, math.ceil(exc.retry_after)))
    elif isinstance(exc, HTTPException) and exc.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        problem = _of_http(exc)
        headers |= exc.headers or {}
    else:
        request.app.state.troubles.count("unexpected error", type(exc).__name__)
        logger.error("%s %s failed", request.method, request.url.path, exc_info=exc)
        problem = _problem(
            500, "internal", "Something unexpected happened; the server's log holds the error.", None
        )
    route = request.scope.get("route_handler") if request is not None else None
    operation = route.opt.get("operation") if route is not None else None
    if operation is not None:  # a console sees by this that the route exists, and its operation refused
        headers |= {"x-execops-version": __version__, "x-execops-operation": operation.full_name}
    if isinstance(exc, DatabaseUnavailableError):
        request.app.state.troubles.count("database away", exc.code)
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.setdefault("retry-after", RETRY_AFTER)
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers.setdefault("www-authenticate", 'Bearer realm="execops"')
    return Response(problem, status_code=problem.status, media_type=MEDIA_TYPE, headers=headers)


def documented(*statuses: int) -> dict[int, ResponseSpec]:
    """The problems of these statuses, for the OpenAPI document. A route that needs a token may answer 429 too."""
    if HTTPStatus.UNAUTHORIZED in statuses:
        statuses = (*statuses, HTTPStatus.TOO_MANY_REQUESTS)
    return {
        status: ResponseSpec(
            data_container=Problem,
            generate_examples=False,
            description=HTTPStatus(status).phrase,
            media_type=MEDIA_TYPE,
        )
        for status in statuses
    }


def _of_http(exc: HTTPException) -> Problem:
    status = HTTPStatus(exc.status_code)
    code = _CODES.get(status) or status.phrase.lower().replace(" ", "_").replace("-", "_")
    errors = exc.extra if isinstance(exc.extra, list) else None
    return _problem(status, code, exc.detail or status.description, None, errors)


def _fields(exc: ExecOpsError) -> list[Any] | None:
    if isinstance(exc, InvalidPayloadError) and exc.field is not None:
        return [{"key": exc.field, "message": exc.message}]
    return None


def _problem(
    status: int, code: str, detail: str, hint: str | None, errors: list[Any] | None = None
) -> Problem:
    return Problem(
        type=f"urn:execops:error:{code}",
        title=code.replace("_", " ").capitalize(),
        status=int(status),
        detail=detail,
        code=code,
        hint=hint,
        errors=errors,
    )
