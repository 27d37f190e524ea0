"""The notes that every draft gets beside its play's own facts: who is not set yet, how long its link works, and how many
hidden characters its words had.

Stripe's page of an invoice ends 30 days after the due date, or after the invoice was made final where it has none, and
never later than 120 days; a link that was just read works for 10 days at least:
https://docs.stripe.com/invoicing/hosted-invoice-page.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from execops.books.facts import Facts
from execops.model import Draft, Json
from execops.plays import wording
from execops.plays.mails import letters
from execops.text.hidden import without_hidden

_NOT_SET = "not set: "
_LIFE = timedelta(days=30)
_LONGEST_LIFE = timedelta(days=120)
_AHEAD = timedelta(days=14)  # a person may decide this late


def noted(facts: Facts, draft: Draft) -> Draft:
    """The draft with its links to pay, and with a line of evidence for each thing that keeps its message from working.

    The age of a link is no such thing where it is read again before the message is sent.
    """
    invoices = {invoice["id"]: invoice for invoice in (facts.own, *facts.invoices)}
    links = _links(draft, invoices)
    ages = [] if facts.org.get("reads_stripe") else [invoices[invoice] for invoice in links]
    lines = (*draft.evidence, *_missing(facts, draft), *_age(facts, ages), *_hidden(facts, draft))
    return replace(
        draft,
        title=without_hidden(draft.title),
        payload={
            name: without_hidden(value) if isinstance(value, str) else value
            for name, value in draft.payload.items()
        },
        evidence=tuple((label, without_hidden(value)) for label, value in lines),
        links=links,
    )


def _links(draft: Draft, invoices: dict[str, Json]) -> dict[str, str]:
    """The link to the page of each invoice that the payload names, as the payload writes it, in the order of their ids."""
    links = {}
    for invoice, state in sorted(invoices.items()):
        url = state.get("hosted_invoice_url")
        written = _escaped(url) if url and draft.action_type == "slack" else url
        if written and any(isinstance(value, str) and written in value for value in draft.payload.values()):
            links[invoice] = written
    return links


def _escaped(url: str) -> str:
    from execops.adapters import slack  # only here: it loads the library of mails

    return slack.escape(url)


def _age(facts: Facts, invoices: list[Json]) -> list[tuple[str, str]]:
    """A warning where the page of an invoice may have ended, or ends before a person may have decided."""
    ends = min((end for state in invoices if (end := _page_ends(state))), default=None)
    if ends is None or ends > facts.today + _AHEAD:
        return []
    on = wording.day(wording.local(facts, ends))
    return [("Link", f"may have stopped working on {on}" if ends <= facts.today else f"works until {on}")]


def _page_ends(invoice: Json) -> datetime | None:
    """When Stripe ends the page of an invoice; None where no date is known."""
    final = wording.moment(invoice.get("finalized_at") or invoice.get("created"))
    due = wording.moment(invoice.get("due_date")) or final
    if due is None:
        return None
    return min(due + _LIFE, (final or due) + _LONGEST_LIFE)


def _hidden(facts: Facts, draft: Draft) -> list[tuple[str, str]]:
    """A line with the number of hidden characters that the strangers' words in this draft had."""
    if not facts.hidden:
        return []
    words = [draft.title, draft.reasoning, *draft.payload.values(), *(value for _, value in draft.evidence)]
    read = "\n".join(word for word in words if isinstance(word, str))
    removed = sum(number for text, number in facts.hidden.items() if _start(text) in read)
    return (
        [("Hidden", f"{removed} hidden {'character' if removed == 1 else 'characters'} removed")]
        if removed
        else []
    )


def _start(text: str) -> str:
    """The beginning of a text, which a draft that cuts it still has."""
    return wording.short(text).removesuffix("…").strip()


def _missing(facts: Facts, draft: Draft) -> list[tuple[str, str]]:
    """The settings that a mail lacks: the sender, the name that signs."""
    if draft.action_type != "email":
        return []
    lines = []
    if "from" not in draft.payload:
        lines.append(("Sender", f"{_NOT_SET}EXECOPS_EMAIL_FROM"))
    if draft.payload["to"] == facts.customer_email and letters.company(facts) is None:
        lines.append(("Signature", f"{_NOT_SET}EXECOPS_COMPANY_NAME"))
    return lines
