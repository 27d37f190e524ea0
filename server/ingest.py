"""`POST /ingest/{source}`: verify a webhook, store it, enqueue its processing, answer. No model, no third party.

A webhook has no operator, so this route alone reaches ingestion instead of the Client.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from litestar import Request, head, post
from litestar.exceptions import InternalServerException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath
from msgspec import Struct

from execops.context import Context
from execops.errors import DeliveryTooLargeError, ExecOpsError, InvalidDeliveryError, NotFoundError
from execops.ingest import arrivals, deliveries
from execops.ingest.batching import Intake
from execops.ingest.deliveries import Receipt
from execops.text.log_lines import action
from server.errors import documented

logger = logging.getLogger(__name__)


class Stored(Struct, frozen=True):
    """The delivery is stored. `duplicate` says that it was stored before, so that nothing new happens."""

    event_id: int
    duplicate: bool


@dataclass
class _Delivery(Operation):
    """Documents the body, which is read raw for its signature."""

    def __post_init__(self) -> None:
        schema = Schema(type=OpenAPIType.OBJECT, description="The event as its source signed it")
        content = {"application/json": OpenAPIMediaType(schema=schema)}
        self.request_body = RequestBody(content=content, required=True)


def create_intake(ctx: Context) -> Intake:
    """The deliveries of one server, stored together where they arrive together."""
    return Intake(ctx)


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
    """Store an event that its source signed, and enqueue its processing. After a 5xx, send the event again."""
    try:
        receipt = await _receive(request, source)
    except ExecOpsError as exc:
        peer = request.client.host if request.client else ""
        about = {"reason": arrivals.reason(exc.code, source)[0], "why": exc.message, "peer": peer}
        request.app.state.troubles.count(arrivals.refused_kind(source), exc.code, **about)
        raise
    _log(source, receipt)
    return Stored(receipt.event_id, receipt.duplicate)


@head(
    "/ingest/{source:str}",
    status_code=200,
    operation_id="ingestHead",
    summary="Tell whether a source's webhooks are taken in",
    tags=["ingest"],
    responses=documented(400, 404),
)
async def look(request: Request[Any, Any, Any], source: FromPath[str]) -> None:
    """Answer a source that looks at the address before it sends anything, such as Intercom."""
    if source not in request.app.state.ctx.settings.sources:
        raise NotFoundError(
            "The webhooks of this source are not taken in.",
            hint="EXECOPS_SOURCES names the sources whose webhooks are.",
        )


def _log(source: str, receipt: Receipt) -> None:
    """Write the line of a delivery that is stored."""
    result = "duplicate" if receipt.duplicate else "ignored" if receipt.ignored else "accepted"
    about = {"event": receipt.event_id, "source": source, "type": receipt.type}
    why = None if receipt.duplicate else receipt.ignored
    logger.info("Delivery %s", result, extra=action(f"delivery.{result}", **about, why=why))


async def _receive(request: Request[Any, Any, Any], source: str) -> Receipt:
    try:
        body = await request.body()
    except RequestEntityTooLarge as exc:  # from the Content-Length, or once too many bytes have arrived
        raise DeliveryTooLargeError(
            f"The delivery is over {deliveries.MAX_BODY} bytes; nothing was stored."
        ) from exc
    except InternalServerException as exc:
        raise InvalidDeliveryError("The sender hung up within the body; nothing was stored.") from exc
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.scope["headers"]}
    return await _intake_of(request).receive(source, headers, body)
