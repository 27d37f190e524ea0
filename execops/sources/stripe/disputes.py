"""The state of a dispute: its stage, its deadline, and what may still be done about it."""

from __future__ import annotations

from execops.model import Json
from execops.money import money
from execops.sources.stripe.fields import (
    Object,
    at,
    currency,
    flag,
    iso,
    items,
    line,
    name_line,
    obj,
    ref,
    text,
    whole,
)

# The order of a dispute's open states. Events of one second may come in any order; a closed dispute stays closed.
OPEN_DISPUTES = {
    "warning_needs_response": 0,
    "warning_under_review": 1,
    "needs_response": 2,
    "under_review": 3,
}


def dispute_state(dispute: Object, *, closed: bool) -> Json:
    """The state of a dispute. `closed` says that Stripe has closed it, whatever its status."""
    status = text(dispute, "status") or "needs_response"
    evidence, details = obj(dispute, "evidence_details"), obj(dispute, "payment_method_details")
    return {
        "charge": ref(dispute, "charge"),
        "status": status,
        "open": status in OPEN_DISPUTES and not closed,
        "amount": whole(dispute, "amount"),
        "currency": currency(dispute),
        "reason": line(dispute, "reason"),
        "due_by": iso(at(evidence, "due_by")),
        "past_due": flag(evidence, "past_due"),
        "has_evidence": flag(evidence, "has_evidence"),
        "submissions": whole(evidence, "submission_count"),
        "refundable": flag(dispute, "is_charge_refundable"),
        "method": text(details, "type"),
        "case_type": text(obj(details, "card"), "case_type"),
        "eligible_for": _eligible_for(dispute),
        **_fee(dispute),
        "customer_name": name_line(obj(dispute, "evidence"), "customer_name"),
        "customer_email": line(obj(dispute, "evidence"), "customer_email_address"),
        "created": iso(at(dispute, "created")),
    }


def dispute_rank(state: Json) -> int:
    """The rank of a dispute's state within one second. A message that tells Stripe's fee outranks one that does not."""
    stage = OPEN_DISPUTES.get(state["status"], 0) if state["open"] else len(OPEN_DISPUTES)
    return 2 * stage + int(state["fee"] is not None)


def _eligible_for(dispute: Object) -> list[str]:
    """The kinds of evidence that the card network weighs by rules of its own, as far as the dispute qualifies."""
    listed = dispute.get("enhanced_eligibility_types")
    states = obj(dispute, "evidence_details", "enhanced_eligibility")
    names = [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
    return [name for name in names if text(obj(states, name), "status") != "not_qualified"]


def _fee(dispute: Object) -> Json:
    """Stripe's fee in minor units of the account's currency; None where the balance transactions do not tell it."""
    entries = items(dispute, "balance_transactions")
    fees = [fee for entry in entries if (fee := money(entry.get("fee"), entry.get("currency"))) is not None]
    if len({fee.currency for fee in fees}) != 1:
        return {"fee": None, "fee_currency": None}
    return {"fee": sum(fee.minor for fee in fees), "fee_currency": fees[0].currency}
