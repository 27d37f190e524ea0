"""What is no question about numbers: something is to be done, or advice is wanted."""

from __future__ import annotations

import re

from execops.canvas.ask.vocabulary import ADVICE, FORECAST, ORDER, WRITES, known_words
from execops.canvas.ask.words import NAMED, Question

_POLITE = frozenset(
    """please kindly hey hi hello ok okay so just now can could would will you go ahead and then lets quickly team first
    also right we""".split()  # noqa: SIM905
)
# Verbs that are no nouns: at the head of a sentence they order.
_VERBS = frozenset(
    """pay approve send cancel reject accept recover collect withdraw deliver generate handle remind retry close
    bill invoice undo""".split()  # noqa: SIM905
)
_OBJECTS = frozenset(
    """the all every everyone everybody any this that these those my our them him her it us back a an each his their
    customer customers invoice invoices half $ € £ now immediately asap""".split()  # noqa: SIM905
) | {NAMED}
_TOLD = re.compile(
    r"(?:\bthen|\bplease|(?:^|\b(?:want|need|like|going|us|you|have) )(?:to|and|lets|just))$"
    r"|\b(?:can|could|should|shall|must) (?:we|you)$"
)
_ADVICE = re.compile(
    r"\b(?:what (?:can|could|should) we\b|what do we (?:do|need to|have to)|how (?:can|could|should|might|to)\b|ways? to\b|tell us how to"
    r"|how (?:do|does|did|would) (?:we|you|one|customers)(?! (?:look|stand|fare|compare|do)\b)"
    r"|(?<!how long )(?<!months )(?<!how far )(?:can|could|may|should) we\b)"
)
_FUTURE = re.compile(
    rf"\b(?:going to(?! (?:{NAMED}|the|our|vendors?|customers?|stripe)(?: |$))|about to|to come|to (?:pay|make|collect|be paid)|would|could)\b"
)


def unasked(question: Question) -> str | None:
    """Why this is no question about numbers; None where it may be one."""
    if _is_order(question.words):
        return ORDER
    if question.find(_ADVICE):
        return ADVICE
    return FORECAST if question.find(_FUTURE) else None


def _is_order(words: list[str]) -> bool:
    """Whether something is to be done: "refund Acme", "can you pay the AWS bill"."""
    first = next((at for at, word in enumerate(words) if word not in _POLITE), None)
    for at, word in enumerate(words):
        if word not in WRITES | _VERBS | {"give"}:
            continue
        before, after = " ".join(words[max(0, at - 2) : at]), words[at + 1] if at + 1 < len(words) else ""
        if at == first and after and (word in _VERBS or (word == "give" and after == NAMED)):
            return True
        whom = word != "give" and (
            after in _OBJECTS or after.isdigit() or (after and after not in known_words())
        )
        if whom and (at == first or _TOLD.search(before)):
            return True
    return False
