"""Questions to ask instead of one that has no answer, with what it fixes already bound; the likeliest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from execops.canvas import catalogue
from execops.canvas.ask.calendar_points import NoPeriodError
from execops.canvas.ask.grouping import UnfitError, asks_who, hinted, take_grouping
from execops.canvas.ask.metric_params import ROLES, Fixed, is_about
from execops.canvas.ask.names import Named, NoNameError, possible_names, take_names, words_of
from execops.canvas.ask.periods import take_period
from execops.canvas.ask.readings import completed, further, variants
from execops.canvas.ask.scorer import odds_of
from execops.canvas.ask.sentence import Sentence
from execops.canvas.ask.vocabulary import asks, is_filler
from execops.canvas.calendar_units import start_of
from execops.canvas.catalogue import Metric
from execops.canvas.ledger_names import LedgerNames
from execops.canvas.params import bind
from execops.canvas.understanding import Suggestion, Understanding
from execops.errors import InvalidInputError
from execops.model import Json

MOST = 3
_OF_ONE = 2  # suggestions, where another metric is likely too
_SENSES = {"largest": "largest", "in": "incoming", "out": "outgoing"}
_OVER_TIME = " over time"
_LEAST = 0.01  # of the likelihood of all metrics: less is no suggestion
_SURE = 0.5  # of one metric, where no word is a metric's
_NAMED = 1.0  # added to the likelihood of a metric whose words, or whose subject, the question names
_LESS_SURE = 0.9
_RANKED = 0.5  # of the likeliest metric, for the largest movements
_LESS_LIKELY = 0.3  # of a metric's own likelihood: asked with other rows, or without a part of the question


def suggest(
    sentence: Sentence,
    fixed: Fixed,
    understood: Understanding,
    names: LedgerNames | None,
    parts: Sequence[str] = (),
) -> tuple[Suggestion, ...]:
    """Up to three questions near to this one, which has no answer; none where no word of it is a metric's.

    The metrics that the rules found come first. A metric that cannot keep a name or the period of the question is left out.
    A suggestion has one of several names. A question for "who" is offered by customer, and without that after it. `parts`
    are the telling words of each sentence, of which one may tell a story.
    """
    words = _telling(sentence)
    fixed = completed(sentence, fixed)
    named: Sequence[Named] = fixed.named
    if names and not named and fixed.params.get("group_by") != "category":  # "hosting, travel, office"
        named = possible_names(sentence, names)
    odds = odds_of(" ".join((*words, *_marks(named, fixed.params.get("group_by"), fixed.each))))
    if "top" in words and odds:  # the largest of what nobody is ranked by may be single movements
        odds["movements"] = max(odds["movements"], _RANKED * max(odds.values()))
    for part in parts:
        for name, value in odds_of(part).items():
            odds[name] = max(odds.get(name, 0.0), value)
    if understood.kind != "clarify" and "over" not in fixed.params and not _is_in_scope(words, named, odds):
        return ()
    read = list(variants(sentence, fixed, named))
    is_crossed = any(variant.each for _, variant in read)
    first = {
        *(understood.candidates if understood.kind == "clarify" else ()),
        *(["movements"] if "over" in fixed.params else []),
        *(name for name, metric in catalogue.load().items() if metric.each and is_crossed),
    }
    groups = [*(["customer"] if asks_who(sentence) else []), *hinted(sentence)]
    offers: dict[str, tuple[float, str, Json]] = {}
    for name, metric in catalogue.load().items():
        if name not in first and odds.get(name, 0.0) < _LEAST:
            continue
        likely = odds.get(name, 0.0) + (name in first) + _NAMED * (name in understood.candidates)
        for certain, variant in read:
            for share, params in _ways(metric, variant, groups):
                about = _NAMED * is_about(metric, params)  # "spend on AWS" is by vendor
                likelihood = (likely * share + about) * certain
                for less, way in ((1.0, params), *further(sentence, metric, params, fixed)):
                    kin, way = _by_its_name(metric, way)
                    key = bound_key(kin, way, fixed.as_of)
                    if key and offers.get(key, (0.0,))[0] < likelihood * less:
                        offers[key] = (likelihood * less, kin, way)
    best = _mixed(sorted(offers.values(), key=lambda offer: -offer[0]))
    return tuple(suggestion(name, params, fixed.as_of, names) for _, name, params in best)


def _by_its_name(metric: Metric, params: Json) -> tuple[str, Json]:
    """The metric of the same family that has this metric with this grouping as its title: "Spend by vendor"."""
    for kin in catalogue.load().values():
        if (
            kin.family
            and kin.family == metric.family
            and kin is not metric
            and kin.title == _head(metric, params)
        ):
            rest = {name: value for name, value in params.items() if name != "group_by"}
            if rest.keys() <= set(kin.params):
                return kin.name, rest
    return metric.name, params


def _mixed(offers: Sequence[tuple[float, str, Json]]) -> list[tuple[float, str, Json]]:
    """The best offers, no more than two of one metric while there are others."""
    often = Counter[str]()
    later = []
    for place, (_, name, _) in enumerate(offers):
        often[name] += 1
        later.append((often[name] > _OF_ONE, place))
    return [offers[place] for _, place in sorted(later)[:MOST]]


def bound_key(name: str, params: Json, today: date) -> str | None:
    """The same text for "refunds by month" and "refunds"; None for what cannot be asked."""
    try:
        return f"{name} {bind(catalogue.load()[name], params, today)}"
    except InvalidInputError:
        return None


def suggestion(name: str, params: Json, today: date, names: LedgerNames | None) -> Suggestion:
    """A metric with its parameters, as a question to ask."""
    return Suggestion(title=_title(catalogue.load()[name], params, today, names), metric=name, params=params)


def _is_in_scope(words: Sequence[str], named: Sequence[Named], odds: Mapping[str, float]) -> bool:
    """Whether a question may be one about the ledger: by a word of a metric, by a name, or by how sure the scorer is."""
    return (
        any(asks(word) for word in words)
        or (bool(named) and bool(words))
        or max(odds.values(), default=0.0) > _SURE
    )


def _ways(metric: Metric, fixed: Fixed, groups: Sequence[str]) -> Iterator[tuple[float, Json]]:
    """The ways to ask a metric what the question fixes, each with its share of the metric's likelihood.

    `groups` are the groupings that it may mean, the surest first.
    """
    params = _kept(metric, fixed)
    if params is None:
        return
    share = 1.0 if fixed.params.keys() <= params.keys() else _LESS_LIKELY
    if "group_by" not in params:
        trend = ["month"] if fixed.trend and metric.groups and metric.groups[0] != "month" else []
        for group in dict.fromkeys((*trend, *groups)):
            if group in metric.groups and group not in {metric.groups[0], *params}:
                yield share, {**params, "group_by": group}
                share *= _LESS_LIKELY if group in trend or group == "customer" else _LESS_SURE
    yield share, params


def telling_words(question: str, as_of: date, names: LedgerNames | None) -> str:
    """The words of a question that say which metric is meant: no names, periods and groupings but marks of them."""
    sentence = Sentence(question, words_of(names) if names else ())
    named: list[Named] = []
    group = None
    try:
        named = take_names(sentence, names)
        take_period(sentence, as_of)
        group = take_grouping(sentence).by
    except (NoNameError, NoPeriodError, UnfitError):
        pass
    return " ".join((*_telling(sentence), *_marks(named, group)))


def _telling(sentence: Sentence) -> list[str]:
    words = (sentence.words[place] for place in sentence.untaken())
    return [word for word in words if not is_filler(word)]


def _marks(named: Iterable[Named], *groups: str | None) -> list[str]:
    """A mark for each kind of name, and for each grouping."""
    roles = {role for name in named for role in ROLES if getattr(name, role)}
    return [f"◆{role}" for role in sorted(roles)] + [f"§{group}" for group in groups if group]


def _kept(metric: Metric, fixed: Fixed) -> Json | None:
    """The parameters that the question fixes and this metric takes; None where a name, or a whole period, would be lost."""
    if "over" in fixed.params and "over" not in metric.params:
        return None  # the answer would hold more than was asked for
    if fixed.each != metric.each or ("to" in fixed.params and "to" not in metric.params):
        return None
    params = {name: value for name, value in (fixed.params | fixed.senses).items() if name in metric.params}
    if params.get("group_by") not in metric.groups:
        params.pop("group_by", None)
    for named in fixed.named:
        role = next((role for role in ROLES if role in metric.params and getattr(named, role)), None)
        if role is None or role in params:
            return None
        params[role] = getattr(named, role)
    return params


def _title(metric: Metric, params: Json, today: date, names: LedgerNames | None) -> str:
    """The question in words, which mean the same when they are typed: "Spend by vendor, AWS, October"."""
    customers = {value: name for name, value in names.customers.items()} if names else {}
    parts: Iterable[str | None] = (
        _head(metric, params),
        f"over {params['over']}" if "over" in params else None,
        params.get("vendor"),
        params.get("category"),
        customers.get(params.get("customer", ""), params.get("customer")),
        params.get("currency"),
        _period(params, today),
        # Last: "first 5, October" is the fifth of October.
        f"first {params['limit']}" if params.get("limit") else None,
    )
    return ", ".join(part for part in parts if part)


def _head(metric: Metric, params: Json) -> str:
    """The metric with its grouping: "Spend by month", "Largest outgoing movements"."""
    by, title = params.get("group_by"), metric.title
    if metric.each:
        return f"{title.rsplit(' ', 1)[0]} {by or metric.groups[0]}"
    base = title.removesuffix(_OVER_TIME)
    if by is None and base != title and "to" in params:  # over one step, a word of trend is refused
        by = metric.groups[0]
    if by and not title.endswith(f" by {by}"):
        title = f"{base.split(' by ')[0]} by {by}"
    senses = [_SENSES[params[name]] for name in ("order", "direction") if name in params]
    return " ".join((*senses, title)).capitalize() if senses else title


def _period(params: Json, today: date) -> str | None:
    """The period in words; None without one."""
    start, end = params.get("from"), params.get("to")
    if end is None:
        return None
    last = end - timedelta(days=1)
    if start is None:
        return f"until {_day(last, today)}"
    if start == last:
        return _day(start, today)
    for unit in ("month", "quarter", "year"):
        begins = start_of(unit, start) == start and start_of(unit, last) == start
        if begins and start_of(unit, end) == end:
            return _unit(unit, start, today)
        if begins and last == today:
            return f"this {unit}"
    ends = f"{last.day} {last:%B}" + ("" if start.year == last.year == today.year else f" {last.year}")
    return f"{_day(start, today)} to {ends}"


def _unit(unit: str, start: date, today: date) -> str:
    year = "" if start.year == today.year else f" {start.year}"
    if unit == "year":
        return str(start.year)
    return (f"{start:%B}" if unit == "month" else f"Q{(start.month + 2) // 3}") + year


def _day(day: date, today: date) -> str:
    return f"{day.day} {day:%B}" + ("" if day.year == today.year else f" {day.year}")
