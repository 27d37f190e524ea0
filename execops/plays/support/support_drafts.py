"""The drafts of the plays about support conversations: who writes, what they wrote, since when they wait, and a reply, a note or
a message to the account owner."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from execops.books.facts import Facts
from execops.model import WROTE, Draft, Json
from execops.money import Money
from execops.plays.messages import TeamRole, to_team
from execops.plays.support import support_signs, support_words
from execops.plays.support import support_verdict as support
from execops.plays.wording import minute, short
from execops.text.links import has_link

_SHOWN = 600  # characters of the newest words


def reply(facts: Facts, verdict: support.Verdict, title: str) -> Draft:
    """A reply to the conversation, in the language of the contact.

    A customer who is never to be contacted gets none, even where they wrote first: a note asks the team who answers.
    """
    name, signer = contact_name(facts), facts.org["signer"] or facts.org["company_name"]
    words = support_words.reply(verdict.reply, verdict.language, name, signer)
    own = facts.org["languages"][0]
    translation: Json = {}
    if verdict.language != own and own in support_words.languages():
        text = support_words.reply(verdict.reply, own, name, signer)
        translation = {"language": own, "subject": "", "text": text}
    drafted = Draft(
        title=f"{title}: {who(facts)}",
        urgency=verdict.urgency,
        action_type="intercom_reply",
        payload={
            "conversation": facts.object_id.removeprefix("intercom:"),
            **_answered(facts),
            "text": words,
        },
        verdict=f"Answer: {verdict.why}",
        reasoning=f"By the customer's newest words and the time they wait: {verdict.why}.",
        evidence=evidence(facts, verdict),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        covers=_occasion(facts),
        language=verdict.language,
        translation=translation,
        softens=support_signs.decisive(facts) is None,
        again_at=verdict.again_at,
    )
    suppressed = support.never_contacted(facts)
    return _to_team(facts, drafted, suppressed) if suppressed else drafted


def _to_team(facts: Facts, drafted: Draft, suppressed: list[Json]) -> Draft:
    """The note in place of a reply to a customer who is never to be contacted."""
    names = ", ".join(customer["customer"] for customer in suppressed)
    text = (
        f"{who(facts)} has written, and is never to be contacted ({names}). No reply was drafted: please decide who answers."
        f" `execops suppressions lift {suppressed[0]['customer']}` allows contact again."
    )
    return replace(
        drafted,
        action_type="intercom_note",
        payload={"conversation": facts.object_id.removeprefix("intercom:"), **_answered(facts), "text": text},
        verdict=f"Decide who answers: they are never to be contacted, and {drafted.verdict.removeprefix('Answer: ')}",
        language="en",
        translation={},
    )


def note(facts: Facts, verdict: support.Verdict, title: str, missed_at: datetime) -> Draft:
    """A note to the teammates in the conversation: nobody is assigned, and somebody has to take it."""
    sla = short(facts.state["sla_name"])
    text = (
        f"Nobody is assigned, and the time of the SLA {sla} ended on {minute(facts, missed_at)}."
        f"\n\n{who(facts)} waits for an answer. Please assign the conversation, and answer."
    )
    return replace(
        reply(facts, verdict, title),
        action_type="intercom_note",
        payload={"conversation": facts.object_id.removeprefix("intercom:"), **_answered(facts), "text": text},
        verdict=f"Tell the team: {verdict.why}, and nobody is assigned",
        language="en",
        translation={},
    )


def to_owner(facts: Facts, verdict: support.Verdict, title: str) -> Draft:
    """A message to the account owner's Slack channel, where one is set; else a reply."""
    drafted = reply(facts, verdict, title)
    if not facts.org["account_owner"]:
        return drafted
    ask = f"Please answer the conversation {facts.object_id.removeprefix('intercom:')} at Intercom, or call the customer."
    action_type, payload = to_team(facts, TeamRole.ACCOUNT_OWNER, drafted.title, drafted.evidence, ask)
    return replace(
        drafted,
        action_type=action_type,
        payload=payload,
        verdict=f"Tell the account owner: {verdict.why}",
        language="en",
        translation={},
    )


def _answered(facts: Facts) -> Json:
    """The id of the message that a reply answers, by which an earlier reply with the same words is told apart."""
    by_contact = [message["id"] for message in facts.conversation["messages"] if message["by"] == "contact"]
    return {"after": by_contact[-1]} if by_contact else {}


def _occasion(facts: Facts) -> tuple[str, ...]:
    """The conversation with the contact's first message since the team answered; empty where the team has not written yet.

    So a further message after an answer is heard although the answer was performed lately: see `execops.plays.occasions`.
    A low rating is an occasion of its own.
    """
    if support.bad_rating(facts) is not None:
        return (facts.object_id, f"{facts.object_id}:rated:{facts.state['rated_at']}")
    messages = facts.conversation["messages"]
    answered = [number for number, message in enumerate(messages) if message["by"] == "team"]
    if not answered:
        return ()
    unanswered = [message["id"] for message in messages[answered[-1] + 1 :] if message["by"] == "contact"]
    return (facts.object_id, f"{facts.object_id}:{unanswered[0]}") if unanswered else ()


def contact_name(facts: Facts) -> str | None:
    """The name that the contact gave, in one line; None where they gave none, or one that a program makes a link of."""
    names = [message["name"] for message in facts.conversation.get("messages", ()) if message.get("name")]
    return short(names[-1]) if names and not has_link(names[-1]) else None


def who(facts: Facts) -> str:
    """The customer, by the name at Stripe where it is known, else as the contact names themselves."""
    matched = support.customers(facts)
    name = matched[0].get("name") if len(matched) == 1 else None
    return short(name or contact_name(facts) or "somebody without a name")


def evidence(facts: Facts, verdict: support.Verdict) -> tuple[tuple[str, str], ...]:
    """The contact, the sums they pay, their words, and since when they wait.

    No line tells the minutes that passed: a draft stays the same until a fact changes.
    """
    words = verdict.words
    shown = words if len(words) <= _SHOWN else f"…{words[-_SHOWN:]}"
    since = support.waiting_since(facts)
    waiting = [("Waiting since", minute(facts, since))] if since else []
    return (*_customer(facts), (WROTE, shown), *waiting)


def _customer(facts: Facts) -> list[tuple[str, str]]:
    matched = support.customers(facts)
    if not matched:
        return [("Customer", "unmatched: no customer at Stripe has this id or mail address")]
    if len(matched) > 1:
        names = ", ".join(f"{entry.get('name') or 'no name'} ({entry['customer']})" for entry in matched)
        return [("Customer", f"two or more match, please choose: {names}")]
    [customer] = matched
    return [
        ("Customer", f"{customer.get('name') or 'no name'} ({customer['customer']})"),
        ("MRR", _sum(customer["mrr"])),
        ("Open invoices", _sum([entry[1:] for entry in customer["open"]])),
        ("Lifetime", _sum(customer["paid"])),
    ]


def _sum(amounts: list[list[object]]) -> str:
    sums: dict[str, int] = {}
    for minor, currency in amounts:
        sums[str(currency)] = sums.get(str(currency), 0) + int(str(minor))
    return ", ".join(str(Money(minor, currency)) for currency, minor in sorted(sums.items())) or "none"
