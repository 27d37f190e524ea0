"""The links to pay in a message: an approval is for "the link to pay this invoice", not for the letters of its address.

Stripe gives an invoice's page another address each time that it is asked, and each address ends some day. So a changed
link is no changed term of a draft, and the newest known link is put in its place when the message is sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from execops.model import Draft, Json, Proposal


def without(value: Any, links: Mapping[str, str]) -> Any:  # noqa: ANN401
    """A field of a payload with the id of the invoice in the place of each link."""
    return replaced(value, {link: f"the link of {invoice}" for invoice, link in links.items()})


def newer(proposal: Proposal, draft: Draft | None) -> dict[str, str]:
    """The links of the proposal's payload that have changed, each with the link that the play drafts now.

    A person may have taken over the text of a newer draft, so its links count too.
    """
    if draft is None:
        return {}
    drafted = (proposal.drafted_by, proposal.newer_draft or {})
    return {
        link: draft.links[invoice]
        for provenance in drafted
        for invoice, link in provenance.get("links", {}).items()
        if draft.links.get(invoice, link) != link and _stands_in(link, proposal.payload.values())
    }


def sent(payload: Json, links: Mapping[str, str]) -> Json:
    """The payload with newer links in the place of those that were approved."""
    return {name: replaced(value, links) for name, value in payload.items()} if links else payload


def replaced(value: Any, links: Mapping[str, str]) -> Any:  # noqa: ANN401
    """A text with other links; a value of another type as it is."""
    if not links or not isinstance(value, str):
        return value
    return re.sub("|".join(map(_whole, links)), lambda link: links[link[0]], value)


def _stands_in(link: str, values: Iterable[object]) -> bool:
    return any(isinstance(value, str) and re.search(_whole(link), value) for value in values)


def _whole(link: str) -> str:
    """The pattern of a link, and of no longer link that begins with it."""
    return re.escape(link) + r"(?![\w\-~%/?#&=]|\.\w)"
