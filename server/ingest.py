"""`POST /ingest/{source}`: a webhook is verified, stored, enqueued and answered; nothing is thought here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import Request, post
from litestar.exceptions import InternalServerException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath

from execops.errors import DeliveryTooLargeError, InvalidDeliveryError
from execops.ingest import deliveries
from execops.ingest.batching import Intake
from server.errors import documented


@dataclass(frozen=True, slots=True)
class Stored:
    """The delivery is stored; `duplicate` says that it was before, and that nothing new happens."""

    event_id: int
    duplicate: bool


@dataclass
class _Delivery(Operation):
    """The body is read raw, for its signature; the document still tells what it is."""

    def __post_init__(self) -> None:
        schema = Schema(type=OpenAPIType.OBJECT, description="The event as its source signed it")
        content = {"application/json": OpenAPIMediaType(schema=schema)}
        self.request_body = RequestBody(content=content, required=True)


def _intake_of(request: Request[Any, Any, Any]) -> Intake:
    intake = request.app.state.intake
    assert isinstance(intake, Intake)  # noqa: S101
    return intake


@post(
    "/ingest/{source:str}",
    status_code=200,
    request_max_body_size=deliveries.MAX_BODY,
    operation_class=_Delivery,
    operation_id="ingest",
    summary="Take in a webhook",
    tags=["ingest"],
    responses=documented(400, 404, 413, 503),
)
async def deliver(request: Request[Any, Any, Any], source: FromPath[str]) -> Stored:
    """Store an event that its source signed, and enqueue its processing. 5xx means: send it again."""
    try:
        body = await request.body()
    except RequestEntityTooLarge as exc:  # by its Content-Length, or as soon as too much has arrived
        raise DeliveryTooLargeError(
            f"The delivery is over {deliveries.MAX_BODY} bytes; nothing was stored."
        ) from exc
    except InternalServerException as exc:
        raise InvalidDeliveryError("The sender hung up within the body; nothing was stored.") from exc
    headers = {name.lower(): value for name, value in request.headers.items()}
    receipt = await _intake_of(request).receive(source, headers, body)
    return Stored(receipt.event_id, receipt.duplicate)
