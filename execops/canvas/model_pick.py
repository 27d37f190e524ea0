"""A metric that a model picked: it stands where the rules could have said the same of the question, else not at all."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from msgspec.structs import replace

from execops.canvas import catalogue
from execops.canvas.ledger_names import LedgerNames
from execops.canvas.params import bind
from execops.canvas.understanding import Understanding, answer
from execops.errors import InvalidInputError

if TYPE_CHECKING:
    from execops.ports import Pick


def checked(
    pick: Pick, question: str, names: LedgerNames, as_of: date, fiscal_year_start: int | None
) -> Understanding | None:
    """The question, understood as the pick says; None where the pick may not stand."""
    from execops.canvas.ask import UnanswerableError, fit

    metric = catalogue.load().get(pick.metric)
    if metric is None:
        return None
    try:
        bind(metric, pick.params, as_of)
        params = fit(metric, pick.params, question, as_of, names, fiscal_year_start=fiscal_year_start)
        values = bind(metric, params, as_of)
    except (InvalidInputError, UnanswerableError):
        return None
    picked = params.get("to") or as_of  # `bind` ends periods with `as_of`
    end = date.fromisoformat(str(picked))
    if values.get("from", as_of) > as_of or end > date(as_of.year + 1, 1, 1):
        return None  # of the future nothing is known
    return replace(answer(metric.name, params), picked_by=pick.by)
