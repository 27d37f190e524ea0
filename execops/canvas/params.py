"""The parameters of a metric: checked here, always bound, never part of a statement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from execops.canvas.calendar_units import resolve
from execops.canvas.catalogue import TIME_GROUPS, Metric
from execops.errors import InvalidInputError
from execops.model import Json
from execops.text.patterns import Pattern

MAX_ROWS = 1000
_CURRENCY = Pattern(r"[A-Za-z]{3}")
_MAX_NAME = 500  # characters
_OVER = Pattern(r"\d{1,12}(?:\.\d{1,3})?")
_WORDS = {"direction": ("in", "out"), "order": ("latest", "largest")}
_YEARS = range(1990, 2101)
# The longest period of each grain: an answer has no more rows than a person can read.
_MAX_DAYS = {"day": 800, "week": 4000, "month": 20_000, "quarter": 41_000}


def bind(metric: Metric, params: Mapping[str, Any], as_of: date) -> Json:
    """The parameters of a metric, checked and completed with their defaults.

    Dates are half-open and ISO 8601. `as_of` is the last day that counts, so a period ends with it. Raises InvalidInputError naming the parameter and what it takes.
    """
    unknown = sorted(set(params) - set(metric.params))
    if unknown:
        takes = ", ".join(metric.params) or "none"
        raise InvalidInputError(
            f"{metric.name} has no parameter {unknown[0]!r}.", hint=f"Its parameters: {takes}."
        )
    params = {name: value for name, value in params.items() if value is not None and value != ""}
    values: Json = {}
    if "from" in metric.params:
        values |= _period(metric, params, as_of)
    elif "to" in metric.params:
        values["to"] = _end(metric, params, as_of)
    if "group_by" in metric.params:
        values["group_by"] = params.get("group_by", metric.groups[0])
        if values["group_by"] not in metric.groups:
            raise _wrong(metric, "group_by", f"one of {', '.join(metric.groups)}")
    if "limit" in metric.params:
        values["limit"] = _limit(metric, params)
    if "currency" in metric.params:
        values["currency"] = _currency(metric, params)
    for name in ("vendor", "category", "customer"):
        if name in metric.params:
            values[name] = _name(metric, name, params)
    for name, words in _WORDS.items():
        if name in metric.params:
            values[name] = params.get(name, "latest" if name == "order" else None)
            if values[name] not in {*words, *(() if name == "order" else (None,))}:
                raise _wrong(metric, name, f"one of {', '.join(words)}")
    if "over" in metric.params:
        values["over"] = _over(metric, params)
    _not_too_many(metric, values)
    return values


def grain(values: Json) -> str | None:
    """The grain of time that rows are grouped by; None where they are grouped by something else."""
    group = values.get("group_by")
    return group if group in TIME_GROUPS else None


def _period(metric: Metric, params: Mapping[str, Any], as_of: date) -> Json:
    start, end = resolve(metric.default_period, as_of)
    past = as_of + timedelta(days=1)
    if "to" in params:
        end = _date(metric, "to", params["to"])
        if "from" not in params:
            length = past - start
            start = max(date(_YEARS[0], 1, 1), min(end, past) - length)
    if "from" in params:
        start = _date(metric, "from", params["from"])
        end = max(end, start + timedelta(days=1)) if "to" not in params else end
    if start >= end:
        raise _wrong(metric, "to", f"a date after {start}, the first day of the period")
    if start >= past:
        raise _wrong(metric, "from", f"a date up to {as_of}, the last day that counts")
    return {"from": start, "to": min(end, past)}


def _end(metric: Metric, params: Mapping[str, Any], as_of: date) -> date:
    """The day after the one at whose end a metric of a moment stands: today's, or one before."""
    past = as_of + timedelta(days=1)
    end = _date(metric, "to", params["to"]) if "to" in params else past
    if end > past:
        raise _wrong(metric, "to", f"a date up to {past}, the day after the last day that counts")
    return end


def _over(metric: Metric, params: Mapping[str, Any]) -> str | None:
    """The amount in major units of each row's currency, as text."""
    value = params.get("over")
    if value is None:
        return None
    if isinstance(value, bool) or not _OVER.fullmatch(text := str(value)):
        raise _wrong(metric, "over", "an amount in major units such as 1000 or 99.50")
    return f"{Decimal(text):f}"


def _date(metric: Metric, name: str, value: object) -> date:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError as exc:
        raise _wrong(metric, name, "a date such as 2026-10-31") from exc
    if not isinstance(value, date | str):
        raise _wrong(metric, name, "a date such as 2026-10-31")
    if type(day) is not date or day.year not in _YEARS:
        raise _wrong(metric, name, f"a date from {_YEARS[0]} to {_YEARS[-1]}")
    return day


def _limit(metric: Metric, params: Mapping[str, Any]) -> int | None:
    value = params.get("limit")
    if value is None:
        return None
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise _wrong(metric, "limit", f"a whole number from 1 to {MAX_ROWS}")
    if not 1 <= int(text) <= MAX_ROWS:
        raise _wrong(metric, "limit", f"a whole number from 1 to {MAX_ROWS}")
    return int(text)


def _currency(metric: Metric, params: Mapping[str, Any]) -> str | None:
    value = params.get("currency")
    if value is None:
        return None
    if not isinstance(value, str) or not _CURRENCY.fullmatch(value):
        raise _wrong(metric, "currency", "a code such as EUR")
    return value.upper()


def _name(metric: Metric, name: str, params: Mapping[str, Any]) -> str | None:
    value = params.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > _MAX_NAME or not value.isprintable():
        raise _wrong(metric, name, f"a name of up to {_MAX_NAME} characters")
    return value


def _not_too_many(metric: Metric, values: Json) -> None:
    longest = _MAX_DAYS.get(values.get("group_by", ""))
    if longest is not None and (values["to"] - values["from"]).days > longest:
        raise InvalidInputError(
            f"{metric.name} by {values['group_by']} takes at most {longest} days at once.",
            hint="Ask for a shorter period, or for longer steps.",
        )


def _wrong(metric: Metric, name: str, takes: str) -> InvalidInputError:
    return InvalidInputError(f"{metric.name}: {name} takes {takes}.")
