"""`ask`: what a plain question asks for, decided by rules alone: no model, no network, no database.

Every word must be understood: as part of a metric's name or synonyms, as a period, a grouping, a number of rows, a
currency, a name, or as a word without a bearing. One word left over, and the question is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from execops.canvas.ask.choice import Choice, Unanswerable, choose
from execops.canvas.ask.names import Named, Names, NoNameError, take_names, take_written, words_of
from execops.canvas.ask.periods import Period, take_period
from execops.canvas.ask.pieces import (
    Grouping,
    NoPieceError,
    take_currency,
    take_each,
    take_grouping,
    take_limit,
)
from execops.canvas.ask.spelling import correct
from execops.canvas.ask.stretches import FutureError, NoPeriodError
from execops.canvas.ask.vocabulary import ADVICE, FINAL, ORDER, WRITES, known_words
from execops.canvas.ask.words import Question
from execops.model import Json

__all__ = ["Answer", "Clarify", "Names", "Refuse", "ask"]


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
    final: bool = False  # for what it is: an order, a statement, a day to come


_POLITE = frozenset(
    """please kindly hey hi hello ok okay so just now can could would will you go ahead and then lets quickly team first
    also right""".split()  # noqa: SIM905
)
_ADVICE = re.compile(
    r"\b(?:what (?:can|could|should|do) we do|how (?:can|could|should|might|to)\b|ways? to\b|tell us how to)"
)
_OBJECTS = frozenset(
    """the all every everyone everybody any this that these those my our them him her it us back a an each his their
    customer customers invoice invoices half $ € £ · now immediately asap""".split()  # noqa: SIM905
)
_TOLD = re.compile(
    r"(?:\bthen|\bplease|(?:^|\b(?:want|need|like|going|us|you|have) )(?:to|and|lets|just))$"
    r"|\b(?:can|could|should|shall|must) (?:we|you)$"
)


def ask(
    text: str, as_of: date, names: Names | None = None, fiscal_year_start: int | None = None
) -> Answer | Clarify | Refuse:
    """What a question asks for. `names` are those the ledger knows; without them, they stay as written."""
    question = Question(text)
    if question.code:
        return Refuse((), "Only a plain question can be answered.", final=True)
    try:
        named = _names(question, names)
        if _is_order(question):
            return Refuse((), ORDER, final=True)
        if question.find(_ADVICE):
            return Refuse((), ADVICE, final=True)
        each = take_each(question)
        period = take_period(question, as_of, fiscal_year_start)
        grouping = take_grouping(question, each)
        limit = take_limit(question)
        currency = take_currency(question, names.currencies if names else ())
    except (NoNameError, NoPeriodError, NoPieceError) as exc:
        return Refuse(choose(question).nearest, str(exc), final=isinstance(exc, NoNameError | FutureError))
    roles = frozenset(role for each in named for role in ("vendor", "customer") if getattr(each, role))
    choice = choose(question, roles)
    if not choice.metrics:
        return Refuse(choice.nearest, choice.why, final=choice.why in FINAL)
    written = None
    if choice.left and names is None:
        written = take_written(question, known_words())
        choice = choose(question, roles)
    if choice.left:
        return Refuse(choice.nearest, choice.why, final=choice.why in FINAL)
    if len(choice.families) > 1:
        return Clarify(choice.metrics, "More than one metric fits.")
    fixed = _Fixed(period, grouping, limit, currency, named, written)
    return _answer(choice, fixed, as_of)


@dataclass(frozen=True, slots=True)
class _Fixed:
    """What the question fixes besides the metric."""

    period: Period | None
    grouping: Grouping
    limit: int | None
    currency: str | None
    named: list[Named]
    written: str | None


def _names(question: Question, names: Names | None) -> list[Named]:
    if names is None:
        correct(question, ())
        return []
    ordinary = known_words()
    found = take_names(question, names, exact=True, ordinary=ordinary)
    correct(question, words_of(names))
    return found + take_names(question, names, exact=False, ordinary=ordinary)


def _is_order(question: Question) -> bool:
    """Whether something is to be done: "refund Acme", "can you pay the AWS bill"."""
    words = question.words
    first = next((at for at, word in enumerate(words) if word not in _POLITE), None)
    for at, word in enumerate(words[:-1]):
        if word not in WRITES:
            continue
        before, after = " ".join(words[max(0, at - 2) : at]), words[at + 1]
        if at == first and word in {"pay", "approve", "send", "cancel"}:
            return True
        whom = after in _OBJECTS or after.isdigit() or after not in known_words()
        if whom and (at == first or _TOLD.search(before)):
            return True
    return False


def _answer(choice: Choice, fixed: _Fixed, as_of: date) -> Answer | Clarify | Refuse:
    params: Json = {}
    if fixed.period:
        params |= {"from": fixed.period.start} if fixed.period.start else {}
        params["to"] = fixed.period.end
    if fixed.grouping.by:
        params["group_by"] = fixed.grouping.by
    if fixed.limit is not None:
        params["limit"] = fixed.limit
    if fixed.currency:
        params["currency"] = fixed.currency
    try:
        metric, params = choice.resolve(
            params, fixed.named, fixed.written, trend=fixed.grouping.trend, as_of=as_of
        )
    except Unanswerable as exc:
        if exc.candidates:
            return Clarify(exc.candidates, str(exc))
        return Refuse(choice.metrics, str(exc))
    return Answer(metric, params)
