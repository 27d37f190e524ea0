"""The answers of a play: a draft, or the reason for none."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct, field

from execops.model.basics import Json, Urgency
from execops.money import Money


class Draft(Struct, frozen=True, kw_only=True):
    """The proposal of a play: the action ready to perform, with its reasons.

    `verdict` is one short line: the advice, and why, such as `Send: the third attempt failed, Stripe will not try again`. It
    is the rules' own, and no model rewords it. `language` is that of the words to the customer. If it is not the
    founder's own, `translation` holds the same words in theirs: `language`, `subject`, `text`. It is shown beside the
    payload, and never sent.

    `stage` names the stage of an object's life that the draft is for, where each stage is a proposal of its own: an
    inquiry, then a chargeback. `covers` names the objects of the subject that one draft is about together, such as a
    customer's failing invoices: then its object is the subject itself. Of a trouble that came back they are the object and
    its occasion, such as the moment of the last end: what was done about an earlier one does not hold it back. `links` holds the link to pay of each invoice, by
    the invoice's id, as the payload writes it. `softens` says that a model may lower the urgency by one step: it rests on the
    tone of words, and no decisive sign stands beside them. `again_at` is the time at which the play drafts otherwise though no
    fact has changed, such as an SLA's deadline: it is asked again then.
    """

    title: str
    urgency: Urgency
    action_type: str
    payload: Json
    verdict: str = ""
    reasoning: str
    evidence: tuple[tuple[str, str], ...]
    object_id: str
    subject_key: str
    amount: Money | None = None
    expires_at: datetime | None = None
    stage: str | None = None
    covers: tuple[str, ...] = ()
    links: Json = field(default_factory=dict)
    language: str = "en"
    translation: Json = field(default_factory=dict)
    softens: bool = False
    again_at: datetime | None = None


class Declined(Struct, frozen=True):
    """The answer of a play that drafts nothing, with its reason. `again_at` is the time to ask it again, if one is known."""

    reason: str
    again_at: datetime | None = None
