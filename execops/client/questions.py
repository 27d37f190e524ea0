"""Beside the Client: understanding questions and formatting answers, without an operator and without a database."""

from __future__ import annotations

from datetime import date

from execops.canvas import catalogue
from execops.canvas.ask import ask
from execops.canvas.params import bind
from execops.canvas.result import cells, plain, text, total_line
from execops.canvas.understanding import Suggestion, Understanding, answer, one_line
from execops.errors import NotFoundError
from execops.settings import Settings

__all__ = [
    "Suggestion",
    "Understanding",
    "answer",
    "catalogue",
    "cells",
    "explain",
    "one_line",
    "plain",
    "require_answerable",
    "text",
    "total_line",
]


def explain(question: str, today: date, settings: Settings) -> Understanding:
    """Understand a question without the ledger: names stay as they are written."""
    return ask(question, today, fiscal_year_start=settings.fiscal_year_start)


def require_answerable(understood: Understanding, today: date) -> None:
    """Check the metric and the parameters of an answer.

    Raises NotFoundError for an unknown metric, InvalidInputError for its parameters.
    """
    if understood.metric is None:
        return
    metric = catalogue.load().get(understood.metric)
    if metric is None:
        raise NotFoundError(f"There is no metric {understood.metric!r}.", hint="execops canvas --list")
    bind(metric, understood.params, today)
