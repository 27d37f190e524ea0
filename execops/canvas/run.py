"""Answering: a metric, run with bound parameters on connections that cannot write.

Its own pool: read-only, with a statement timeout, one snapshot an answer; on a replica where one is named.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import psycopg
from msgspec import Struct
from msgspec.structs import replace
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from execops.canvas import canonical_names, catalogue
from execops.canvas.catalogue import BUCKET, Column, Metric
from execops.canvas.ledger_names import LedgerNames
from execops.canvas.model_pick import checked
from execops.canvas.params import MAX_ROWS, bind, grain
from execops.canvas.result import LEVELS, Answer, Receipt, Watermark
from execops.canvas.understanding import Understanding, one_line
from execops.context import Context
from execops.db import queries
from execops.db.pool import KEEPALIVES, Connection, Pool, Pooled, connection, require_alive
from execops.errors import DeadlockError, NotFoundError, UnavailableError
from execops.model import Actor, Json
from execops.money import Money
from execops.settings import Secret

if TYPE_CHECKING:
    from execops.canvas.drilldown import DrillDown

SQL = queries.load("canvas")
WORDS = queries.load("canvas_words")
_NAMES = 5000  # of vendors and of customers, that a question may mention
_PATIENCE = 20  # tries, half a second apart, for a replica to follow
_MOVES_A_DAY = 4  # changes of the sums' time zone
_ONE_ZONE = "All processes on one database need the same EXECOPS_TIME_ZONE."
_REASONS = 4  # rows of an answer that say what is not known or how a number was found, at most
_INTEGER_UNITS = frozenset({"money", "count"})


class Asked(Struct, frozen=True, kw_only=True):
    """A question, its meaning, and its answer if there is one."""

    question: str
    understood: Understanding
    answer: Answer | None

    def to_json(self) -> Json:
        """As `execops canvas --json` prints it."""
        understood = self.understood.to_json(self.question)
        if self.answer is None:
            return understood | {"columns": [], "rows": [], "chart": None, "receipt": None}
        return understood | self.answer.to_json()


@asynccontextmanager
async def open_canvas(ctx: Context, *, pool_size: int = 4) -> AsyncIterator[Canvas]:
    """A canvas, closed at the end. Raises CatalogueError."""
    catalogue.load()
    url = ctx.settings.canvas_database_url or ctx.pooler_url or ctx.url
    async with create_pool(url, max_size=pool_size) as pool:
        yield Canvas(ctx, pool)


def create_pool(url: Secret, *, max_size: int) -> Pool:
    """Connections whose transactions cannot write.

    They ask for nothing at their start, and keep nothing from one transaction to the next, so a transaction pooler may stand
    before them.
    """
    address = url.reveal()
    if conninfo_to_dict(address).get("target_session_attrs") == "read-write":
        # Of several hosts, libpq would take none: it asks whether the session can write. This asks for the same host.
        address = make_conninfo(address, target_session_attrs="primary")
    return AsyncConnectionPool(
        address,
        connection_class=Pooled,
        kwargs={
            "row_factory": dict_row,
            "application_name": "execops canvas",
            "connect_timeout": 5,
            **KEEPALIVES,
            "prepare_threshold": None,  # a plan for these parameters, not for any
        },
        min_size=0,
        max_size=max_size,
        timeout=5.0,
        reconnect_timeout=5.0,
        configure=_configure,
        check=require_alive,
        open=False,
    )


async def _configure(conn: Connection) -> None:
    await conn.set_autocommit(True)  # an answer's transaction is opened explicitly
    await conn.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
    await conn.set_read_only(True)


class Canvas:
    """Answers from one organisation's ledger."""

    def __init__(self, ctx: Context, pool: Pool) -> None:
        self._ctx = ctx
        self._pool = pool

    def today(self) -> date:
        """Today, in the org's time zone."""
        return today(self._ctx)

    async def ask(self, question: str, as_of: date | None = None) -> Asked:
        """Answer a question, or say why not; `as_of` stands for today. Raises UnavailableError, InvalidInputError."""
        understood = await self.understand(question, as_of)
        answer = None
        if understood.metric is not None:
            answer = await self.answer(
                understood.metric, understood.params, as_of, picked_by=understood.picked_by
            )
        return Asked(question=one_line(question), understood=understood, answer=answer)

    async def answer(
        self,
        name: str,
        params: Mapping[str, Any],
        as_of: date | None = None,
        *,
        picked_by: str | None = None,
    ) -> Answer:
        """The answer of a metric; `as_of` stands for today, `picked_by` goes into its receipt.

        Raises NotFoundError for an unknown metric, InvalidInputError for its parameters, UnavailableError.
        """
        metric = catalogue.load().get(name)
        if metric is None:
            raise NotFoundError(f"There is no metric {name!r}.", hint="execops canvas --list")
        catalogue.require_select(metric)
        result = await answer(self._ctx, self._pool, metric, params, as_of or self.today())
        if picked_by is None:
            return result
        return replace(result, receipt=replace(result.receipt, picked_by=picked_by))

    async def drill_down(self, answer: Answer, at: int) -> DrillDown:
        """The proposals and events behind a row of an answer. Raises UnavailableError."""
        from execops.canvas import drilldown

        filters = drilldown.row_filters(answer, at)
        async with _reading(self._ctx, self._pool) as conn:
            return await drilldown.read(conn, filters)

    async def understand(self, question: str, as_of: date | None = None) -> Understanding:
        """Understand a question, with the names of the ledger.

        The rules go first. If they find no metric, or several, and a model is configured, the model may pick one.
        Raises UnavailableError.
        """
        from execops.canvas.ask import ask  # its vocabulary is loaded for a question, not for --metric

        today, names = as_of or self.today(), await self.names()
        fiscal = self._ctx.settings.fiscal_year_start
        understood = ask(question, today, names, fiscal_year_start=fiscal)
        if self._ctx.picker is None or understood.kind == "answer" or understood.final:
            return understood
        text = one_line(question)
        pick = await self._ctx.picker.pick(text, today, understood.candidates)
        return (pick and checked(pick, text, names, today, fiscal)) or understood

    async def names(self) -> LedgerNames:
        """The vendors, customers and currencies that the ledger knows. Raises UnavailableError."""
        from execops.canvas.ask import vocabulary

        async with _reading(self._ctx, self._pool) as conn:
            async with conn.pipeline():
                sent_vendors = await queries.send(conn, SQL["vendors"], limit=_NAMES)
                sent_customers = await queries.send(conn, SQL["customers"], limit=_NAMES)
                sent_currencies = await queries.send(conn, SQL["currencies"])
                sent_synonyms = await queries.send(conn, WORDS["synonyms"])
                vocabulary.read()  # while Postgres answers
            vendors, customers = await sent_vendors.many(), await sent_customers.many()
            currencies, synonyms = await sent_currencies.many(), await sent_synonyms.many()
            listed = [row["name"] for row in vendors]
            aliases = await queries.many(conn, SQL["aliases"], vendors=listed, limit=_NAMES) if listed else []
        return LedgerNames(
            vendors=tuple(listed),
            categories=tuple(sorted({row["category"] for row in vendors})),
            aliases={row["name"]: row["vendor"] for row in aliases},
            customers=_ids_by_name(customers),
            currencies=tuple(row["currency"] for row in currencies),
            synonyms={row["phrase"]: row["means"] for row in synonyms},
        )


def _ids_by_name(customers: list[Json]) -> dict[str, str]:
    """Names to ids; customers of the same name stand with their ids, so that none is taken for the other."""
    often = Counter(row["name"] for row in customers)
    return {
        row["name"] if often[row["name"]] == 1 else f"{row['name']} ({row['id']})": row["id"]
        for row in customers
    }


def today(ctx: Context) -> date:
    """Today, in the org's time zone."""
    return ctx.clock.now().astimezone(ZoneInfo(ctx.settings.time_zone)).date()


async def answer(ctx: Context, pool: Pool, metric: Metric, params: Mapping[str, Any], as_of: date) -> Answer:
    """Run a metric. The sums are brought into the org's time zone first where they are in another."""
    values = bind(metric, params, as_of)
    zone = ctx.settings.time_zone
    bound = {"zone": zone, "as_of": as_of, "today": today(ctx), "grain": grain(values)} | values
    for attempt in range(_PATIENCE):
        async with _reading(ctx, pool) as conn:
            mark = await queries.one(conn, SQL["watermark"], zone=zone, as_of=as_of)
            if mark is not None and (mark.pop("zone") or "UTC") == zone:
                names, unknown = await canonical_names.in_the_books(conn, values)
                if unknown is not None:
                    record = _record_of_unknown(metric, unknown)
                    return _answer(metric, values, zone, as_of, Watermark(**mark), [record])
                values, bound = values | names, bound | names
                rows = await queries.many(conn, _limited(metric, grain(values)), **bound)
                return _answer(metric, values, zone, as_of, Watermark(**mark), rows)
        if attempt == 0:
            await _align(ctx, zone)
        else:
            await asyncio.sleep(0.5)
    raise UnavailableError(
        f"The sums are being brought into another time zone than {zone}; nothing was answered.",
        hint=f"Ask again in a moment. {_ONE_ZONE}",
    )


async def _align(ctx: Context, zone: str) -> None:
    """Bring the sums into this time zone, if they are in another. Raises UnavailableError.

    Processes whose settings differ would rebuild the sums in turn, so the zone changes only a few times a day.
    """
    for attempt in range(_PATIENCE):
        try:
            async with ctx.transaction(Actor.system("canvas")) as conn:
                await queries.run(conn, SQL["lock_rebuild"])
                row = await queries.one(conn, SQL["zone"])
                if row is not None and row["zone"] != zone and row["moves"] >= _MOVES_A_DAY:
                    raise UnavailableError(
                        f"The sums are in the time zone {row['zone']}, not in {zone}. They changed their zone"
                        f" {row['moves']} times within a day and stay as they are; nothing was answered.",
                        hint=_ONE_ZONE,
                    )
                if row is None or row["zone"] != zone:
                    await queries.run(conn, SQL["rebuild"], zone=zone)
        except DeadlockError:
            if attempt == _PATIENCE - 1:
                raise
        else:
            return


@asynccontextmanager
async def _reading(ctx: Context, pool: Pool) -> AsyncIterator[Connection]:
    """One snapshot. Raises UnavailableError."""
    try:
        async with connection(pool) as conn, conn.transaction():
            await queries.run(conn, SQL["limits"], timeout=str(int(ctx.settings.canvas_timeout * 1000)))
            yield conn
    except psycopg.errors.QueryCanceled as exc:
        raise UnavailableError(
            f"The answer took longer than {ctx.settings.canvas_timeout:g} s.",
            hint="Ask for a shorter period, or raise EXECOPS_CANVAS_TIMEOUT.",
        ) from exc
    except psycopg.errors.UndefinedFunction as exc:
        raise UnavailableError("The database is not up to date.", hint="Run: execops db migrate") from exc


def _limited(metric: Metric, steps: str | None) -> bytes:
    """Inside a subquery nothing but a query stands, and no answer is longer than the limit.

    The rows to keep come first: the latest steps of time, or else the first of every currency; `place` is their place
    in the answer. One row more shows that there are more; the rows that only say what is not known are others.
    """
    kept = b"place"
    if steps:
        kept = b"place desc"
    elif metric.chart != "list" and any(column.unit == "currency" for column in metric.columns):
        kept = b"row_number() over (partition by currency order by place), place"
    return b"""select * from (
    select *, row_number() over () as place from (\n%b\n) answer
) numbered
order by %b
limit %d""" % (metric.sql, kept, MAX_ROWS + 1 + _REASONS)


def _answer(
    metric: Metric, values: Json, zone: str, as_of: date, watermark: Watermark, records: list[Json]
) -> Answer:
    reasons = list(dict.fromkeys(record["unknown"] for record in records if record.get("unknown")))
    notes = list(dict.fromkeys(record["note"] for record in records if record.get("note")))
    by = values.get("group_by")
    steps = grain(values)
    columns = [
        column
        for column in metric.columns
        if not (column.name == BUCKET and by == "currency")
        and not (column.unit == "amounts" and all(record[column.name] is None for record in records))
    ]
    first, *further = [column.name for column in metric.columns]  # the first tells a row nearly always
    counted = [
        record
        for record in records
        if record[first] is not None or any(record[name] is not None for name in further)
    ]
    is_list = metric.chart == "list" and values.get("order") != "largest"  # the largest: of each currency
    limit = min(MAX_ROWS, values.get("limit") or MAX_ROWS) if is_list else MAX_ROWS
    truncated = len(counted) > limit
    kept = counted[:limit]
    if truncated and steps:  # of the oldest step only a part may be left
        kept = [record for record in kept if record[BUCKET] != counted[limit][BUCKET]]
    kept.sort(key=lambda record: record["place"])
    rows = list(zip(*(_values(column, kept, steps) for column in columns), strict=True))
    if not rows and not reasons and values.get("currency"):
        reasons.append(f"nothing in {values['currency']} is known of this period")
    is_sum = metric.unit in _INTEGER_UNITS and metric.name not in LEVELS
    chart = "bar" if metric.chart == "line" and (is_sum or not steps) else metric.chart
    return Answer(
        metric=metric.name,
        title=metric.title,
        columns=tuple(_column(column, by, steps) for column in columns),
        rows=tuple(rows),
        added=metric.totals,
        chart="number" if len(rows) == 1 and chart != "list" else chart,
        unknown="; ".join(reasons) or None,
        receipt=Receipt(
            metric=metric.name,
            definition=metric.definition,
            params=values,
            today=as_of,
            time_zone=zone,
            watermark=watermark,
            rows=len(rows),
            truncated=truncated,
            note="; ".join(notes) or None,
        ),
    )


def _record_of_unknown(metric: Metric, unknown: str) -> Json:
    """The record of an answer that is not known, and why."""
    return {column.name: None for column in metric.columns} | {"unknown": unknown, "note": None, "place": 0}


def _column(column: Column, by: str | None, steps: str | None) -> Column:
    if column.name != BUCKET or by is None:
        return column
    return Column(name=by, unit="text" if steps is None else "month" if steps == "month" else "date")


def _values(column: Column, records: list[Json], steps: str | None) -> list[Any]:
    """What the rows of an answer hold in this column. It goes by columns, since a list may have a thousand rows."""
    values = [record[column.name] for record in records]
    if column.name == BUCKET:
        return [date.fromisoformat(value) if steps else value or None for value in values]
    if column.unit == "amounts":
        return [_amounts(value or ()) for value in values]
    number = int if column.unit in _INTEGER_UNITS else _rounded
    return [number(value) if isinstance(value, (Decimal, float)) else value for value in values]


def _amounts(amounts: Iterable[str]) -> tuple[Money, ...]:
    pairs = [amount.split(" ") for amount in amounts]
    return tuple(Money(int(minor), currency) for currency, minor in pairs)


def _rounded(value: Decimal | float) -> float:
    return round(float(value), 3)
