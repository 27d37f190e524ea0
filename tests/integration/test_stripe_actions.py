"""The actions at Stripe against an account that keeps idempotency keys as Stripe does; effects are counted there."""

from __future__ import annotations

import asyncio
import copy
import json
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from msgspec.structs import replace

from cli.doctor import _stripe_actions
from execops.adapters import create_adapters
from execops.adapters.stripe_api import stripe_access, stripe_calls, stripe_mark
from execops.errors import (
    AmbiguousError,
    ExecOpsError,
    InvalidPayloadError,
    NotAcceptedError,
    RejectedError,
)
from execops.model import Json
from execops.ports import Adapter, Happened
from execops.settings import load_settings
from tests.fake_stripe import Break, Reply, Request, fail, secret_free
from tests.fake_stripe_writes import (
    DAY,
    WRITE_KEY,
    Hold,
    StripeWrites,
    charge,
    dispute,
    invoice,
    stripe_account,
)
from tests.payloads import PAYLOADS
from tests.serving import Cut

KEY = "execops-0a1b2c3d4e5f-7-2-1"


@dataclass(frozen=True)
class Case:
    """An action type: the path of the request that acts, its effect, and the list and the id of its object."""

    name: str
    acting: str
    effect: str
    kind: str
    object_id: str
    marked: bool = False


CASES = {
    "stripe_refund": Case("stripe_refund", "/v1/refunds", "refund re_1", "charges", "ch_1"),
    "stripe_submit_evidence": Case(
        "stripe_submit_evidence", "/v1/disputes/du_1", "evidence du_1", "disputes", "du_1"
    ),
    "stripe_accept_dispute": Case(
        "stripe_accept_dispute", "/v1/disputes/du_1/close", "close du_1", "disputes", "du_1", marked=True
    ),
    "stripe_retry_invoice": Case(
        "stripe_retry_invoice", "/v1/invoices/in_1/pay", "pay in_1", "invoices", "in_1", marked=True
    ),
    "stripe_void_invoice": Case(
        "stripe_void_invoice", "/v1/invoices/in_1/void", "void in_1", "invoices", "in_1", marked=True
    ),
}
MARKED = [case.name for case in CASES.values() if case.marked]
of_each = pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.name)
of_the_marked = pytest.mark.parametrize("case", [CASES[name] for name in MARKED], ids=lambda case: case.name)


@pytest.fixture
async def account(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StripeWrites]:
    """An account with a payment, a dispute and an open invoice."""
    monkeypatch.setattr(stripe_calls, "PAUSES", (0.02,) * 4)
    monkeypatch.setattr(stripe_calls, "SETTLED_AFTER", 0.0)
    async with stripe_account() as made:
        made.fake.add("charges", charge())
        made.fake.add("disputes", dispute())
        made.fake.add("invoices", invoice())
        yield made


def adapter_of(account: StripeWrites, name: str, **settings: Any) -> Adapter:
    """The adapter of an action type, in this account."""
    return create_adapters(account.settings(**settings))[name]


def payload_of(name: str, **changes: Any) -> Json:
    """A payload of an action type."""
    return copy.deepcopy(PAYLOADS[name]) | changes


def posts(account: StripeWrites) -> list[Request]:
    """The requests that may change something, in order."""
    return [request for request in account.fake.requests if request.method == "POST"]


def cut_once(account: StripeWrites, path: str, cut: Cut) -> None:
    """Break the connection of the first request that posts to this path."""
    left = [Break(cut)]
    account.fake.breaks = lambda method, at: left.pop() if left and (method, at) == ("POST", path) else None


def first(reply: Reply, path: str) -> Callable[[Request], Reply | None]:
    """Answer the first request to a path in this way."""
    left = [reply]
    return lambda request: left.pop() if left and request.path == path else None


# Once, whatever breaks


@of_each
async def test_the_acting_request_has_our_key_and_no_other_has(account: StripeWrites, case: Case) -> None:
    await adapter_of(account, case.name).perform(payload_of(case.name), idempotency_key=KEY)
    assert account.effects == [case.effect]
    assert [request.path for request in posts(account) if request.key == KEY] == [case.acting]
    marks = [request.path for request in posts(account) if request.key != KEY]
    assert marks == ([f"/v1/{case.kind}/{case.object_id}"] if case.marked else [])


@of_each
@pytest.mark.parametrize("cut", Cut)
async def test_a_connection_cut_at_any_point_of_the_action_is_reconciled(
    account: StripeWrites, case: Case, cut: Cut
) -> None:
    adapter, payload = adapter_of(account, case.name), payload_of(case.name)
    cut_once(account, case.acting, cut)
    with pytest.raises(AmbiguousError, match="may be done"):
        await adapter.perform(payload, idempotency_key=KEY)
    arrived = cut in {Cut.ACCEPTED, Cut.IN_ANSWER}
    assert account.effects == ([case.effect] if arrived else [])
    before = list(account.effects)
    told = await adapter.reconcile(payload, idempotency_key=KEY)
    assert account.effects == before
    assert told.happened is (Happened.YES if arrived else Happened.NO)
    result = await adapter.perform(payload, idempotency_key=KEY)
    assert account.effects == [case.effect]
    if arrived:
        assert told.result == result


@of_the_marked
@pytest.mark.parametrize("cut", Cut)
async def test_a_connection_cut_at_the_mark_has_done_nothing(
    account: StripeWrites, case: Case, cut: Cut
) -> None:
    adapter, payload = adapter_of(account, case.name), payload_of(case.name)
    cut_once(account, f"/v1/{case.kind}/{case.object_id}", cut)
    with pytest.raises(NotAcceptedError, match="Nothing was changed"):
        await adapter.perform(payload, idempotency_key=KEY)
    assert account.effects == []
    assert (await adapter.reconcile(payload, idempotency_key=KEY)).happened is Happened.NO
    await adapter.perform(payload, idempotency_key=KEY)
    assert account.effects == [case.effect]


@of_each
async def test_an_answer_that_comes_late_is_an_ambiguous_one(account: StripeWrites, case: Case) -> None:
    adapter, payload = adapter_of(account, case.name, stripe_write_timeout="0.4"), payload_of(case.name)
    account.hold = hold = Hold(case.acting)
    with pytest.raises(AmbiguousError, match="in time"):
        await adapter.perform(payload, idempotency_key=KEY)
    # Stripe is still at work on it: the next attempt asks for that answer, then leaves the question to a person.
    with pytest.raises(AmbiguousError, match="at work"):
        await adapter.perform(payload, idempotency_key=KEY)
    assert (await adapter.reconcile(payload, idempotency_key=KEY)).happened is Happened.CANNOT_TELL
    hold.go_on.set()
    await asyncio.wait_for(hold.done.wait(), 10)
    assert (await adapter.reconcile(payload, idempotency_key=KEY)).happened is Happened.YES
    await adapter.perform(payload, idempotency_key=KEY)
    assert account.effects == [case.effect]


@of_each
async def test_a_request_that_a_dead_worker_left_is_waited_for(account: StripeWrites, case: Case) -> None:
    adapter, payload = adapter_of(account, case.name), payload_of(case.name)
    account.hold = hold = Hold(case.acting)
    dead = asyncio.create_task(adapter.perform(payload, idempotency_key=KEY))
    await asyncio.wait_for(hold.begun.wait(), 10)
    asyncio.get_running_loop().call_later(0.05, hold.go_on.set)
    result = await adapter_of(account, case.name).perform(payload, idempotency_key=KEY)
    assert account.effects == [case.effect]
    assert await dead == result


@of_each
async def test_a_stored_500_is_never_performed_again_under_its_key(account: StripeWrites, case: Case) -> None:
    adapter, payload = adapter_of(account, case.name), payload_of(case.name)
    account.instead = first(fail(500, "Sorry", type="api_error"), case.acting)
    for _ in range(3):
        with pytest.raises(AmbiguousError, match="Stripe answered 500"):
            await adapter.perform(payload, idempotency_key=KEY)
        assert (await adapter.reconcile(payload, idempotency_key=KEY)).happened is Happened.NO
    assert account.effects == []
    assert len([request for request in posts(account) if request.path == case.acting]) == 3


@of_each
async def test_a_500_after_the_effect_is_no_second_effect(account: StripeWrites, case: Case) -> None:
    adapter, payload = adapter_of(account, case.name), payload_of(case.name)
    account.after = first(fail(500, "Sorry", type="api_error"), case.acting)
    with pytest.raises(AmbiguousError):
        await adapter.perform(payload, idempotency_key=KEY)
    told = await adapter.reconcile(payload, idempotency_key=KEY)
    # The saved answer is the 500, so the request of a marked action stays a question.
    assert told.happened is (Happened.CANNOT_TELL if case.marked else Happened.YES)
    if case.marked:
        with pytest.raises(AmbiguousError):
            await adapter.perform(payload, idempotency_key=KEY)
    else:
        await adapter.perform(payload, idempotency_key=KEY)
    assert account.effects == [case.effect]


# After a day, Stripe has forgotten the key


@of_each
async def test_a_day_later_nothing_is_done_twice(account: StripeWrites, case: Case) -> None:
    adapter, payload = adapter_of(account, case.name), payload_of(case.name)
    result = await adapter.perform(payload, idempotency_key=KEY)
    account.keys.later = DAY + 60
    told = await adapter.reconcile(payload, idempotency_key=KEY)
    if case.marked:  # void, paid or lost: by us, or by somebody else after our mark
        assert told.happened is Happened.CANNOT_TELL
        with pytest.raises(AmbiguousError, match="by whom"):
            await adapter.perform(payload, idempotency_key=KEY)
    else:
        assert (told.happened, told.result) == (Happened.YES, result)
        assert await adapter.perform(payload, idempotency_key=KEY) == result
    assert account.effects == [case.effect]


@of_the_marked
async def test_what_was_marked_and_not_done_is_known_as_long_as_the_key(
    account: StripeWrites, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter, payload = adapter_of(account, case.name), payload_of(case.name)
    cut_once(account, case.acting, Cut.IN_REQUEST)
    with pytest.raises(AmbiguousError):
        await adapter.perform(payload, idempotency_key=KEY)
    assert (await adapter.reconcile(payload, idempotency_key=KEY)).happened is Happened.NO
    stored = account.find(case.kind, case.object_id)["metadata"]
    [name] = [name for name in stored if name.startswith("execops_")]
    key, digest, when = stored[name].split(" ")
    stored[name] = f"{key} {digest} {int(when) - DAY}"
    told = await adapter.reconcile(payload, idempotency_key=KEY)
    # A debit may be on its way for days while its invoice is open.
    later = Happened.CANNOT_TELL if case.name == "stripe_retry_invoice" else Happened.NO
    assert told.happened is later


# Somebody else


@of_the_marked
async def test_what_somebody_else_did_after_our_mark_is_not_ours(account: StripeWrites, case: Case) -> None:
    adapter, payload = adapter_of(account, case.name), payload_of(case.name)
    cut_once(account, case.acting, Cut.IN_REQUEST)
    with pytest.raises(AmbiguousError):
        await adapter.perform(payload, idempotency_key=KEY)
    done = {"close": "lost", "pay": "paid", "void": "void"}[case.acting.rpartition("/")[2]]
    account.find(case.kind, case.object_id)["status"] = done
    assert (await adapter.reconcile(payload, idempotency_key=KEY)).happened is Happened.CANNOT_TELL
    with pytest.raises(AmbiguousError, match="by whom"):
        await adapter.perform(payload, idempotency_key=KEY)
    assert account.effects == []


@of_the_marked
async def test_what_somebody_else_did_before_is_refused(account: StripeWrites, case: Case) -> None:
    adapter, payload = adapter_of(account, case.name), payload_of(case.name)
    done = {"close": "lost", "pay": "paid", "void": "void"}[case.acting.rpartition("/")[2]]
    account.find(case.kind, case.object_id)["status"] = done
    with pytest.raises(RejectedError, match=f"is {done}"):
        await adapter.perform(payload, idempotency_key=KEY)
    assert (await adapter.reconcile(payload, idempotency_key=KEY)).happened is Happened.NO
    assert posts(account) == []


@of_each
async def test_another_payload_under_our_key_is_never_taken_for_ours(
    account: StripeWrites, case: Case
) -> None:
    adapter, payload = adapter_of(account, case.name), payload_of(case.name)
    await adapter.perform(payload, idempotency_key=KEY)
    other = payload | {"amount": "12.00 USD"}
    assert (await adapter.reconcile(other, idempotency_key=KEY)).happened is Happened.CANNOT_TELL
    with pytest.raises(AmbiguousError):
        await adapter.perform(other, idempotency_key=KEY)
    assert account.effects == [case.effect]


async def test_two_actions_about_one_object_keep_their_marks(account: StripeWrites) -> None:
    retry, void = (adapter_of(account, name) for name in ("stripe_retry_invoice", "stripe_void_invoice"))
    account.declines["pm_2"] = "insufficient_funds"
    with pytest.raises(RejectedError, match=r"declined \(insufficient_funds\)"):
        await retry.perform(payload_of("stripe_retry_invoice"), idempotency_key=KEY)
    await void.perform(payload_of("stripe_void_invoice"), idempotency_key=f"{KEY}-2")
    metadata = account.find("invoices", "in_1")["metadata"]
    assert metadata["order"] == "17"  # of the account's own
    assert len(metadata) == 3
    told = await void.reconcile(payload_of("stripe_void_invoice"), idempotency_key=f"{KEY}-2")
    assert told.happened is Happened.YES
    assert account.effects == ["declined in_1", "void in_1"]


def test_a_mark_fits_into_metadata() -> None:
    longest = f"execops-{'0' * 12}-{2**63 - 1}-{2**31 - 1}-{2**31 - 1}"
    [(name, value)] = stripe_mark.entry(longest, {"a": 1}, ahead=True).items()
    assert len(name) <= 40
    assert len(value) <= 500
    mark = stripe_mark.find({"metadata": {name: value}}, longest)
    assert mark is not None
    assert mark.is_of({"a": 1})
    assert mark.at is not None


@pytest.mark.parametrize("metadata", [None, [], {}, {"execops_0": "x"}])
def test_metadata_without_our_entry_has_no_mark(metadata: Any) -> None:
    assert stripe_mark.find({"metadata": metadata}, KEY) is None


@pytest.mark.parametrize("value", ["", "x", "other-key digest 1", f"{KEY}", f"{KEY} digest soon"])
def test_an_entry_that_was_changed_is_of_no_payload(value: str) -> None:
    [name] = stripe_mark.entry(KEY, {})
    mark = stripe_mark.find({"metadata": {name: value}}, KEY)
    assert mark is not None
    assert not mark.is_of({})


# The object is not as it was approved

NOT_AS_APPROVED: list[tuple[str, str, str, Json, str]] = [
    ("stripe_refund", "charges", "ch_1", {"amount_refunded": 4000}, r"Only \$9.00 of the payment is left"),
    ("stripe_refund", "charges", "ch_1", {"amount_refunded": 4900}, r"Only \$0.00 of the payment is left"),
    ("stripe_refund", "charges", "ch_1", {"currency": "eur"}, "Only €49.00"),
    ("stripe_refund", "charges", "ch_1", {"amount_captured": 0}, r"Only \$0.00"),
    ("stripe_refund", "charges", "ch_1", {"disputed": True}, "charged the payment back"),
    ("stripe_refund", "charges", "ch_1", {"livemode": False}, "of another mode"),
    ("stripe_refund", "charges", "ch_1", {"id": "ch_9"}, "no such object"),
    ("stripe_accept_dispute", "disputes", "du_1", {"status": "under_review"}, "is under_review"),
    ("stripe_accept_dispute", "disputes", "du_1", {"status": "warning_needs_response"}, "is warning_needs"),
    ("stripe_accept_dispute", "disputes", "du_1", {"status": "won"}, "is won"),
    ("stripe_accept_dispute", "disputes", "du_1", {"amount": 9900}, r"is about \$99.00, not \$49.00"),
    ("stripe_submit_evidence", "disputes", "du_1", {"status": "lost"}, "it takes no evidence"),
    (
        "stripe_submit_evidence",
        "disputes",
        "du_1",
        {"evidence_details": {"has_evidence": True, "submission_count": 0}},
        "Somebody has saved or sent evidence",
    ),
    (
        "stripe_submit_evidence",
        "disputes",
        "du_1",
        {"evidence_details": {"has_evidence": False, "submission_count": 1}},
        "Somebody has saved or sent evidence",
    ),
    ("stripe_submit_evidence", "disputes", "du_1", {"currency": "eur"}, "is about €49.00"),
    ("stripe_retry_invoice", "invoices", "in_1", {"status": "draft"}, "is draft, not open"),
    ("stripe_retry_invoice", "invoices", "in_1", {"status": "uncollectible"}, "is uncollectible"),
    ("stripe_retry_invoice", "invoices", "in_1", {"amount_remaining": 2900}, r"is \$29.00, not \$49.00"),
    (
        "stripe_retry_invoice",
        "invoices",
        "in_1",
        {"amount_remaining": None, "amount_paid": 900},
        r"is \$40.00, not",
    ),
    ("stripe_void_invoice", "invoices", "in_1", {"status": "paid"}, "is paid, not open"),
    ("stripe_void_invoice", "invoices", "in_1", {"amount_remaining": 9900}, r"is \$99.00, not \$49.00"),
]


@pytest.mark.parametrize(("name", "kind", "object_id", "changes", "why"), NOT_AS_APPROVED)
async def test_an_object_that_is_not_as_approved_is_left_alone(
    account: StripeWrites, name: str, kind: str, object_id: str, changes: Json, why: str
) -> None:
    account.find(kind, object_id).update(changes)
    with pytest.raises(RejectedError, match=why) as refused:
        await adapter_of(account, name).perform(payload_of(name), idempotency_key=KEY)
    assert account.effects == []
    assert "charged" in why or refused.value.message.endswith("Nothing was changed at Stripe.")


async def test_evidence_that_somebody_saved_stays_unsent_when_the_dispute_is_accepted(
    account: StripeWrites,
) -> None:
    details = account.find("disputes", "du_1")["evidence_details"]
    details["has_evidence"] = True
    name = "stripe_accept_dispute"
    await adapter_of(account, name).perform(payload_of(name), idempotency_key=KEY)
    assert account.effects == ["close du_1"]
    assert details["submission_count"] == 0


async def test_a_refund_that_stripe_made_and_that_failed_is_not_executed(account: StripeWrites) -> None:
    adapter, payload = adapter_of(account, "stripe_refund"), payload_of("stripe_refund")

    def fails(request: Request) -> Reply | None:
        if request.path != "/v1/refunds":
            return None
        [refund] = account.fake.objects["refunds"]
        refund["status"] = "failed"
        return Reply(body=json.dumps(refund).encode())

    account.after = fails
    with pytest.raises(RejectedError, match="it failed: the money is with you"):
        await adapter.perform(payload, idempotency_key=KEY)
    assert (await adapter.reconcile(payload, idempotency_key=KEY)).happened is Happened.CANNOT_TELL


async def test_a_refund_of_three_decimals_ends_in_a_zero(account: StripeWrites) -> None:
    adapter, payload = adapter_of(account, "stripe_refund"), payload_of("stripe_refund")
    adapter.validate(payload | {"amount": "49.120 KWD"})
    adapter.validate(payload | {"amount": "4901 JPY"})
    with pytest.raises(InvalidPayloadError, match=r"steps of 0\.010"):
        adapter.validate(payload | {"amount": "49.125 KWD"})


async def test_a_refund_is_found_among_hundreds(account: StripeWrites) -> None:
    adapter, payload = adapter_of(account, "stripe_refund"), payload_of("stripe_refund")
    first_one = await adapter.perform(payload, idempotency_key=KEY)
    [made] = account.fake.objects["refunds"]
    others = [made | {"id": f"re_o{n}", "metadata": {}, "created": made["created"] + n} for n in range(250)]
    account.fake.add("refunds", *others)
    assert await adapter.perform(payload, idempotency_key=KEY) == first_one
    account.keys.later = DAY + 60
    assert await adapter.perform(payload, idempotency_key=KEY) == first_one
    assert account.effects == ["refund re_1"]


# Errors


def headed(reply: Reply, **headers: str) -> Reply:
    """The reply with these headers."""
    return replace(reply, headers={name.replace("_", "-"): value for name, value in headers.items()})


ERRORS: dict[str, tuple[Reply, type[ExecOpsError], str]] = {
    "rate limit": (
        headed(fail(429, "Too many requests", code="rate_limit"), Retry_After="7"),
        NotAcceptedError,
        "asks to wait .rate_limit.",
    ),
    "lock": (fail(429, "Locked", code="lock_timeout"), NotAcceptedError, "asks to wait .lock_timeout."),
    "never again": (
        headed(fail(429, "No", code="rate_limit"), Stripe_Should_Retry="false"),
        RejectedError,
        "not to try this again",
    ),
    "an old rate limit": (fail(400, "Slow", code="rate_limit"), NotAcceptedError, "asks to wait"),
    "a conflict": (
        fail(409, "Busy", type="idempotency_error", code="idempotency_key_in_use"),
        AmbiguousError,
        "is at work on this action already",
    ),
    "other parameters": (
        fail(400, "Keys for idempotent requests …", type="idempotency_error"),
        AmbiguousError,
        "another request under the key",
    ),
    "should be tried again": (
        headed(fail(400, "Hm"), Stripe_Should_Retry="true"),
        NotAcceptedError,
        "asks to try again",
    ),
    "unknown key": (
        fail(401, "Invalid API Key provided: rk_live_*****rets"),
        RejectedError,
        "does not know EXECOPS_STRIPE_WRITE_KEY",
    ),
    "a decline": (
        fail(
            402, "Your card was declined.", type="card_error", code="card_declined", decline_code="lost_card"
        ),
        RejectedError,
        "was declined .lost_card.",
    ),
    "a decline with strange words": (
        fail(402, "Declined", type="card_error", code="card_declined", decline_code="<b>Hi</b>"),
        RejectedError,
        "no reason is given",
    ),
    "to confirm": (
        fail(402, "3DS", type="card_error", code="invoice_payment_intent_requires_action"),
        RejectedError,
        "asks the customer to confirm",
    ),
    "a permission": (
        fail(403, "… Having the 'rak_charge_write' permission would allow this request to continue."),
        RejectedError,
        "lacks a permission: give the restricted key",
    ),
    "gone": (fail(404, "No such object", code="resource_missing"), RejectedError, "no such object"),
    "balance": (
        fail(400, "Insufficient funds", code="balance_insufficient"),
        RejectedError,
        "balance at Stripe is too low",
    ),
    "refused": (
        fail(400, "You cannot do\nthat."),
        RejectedError,
        "refused it .400.: You cannot do that. Not",
    ),
    "an error of the server": (fail(500, "Sorry", type="api_error"), AmbiguousError, "answered 500"),
    "told not to repeat": (
        headed(fail(500, "Sorry"), Stripe_Should_Retry="false"),
        AmbiguousError,
        "answered 500",
    ),
    "a gateway": (Reply(502, b"<html>Bad gateway</html>"), AmbiguousError, "answered 502"),
    "unavailable": (Reply(503, b""), AmbiguousError, "answered 503"),
    "no JSON": (Reply(200, b"<html>"), AmbiguousError, "answered 200|nothing that can be read"),
}


@of_each
@pytest.mark.parametrize("error", ERRORS)
async def test_each_error_of_the_action_is_told_in_a_sentence(
    account: StripeWrites, case: Case, error: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    reply, kind, sentence = ERRORS[error]
    account.before = lambda request: reply if request.path == case.acting else None
    with pytest.raises(kind, match=sentence) as refused:
        await adapter_of(account, case.name).perform(payload_of(case.name), idempotency_key=KEY)
    assert account.effects == []
    message = refused.value.message
    assert message.endswith(("Nothing was changed at Stripe.", "The action may be done at Stripe."))
    assert ("may be done" in message) is (kind is AmbiguousError)
    assert secret_free(message + caplog.text)
    if error == "rate limit":
        assert isinstance(refused.value, NotAcceptedError)
        assert refused.value.retry_after == 7
    tries = 1 + len(stripe_calls.PAUSES) * (
        error == "a conflict"
    )  # Stripe's client makes no attempt of its own
    assert len([request for request in posts(account) if request.path == case.acting]) == tries


@pytest.mark.parametrize(
    ("name", "lacking", "permission"),
    [
        ("stripe_refund", "rak_charge_write", "Charges and Refunds: Write .rak_charge_write."),
        ("stripe_accept_dispute", "rak_dispute_write", "Disputes: Write .rak_dispute_write."),
        ("stripe_submit_evidence", "rak_dispute_write", "Disputes: Write .rak_dispute_write."),
        ("stripe_retry_invoice", "rak_invoice_write", "Invoices: Write .rak_invoice_write."),
        ("stripe_void_invoice", "rak_invoice_write", "Invoices: Write .rak_invoice_write."),
    ],
)
async def test_the_permission_that_the_key_lacks_is_named(
    account: StripeWrites, name: str, lacking: str, permission: str
) -> None:
    account.lacks.add(lacking)
    with pytest.raises(RejectedError, match=permission):
        await adapter_of(account, name).perform(payload_of(name), idempotency_key=KEY)
    assert account.effects == []


@of_each
async def test_an_error_of_a_read_before_the_action_has_done_nothing(
    account: StripeWrites, case: Case
) -> None:
    adapter, payload = adapter_of(account, case.name), payload_of(case.name)
    account.fake.script = lambda request: fail(500, "Sorry") if request.method == "GET" else None
    with pytest.raises(NotAcceptedError, match="Nothing was changed"):
        await adapter.perform(payload, idempotency_key=KEY)
    assert posts(account) == []
    assert (await adapter.reconcile(payload, idempotency_key=KEY)).happened is Happened.CANNOT_TELL


@of_each
async def test_a_look_is_patient(account: StripeWrites, case: Case) -> None:
    adapter, payload = adapter_of(account, case.name), payload_of(case.name)
    await adapter.perform(payload, idempotency_key=KEY)
    busy = [headed(fail(429, "No", code="rate_limit"), Retry_After="0"), fail(500, "Sorry")]
    account.fake.script = lambda request: busy.pop() if busy and request.method == "GET" else None
    assert (await adapter.reconcile(payload, idempotency_key=KEY)).happened is Happened.YES
    account.fake.script = lambda _: headed(fail(429, "No", code="rate_limit"), Retry_After="3600")
    assert (await adapter.reconcile(payload, idempotency_key=KEY)).happened is Happened.CANNOT_TELL


@of_each
@pytest.mark.parametrize("base", ["http://127.0.0.1:9", "http://nobody.invalid", "https://127.0.0.1:{port}"])
async def test_a_server_that_cannot_be_reached_has_accepted_nothing(
    account: StripeWrites, case: Case, base: str
) -> None:
    address = base.format(port=account.fake.url.rpartition(":")[2])
    adapter = adapter_of(account, case.name, stripe_api_base=address)
    with pytest.raises(NotAcceptedError, match="Nothing was changed"):
        await adapter.perform(payload_of(case.name), idempotency_key=KEY)
    assert account.effects == []


@of_each
async def test_a_server_that_hangs_before_the_action_has_accepted_nothing(
    account: StripeWrites, case: Case
) -> None:
    adapter = adapter_of(account, case.name, stripe_write_timeout="0.3")
    account.fake.script = lambda request: Reply(delay=30) if request.method == "GET" else None
    with pytest.raises(NotAcceptedError, match=r"did not answer in time\. Nothing was changed"):
        await adapter.perform(payload_of(case.name), idempotency_key=KEY)


# The key


@of_each
@pytest.mark.parametrize("key", ["", " ", "rk live", "rk_live_\n1"])
async def test_a_key_that_is_none_reaches_nobody(account: StripeWrites, case: Case, key: str) -> None:
    adapter = adapter_of(account, case.name, stripe_write_key=key)
    with pytest.raises(RejectedError, match="EXECOPS_STRIPE_WRITE_KEY"):
        await adapter.perform(payload_of(case.name), idempotency_key=KEY)
    assert account.fake.requests == []


@of_each
def test_without_a_key_nothing_can_be_approved(case: Case) -> None:
    adapter = create_adapters(load_settings({}, {}))[case.name]
    with pytest.raises(InvalidPayloadError, match="EXECOPS_STRIPE_WRITE_KEY is not set"):
        adapter.validate(payload_of(case.name))


async def test_the_permissions_are_found_out_without_a_change(account: StripeWrites) -> None:
    settings = account.settings()
    before = copy.deepcopy(account.fake.objects)
    assert await stripe_access.missing_permissions(settings) == []
    account.lacks |= {"rak_charge_write", "rak_invoice_write"}
    assert await stripe_access.missing_permissions(settings) == [
        "Charges and Refunds: Write",
        "Invoices: Write",
    ]
    assert account.fake.objects == before
    assert account.effects == []
    with pytest.raises(RejectedError, match="does not know EXECOPS_STRIPE_WRITE_KEY"):
        await stripe_access.missing_permissions(account.settings(stripe_write_key="rk_live_secret1_old"))


async def test_the_reader_of_events_never_writes(account: StripeWrites) -> None:
    from execops.sources.stripe.api import StripeApi

    settings = account.settings(stripe_api_key=WRITE_KEY)
    api = StripeApi(settings, timeout=5)
    await api.get("/v1/invoices/in_1")
    client: Any = api._client
    with pytest.raises(RuntimeError, match="only reads here"):
        await client.raw_request_async("post", "/v1/invoices/in_1/void")
    await api.close()
    assert posts(account) == []


# What `execops doctor` says


async def doctor(account: StripeWrites, *allowed: str, **settings: Any) -> tuple[str, str, str]:
    """The state, the detail and the hint of the check."""
    check = await _stripe_actions(account.settings(**settings), list(allowed))
    return check.state, check.detail, check.hint or ""


async def test_doctor_says_what_is_missing(account: StripeWrites) -> None:
    assert await doctor(account, "stripe_refund") == ("ok", "live mode, allowed: stripe_refund", "")
    state, detail, hint = await doctor(account)
    assert (state, detail) == ("off", "the key has all permissions, but no founder allowed an action")
    assert hint.endswith("execops actions enable stripe_refund")
    account.lacks.add("rak_dispute_write")
    state, detail, _ = await doctor(account, "stripe_refund")
    assert (state, detail) == ("bad", "EXECOPS_STRIPE_WRITE_KEY lacks: Disputes: Write")
    state, detail, _ = await doctor(account, "stripe_refund", stripe_mode="test")
    assert (state, detail[:43]) == ("bad", "EXECOPS_STRIPE_WRITE_KEY is of live mode, a")
    state, detail, _ = await doctor(account, stripe_write_key="rk_live_secret1_old")
    assert (state, secret_free(detail)) == ("bad", True)
    state, detail, _ = await doctor(account, stripe_api_base="http://127.0.0.1:9")
    assert (state, detail[:25]) == ("bad", "Stripe was not reached (C")
    assert account.effects == []


async def test_doctor_says_when_there_is_no_key(account: StripeWrites) -> None:
    without = replace(account.settings(), stripe_write_key=None)
    check = await _stripe_actions(without, [])
    assert (check.state, check.detail) == ("off", "not set: EXECOPS_STRIPE_WRITE_KEY; verdicts are messages")
    check = await _stripe_actions(without, ["stripe_refund"])
    assert (check.state, check.detail) == ("bad", "there is no key, but a founder allowed: stripe_refund")
    assert account.fake.requests == []
