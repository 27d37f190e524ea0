"""Sends evidence on a dispute to the bank, through Stripe: https://docs.stripe.com/api/disputes/update.

A bank reads evidence once. So nothing is sent where somebody has saved or sent evidence already, and no text with a gap in
it. Evidence and mark go in one request: the dispute's metadata tells at any time whether it was made.
"""

from __future__ import annotations

import re
from typing import ClassVar

from execops.adapters.stripe_api import stripe_mark, stripe_payload
from execops.adapters.stripe_api.stripe_calls import Calls, Stripe
from execops.adapters.stripe_api.stripe_errors import NOTHING
from execops.errors import AmbiguousError, InvalidPayloadError, RejectedError
from execops.model import Json
from execops.ports import Field, Happened, Reconciliation
from execops.settings import Settings

_NOUN = "evidence"
_TEXT, _LINE = 20_000, 5_000  # characters of a field; https://docs.stripe.com/api/disputes/evidence_object
_ALL = 150_000  # characters of all fields together
# Texts that a person may change, and facts that only a founder may.
_TEXTS = {
    "uncategorized_text": "Explanation",
    "product_description": "Product",
    "cancellation_rebuttal": "Cancellation",
    "cancellation_policy_disclosure": "Cancellation policy, and how the customer saw it",
    "refund_refusal_explanation": "Why no refund is owed",
    "refund_policy_disclosure": "Refund policy, and how the customer saw it",
    "duplicate_charge_explanation": "The other charge",
    "access_activity_log": "Use after the purchase",
}
_FACTS = {
    "duplicate_charge_id": "Id of the other charge",
    "customer_name": "Customer",
    "customer_email_address": "Customer's email",
    "customer_purchase_ip": "Customer's IP address",
    "billing_address": "Billing address",
    "service_date": "Date of service",
    "shipping_address": "Shipping address",
    "shipping_carrier": "Carrier",
    "shipping_date": "Shipped on",
    "shipping_tracking_number": "Tracking number",
}
# A gap that somebody meant to fill.
_GAP = re.compile(
    r"\[[^\]\n]*\]|\{[^}\n]*\}|<[^>\n]*>|_{3,}|\.{4,}|\bX{3,}\b|\b(?:TODO|TBD|TBA|FIXME|N/A|lorem ipsum|not set)\b",
    re.IGNORECASE,
)
_OPEN = frozenset({"needs_response", "warning_needs_response"})


def create(settings: Settings) -> SubmitEvidenceAdapter:
    """The adapter; without a key at Stripe it refuses every payload."""
    return SubmitEvidenceAdapter(settings)


class SubmitEvidenceAdapter:
    """Submits the evidence on one dispute, once."""

    action_type: ClassVar[str] = "stripe_submit_evidence"
    fields: ClassVar[tuple[Field, ...]] = (
        Field(name="dispute", label="Dispute"),
        stripe_payload.AMOUNT,
        *(
            Field(name=name, label=label, words=True, lines=True, required=False)
            for name, label in _TEXTS.items()
        ),
        *(Field(name=name, label=label, required=False) for name, label in _FACTS.items()),
    )
    moves_money: ClassVar[bool] = False
    allowed_by_default: ClassVar[bool] = False

    def __init__(self, settings: Settings) -> None:
        self._stripe = Stripe(settings)

    def validate(self, payload: Json) -> None:
        """Raise InvalidPayloadError, naming the field, unless this is a dispute, its amount, and evidence without a gap."""
        self._stripe.require_key()
        stripe_payload.check(payload, self.fields, _NOUN)
        stripe_payload.check_id(payload, "dispute", stripe_payload.DISPUTES, _NOUN)
        evidence = _evidence(payload)
        if not evidence.keys() & _TEXTS.keys():
            raise InvalidPayloadError(
                "The evidence has no text: write an explanation (uncategorized_text).",
                field="uncategorized_text",
            )
        for name, text in evidence.items():
            _check_text(name, text)
        if sum(map(len, evidence.values())) > _ALL:
            raise InvalidPayloadError(
                f"The evidence is over {_ALL:,} characters in all.", field="uncategorized_text"
            )

    def describe(self, payload: Json) -> str:
        """Say in words what performing does."""
        amount = stripe_payload.shown(payload)
        return (
            f"sends this evidence on the dispute {payload.get('dispute')} of {amount} to the bank;"
            " it can be sent only once"
        )

    def preview(self, payload: Json) -> str:
        """The evidence as the bank gets it."""
        labels = _TEXTS | _FACTS
        head = f"Evidence on dispute: {payload['dispute']}\nAmount: {stripe_payload.amount_of(payload)}"
        parts = [f"{labels[name]}:\n{text}" for name, text in _evidence(payload).items()]
        return "\n\n".join([head, *parts])

    async def perform(self, payload: Json, *, idempotency_key: str) -> Json:
        """Submit the evidence, or return the answer of the attempt that did.

        Raises NotAcceptedError, RejectedError, AmbiguousError.
        """
        async with self._stripe.calls() as calls:
            dispute = await calls.read("disputes", payload["dispute"])
            mark = stripe_mark.find(dispute, idempotency_key)
            if mark is None:
                _require_unanswered(dispute, payload)
                answer = await calls.act(
                    f"/v1/disputes/{payload['dispute']}",
                    idempotency_key,
                    evidence=_evidence(payload),
                    metadata=stripe_mark.entry(idempotency_key, payload),
                    submit=True,
                )
                dispute = answer.body
        if _told(dispute, payload, idempotency_key) is not Happened.YES:
            raise AmbiguousError("Stripe does not show this evidence as sent.")
        return self._result(dispute)

    async def reconcile(self, payload: Json, *, idempotency_key: str) -> Reconciliation:
        """Look at the dispute whether the evidence of this key was sent; send nothing."""

        async def search(calls: Calls) -> Reconciliation:
            dispute = await calls.read("disputes", payload["dispute"])
            happened = _told(dispute, payload, idempotency_key)
            return Reconciliation(happened, self._result(dispute) if happened is Happened.YES else None)

        return await self._stripe.look(idempotency_key, search)

    def _result(self, dispute: Json) -> Json:
        return self._stripe.result(dispute, f"disputes/{dispute.get('id')}")


def gap_in(text: str) -> str | None:
    """The part of a text that somebody meant to fill in, such as `[date]`; None where there is none."""
    gap = _GAP.search(text)
    return gap[0] if gap else None


def _evidence(payload: Json) -> dict[str, str]:
    """The evidence of a payload by Stripe's names, in reading order."""
    return {name: payload[name] for name in (_TEXTS | _FACTS) if name in payload}


def _check_text(name: str, text: str) -> None:
    limit = _TEXT if name in _TEXTS else _LINE
    if not text.strip():
        raise InvalidPayloadError(f"The evidence's {name} is empty: write it, or leave it out.", field=name)
    if len(text) > limit:
        raise InvalidPayloadError(f"The evidence's {name} is over {limit:,} characters.", field=name)
    if gap := gap_in(text):
        raise InvalidPayloadError(
            f"The evidence's {name} has a gap to fill in: {gap!r}. Write what it stands for.", field=name
        )


def _require_unanswered(dispute: Json, payload: Json) -> None:
    """Raise RejectedError unless nobody has answered the dispute yet, nor begun to."""
    details = dispute.get("evidence_details") or {}
    if dispute.get("status") not in _OPEN:
        raise RejectedError(f"The dispute is {dispute.get('status')}: it takes no evidence. {NOTHING}")
    if details.get("submission_count") or details.get("has_evidence"):
        raise RejectedError(
            f"Somebody has saved or sent evidence on it already: answer it at Stripe. {NOTHING}"
        )
    stripe_payload.require_amount(
        payload, dispute.get("amount"), dispute.get("currency"), "The dispute is about"
    )


def _told(dispute: Json, payload: Json, key: str) -> Happened:
    """Whether a dispute shows that the evidence of this key was sent."""
    mark = stripe_mark.find(dispute, key)
    if mark is None:
        return Happened.NO
    sent = (dispute.get("evidence_details") or {}).get("submission_count") or dispute.get(
        "status"
    ) not in _OPEN
    return Happened.YES if mark.is_of(payload) and sent else Happened.CANNOT_TELL
