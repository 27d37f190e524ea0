"""What a model picked, checked: it stands where the rules could have said the same of this question, else not at all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from execops.canvas import catalogue
from execops.canvas.params import bind
from execops.canvas.understand import Understood
from execops.errors import InvalidInputError
from execops.model import Json
from execops.ports import Pick

if TYPE_CHECKING:
    from execops.canvas.run import KnownNames


def accepted(found: Understood, pick: Pick, names: KnownNames, as_of: date) -> Understood | None:
    """The question, understood as the pick says; None where the pick may not stand."""
    metric = catalogue.load().get(pick.metric)
    if metric is None:
        return None
    try:
        params: Json = dict(pick.params) | _named(pick, found.question, names)
        values = bind(metric, params, as_of)
    except (InvalidInputError, _NotNamedError):
        return None
    if values.get("from", as_of) > as_of or values.get("to", as_of) > as_of + timedelta(days=366):
        return None  # of the future nothing is known
    return replace(
        found, kind="answer", metric=metric.name, params=params, candidates=(), why=None, picked_by=pick.by
    )


class _NotNamedError(Exception):
    """A name that the ledger does not know, or that the question does not write, or leaves out."""


def _named(pick: Pick, question: str, names: KnownNames) -> Json:
    """The names of the pick as the ledger writes them, a customer's as its id. Raises _NotNamedError."""
    customers = names.customers or {}
    asked = _words(question)
    params: Json = {}
    for role, known in (("vendor", names.vendors), ("customer", tuple(customers))):
        if (written := pick.params.get(role)) is not None:
            if not _words(written) or _words(written) not in asked:
                raise _NotNamedError
            name = _known(written, known)
            params[role] = name if role == "vendor" else customers[name]
    told = [_words(pick.params.get(role) or "") for role in ("vendor", "customer")]
    for words in map(_words, (*names.vendors, *customers)):
        if words and words in asked and not any(words in each for each in told):
            raise _NotNamedError  # it would be the answer for everybody
    return params


def _known(written: str, names: Iterable[str]) -> str:
    """The one name that this is. Raises _NotNamedError."""
    fits = {name for name in names if _words(name) == _words(written)}
    if written in fits:
        return written
    if len(fits) != 1:
        raise _NotNamedError
    return fits.pop()


def _words(text: str) -> str:
    """The words of a text without case and signs, each between blanks."""
    return "".join(f" {each} " for each in re.findall(r"[^\W_]+", text.casefold()))
