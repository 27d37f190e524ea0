"""Bodies and parameters exactly as the OpenAPI document describes them: Litestar itself converts what is only similar."""

from __future__ import annotations

import re

from litestar.exceptions import ValidationException
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


def _refused(request: ClientRequest, error: dict[str, str]) -> ValidationException:
    return ValidationException(
        detail=f"Validation failed for {request.method} {request.url.path}", extra=[error]
    )
