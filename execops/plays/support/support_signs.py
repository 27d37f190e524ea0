"""The decisive signs of a conversation. No model may lower the urgency that the rules gave beside one.

Without one, the urgency rests on the tone of the words or on a short wait, and a model may read those more mildly.
"""

from __future__ import annotations

from execops.books.facts import Facts
from execops.plays.support import support_scorer, support_words
from execops.plays.support import support_verdict as support

_SAID = {
    "leaving": "they say that they leave",
    "threat": "they threaten to go further, such as with a lawyer, a chargeback or a review",
    "refund": "they ask for money back",
}
_PLAINLY = 0.5  # odds of one sentence


def decisive(facts: Facts) -> str | None:
    """The first decisive sign in words; None where there is none.

    A sign counts also where it stands in a sentence that the rules leave out, such as a command to an assistant.
    """
    if support.bad_rating(facts):
        return "they gave a low rating"
    words = "\n".join(support.unanswered(facts))
    parts = support_scorer.parts_of(words)
    wholes = [parts[0], *map(support_scorer.odds_of, support.unanswered(facts))]
    for label, sign in _SAID.items():
        if (
            max(odds[label] for odds in wholes) > support.HINT
            or max(odds[label] for odds in parts) > _PLAINLY
        ):
            return sign
    due = support.sla_due(facts)
    if due is not None and facts.today >= due:
        return "the SLA is missed"
    if facts.state.get("priority"):
        return "a teammate gave it priority"
    if support_words.without_commands(words) != words:
        return "their words command an assistant"
    return None
