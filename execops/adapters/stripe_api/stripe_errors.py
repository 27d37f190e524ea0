"""Stripe's errors in words: https://docs.stripe.com/error-low-level and https://docs.stripe.com/error-codes.

An error is a refusal for good, a refusal for now, or a doubt. Stripe saves the answer to a request under its idempotency
key once the request has begun to run, also one with an error, so a repeat under this key changes nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from execops.errors import AdapterError, AmbiguousError, NotAcceptedError, RejectedError

if TYPE_CHECKING:
    from stripe import StripeError

NOTHING = "Nothing was changed at Stripe."
DOUBT = "The action may be done at Stripe."
# The permission that a restricted key needs for each resource: https://docs.stripe.com/keys#limit-access.
PERMISSIONS = {
    "/v1/refunds": "Charges and Refunds: Write",
    "/v1/charges": "Charges and Refunds: Write",
    "/v1/disputes": "Disputes: Write",
    "/v1/invoices": "Invoices: Write",
}
_REFUSED = {
    "charge_already_refunded": "The payment was refunded in full already",
    "charge_disputed": "The bank has charged the payment back, so it can no longer be refunded",
    "charge_not_refundable": "This payment cannot be refunded",
    "amount_too_large": "The amount is more than what is left to refund of the payment",
    "balance_insufficient": "Your balance at Stripe is too low: add money to it, then retry",
    "insufficient_funds": "Your balance at Stripe is too low: add money to it, then retry",
    "invoice_payment_intent_requires_action": "The bank asks the customer to confirm the payment: send them the invoice's page",
    "payment_intent_unexpected_state": "A payment of this invoice is on its way",
}
_NOT_REACHED = {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol"}
_CODE = re.compile(r"[a-z0-9_]{1,60}")
_PERMISSION = re.compile(r"\brak_[a-z0-9_]+\b")
_LONGEST = 200  # characters of Stripe's own words
_CONFLICT, _TOO_MANY, _SERVER_ERROR = 409, 429, 500


def from_answer(exc: StripeError, path: str, *, acts: bool) -> AdapterError:
    """The error that an answer of Stripe means, or the lack of one.

    A doubt is ambiguous only to the call that `acts`; one that only reads or marks is made again without harm.
    """
    import stripe

    if isinstance(exc, stripe.AuthenticationError):
        return RejectedError(
            f"Stripe does not know EXECOPS_STRIPE_WRITE_KEY: set the key as Stripe shows it now. {NOTHING}"
        )
    if isinstance(exc, stripe.PermissionError):
        return RejectedError(f"{lacks(exc, path)}. {NOTHING}")
    status, code = exc.http_status or 0, _code(exc)
    wait = _seconds(exc.headers, "retry-after")
    again = _header(exc.headers, "stripe-should-retry")
    if status == _TOO_MANY or code in {"lock_timeout", "rate_limit"}:
        if again == "false":
            return RejectedError(f"Stripe asks not to try this again now ({code or status}). {NOTHING}")
        return NotAcceptedError(f"Stripe asks to wait ({code or status}). {NOTHING}", retry_after=wait)
    if status == _CONFLICT or isinstance(exc, stripe.IdempotencyError):
        earlier = "is at work on" if status == _CONFLICT else "has got another request under the key of"
        return _doubtful(f"Stripe {earlier} this action already", acts=acts, wait=wait)
    if status >= _SERVER_ERROR or status < 400:
        return _doubtful(f"Stripe answered {status or 'nothing that can be read'}", acts=acts, wait=wait)
    if again == "true":
        return NotAcceptedError(f"Stripe asks to try again ({code or status}). {NOTHING}", retry_after=wait)
    return RejectedError(f"{_refusal(exc, status, code)}. {NOTHING}")


def unreached(cause: BaseException, *, acts: bool) -> AdapterError:
    """The error of a call that got no answer: before the connection stood, Stripe has accepted nothing."""
    name = type(cause).__name__
    if name in _NOT_REACHED:
        return NotAcceptedError(f"Stripe was not reached ({name}). {NOTHING}")
    if isinstance(cause, TimeoutError) or name.endswith("Timeout"):
        return _doubtful("Stripe did not answer in time", acts=acts)
    return _doubtful(f"The connection to Stripe broke ({name})", acts=acts)


def lacks(exc: StripeError, path: str) -> str:
    """The permission that the key lacks, in words."""
    named = _PERMISSION.search(exc.user_message or "")
    return (
        "EXECOPS_STRIPE_WRITE_KEY lacks a permission: give the restricted key"
        f" {permission(path)}{f' ({named[0]})' if named else ''}"
    )


def permission(path: str) -> str:
    """The permission that a restricted key needs for a request to this path."""
    return next(name for prefix, name in PERMISSIONS.items() if path.startswith(prefix))


def _doubtful(why: str, *, acts: bool, wait: float | None = None) -> AdapterError:
    return (
        AmbiguousError(f"{why}. {DOUBT}") if acts else NotAcceptedError(f"{why}. {NOTHING}", retry_after=wait)
    )


def _refusal(exc: StripeError, status: int, code: str) -> str:
    import stripe

    if isinstance(exc, stripe.CardError) and code not in _REFUSED:
        declined = str(getattr(exc.error, "decline_code", None) or code or "no reason is given")
        reason = declined if _CODE.fullmatch(declined) else "no reason is given"
        return f"The payment was declined ({reason}): the customer has to give another payment method"
    if code in _REFUSED:
        return _REFUSED[code]
    if status == 404 or code == "resource_missing":
        return "Stripe has no such object: EXECOPS_STRIPE_WRITE_KEY may be of another account or mode"
    words = " ".join((exc.user_message or "").split())[:_LONGEST].rstrip(".")
    return f"Stripe refused it ({code or status}){f': {words}' if words else ''}"


def _code(exc: StripeError) -> str:
    code = exc.code or getattr(exc.error, "code", None)
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def _header(headers: Mapping[str, str] | None, wanted: str) -> str:
    return next((value for name, value in (headers or {}).items() if name.lower() == wanted), "").strip()


def _seconds(headers: Mapping[str, str] | None, wanted: str) -> float | None:
    value = _header(headers, wanted)
    return float(value) if re.fullmatch(r"\d{1,6}(\.\d+)?", value) else None
