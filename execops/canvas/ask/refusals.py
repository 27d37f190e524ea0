"""Questions that look like one for a metric, and are refused.

- `why_unasked`: something is to be done, advice is wanted, or what is to come, or to be paid, is asked for;
- `is_mistaken`, `is_subject`: a word only sounds like a metric's; a word that says nothing is the subject;
- `why_refused`: the metric's money goes the other way, is somebody else's, or is not what the question counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from execops.canvas.ask import lexicon
from execops.canvas.ask.counting import miscounted
from execops.canvas.ask.names import Named
from execops.canvas.ask.sentence import NAMED, Sentence
from execops.canvas.ask.vocabulary import (
    asks,
    is_filler,
    known_words,
    reasons,
    stem_is_known,
    why_not,
    writes,
)
from execops.canvas.catalogue import Metric

_SLASHED = re.compile(r"\d{1,2}/\d{1,2}(?:/\d{2,4})?")
_YEAR = re.compile(r"(?:19|20)\d\d")


def why_unasked(sentence: Sentence) -> str | None:
    """Why this is no question about numbers; None where it may be one."""
    if _is_order(sentence.words):
        return reasons()["order"]
    for kind in ("payable", "advice", "forecast", "meaning"):
        if any(map(sentence.find, lexicon.patterns("orders", kind))):
            return reasons()[kind]
    return None


def why_not_owed(sentence: Sentence, named: Sequence[Named]) -> str | None:
    """Why what a vendor of the ledger is owed has no answer; None where nobody asks for it."""
    has_vendor = any(name.vendor and not name.customer for name in named)
    if has_vendor and any(map(sentence.find, lexicon.patterns("orders", "unpaid"))):
        return reasons()["payable"]
    return None


def orders_with(sentence: Sentence, phrase: list[str]) -> bool:
    """Whether these words head the sentence with an object behind them, as a verb does: "zap Acme", "zap the invoice"."""
    written = [word.lower() for word in sentence.written]
    polite = lexicon.words("orders", "polite")
    first = next((place for place, word in enumerate(written) if word not in polite), 0)
    end = first + len(phrase)
    if written[first:end] != phrase or end >= len(written):
        return False
    after = " ".join(sentence.words[end : end + 2])
    if any(pattern.match(after) for pattern in lexicon.patterns("orders", "period")):
        return False
    return sentence.words[end] in _objects() or sentence.words[end].isdigit()


def why_left_over(sentence: Sentence, places: Sequence[int]) -> str | None:
    """The reason for the first word at these places that no metric answers for; None where none of them is such a word.

    A verb of doing in a sentence that tells of what was done, and an adjective, are no orders.
    """
    for place in places:
        why = why_not(sentence.words[place])
        if why == reasons()["comparison"]:
            return _why_not_compared(sentence)
        if why and not (why == reasons()["order"] and _is_told_of(sentence.words, place)):
            return why
    return None


def is_foreign(sentence: Sentence) -> bool:
    """Whether the canvas knows none of a question's words, or less than half of several."""
    words = [word for place in sentence.untaken() if (word := sentence.words[place]).isalpha()]
    unknown = sum(not stem_is_known(word) for word in words)
    return unknown > 0 and (unknown == len(words) or unknown > max(1, len(words) // 2))


def as_typed(sentence: Sentence, places: Sequence[int]) -> str:
    """Say that the words at these places are not known, in the words of the person who asks."""
    written = "".join(f" {sentence.written[place]}" for place in places).replace(" / ", "/").strip(" /")
    if _SLASHED.fullmatch(written):
        return f"Write a day such as “{written}” as 3 October or 2026-10-03: countries read it differently."
    words = (
        written
        if written.lower() in sentence.typed
        else " ".join(word for word in written.split() if word.lower() in sentence.typed)
    )
    return f"I don't know “{words}”." if words else "Not all of this is understood: say it in other words."


def _why_not_compared(sentence: Sentence) -> str:
    words = {word.lower() for word in sentence.written}
    if sentence.words.count(NAMED) > 1:
        return reasons()["comparison_of_names"]
    has_years = (
        bool(words & {"year", "years", "yoy"}) or sum(bool(_YEAR.fullmatch(word)) for word in words) > 1
    )
    return reasons()["comparison_of_years" if has_years else "comparison"]


def _is_told_of(words: Sequence[str], place: int) -> bool:
    """Whether a verb of doing is none here: "how many did we close", "open disputes"."""
    before = " ".join([*words[:place], ""])
    if any(pattern.search(before) for pattern in lexicon.patterns("orders", "told")):
        return True
    after = words[place + 1] if place + 1 < len(words) else ""
    return words[place] in lexicon.words("orders", "adjective") and asks(after)


def is_mistaken(word: str, metric: str) -> bool:
    """Whether a word only looks like one of this metric's: "custom revenue", "open disputes"."""
    return word in lexicon.words("refusals", "false_friend") and not (
        word == "open" and metric == "proposals"
    )


def is_subject(sentence: Sentence, place: int) -> bool:
    """Whether a word that says nothing is what the question is about: "spend on data"."""
    word, before = sentence.words[place], sentence.before(place)
    prepositions = lexicon.words("fillers", "preposition")
    if not is_filler(word) or before not in prepositions or word in prepositions:
        return False
    if word in lexicon.words("fillers", "determiner"):
        return False
    return not (before == "to" and word in lexicon.words("fillers", "after_to"))


def why_refused(sentence: Sentence, metric: Metric) -> str | None:
    """Why a metric whose words fit does not answer; None where it may."""
    return next((why for refusal in _REFUSALS if (why := refusal(sentence, metric))), None)


def flows(sentence: Sentence) -> set[str]:
    """Which ways money goes, by the words of the question: `in`, `out`."""
    return {
        flow for flow in ("in", "out") if any(map(sentence.find_in_full, lexicon.patterns("flows", flow)))
    }


def _wrong_way(sentence: Sentence, metric: Metric) -> str | None:
    """Refuse "what did we charge AWS": a metric of what comes in where the question's money goes out."""
    ways = flows(sentence)
    if metric.flow is None or not ways or metric.flow in ways:
        return None
    return f"{metric.title} counts what {'comes in' if metric.flow == 'in' else 'goes out'}."


def _theirs(sentence: Sentence, metric: Metric) -> str | None:
    """Refuse "how much did Stripe make", "our customers' sales"."""
    possessive = any(
        sentence.possessive[place] and word in {"stripe", "customers", "customer"}
        for place, word in enumerate(sentence.without_names)
    )
    if (metric.flow == "in" or metric.name in _OURS) and (
        possessive or any(map(sentence.find_in_full, lexicon.patterns("flows", "theirs")))
    ):
        return "The ledger holds our own money, not that of others."
    return None


def _ranked(sentence: Sentence, metric: Metric) -> str | None:
    """Refuse "top customers by month": a metric that lists nobody by rank."""
    if "limit" in metric.params or not any(map(sentence.find_in_full, lexicon.patterns("limits", "ranked"))):
        return None
    return reasons()["rank"]


_OURS = frozenset({"mrr", "arr"})
_SPANS = (["week"], ["month"], ["quarter"], ["year"])
_REFUSALS: tuple[Callable[[Sentence, Metric], str | None], ...] = (_wrong_way, _theirs, _ranked, miscounted)


@cache
def _objects() -> frozenset[str]:
    return lexicon.words("orders", "object") | {NAMED}


def _is_order(words: list[str]) -> bool:
    """Whether something is to be done: "refund Acme", "can you pay the AWS bill"; "spend this month" is a question."""
    polite, verbs = lexicon.words("orders", "polite"), lexicon.words("orders", "verb")
    first = next((place for place, word in enumerate(words) if word not in polite), None)
    for place, word in enumerate(words):
        if word not in writes() and word not in verbs and word != "give":
            continue
        before = " ".join(words[max(0, place - 2) : place])
        after = words[place + 1] if place + 1 < len(words) else ""
        heads = place == first and not _is_told(words[:place])
        if _is_noun(word, words[place + 1 : place + 3]):
            continue
        if heads and after and (word in verbs or (word == "give" and after == NAMED)):
            return True
        has_object = word != "give" and (
            after in _objects() or after.isdigit() or (after and after not in known_words())
        )
        if has_object and (heads or (_leads(before) and not _takes_time(words[:place]))):
            return True
    return False


def _is_noun(word: str, after: list[str]) -> bool:
    """Whether a verb of doing stands for what was paid: before a period, or before "by vendor", "from AWS"."""
    follows = after[0] if after else ""
    if word in lexicon.words("orders", "noun") and follows in lexicon.words("orders", "after_noun"):
        return True
    currencies = lexicon.words("orders", "after_spend")
    if word == "spend" and (follows == NAMED or follows in currencies or _is_misspelt_period(after)):
        return True
    return any(pattern.match(" ".join(after)) for pattern in lexicon.patterns("orders", "period"))


def _is_misspelt_period(after: list[str]) -> bool:
    """Whether a word that nobody knows stands before a span of time: "spend thos month"."""
    return after[0:1] != [""] and after[1:2] in _SPANS and after[0] not in known_words()


def _is_told(before: list[str]) -> bool:
    """Whether "we" do it: "we pay Gusto how much" orders nothing, "can we pay" does."""
    return before[-1:] == ["we"] and not set(before[-2:-1]) & {"can", "could", "would", "will"}


def _takes_time(before: list[str]) -> bool:
    """Whether it is asked how long the doing takes: "how long does it take us to approve a proposal"."""
    return bool({"take", "takes", "took", "time", "long"} & set(before))


def _leads(before: str) -> bool:
    """Whether an order follows these words: "you have to", "and then"."""
    return any(pattern.search(before) for pattern in lexicon.patterns("orders", "lead"))
