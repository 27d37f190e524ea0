"""The decisive signs of a conversation. No model may lower the urgency that the rules gave beside one.

Without one, the urgency rests on the tone of the words or on a short wait, and a model may read those more mildly.
"""

from __future__ import annotations

from execops.books.facts import Facts
from execops.plays import support, support_words

_SAID = {
    "leaving": "they say that they leave",
    "threat": "they threaten to go further, such as with a lawyer, a chargeback or a review",
    "refund": "they ask for money back",
}


def decisive(facts: Facts) -> str | None:
    """The first decisive sign in words; None where there is none.

    A sign counts also where it stands in a sentence that the rules leave out, such as a command to an assistant.
    """
    if support.bad_rating(facts):
        return "they gave a low rating"
    words = "\n".join(support.unanswered(facts))
    plain = support_words.without("innocent", words)
    for kind, sign in _SAID.items():
        if support_words.shows(kind, plain if kind != "refund" else words):
            return sign
    due = support.sla_due(facts)
    if due is not None and facts.today >= due:
        return "the SLA is missed"
    if facts.state.get("priority"):
        return "a teammate gave it priority"
    if support_words.without_commands(words) != words:
        return "their words command an assistant"
    return None
