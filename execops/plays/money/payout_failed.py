"""A payout did not reach the bank account: tell finance the reason, and where to correct it.

It is moot once a later payout to the same bank account brought the money: see `execops.plays.payments.later_payouts`.
A payout with a negative amount goes the other way: Stripe debits the bank account, because its balance is negative.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from execops.books.facts import About, Facts
from execops.model import Declined, Draft, Event, Json, Urgency
from execops.money import Money, money
from execops.plays.messages import TeamRole, to_team
from execops.plays.payments import later_payouts
from execops.plays.play import Play, about_event
from execops.plays.wording import at_stripe, day, local, moment
from execops.settings import Settings
from execops.sources.stripe.fields import obj, ref

# Advice by failure code: https://docs.stripe.com/api/payouts/failures.
_BY_CODE = {
    "account_closed": "The bank account is closed: enter a new bank account at Stripe.",
    "account_frozen": "The bank account is frozen: ask the bank, or enter a new bank account at Stripe.",
    "bank_account_restricted": "The bank account takes no such transfers: ask the bank, or enter a new bank account at Stripe.",
    "bank_ownership_changed": "The bank account changed hands at the bank: enter the new details at Stripe.",
    "could_not_process": "The bank could not process it: ask the bank, then try the payout again.",
    "debit_not_authorized": "The bank account takes no debits: allow debits at the bank.",
    "declined": "The bank declined it: ask the bank why, then try the payout again.",
    "incorrect_account_holder_name": "The name of the account's holder is not the bank's: correct the holder's name at Stripe.",
    "incorrect_account_holder_address": "The address of the account's holder is not the bank's: correct the holder's address at Stripe.",
    "incorrect_account_holder_tax_id": "The tax id of the account's holder is not the bank's: correct the holder's tax id at Stripe.",
    "insufficient_funds": "Your Stripe balance does not cover it: add funds, or wait for new payments, then pay out again.",
    "invalid_account_number": "The account number is wrong: correct the account number at Stripe.",
    "invalid_currency": "The bank account does not take this currency: enter a bank account in the currency of the payout at Stripe.",
    "no_account": "The bank knows no such account: correct the bank details at Stripe.",
    "unsupported_card": "The bank takes no payouts to this card: enter another card or account at Stripe.",
}
_GENERAL = "Check the bank details at Stripe, then try the payout again."
# The same codes where Stripe debits the account: https://support.stripe.com/questions/auto-debit-faq.
_BY_CODE_OF_DEBIT = {
    "debit_not_authorized": "The bank account takes no debits by Stripe: allow debits at the bank.",
    "could_not_process": "The bank could not process the debit: ask the bank why.",
    "declined": "The bank declined the debit: ask the bank why.",
    "insufficient_funds": "The bank account did not hold enough.",
    "invalid_currency": "The bank account does not take debits in this currency: enter a bank account that does.",
    "no_account": "The bank knows no such account: correct the bank details at Stripe.",
}
_SEEMED_PAID = timedelta(days=1)
_BACK = "The money is back in your Stripe balance."
# Nothing is wrong with the bank account where the balance was too low: https://docs.stripe.com/payouts#negative-payouts.
_TOO_LOW = "Refunds, disputes or fees have lowered the balance since; the bank details are not the cause."
_ELSE = {
    "paid": "has been paid",
    "in_transit": "is on its way",
    "pending": "is on its way",
    "canceled": "was cancelled",
}


def about(event: Event, settings: Settings) -> About | None:
    """The payout, whose subject is the bank account that it goes to: a later payout there may bring its money."""
    own = about_event(event, settings)
    account = ref(obj(event.payload_json, "data", "object"), "destination")
    return About(own.object_id, account) if own and account else own


def assess(facts: Facts) -> Draft | Declined:
    """A message with the amount, the bank's message and advice; nothing once the payout is paid, or a later one brought it."""
    payout = facts.state
    if facts.object_type != "payout":
        return Declined("the event names no payout")
    status = payout.get("status")
    if status != "failed":
        return Declined(f"payout {facts.object_id} {_ELSE.get(status or '', 'has not failed')}")

    later = later_payouts.brought_by(facts)
    if later is not None:
        return Declined(_arrived(facts, later))

    amount = money(payout.get("amount"), payout.get("currency"))
    debit = amount is not None and amount.minor < 0
    moved = Money(abs(amount.minor), amount.currency) if amount else None
    why = payout.get("failure_message") or _code(payout) or "the bank gave no reason"
    title = _title(moved, debit=debit)
    evidence = [("Debit" if debit else "Payout", facts.object_id), ("Reason", why)]
    if moved:
        evidence.insert(0, ("Amount", str(moved)))
    if payout.get("failure_code"):
        evidence.append(("Failure code", payout["failure_code"]))
    arrival = moment(payout.get("arrival_date"))  # a day, which Stripe gives as its midnight in UTC
    if arrival:
        evidence.append(("Expected on", day(arrival)))
    code = payout.get("failure_code") or ""
    ask = (
        _ask_for_debit(code, moved)
        if debit
        else f"{_advice(payout, code)} {_TOO_LOW if code == 'insufficient_funds' else _BACK}"
    )
    if arrival and not debit and _seemed_paid(facts.own, arrival):
        ask += f" Stripe may have shown it as paid since {day(arrival)}; the bank sent it back afterwards."
    link = ("Open at Stripe", at_stripe(facts, f"payouts/{facts.object_id}"))
    action_type, payload = to_team(facts, TeamRole.FINANCE, title, evidence, ask, link)
    failed = "could not be collected from" if debit else "did not reach"
    return Draft(
        title=title,
        urgency=Urgency.CRITICAL,
        action_type=action_type,
        payload=payload,
        verdict=_verdict(code, moved, debit=debit),
        reasoning=f"{moved or 'A payout'} {failed} the bank account: {why.rstrip('.')}.",
        evidence=tuple(evidence),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        amount=moved,
    )


PLAY = Play(
    name="payout_failed",
    vertical="money",
    version=3,
    summary="A payout failed: tell finance why, and where to put it right",
    action_type="notice",
    events=frozenset({"payout.failed"}),
    assess=assess,
    about=about,
    needs=frozenset({"payouts"}),
    survival=True,
)


def _seemed_paid(payout: Json, arrival: datetime) -> bool:
    """Whether it failed a day or more after its arrival was due, when Stripe counts a payout as paid.

    A bank may send one back up to five business days later: https://docs.stripe.com/payouts#payout-failures.
    """
    failed_at = moment(payout.get("as_of"))
    return failed_at is not None and failed_at - arrival >= _SEEMED_PAID


def _arrived(facts: Facts, later: Json) -> str:
    """The later payout that brought the money: `payout po_2 over $310.00 reached the same bank account on 3 May 2026`."""
    amount, arrived_at = money(later["amount"], later["currency"]), moment(later["as_of"])
    moved = Money(abs(amount.minor), amount.currency) if amount else None
    on = f" on {day(local(facts, arrived_at))}" if arrived_at else ""
    if amount and amount.minor < 0:
        return f"a later debit of {moved} ({later['id']}) collected the money from the same bank account{on}"
    return f"a later payout of {moved} ({later['id']}) brought the money to the same bank account{on}"


def _title(moved: Money | None, *, debit: bool) -> str:
    if debit:
        return f"Stripe could not collect {moved}"
    return f"Payout failed: {moved}" if moved else "Payout failed"


def _verdict(code: str, moved: Money | None, *, debit: bool) -> str:
    if debit:
        cause = _BY_CODE_OF_DEBIT.get(code, "Stripe could not debit the bank account.").rstrip(".")
        return f"Pay {moved} in: {cause[0].lower()}{cause[1:]}"
    return _BY_CODE.get(code, _GENERAL).rstrip(".")


def _advice(payout: Json, code: str) -> str:
    """The advice, without the cause where the bank's own message tells it among the facts."""
    advice = _BY_CODE.get(code, _GENERAL)
    if not payout.get("failure_message"):
        return advice
    action = advice.split(": ", 1)[-1]
    return f"{action[0].upper()}{action[1:]}"


def _ask_for_debit(code: str, moved: Money | None) -> str:
    """The meaning of a failed debit, and the ways to end it."""
    cause = _BY_CODE_OF_DEBIT.get(code) or _BY_CODE.get(code) or "Check the bank details at Stripe."
    return (
        f"{cause} Stripe wanted to collect {moved} for the negative balance. Your Stripe balance stays negative, payouts and"
        f" refunds wait, and Stripe usually tries again: put {moved} into the bank account, or add it to the balance at"
        " Stripe."
    )


def _code(payout: Json) -> str:
    return (payout.get("failure_code") or "").replace("_", " ")
