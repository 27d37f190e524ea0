"""The parameters of a metric, from what the question fixes: its period, grouping, rows, currency and names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from msgspec import Struct, field

from execops.canvas import catalogue
from execops.canvas.ask.metric_choice import Choice, family
from execops.canvas.ask.names import Named
from execops.canvas.ask.vocabulary import stems_of
from execops.canvas.calendar_units import start_of
from execops.canvas.catalogue import TIME_GROUPS, Metric
from execops.canvas.params import bind
from execops.errors import InvalidInputError
from execops.model import Json

ROLES = ("vendor", "category", "customer")
_WHICH = {
    "from": "period",
    "to": "period",
    "group_by": "such grouping",
    "limit": "number of rows",
    "over": "amount",
}


class UnanswerableError(Exception):
    """Why no metric of the family takes what the question fixes; or which ones do equally."""

    def __init__(self, why: str, candidates: tuple[str, ...] = ()) -> None:
        super().__init__(why)
        self.candidates = candidates


class Fixed(Struct, frozen=True, kw_only=True):
    """The parameters and names that a question fixes, besides its metric."""

    params: Json
    named: Sequence[Named]
    trend: bool  # it wants to see how a number moved
    is_count: bool  # it asks how many
    as_of: date
    each: str | None = None  # what rows are of besides, in each step of time
    ends: bool = False  # it asks for the end of its period
    senses: Json = field(default_factory=dict)  # the order and the direction of single movements
    written: str | None = None  # a name, where no ledger knows one
    others: Sequence[Json] = ()  # other periods and groupings that it may mean, for suggestions


def resolve(choice: Choice, fixed: Fixed) -> tuple[str, Json]:
    """The one metric of a family, and its parameters. Raises UnanswerableError."""
    load = catalogue.load()
    first = load[choice.metrics[0]]
    kin = [metric for metric in load.values() if family(metric.name) == family(first.name)]
    fits: dict[str, Json] = {}
    why = ""
    for metric in kin:
        if metric.name not in choice.metrics and not choice.stems <= stems_of(metric.name):
            continue
        if fixed.is_count and metric.unit != "count" and any(other.unit == "count" for other in kin):
            continue
        try:
            fits[metric.name] = complete(metric, fixed)
        except (UnanswerableError, InvalidInputError) as exc:
            why = str(exc) if not why or metric is first else why
    if not fits:
        raise UnanswerableError(why)
    name = _closest(fits, choice, fixed)
    return name, fits[name]


def complete(metric: Metric, fixed: Fixed) -> Json:
    """The parameters of this metric. Raises UnanswerableError and InvalidInputError where it has none such."""
    if fixed.each != metric.each:
        raise UnanswerableError("Rows go by one thing at a time.")
    values: Json = dict(fixed.params)
    if "from" not in metric.params and values.get("from") == fixed.as_of:  # "today", for a metric of now
        values = {name: value for name, value in values.items() if name not in {"from", "to"}}
    elif "from" not in metric.params and "to" in metric.params and _is_moment(fixed):
        values.pop("from")
    if fixed.trend and "group_by" not in values:
        if not set(metric.groups) & set(TIME_GROUPS):
            raise UnanswerableError(f"{metric.title} is not known over time.")
        if metric.groups[0] not in TIME_GROUPS:
            values["group_by"] = "month"
    if fixed.trend and _is_one_step(metric, values):
        raise UnanswerableError(
            "One step shows no trend: name a longer period, or a grouping such as by week."
        )
    values |= {name: value for name, value in fixed.senses.items() if name in metric.params}
    for named in fixed.named:
        _add_name(metric, values, named)
    if fixed.written is not None:
        roles = [role for role in ROLES if role in metric.params and role != "category"]
        if len(roles) != 1:
            raise UnanswerableError(f"{metric.title} is not known for “{fixed.written}” alone.")
        values[roles[0]] = fixed.written
    for name in values:
        if name not in metric.params:
            raise UnanswerableError(f"{metric.title} takes no {_WHICH.get(name, name)}.")
    if fixed.is_count and not any(column.unit in {"count", "months"} for column in metric.columns):
        raise UnanswerableError(f"{metric.title} does not count anything.")
    bind(metric, values, fixed.as_of)
    return values


def _is_moment(fixed: Fixed) -> bool:
    """Whether the period is one day, or the end of one that is over, at which a balance is known."""
    start, end = fixed.params.get("from"), fixed.params.get("to")
    if start is None or end is None:
        return False
    return bool(end - start == timedelta(days=1) or (fixed.ends and end <= fixed.as_of + timedelta(days=1)))


def _is_one_step(metric: Metric, values: Json) -> bool:
    """Whether an answer has one row, so that nothing of it shows how a number moved; MRR brings its change along."""
    group = str(values.get("group_by", metric.groups[0]))
    if group not in TIME_GROUPS or not {"from", "to"} <= values.keys() or metric.name == "mrr":
        return False
    last = values["to"] - timedelta(days=1)
    if group == "day":
        return bool(values["from"] == last)
    return start_of(group, values["from"]) == start_of(group, last)


def _closest(fits: dict[str, Json], choice: Choice, fixed: Fixed) -> str:
    """Choose among the metrics that fit: the one about what is named or grouped by, else the one asked for.

    Raises UnanswerableError where several are.
    """
    load = catalogue.load()
    about = [name for name, params in fits.items() if is_about(load[name], params)]
    if fixed.trend:
        about = [name for name in fits if load[name].chart == "line"]
    elif fixed.is_count:
        about = [name for name in fits if load[name].unit == "count"] or about
    pool = about if len(about) == 1 else [name for name in fits if name in choice.metrics] or list(fits)
    if len(pool) > 1:
        raise UnanswerableError("More than one metric fits.", tuple(pool))
    return pool[0]


def is_about(metric: Metric, params: Json) -> bool:
    """Whether rows of this metric are about what the question names, or groups by."""
    group = params.get("group_by")
    subjects = {group, *(role for role in ROLES if role in params)}
    return metric.groups[0] in subjects and group not in TIME_GROUPS


def _add_name(metric: Metric, values: Json, named: Named) -> None:
    for role, value in ((role, getattr(named, role)) for role in ROLES):
        if value is not None and role in metric.params:
            if role in values and values[role] != value:
                raise UnanswerableError("One name at a time.")
            values[role] = value
            return
    raise UnanswerableError(f"{metric.title} is not known for “{named.text}” alone.")
