"""Who pays whom: "how much did AWS charge us" is spend, "how much did we charge AWS" is none."""

from __future__ import annotations

import re
from typing import Literal

from execops.canvas.ask.words import NAMED, Question
from execops.canvas.catalogue import Metric

Flow = Literal["in", "out"]

_AUX = r"(?:(?:did|do|does|have|has|had|are|is|were|was|been|ever|already|just|actually|all) )*"
_PARTY = rf"(?:(?:{NAMED} ?)+|customers?|vendors?|stripe)"
_PAYER = rf"(?:(?:{NAMED} ?)+|customers?)"
_GIVE = "(?:pay|pays|paid|paying|spend|spends|spent|spending|give|gave|given|send|sent|hand|handed)"
_CHARGE = "(?:charge|charges|charged|charging|bill|bills|billed|billing|invoice|invoices|invoiced|invoicing)"
_GET = "(?:get|got|gets|receive|received|receiving|collect|collected|collecting|earn|earned|make|made|making)"
_FLOWS: dict[Flow, list[re.Pattern[str]]] = {
    "out": [
        re.compile(pattern)
        for pattern in (
            rf"\bwe {_AUX}{_GIVE}\b",
            rf"\bpaid (?:to |out to )?(?:{NAMED}|vendors?\b|customers?\b)",
            rf"{_PARTY} ?{_AUX}{_CHARGE}\b(?! by)",
            rf"{_PARTY} ?{_AUX}costs?\b",
            rf"\bwe {_AUX}(?:buy|bought|get (?:charged|billed|invoiced)|got (?:charged|billed|invoiced))\b",
            rf"\b(?:spend|spent|spending) on (?:{NAMED}|customers?\b)",
        )
    ],
    "in": [
        re.compile(pattern)
        for pattern in (
            rf"{_PARTY} ?{_AUX}{_GIVE} us\b",
            rf"{_PAYER} ?{_AUX}(?:pays|paid|paying|spent|bought|buys)\b",
            rf"(?:(?:did|do|does) {NAMED} ?|\bcustomers ?)(?:\w+ )?(?:pay|spend|buy)\b",
            rf"\bwe {_AUX}{_CHARGE}\b",
            rf"\bwe {_AUX}{_GET}\b(?! (?:back|charged|billed|invoiced))",
            rf"\b(?:received?|payments?|money|cash|income) (?:received )?from (?:{NAMED}|vendors?\b|customers?\b)",
            rf"\b{_GIVE} (?:to us|us)\b",
            rf"\b{_GIVE} by (?:{NAMED}|customers?\b)",
            r"\brefunded us\b|\bgot (?:\w+ )?back\b",
        )
    ],
}
_THEIRS = re.compile(
    rf"(?:stripe|customers|{NAMED}) {_AUX}(?:make|makes|made|earn|earns|earned|sell|sells|sold)\b(?! us)"
)


def flows(question: Question) -> set[Flow]:
    """Which ways money flows, by the words of the question."""
    return {flow for flow, patterns in _FLOWS.items() if any(map(question.find_in_full, patterns))}


def wrong_side(question: Question, metric: Metric) -> str | None:
    """Why a metric does not count money that flows the way the question says; None where it may."""
    said = flows(question)
    if metric.flow is not None and said and metric.flow not in said:
        way = "comes in" if metric.flow == "in" else "goes out"
        return f"{metric.title} counts what {way}."
    theirs = question.find_in_full(_THEIRS) or any(
        question.possessive[at] and word in {"stripe", "customers", "customer"}
        for at, word in enumerate(question.sentence)
    )
    if metric.flow == "in" and theirs:
        return "The ledger holds our own money, not that of others."
    return None
