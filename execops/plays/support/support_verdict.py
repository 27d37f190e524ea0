"""The judgement of a support conversation: which of the plays about it interrupts a person, how urgently, and why.

One conversation deserves one interruption, for its strongest reason: anger or leaving, then a refund, then an SLA, then a
heavy customer who waits. Only the contact's own newest words count: nothing quoted, no note, no bot, no planted command. Rules
decide what is certain: who wrote last, ratings, times, capitals, planted commands. The words are read by `support_scorer`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from execops.books.facts import Facts
from execops.model import Declined, Json, Urgency
from execops.money import Money
from execops.plays import thresholds
from execops.plays.support import support_scorer, support_waves, support_words
from execops.plays.wording import short

ANGRY, REFUND, SLA, VIP = "angry_customer", "refund_asked", "sla_missed", "vip_waiting"
_NUDGES = 2  # short messages that only ask whether somebody is there
_PATIENCE = timedelta(days=1)  # between the first and the last of several messages that nobody answered
_SURE = 0.5  # of the odds of one label
_GRUMBLE = 0.8  # odds of anger, below which somebody who pays nothing only grumbles
_RARER = 0.75  # how much the odds of a fire count beside the others: an inbox holds fewer fires than the learnt texts
HINT = (
    0.15  # odds from which a sign is decisive: lower than those that draft, since a doubt keeps the urgency
)
_RAGE = 0.9  # odds of anger, from which it is high
_LOW = 2  # a rating from 1 to 5
_FRIENDLY = 0.4  # odds of thanks or of an innocent remark, from which a low rating is a slip
_LOWEST = 1
_NEAR = 5  # an SLA is about to be missed in the last fifth of its time


class Verdict(Struct, frozen=True, kw_only=True):
    """The play that answers a conversation; `reply` names its words, `words` are the contact's newest.

    `again_at` is the time at which the verdict is another one though nobody writes.
    """

    play: str
    urgency: Urgency
    why: str
    reply: str
    words: str
    language: str
    again_at: datetime | None = None


def assess(facts: Facts, play: str) -> Verdict | Declined:
    """The verdict on a conversation, where it is this play's; else why the play is silent."""
    verdict = facts.once(judge)
    if isinstance(verdict, Verdict) and verdict.play != play:
        return Declined(f"the conversation is answered by {verdict.play}")
    return verdict


def judge(facts: Facts) -> Verdict | Declined:
    """The verdict on a conversation by the rules."""
    state = facts.state
    if facts.object_type != "conversation":
        return Declined("the event is about no conversation")
    said = unanswered(facts)
    remark = bad_rating(facts)
    if remark is not None:
        why = f"a rating of {state['rating']}: they left with the trouble"
        if not remark:
            return _verdict(facts, ANGRY, Urgency.MEDIUM, why, "rated", _last_words(facts))
        return _angry(facts, support_words.without_commands(remark), Urgency.HIGH, why)
    if state.get("state") != "open":
        return Declined(f"the conversation is {state.get('state')}")
    if not said:
        return Declined("the team wrote last")
    words = support_words.without_commands("\n".join(said))
    if not words:
        return Declined("the message asks for nothing")
    odds = support_scorer.odds_of(words)
    if odds["spam"] > _SURE and not customers(facts):
        return Declined("it is advertising")
    if support_words.shows("bulk", words) and not customers(facts):
        return Declined("it went to many people")
    if odds["automatic"] > _SURE or support_scorer.odds_of(said[-1])["automatic"] > _SURE:
        return Declined("it is an automatic reply")
    verdict = _by_words(facts, said, words, odds)
    if verdict is not None:
        return _beside_a_wave(facts, verdict, words, odds) if verdict.play == ANGRY else verdict
    if odds["thanks"] > _SURE and "?" not in words:
        return Declined("the message asks for nothing")
    return _by_time(facts, words)


def _beside_a_wave(
    facts: Facts, verdict: Verdict, words: str, odds: support_scorer.Odds
) -> Verdict | Declined:
    """The verdict on an angry message where a wave may tell of its trouble: then it has a card of its own only if it says more.

    That is a customer who plainly leaves or threatens. Until no wave can reach the message any more, the play is asked again.
    """
    parts = support_scorer.parts_of(words)
    if odds["leaving"] + odds["threat"] > _SURE or any(
        max(part["leaving"], part["threat"]) > _SURE for part in parts
    ):
        return verdict
    ends = support_waves.ends(facts)
    if not support_waves.tells_of(facts):
        return replace(verdict, again_at=ends) if support_waves.is_in_trouble(words) else verdict
    by_time = _by_time(facts, words)
    if isinstance(by_time, Verdict):
        return by_time
    again = min(filter(None, (ends, by_time.again_at)), default=None)
    return Declined("the wave of its trouble tells of it", again_at=again)


def unanswered(facts: Facts) -> list[str]:
    """The contact's messages since the team last wrote, the oldest first."""
    said: list[str] = []
    for message in facts.conversation.get("messages", ()):
        if message["by"] == "team":
            said = []
        elif message["by"] == "contact" and message["words"]:
            said.append(message["words"])
    return said


def _last_words(facts: Facts) -> str:
    """The contact's newest message, answered or not."""
    by_contact = (
        message["words"] for message in facts.conversation.get("messages", ()) if message["by"] == "contact"
    )
    return support_words.without_commands(next(filter(None, reversed(list(by_contact))), ""))


def comes_back(facts: Facts) -> bool:
    """Whether the contact writes again after an answer."""
    authors = [message["by"] for message in facts.conversation.get("messages", ())]
    return "contact" in authors and "team" in authors[authors.index("contact") :]


def customers(facts: Facts) -> list[Json]:
    """The customers at Stripe that the contact may be; none, one, or several where a person has to choose."""
    matched: list[Json] = facts.conversation.get("customers", [])
    return matched


def never_contacted(facts: Facts) -> list[Json]:
    """Those of the customers that the contact may be who are never to be contacted."""
    return [customer for customer in customers(facts) if customer.get("suppressed")]


def mrr(facts: Facts) -> list[Money]:
    """The MRR of the one customer that the contact is, by currency."""
    matched = customers(facts)
    return [Money(*amount) for amount in matched[0]["mrr"]] if len(matched) == 1 else []


def is_payer(facts: Facts) -> bool:
    """Whether the contact is a customer who pays, or paid, or may be one."""
    return any(
        sum(amount[0] for amount in customer["mrr"] + customer["paid"]) for customer in customers(facts)
    )


def is_heavy(facts: Facts) -> bool:
    """Whether the customer's MRR is at least the setting's."""
    worth = [thresholds.in_books(facts, amount) for amount in mrr(facts)]
    return bool(sum(value for value in worth if value is not None) >= facts.org["vip_amount"])


def waiting_since(facts: Facts) -> datetime | None:
    """The moment since which the contact waits for an answer."""
    since = facts.state.get("waiting_since")
    return datetime.fromisoformat(since) if since else None


def sla_due(facts: Facts) -> datetime | None:
    """The moment at which the conversation's SLA is missed; None without one whose time is set, or stands in its name."""
    since, name = waiting_since(facts), facts.state.get("sla_name") or ""
    limit = dict(facts.org["slas"]).get(name) or support_words.time_in(name)
    if since is None or not limit or not facts.state.get("sla_status"):
        return None
    return since + timedelta(seconds=limit)


def bad_rating(facts: Facts) -> str | None:
    """The remark of a low rating that came after the last message; None where the words are friendly, as after a slip.

    The lowest rating of a customer who pays says enough without a remark, which is empty then.
    """
    state, messages = facts.state, facts.conversation.get("messages", [])
    rating, rated_at, remark = state.get("rating") or 5, state.get("rated_at"), state.get("remark") or ""
    if not rated_at or rating > _LOW or (messages and messages[-1]["at"] > rated_at):
        return None
    if not remark:
        return remark if rating == _LOWEST and is_payer(facts) else None
    words = support_words.without_commands(remark)
    odds = support_scorer.odds_of(words)
    is_slip = support_words.shows("slip", words) and support_scorer.burning(odds) < _SURE
    return None if is_slip or odds["thanks"] + odds["innocent"] > _FRIENDLY else str(remark)


def _by_words(facts: Facts, said: list[str], words: str, odds: support_scorer.Odds) -> Verdict | None:
    burning, refund = support_scorer.burning(odds), odds["refund"]
    quiet = 1 - burning - refund
    is_watched = is_heavy(facts) or len(said) > _NUDGES or comes_back(facts)  # a miss costs more than a look
    if burning >= refund and burning * (1 if is_watched else _RARER) >= quiet:
        parts = support_scorer.parts_of(words)
        leaving, threat = (max(part[label] for part in parts) for label in ("leaving", "threat"))
        if max(leaving, threat) > _SURE or max(odds["leaving"], odds["threat"]) >= odds["angry"]:
            why = (
                "they threaten to go further"
                if threat > leaving
                else "they are leaving, or say that they will"
            )
            return _angry(facts, words, Urgency.HIGH, why, leaving=odds["leaving"] > burning / 2)
        if is_payer(facts) or burning > _GRUMBLE:
            rage = (
                is_watched
                or max(odds["leaving"], odds["threat"]) > HINT
                or max(map(support_scorer.burning, parts)) > _RAGE
            )
            return _angry(facts, words, Urgency.HIGH if rage else Urgency.MEDIUM, "they are angry")
    if support_words.is_shouted(words):
        return _angry(facts, words, Urgency.HIGH, "they write in capitals")
    if sum(support_words.shows("nudge", text) for text in said[1:]) >= _NUDGES or _waits_in_vain(facts, said):
        return _angry(facts, words, Urgency.MEDIUM, "they asked again and again, and nobody answered")
    if refund > quiet:
        if support_words.shows("chargeback", words):
            return _angry(facts, words, Urgency.HIGH, "they want their money back, or the bank takes it")
        parts = support_scorer.parts_of(words)
        in_rage = is_payer(facts) and burning > quiet and max(map(support_scorer.burning, parts)) > _RAGE
        urgency = Urgency.HIGH if in_rage else Urgency.MEDIUM
        return _verdict(facts, REFUND, urgency, "they ask for their money back", "refund", words)
    return None


def _waits_in_vain(facts: Facts, texts: list[str]) -> bool:
    """Whether the contact's third message, or a later one, comes a day after the first, nobody answered, and it is no thanks."""
    if len(texts) <= _NUDGES or support_scorer.odds_of(texts[-1])["thanks"] > _SURE:
        return False
    messages = facts.conversation.get("messages", ())
    answered = [number for number, message in enumerate(messages) if message["by"] == "team"]
    own = [
        datetime.fromisoformat(message["at"])
        for message in messages[max(answered, default=-1) + 1 :]
        if message["by"] == "contact" and message["words"]
    ]
    return own[-1] - own[0] >= _PATIENCE


def _angry(facts: Facts, words: str, urgency: Urgency, why: str, *, leaving: bool = False) -> Verdict:
    if not is_payer(facts) and urgency.rank < Urgency.MEDIUM.rank:
        urgency = Urgency.MEDIUM
    return _verdict(facts, ANGRY, urgency, why, "leaving" if leaving else "angry", words)


def _by_time(facts: Facts, words: str) -> Verdict | Declined:
    """The verdict on a quiet question: an SLA first, then the customer's weight. It is asked again when its time comes."""
    since, now = waiting_since(facts), facts.today
    if since is None:
        return Declined("nobody waits for an answer")
    due: list[datetime] = []
    missed_at = sla_due(facts)
    if missed_at is not None:
        near, late = missed_at - (missed_at - since) / _NEAR, now >= missed_at
        if now >= near:
            urgency = Urgency.HIGH if late else Urgency.MEDIUM
            why = f"the SLA {short(facts.state['sla_name'])} is {'missed' if late else 'about to be missed'}"
            verdict = _verdict(facts, SLA, urgency, why, "waiting", words)
            return verdict if late else replace(verdict, again_at=missed_at)
        due.append(near)
    if is_heavy(facts):
        wait = since + timedelta(seconds=facts.org["vip_wait"])
        if now >= wait:
            urgency = Urgency.HIGH if facts.state.get("priority") else Urgency.MEDIUM
            verdict = _verdict(facts, VIP, urgency, "a heavy customer waits for an answer", "waiting", words)
            return replace(verdict, again_at=min(due, default=None))
        due.append(wait)
    return Declined("nothing presses yet", again_at=min(due) if due else None)


def _verdict(facts: Facts, play: str, urgency: Urgency, why: str, reply: str, words: str) -> Verdict:
    by_contact = [
        entry["words"] for entry in facts.conversation.get("messages", ()) if entry["by"] == "contact"
    ]
    language = support_words.language_of(*unanswered(facts)[-1:], words, *reversed(by_contact))
    return Verdict(play=play, urgency=urgency, why=why, reply=reply, words=words, language=language)
