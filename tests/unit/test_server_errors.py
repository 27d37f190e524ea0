"""Our errors as the problem details of an HTTP answer."""

from __future__ import annotations

from typing import Any

import pytest
from litestar import Request

from execops.errors import ExecOpsError, InvalidInputError, InvalidPayloadError
from server.errors import as_problem


@pytest.mark.parametrize(
    ("error", "errors"),
    [
        (InvalidPayloadError("The mail's to is empty.", field="to"), [{"key": "to", "message": "The mail's to is empty."}]),
        (InvalidPayloadError("It cannot be sent."), None),
        (InvalidInputError("Nothing is like that."), None),
    ],
)  # fmt: skip
def test_a_refused_field_is_named(error: ExecOpsError, errors: list[dict[str, Any]] | None) -> None:
    request: Request[Any, Any, Any] = Request({"type": "http", "method": "POST", "path": "/"})  # type: ignore[arg-type]
    problem = as_problem(request, error).content
    assert (problem.status, problem.code, problem.detail) == (400, error.code, error.message)
    assert problem.errors == errors
