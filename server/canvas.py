"""`GET /api/canvas`: a plain question, answered by a metric of the catalogue or refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, cast

from litestar import Router, get
from litestar.params import QueryParameter
from msgspec import Struct

from execops.client.questions import plain
from execops.errors import InvalidInputError
from execops.model import Json
from server.auth import SECURITY, BearerAuth, ClientRequest
from server.errors import documented
from server.strict import require_described

if TYPE_CHECKING:
    from execops.client.records import Answer

_YEARS = range(1990, 2101)


class ColumnBody(Struct, frozen=True, kw_only=True):
    """A typed column; money stands in minor units of the row's currency."""

    name: str
    unit: str


class ReceiptBody(Struct, frozen=True, kw_only=True):
    """How the answer came about: the definition, the parameters, and the latest event and movement."""

    definition: str
    params: Json
    as_of: date
    time_zone: str
    event: int | None
    event_at: datetime | None
    transaction: int | None
    transaction_at: datetime | None
    rows: int
    truncated: bool
    picked_by: str | None
    note: str | None


class AnswerBody(Struct, frozen=True, kw_only=True):
    """An answer of the ledger; `unknown` is why something, or everything, is not known."""

    question: str
    kind: str
    metric: str
    title: str
    params: Json
    columns: list[ColumnBody]
    rows: list[dict[str, Any]]
    totals: list[dict[str, Any]]
    chart: str
    unknown: str | None
    receipt: ReceiptBody


@get("/canvas", operation_id="canvas", summary="Ask a question", responses=documented(400, 401, 422, 503))
async def canvas(
    request: ClientRequest,
    q: Annotated[str, QueryParameter(min_length=1, max_length=500, description="The question")],
    as_of: Annotated[
        date | None, QueryParameter(description="Stands for today; from 1990-01-01 to 2100-12-31")
    ] = None,
) -> AnswerBody:
    """One metric's answer with its receipt; 422 where none answers, or more than one."""
    if as_of is not None and as_of.year not in _YEARS:
        raise InvalidInputError(f"as_of takes a date from {_YEARS[0]} to {_YEARS[-1]}.")
    asked = await request.user.canvas.ask(q, as_of)
    if asked.answer is None:
        raise asked.understood.refusal()
    return _body(asked.question, asked.answer)


router = Router(
    "/api",
    route_handlers=[canvas],
    middleware=[BearerAuth],
    before_request=require_described,
    security=SECURITY,
    tags=["canvas"],
)


def _body(question: str, answer: Answer) -> AnswerBody:
    receipt, mark = answer.receipt, answer.receipt.watermark
    params = cast("Json", plain(receipt.params))
    return AnswerBody(
        question=question,
        kind="answer",
        metric=answer.metric,
        title=answer.title,
        params=params,
        columns=[ColumnBody(name=column.name, unit=column.unit) for column in answer.columns],
        rows=[cast("Json", plain(row)) for row in answer.records()],
        totals=[cast("Json", plain(total)) for total in answer.totals()],
        chart=answer.chart,
        unknown=answer.unknown,
        receipt=ReceiptBody(
            definition=receipt.definition,
            params=params,
            as_of=receipt.today,
            time_zone=receipt.time_zone,
            event=mark.event_id,
            event_at=mark.event_at,
            transaction=mark.transaction_id,
            transaction_at=mark.transaction_at,
            rows=receipt.rows,
            truncated=receipt.truncated,
            picked_by=receipt.picked_by,
            note=receipt.note,
        ),
    )
