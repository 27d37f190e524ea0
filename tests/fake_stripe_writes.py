"""A fake of Stripe's API that takes writes: refunds, disputes and invoices, with idempotency keys as Stripe keeps them.

Built from https://docs.stripe.com/api/idempotent_requests, https://docs.stripe.com/error-low-level and the reference of
each request. The status and body of the first request of a key are saved once it runs, errors too, and repeated for a day.
What fails before that (no permission, a parameter that is not known, a limit) is not saved. `effects` holds every effect
that the account saw, so a test counts at the server.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from msgspec.structs import replace

from execops.money import Money
from execops.settings import Settings, load_settings
from tests.fake_stripe import FakeStripe, Object, Reply, Request, fail, fake_stripe

WRITE_KEY = "rk_live_secret1_writes"
DAY = 86_400
_TAKEN = {
    "refunds": {"charge", "payment_intent", "amount", "reason", "metadata"},
    "disputes": {"evidence", "metadata", "submit"},
    "invoices": {"metadata"},
    "close": set[str](),
    "void": set[str](),
    "pay": {"payment_method", "off_session"},
}
_PERMISSIONS = {
    "refunds": "rak_charge_write",
    "disputes": "rak_dispute_write",
    "invoices": "rak_invoice_write",
}
_OPEN = {"needs_response", "warning_needs_response"}


@dataclass
class _Kept:
    """The first request of a key, and its saved answer; None while it runs."""

    path: str
    params: dict[str, str]
    at: float
    reply: Reply | None = None


@dataclass
class IdempotencyKeys:
    """The idempotency keys of an account, and the answers that it has saved under them."""

    later: float = 0.0  # seconds by which the account's clock is ahead
    kept: dict[str, _Kept] = field(default_factory=dict)

    def now(self) -> float:
        """The Unix time of the account."""
        return time.time() + self.later

    def repeated(self, request: Request) -> Reply | None:
        """The answer to a request whose key is known; None for the first one of a day."""
        kept = self.kept.get(request.key or "")
        if kept is None or self.now() - kept.at >= DAY:
            return None
        return self._answer(kept, request)

    async def first(self, request: Request, run: Callable[[Request], Awaitable[Reply]]) -> Reply:
        """Run the first request of a key, and save its answer."""
        assert request.key is not None  # Stripe's own client sends one with every POST
        kept = self.kept[request.key] = _Kept(request.path, request.params, self.now())
        kept.reply = await run(request)
        return kept.reply

    @staticmethod
    def _answer(kept: _Kept, request: Request) -> Reply:
        key = request.key
        if kept.path != request.path:
            return fail(
                400,
                "Keys for idempotent requests can only be used for the same endpoint they were first used for"
                f" ('{request.path}' vs '{kept.path}'). Try using a key other than '{key}'.",
                type="idempotency_error",
            )
        if kept.params != request.params:
            return fail(
                400,
                "Keys for idempotent requests can only be used with the same parameters they were first used with."
                f" Try using a key other than '{key}' if you meant to execute a different request.",
                type="idempotency_error",
            )
        if kept.reply is None:
            return fail(
                409,
                "There is currently another in-progress request using this Idempotent Key (that probably means you"
                f" submitted twice, and the other request is still going through): {key}. Please try again later.",
                type="idempotency_error",
                code="idempotency_key_in_use",
            )
        return replace(kept.reply, headers=kept.reply.headers | {"Idempotent-Replayed": "true"})


@dataclass
class Hold:
    """A request that Stripe works on until the test lets it go on; `done` is set once it took effect."""

    path: str
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    done: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class StripeWrites:
    """The account behind the fake: what it keeps, what it lacks, and what happened in it."""

    fake: FakeStripe
    lacks: set[str] = field(default_factory=set)  # permissions of the key
    declines: dict[str, str] = field(default_factory=dict)  # decline codes by payment method, or `default`
    before: Callable[[Request], Reply | None] = lambda _: None  # answers in place of running; not saved
    instead: Callable[[Request], Reply | None] = lambda _: None  # answers in place of the action; saved
    after: Callable[[Request], Reply | None] = lambda _: None  # answers once the action is done; saved
    hold: Hold | None = None  # of the requests to one path
    keys: IdempotencyKeys = field(default_factory=lambda: IdempotencyKeys())
    effects: list[str] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: count(1))

    def settings(self, **more: Any) -> Settings:
        """Settings that act in this account."""
        ours = {
            "stripe_write_key": WRITE_KEY,
            "stripe_api_base": self.fake.url,
            "stripe_write_timeout": "5",
            "stripe_mode": "live",
        }
        return load_settings(ours | more, {})

    def find(self, kind: str, object_id: str) -> Object:
        """One object of the account."""
        [found] = [entry for entry in self.fake.objects.get(kind, []) if entry["id"] == object_id]
        return found

    async def write(self, request: Request) -> Reply:
        """Answer a request that may change something."""
        kind, *rest = request.path.removeprefix("/v1/").split("/")
        if _PERMISSIONS[kind] in self.lacks:
            return fail(
                403,
                f"The provided key 'rk_live_***' does not have the required permissions for this endpoint. Having the"
                f" '{_PERMISSIONS[kind]}' permission would allow this request to continue.",
            )
        early = self.before(request)
        if early is not None:
            return early
        known = self.keys.repeated(request)
        if known is not None:
            return known
        unknown = {name.partition("[")[0] for name in request.params} - _TAKEN[rest[1] if rest[1:] else kind]
        if unknown:
            return fail(400, f"Received unknown parameter: {min(unknown)}", code="parameter_unknown")
        return await self.keys.first(request, self._perform)

    async def _perform(self, request: Request) -> Reply:
        kind, *rest = request.path.removeprefix("/v1/").split("/")
        hold = self.hold if self.hold and self.hold.path == request.path else None
        if hold:
            hold.begun.set()
            await hold.go_on.wait()
        reply = self.instead(request)
        if reply is None:
            reply = self._run(kind, rest, request.params)
            reply = self.after(request) or reply
        if hold:
            hold.done.set()
        return reply

    def _run(self, kind: str, rest: list[str], params: dict[str, str]) -> Reply:
        metadata, evidence = _within(params, "metadata"), _within(params, "evidence")
        if kind == "refunds":
            return self._refund(params, metadata)
        try:
            found = self.find(kind, rest[0])
        except ValueError:
            return fail(404, f"No such {kind[:-1]}: '{rest[0]}'", code="resource_missing", param="id")
        match rest[1:]:
            case []:
                return self._update(kind, found, params, metadata, evidence)
            case ["close"]:
                return self._close(found)
            case ["pay"]:
                return self._pay(found, params)
            case _:
                return self._void(found)

    def _refund(self, params: dict[str, str], metadata: dict[str, str]) -> Reply:
        try:
            charge = self.find("charges", params.get("charge", ""))
        except ValueError:
            return fail(404, f"No such charge: '{params.get('charge')}'", code="resource_missing")
        left = charge["amount"] - charge["amount_refunded"]
        amount = int(params.get("amount", left))
        if charge.get("disputed"):
            message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
            return fail(400, message, code="charge_disputed")
        if left == 0:
            message = f"Charge {charge['id']} has already been refunded."
            return fail(400, message, code="charge_already_refunded")
        if amount > left:
            shown = [str(Money(minor, charge["currency"].upper())) for minor in (amount, left)]
            message = f"Refund amount ({shown[0]}) is greater than unrefunded amount on charge ({shown[1]})"
            return fail(400, message, param="amount")
        charge["amount_refunded"] += amount
        refund = {
            "id": f"re_{next(self._numbers)}",
            "object": "refund",
            "charge": charge["id"],
            "payment_intent": charge.get("payment_intent"),
            "amount": amount,
            "currency": charge["currency"],
            "reason": params.get("reason"),
            "status": "succeeded",
            "metadata": metadata,
            "created": int(self.keys.now()),
        }
        self.fake.add("refunds", refund)
        return self._done("refund", refund)

    def _update(
        self,
        kind: str,
        found: Object,
        params: dict[str, str],
        metadata: dict[str, str],
        evidence: dict[str, str],
    ) -> Reply:
        merged = found.setdefault("metadata", {}) | metadata
        if len(merged) > 50 or any(len(name) > 40 or len(value) > 500 for name, value in merged.items()):
            return fail(400, "Invalid metadata", param="metadata")
        if kind == "invoices":
            found["metadata"] = merged
            return _answer(found)
        details = found["evidence_details"]
        if evidence and found["status"] not in _OPEN:
            return fail(400, "This dispute's evidence can no longer be updated.")
        found["metadata"] = merged
        found["evidence"] = found.get("evidence", {}) | evidence
        details["has_evidence"] = details["has_evidence"] or bool(evidence)
        if params.get("submit", "true") == "false" or not details["has_evidence"]:
            return _answer(found)
        details["submission_count"] += 1
        found["status"] = "warning_under_review" if found["status"].startswith("warning") else "under_review"
        return self._done("evidence", found)

    def _close(self, dispute: Object) -> Reply:
        if dispute["status"] not in _OPEN:
            return fail(400, "This dispute is already closed.")
        dispute["status"] = "lost"
        return self._done("close", dispute)

    def _pay(self, invoice: Object, params: dict[str, str]) -> Reply:
        if invoice["status"] == "paid":
            return fail(400, "Invoice is already paid")
        if invoice["status"] != "open":
            return fail(400, f"This invoice is {invoice['status']} and can no longer be paid.")
        declined = self.declines.get(params.get("payment_method", "default"))
        if declined:
            self.effects.append(f"declined {invoice['id']}")
            return fail(
                402,
                "Your card was declined.",
                type="card_error",
                code="card_declined",
                decline_code=declined,
            )
        invoice.update(
            status="paid",
            amount_paid=invoice["amount_due"],
            amount_remaining=0,
            paid_with=params.get("payment_method"),
        )
        return self._done("pay", invoice)

    def _void(self, invoice: Object) -> Reply:
        if invoice["status"] not in {"open", "uncollectible"}:
            return fail(400, "You can only pass in open invoices. This invoice isn't open.")
        invoice["status"] = "void"
        return self._done("void", invoice)

    def _done(self, what: str, stripe_object: Object) -> Reply:
        self.effects.append(f"{what} {stripe_object['id']}")
        return _answer(stripe_object)


def _within(params: dict[str, str], name: str) -> dict[str, str]:
    """The entries of a nested parameter: `metadata[order]=1`."""
    start = f"{name}["
    return {key[len(start) : -1]: value for key, value in params.items() if key.startswith(start)}


def _answer(stripe_object: Object) -> Reply:
    return Reply(body=json.dumps(stripe_object).encode())


@asynccontextmanager
async def stripe_account() -> AsyncIterator[StripeWrites]:
    """A fake server that takes writes, on a free port."""
    async with fake_stripe() as fake:
        account = StripeWrites(fake)
        fake.write, fake.write_key = account.write, WRITE_KEY
        yield account


def charge(id_: str = "ch_1", **changes: Any) -> Object:
    """A payment of $49.00 as the API shows it."""
    shape = {
        "id": id_,
        "object": "charge",
        "livemode": True,
        "amount": 4900,
        "amount_captured": 4900,
        "amount_refunded": 0,
        "currency": "usd",
        "customer": "cus_1",
        "status": "succeeded",
        "disputed": False,
        "created": int(time.time()) - DAY,
    }
    return shape | changes


def dispute(id_: str = "du_1", **changes: Any) -> Object:
    """A dispute of that payment that waits for an answer."""
    shape = {
        "id": id_,
        "object": "dispute",
        "livemode": True,
        "charge": "ch_1",
        "amount": 4900,
        "currency": "usd",
        "status": "needs_response",
        "reason": "duplicate",
        "metadata": {},
        "evidence": {},
        "evidence_details": {"has_evidence": False, "past_due": False, "submission_count": 0},
        "created": int(time.time()) - DAY,
    }
    return shape | changes


def invoice(id_: str = "in_1", **changes: Any) -> Object:
    """An open invoice of $49.00."""
    shape = {
        "id": id_,
        "object": "invoice",
        "livemode": True,
        "status": "open",
        "amount_due": 4900,
        "amount_paid": 0,
        "amount_remaining": 4900,
        "currency": "usd",
        "customer": "cus_1",
        "metadata": {"order": "17"},
        "created": int(time.time()) - DAY,
    }
    return shape | changes
