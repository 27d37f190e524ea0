"""Which metric a question means: the one whose words cover the most of it, and whose parameters fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from execops.canvas import catalogue
from execops.canvas.ask.counting import COUNT_WORDS, counts
from execops.canvas.ask.names import Named
from execops.canvas.ask.vocabulary import (
    MUTE,
    SOFT,
    Phrase,
    also,
    is_false_friend,
    is_filler,
    phrases,
    stems_of,
    why_not,
)
from execops.canvas.ask.words import Question, stem
from execops.canvas.catalogue import TIME_GROUPS, Metric
from execops.canvas.params import bind
from execops.errors import InvalidInputError
from execops.model import Json

_NEAREST = 3
_WHICH = {"from": "period", "to": "period", "group_by": "such grouping", "limit": "number of rows"}


class Unanswerable(Exception):  # noqa: N818 - nothing is wrong: the question fits no metric, or several
    """Why no metric of the family takes what the question fixes, or which ones do equally."""

    def __init__(self, why: str, candidates: tuple[str, ...] = ()) -> None:
        super().__init__(why)
        self.candidates = candidates


@dataclass(frozen=True, slots=True)
class Choice:
    """The metrics that cover a question's words best, and what they leave uncovered."""

    metrics: tuple[str, ...]
    stems: frozenset[str]  # of the words that they cover
    left: tuple[str, ...]
    nearest: tuple[str, ...]
    why: str
    counted: bool

    @property
    def families(self) -> set[str]:
        """Those of the metrics; a metric without kin is a family of its own."""
        return {_family(each) for each in self.metrics}

    def resolve(
        self, params: Json, named: Sequence[Named], written: str | None, *, trend: bool, as_of: date
    ) -> tuple[str, Json]:
        """The one metric, and its parameters. Raises Unanswerable."""
        load = catalogue.load()
        first = load[self.metrics[0]]
        kin = [each for each in load.values() if _family(each.name) == _family(first.name)]
        fits: dict[str, Json] = {}
        why = ""
        for metric in kin:
            if metric.name not in self.metrics and not self.stems <= stems_of(metric.name):
                continue
            if self.counted and metric.unit != "count" and any(each.unit == "count" for each in kin):
                continue
            try:
                fits[metric.name] = complete(
                    metric, params, named, written, counted=self.counted, trend=trend, as_of=as_of
                )
            except (Unanswerable, InvalidInputError) as exc:
                why = str(exc) if not why or metric is first else why
        if not fits:
            raise Unanswerable(why)
        name = self._best(fits, trend=trend)
        return name, fits[name]

    def _best(self, fits: dict[str, Json], *, trend: bool) -> str:
        """Of those that fit: the one that is about what is named or grouped by, else the one asked for."""
        load = catalogue.load()
        about = [
            name
            for name, params in fits.items()
            if load[name].groups[0]
            in {params.get("group_by"), *(each for each in ("vendor", "customer") if each in params)}
            and params.get("group_by") not in TIME_GROUPS
        ]
        if trend:
            about = [name for name in fits if load[name].chart == "line"]
        elif self.counted:
            about = [name for name in fits if load[name].unit == "count"] or about
        pool = about if len(about) == 1 else [name for name in fits if name in self.metrics] or list(fits)
        if len(pool) > 1:
            raise Unanswerable("More than one metric fits.", tuple(pool))
        return pool[0]


def choose(question: Question, roles: frozenset[str] = frozenset()) -> Choice:
    """The metrics whose words cover the question best: none that covers less of it than another.

    `roles` are those of the names in the question: a named customer is a customer among its words.
    """
    counted = counts(question)
    core = _telling(question, counted=counted)
    core += [(-1, stem(role), 0) for role in sorted(roles)]
    have = {word for _, word, _ in core}
    covered: dict[str, frozenset[int]] = {}
    for phrase in phrases():
        if phrase.words <= have:
            places = _places(phrase, core)
            covered[phrase.metric] = covered.get(phrase.metric, frozenset()) | places
    covered = {name: places for name, places in covered.items() if places}
    wider = {name: places | _besides(name, places, core) for name, places in covered.items()}
    everything = frozenset().union(*covered.values())
    of_role = {name for name in covered if roles & set(catalogue.load()[name].params)}
    if any(wider[name] >= everything for name in of_role):  # "payments to AWS" are none that came in
        covered = {name: places for name, places in covered.items() if name in of_role}
    best = tuple(
        name
        for name, places in covered.items()
        if not any(
            places < covered[other] or (places <= wider[other] and not covered[other] <= wider[name])
            for other in covered
        )
    )
    if counted and {word for at, word, _ in core if at >= 0} & {stem("customers")} == _explained(
        covered, best, core
    ):
        best = ()  # how many customers there are: no metric counts them
    explained = frozenset().union(*(wider[name] for name in best))
    left = tuple(
        question.words[at]
        for at, _, _ in core
        if at >= 0
        and (at not in explained or any(is_false_friend(question.words[at], name) for name in best))
        and question.words[at] not in SOFT
        and not (question.words[at] == "or" and {at - 1, at + 1} <= explained)
    )
    return Choice(
        metrics=best,
        stems=frozenset(word for at, word, _ in core if at in explained),
        left=left,
        nearest=best or _nearest(question),
        why=_why(left, best),
        counted=counted,
    )


def _besides(metric: str, places: frozenset[int], core: Sequence[tuple[int, str, int]]) -> frozenset[int]:
    """Where words stand that a question for this metric may hold besides, on the same side of an "and"."""
    segments = {segment for at, _, segment in core if at in places}
    return frozenset(at for at, word, of in core if at >= 0 and of in segments and word in also(metric))


def _explained(
    covered: dict[str, frozenset[int]], best: Sequence[str], core: Sequence[tuple[int, str, int]]
) -> set[str]:
    places = frozenset().union(*(covered[name] for name in best))
    return {word for at, word, _ in core if at in places} or {""}


def _telling(question: Question, *, counted: bool) -> list[tuple[int, str, int]]:
    """The words that bear on the metric: place, stem, and how many times "and" stood before."""
    found, segment = [], 0
    for at in question.left():
        word = question.words[at]
        segment += word in {"and", "plus"}
        before = question.before(at)
        if not is_filler(word, before) and not (counted and word in COUNT_WORDS):
            found.append((at, stem(word), segment))
    return found


def _places(phrase: Phrase, core: Sequence[tuple[int, str, int]]) -> frozenset[int]:
    """Where a phrase's words stand, all on one side of an "and"; soft words are asked for, but explain nothing."""
    found: frozenset[int] = frozenset()
    segments = [None] if phrase.joined else sorted({segment for _, _, segment in core})
    for segment in segments:
        here = [
            (at, word) for at, word, of in core if (segment in {None, of} or at < 0) and word in phrase.words
        ]
        if {word for _, word in here} == phrase.words:
            found |= {at for at, word in here if at >= 0 and word not in MUTE}
    return found


def _why(left: Sequence[str], metrics: Sequence[str]) -> str:
    reasons = [why for why in map(why_not, left) if why]
    if reasons:
        return reasons[0]
    if not metrics:
        return "The canvas has no answer to this."
    return f"“{' '.join(left)}” is no word of a metric, and no name in the ledger." if left else ""


def _nearest(question: Question) -> tuple[str, ...]:
    """The metrics with the most similar sample questions."""
    from rapidfuzz import fuzz, process

    samples = {sample: metric.name for metric in catalogue.load().values() for sample in metric.samples}
    asked = " ".join(question.words[at] for at in question.left())
    found = process.extract(asked, list(samples), scorer=fuzz.WRatio, score_cutoff=75, limit=8)
    return tuple(dict.fromkeys(samples[each] for each, _, _ in found))[:_NEAREST]


def _family(name: str) -> str:
    return catalogue.load()[name].family or name


def complete(
    metric: Metric,
    params: Json,
    named: Sequence[Named],
    written: str | None,
    *,
    counted: bool,
    trend: bool,
    as_of: date,
) -> Json:
    """The parameters of this metric. Raises Unanswerable and InvalidInputError where it has none such."""
    values: Json = dict(params)
    today = {"from": as_of, "to": None}
    if "from" not in metric.params and values.get("from") == today["from"]:
        values = {name: value for name, value in values.items() if name not in today}  # a metric of now
    if trend and "group_by" not in values:
        if not set(metric.groups) & set(TIME_GROUPS):
            raise Unanswerable(f"{metric.title} is not known over time.")
        if metric.groups[0] not in TIME_GROUPS:
            values["group_by"] = "month"
    for each in named:
        _name(metric, values, each)
    if written is not None:
        takes = [name for name in ("vendor", "customer") if name in metric.params]
        if len(takes) != 1:
            raise Unanswerable(f"{metric.title} is not known for “{written}” alone.")
        values[takes[0]] = written
    for name in values:
        if name not in metric.params:
            raise Unanswerable(f"{metric.title} takes no {_WHICH.get(name, name)}.")
    if counted and not any(each.unit in {"count", "months"} for each in metric.columns):
        raise Unanswerable(f"{metric.title} does not count anything.")
    bind(metric, values, as_of)
    return values


def _name(metric: Metric, values: Json, named: Named) -> None:
    for role in ("vendor", "customer"):
        value: Any = getattr(named, role)
        if value is not None and role in metric.params:
            if role in values and values[role] != value:
                raise Unanswerable("One name at a time.")
            values[role] = value
            return
    raise Unanswerable(f"{metric.title} is not known for “{named.text}” alone.")
