"""The mail to a customer who has cancelled: it answers the reason they gave, and asks only for one that they did not give."""

from __future__ import annotations

from execops.books.facts import Facts
from execops.plays import comments, plans, wording
from execops.plays.cancellations import cancellation as cancellations
from execops.plays.cancellations.cancellation import FEEDBACK, Cancellation
from execops.plays.mails import letters
from execops.plays.mails.letters import Letter, Value, Words
from execops.plays.receivables import Invoice

_LONG = 60  # days after which a customer is thanked for the time


def letter(facts: Facts, cancellation: Cancellation) -> Letter:
    """The mail. The customer has an address: see `wording.address`."""
    return letters.write(facts, facts.customer_email or "", lambda words: _mail(words, facts, cancellation))


def _mail(words: Words, facts: Facts, cancellation: Cancellation) -> tuple[str, list[str]]:
    silent = not has_reason(cancellation)
    values = _values(facts, cancellation)
    subject = words("save_offer-subject", asks="yes" if silent else "no", **values)
    return subject, [
        _opening(words, facts, cancellation),
        answer(words, cancellation),
        _offer(words, facts, cancellation),
        open_payments(words, facts, cancellation),
        words("save_offer-rest", rest="behind" if cancellation.behind else "silent" if silent else "other"),
    ]


def end(facts: Facts, cancellation: Cancellation) -> str | None:
    """The day on which the subscription ends, in words; None where it is not known."""
    return wording.day(wording.local(facts, cancellation.ends)) if cancellation.ends else None


def has_reason(cancellation: Cancellation) -> bool:
    """Whether the customer said why, in their own words or by a choice."""
    return cancellation.comment is not None or chosen(cancellation) != "none"


def _values(facts: Facts, cancellation: Cancellation) -> dict[str, Value]:
    """The subscription that ends, and when, as the texts take it."""
    others = bool(cancellation.others)
    values = plans.values(facts, cancellation.state, others=others, at=cancellation.ends or facts.today)
    if not others:  # the one subscription needs no name
        values["kind"] = "trial" if cancellation.trial else "only"
    return values | {
        "what": "trial" if cancellation.trial else "one" if others else "only",
        "when": "known" if cancellation.ends else "unknown",
        "day": wording.local(facts, cancellation.ends) if cancellation.ends else "",
    }


def chosen(cancellation: Cancellation) -> str:
    """The reason that the customer chose, as the texts take it; `none` where it tells nothing."""
    feedback = cancellation.feedback
    return feedback if feedback in FEEDBACK else "none"


def _opening(words: Words, facts: Facts, cancellation: Cancellation) -> str:
    opening = words("save_offer-opening", **_values(facts, cancellation))
    if cancellation.trial:
        return opening
    if cancellation.others:
        return words.sentences(opening, staying(words, facts, cancellation))
    return words.sentences(opening, thanks(words, facts, "save_offer-thanks"))


def staying(words: Words, facts: Facts, cancellation: Cancellation) -> str:
    """That the customer's other subscriptions go on; empty where that is not sure of all of them."""
    count = cancellations.staying(facts, cancellation)
    return words("letter-staying", count=count) if count else ""


def thanks(words: Words, facts: Facts, name: str) -> str:
    """The text `name`, thanks for the time, to a customer of some months; empty for a newer one."""
    since = wording.moment(facts.customer.get("created"))
    if since is None or (facts.today - since).days <= _LONG:
        return ""
    return words(name, month=words.month(wording.local(facts, since)))


def answer(words: Words, cancellation: Cancellation) -> str:
    """The words of the customer and the answer to them; a question where they gave no reason."""
    reason = chosen(cancellation)
    if cancellation.comment is not None:
        return words("save_offer-comment", reason=reason, comment=_quoted(words, cancellation.comment))
    if reason == "none" and cancellation.trial:
        return words("save_offer-answer-trial")
    return words("save_offer-answer", reason=reason, what="one" if cancellation.others else "only")


def _quoted(words: Words, comment: str) -> str:
    """The customer's words in the quotation marks of the language, as the end of a sentence."""
    end = "own" if comments.is_sentence(comment) else "none"
    return words("letter-quote", words=comments.excerpt(comment), end=end)


def _offer(words: Words, facts: Facts, cancellation: Cancellation) -> str:
    reason = chosen(cancellation)
    if reason == "missing_features" and cancellation.comment is None:
        return ""
    if cancellation.trial and reason in {"none", "unused"}:
        return words("save_offer-offer-trial")
    offer = words("save_offer-offer", reason=reason, pause="yes" if cancellation.undisturbed else "no")
    if reason == "none" and cancellation.ends and cancellation.undisturbed:
        return words.sentences(offer, words("save_offer-until", day=wording.local(facts, cancellation.ends)))
    return offer


def open_payments(words: Words, facts: Facts, cancellation: Cancellation) -> str:
    """The payments that are missing, each with the page where it can be paid."""
    if not cancellation.behind:
        return ""
    if not cancellation.unpaid:
        return words("save_offer-behind")
    lines = [_open_payment(words, facts, invoice) for invoice in cancellation.unpaid]
    if len(lines) == 1:
        return words.sentences(words("save_offer-open-one"), lines[0])
    return letters.with_lines(words("save_offer-open-several"), *lines)


def _open_payment(words: Words, facts: Facts, invoice: Invoice) -> str:
    due_on = wording.moment(invoice.state.get("due_date"))
    due_known = invoice.sent and due_on is not None
    line = words(
        "save_offer-open-line",
        due="known" if due_known else "unknown",
        day=wording.local(facts, due_on) if due_on else "",
        amount=invoice.due,
        number=invoice.number,
    )
    return payable(words, line, invoice)


def payable(words: Words, line: str, invoice: Invoice) -> str:
    """A line about an open invoice with the page where it can be paid, if it has one."""
    if not invoice.link:
        return line
    return words.sentences(line, letters.with_lines(words("save_offer-open-link"), invoice.link))
