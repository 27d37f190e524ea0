"""Understand a plain question by rules alone: no model, no network, no database.

A question goes through these passes; each takes the words that it understands out of the `Sentence`:

1. `sentence`    split into words in one spelling
2. `names`       vendors and customers of the ledger; then typing errors (`spelling`)
3. `refusals`    orders, advice, forecasts: no question about numbers
4. `periods`     days, from and to (`calendar_points`); `grouping`, `row_limit`, `currency`
5. `metric_choice`  the metrics whose words cover what is left
6. `metric_params`  the one metric that takes all that the question fixes
7. `refusals`    the money goes the other way, or something else is counted

Every word must be understood: one word left over, and the question is refused. The words themselves stand in
`words/*.toml` (`lexicon`, `vocabulary`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from datetime import date

from msgspec.structs import replace

from execops.canvas import catalogue
from execops.canvas.ask.amount_words import ends_there, senses, take_over
from execops.canvas.ask.calendar_points import NoPeriodError
from execops.canvas.ask.counting import is_count
from execops.canvas.ask.currency import take_currency
from execops.canvas.ask.grouping import (
    Grouping,
    UnfitError,
    asks_who,
    possible_groupings,
    take_each,
    take_grouping,
    take_yearly_comparison,
)
from execops.canvas.ask.metric_choice import Choice, choose
from execops.canvas.ask.metric_params import ROLES, Fixed, UnanswerableError, complete, resolve
from execops.canvas.ask.name_index import folded
from execops.canvas.ask.names import Named, NoNameError, take_names, take_written, words_of
from execops.canvas.ask.period_spans import Period
from execops.canvas.ask.periods import possible_periods, take_period
from execops.canvas.ask.refusals import flows, why_not_owed, why_refused, why_unasked
from execops.canvas.ask.row_limit import take_limit
from execops.canvas.ask.sentence import Sentence
from execops.canvas.ask.spelling import corrected
from execops.canvas.ask.suggestions import MOST, bound_key, suggest, suggestion, telling_words
from execops.canvas.ask.vocabulary import reasons, stem_is_known, stems_of
from execops.canvas.ask.word_forms import stems
from execops.canvas.catalogue import Metric
from execops.canvas.ledger_names import LedgerNames
from execops.canvas.understanding import MAX_QUESTION, Understanding, answer, clarify, refuse
from execops.model import Json
from execops.text.patterns import Pattern

_SENTENCES = Pattern(r"(?<=[.?!;:])\s+|\s+[-–—]\s+")
# An order that names one of these may be a question in the words of one: "make the list of clients for Q3".
_ASKED = frozenset({"to", "group_by", "limit"})

__all__ = ["UnanswerableError", "ask", "fit"]


def ask(
    question: str, as_of: date, names: LedgerNames | None = None, *, fiscal_year_start: int | None = None
) -> Understanding:
    """Understand a question; `as_of` is today.

    `names` are those of the ledger; without them, a name stays as written. `fiscal_year_start` is a month, 1 to 12.
    Where the rules have no answer, the synonyms that a person added are tried.
    """
    understood = _ask(question, as_of, names, fiscal_year_start)
    if understood.kind == "answer":
        return understood
    understood = _with_parts(understood, question, as_of, names, fiscal_year_start)
    if names is None or understood.why in reasons().values():
        return understood
    from execops.canvas.ask.synonyms import reworded  # only where the rules alone have no answer

    other = reworded(" ".join(question.split()), names)
    again = _ask(other, as_of, names, fiscal_year_start) if other else understood
    return understood if again.kind == "refuse" else replace(again, read_as=other)


def _with_parts(
    understood: Understanding,
    question: str,
    as_of: date,
    names: LedgerNames | None,
    fiscal_year_start: int | None,
) -> Understanding:
    """Offer what one sentence of several asks, where all together have no answer: the others may tell a story."""
    parts = _parts(question)
    if len(parts) < 2 or len(question) > MAX_QUESTION:
        return understood
    alone = [_ask(part, as_of, names, fiscal_year_start) for part in parts]
    asked = [suggestion(part.metric, part.params, as_of, names) for part in alone if part.metric]
    firsts = [offer for part in alone for offer in part.suggestions[:1]]
    whole = understood.suggestions
    offers = {
        bound_key(offer.metric, offer.params, as_of): offer
        for offer in (*asked[:1], *whole[:2], *asked[1:], *firsts, *whole[2:])
    }
    return replace(understood, suggestions=tuple(offers.values())[:MOST])


def _ask(
    question: str, as_of: date, names: LedgerNames | None, fiscal_year_start: int | None
) -> Understanding:
    """Understand a question by the rules alone."""
    text = " ".join(question.split())
    if not text or len(text) > MAX_QUESTION:
        return refuse("The question is too long." if text else "There is no question.", final=True)
    named = words_of(names) if names else ()
    text = corrected(text, named)
    sentence = Sentence(text, named)
    if sentence.is_code:
        understood, fixed = refuse("Only a plain question can be answered.", final=True), None
        text = re.sub(r"(?: =|;)(?= |$)|~(?=\d)", ",", text)
        if Sentence(text).is_code:
            return understood
    else:
        understood, fixed = _of_rules(sentence, as_of, names, fiscal_year_start)
    if understood.kind == "answer":
        return understood
    if fixed is None:
        sentence, fixed = _what_fits(text, as_of, names, fiscal_year_start)
        if understood.why == reasons()["order"] and not (
            understood.candidates or _ASKED & fixed.params.keys()
        ):
            return understood
    parts = _parts(text)
    telling = [telling_words(part, as_of, names) for part in parts] if len(parts) > 1 else []
    return replace(understood, suggestions=suggest(sentence, fixed, understood, names, telling))


def _parts(text: str) -> list[str]:
    """The sentences of a question, without those of one word."""
    return [part for part in _SENTENCES.split(text.strip()) if part.count(" ")]


def _of_rules(
    sentence: Sentence, as_of: date, names: LedgerNames | None, fiscal_year_start: int | None
) -> tuple[Understanding, Fixed | None]:
    """The answer, the question back, or the refusal of a plain question; and what it fixes, if an answer can hold that."""
    try:
        named = take_names(sentence, names)
        if why := why_unasked(sentence) or why_not_owed(sentence, named):
            return refuse(why, final=True), None
        fixed = _fixed(sentence, as_of, names, named, fiscal_year_start)
    except (NoNameError, NoPeriodError, UnfitError) as exc:
        return refuse(str(exc), choose(sentence).nearest, final=True), None
    return _of_words(sentence, fixed, has_ledger=names is not None), fixed


def _what_fits(
    text: str, as_of: date, names: LedgerNames | None, fiscal_year_start: int | None
) -> tuple[Sentence, Fixed]:
    """Read a question anew, for suggestions: take what some answer can hold, and leave the rest."""
    sentence = Sentence(text, words_of(names) if names else ())
    try:
        named = take_names(sentence, names)
    except NoNameError as exc:
        named = exc.fits
        sentence.without_names = list(sentence.words)
    return sentence, _fixed(sentence, as_of, names, named, fiscal_year_start, fits_only=True)


def fit(
    metric: Metric,
    picked: Mapping[str, str],
    question: str,
    as_of: date,
    names: LedgerNames,
    *,
    fiscal_year_start: int | None = None,
) -> Json:
    """The parameters of a metric that a model chose for a question, which `ask` does not refuse for good.

    The parameters that the rules read come before the model's `picked` ones; the rules alone read names. Raises
    UnanswerableError and InvalidInputError if the metric does not take all of them.
    """
    sentence = Sentence(question, words_of(names))
    named = take_names(sentence, names)
    fixed = _fixed(sentence, as_of, names, named, fiscal_year_start)
    words = {word for name in named for word in name.text.split()}
    for role in picked.keys() & set(ROLES):
        if not words.intersection(folded(picked[role])):
            raise UnanswerableError(
                f"The question does not name “{picked[role]}”, or the ledger does not know it."
            )
    ours = {*ROLES, *(("from", "to") if "to" in fixed.params else ())}
    params = {name: value for name, value in picked.items() if name not in ours} | fixed.params
    return complete(metric, replace(fixed, params=params))


def _fixed(
    sentence: Sentence,
    as_of: date,
    names: LedgerNames | None,
    named: Sequence[Named],
    fiscal_year_start: int | None,
    *,
    fits_only: bool = False,
) -> Fixed:
    """Take what the question fixes, the names being taken.

    Raises NoPeriodError and UnfitError for what no answer can hold; `fits_only` leaves that out.
    """
    left_out = suppress(NoPeriodError, UnfitError) if fits_only else nullcontext()
    over = limit = currency = None
    with left_out:
        over = take_over(sentence)
    ends = ends_there(sentence)
    step = take_each(sentence)
    if fits_only:
        periods = possible_periods(sentence, as_of, fiscal_year_start)
        groupings = possible_groupings(sentence, step)
    else:
        periods = [period] if (period := take_period(sentence, as_of, fiscal_year_start)) else []
        groupings = [take_grouping(sentence, step or (period.step if period else None))]
    grouping = groupings[0]
    if periods and periods[0].start:
        take_yearly_comparison(sentence, grouping, (periods[0].end - periods[0].start).days)
    with left_out:
        limit = take_limit(sentence)
    try:
        currency = take_currency(sentence, names.currencies if names else ())
    except UnfitError:
        if not fits_only:
            raise
        grouping = grouping if grouping.by else Grouping("currency")
    values: Json = {
        **(_days(periods[0]) if periods else {}),
        "group_by": grouping.by,
        "limit": limit,
        "over": over,
        "currency": currency,
    }
    return Fixed(
        params={name: value for name, value in values.items() if value is not None},
        named=named,
        trend=grouping.trend,
        each=grouping.each,
        ends=ends,
        senses=senses(sentence),
        is_count=is_count(sentence),
        as_of=as_of,
        others=(*map(_days, periods[1:]), *({"group_by": less_likely.by} for less_likely in groupings[1:])),
    )


def _days(period: Period) -> Json:
    return {"from": period.start, "to": period.end}


def _of_words(sentence: Sentence, fixed: Fixed, *, has_ledger: bool) -> Understanding:
    """Understand the words that are left, with what the question fixes."""
    roles = frozenset(role for named in fixed.named for role in ROLES if getattr(named, role))
    choice = choose(sentence, roles, trend=fixed.trend)
    final = choice.why in reasons().values() or _has_number(sentence)
    if not choice.metrics:
        return refuse(choice.why, choice.nearest, final=final)
    if choice.unexplained and not has_ledger:
        fixed = replace(fixed, written=take_written(sentence))
        choice = choose(sentence, roles, trend=fixed.trend)
    if choice.unexplained:
        return refuse(choice.why, choice.nearest, final=final or _has_name(sentence))
    if "over" in fixed.params:
        choice = _with_amount(choice)
        if len(choice.families) > 1:  # one metric alone says by itself that it takes no amount
            return refuse(reasons()["condition"], choice.metrics, final=True)
    if fixed.named:
        choice = _of_one_flow(sentence, choice)
    if len(choice.families) > 1:
        return clarify(choice.metrics)
    try:
        name, params = resolve(choice, fixed)
    except UnanswerableError as exc:
        return clarify(exc.candidates, str(exc)) if exc.candidates else refuse(str(exc), choice.metrics)
    if why := why_refused(sentence, catalogue.load()[name]):
        return refuse(why, choice.metrics, final=True)
    if asks_who(sentence) and not {"group_by", "customer"} & params.keys():
        params |= {"group_by": "customer"} if "customer" in catalogue.load()[name].groups else {}
    return answer(name, params)


def _with_amount(choice: Choice) -> Choice:
    """Take a metric with an amount instead, if one may be asked for by these words: "payments over 500"."""
    takers = [name for name, metric in catalogue.load().items() if "over" in metric.params]
    fitting = tuple(name for name in takers if name in choice.metrics)
    if not fitting and choice.stems & stems(("payments", "transactions")):
        fitting = tuple(name for name in takers if choice.stems <= stems_of(name))
    return replace(choice, metrics=fitting) if fitting else choice


def _of_one_flow(sentence: Sentence, choice: Choice) -> Choice:
    """Keep the one metric whose money goes the way that the question says, if several families fit and one does."""
    ways = flows(sentence)
    fitting = tuple(name for name in choice.metrics if catalogue.load()[name].flow in ways)
    if len(choice.families) > 1 and len(ways) == len(fitting) == 1:
        return replace(choice, metrics=fitting)
    return choice


def _has_number(sentence: Sentence) -> bool:
    """Whether a number is left that no parameter holds: an answer would leave it out."""
    return any(any(map(str.isdigit, sentence.words[place])) for place in sentence.untaken())


def _has_name(sentence: Sentence) -> bool:
    """Whether what looks like a name is left of a question that is understood besides."""
    return any(
        place and sentence.written[place][0].isupper() and not stem_is_known(sentence.words[place])
        for place in sentence.untaken()
    )
