"""`ask`: what a plain question asks for, decided by rules alone: no model, no network, no database.

Every word must be understood: as part of a metric's name or synonyms, as a period, a grouping, a number of rows, a
currency, a name, or as a word without a bearing. One word left over, and the question is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from execops.canvas import catalogue
from execops.canvas.ask.choice import Unanswerable, choose, complete
from execops.canvas.ask.counting import counts, miscounted
from execops.canvas.ask.names import Named, Names, NoNameError, folded, take_names, take_written, words_of
from execops.canvas.ask.orders import unasked
from execops.canvas.ask.periods import take_period
from execops.canvas.ask.pieces import (
    NoPieceError,
    take_currency,
    take_each,
    take_grouping,
    take_limit,
)
from execops.canvas.ask.sides import flows, wrong_side
from execops.canvas.ask.spelling import correct
from execops.canvas.ask.stretches import NoPeriodError
from execops.canvas.ask.vocabulary import FINAL, known_stems, known_words
from execops.canvas.ask.words import Question, stem
from execops.canvas.catalogue import Metric
from execops.model import Json

__all__ = ["Answer", "Clarify", "Names", "Refuse", "Unanswerable", "ask", "fit"]


@dataclass(frozen=True, slots=True)
class Answer:
    """A metric and the parameters that the question fixes."""

    metric: str
    params: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Clarify:
    """Several metrics fit."""

    candidates: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """No metric fits; those nearest may be none."""

    nearest: tuple[str, ...]
    why: str
    final: bool = False  # for what it is, whatever metric it means: an order, a condition, a day to come


_ROLES = frozenset({"vendor", "customer"})


def ask(
    text: str, as_of: date, names: Names | None = None, fiscal_year_start: int | None = None
) -> Answer | Clarify | Refuse:
    """What a question asks for. `names` are those the ledger knows; without them, they stay as written."""
    question = Question(text)
    if question.code:
        return Refuse((), "Only a plain question can be answered.", final=True)
    try:
        named = _names(question, names)
        if why := unasked(question):
            return Refuse((), why, final=True)
        fixed = _fixed(question, as_of, names, fiscal_year_start)
    except (NoNameError, NoPeriodError, NoPieceError) as exc:
        return Refuse(choose(question).nearest, str(exc), final=True)
    roles = frozenset(role for each in named for role in ("vendor", "customer") if getattr(each, role))
    choice = choose(question, roles)
    final = choice.why in FINAL or _has_number(question)
    if not choice.metrics:
        return Refuse(choice.nearest, choice.why, final=final)
    written = None
    if choice.left and names is None:
        written = take_written(question, known_words())
        choice = choose(question, roles)
    if choice.left:
        return Refuse(choice.nearest, choice.why, final=final or _has_name(question))
    if len(choice.families) > 1:
        said = flows(question)
        fitting = tuple(each for each in choice.metrics if catalogue.load()[each].flow in said)
        choice = replace(choice, metrics=fitting) if len(said) == len(fitting) == 1 and named else choice
    if len(choice.families) > 1:
        return Clarify(choice.metrics, "More than one metric fits.")
    try:
        metric, params = choice.resolve(fixed.params, named, written, trend=fixed.trend, as_of=as_of)
    except Unanswerable as exc:
        if exc.candidates:
            return Clarify(exc.candidates, str(exc))
        return Refuse(choice.metrics, str(exc))
    found = catalogue.load()[metric]
    if why := wrong_side(question, found) or miscounted(question, found):
        return Refuse(choice.metrics, why, final=True)
    return Answer(metric, params)


def fit(
    metric: Metric,
    given: Mapping[str, str],
    text: str,
    as_of: date,
    names: Names,
    fiscal_year_start: int | None = None,
) -> Json:
    """The parameters of a metric that somebody else chose for a question that is not refused for good.

    What the rules read of the question comes before what is `given`; a name is theirs alone. Raises Unanswerable, and
    InvalidInputError, where the metric does not take all of it.
    """
    question = Question(text)
    named = _names(question, names)
    fixed = _fixed(question, as_of, names, fiscal_year_start)
    written = {word for each in named for word in each.text.split()}
    for role in _ROLES & given.keys():
        if not written.intersection(folded(given[role])):
            raise Unanswerable(f"The question does not name “{given[role]}”, or the ledger does not know it.")
    ours = _ROLES | ({"from", "to"} if "to" in fixed.params else set())
    params = {name: value for name, value in given.items() if name not in ours} | fixed.params
    return complete(metric, params, named, None, counted=counts(question), trend=fixed.trend, as_of=as_of)


@dataclass(frozen=True, slots=True)
class _Fixed:
    """What the question fixes besides the metric and names."""

    params: Json
    trend: bool


def _fixed(question: Question, as_of: date, names: Names | None, fiscal_year_start: int | None) -> _Fixed:
    """Take it, the names being taken. Raises NoPeriodError and NoPieceError."""
    each = take_each(question)
    period = take_period(question, as_of, fiscal_year_start)
    grouping = take_grouping(question, each)
    params: Json = {}
    if period:
        params |= {"from": period.start} if period.start else {}
        params["to"] = period.end
    if grouping.by:
        params["group_by"] = grouping.by
    if (limit := take_limit(question)) is not None:
        params["limit"] = limit
    if currency := take_currency(question, names.currencies if names else ()):
        params["currency"] = currency
    return _Fixed(params, grouping.trend)


def _has_number(question: Question) -> bool:
    """Whether a number is left that no parameter holds: an answer would leave it out."""
    return any(any(map(str.isdigit, question.words[at])) for at in question.left())


def _has_name(question: Question) -> bool:
    """Whether what looks like a name is left of a question that is understood besides."""
    return any(
        at and question.written[at][0].isupper() and stem(question.words[at]) not in known_stems()
        for at in question.left()
    )


def _names(question: Question, names: Names | None) -> list[Named]:
    """Take the names, and put the words in their right spelling."""
    found: list[Named] = []
    ordinary = known_words()
    if names is not None:
        found += take_names(question, names, exact=True, ordinary=ordinary)
    correct(question, words_of(names) if names is not None else ())
    if names is not None:
        found += take_names(question, names, exact=False, ordinary=ordinary)
    question.sentence = list(question.words)
    return found
