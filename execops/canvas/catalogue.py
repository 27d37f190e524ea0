"""The catalogue: one file a metric in `metrics/`, a header and one SELECT. The folder is the whitelist."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from msgspec import Struct

from execops.canvas.calendar_units import is_period
from execops.canvas.select_check import fault, placeholders
from execops.errors import CatalogueError

UNITS = frozenset(
    {"money", "amounts", "currency", "count", "percent", "date", "month", "seconds", "text", "months"}
)
CHARTS = frozenset({"line", "bar", "number", "list"})
PARAMS = (
    "from",
    "to",
    "group_by",
    "limit",
    "currency",
    "vendor",
    "category",
    "customer",
    "direction",
    "order",
    "over",
)
TIME_GROUPS = ("day", "week", "month", "quarter")
GROUPS = (
    *TIME_GROUPS,
    "vendor",
    "customer",
    "currency",
    "category",
    "type",
    "reason",
    "decline",
    "decline_class",
    "attempt",
    "play",
    "status",
)
# Every metric may bind these besides its own parameters: the org, its time zone, today, and the grain of time.
ALWAYS_BOUND = frozenset({"org_id", "zone", "as_of", "today", "grain"})
BUCKET = "bucket"  # the column that says which group a row is of; an answer names it by its grouping
_KEYS = frozenset(
    [
        "name",
        "title",
        "definition",
        "unit",
        "synonyms",
        "samples",
        "params",
        "groups",
        "default_period",
        "chart",
        "columns",
        "behind",
        "family",
        "also",
        "flow",
        "counts",
        "each",
        "totals",
    ]
)
_OPTIONAL = frozenset(
    {"synonyms", "params", "groups", "behind", "family", "also", "flow", "counts", "each", "totals"}
)
_REPEATED = frozenset({"synonyms", "also"})
# The sources of a row: see `execops.canvas.drilldown`. Their values are plays, event types, kinds of movements.
BEHIND = frozenset({"proposals", "decided", "credited", "recovered", "events", "movements"})
_VALUE = re.compile(r"[a-z_.]+")
_HEADER = re.compile(r"--\s*(\w+):\s*(.*)")


class Column(Struct, frozen=True, kw_only=True):
    """A typed column of an answer. Money stands in minor units of the row's `currency` column.

    `amounts` are money in other currencies, which only some answers have: a metric gives them as `AUD 10000`.
    """

    name: str
    unit: str


class Metric(Struct, frozen=True, kw_only=True):
    """A question that the canvas can answer."""

    name: str
    title: str
    definition: str
    unit: str
    synonyms: tuple[str, ...]
    samples: tuple[str, ...]
    params: tuple[str, ...]
    groups: tuple[str, ...]  # the values of group_by, the default first; '' alone where there is none
    default_period: str
    chart: str
    columns: tuple[Column, ...]
    totals: tuple[str, ...]  # the columns that are added up under the rows, for each currency by itself
    behind: Mapping[str, tuple[str, ...]]  # the sources of a row, and of which plays, types or kinds
    family: str | None  # metrics that count the same in other ways: a question may move among them
    flow: str | None  # in or out, the way that the money of a question has to go; None where either may
    counts: tuple[str, ...]  # nouns that it counts, besides the names of its columns
    each: str | None  # beside the step of time, rows are of each of these; a question has to name both
    also: tuple[str, ...]  # words of its kin, which a question that moves here may hold
    sql: bytes


@cache
def load() -> Mapping[str, Metric]:
    """All metrics by name, validated. Raises CatalogueError naming the file and the reason."""
    folder = files("execops.canvas") / "metrics"
    return MappingProxyType(read(folder))


def read(folder: Traversable) -> dict[str, Metric]:
    """The metrics of a folder, by name. Raises CatalogueError."""
    metrics: dict[str, Metric] = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".sql"):
            metric = parse(file.name, file.read_text(encoding="utf-8"))
            metrics[metric.name] = metric
    return metrics


def parse(file_name: str, text: str) -> Metric:
    """The metric in a file's text. `require_select` checks its SQL before it runs. Raises CatalogueError."""
    header, body = _split(file_name, text)

    def refuse(reason: str) -> CatalogueError:
        return _refused(file_name, reason)

    for key in sorted(_KEYS - _OPTIONAL):
        if not header.get(key):
            raise refuse(f"the header has no {key}")
    if file_name != f"{header['name']}.sql":
        raise refuse(f"it is named {header['name']!r}, which is not the file's name")
    for key, allowed in (("chart", CHARTS), ("unit", UNITS)):
        if header[key] not in allowed:
            raise refuse(f"unknown {key} {header[key]!r}")
    if not is_period(header["default_period"]):
        raise refuse(f"unknown period {header['default_period']!r}")
    if header.get("flow") not in {None, "in", "out"}:
        raise refuse(f"unknown flow {header['flow']!r}")
    if header.get("each") not in {None, *GROUPS}:
        raise refuse(f"unknown group {header['each']!r}")
    params, groups = _listed(header.get("params", ""), ","), _listed(header.get("groups", ""), ",")
    for unknown in set(params) - set(PARAMS):
        raise refuse(f"unknown parameter {unknown!r}")
    for unknown in set(groups) - set(GROUPS):
        raise refuse(f"unknown group {unknown!r}")
    if ("group_by" in params) != bool(groups):
        raise refuse("the parameter group_by and a list of groups go together")
    columns = _columns(file_name, header["columns"])
    bound = placeholders(body)
    for unknown in sorted(bound - ALWAYS_BOUND - set(params)):
        raise refuse(f"it binds the parameter {unknown!r}, which its header does not name")
    used = bound | ({"group_by"} if "grain" in bound else set())
    for unused in sorted(set(params) - used):
        raise refuse(f"its header names the parameter {unused!r}, which it does not bind")
    if "org_id" not in bound:
        raise refuse("it does not bind org_id")
    return Metric(
        name=header["name"],
        title=header["title"],
        definition=header["definition"],
        unit=header["unit"],
        synonyms=_listed(header.get("synonyms", "")),
        samples=_listed(header["samples"]),
        params=tuple(name for name in PARAMS if name in params),
        groups=groups or ("",),
        default_period=header["default_period"],
        chart=header["chart"],
        columns=columns,
        totals=_totals(file_name, header.get("totals", ""), columns),
        behind=_behind(file_name, header.get("behind", "")),
        family=header.get("family"),
        flow=header.get("flow"),
        counts=_listed(header.get("counts", ""), ","),
        each=header.get("each"),
        also=_listed(header.get("also", "")),
        sql=body.encode(),
    )


def require_select(metric: Metric) -> None:
    """Raise CatalogueError unless the SQL of a metric is one plain SELECT: see `execops.canvas.select_check`."""
    if (reason := _fault(metric.sql)) is not None:
        raise _refused(f"{metric.name}.sql", reason)


@cache
def _fault(sql: bytes) -> str | None:
    return fault(sql.decode())


def _split(file_name: str, text: str) -> tuple[dict[str, str], str]:
    header: dict[str, str] = {}
    lines = text.splitlines()
    while lines and (match := _HEADER.fullmatch(lines[0].rstrip())):
        key, value = match[1], match[2].strip()
        if key not in _KEYS:
            raise _refused(file_name, f"unknown header key {key!r}")
        if key in header and key not in _REPEATED:
            raise _refused(file_name, f"the header says {key} twice")
        header[key] = f"{header[key]} | {value}" if key in header else value
        lines.pop(0)
    return header, "\n".join(lines).strip()


def _columns(file_name: str, text: str) -> tuple[Column, ...]:
    columns = []
    for part in _listed(text, ","):
        name, _, unit = part.partition(" ")
        if unit not in UNITS:
            raise _refused(file_name, f"the column {name!r} has no known unit")
        columns.append(Column(name=name, unit=unit))
    names = [column.name for column in columns]
    if len(set(names)) != len(names):
        raise _refused(file_name, "it names a column twice")
    if any(column.unit == "money" for column in columns) and "currency" not in names:
        raise _refused(file_name, "money stands beside a currency column")
    return tuple(columns)


def _totals(file_name: str, text: str, columns: tuple[Column, ...]) -> tuple[str, ...]:
    totals = _listed(text, ",")
    for unknown in set(totals) - {column.name for column in columns if column.unit in {"money", "count"}}:
        raise _refused(file_name, f"no total of {unknown!r}: it is no column of money or of a count")
    return totals


def _behind(file_name: str, text: str) -> Mapping[str, tuple[str, ...]]:
    sources: dict[str, tuple[str, ...]] = {}
    for part in _listed(text):
        name, _, values = part.partition(" ")
        sources[name] = _listed(values, ",")
        if name not in BEHIND or not all(_VALUE.fullmatch(value) for value in sources[name]):
            raise _refused(file_name, f"nothing stands behind a row as {part!r}")
    return MappingProxyType(sources)


def _listed(text: str, sign: str = "|") -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(sign) if part.strip())


def _refused(file_name: str, reason: str) -> CatalogueError:
    return CatalogueError(f"canvas/metrics/{file_name}: {reason}.")
