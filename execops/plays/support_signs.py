"""The decisive signs of a conversation. Where one stands, no model may lower the urgency that the rules gave.

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
    said = "\n".join(support.unanswered(facts))
    plain = support_words.without("innocent", said)
    for kind, sign in _SAID.items():
        if support_words.shows(kind, plain if kind != "refund" else said):
            return sign
    due = support.sla_due(facts)
    if due is not None and facts.today >= due:
        return "the SLA is missed"
    if facts.state.get("priority"):
        return "a teammate gave it priority"
    if support_words.without_commands(said) != said:
        return "their words command an assistant"
    return None
