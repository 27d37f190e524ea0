"""What else a question fixes: how rows are grouped, how many there are, in which currency."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from execops.canvas.ask.periods import NUMBER, number
from execops.canvas.ask.words import Question

_GROUPS = {
    "day": "days?|dates?",
    "week": "weeks?",
    "month": "months?",
    "quarter": "quarters?",
    "vendor": "vendors?|merchants?|payees?|providers?",
    "customer": "customers?",
    "currency": "currency|currencies",
    "type": "(?:(?:event|action|fee|webhook|proposal|draft) )?(?:types?|kinds?)",
    "reason": "(?:dispute )?(?:reasons?|causes?)",
    "play": "plays?|rules?",
    "status": "status|statuses|states?|stage",
}
_NOUN = "(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _GROUPS.items()) + ")"
_SPLIT = r"(?:(?:broken|break|breaking|split|splitting|sliced|slice|group|grouping|segmented|bucketed|aggregated|itemized|itemised|breakdown|shown|listed|ranked|sorted|divided|summed|summarized|summarised|aggregate)(?: (?:it|them|that))?(?: (?:down|up|out))?(?: (?:on|in) a)? )"
_RULES = [
    re.compile(rf"(?<![^ ]){rule}(?![^ ])")
    for rule in (
        rf"(?:{_SPLIT}|(?:month|week|day|quarter) )?(?:by|per|for each|for every|in each|in every|on each|each|every|within each|into|on a per|for each of the)(?: (?:each|every|the|calendar|individual|single))? {_NOUN}(?: basis)?",
        r"(?P<a>days?|weeks?|months?|quarters?) (?:by|over|on|after|to|per) (?:day|week|month|quarter)s?",
        rf"(?:on an? |on the |at an? |in )?(?:{_SPLIT})?(?P<ly>daily|weekly|monthly|quarterly)(?: (?:basis|steps|buckets|view|level|granularity|resolution|intervals?|increments|cadence))?",
        r"(?<!for )(?<!in )(?<!on )(?<!of )(?<!within )(?<!over )an? (?P<u>day|week|month|quarter)",
        r"(?P<w>day|week|month|quarter|vendor|customer|currency|type|reason|play|status) wise",
    )
]
_EACH = re.compile(
    r"(?<![^ ])(?:(?:for|in|per) )?(?:each|every) of(?= (?:the )?(?:last|past|previous|trailing) \S+ (?P<unit>day|week|month|quarter)s(?![^ ]))"
)
_TREND = re.compile(
    r"(?<![^ ])(?:(?:broken down )?over time|(?:the )?(?:trends?|trendline|trajectory|history|timeline|evolution|time series)(?: (?:of|in|for))?|(?:the )?development(?: (?:of|in))?(?! (?:costs?|spend|spending|expenses?|bill))|historically|across time)(?![^ ])"
)
_YEARLY = re.compile(
    r"(?<![^ ])(?:by|per|each|every|a) (?:year|years|half|fiscal \w+)(?![^ ])|\b(?:yearly|annually|annual)\b"
)

_RANK = r"(?:top|first|last|most (?:recent|expensive|valuable|costly)|heaviest|most)"
_LIMITS = [
    re.compile(rf"(?<![^ ]){rule}(?![^ ])")
    for rule in (
        rf"(?P<drop>first|last|most recent) (?P<n>{NUMBER})",
        rf"top (?P<n>{NUMBER})",
        rf"(?P<n>{NUMBER}) (?P<drop>first|last|most recent)",
        rf"(?P<n>{NUMBER}) (?:top|most|heaviest)",
        rf"limit(?:ed)?(?: to)? (?P<n>{NUMBER})",
        rf"(?:which|what|the|our|my|whose) (?P<n>{NUMBER})(?= (?:paying )?(?:customers|vendors|merchants|expenses|costs|bills|failed|declined|bounced|event|events|webhooks?)(?![^ ]))",
        rf"(?P<n>{NUMBER})(?= (?:customers|vendors|merchants) .*\bmost\b)",
    )
]
_SINGLE = re.compile(
    r"(?<![^ ])(?:top|heaviest|most (?:expensive|valuable|costly|recent|important)|(?P<drop>last|first|single|one))"
    r"(?: single| paying| spending| individual| event)?"
    r" (?:customer|account|buyer|payer|vendor|merchant|provider|payee|expense|cost|bill|spender|type|failed payment"
    r"|declined payment|failed charge|bounced card|declined card|expenditure)(?![^ ])"
)
_CURRENCIES = {
    "EUR": "euros?|€|eur",
    "USD": r"(?:us )?dollars?|\$|usd|bucks|us \$",
    "GBP": "(?:british )?pounds?(?: sterling)?|sterling|£|gbp|quid",
    "JPY": "(?:japanese )?yen|¥|jpy",
    "CHF": "(?:swiss )?francs?|chf",
    "CAD": "canadian dollars?|cad",
    "AUD": "(?:australian|aussie) dollars?|aud",
    "SEK": "swedish kron(?:a|or)|sek",
    "NOK": "norwegian kron(?:e|er)|nok",
    "DKK": "danish kron(?:e|er)|dkk",
    "PLN": "zlotys?|pln",
    "INR": "(?:indian )?rupees?|inr",
    "BRL": "brazilian reals?|brl",
    "KRW": "korean won|in won|krw",
    "CNY": "yuan|renminbi|cny|rmb",
    "SGD": "singapore dollars?|sgd",
    "NZD": "new zealand dollars?|nzd",
    "KWD": "kuwaiti dinars?|kwd",
}
_CONVERTED = re.compile(r"\b(?:convert(?:ed)?|conversion|equivalents?|translated|exchange|normali[sz]ed)\b")


class NoPieceError(Exception):
    """Words that ask for what no answer has; says why."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """How rows are grouped, and whether the question wants to see how a number moved."""

    by: str | None = None
    trend: bool = False


def take_grouping(question: Question, each: str | None = None) -> Grouping:
    """Take the words that say how rows are grouped, besides `each`. Raises NoPieceError for two ways, and for years."""
    if question.find(_YEARLY):
        raise NoPieceError("Rows go by day, week, month or quarter, not by year.")
    found = [each] if each else []
    for rule in _RULES:
        while (match := question.find(rule)) is not None:
            found.append(_group(match))
            question.take(match)
    trend = False
    while (match := question.find(_TREND)) is not None:
        trend = True
        question.take(match)
    different = list(dict.fromkeys(found))
    if len(different) > 1:
        raise NoPieceError("Rows go by one thing at a time.")
    return Grouping(different[0] if different else None, trend)


def take_each(question: Question) -> str | None:
    """Take "each of" before "the last six weeks": rows go by weeks then."""
    if (match := question.find(_EACH)) is None:
        return None
    question.take(match)
    return match["unit"]


def _group(match: re.Match[str]) -> str:
    part = {name: value for name, value in match.groupdict().items() if value is not None}
    if "ly" in part:
        return {"daily": "day"}.get(part["ly"], part["ly"].removesuffix("ly"))
    return part["a"].removesuffix("s") if "a" in part else part.get("u") or part.get("w") or next(iter(part))


def take_limit(question: Question) -> int | None:
    """Take the number of rows asked for: "top 5", "our biggest customer". Raises NoPieceError for two."""
    found = []
    for rule in _LIMITS:
        while (match := question.find(rule)) is not None:
            found.append(number(match["n"]))
            # "last" stays: it is for lists by date alone.
            taken = ["n", "drop"] if match.groupdict().get("drop") == "first" else ["n"]
            for group in sorted(taken, key=match.start, reverse=True):  # the words before keep their places
                question.take(match, group)
    if not found and (match := question.find(_SINGLE)) is not None:
        found.append(1)
        if match["drop"] in {"first", "single", "one"}:
            question.take(match, "drop")
    if len(set(found)) > 1:
        raise NoPieceError("One number of rows at a time.")
    return found[0] if found else None


def take_currency(question: Question, known: Iterable[str]) -> str | None:
    """Take the words that name a currency. Raises NoPieceError for two, and for conversions."""
    rules = dict(_CURRENCIES) | {
        code: code.lower() for code in known if code not in _CURRENCIES and code.isalpha()
    }
    found = []
    for code in sorted(rules, key=lambda each: -len(rules[each])):
        rule = re.compile(
            rf"(?<![^ ])(?:how many )?(?:(?:only )?(?:in|of) (?:the )?)?(?:{rules[code]})(?: only)?(?![^ ])"
        )
        while (match := question.find(rule)) is not None:
            found.append(code)
            question.take(match)
    if found and question.find(_CONVERTED):
        raise NoPieceError("Currencies are never converted.")
    if len(set(found)) > 1:
        raise NoPieceError("One currency at a time, or all of them in rows of their own.")
    return found[0] if found else None
