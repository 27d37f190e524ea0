"""An answer: typed columns, rows, how to draw it, and the receipt that says what was counted."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct

from execops.canvas.calendar_units import start_of
from execops.canvas.catalogue import TIME_GROUPS, Column
from execops.model import Json
from execops.money import Money

LEVELS = frozenset(
    {"mrr", "arr", "cash"}
)  # metrics of what was there at the end of each step, not of what came in it
_STEPS = {"week": 0, "month": 1, "quarter": 3}  # months of each
_DAY = timedelta(days=1)
_NAMES = frozenset({"vendor", "customer", "name"})  # columns of names


class Watermark(Struct, frozen=True, kw_only=True):
    """How far the data reaches that the answer could count; None where there is none.

    The ids are those of the event and the movement that came last. The moments are the latest on which an event and a
    movement happened, up to the end of the day that stands for today.
    """

    event_id: int | None
    event_at: datetime | None
    transaction_id: int | None
    transaction_at: datetime | None


class Receipt(Struct, frozen=True, kw_only=True):
    """How the answer came about."""

    metric: str
    definition: str
    params: Json  # as they were bound: dates half-open, what was left out at its default
    today: date  # the last day that counts
    time_zone: str
    watermark: Watermark
    rows: int
    truncated: bool  # there were more rows than an answer may have: see `cut`
    picked_by: str | None = None  # the model that picked the metric, where the rules did not
    note: str | None = None  # how a number was found, and what it leaves out

    @property
    def cut(self) -> str | None:
        """The rows that a cut answer kept, in words; None for a whole one."""
        if not self.truncated:
            return None
        if self.params.get("group_by") in TIME_GROUPS:
            return f"only the latest {self.rows:,} rows; ask for longer steps or a shorter period"
        return f"only the first {self.rows:,} rows"

    @property
    def words(self) -> str:
        """The parameters in words; `until` is the last day that counts, the day before `to`."""
        return ", ".join(
            f"until {value - timedelta(days=1)}" if name == "to" else f"{name} {value}"
            for name, value in self.params.items()
            if value not in (None, "")
        )


class Answer(Struct, frozen=True, kw_only=True):
    """The rows of a metric. Money is in minor units of its row's `currency`; amounts are `Money`; None is not known."""

    metric: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    chart: str  # line | bar | number | list
    unknown: str | None  # why something, or everything, is not known, and what to connect
    receipt: Receipt
    added: tuple[str, ...] = ()  # the columns of which a total makes sense

    def totals(self) -> list[Json]:
        """The totals of the rows for each currency; none of one row, and none where rows were left out."""
        if not self.added or self.receipt.truncated:
            return []
        by_currency: dict[str | None, list[Json]] = {}
        for record in self.records():
            by_currency.setdefault(record.get("currency"), []).append(record)
        return [
            {"currency": currency}
            | {name: sum(record[name] or 0 for record in records) for name in self.added}
            for currency, records in by_currency.items()
            if len(records) > 1
        ]

    @property
    def unfinished(self) -> date | None:
        """The first day of the last step, where it is a sum and its days are not over; None elsewhere."""
        days = self._days()
        if days is None:
            return None
        start, last = days[-1], self.receipt.params.get("to", self.receipt.today + _DAY) - _DAY
        over = self.after(start) - _DAY
        runs = start <= self.receipt.today and last >= self.receipt.today
        if self.receipt.params["group_by"] == "day":
            return start if start == self.receipt.today else None
        return start if runs and self.receipt.today < over else None

    @property
    def so_far(self) -> str | None:
        """Name the step whose days are not over: `November so far`; None where there is none."""
        start = self.unfinished
        return None if start is None else f"{self._step(start)} so far"

    def mark(self, start: object) -> str:
        """Say which days a sum of this step holds, where not all: `from 1 June`, `until 15 September`, `so far`."""
        days, params = self._days(), self.receipt.params
        if days is None or not isinstance(start, date) or params["group_by"] == "day":
            return "so far" if start is not None and start == self.unfinished else ""
        marks = []
        since, end = params.get("from"), params.get("to")
        after = self.after(start)
        if self.metric not in LEVELS and since is not None and start < since < after:
            marks.append(f"from {since:%-d %B}")
        if start == self.unfinished:
            marks.append("so far")
        elif self.metric not in LEVELS and end is not None and start < end < after:
            marks.append(f"until {end - _DAY:%-d %B}")
        return " ".join(marks)

    @property
    def cut_steps(self) -> tuple[str, ...]:
        """Name the steps that the period cuts: `Q2 2026 from 1 June`, `September until 15 September`."""
        days = self._days() or ()
        marks = {start: self.mark(start).removesuffix("so far").rstrip() for start in dict.fromkeys(days)}
        return tuple(f"{self._step(start)} {mark}" for start, mark in marks.items() if mark)

    @property
    def step_notes(self) -> tuple[str, ...]:
        """Sentences about the steps that do not hold all of their days."""
        notes = [f"{cut}: the period holds no other day of it." for cut in self.cut_steps]
        return (*notes, *([f"{self.so_far}: its days are not over."] if self.so_far else []))

    def _days(self) -> list[date] | None:
        """The first days of the steps of a sum by time, in their order; None elsewhere."""
        step = self.receipt.params.get("group_by")
        if self.chart not in {"bar", "number"} or step not in _STEPS.keys() | {"day"}:
            return None
        return sorted({row[0] for row in self.rows if isinstance(row[0], date)}) or None

    def after(self, start: date) -> date:
        """The first day after a step of time, by which the rows are grouped."""
        step = self.receipt.params["group_by"]
        if step in {"day", "week"}:
            return start + timedelta(days=7 if step == "week" else 1)
        return start_of("month", start, back=-_STEPS[step])

    def _step(self, start: date) -> str:
        match self.receipt.params["group_by"]:
            case "week":
                return f"Week of {start:%-d %B}"
            case "quarter":
                return f"Q{(start.month + 2) // 3} {start.year}"
            case "day":
                return f"{start:%-d %B}"
            case _:
                return f"{start:%B}" + ("" if start.year == self.receipt.today.year else f" {start.year}")

    def records(self) -> list[Json]:
        """The rows as objects by column name."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]

    def to_json(self) -> Json:
        """The answer in JSON types, without the question."""
        return {
            "metric": self.metric,
            "title": self.title,
            "params": plain(self.receipt.params),
            "columns": [{"name": column.name, "unit": column.unit} for column in self.columns],
            "rows": [plain(row) for row in self.records()],
            "totals": self.totals(),
            "chart": self.chart,
            "unknown": self.unknown,
            "so_far": self.so_far,
            "cut_steps": list(self.cut_steps),
            "receipt": {
                "definition": self.receipt.definition,
                "params": plain(self.receipt.params),
                "as_of": self.receipt.today.isoformat(),
                "time_zone": self.receipt.time_zone,
                "watermark": {
                    "event": self.receipt.watermark.event_id,
                    "event_at": plain(self.receipt.watermark.event_at),
                    "transaction": self.receipt.watermark.transaction_id,
                    "transaction_at": plain(self.receipt.watermark.transaction_at),
                },
                "rows": self.receipt.rows,
                "truncated": self.receipt.truncated,
                "picked_by": self.receipt.picked_by,
                "note": self.receipt.note,
            },
        }


def label(answer: Answer, row: tuple[Any, ...]) -> str:
    """The name of a row: its `name` where it has one, else its first value, "(no name)" for a name that is missing."""
    names = [column.name for column in answer.columns]
    if "name" in names and row[names.index("name")]:
        return str(row[names.index("name")])
    column = answer.columns[0]
    return text(column, row[0], None) or (_missing(answer) if row[0] is None else "")


def cells(answer: Answer, row: tuple[Any, ...]) -> list[str]:
    """The values of a row as a person reads them; the first one says which days it holds, or that a name is missing."""
    code = next(
        (value for column, value in zip(answer.columns, row, strict=True) if column.unit == "currency"), None
    )
    shown = [text(column, value, code) for column, value in zip(answer.columns, row, strict=True)]
    if shown and row[0] is None:
        shown[0] = _missing(answer)
    elif shown and (mark := answer.mark(row[0])):
        shown[0] += f" {mark}"
    return shown


def _missing(answer: Answer) -> str:
    """The words in place of the value by which a row is called: "(no name)" of a vendor, "(no reason)"."""
    column = answer.columns[0]
    if column.unit == "text" and column.name in _NAMES:
        return "(no name)"
    is_group = column.unit == "text" and column.name == answer.receipt.params.get("group_by")
    return f"(no {column.name.replace('_', ' ')})" if is_group else ""


def text(column: Column, value: Any, currency: str | None) -> str:  # noqa: ANN401
    """A value as a person reads it; nothing where it is not known."""
    if value is None:
        return ""
    match column.unit:
        case "money" if currency:
            return str(Money(value, currency))
        case "amounts":
            return ", ".join(map(str, value))
        case "month":
            return f"{value:%Y-%m}"
        case "percent":
            return f"{value:g} %"
        case "seconds":
            return f"{value:,.1f} s"
        case "count":
            return f"{value:,}"
        case _:
            return str(value)


def total_line(answer: Answer) -> str | None:
    """The totals in words, "Total in EUR: open €1,200.00"; None where there is none."""
    columns = {column.name: column for column in answer.columns}
    parts = [
        f"in {total['currency']}: " * bool(total["currency"])
        + ", ".join(
            f"{name.replace('_', ' ')} {text(columns[name], total[name], total['currency'])}"
            for name in answer.added
        )
        for total in answer.totals()
    ]
    return f"Total {'; '.join(parts)}" if parts else None


def plain(value: Any) -> Any:  # noqa: ANN401
    """The value in JSON types: dates as ISO 8601."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, Money):
        return {"amount_minor": value.minor, "currency": value.currency}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | datetime) else value
