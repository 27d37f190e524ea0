"""What a model picked, checked: it stands where the rules could have said the same of this question, else not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from execops.canvas import catalogue
from execops.canvas.params import bind
from execops.canvas.understand import Understood
from execops.errors import InvalidInputError
from execops.ports import Pick

if TYPE_CHECKING:
    from execops.canvas.ask.names import Names


def accepted(
    found: Understood, pick: Pick, names: Names, as_of: date, fiscal_year_start: int | None
) -> Understood | None:
    """The question, understood as the pick says; None where the pick may not stand."""
    from execops.canvas.ask import Unanswerable, fit

    metric = catalogue.load().get(pick.metric)
    if metric is None:
        return None
    try:
        bind(metric, pick.params, as_of)
        params = fit(metric, pick.params, found.question, as_of, names, fiscal_year_start)
        values = bind(metric, params, as_of)
    except (InvalidInputError, Unanswerable):
        return None
    if values.get("from", as_of) > as_of or values.get("to", as_of) > date(as_of.year + 1, 1, 1):
        return None  # of the future nothing is known
    return replace(
        found, kind="answer", metric=metric.name, params=params, candidates=(), why=None, picked_by=pick.by
    )
