"""Beside the Client: understanding questions and formatting answers, without an operator and without a database."""

from __future__ import annotations

from datetime import date

from execops.canvas import catalogue
from execops.canvas.params import bind
from execops.canvas.result import plain, text
from execops.canvas.understand import Understood, understand
from execops.errors import NotFoundError
from execops.settings import Settings

__all__ = [
    "Understood",
    "catalogue",
    "explain",
    "plain",
    "require_answerable",
    "text",
]


def explain(question: str, today: date, settings: Settings) -> Understood:
    """Understand a question without the ledger: names stay as they are written.

    Raises NotFoundError and InvalidInputError as `require_answerable` does.
    """
    understood = understand(question, today, fiscal_year_start=settings.fiscal_year_start)
    require_answerable(understood, today)
    return understood


def require_answerable(understood: Understood, today: date) -> None:
    """Check the metric and the parameters of an answer.

    Raises NotFoundError for an unknown metric, InvalidInputError for its parameters.
    """
    if understood.kind != "answer":
        return
    metric = catalogue.load().get(understood.metric or "")
    if metric is None:
        raise NotFoundError(f"There is no metric {understood.metric!r}.", hint="execops canvas --list")
    bind(metric, understood.params, today)
