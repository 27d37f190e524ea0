"""Which metrics a question means, in three passes.

1. `_cover`: the phrases of every metric, found among the words that bear on the metric;
2. `_best`: the metrics of which no other covers more;
3. `_unexplained`: the words that the best metrics leave over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct

from execops.canvas import catalogue
from execops.canvas.ask.counting import COUNT_WORDS, asks_total, is_count
from execops.canvas.ask.refusals import as_typed, is_foreign, is_mistaken, is_subject, why_left_over
from execops.canvas.ask.sentence import Sentence
from execops.canvas.ask.vocabulary import Phrase, also, is_filler, mute, phrases_by_stem, soft
from execops.canvas.ask.word_forms import stem

_NEAREST = 3
_FOREIGN = (
    "The canvas does not know these words. It understands English; execops synonyms add lets a word of yours"
    " mean words that it knows."
)
Places = frozenset[int]  # of words in the sentence


class Word(NamedTuple):
    """A word that bears on the metric; at place -1, the role of a name."""

    place: int
    stem: str
    side: int  # how many times "and" stood before


class Choice(Struct, frozen=True):
    """The metrics that cover a question's words best, and what they leave over."""

    metrics: tuple[str, ...]
    stems: frozenset[str]  # of the words that they cover
    unexplained: tuple[str, ...]
    nearest: tuple[str, ...]
    why: str  # the question is refused for what is left over, or for lack of a metric

    @property
    def families(self) -> set[str]:
        """The families of the metrics; a metric without kin is a family of its own."""
        return {family(name) for name in self.metrics}


def choose(sentence: Sentence, roles: frozenset[str] = frozenset(), *, trend: bool = False) -> Choice:
    """The metrics whose words cover the question best: none that covers less of it than another.

    `roles` are those of the names in the question: a named customer is a customer among its words. A vendor who went up,
    by a word of `trend`, is spend.
    """
    counted = is_count(sentence)
    words = _bearing(sentence, is_count=counted)
    words += [Word(-1, stem(role), 0) for role in sorted(roles)]
    covered = _cover(words)
    wider = {name: places | _besides(name, places, words) for name, places in covered.items()}
    best = _best(covered, wider, roles)
    names_spend = "category" in roles or (trend and "vendor" in roles)
    if not best and names_spend and not counted and not any(word.place >= 0 for word in words):
        name = "spend_over_time" if trend else "spend_by_category"  # "has AWS gone up", "hosting by vendor"
        best, wider = (name,), {name: frozenset()}
    if (
        not best
        and roles == {"vendor"}
        and asks_total(sentence)
        and not any(word.place >= 0 for word in words)
    ):
        best, wider = ("spend_by_vendor",), {"spend_by_vendor": frozenset()}  # "Delta's total for last year"
    if counted and _counts_customers_alone(words, covered, best):
        best = ()
    explained = frozenset().union(*(wider[name] for name in best))
    places = _unexplained(sentence, words, explained, best)
    return Choice(
        metrics=best,
        stems=frozenset(word.stem for word in words if word.place in explained),
        unexplained=tuple(sentence.words[place] for place in places),
        nearest=best or _nearest(sentence),
        why=_why(sentence, places, best),
    )


def family(name: str) -> str:
    """The family of a metric, or its own name."""
    return catalogue.load()[name].family or name


def _bearing(sentence: Sentence, *, is_count: bool) -> list[Word]:
    """The words that bear on the metric."""
    words, side = [], 0
    for place in sentence.untaken():
        word = sentence.words[place]
        side += word in {"and", "plus"}
        if is_subject(sentence, place) or not (is_filler(word) or (is_count and word in COUNT_WORDS)):
            words.append(Word(place, stem(word), side))
    return words


def _cover(words: Sequence[Word]) -> dict[str, Places]:
    """The first pass: the places of each metric's words, for the metrics that have a whole phrase in the question."""
    stems = {word.stem for word in words}
    fitting = {
        place: phrase
        for telling in stems
        for place, phrase in phrases_by_stem().get(telling, ())
        if phrase.stems <= stems
    }
    covered: dict[str, Places] = {}
    for _, phrase in sorted(fitting.items()):
        covered[phrase.metric] = covered.get(phrase.metric, frozenset()) | _places(phrase, words)
    return {name: places for name, places in covered.items() if places}


def _places(phrase: Phrase, words: Sequence[Word]) -> Places:
    """The places of a phrase's words, all on one side of an "and". Mute words are required, but explain nothing."""
    places: Places = frozenset()
    for side in [None] if phrase.joined else sorted({word.side for word in words}):
        here = [
            word
            for word in words
            if (side in {None, word.side} or word.place < 0) and word.stem in phrase.stems
        ]
        if {word.stem for word in here} == phrase.stems:
            places |= {word.place for word in here if word.place >= 0 and word.stem not in mute()}
    return places


def _besides(metric: str, places: Places, words: Sequence[Word]) -> Places:
    """The places of further words that a question for this metric may hold, on the same side of an "and"."""
    sides = {word.side for word in words if word.place in places}
    return frozenset(
        word.place for word in words if word.place >= 0 and word.side in sides and word.stem in also(metric)
    )


def _best(
    covered: Mapping[str, Places], wider: Mapping[str, Places], roles: frozenset[str]
) -> tuple[str, ...]:
    """The second pass: drop each metric that covers less than another.

    `wider` holds, beside the covered places, those of the words that the metric may hold besides.
    """
    everything = frozenset().union(*covered.values())
    of_role = {name for name in covered if roles & set(catalogue.load()[name].params)}
    if any(wider[name] >= everything for name in of_role):  # "payments to AWS" are none that came in
        covered = {name: places for name, places in covered.items() if name in of_role}
    return tuple(
        name
        for name, places in covered.items()
        if not any(
            places < covered[other] or (places <= wider[other] and not covered[other] <= wider[name])
            for other in covered
        )
    )


def _counts_customers_alone(
    words: Sequence[Word], covered: Mapping[str, Places], best: Sequence[str]
) -> bool:
    """Whether the question is how many customers there are, which no metric counts."""
    places = frozenset().union(*(covered[name] for name in best))
    return {word.stem for word in words if word.place in places} == {stem("customers")}


def _unexplained(
    sentence: Sentence, words: Sequence[Word], explained: Places, best: Sequence[str]
) -> list[int]:
    """The third pass: the places of the words that the best metrics do not explain, or are mistaken for."""
    return [
        word.place
        for word in words
        if word.place >= 0
        and (
            word.place not in explained or any(is_mistaken(sentence.words[word.place], name) for name in best)
        )
        and sentence.words[word.place] not in soft()
        and not (sentence.words[word.place] == "or" and {word.place - 1, word.place + 1} <= explained)
    ]


def _why(sentence: Sentence, places: Sequence[int], metrics: Sequence[str]) -> str:
    if why := why_left_over(sentence, places):
        return why
    if not metrics:
        return _FOREIGN if is_foreign(sentence) else "The canvas has no answer to this."
    return as_typed(sentence, places) if places else ""


def _nearest(sentence: Sentence) -> tuple[str, ...]:
    """The metrics with the most similar sample questions."""
    from rapidfuzz import fuzz, process

    samples = {sample: metric.name for metric in catalogue.load().values() for sample in metric.samples}
    asked = " ".join(sentence.words[place] for place in sentence.untaken())
    near = process.extract(asked, list(samples), scorer=fuzz.WRatio, score_cutoff=75, limit=8)
    return tuple(dict.fromkeys(samples[sample] for sample, _, _ in near))[:_NEAREST]
