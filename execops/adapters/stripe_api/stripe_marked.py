"""An action whose request takes no metadata: it is marked first, then done.

The mark, our key in the object's metadata, says that an attempt came so far. Without it the action was never asked for.
With it, the object's status says whether the action is done, but not by whom: a customer may have paid the invoice
themselves, or a colleague voided it. Then the same request is made once more under the same key. On an object whose
status is final it can change nothing, and Stripe answers it with the saved answer of the first one, or refuses it: so the
answer tells whose request it was. Stripe keeps answers for a day at least:
https://docs.stripe.com/api/idempotent_requests.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from msgspec import Struct, field

from execops.adapters.stripe_api import stripe_mark
from execops.adapters.stripe_api.stripe_calls import Calls, Stripe
from execops.errors import AdapterError, AmbiguousError, RejectedError
from execops.model import Json
from execops.ports import Happened, Reconciliation

_KEPT = 23 * 3600  # seconds for which Stripe surely repeats an answer; it keeps them for a day


class Action(Struct, frozen=True):
    """One kind of action: the list and the id of its object, its verb, and the status that the object has after it.

    `require` raises RejectedError where the action must not be asked for in the object's state. With `lasting`, an object
    in another status than `end_status` may still be on its way there: a debit that a bank takes days for. `with_mark` are
    parameters of the request that writes the mark.
    """

    kind: str
    object_id: str
    verb: str
    end_status: str
    require: Callable[[Json], None]
    params: dict[str, Any] = field(default_factory=dict)
    with_mark: dict[str, Any] = field(default_factory=dict)
    lasting: bool = False

    @property
    def page(self) -> str:
        """The page of the object in Stripe's dashboard."""
        return f"{self.kind}/{self.object_id}"

    @property
    def path(self) -> str:
        """The path of the request that performs it."""
        return f"/v1/{self.kind}/{self.object_id}/{self.verb}"


async def perform(stripe: Stripe, action: Action, payload: Json, key: str) -> Json:
    """Mark the object, then do the action; or return the result of the attempt that did it under this key.

    Raises NotAcceptedError, RejectedError, AmbiguousError.
    """
    async with stripe.calls() as calls:
        stripe_object = await calls.read(action.kind, action.object_id)
        mark = stripe_mark.find(stripe_object, key)
        if mark is not None and not mark.is_of(payload):
            raise AmbiguousError("Stripe's object has the mark of another content under this key.")
        if mark is not None and stripe_object.get("status") == action.end_status:
            return await _done_before(stripe, calls, action, key)
        action.require(stripe_object)
        if mark is None:
            entry = stripe_mark.entry(key, payload, ahead=True)
            await calls.write_metadata(action.kind, action.object_id, entry, **action.with_mark)
        answer = await calls.act(action.path, key, **action.params)
    return stripe.result(answer.body, action.page)


async def reconcile(stripe: Stripe, action: Action, payload: Json, key: str) -> Reconciliation:
    """Find out by mark, status and key whether the action was done under this key. It changes nothing."""

    async def search(calls: Calls) -> Reconciliation:
        stripe_object = await calls.read(action.kind, action.object_id)
        mark = stripe_mark.find(stripe_object, key)
        if mark is None:
            return Reconciliation(Happened.NO)
        if not mark.is_of(payload):
            return Reconciliation(Happened.CANNOT_TELL)
        if stripe_object.get("status") != action.end_status:
            repeatable = mark.at is not None and time.time() - mark.at < _KEPT
            is_settled = repeatable or not action.lasting
            return Reconciliation(Happened.NO if is_settled else Happened.CANNOT_TELL)
        answer = await _repeat(calls, action, key)
        if answer is None:
            return Reconciliation(Happened.CANNOT_TELL)
        return Reconciliation(Happened.YES, stripe.result(answer, action.page))

    return await stripe.look(key, search)


async def _done_before(stripe: Stripe, calls: Calls, action: Action, key: str) -> Json:
    """The result of the attempt that did it. Raises AmbiguousError where Stripe does not tell whose request it was."""
    try:
        answer = await _repeat(calls, action, key)
    except AdapterError as exc:
        raise AmbiguousError(exc.message) from exc
    if answer is None:
        raise AmbiguousError(f"The object is {action.end_status}, and Stripe does not tell by whom.")
    return stripe.result(answer, action.page)


async def _repeat(calls: Calls, action: Action, key: str) -> Json | None:
    """The saved answer to the request of this key about an object in its final status; None where Stripe has none.

    Raises NotAcceptedError, AmbiguousError.
    """
    try:
        answer = await calls.act(action.path, key, **action.params)
    except RejectedError:  # the request of this key is not known, or was refused
        return None
    return answer.body if answer.replayed else None
