"""Bodies and parameters exactly as the OpenAPI document describes them: Litestar itself converts what is only similar."""

from __future__ import annotations

import re
from functools import cache

from litestar.exceptions import ValidationException
from litestar.handlers import BaseRouteHandler
from litestar.params import QueryParameter
from msgspec import Struct, ValidationError, convert

from server.auth import ClientRequest

_PLACE = re.compile(r"^(?P<message>.*?)(?: - at `\$\.?(?P<key>.*)`)?$", re.DOTALL)
_WHOLE = re.compile(r"-?[0-9]{1,19}")


async def require_exact(request: ClientRequest, body_type: type[Struct]) -> None:
    """Raise ValidationException, which is a 400, unless the types of the body are those of the document.

    Litestar takes `"301"` and `301.0` for an integer.
    """
    try:
        convert(await request.json(), body_type, strict=True)
    except ValidationError as exc:
        place = _PLACE.match(str(exc))
        error = {"message": str(exc), "source": "body"}
        if place is not None and place["key"]:
            error |= {"message": place["message"], "key": place["key"]}
        raise _refused(request, error) from exc


def require_whole(request: ClientRequest, name: str) -> None:
    """Raise ValidationException unless a query parameter, where it is given, is written as a whole number."""
    for value in request.query_params.getall(name, []):
        if not _WHOLE.fullmatch(value):
            error = {
                "message": f"Expected a whole number, got {value[:40]!r}",
                "key": name,
                "source": "query",
            }
            raise _refused(request, error)


async def require_described(request: ClientRequest) -> None:
    """Raise ValidationException for a query parameter that the route does not have, and for one that is given twice.

    Litestar leaves both out, and `?state=failed` would list what nobody asked for.
    """
    described = _described(request.route_handler)
    for name in request.query_params:
        message = ""
        if name not in described:
            message = f"There is no such parameter; the parameters: {', '.join(described) or 'none'}"
        elif len(request.query_params.getall(name)) > 1:
            message = "The parameter is given twice"
        if message:
            raise _refused(request, {"message": message, "key": name[:40], "source": "query"})


@cache
def _described(handler: BaseRouteHandler) -> tuple[str, ...]:
    """The names of a route's query parameters."""
    parameters = handler.parsed_fn_signature.parameters.items()
    queries = [(name, field.kwarg_definition) for name, field in parameters]
    return tuple(query.name or name for name, query in queries if isinstance(query, QueryParameter))


def _refused(request: ClientRequest, error: dict[str, str]) -> ValidationException:
    return ValidationException(
        detail=f"Validation failed for {request.method} {request.url.path}", extra=[error]
    )
